"""Commands are orders to the desk. Each says who gives it; none says that it may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.domain.ids import Level, PersonId, Priority, ServiceId, TeamId, TicketId
from bot.domain.ticket import Clue


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What every command has. `verb` is its name in the move tables and in the table of rights."""

    verb: ClassVar[str] = ""
    by: PersonId
    ticket: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise(Order):
    """A new ticket; the door gives the number."""

    verb: ClassVar[str] = "raise"
    ticket: TicketId = TicketId(0)
    words: str
    language: str
    kind: str
    service: ServiceId
    impact: Level
    urgency: Level
    origin: str
    clues: tuple[Clue, ...] = ()
    doubtful: bool = False
    confirmed: bool = False
    sequel_of: TicketId | None = None
    requester: PersonId | None = None
    """When somebody raises for another; otherwise the one who raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm(Order):
    """The author: you understood me."""

    verb: ClassVar[str] = "confirm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclassify(Order):
    """Another kind, service, impact or urgency; what is None stays."""

    verb: ClassVar[str] = "reclassify"
    kind: str | None = None
    service: ServiceId | None = None
    impact: Level | None = None
    urgency: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrule(Order):
    """A priority against the matrix, with its reason; None goes back to the matrix."""

    verb: ClassVar[str] = "overrule"
    priority: Priority | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge(Order):
    """I have it: nobody else needs to be called. With `until` it is a promise to have done something by then."""

    verb: ClassVar[str] = "acknowledge"
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOn(Order):
    """Not me: the next one is called at once."""

    verb: ClassVar[str] = "pass_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepOn(Order):
    """Still on it: the answer to whether it is forgotten. With `until` the promise is renewed."""

    verb: ClassVar[str] = "keep_on"
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddResponder(Order):
    """This person is called to help; the holder stays."""

    verb: ClassVar[str] = "add_responder"
    to: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallUp(Order):
    """Hierarchical escalation: the team's lead is called now, and the manager when the lead has been or asks."""

    verb: ClassVar[str] = "call_up"
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(Order):
    """Functional escalation: another team answers for it from now on, and its people are called."""

    verb: ClassVar[str] = "hand_over"
    to: TeamId
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached(Order):
    """The desk: no way to this person worked for the call that is entry `entry`; the next one is called at once."""

    verb: ClassVar[str] = "unreached"
    person: PersonId
    entry: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Order):
    """This person holds it from now on; taking it oneself is assigning it to oneself."""

    verb: ClassVar[str] = "assign"
    to: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Order):
    """Work begins, or goes on."""

    verb: ClassVar[str] = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Order):
    """Base of the four waits; `why` is what one waits for, in words. At `until` the wait is over by itself."""

    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitForRequester(Wait):
    """The ball is with the requester; `why` is the question they are asked."""

    verb: ClassVar[str] = "wait_requester"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitForSupplier(Wait):
    """A supplier must act; the clocks go on."""

    verb: ClassVar[str] = "wait_supplier"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitForApproval(Wait):
    """Somebody must approve."""

    verb: ClassVar[str] = "wait_approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Wait):
    """It will be done at an agreed time."""

    verb: ClassVar[str] = "schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve(Order):
    """It works again, or it has been delivered; `solution` says how."""

    verb: ClassVar[str] = "resolve"
    solution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Order):
    """The requester: yes, it is done."""

    verb: ClassVar[str] = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Order):
    """It is not done after all."""

    verb: ClassVar[str] = "reopen"
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Order):
    """No longer needed, or never a ticket."""

    verb: ClassVar[str] = "cancel"
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Order):
    """A comment: to the other side when `public`, otherwise a note among the agents."""

    verb: ClassVar[str] = "say"
    words: str
    public: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudge(Order):
    """The requester asks where it stands (催单): seen by the team, no change of priority."""

    verb: ClassVar[str] = "nudge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Order):
    """One to five stars for what was done; rating is also the requester's word that it is done."""

    verb: ClassVar[str] = "rate"
    stars: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Downtime:
    """When the desk was not there."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Order):
    """Time has passed: do what is due. `down` names the downtime that made it late, if one did."""

    verb: ClassVar[str] = "tick"
    down: Downtime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(Order):
    """The rules may have changed: work the deadlines out again and compare them with those written down."""

    verb: ClassVar[str] = "review"
    response: datetime | None
    update: datetime | None
    resolution: datetime | None


Command = (
    Raise
    | Confirm
    | Reclassify
    | Overrule
    | Acknowledge
    | PassOn
    | KeepOn
    | AddResponder
    | CallUp
    | HandOver
    | Unreached
    | Assign
    | Start
    | WaitForRequester
    | WaitForSupplier
    | WaitForApproval
    | Schedule
    | Resolve
    | Close
    | Reopen
    | Cancel
    | Say
    | Nudge
    | Rate
    | Tick
    | Review
)
