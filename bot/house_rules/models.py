"""What may stand in each policy file, entry by entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationInfo

from bot.domain.hours import Window
from bot.domain.ids import Priority
from bot.domain.kinds import KINDS
from bot.domain.rules import DrillPlan, Manner, Moment, Role, Who, WhoKind
from bot.domain.sla import Clock, WorkingDays
from bot.house_rules import words
from bot.house_rules.problems import did_you_mean
from bot.house_rules.words import Span, wrong


@dataclass(frozen=True, slots=True)
class Known:
    """The names that entries may refer to; None where the file could not be read, so that nothing is said twice."""

    people: Collection[str] | None = None
    teams: Collection[str] | None = None
    calendars: Collection[str] | None = None
    policies: Collection[str] | None = None
    services: Collection[str] | None = None
    agreements: Collection[str] | None = None
    rotas: Collection[str] | None = None
    groups: Collection[str] | None = None


def _names(info: ValidationInfo, what: str) -> Collection[str] | None:
    known: Collection[str] | None = getattr(info.context, what)
    return known


def _refers_to(what: str, called: str) -> PlainValidator:
    """The name of something that one of the files defines."""

    def checked(written: object, info: ValidationInfo) -> str:
        name = words.text(written)
        known = _names(info, what)
        if known is not None and name not in known:
            raise wrong(f"there is no {called} `{name}`", did_you_mean(name, known))
        return name

    return PlainValidator(checked)


def _word_of(known: Collection[str], called: str) -> PlainValidator:
    listed = tuple(known)
    return PlainValidator(lambda written: words.one_of(written, listed, called))


def _one_or_more(written: object) -> object:
    return [written] if isinstance(written, str) else written


def _one_or_more_ways(written: object) -> object:
    return [written] if isinstance(written, dict) else _one_or_more(written)


NOBODY = "nobody"
"""Whose turn it is where a rota shall have a gap."""


def _one_or_more_turns(written: object) -> object:
    """A turn of several people is a list in the list; one of `nobody` is a gap that comes round again."""
    if not isinstance(written, list):
        return written
    if [] in written:
        raise wrong("a turn is empty", "name whoever has it, remove it, or write `nobody`")
    return [[] if turn == NOBODY else _one_or_more(turn) for turn in written]


def _who(written: object, info: ValidationInfo) -> Who:
    """Of a name that stands alone it is told which word belongs before it."""
    said = words.text(written)
    for kind, listed in _LISTED.items():
        if said in (_names(info, listed) or ()) and said not in tuple(WhoKind):
            raise wrong(f"`{said}` says not whom to call", f"did you mean `{kind} {said}`?")
    return _checked(words.who(said), info)


def _on_call(written: object, info: ValidationInfo) -> Who:
    """A place in the order: a person by name, or "rota" and the name of one."""
    said = words.text(written)
    if said.startswith("rota "):
        return _checked(words.who(said), info)
    people, rotas = _names(info, "people"), _names(info, "rotas")
    if people is not None and said not in people and said in (rotas or ()):
        raise wrong(f"`{said}` is a rota", f"write `rota {said}`")
    return Who(WhoKind.PERSON, _person(said, info))


def _person(written: object, info: ValidationInfo) -> str:
    """Somebody by name; "person" may stand before it, as in escalation.yaml."""
    name = words.text(written).removeprefix("person ").strip()
    return _checked(Who(WhoKind.PERSON, name), info).value


def _checked(who: Who, info: ValidationInfo) -> Who:
    listed = _LISTED.get(who.kind)
    known = None if listed is None else _names(info, listed)
    if known is not None and who.value not in known:
        raise wrong(f"there is no {who.kind} `{who.value}`", did_you_mean(who.value, known))
    return who


_LISTED = {WhoKind.PERSON: "people", WhoKind.ROTA: "rotas", WhoKind.TEAM: "teams"}


def _all_alike(order: list[Who]) -> list[Who]:
    if len({one.kind for one in order}) > 1:
        raise wrong("here are people and rotas", "write only people, or only rotas like `rota it-desk`")
    return order


def _in_time(ways: list[WayEntry]) -> list[WayEntry]:
    for one, following in pairwise(ways):
        if following.after < one.after:
            raise wrong(f"`{following.to}` comes before `{one.to}`", "write the ways in the order of their times")
    return ways


def _one_calendar(only: OnlyEntry) -> OnlyEntry:
    if not (only.priorities or only.services or only.hours or only.outside):
        raise wrong("this does not say when", "write `priorities:`, `services:`, `hours:` or `outside:`")
    if only.hours and only.outside:
        raise wrong("here are `hours` and `outside`", "keep one of them")
    return only


def _one_deed(reaction: ReactionEntry) -> ReactionEntry:
    if not (reaction.call or reaction.hand_to or reaction.call_again):
        raise wrong("this does not say what to do", "write `call:`, `hand_to:` or `call_again: yes`")
    if reaction.hand_to and reaction.call_again:
        raise wrong("a team that is handed a ticket is called anyway", "remove `call_again:`")
    return reaction


def _private(written: object, info: ValidationInfo) -> bool | str:
    """Yes, no, or the group that alone may see it."""
    said = words.text(written)
    groups = _names(info, "groups")
    if groups is None:
        return said
    if said in groups or not groups:
        return said if said in groups else words.truth(written)
    return words.truth(words.one_of(written, (*words.TRUTH, *groups), "yes, no or a group"))


def _way(written: object) -> object:
    """An address alone is one that is tried at once."""
    return {"to": written} if isinstance(written, str) else written


def _priority(written: object) -> Priority:
    return Priority(words.one_of(written, tuple(Priority), "a priority"))


def _role(written: object) -> Role:
    return Role(words.one_of(written, tuple(Role), "a role"))


def _clock(written: object) -> Clock:
    return Clock(words.one_of(written, tuple(Clock), "a clock"))


def _target(written: object) -> object:
    """ "4 h on office" is short for {within: 4 h, calendar: office}."""
    if not isinstance(written, str):
        return written
    within, on, calendar = words.text(written).partition(" on ")
    return {"within": within, "calendar": calendar} if on else {"within": within}


Text = Annotated[str, PlainValidator(words.text)]
Language = Annotated[str, PlainValidator(words.language)]
Zone = Annotated[str, PlainValidator(words.zone)]
Address = Annotated[str, PlainValidator(words.address)]
Truth = Annotated[bool, PlainValidator(words.truth)]
Share = Annotated[float, PlainValidator(words.share)]
Duration = Annotated[timedelta, PlainValidator(words.duration)]
SomeTime = Annotated[timedelta, PlainValidator(words.some_time)]
TimeOrNever = Annotated[timedelta | None, PlainValidator(words.time_or_never)]
Email = Annotated[str, PlainValidator(words.email)]
Allowed = Annotated[timedelta | WorkingDays, PlainValidator(words.promise)]
Days = Annotated[WorkingDays, PlainValidator(words.working_days)]
Delay = Annotated[Span, PlainValidator(words.span)]
Rhythm = Annotated[Span, PlainValidator(words.rhythm)]
DayTime = Annotated[time, PlainValidator(words.clock)]
Date = Annotated[date, PlainValidator(words.day)]
Dates = Annotated[frozenset[date], PlainValidator(words.days)]
YearDays = Annotated[frozenset[tuple[int, int]], PlainValidator(words.yearly)]
Weekdays = Annotated[str, PlainValidator(words.weekdays)]
Hours = Annotated[list[Annotated[Window, PlainValidator(words.window)]], BeforeValidator(_one_or_more)]
Turns = Annotated[words.Turns, PlainValidator(words.turns)]
Until = Annotated[words.Until, PlainValidator(words.until)]
Weekday = Annotated[int, PlainValidator(words.weekday)]
Call = Annotated[Who, PlainValidator(_who)]
Calls = Annotated[list[Call], BeforeValidator(_one_or_more)]
Place = Annotated[Who, PlainValidator(_on_call)]
SomePerson = Annotated[str, PlainValidator(_person)]
Happening = Annotated[tuple[Moment, frozenset[Clock]], PlainValidator(words.happening)]
Private = Annotated[bool | str, PlainValidator(_private)]
PriorityName = Annotated[Priority, PlainValidator(_priority)]
RoleName = Annotated[Role, PlainValidator(_role)]
ClockName = Annotated[Clock, PlainValidator(_clock)]
KindName = Annotated[str, _word_of(KINDS, "a kind of ticket")]
PersonName = Annotated[str, _refers_to("people", "person")]
TeamName = Annotated[str, _refers_to("teams", "team")]
CalendarName = Annotated[str, _refers_to("calendars", "calendar")]
PolicyName = Annotated[str, _refers_to("policies", "escalation policy")]
GroupName = Annotated[str, _refers_to("groups", "group")]
ServiceName = Annotated[str, _refers_to("services", "service")]
AgreementName = Annotated[str, _refers_to("agreements", "agreement")]


class Entry(BaseModel):
    """Keys that are not listed are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class NamesEntry(Entry):
    en: Text
    zh: Text | None = None


