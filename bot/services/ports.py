"""What the services need from the street: a store, a clock, an address book; and the shapes that pass between them.

Addresses, identities and message references are opaque strings here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.commands import Downtime
from bot.domain.covers import CoverRequest
from bot.domain.events import AnyEvent
from bot.domain.ids import CoverId, PersonId, PolicyId, Priority, TeamId, TicketId
from bot.domain.linking import LinkCode
from bot.domain.rules import Person, Policy, Way, Weighty
from bot.domain.ticket import Ticket

# --- letters ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Letter:
    """One message on its way to one address. It is drawn when it is sent, in its reader's language."""

    key: str
    """Unique for ever: the same cause can never write the same letter twice."""
    to: str
    reader: str
    """Who reads there: `person:mei` or `team:it`; decides language and zone."""
    about: str
    """Which card to draw (`announce.About`), "digest", or "card" for one that `facts["card"]` holds ready as JSON."""
    urgency: int
    ticket: TicketId | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    live: bool = False
    """It becomes a showing that is edited whenever its ticket changes."""
    only: str = ""
    """The one identity that may see it at that address (a whisper)."""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter that was claimed for sending, or a showing whose turn it is to be edited (`message` is set)."""

    id: int
    letter: Letter
    written_at: datetime
    attempts: int
    """Tries so far, this one included."""
    maybe_sent: bool
    """An earlier try may have been delivered. Once true it stays true."""
    message: str | None = None
    """For an edit: the message to edit."""
    drawn_hash: str = ""
    """For an edit: what the message shows now; an edit that would show the same need not be sent."""


@dataclass(frozen=True, slots=True)
class Sent:
    """It stands at its address as `message`, drawn from `version` of its ticket."""

    outgoing: Outgoing
    message: str
    version: int = 0
    drawn_hash: str = ""


@dataclass(frozen=True, slots=True)
class Postponed:
    """It will be tried again at `until`."""

    outgoing: Outgoing
    until: datetime
    reason: str
    maybe_sent: bool


@dataclass(frozen=True, slots=True)
class Buried:
    """It will never be delivered; it is listed among the dead letters."""

    outgoing: Outgoing
    reason: str


@dataclass(frozen=True, slots=True)
class Moot:
    """It need not be sent any more (its ticket has moved on), or an edit would show what is shown already."""

    outgoing: Outgoing
    version: int = 0


Fate = Sent | Postponed | Buried | Moot


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A buried letter, as the operator reads it."""

    id: int
    key: str
    to: str
    about: str
    ticket: TicketId | None
    attempts: int
    reason: str
    written_at: datetime
    died_at: datetime


# --- what comes in ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a platform handed over, raw. Two of one lane are handled in the order they came."""

    key: str
    platform: str
    lane: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a platform has been read, or another short text that an adapter wants back after a restart."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form that somebody fills in step by step. An empty `body`: it is not being filled in any more."""

    who: str
    place: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Pending:
    """An arrival that waits to be handled. `attempts` counts the tries that were begun after a restart."""

    id: int
    arrival: Arrival
    attempts: int


# --- what one batch writes -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dues:
    """The deadlines of the running promises, kept beside the ticket for lists; the marks are the truth."""

    response: datetime | None = None
    update: datetime | None = None
    resolution: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A ticket as it is now and what happened to it, in order. No events: only `wake_at` has moved."""

    ticket: Ticket
    is_new: bool
    events: Sequence[AnyEvent]
    wake_at: datetime | None
    dues: Dues


@dataclass(frozen=True, slots=True)
class Wake:
    """A ticket whose moment has come."""

    ticket: TicketId
    at: datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person chose or what became known of them, on top of what the rules say."""

    person: PersonId
    name: str = ""
    language: str = ""
    zone: str = ""
    identities: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


class Fenced(Exception):
    """Another instance has opened the same database since; nothing was written and this one must stop."""


class NotSaved(Exception):
    """The store could not write just now (disk full, file locked). Nothing was written; it may be tried again."""


