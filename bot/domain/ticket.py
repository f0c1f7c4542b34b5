"""The ticket: what the desk knows about one incident or request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ids import (
    DONE,
    OVER,
    Level,
    PersonId,
    PolicyId,
    Priority,
    ServiceId,
    Status,
    TeamId,
    TicketId,
)
from bot.domain.kinds import EVERY_KIND, Kind
from bot.domain.sla import Clock, Mark, PromiseState


@dataclass(frozen=True, slots=True)
class Clue:
    """Words of the author and what they were taken for: (kind, "cannot log in", incident)."""

    about: str
    words: str
    says: str


@dataclass(frozen=True, slots=True)
class Override:
    """A priority that does not come from the matrix, with the reason and the name an auditor asks for."""

    priority: Priority
    by: PersonId
    why: str


@dataclass(frozen=True, slots=True)
class Chase:
    """The escalation that runs until somebody acknowledges: the next level to call, and when."""

    policy: PolicyId
    """`name@version` of the policy with which it began."""
    level: int
    """The place of the next level. Past the last one: that has been called and repeats; one further: so has the last
    resort."""
    next_at: datetime
    calls: int = 0
    """How many times somebody has been called in this chase."""
    passed: tuple[PersonId, ...] = ()
    """Who has said "not me" since it began."""
    tried: tuple[PersonId, ...] = ()
    """Everybody called since it began."""
    pending: tuple[PersonId, ...] = ()
    """Who was called last, and has neither said "not me" nor proved to be out of reach."""
    unreached: tuple[PersonId, ...] = ()
    """To whom no way worked since it began."""
    entry: int = 0
    """The line of the history with the last call."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one promise was judged when its ticket came to its end: kept for ever as it was then."""

    clock: Clock
    cycle: int
    state: PromiseState
    begun: datetime
    due: datetime | None
    used: timedelta
    budget: timedelta
    done_at: datetime | None
    broken_at: datetime | None
    reclassified: bool
    terms: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """One incident or request. Change by making anew; every change adds one to `version`."""

    id: TicketId
    kind: str
    status: Status
    version: int
    requester: PersonId
    words: str
    """The first words, exactly as written."""
    language: str
    service: ServiceId
    team: TeamId
    impact: Level
    urgency: Level
    priority: Priority
    created_at: datetime
    origin: str
    """Where it was raised: an address, opaque here."""
    rules_version: str
    marks: tuple[Mark, ...]
    clues: tuple[Clue, ...] = ()
    doubtful: bool = False
    """The desk was not sure how to read it when it was raised."""
    confirmed: bool = False
    """The author has said that it was understood."""
    override: Override | None = None
    holder: PersonId | None = None
    chase: Chase | None = None
    acknowledged_by: PersonId | None = None
    acknowledged_at: datetime | None = None
    acknowledged_until: datetime | None = None
    """Until when the acknowledgement is a promise: without a sign of work by then, people are called again."""
    worked_at: datetime | None = None
    """The last sign of work by the desk's side: an acknowledgement, a move, a comment, "still on it"."""
    asked_at: datetime | None = None
    """When the one who acknowledged was asked whether it is forgotten, until there is a sign of work."""
    responders: tuple[PersonId, ...] = ()
    """Who was asked to help besides the holder."""
    called_up_at: datetime | None = None
    """When the requester last had somebody above the team called."""
    called: tuple[PersonId, ...] = ()
    """Everybody called for it so far, in the order of the first call."""
    said: frozenset[str] = frozenset()
    """What is recorded once and was: "warn:response:1", "nobody:urgent:2"."""
    waiting_for: str = ""
    until: datetime | None = None
    """When the wait is over by itself."""
    solution: str = ""
    done_at: datetime | None = None
    over_at: datetime | None = None
    cancelled_because: str = ""
    rating: int | None = None
    cycle: int = 1
    sequel_of: TicketId | None = None
    private: bool = False
    verdicts: tuple[Verdict, ...] = ()
    """Once it is over: how its promises were judged."""
    entries: int = 0
    """How many lines its history has."""

    @property
    def nature(self) -> Kind:
        """The kind as a value."""
        return EVERY_KIND[self.kind]

    @property
    def ref(self) -> str:
        """How people call it: INC-42."""
        return f"{self.nature.prefix}-{self.id}"

    @property
    def is_open(self) -> bool:
        """Somebody still has to do something about it."""
        return self.status not in DONE and self.status not in OVER

    @property
    def is_done(self) -> bool:
        """Resolved or fulfilled, and not yet closed."""
        return self.status in DONE

    @property
    def is_over(self) -> bool:
        """Closed or cancelled."""
        return self.status in OVER


Look = Callable[[TicketId], Ticket | None]
