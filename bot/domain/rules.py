"""The policy of one desk, as one value: who, what, how fast, and who is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.domain.ids import (
    AgreementId,
    CalendarId,
    GroupId,
    PersonId,
    PolicyId,
    Priority,
    RotaId,
    ServiceId,
    TeamId,
)
from bot.domain.oncall import Cover, Rota
from bot.domain.priority import DEFAULT_MATRIX, Matrix
from bot.domain.sla import Clock, Terms, WorkingDays
from bot.domain.worktime import Calendar

Names = Mapping[str, str]
"""Language to name; "en" is always there."""


class Role(StrEnum):
    """What somebody is in the whole desk; being on call or in a team is said by the team."""

    EMPLOYEE = "employee"
    AGENT = "agent"
    LEAD = "lead"
    MANAGER = "manager"
    ADMIN = "admin"


class Weighty(StrEnum):
    """How much a call matters: P1 and P2 are important."""

    IMPORTANT = "important"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach somebody: an address of any platform or gateway (`slack:dm:U1`, `sms:+86138...`), tried `after`
    the call unless somebody has acknowledged by then."""

    to: str
    after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the desk knows. `identities` and `addresses` are opaque here; the first address is the preferred one."""

    id: PersonId
    name: str
    language: str
    zone: str
    title: Names = field(default_factory=dict)
    roles: frozenset[Role] = frozenset({Role.EMPLOYEE})
    identities: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    ways: Mapping[Weighty, tuple[Way, ...]] = field(default_factory=dict)
    """How a call reaches this person, in order; where nothing is said, by the addresses, one after another."""
    hours: CalendarId | None = None
    """The person's own working hours, where they are not the team's."""
    email: str = ""
    """Known only to find the person in imported calendars."""


class WhoKind(StrEnum):
    """How a level of a policy names the people it calls."""

    ON_CALL = "on_call"
    PERSON = "person"
    LEAD = "lead"
    MANAGER = "manager"
    CHANNEL = "channel"
    ROTA = "rota"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Who:
    """`on_call` with the place in the order ("1", "2"), `person`, `rota` or `team` (its first on call) with an id,
    or the team's lead, manager or channel."""

    kind: WhoKind
    value: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a level holds; what is empty is not asked. `hours` names a calendar, and the level holds while it is open,
    or while it is closed when `outside`."""

    priorities: frozenset[Priority] = frozenset()
    services: frozenset[ServiceId] = frozenset()
    hours: CalendarId | None = None
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One level: `after` the level before (working time of the team's calendar when `working`), these are called.
    A level whose condition does not hold at its moment is passed over without waiting."""

    after: timedelta
    who: tuple[Who, ...]
    working: bool = False
    only: Condition | None = None