class Unit(Protocol):
    """One transaction on the writing connection. Everything in it is set-based: one call, many rows."""

    async def load(self, tickets: Collection[TicketId]) -> dict[TicketId, Ticket]:
        """Those of the tickets that exist."""

    async def last_number(self) -> int:
        """The highest ticket number given so far; 0 at the beginning."""

    async def save(self, changes: Sequence[Change]) -> None:
        """Tickets inserted or replaced, their history chained on, every showing of a changed ticket wanted anew."""

    async def post(self, letters: Sequence[Letter], now: datetime) -> None:
        """The letters wait in the outbox; one whose key is known already is ignored."""

    async def keep(self, arrivals: Sequence[Arrival]) -> list[bool]:
        """The arrivals are in the inbox. False for one whose key was there before."""

    async def pending(self, limit: int, after: int = 0) -> list[Pending]:
        """The oldest arrivals that are not handled yet and have an id above `after`, oldest first."""

    async def begun(self, arrival: str) -> int:
        """One more try of this arrival is on record before it is made; how many that are."""

    async def handled(self, arrivals: Collection[str]) -> None:
        """These inbox keys are done."""

    async def quarantine(self, arrival: str, reason: str) -> None:
        """This arrival is put aside for the operator: it is not tried again by itself."""

    async def put_cursors(self, cursors: Sequence[Cursor], now: datetime) -> None:
        """These names stand for these values from now on."""

    async def put_sheets(self, sheets: Sequence[Sheet]) -> None:
        """One for each person at each place: the last one given counts."""

    async def claim(self, now: datetime, limit: int, busy: Collection[str]) -> list[Outgoing]:
        """Letters and edits whose turn it is, leased to this instance. Of each address not `busy` those that may go
        now: pages before others, otherwise in the order written; edits after posts. Several of one address may come
        back, in their order; a postponed one holds back what was written after it to the same address."""

    async def settle(self, fates: Sequence[Fate], now: datetime) -> None:
        """What became of claimed letters. A live letter that was sent becomes a showing, wanted anew when its ticket
        has moved on meanwhile. `maybe_sent` only ever goes from false to true."""

    async def replay(self, dead: Collection[int], now: datetime) -> int:
        """Dead letters wait in the outbox again; how many."""

    async def remember(self, profiles: Sequence[Profile]) -> None:
        """Profiles inserted or merged: empty fields change nothing."""

    async def profiles_of(self, people: Collection[PersonId]) -> dict[PersonId, Profile]:
        """The profiles of those who have one."""

    async def register(self, profiles: Sequence[Profile]) -> None:
        """Profiles inserted or replaced: exactly this is known of these people besides the rules."""

    async def give_code(self, code: LinkCode) -> None:
        """The code counts, and none that its person was given before. Its `id` is given here."""

    async def codes(self, now: datetime) -> list[LinkCode]:
        """The codes whose time is not over, used ones among them, the oldest first."""

    async def use_code(self, code: int, by: str, now: datetime) -> bool:
        """That identity has used it; by "" it is void. False when it was used or void before."""

    async def wrong_codes(self, identity: str, after: datetime) -> list[datetime]:
        """When this identity has said wrong codes, the oldest first."""

    async def wrong_code(self, identity: str, now: datetime) -> None:
        """One more; those that no longer matter are forgotten."""

    async def saw(self, now: datetime) -> None:
        """The desk was alive at `now`: the high-water mark of its time."""

    async def hasten(self, keys: Sequence[str], now: datetime) -> None:
        """The time of these letters is now."""

    async def keep_roads(self, roads: Sequence[Road]) -> None:
        """What is known of these roads."""

    async def covers(self, ending_after: datetime) -> list[CoverRequest]:
        """Whatever became of them, the oldest first."""

    async def cover(self, cover: CoverId) -> CoverRequest | None:
        """The request of that number."""

    async def add_covers(self, requests: Sequence[CoverRequest]) -> list[CoverId]:
        """The requests are written down; the numbers they were given, in their order."""

    async def change_covers(self, requests: Sequence[CoverRequest]) -> None:
        """The requests of these numbers are as they are here."""

    async def outage(self, down: Downtime) -> None:
        """A downtime, for the digest."""

    async def keep_policies(self, policies: Sequence[Policy]) -> None:
        """These versions of escalation policies are kept; one that is already stays as it is."""

    async def kept_policies(self) -> Mapping[PolicyId, Policy]:
        """Every version that was ever kept, by `name@version`."""

    async def mark_digest(self, team: TeamId, day: date) -> bool:
        """The digest of that team and local date is taken; False when it was already."""


