"""Checked entries become the one value that the desk works by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from bot.domain.hours import WEEKDAYS, Window, parse_weekdays
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
from bot.domain.oncall import Layer, Rota
from bot.domain.priority import Matrix
from bot.domain.rules import (
    Condition,
    DrillPlan,
    Group,
    Manner,
    Names,
    Person,
    Policy,
    Reaction,
    Rules,
    Service,
    Step,
    Team,
    Way,
    Weighty,
)
from bot.domain.sla import Clock
from bot.domain.worktime import Calendar
from bot.house_rules.agreements import agreement_problems, build_terms
from bot.house_rules.calendars import Calendars
from bot.house_rules.models import (
    DeskEntry,
    DrillsEntry,
    GroupEntry,
    LayerEntry,
    MatrixEntry,
    NamesEntry,
    OnlyEntry,
    PersonEntry,
    PolicyEntry,
    ReactionEntry,
    RotaEntry,
    ServiceEntry,
    StepEntry,
    TeamEntry,
    WayEntry,
)
from bot.house_rules.problems import Problem, did_you_mean
from bot.house_rules.reading import WHOLE, Chapter
from bot.house_rules.reading import Policy as Written
from bot.house_rules.words import ROTA

VERSION_CHARS = 12
POLICY_VERSION_CHARS = 8


def whole_problems(written: Written) -> Iterator[Problem]:
    """Mistakes that no single line shows: what is there twice, what reaches nobody, what is promised by nobody."""
    yield from _twice(written.people)
    yield from _out_of_reach(written.teams)
    yield from _silent_steps(written.policies)
    yield from _no_default_service(written)
    yield from _no_last_resort(written)
    yield from _mixed_on_call(written.teams)
    yield from agreement_problems(written.agreements)


def build_rules(written: Written, calendars: Calendars) -> Rules:
    """The rules that the files say; there are no problems in them."""
    desk: DeskEntry = written.desk.entries[WHOLE]
    return Rules(
        version=version_of(written, calendars),
        services=MappingProxyType({ServiceId(n): _service(n, one) for n, one in written.services.entries.items()}),
        teams=MappingProxyType({TeamId(n): _team(n, one) for n, one in written.teams.entries.items()}),
        people=MappingProxyType({PersonId(n): _person(n, one) for n, one in written.people.entries.items()}),
        policies=MappingProxyType(
            {PolicyId(n): _policy(n, one, _version(written, n)) for n, one in written.policies.entries.items()}
        ),
        calendars=MappingProxyType(dict(calendars)),
        terms=build_terms(written.agreements, calendars),
        matrix=_matrix(written.matrix.entries[WHOLE]),
        manner=Manner(
            settle=desk.settle,
            reopen_within=desk.reopen_within,
            close_after=desk.close_after,
            default_service=ServiceId(desk.default_service),
            late_after=desk.late_after,
            unsent_after=MappingProxyType({**Manner().unsent_after, **desk.unsent_after}),
            forgotten_after=MappingProxyType(
                dict(Manner().forgotten_after if desk.forgotten_after is None else desk.forgotten_after)
            ),
            answer_within=desk.answer_within,
            last_resort=None if desk.last_resort is None else PersonId(desk.last_resort),
            drills=_drills(desk.drills),
        ),
        rotas=MappingProxyType({RotaId(n): _rota(n, one) for n, one in written.rotas.entries.items()}),
        groups=MappingProxyType({GroupId(n): _group(n, one) for n, one in written.groups.entries.items()}),
    )


def _version(written: Written, policy: str) -> str:
    """A short name for what is written about this policy; comments and the order of keys do not count."""
    plain = written.policies.sheet.plain[policy] if written.policies.sheet is not None else {}
    content = json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()[:POLICY_VERSION_CHARS]


def version_of(written: Written, calendars: Calendars) -> str:
    """A short name for exactly this content; comments, order of keys and line breaks do not count.

    The days that a country closes belong to it: a promise made under other holidays is another promise.
    """
    files = {part: chapter.sheet.plain for part, chapter in written.named() if chapter.sheet is not None}
    days = {name: _days_of(calendar) for name, calendar in calendars.items()}
    content = json.dumps([files, days], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()[:VERSION_CHARS]


def _days_of(calendar: Calendar) -> list[Any]:
    return [
        sorted(map(str, calendar.closed)),
        [f"{day} {' '.join(map(str, windows))}" for day, windows in sorted(calendar.special.items())],
        sorted(calendar.years_known or ()),
    ]


# Mistakes of the whole.


def _twice(people: Chapter[PersonEntry]) -> Iterator[Problem]:
    """One identity of two people: nobody could tell who is speaking."""
    owners: dict[str, str] = {}
    for name, person in people.entries.items():
        for place, identity in enumerate(person.identities):
            owner = owners.setdefault(identity, name)
            if owner != name:
                what = f"`{identity}` belongs to `{owner}` already"
                yield people.problem((name, "identities", place), what, "give it to one of them")


def _out_of_reach(teams: Chapter[TeamEntry]) -> Iterator[Problem]:
    """Read from what is written, so that a team with another mistake is looked at too."""
    for name, team in (teams.sheet.plain if teams.sheet is not None else {}).items():
        if isinstance(team, dict) and not {"lead", "channel"} & team.keys():
            what = f"team `{name}` has neither a lead nor a channel"
            yield teams.problem((name,), what, "add `lead:` and a person, or `channel:` and an address")


def _silent_steps(policies: Chapter[PolicyEntry]) -> Iterator[Problem]:
    for name, policy in (policies.sheet.plain if policies.sheet is not None else {}).items():
        steps = policy.get("steps") if isinstance(policy, dict) else None
        for place, step in enumerate(steps if isinstance(steps, list) else ()):
            if place and isinstance(step, dict) and "after" not in step:
                what = f"step {place + 1} does not say how long after the one before"
                yield policies.problem((name, "steps", place), what, "add `after:`, for example `after: 5 min`")


def _no_default_service(written: Written) -> Iterator[Problem]:
    """When it is not written, the usual one must be there."""
    desk, services = written.desk.entries.get(WHOLE), written.services.sheet
    if desk is None or services is None or "default_service" in desk.model_fields_set:
        return
    if desk.default_service not in services.plain:
        what = f"there is no service `{desk.default_service}` for what fits nowhere else"
        advice = f"add it to services.yaml, or write `default_service:` ({did_you_mean('other', services.plain)})"
        yield written.desk.problem((), what, advice)


def _no_last_resort(written: Written) -> Iterator[Problem]:
    """A policy that may come to an end without anybody."""
    desk, policies = written.desk.entries.get(WHOLE), written.policies.sheet
    if desk is None or desk.last_resort is not None or policies is None:
        return
    for name, policy in policies.plain.items():
        if isinstance(policy, dict) and "last_resort" not in policy:
            what = f"policy `{name}` does not say who is called when all its levels reach nobody"
            advice = "add `last_resort: person` and a name, or `last_resort:` and a person to desk.yaml"
            yield written.policies.problem((name,), what, advice)


def _mixed_on_call(teams: Chapter[TeamEntry]) -> Iterator[Problem]:
    for name, team in teams.entries.items():
        if len({one.startswith(ROTA) for one in team.on_call}) > 1:
            what = f"the on-call order of team `{name}` has people and rotas"
            yield teams.problem((name, "on_call"), what, "write only people, or only rotas")


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
        ways=_ways(entry),
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
        on_call=tuple(PersonId(one) for one in entry.on_call if not one.startswith(ROTA)),
        rotas=tuple(RotaId(one.removeprefix(ROTA)) for one in entry.on_call if one.startswith(ROTA)),
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
        private=entry.private,
        group=None if entry.group is None else GroupId(entry.group),
    )


def _policy(name: str, entry: PolicyEntry, version: str) -> Policy:
    return Policy(
        id=PolicyId(name),
        steps=tuple(_step(step) for step in entry.steps),
        repeat=entry.repeat.length,
        repeat_working=entry.repeat.working,
        last_resort=tuple(entry.last_resort),
        reactions=tuple(_reaction(one) for one in entry.reactions),
        version=version,
    )


def _step(entry: StepEntry) -> Step:
    return Step(
        after=entry.after.length,
        who=tuple(entry.call),
        working=entry.after.working,
        only=None if entry.only is None else _condition(entry.only),
    )


def _condition(entry: OnlyEntry) -> Condition:
    calendar = entry.hours or entry.outside
    return Condition(
        priorities=frozenset(entry.priorities),
        services=frozenset(ServiceId(one) for one in entry.services),
        hours=None if calendar is None else CalendarId(calendar),
        outside=entry.hours is None and entry.outside is not None,
    )


def _reaction(entry: ReactionEntry) -> Reaction:
    clock, moment = entry.when
    return Reaction(
        moment=moment,
        clocks=frozenset({Clock(clock)} if clock else ()),
        call=tuple(entry.call),
        hand_to=None if entry.hand_to is None else TeamId(entry.hand_to),
        again=entry.again,
    )


def _ways(entry: PersonEntry) -> MappingProxyType[Weighty, tuple[Way, ...]]:
    if entry.ways is None:
        return MappingProxyType({})
    written = {Weighty.IMPORTANT: entry.ways.important, Weighty.DEFAULT: entry.ways.default}
    return MappingProxyType({weight: tuple(_way(one) for one in ways) for weight, ways in written.items() if ways})


def _way(entry: WayEntry) -> Way:
    return Way(entry.to, entry.after or timedelta())


def _rota(name: str, entry: RotaEntry) -> Rota:
    layers = tuple(_layer(str(place + 1), one, entry) for place, one in enumerate(entry.layers))
    return Rota(RotaId(name), _names(entry.names), layers)


def _layer(name: str, entry: LayerEntry, rota: RotaEntry) -> Layer:
    length, every = entry.every
    return Layer(
        name=name,
        zone=entry.zone or rota.zone,
        turns=tuple((PersonId(one),) for one in entry.people),
        begins=entry.begins,
        handover=entry.handover,
        every=every,
        length=length,
        only=None if entry.only is None else _hours_of_week(entry.only),
    )


def _hours_of_week(hours: Mapping[str, Sequence[Window]]) -> tuple[tuple[Window, ...], ...]:
    """For each day of the week, Monday first."""
    of_day = {day: tuple(windows) for days, windows in hours.items() for day in parse_weekdays(days)}
    return tuple(of_day.get(day, ()) for day in range(len(WEEKDAYS)))


def _group(name: str, entry: GroupEntry) -> Group:
    return Group(GroupId(name), _names(entry.names), frozenset(PersonId(one) for one in entry.members))


def _drills(entry: DrillsEntry | None) -> DrillPlan | None:
    if entry is None:
        return None
    weekday = min(parse_weekdays(entry.first))
    return DrillPlan(weekday, entry.at, entry.within)


def _matrix(entry: MatrixEntry) -> Matrix:
    cells: dict[tuple[Level, Level], Priority] = {
        (impact, urgency): getattr(getattr(entry, impact.value), urgency.value) for impact in Level for urgency in Level
    }
    return MappingProxyType(cells)