class Moment(StrEnum):
    """What about a promise can start or raise an escalation."""

    WARNED = "warned"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a warning or a breach does besides being said: calls somebody, hands the ticket to another team, or begins
    the calling again."""

    moment: Moment
    clocks: frozenset[Clock] = frozenset()
    """Empty: any promise."""
    call: tuple[Who, ...] = ()
    hand_to: TeamId | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """Levels one after another; the last one repeats until somebody acknowledges. `last_resort` is called where a level
    and all above it reach nobody. `version` changes when anything in it does, and a ticket keeps the version with which
    its escalation began."""

    id: PolicyId
    steps: tuple[Step, ...]
    repeat: timedelta
    repeat_working: bool = False
    last_resort: tuple[Who, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    version: str = ""

    @property
    def key(self) -> PolicyId:
        """How an escalation remembers the policy with which it began."""
        return PolicyId(f"{self.id}@{self.version}") if self.version else self.id


@dataclass(frozen=True, slots=True)
class Team:
    """People who answer together. `on_call` is in order: first called first."""

    id: TeamId
    names: Names
    language: str
    zone: str
    calendar: CalendarId
    members: tuple[PersonId, ...]
    channel: str | None = None
    lead: PersonId | None = None
    manager: PersonId | None = None
    on_call: tuple[PersonId, ...] = ()
    """People who are always on call; a team with rotas has none of them."""
    rotas: tuple[RotaId, ...] = ()
    """The on-call order as rotas: place 1 is whoever the first one names at that moment."""
    policies: Mapping[Priority, PolicyId] = field(default_factory=dict)
    digest_at: time | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """An entry of the service catalogue; `aliases` and `keywords` are how people call it."""

    id: ServiceId
    names: Names
    team: TeamId
    agreement: AgreementId
    aliases: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    private: bool = False
    group: GroupId | None = None
    """Who alone may see the private tickets of this service, besides their requesters; None: the team."""


@dataclass(frozen=True, slots=True)
class Group:
    """People with a name, for example those who may see what is reported to HR."""

    id: GroupId
    names: Names
    members: frozenset[PersonId]


@dataclass(frozen=True, slots=True)
class DrillPlan:
    """A test page each month on the first such weekday (Monday is 0), `at` this time in the team's zone. Whoever is on
    call has `within` to acknowledge it."""

    weekday: int
    at: time
    within: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Manner:
    """How the desk behaves where no agreement says otherwise."""

    settle: timedelta = timedelta(seconds=60)
    """How long a page for a doubtful, unconfirmed ticket waits for its author's word."""
    reopen_within: WorkingDays = WorkingDays(3)
    close_after: WorkingDays = WorkingDays(3)
    default_service: ServiceId = ServiceId("other")
    late_after: timedelta = timedelta(seconds=60)
    """From when on a thing said late is marked as late."""
    unsent_after: Mapping[Priority, timedelta] = field(
        default_factory=lambda: {
            Priority.P1: timedelta(seconds=60),
            Priority.P2: timedelta(minutes=5),
            Priority.P3: timedelta(minutes=15),
            Priority.P4: timedelta(minutes=15),
        }
    )
    """How long a call may stay unsent before the next way starts."""
    forgotten_after: Mapping[Priority, timedelta] = field(
        default_factory=lambda: {Priority.P1: timedelta(minutes=30), Priority.P2: timedelta(hours=2)}
    )
    """After how long without any sign of work whoever acknowledged is asked; priorities that are missing: never."""
    answer_within: timedelta = timedelta(minutes=10)
    """How long that question waits before the calling begins again."""
    last_resort: PersonId | None = None
    """Who is called where a policy reaches nobody and names no last resort itself."""
    drills: DrillPlan | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything a desk's policy files say. `version` changes when anything in them does."""

    version: str
    services: Mapping[ServiceId, Service]
    teams: Mapping[TeamId, Team]
    people: Mapping[PersonId, Person]
    policies: Mapping[PolicyId, Policy]
    calendars: Mapping[CalendarId, Calendar]
    terms: Mapping[str, Terms]
    """By `agreement/kind/priority`, for example `standard/incident/P2`."""
    matrix: Matrix = field(default_factory=lambda: DEFAULT_MATRIX)
    manner: Manner = field(default_factory=Manner)
    rotas: Mapping[RotaId, Rota] = field(default_factory=dict)
    groups: Mapping[GroupId, Group] = field(default_factory=dict)
    covers: tuple[Cover, ...] = ()
    """Agreed exceptions: no policy file, the desk adds them as they are made."""
    kept_policies: Mapping[PolicyId, Policy] = field(default_factory=dict)
    """Earlier versions that open tickets began with, by `name@version`: no policy file either."""

    def team(self, team: TeamId) -> Team:
        """The team. One that is gone from the rules leaves its tickets to the team of the default service: nobody's
        ticket may be nobody's."""
        return self.teams.get(team) or self.team_of(self.manner.default_service)

    def service(self, service: ServiceId) -> Service:
        """The service; the default one for one that is gone from the rules."""
        return self.services.get(service) or self.services[self.manner.default_service]

    def terms_key(self, service: ServiceId, kind: str, priority: Priority) -> str:
        """The key in `terms` that holds for such a ticket."""
        return f"{self.service(service).agreement}/{kind}/{priority}"

    def terms_of(self, key: str) -> Terms:
        """The terms behind a key; none at all for a key that is gone from the rules."""
        return self.terms.get(key, NOTHING_PROMISED)

    def team_of(self, service: ServiceId) -> Team:
        """The team that answers for the service."""
        return self.teams[self.service(service).team]

    def calendar_of(self, team: TeamId) -> Calendar:
        """The team's working hours."""
        return self.calendars[self.team(team).calendar]

    def policy_for(self, team: TeamId, priority: Priority) -> Policy | None:
        """Whom to call, or None when this team calls nobody for that priority."""
        policy = self.team(team).policies.get(priority)
        return None if policy is None else self.policies[policy]

    def policy_of(self, key: PolicyId) -> Policy | None:
        """The policy as it was when an escalation began with it; as it is now where that version was not kept, and None
        when there is none of that name any more."""
        name, _, version = key.partition("@")
        current = self.policies.get(PolicyId(name))
        if current is not None and current.version == version:
            return current
        return self.kept_policies.get(key, current)


NOTHING_PROMISED = Terms(targets=MappingProxyType({}))