class WayEntry(Entry):
    to: Address
    after: Duration = timedelta()


Ways = Annotated[
    list[Annotated[WayEntry, BeforeValidator(_way)]],
    BeforeValidator(_one_or_more_ways),
    AfterValidator(_in_time),
    Field(min_length=1),
]


class WaysEntry(Entry):
    important: Ways | None = None
    default: Ways | None = None


class PersonEntry(Entry):
    """people.yaml"""

    name: Text
    language: Language
    zone: Zone
    title: NamesEntry | None = None
    roles: Annotated[list[RoleName], BeforeValidator(_one_or_more)] = [Role.EMPLOYEE]
    email: Email = ""
    hours: CalendarName | None = None
    identities: Annotated[list[Address], BeforeValidator(_one_or_more), Field(min_length=1)]
    addresses: Annotated[list[Address], BeforeValidator(_one_or_more), Field(min_length=1)]
    ways: WaysEntry = WaysEntry()


class TeamEntry(Entry):
    """teams.yaml"""

    names: NamesEntry
    language: Language
    zone: Zone
    calendar: CalendarName
    members: Annotated[list[PersonName], BeforeValidator(_one_or_more), Field(min_length=1)]
    channel: Address | None = None
    lead: PersonName | None = None
    manager: PersonName | None = None
    on_call: Annotated[list[Place], BeforeValidator(_one_or_more), AfterValidator(_all_alike)] = []
    policies: dict[PriorityName, PolicyName] = {}
    digest_at: DayTime | None = None


