"""The policy of one desk, as one value: who, what, how fast, and who is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.domain.ids import AgreementId, CalendarId, PersonId, PolicyId, Priority, ServiceId, TeamId
from bot.domain.priority import DEFAULT_MATRIX, Matrix
from bot.domain.sla import Terms, WorkingDays
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


class WhoKind(StrEnum):
    """How a level of a policy names the people it calls."""

    ON_CALL = "on_call"
    PERSON = "person"
    LEAD = "lead"
    MANAGER = "manager"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Who:
    """`on_call` with the place in the order ("1", "2"), `person` with an id, or the team's lead, manager or channel."""

    kind: WhoKind
    value: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One level: `after` the level before (working time of the team's calendar when `working`), these are called."""

    after: timedelta
    who: tuple[Who, ...]
    working: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """Levels one after another; the last one repeats until somebody acknowledges."""

    id: PolicyId
    steps: tuple[Step, ...]
    repeat: timedelta
    repeat_working: bool = False


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


NOTHING_PROMISED = Terms(targets=MappingProxyType({}))
