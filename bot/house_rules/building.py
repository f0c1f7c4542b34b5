"""Checked entries become the one value that the desk works by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bot.domain.ids import (
    AgreementId,
    CalendarId,
    GroupId,
    Level,
    PersonId,
    PolicyId,
    Priority,
    RotaId,
    ServiceId,
    TeamId,
)
from bot.domain.priority import Matrix
from bot.domain.rules import (
    DrillPlan,
    Group,
    Manner,
    Names,
    Person,
    Rules,
    Service,
    Team,
    Way,
    Weighty,
    WhoKind,
)
from bot.domain.worktime import Calendar
from bot.house_rules.agreements import agreement_problems, build_terms
from bot.house_rules.calendars import Calendars
from bot.house_rules.models import (
    DeskEntry,
    DrillsEntry,
    GroupEntry,
    MatrixEntry,
    NamesEntry,
    PersonEntry,
    ServiceEntry,
    TeamEntry,
    WaysEntry,
)
from bot.house_rules.policies import policy_of, policy_problems
from bot.house_rules.problems import Problem, did_you_mean
from bot.house_rules.reading import WHOLE, Chapter, Loc
from bot.house_rules.reading import Policy as Written
from bot.house_rules.rotas import build_rotas, rota_problems

VERSION_CHARS = 12


def whole_problems(written: Written) -> Iterator[Problem]:
    """Mistakes that no single line shows: what is there twice, what reaches nobody, what is promised by nobody."""
    yield from _twice(written.people)
    yield from _out_of_reach(written.teams)
    yield from _no_default_service(written)
    yield from policy_problems(written)
    yield from rota_problems(written.rotas, written.calendar_files)
    yield from agreement_problems(written.agreements)


def build_rules(written: Written, calendars: Calendars, now: datetime) -> Rules:
    """The rules that the files say; there are no problems in them. Shifts of calendar files are those around `now`."""
    people = {PersonId(n): _person(n, one) for n, one in written.people.entries.items()}
    rotas = build_rotas(written.rotas, written.calendar_files, people, now)
    return Rules(
        version=version_of(written, calendars),
        services=MappingProxyType({ServiceId(n): _service(n, one) for n, one in written.services.entries.items()}),
        teams=MappingProxyType({TeamId(n): _team(n, one) for n, one in written.teams.entries.items()}),
        people=MappingProxyType(people),
        policies=MappingProxyType({PolicyId(n): policy_of(n, one) for n, one in written.policies.entries.items()}),
        calendars=MappingProxyType(dict(calendars)),
        terms=build_terms(written.agreements, calendars),
        matrix=_matrix(written.matrix.entries[WHOLE]),
        manner=_manner(written.desk.entries[WHOLE]),
        rotas=MappingProxyType(rotas),
        groups=MappingProxyType({GroupId(n): _group(n, one) for n, one in written.groups.entries.items()}),
    )


def version_of(written: Written, calendars: Calendars) -> str:
    """A short name for exactly this content; comments, order of keys and line breaks do not count.

    The days that a country closes belong to it: a promise made under other holidays is another promise.
    """
    files = {part: chapter.sheet.plain for part, chapter in written.named() if chapter.sheet is not None}
    days = {name: _days_of(calendar) for name, calendar in calendars.items()}
    shifts = {name: hashlib.sha256(text).hexdigest() for name, text in written.calendar_files.items()}
    content = json.dumps([files, days, shifts], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()[:VERSION_CHARS]


def _days_of(calendar: Calendar) -> list[Any]:
    return [
        sorted(map(str, calendar.closed)),
        [f"{day} {' '.join(map(str, windows))}" for day, windows in sorted(calendar.special.items())],
        sorted(calendar.years_known or ()),
    ]


# Mistakes of the whole.


def _twice(people: Chapter[PersonEntry]) -> Iterator[Problem]:
    """One identity or e-mail address of two people: nobody could tell who is speaking."""
    owners: dict[str, str] = {}
    for name, person in people.entries.items():
        places: list[tuple[str, Loc]] = [
            (one, (name, "identities", place)) for place, one in enumerate(person.identities)
        ]
        if person.email:
            places.append((person.email.casefold(), (name, "email")))
        for identity, loc in places:
            owner = owners.setdefault(identity, name)
            if owner != name:
                yield people.problem(loc, f"`{identity}` belongs to `{owner}` already", "give it to one of them")


def _out_of_reach(teams: Chapter[TeamEntry]) -> Iterator[Problem]:
    """Read from what is written, so that a team with another mistake is looked at too."""
    for name, team in (teams.sheet.plain if teams.sheet is not None else {}).items():
        if isinstance(team, dict) and not {"lead", "channel"} & team.keys():
            what = f"team `{name}` has neither a lead nor a channel"
            yield teams.problem((name,), what, "add `lead:` and a person, or `channel:` and an address")


def _no_default_service(written: Written) -> Iterator[Problem]:
    """When it is not written, the usual one must be there."""
    desk, services = written.desk.entries.get(WHOLE), written.services.sheet
    if desk is None or services is None or "default_service" in desk.model_fields_set:
        return
    if desk.default_service not in services.plain:
        what = f"there is no service `{desk.default_service}` for what fits nowhere else"
        advice = f"add it to services.yaml, or write `default_service:` ({did_you_mean('other', services.plain)})"
        yield written.desk.problem((), what, advice)


# Entries into values.


def _names(entry: NamesEntry | None) -> Names:
    if entry is None:
        return MappingProxyType({})
    return MappingProxyType({"en": entry.en} | ({"zh": entry.zh} if entry.zh else {}))


def _person(name: str, entry: PersonEntry) -> Person:
    return Person(
        id=PersonId(name),
        name=entry.name,
        language=entry.language,
        zone=entry.zone,
        title=_names(entry.title),
        roles=frozenset(entry.roles),
        identities=tuple(entry.identities),
        addresses=tuple(entry.addresses),
        ways=_ways(entry.ways),
        hours=None if entry.hours is None else CalendarId(entry.hours),
        email=entry.email,
    )


def _team(name: str, entry: TeamEntry) -> Team:
    return Team(
        id=TeamId(name),
        names=_names(entry.names),
        language=entry.language,
        zone=entry.zone,
        calendar=CalendarId(entry.calendar),
        members=tuple(PersonId(one) for one in entry.members),
        channel=entry.channel,
        lead=None if entry.lead is None else PersonId(entry.lead),
        manager=None if entry.manager is None else PersonId(entry.manager),
        on_call=tuple(PersonId(one.value) for one in entry.on_call if one.kind is WhoKind.PERSON),
        rotas=tuple(RotaId(one.value) for one in entry.on_call if one.kind is WhoKind.ROTA),
        policies=MappingProxyType({priority: PolicyId(one) for priority, one in entry.policies.items()}),
        digest_at=entry.digest_at,
    )


def _service(name: str, entry: ServiceEntry) -> Service:
    return Service(
        id=ServiceId(name),
        names=_names(entry.names),
        team=TeamId(entry.team),
        agreement=AgreementId(entry.agreement),
        aliases=tuple(entry.aliases),
        keywords=tuple(entry.keywords),
        private=bool(entry.private),
        group=GroupId(entry.private) if isinstance(entry.private, str) else None,
    )


def _ways(entry: WaysEntry) -> Mapping[Weighty, tuple[Way, ...]]:
    written = {Weighty.IMPORTANT: entry.important, Weighty.DEFAULT: entry.default}
    return MappingProxyType(
        {weight: tuple(Way(one.to, one.after) for one in ways) for weight, ways in written.items() if ways}
    )


def _group(name: str, entry: GroupEntry) -> Group:
    return Group(GroupId(name), _names(entry.names), frozenset(PersonId(one) for one in entry.members))


def _manner(desk: DeskEntry) -> Manner:
    usual = Manner()
    forgotten = {**usual.forgotten_after, **desk.forgotten_after}
    return Manner(
        settle=desk.settle,
        reopen_within=desk.reopen_within,
        close_after=desk.close_after,
        default_service=ServiceId(desk.default_service),
        late_after=desk.late_after,
        unsent_after=MappingProxyType({**usual.unsent_after, **desk.unsent_after}),
        forgotten_after=MappingProxyType({one: after for one, after in forgotten.items() if after is not None}),
        answer_within=desk.answer_within,
        last_resort=None if desk.last_resort is None else PersonId(desk.last_resort),
        drills=_drills(desk.drills),
    )


def _drills(entry: DrillsEntry | None) -> DrillPlan | None:
    return None if entry is None else DrillPlan(entry.first, entry.at, entry.within)


def _matrix(entry: MatrixEntry) -> Matrix:
    cells: dict[tuple[Level, Level], Priority] = {
        (impact, urgency): getattr(getattr(entry, impact.value), urgency.value) for impact in Level for urgency in Level
    }
    return MappingProxyType(cells)