class Store(Protocol):
    """The database: one writing transaction at a time, and reading beside it."""

    epoch: int

    def transaction(self) -> AbstractAsyncContextManager[Unit]:
        """Committed at the end of the block, rolled back when it raises. Raises Fenced when this instance is not the
        one that opened the database last."""

    @property
    def reads(self) -> Reads:
        """Questions, answered from what is committed."""


@dataclass(frozen=True, slots=True)
class Road:
    """One way in or out (`in:slack`, `out:email`): when it was last seen to work, and last seen not to, and why."""

    name: str
    proved_at: datetime | None = None
    failed_at: datetime | None = None
    why: str = ""

    @property
    def works(self) -> bool:
        """The last that was seen of it is that it works."""
        return self.proved_at is not None and (self.failed_at is None or self.proved_at >= self.failed_at)


@dataclass(frozen=True, slots=True)
class Lag:
    """How many of something are late, and since when the oldest."""

    count: int
    since: datetime | None = None


class CallState(StrEnum):
    """What has become of one letter of a call."""

    WAITING = "waiting"
    SENT = "sent"
    MOOT = "moot"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class CallLetter:
    """One way of calling somebody. `due`: from when on it should be out."""

    key: str
    state: CallState
    due: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """The call of one person that is entry `entry` of its ticket's history, with its ways in order."""

    ticket: TicketId
    entry: int
    person: PersonId
    letters: tuple[CallLetter, ...]


@dataclass(frozen=True, slots=True)
class OpenCount:
    """How many open tickets of one priority a team has."""

    team: TeamId
    priority: Priority
    count: int


@dataclass(frozen=True, slots=True)
class Vitals:
    """What is late in the database."""

    overdue: Lag
    """Tickets whose moment has come and gone."""
    unhandled: Lag
    """Arrivals that nobody has handled."""
    unsent_pages: Lag
    unsent_letters: Lag
    buried: int
    """Letters given up within the last hour."""
    aside: int
    """Arrivals put aside for the operator."""


# --- questions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history."""

    ticket: TicketId
    entry: int
    at: datetime
    by: PersonId
    name: str
    facts: Mapping[str, object]
    seal: str
    """The hash that chains it to the line before."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A ticket as it lies in the file."""

    ticket: Ticket
    wake_at: datetime | None
    dues: Dues


@dataclass(frozen=True, slots=True)
class Tally:
    """What a period brought one team, for its digest. `since` inclusive, `until` exclusive."""

    open_tickets: tuple[Filed, ...]
    raised: int
    done: int
    kept: Mapping[str, int]
    """Promises kept since, by clock."""
    broken: Mapping[str, int]
    """Promises that ran out since, by clock."""
    cancelled: int
    ratings: tuple[int, ...]
    outages: tuple[Downtime, ...]
    dead_letters: int
    seal: str
    """The last seal of the whole history: whoever keeps it can prove later that the past was not changed."""


