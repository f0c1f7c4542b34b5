"""Agreements become terms: what is promised for each kind and priority, on which calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

from bot.domain.hours import WHOLE_DAY, Window
from bot.domain.ids import CalendarId, Priority
from bot.domain.kinds import KINDS
from bot.domain.sla import Clock, Target, Terms
from bot.domain.worktime import Calendar
from bot.house_rules.calendars import Calendars
from bot.house_rules.models import AgreementEntry, TargetEntry, TermsEntry
from bot.house_rules.problems import Problem
from bot.house_rules.reading import Chapter, Loc

WARN_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Source:
    """Where the promise for a kind and a priority is written: in the agreement itself or in one it is like."""

    agreement: str
    kind: str
    priority: Priority
    entry: TermsEntry

    @property
    def loc(self) -> Loc:
        return self.agreement, "promises", self.kind, self.priority.value


def agreement_problems(chapter: Chapter[AgreementEntry]) -> Iterator[Problem]:
    """What the agreements leave open."""
    for name, entry in chapter.entries.items():
        lineage = _lineage(name, chapter.entries)
        if lineage is None:
            yield chapter.problem((name, "like"), f"`{name}` is like itself in the end", "write out one of the two")
        elif all(one in chapter.entries for one in lineage):
            yield from _gaps(name, entry, chapter)


def build_terms(chapter: Chapter[AgreementEntry], calendars: Calendars) -> Mapping[str, Terms]:
    """The terms by `agreement/kind/priority`; the agreements have no problems."""
    terms: dict[str, Terms] = {}
    for name in chapter.entries:
        manner = _Manner.of(name, chapter.entries)
        for (kind, priority), source in sources(name, chapter.entries).items():
            terms[f"{name}/{kind}/{priority}"] = _terms(source.entry, manner, calendars)
    return MappingProxyType(terms)


def sources(name: str, entries: Mapping[str, AgreementEntry]) -> Mapping[tuple[str, Priority], Source]:
    """Where each promise of the agreement is written, the nearest first."""
    found: dict[tuple[str, Priority], Source] = {}
    for ancestor in _lineage(name, entries) or ():
        for kind, by_priority in entries[ancestor].promises.items():
            for priority, entry in by_priority.items():
                found.setdefault((kind, priority), Source(ancestor, kind, priority, entry))
    return found


@dataclass(frozen=True, slots=True)
class _Manner:
    """What holds for the whole agreement, inherited when it is not written."""

    calendar: str | None
    warn: float
    pausing: frozenset[Clock]

    @classmethod
    def of(cls, name: str, entries: Mapping[str, AgreementEntry]) -> _Manner:
        line = [entries[one] for one in _lineage(name, entries) or ()]
        pausing = next((one.pausing for one in line if one.pausing is not None), None)
        return cls(
            calendar=next((one.calendar for one in line if one.calendar is not None), None),
            warn=next((one.warn for one in line if one.warn is not None), WARN_SHARE),
            pausing=Terms().pausing if pausing is None else frozenset(pausing),
        )


def _lineage(name: str, entries: Mapping[str, AgreementEntry]) -> tuple[str, ...] | None:
    """The agreement and those it is like, nearest first; None when it comes back to itself."""
    line = [name]
    while (entry := entries.get(line[-1])) is not None and entry.like is not None:
        if entry.like in line:
            return None
        line.append(entry.like)
    return tuple(line)


def _gaps(name: str, entry: AgreementEntry, chapter: Chapter[AgreementEntry]) -> Iterator[Problem]:
    """An agreement that is like another has no gaps but those of the other, where they are told."""
    written = sources(name, chapter.entries)
    if entry.like is None:
        for kind in KINDS:
            missing = [priority.value for priority in Priority if (kind, priority) not in written]
            if missing:
                what = f"`{name}` says nothing about {kind} {', '.join(missing)}"
                advice = f"add `{missing[0]}:` with its times, or `{missing[0]}: {{}}` to promise nothing"
                yield chapter.problem((name, "promises", kind), what, advice)
    if _Manner.of(name, chapter.entries).calendar is None:
        yield from _without_calendar(name, written, chapter)


def _without_calendar(
    name: str, written: Mapping[tuple[str, Priority], Source], chapter: Chapter[AgreementEntry]
) -> Iterator[Problem]:
    for source in written.values():
        for clock, target in _targets(source.entry):
            if target.calendar is None and source.agreement == name:
                what = f"the {clock.value} of {source.kind} {source.priority} has no calendar"
                advice = f"write `on` and a calendar behind the time, or `calendar:` below `{name}`"
                yield chapter.problem((*source.loc, clock.value), what, advice)


def _targets(entry: TermsEntry) -> Iterator[tuple[Clock, TargetEntry]]:
    for clock in Clock:
        target: TargetEntry | None = getattr(entry, clock.value)
        if target is not None:
            yield clock, target


def _terms(entry: TermsEntry, manner: _Manner, calendars: Calendars) -> Terms:
    targets = {clock: _target(target, manner, calendars) for clock, target in _targets(entry)}
    return Terms(targets=MappingProxyType(targets), pausing=manner.pausing)


def _target(entry: TargetEntry, manner: _Manner, calendars: Calendars) -> Target:
    calendar = calendars[CalendarId(entry.calendar or manner.calendar or "")]
    return Target(
        budget=entry.within,
        calendar=calendar,
        warn_share=manner.warn if entry.warn is None else entry.warn,
        warn_before=entry.warn_before,
        notices=entry.notices or _notices(calendar),
    )


def _notices(calendar: Calendar) -> Literal["at_once", "when_open"]:
    """Round-the-clock promises are told at once."""
    always = ((Window(timedelta(), WHOLE_DAY),),) * 7
    is_always = calendar.weekly == always and not (calendar.closed or calendar.closed_yearly or calendar.special)
    return "at_once" if is_always else "when_open"
