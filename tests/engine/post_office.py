"""An outbox in memory that keeps the contract of `ports.Unit`, and a chat network that does what a test tells it."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar, cast

from bot.chat.card import Card
from bot.chat.incoming import Address, Identity, MessageRef
from bot.chat.port import Manners, Platform, Undelivered
from bot.domain.announce import Urgency
from bot.domain.ids import TicketId
from bot.engine.relay import Relay
from bot.services.desk import Chore
from bot.services.drawn import Drawn
from bot.services.ports import Buried, Fate, Letter, Moot, Outgoing, Postponed, Reads, Sent, Timepiece, Unit
from bot.services.timepiece import DeskTime
from tests.clock import Clock

T = TypeVar("T")

UNHURRIED = Manners(posts=1000, per=timedelta(seconds=1), burst=1000)
ONE_A_SECOND = Manners(posts=1, per=timedelta(seconds=1))


@dataclass
class Row:
    """A letter in the outbox."""

    id: int
    letter: Letter
    written_at: datetime
    state: str = "queued"
    next_at: datetime | None = None
    holds: bool = False
    attempts: int = 0
    maybe_sent: bool = False
    message: str = ""
    reason: str = ""

    @property
    def is_page(self) -> bool:
        return self.letter.urgency <= Urgency.PAGE

    def is_behind(self, other: Row) -> bool:
        return self.letter.to == other.letter.to and self.id > other.id and (other.is_page or not self.is_page)


@dataclass
class Showing:
    """A message that follows its ticket."""

    id: int
    letter: Letter
    message: str
    wanted: int
    drawn: int
    drawn_hash: str
    attempts: int = 0
    is_leased: bool = False
    is_given_up: bool = False
    next_at: datetime | None = None


class PostOffice:
    """The door, the unit and the reads, as far as the relay uses them. `versions` are those of the tickets."""

    def __init__(self, timepiece: Timepiece) -> None:
        self.rows: list[Row] = []
        self.showings: list[Showing] = []
        self.versions: defaultdict[int, int] = defaultdict(lambda: 1)
        self.fates: list[Fate] = []
        self.trouble: deque[Exception] = deque()
        self._time = timepiece

    def write(self, *letters: Letter) -> None:
        now = self._time.now()
        for letter in letters:
            self.rows.append(Row(len(self.rows) + 1, letter, now, next_at=letter.not_before))

    def change(self, ticket: int) -> None:
        """The ticket moves on: its showings are wanted anew."""
        self.versions[ticket] += 1
        for showing in self.showings:
            if showing.letter.ticket == ticket:
                showing.wanted = self.versions[ticket]

    def crash(self) -> None:
        """The process is gone; another one finds what is on record."""
        for row in self.rows:
            if row.state == "sending":
                row.state, row.maybe_sent, row.next_at = "queued", True, None
        for showing in self.showings:
            showing.is_leased = False

    def row(self, key: str) -> Row:
        return next(row for row in self.rows if row.letter.key == key)

    def fates_of(self, key: str) -> list[Fate]:
        return [fate for fate in self.fates if fate.outgoing.letter.key == key]

    def in_state(self, state: str) -> list[str]:
        return [row.letter.key for row in self.rows if row.state == state]

    async def chore(self, chore: Chore[T]) -> T:
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble.popleft()
        done = await chore.apply(cast(Unit, self))
        await asyncio.sleep(0)
        return done

    async def claim(self, now: datetime, limit: int, busy: Collection[str]) -> list[Outgoing]:
        holding = self._holding(now)
        may_go = [row for row in self.rows if row.letter.to not in busy and _may_go(row, now, holding)]
        posts = sorted(may_go, key=lambda row: (not row.is_page, row.id))[:limit]
        for row in posts:
            row.state, row.attempts, row.next_at, row.holds = "sending", row.attempts + 1, None, False
        edits = [one for one in self.showings if one.letter.to not in busy and self._is_stale(one, now)]
        edits = edits[: limit - len(posts)]
        for one in edits:
            one.is_leased, one.attempts = True, one.attempts + 1
        return [*map(_outgoing, posts), *map(_edit, edits)]

    async def settle(self, fates: Sequence[Fate], now: datetime) -> None:
        self.fates += fates
        for fate in fates:
            if fate.outgoing.message is None:
                self._settle_letter(fate)
            else:
                self._settle_edit(fate)

    async def next_letter(self, now: datetime) -> datetime | None:
        moments = [row.next_at for row in self.rows if row.state == "queued" and row.next_at is not None]
        moments += [one.next_at for one in self.showings if one.next_at is not None]
        return min((moment for moment in moments if moment > now), default=None)

    def _holding(self, now: datetime) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            is_postponed = row.state == "queued" and row.holds and row.next_at is not None and row.next_at > now
            if row.state == "sending" or is_postponed:
                found.setdefault(row.letter.to, []).append(row)
        return found

    def _is_stale(self, one: Showing, now: datetime) -> bool:
        is_due = one.next_at is None or one.next_at <= now
        return one.wanted > one.drawn and is_due and not one.is_leased and not one.is_given_up

    def _settle_letter(self, fate: Fate) -> None:
        row = self.rows[fate.outgoing.id - 1]
        assert row.state == "sending", f"{row} was settled, but nobody had it"
        match fate:
            case Sent(outgoing=outgoing, message=message, version=version, drawn_hash=drawn_hash):
                row.state, row.message = "sent", message
                if outgoing.letter.live and outgoing.letter.ticket is not None:
                    wanted = self.versions[outgoing.letter.ticket]
                    number = len(self.showings) + 1
                    self.showings.append(Showing(number, outgoing.letter, message, wanted, version, drawn_hash))
            case Postponed(until=until, reason=reason, maybe_sent=maybe_sent):
                assert maybe_sent or not row.maybe_sent, "maybe_sent must stick"
                row.state, row.next_at, row.holds, row.reason = "queued", until, True, reason
                row.maybe_sent = maybe_sent
            case Buried(reason=reason):
                row.state, row.reason = "dead", reason
            case Moot():
                row.state = "moot"

    def _settle_edit(self, fate: Fate) -> None:
        one = self.showings[fate.outgoing.id - 1]
        assert one.is_leased, f"{one} was settled, but nobody had it"
        one.is_leased = False
        match fate:
            case Sent(version=version, drawn_hash=drawn_hash):
                one.drawn, one.drawn_hash, one.attempts, one.next_at = version or one.wanted, drawn_hash, 0, None
            case Moot(version=version):
                one.drawn, one.attempts, one.next_at = version or one.wanted, 0, None
            case Postponed(until=until):
                one.next_at = until
            case Buried():
                one.is_given_up = True


def _may_go(row: Row, now: datetime, holding: Mapping[str, Sequence[Row]]) -> bool:
    if row.state != "queued" or (row.next_at is not None and row.next_at > now):
        return False
    return not any(row.is_behind(other) for other in holding.get(row.letter.to, ()))


def _outgoing(row: Row) -> Outgoing:
    return Outgoing(row.id, row.letter, row.written_at, row.attempts, row.maybe_sent)


def _edit(one: Showing) -> Outgoing:
    when = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    return Outgoing(one.id, one.letter, when, one.attempts, False, one.message, one.drawn_hash)


HANG = "hang"
ARRIVES = "arrives"
"""The message arrives, but the answer does not."""

Answer = Undelivered | Exception | str


@dataclass(frozen=True)
class Post:
    """A message as it stands, or a whisper, or an edit."""

    at_s: float
    to: str
    key: str
    title: str
    repeat: bool = False
    quiet: bool = False
    lines: tuple[str, ...] = ()
    only: str = ""


@dataclass
class Network:
    """A platform. What it answers next at an address, or to an edit of a message, is in `answers`."""

    clock: Clock
    name: str = "test"
    polite: Manners = UNHURRIED
    manners_of: Mapping[str, Manners] = field(default_factory=dict)
    takes_s: float = 0.0
    """Before it stands there."""
    answers_after_s: float = 0.0
    """Between that and the answer."""
    answers: defaultdict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    posts: list[Post] = field(default_factory=list)
    edits: list[Post] = field(default_factory=list)
    tries: list[tuple[float, str]] = field(default_factory=list)
    lookups: list[str] = field(default_factory=list)
    under_way: set[str] = field(default_factory=set)
    most_under_way: int = 0

    def manners(self, to: Address) -> Manners:
        return self.manners_of.get(to, self.polite)

    async def post(self, to: Address, card: Card, *, key: str, repeat: bool, quiet: bool) -> MessageRef:
        async with self._one_at_a_time(to):
            answer = await self._answer(to, key)
            self.posts.append(Post(self.clock.mono(), to, key, card.title, repeat, quiet, card.lines))
            await asyncio.sleep(self.answers_after_s)
            if answer == ARRIVES:
                raise Undelivered("connection lost", maybe_sent=True)
        return MessageRef(f"{to}#{len(self.posts)}")

    async def edit(self, message: MessageRef, card: Card) -> None:
        await self._answer(message, message)
        self.edits.append(Post(self.clock.mono(), message, message, card.title, lines=card.lines))

    async def find(self, to: Address, *, key: str) -> MessageRef | None:
        self.lookups.append(key)
        places = [place for place, post in enumerate(self.posts, 1) if (post.to, post.key) == (to, key)]
        return MessageRef(f"{to}#{places[0]}") if places else None

    async def whisper(self, to: Address, only: Identity, card: Card, *, key: str) -> None:
        await self._answer(to, key)
        self.posts.append(Post(self.clock.mono(), to, key, card.title, only=only))

    @asynccontextmanager
    async def _one_at_a_time(self, to: str) -> AsyncIterator[None]:
        assert to not in self.under_way, f"two messages at once to {to}"
        self.under_way.add(to)
        self.most_under_way = max(self.most_under_way, len(self.under_way))
        try:
            yield
        finally:
            self.under_way.discard(to)

    async def _answer(self, to: str, key: str) -> Answer:
        self.tries.append((self.clock.mono(), key))
        await asyncio.sleep(self.takes_s)
        answer = self.answers[to].popleft() if self.answers[to] else ""
        if answer == HANG:
            await asyncio.Event().wait()
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def keys(self) -> list[str]:
        return [post.key for post in self.posts]


def letter(
    key: str,
    to: str = "test:channel:it",
    *,
    about: str = "reply",
    ticket: int = 1,
    page: bool = False,
    live: bool = False,
) -> Letter:
    urgency = Urgency.PAGE if page else Urgency.NORMAL
    return Letter(key, to, f"team:{to}", about, urgency, TicketId(ticket), live=live)


class World:
    """A relay between a post office and one or more networks, in a time of the test's own."""

    def __init__(self, clock: Clock, *, bundles: Collection[str] = frozenset({"news"}), at_once: int = 32) -> None:
        self.clock = clock
        self.time: Timepiece = DeskTime(clock.wall, clock.mono)
        self.office = PostOffice(self.time)
        self.network = Network(clock)
        self.networks = {"test": self.network}
        self.bundles = bundles
        self.at_once = at_once
        self.shows_versions = True
        self.moot: set[str] = set()
        self.broken: set[str] = set()
        self.drawn: list[tuple[str, ...]] = []
        self.buried: list[Buried] = []
        self.relay = self._relay()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Relay]:
        """The relay works within the block, and has stopped in good order after it."""
        self.relay = self._relay()
        running = asyncio.create_task(self.relay.run())
        await self.clock.settles()
        try:
            yield self.relay
        finally:
            self.relay.close()
            await running

    async def crash_after(self, seconds: float) -> None:
        """The relay works so long, then it is gone in the midst of whatever it was doing."""
        self.relay = self._relay()
        running = asyncio.create_task(self.relay.run())
        await self.clock.passes(seconds=seconds)
        running.cancel()
        await asyncio.wait([running])
        self.network.under_way.clear()
        self.office.crash()

    def write(self, *letters: Letter) -> None:
        self.office.write(*letters)
        self.relay.ring()

    def change(self, ticket: int) -> None:
        self.office.change(ticket)
        self.relay.ring()

    async def draw(self, outgoings: Sequence[Outgoing], now: datetime) -> Drawn | None:
        keys = tuple(outgoing.letter.key for outgoing in outgoings)
        self.drawn.append(keys)
        if self.broken & set(keys):
            raise ZeroDivisionError("secret words")
        said = [one for one in outgoings if one.letter.key not in self.moot]
        if not said:
            return None
        versions = {one.letter.ticket: self.office.versions[one.letter.ticket] for one in said if one.letter.ticket}
        lines = tuple(f"{ticket} v{version}" for ticket, version in versions.items()) if self.shows_versions else ()
        card = Card(title=said[0].letter.about, lines=lines)
        return Drawn(card, max(versions.values()), versions=versions if len(outgoings) > 1 else {})

    def _relay(self) -> Relay:
        return Relay(
            door=self.office,
            reads=cast(Reads, self.office),
            platforms={name: cast(Platform, network) for name, network in self.networks.items()},
            draw=self.draw,
            timepiece=self.time,
            bundles=self.bundles,
            on_buried=self.buried.append,
            chance=lambda: 0.5,
            at_once=self.at_once,
        )
