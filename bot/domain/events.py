"""Events are past: what one command changed. Each becomes one line of the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.domain.ids import Level, PersonId, Priority, ServiceId, Status, TeamId, TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event has. `name` is how the history calls it."""

    name: ClassVar[str] = ""
    at: datetime
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised(Event):
    """There is a ticket."""

    name: ClassVar[str] = "raised"
    words: str
    kind: str
    service: ServiceId
    team: TeamId
    impact: Level
    urgency: Level
    priority: Priority
    requester: PersonId
    rules_version: str
    sequel_of: TicketId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed(Event):
    """The author said that it was understood."""

    name: ClassVar[str] = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclassified(Event):
    """Kind, service, impact or urgency are others now; the priority follows."""

    name: ClassVar[str] = "reclassified"
    was: str
    now: str
    was_priority: Priority
    priority: Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Overruled(Event):
    """Somebody set the priority by hand, or gave it back to the matrix."""

    name: ClassVar[str] = "overruled"
    was_priority: Priority
    priority: Priority
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Event):
    """Another status."""

    name: ClassVar[str] = "moved"
    verb: str
    was: Status
    to: Status
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged(Event):
    """Somebody has it; nobody else is called."""

    name: ClassVar[str] = "acknowledged"
    after_calls: int
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn(Event):
    """Somebody who was called said "not me"."""

    name: ClassVar[str] = "passed_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOn(Event):
    """Whoever acknowledged is still on it."""

    name: ClassVar[str] = "kept_on"
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWhetherForgotten(Event):
    """No sign of work for long: `person` is asked, and has until `answer_by`."""

    name: ClassVar[str] = "asked_whether_forgotten"
    person: PersonId
    answer_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsed(Event):
    """The acknowledgement of `person` counts no more, and people are called again: `why` is "promise" when they had
    promised to have done something by now, "forgotten" when they did not answer, and otherwise the promise to the
    requester whose warning or breach takes it from them ("broken:resolution")."""

    name: ClassVar[str] = "lapsed"
    person: PersonId
    why: str
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponderAdded(Event):
    """`to` was called to help."""

    name: ClassVar[str] = "responder_added"
    to: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledUp(Event):
    """These people above the team were called, because somebody asked for it or a promise is in danger (`why`)."""

    name: ClassVar[str] = "called_up"
    people: tuple[PersonId, ...]
    channel: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver(Event):
    """Another team answers for it."""

    name: ClassVar[str] = "handed_over"
    was: TeamId
    to: TeamId
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReached(Event):
    """No way to `person` worked for the call that is entry `entry`."""

    name: ClassVar[str] = "not_reached"
    person: PersonId
    entry: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned(Event):
    """Another holder."""

    name: ClassVar[str] = "assigned"
    to: PersonId
    was: PersonId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented(Event):
    """Words were added. `side` is "requester" or "desk"."""

    name: ClassVar[str] = "commented"
    words: str
    public: bool
    side: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudged(Event):
    """The requester asked where it stands."""

    name: ClassVar[str] = "nudged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Called(Event):
    """These people were called. `missed` levels fell due while nobody could call them (the desk was down)."""

    name: ClassVar[str] = "called"
    level: int
    round: int
    people: tuple[PersonId, ...]
    channel: bool
    due: datetime
    missed: tuple[int, ...] = ()
    late: bool = False
    down_since: datetime | None = None
    down_until: datetime | None = None
    again: tuple[PersonId, ...] = ()
    """Those of them who have been called for this ticket before."""
    last_resort: bool = False
    """No level reached anybody: these are whoever was left."""
    elsewhere: TeamId | None = None
    """Nobody of the ticket's own team was left either: this team's channel or lead was called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyThere(Event):
    """A level of the policy had nobody to call who can be reached, so the next one was called at once."""

    name: ClassVar[str] = "nobody_there"
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyReached(Event):
    """No way to anybody at all worked: the requester is told."""

    name: ClassVar[str] = "nobody_reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilled(Event):
    """A drill is over: `person` answered after `took_s` seconds, or nobody did (`person` is None)."""

    name: ClassVar[str] = "drilled"
    passed: bool
    person: PersonId | None
    took_s: int
    why: str = ""
    """Why it failed: "nobody_there", "not_reached" or "unanswered"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned(Event):
    """A promise is about to run out."""

    name: ClassVar[str] = "warned"
    clock: str
    cycle: int
    due: datetime
    late: bool = False
    down_since: datetime | None = None
    down_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken(Event):
    """A promise ran out at `due`, whenever it was noticed."""

    name: ClassVar[str] = "broken"
    clock: str
    cycle: int
    due: datetime
    reclassified: bool = False
    late: bool = False
    down_since: datetime | None = None
    down_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(Event):
    """The requester said how good it was, one to five."""

    name: ClassVar[str] = "rated"
    stars: int
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescheduled(Event):
    """A deadline moved because the rules did: a holiday was added, hours are others now."""

    name: ClassVar[str] = "rescheduled"
    clock: str
    cycle: int
    was: datetime | None
    due: datetime | None
    rules_version: str


AnyEvent = (
    Raised
    | Confirmed
    | Reclassified
    | Overruled
    | Moved
    | Acknowledged
    | PassedOn
    | KeptOn
    | AskedWhetherForgotten
    | Lapsed
    | ResponderAdded
    | CalledUp
    | HandedOver
    | NotReached
    | Assigned
    | Commented
    | Nudged
    | Called
    | NobodyThere
    | NobodyReached
    | Drilled
    | Warned
    | Broken
    | Rated
    | Rescheduled
)