class ServiceEntry(Entry):
    """services.yaml"""

    names: NamesEntry
    team: TeamName
    agreement: AgreementName
    aliases: Annotated[list[Text], BeforeValidator(_one_or_more)] = []
    keywords: Annotated[list[Text], BeforeValidator(_one_or_more)] = []
    private: Private = False


class TargetEntry(Entry):
    within: Allowed
    calendar: CalendarName | None = None
    warn: Share | None = None
    warn_before: Duration | None = None
    notices: Annotated[Literal["at_once", "when_open"], _word_of(("at_once", "when_open"), "a time to tell")] | None = (
        None
    )


Promise = Annotated[TargetEntry, BeforeValidator(_target)]


class TermsEntry(Entry):
    response: Promise | None = None
    update: Promise | None = None
    resolution: Promise | None = None
    keep_in_loop: Promise | None = None


class AgreementEntry(Entry):
    """slas.yaml; with `like` everything that is not written here is as in that agreement."""

    like: AgreementName | None = None
    calendar: CalendarName | None = None
    warn: Share | None = None
    pausing: Annotated[list[ClockName], BeforeValidator(_one_or_more)] | None = None
    promises: dict[KindName, dict[PriorityName, TermsEntry]] = {}


class HolidaysEntry(Entry):
    country: Text
    subdivision: Text | None = None
    make_up_hours: Hours | None = None


