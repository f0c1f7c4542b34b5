"""What may stand in each policy file, entry by entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationInfo

from bot.domain.hours import Window
from bot.domain.ids import Priority
from bot.domain.kinds import KINDS
from bot.domain.oncall import Every
from bot.domain.rules import Manner, Moment, Role, Who, WhoKind
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


def _refers_to(what: str, called: str) -> PlainValidator:
    """The name of something that one of the files defines."""

    def checked(written: object, info: ValidationInfo) -> str:
        name = words.text(written)
        known: Collection[str] | None = getattr(info.context, what)
        if known is not None and name not in known:
            raise wrong(f"there is no {called} `{name}`", did_you_mean(name, known))
        return name

    return PlainValidator(checked)


def _word_of(known: Collection[str], called: str) -> PlainValidator:
    listed = tuple(known)
    return PlainValidator(lambda written: words.one_of(written, listed, called))


def _one_or_more(written: object) -> object:
    return [written] if isinstance(written, str) else written


def _who(written: object, info: ValidationInfo) -> Who:
    who = words.who(written)
    listed = _LISTED.get(who.kind)
    known: Collection[str] | None = None if listed is None else getattr(info.context, listed, None)
    if known is not None and who.value not in known:
        raise wrong(f"there is no {who.kind} `{who.value}`", did_you_mean(who.value, known))
    return who


_LISTED = {WhoKind.PERSON: "people", WhoKind.ROTA: "rotas", WhoKind.TEAM: "teams"}


def _on_call(written: object, info: ValidationInfo) -> str:
    """A person, or "rota" and the name of one."""
    name = words.text(written)
    is_rota = name.startswith(words.ROTA)
    known: Collection[str] | None = getattr(info.context, "rotas" if is_rota else "people", None)
    plain = name.removeprefix(words.ROTA).strip()
    if known is not None and plain not in known:
        raise wrong(f"there is no {'rota' if is_rota else 'person'} `{plain}`", did_you_mean(plain, known))
    return f"{words.ROTA}{plain}" if is_rota else plain


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
Call = Annotated[Who, PlainValidator(_who)]
PriorityName = Annotated[Priority, PlainValidator(_priority)]
RoleName = Annotated[Role, PlainValidator(_role)]
ClockName = Annotated[Clock, PlainValidator(_clock)]
KindName = Annotated[str, _word_of(KINDS, "a kind of ticket")]
PersonName = Annotated[str, _refers_to("people", "person")]
TeamName = Annotated[str, _refers_to("teams", "team")]
CalendarName = Annotated[str, _refers_to("calendars", "calendar")]
PolicyName = Annotated[str, _refers_to("policies", "escalation policy")]
RotaTurn = Annotated[tuple[int, Every], PlainValidator(words.every)]
OnCallName = Annotated[str, PlainValidator(_on_call)]
When = Annotated[tuple[str, Moment], PlainValidator(words.when)]
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
    after: Duration | None = None


Ways = Annotated[list[Annotated[WayEntry, BeforeValidator(_way)]], BeforeValidator(_one_or_more)]


class WaysEntry(Entry):
    important: Ways = []
    default: Ways = []


class PersonEntry(Entry):
    """people.yaml"""

    name: Text
    language: Language
    zone: Zone
    title: NamesEntry | None = None
    roles: Annotated[list[RoleName], BeforeValidator(_one_or_more)] = [Role.EMPLOYEE]
    identities: Annotated[list[Address], BeforeValidator(_one_or_more), Field(min_length=1)]
    addresses: Annotated[list[Address], BeforeValidator(_one_or_more), Field(min_length=1)]
    ways: WaysEntry | None = None
    hours: CalendarName | None = None
    email: Text = ""


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
    on_call: Annotated[list[OnCallName], BeforeValidator(_one_or_more)] = []
    policies: dict[PriorityName, PolicyName] = {}
    digest_at: DayTime | None = None


class ServiceEntry(Entry):
    """services.yaml"""

    names: NamesEntry
    team: TeamName
    agreement: AgreementName
    aliases: Annotated[list[Text], BeforeValidator(_one_or_more)] = []
    keywords: Annotated[list[Text], BeforeValidator(_one_or_more)] = []
    private: Truth = False
    group: GroupName | None = None


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


class LayerEntry(Entry):
    """One layer of a rota: people who take turns."""

    zone: Zone | None = None
    people: Annotated[list[PersonName], BeforeValidator(_one_or_more), Field(min_length=1)]
    every: RotaTurn = (1, Every.WEEK)
    begins: Date
    handover: DayTime
    only: dict[Weekdays, Hours] | None = None


class RotaEntry(Entry):
    """rotas.yaml"""

    names: NamesEntry
    zone: Zone
    layers: Annotated[list[LayerEntry], Field(min_length=1)]


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
    when: When
    call: Annotated[list[Call], BeforeValidator(_one_or_more)] = []
    hand_to: TeamName | None = None
    again: Truth = False


class StepEntry(Entry):
    after: Delay = Span(timedelta())
    only: OnlyEntry | None = None
    call: Annotated[list[Call], BeforeValidator(_one_or_more), Field(min_length=1)]


class PolicyEntry(Entry):
    """escalation.yaml"""

    steps: Annotated[list[StepEntry], Field(min_length=1)]
    repeat: Rhythm
    last_resort: Annotated[list[Call], BeforeValidator(_one_or_more)] = []
    reactions: list[ReactionEntry] = []


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
    first: Weekdays
    at: DayTime
    within: Duration = timedelta(minutes=15)


class DeskEntry(Entry):
    """desk.yaml"""

    unsent_after: dict[PriorityName, Duration] = {}
    forgotten_after: dict[PriorityName, Duration] | None = None
    answer_within: Duration = Manner().answer_within
    last_resort: PersonName | None = None
    drills: DrillsEntry | None = None

    settle: Duration = Manner().settle
    reopen_within: Days = Manner().reopen_within
    close_after: Days = Manner().close_after
    default_service: ServiceName = Manner().default_service
    late_after: Duration = Manner().late_after


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