class Reads(Protocol):
    """Questions to the file. None of them changes anything."""

    async def ticket(self, ticket: TicketId) -> Filed | None: ...

    async def tickets(
        self,
        *,
        requester: PersonId | None = None,
        team: TeamId | None = None,
        holder: PersonId | None = None,
        only_open: bool = True,
        limit: int = 50,
    ) -> list[Filed]:
        """Newest first; open ones by priority and age when `only_open`."""

    async def outdated(self, rules_version: str, limit: int) -> list[Filed]:
        """Open tickets whose deadlines were worked out under other rules than these, the oldest first."""

    async def ticket_of_message(self, message: str) -> TicketId | None:
        """The ticket that this message of ours shows."""

    async def letter(self, key: str) -> Letter | None:
        """The letter with this key, whatever has become of it."""

    async def history(self, ticket: TicketId) -> list[Entry]: ...

    async def due(self, now: datetime, limit: int) -> list[Wake]:
        """Tickets to wake by `now`, the longest due first."""

    async def next_wake(self) -> datetime | None:
        """The earliest moment at which any ticket wants to be woken."""

    async def next_letter(self, now: datetime) -> datetime | None:
        """The earliest moment after `now` at which a waiting letter may go."""

    async def waiting_arrivals(self) -> int: ...

    async def cursor(self, name: str) -> str | None:
        """What was put there last."""

    async def sheets(self, platform: str) -> list[Sheet]:
        """All forms that are being filled in on this platform, the oldest first."""

    async def waiting_letters(self) -> int: ...

    async def dead_letters(self, limit: int = 100) -> list[DeadLetter]: ...

    async def profiles(self) -> list[Profile]: ...

    async def codes(self, now: datetime) -> list[LinkCode]:
        """The one-time codes whose time is not over, used ones among them, the oldest first."""

    async def wrong_codes(self, identity: str, after: datetime) -> list[datetime]:
        """When this identity has said wrong codes, the oldest first."""

    async def last_seen(self) -> datetime | None:
        """The high-water mark of the desk's time."""

    async def covers(self, ending_after: datetime) -> list[CoverRequest]:
        """Exceptions to the rotas that end later than this, whatever became of them, the oldest first."""

    async def cover(self, cover: CoverId) -> CoverRequest | None: ...

    async def open_held(self, holder: PersonId) -> int:
        """How many open tickets this person holds."""

    async def roads(self) -> list[Road]: ...

    async def calls_in_trouble(self, now: datetime, *, waiting_since: datetime, buried_since: datetime) -> list[Call]:
        """The calls of which a letter has waited since then or was given up since then."""

    async def open_counts(self) -> list[OpenCount]:
        """How many open tickets each team has of each priority; those it has none of are left out."""

    async def vitals(self, now: datetime, *, late: timedelta, late_pages: timedelta, late_letters: timedelta) -> Vitals:
        """What is late by more than this: tickets and arrivals, pages, other letters."""

    async def to_check(self, *, asleep_after: TicketId, after: TicketId, limit: int) -> list[Filed]:
        """Open tickets to work out anew, by number: at most `limit` that nothing will wake, then `limit` of all."""

    async def last_digest(self, team: TeamId) -> date | None: ...

    async def tally(self, team: TeamId, since: datetime, until: datetime) -> Tally: ...


# --- the rest of the street ------------------------------------------------------------------------------------------


class Timepiece(Protocol):
    """The desk's time: never runs backwards, whatever the machine's clock does. Whole milliseconds, aware UTC."""

    def now(self) -> datetime: ...

    def real_seconds_until(self, moment: datetime) -> float:
        """How long the machine has to wait for it; 0 when it is past."""


class Directory(Protocol):
    """Who people are, now: the rules and what became known since."""

    @property
    def people(self) -> Mapping[PersonId, Person]:
        """Everybody, as known at any moment at which it is looked at."""

    def person(self, person: PersonId) -> Person | None: ...

    def who_is(self, identity: str) -> Person | None: ...

    def address_of(self, person: PersonId) -> str | None:
        """Where this person is reached first; None when nowhere."""

    def is_self_made(self, person: PersonId) -> bool:
        """Whether the desk knows the person only from what they wrote themselves."""

    def same_person(self, one: PersonId, other: PersonId) -> bool:
        """Whether both are one: the same, or what an identity was called before it was joined to the other."""

    def ways_of(self, person: PersonId, weighty: Weighty) -> tuple[Way, ...]:
        """How a call of that weight reaches this person, in order; empty when it cannot."""


class Bell(Protocol):
    """Something that can be rung: whoever waits looks at what there is to do."""

    def ring(self) -> None: ...


LEASE = timedelta(minutes=5)
"""After so long a claimed letter of a vanished task may be claimed again."""