class CalendarEntry(Entry):
    """calendars.yaml"""

    zone: Zone
    hours: dict[Weekdays, Hours]
    changes: dict[Date, dict[Weekdays, Hours]] = {}
    holidays: HolidaysEntry | None = None
    closed: Annotated[list[Dates], BeforeValidator(_one_or_more)] = []
    yearly: Annotated[list[YearDays], BeforeValidator(_one_or_more)] = []
    special: dict[Date, Hours] = {}
    shifts: Annotated[list[Date], BeforeValidator(_one_or_more)] = []
    breaks: dict[Date, Hours] = {}


class TurnsEntry(Entry):
    """Who takes turns, and when they change."""

    zone: Zone | None = None
    people: Annotated[list[PersonName], BeforeValidator(_one_or_more), Field(min_length=1)] | None = None
    turns: Annotated[list[list[PersonName]], BeforeValidator(_one_or_more_turns), Field(min_length=1)] | None = None
    every: Turns | None = None
    begins: Date | None = None
    handover: DayTime | None = None
    only: dict[Weekdays, Hours] | None = None
    until: Until | None = None


class LayerEntry(TurnsEntry):
    """One layer of a rota; what it does not say is as in the rota."""

    name: Text | None = None


class RotaEntry(TurnsEntry):
    """rotas.yaml; without layers its own keys are the only one."""

    names: NamesEntry
    layers: Annotated[list[LayerEntry], Field(min_length=1)] | None = None
    calendar: Text | None = None


class GroupEntry(Entry):
    """groups.yaml"""

    names: NamesEntry
    members: Annotated[list[PersonName], BeforeValidator(_one_or_more), Field(min_length=1)]


class OnlyEntry(Entry):
    priorities: Annotated[list[PriorityName], BeforeValidator(_one_or_more)] = []
    services: Annotated[list[ServiceName], BeforeValidator(_one_or_more)] = []
    hours: CalendarName | None = None
    outside: CalendarName | None = None


class ReactionEntry(Entry):
    when: Happening
    call: Calls = []
    hand_to: TeamName | None = None
    call_again: Truth = False


class StepEntry(Entry):
    after: Delay = Span(timedelta())
    only: Annotated[OnlyEntry, AfterValidator(_one_calendar)] | None = None
    call: Annotated[list[Call], BeforeValidator(_one_or_more), Field(min_length=1)]


class PolicyEntry(Entry):
    """escalation.yaml"""

    steps: Annotated[list[StepEntry], Field(min_length=1)]
    repeat: Rhythm
    last_resort: Calls = []
    reactions: list[Annotated[ReactionEntry, AfterValidator(_one_deed)]] = []


class UrgencyEntry(Entry):
    """priority.yaml: for one impact, the priority of each urgency."""

    high: PriorityName
    medium: PriorityName
    low: PriorityName


class MatrixEntry(Entry):
    """priority.yaml"""

    high: UrgencyEntry
    medium: UrgencyEntry
    low: UrgencyEntry


class DrillsEntry(Entry):
    first: Weekday
    at: DayTime
    within: SomeTime = DrillPlan(0, time()).within


class DeskEntry(Entry):
    """desk.yaml"""

    settle: Duration = Manner().settle
    reopen_within: Days = Manner().reopen_within
    close_after: Days = Manner().close_after
    default_service: ServiceName = Manner().default_service
    late_after: Duration = Manner().late_after
    unsent_after: dict[PriorityName, SomeTime] = {}
    forgotten_after: dict[PriorityName, TimeOrNever] = {}
    answer_within: SomeTime = Manner().answer_within
    last_resort: SomePerson | None = None
    drills: DrillsEntry | None = None


class DayEntry(BaseModel):
    """One day of a published list of holidays; it may say more than we read."""

    model_config = ConfigDict(frozen=True)

    date: Date
    isOffDay: Truth  # as the published lists spell it


class YearFileEntry(BaseModel):
    """holidays/*.json"""

    model_config = ConfigDict(frozen=True)

    year: Annotated[str, Field(pattern=r"^\d{4}$")] | None = None
    days: Annotated[list[DayEntry], Field(min_length=1)]
