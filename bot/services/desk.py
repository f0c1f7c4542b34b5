"""The door: one task that owns the one writing connection, and everything that changes anything goes through it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Generic, Protocol, TypeVar

from bot.domain.anew import anew
from bot.domain.announce import CALLS, LIVE, Notice, ToTeam, announce
from bot.domain.commands import Command, Raise
from bot.domain.events import AnyEvent
from bot.domain.ids import TicketId
from bot.domain.lifecycle import decide
from bot.domain.passing import Ahead, ahead
from bot.domain.refusals import Refusal
from bot.domain.rules import Rules, Way
from bot.domain.sla import Clock, PromiseState
from bot.domain.ticket import Ticket
from bot.domain.ways import weight_of
from bot.services import failpoint
from bot.services.counts import Counts
from bot.services.ports import Arrival, Change, Directory, Dues, Fenced, Letter, NotSaved, Store, Timepiece, Unit

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

MOST_AT_ONCE = 256
"""Knocks in one transaction. More would share the commit no better and keep the first one waiting."""

BEFORE_COMMIT = failpoint.declare("door.before_commit")
AFTER_COMMIT = failpoint.declare("door.after_commit")
AFTER_SAVE = failpoint.declare("door.after_save")
SAVED_NOT_POSTED = failpoint.declare("door.saved_not_posted")
KEPT_NOT_COMMITTED = failpoint.declare("door.kept_not_committed")


class Chore(Protocol[T_co]):
    """A small write that is no command: an arrival kept, letters claimed, a profile remembered."""

    async def apply(self, unit: Unit) -> T_co:
        """Done within the transaction of its batch; it may be applied again after a rollback."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The ticket as it was committed, and what happened to it."""

    ticket: Ticket
    events: Sequence[AnyEvent]


@dataclass(frozen=True, slots=True)
class Committed:
    """What a batch left to do for others: whom to wake, and when."""

    letters: bool
    arrivals: Sequence[Arrival]
    wake_at: datetime | None


class _Awaited(Protocol):
    """What a future can do, whatever it carries."""

    def done(self) -> bool: ...

    def set_exception(self, exception: Exception, /) -> None: ...


@dataclass(slots=True)
class _Order:
    command: Command
    cause: str | None
    letters: Sequence[Letter]
    answer: asyncio.Future[Outcome]


@dataclass(slots=True)
class _Answered:
    """An arrival that led to no command."""

    cause: str
    letters: Sequence[Letter]
    answer: asyncio.Future[None]


@dataclass(slots=True)
class _Arrived:
    arrival: Arrival
    answer: asyncio.Future[bool]


@dataclass(slots=True)
class _Errand(Generic[T]):
    chore: Chore[T]
    answer: asyncio.Future[T]
    on_done: Callable[[T], None]

    async def run(self, unit: Unit) -> Callable[[], None]:
        done = await self.chore.apply(unit)

        def tell() -> None:
            self.on_done(done)
            _tell(self.answer, done)

        return tell


_Knock = _Order | _Answered | _Arrived | _Errand[object]


class Desk:
    """Give it commands with `do`; it decides, commits, and only then answers.

    A caller may be cancelled at any time: what it asked for happens all the same, whole or not at all."""

    def __init__(
        self,
        store: Store,
        rules: Rules,
        timepiece: Timepiece,
        directory: Directory,
        *,
        on_commit: Callable[[Committed], None] = lambda _: None,
    ) -> None:
        self.counts = Counts()
        self._store = store
        self._time = timepiece
        self._directory = directory
        self.rules = rules
        self.renew(rules)
        self._on_commit = on_commit
        self._waiting: deque[_Knock] = deque()
        self._knocked = asyncio.Event()
        self._closing = False
        self._serving = False
        self._last_number: int | None = None

    async def do(self, command: Command, *, cause: str | None = None, letters: Sequence[Letter] = ()) -> Outcome:
        """The command is committed together with its history, its timers and its letters, and `cause` (the key of
        the arrival it came from) is done. Raises Refusal: nothing was written, and the arrival still waits."""
        answer = self._future(Outcome)
        self._knock(_Order(command, cause, letters, answer))
        return await asyncio.shield(answer)

    async def settle_arrival(self, cause: str, letters: Sequence[Letter] = ()) -> None:
        """The arrival is done without a command; its answers wait in the outbox."""
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._knock(_Answered(cause, letters, answer))
        await asyncio.shield(answer)

    async def keep(self, arrival: Arrival, *, on_new: Callable[[], None] = lambda: None) -> bool:
        """The arrival is on the disk; False when its key was there before. `on_new` is called when it was not, whether
        the caller is still there or not."""
        answer = self._future(bool)
        answer.add_done_callback(lambda kept: on_new() if kept.exception() is None and kept.result() else None)
        self._knock(_Arrived(arrival, answer))
        return await asyncio.shield(answer)

    async def chore(self, chore: Chore[T], *, on_done: Callable[[T], None] = lambda _: None) -> T:
        """The chore is committed. `on_done` is told before anything else is decided, whether the caller is still there
        or not."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._knock(_Errand(chore, answer, on_done))  # type: ignore[arg-type]  # the queue does not care what a chore returns
        return await asyncio.shield(answer)

    async def run(self) -> None:
        """Answers the door until `close`; what waited by then is still done. Raises Fenced when another instance has
        taken over."""
        while not (self._closing and not self._waiting):
            await self._knocked.wait()
            batch = [self._waiting.popleft() for _ in range(min(MOST_AT_ONCE, len(self._waiting)))]
            if not self._waiting and not self._closing:
                self._knocked.clear()
            if batch:
                self._serving = True
                await self._serve(batch)
                self._serving = False

    def renew(self, rules: Rules) -> None:
        """Whatever is decided from now on is decided by these rules, and by what is known of people at that moment;
        whoever needs them asks the desk for them."""
        self.rules = anew(rules, people=self._directory.people)

    @property
    def directory(self) -> Directory:
        """Where people are reached."""
        return self._directory

    @property
    def is_busy(self) -> bool:
        """Somebody is inside, or waits to be let in."""
        return self._serving or bool(self._waiting)

    def close(self) -> None:
        """Nobody new is let in; `run` returns when those inside are served."""
        self._closing = True
        self._knocked.set()

    def _knock(self, knock: _Knock) -> None:
        if self._closing:
            raise RuntimeError("the desk is closed")
        self._waiting.append(knock)
        self._knocked.set()

    def _future(self, _: type[T]) -> asyncio.Future[T]:
        return asyncio.get_running_loop().create_future()

    async def _serve(self, batch: Sequence[_Knock]) -> None:
        """All of them in one transaction; when that fails as a whole, each in its own, so that one that cannot be
        written does not take the others with it."""
        try:
            done = await self._together(batch)
        except Fenced as fenced:
            self._turn_away(batch, fenced)
            raise
        except NotSaved as trouble:
            for knock in batch:  # a full disk or a locked file is nobody's fault, and one by one it would be no better
                _fail(knock.answer, trouble)
        except Exception as failure:
            if len(batch) == 1:
                _fail(batch[0].answer, failure)
                return
            for knock in batch:
                await self._serve([knock])
        else:
            self._on_commit(done)  # out of the try: what is committed must not be written again

    async def _together(self, batch: Sequence[_Knock]) -> Committed:
        begun_s = perf_counter()
        sitting = _Sitting(self.rules, self._directory, self._time.now(), self.counts)
        async with self._store.transaction() as unit:
            if self._last_number is None:
                self._last_number = await unit.last_number()
            sitting.last_number = self._last_number
            orders = [knock for knock in batch if isinstance(knock, _Order)]
            sitting.tickets = await self._load(unit, orders)
            for knock in batch:
                if isinstance(knock, _Order):
                    sitting.decide(knock)
                elif isinstance(knock, _Answered):
                    sitting.answered(knock)
            await sitting.write(unit)
            failpoint.hit(AFTER_SAVE)
            arrived = [knock for knock in batch if isinstance(knock, _Arrived)]
            news = await unit.keep([knock.arrival for knock in arrived]) if arrived else []
            if arrived:
                failpoint.hit(KEPT_NOT_COMMITTED)
            errands = [await knock.run(unit) for knock in batch if isinstance(knock, _Errand)]
            failpoint.hit(BEFORE_COMMIT)
        failpoint.hit(AFTER_COMMIT)
        self.counts.committed(len(batch), perf_counter() - begun_s)
        self._last_number = sitting.last_number
        for tell in (*sitting.answers, *errands):
            tell()
        for knock, new in zip(arrived, news, strict=True):
            _tell(knock.answer, new)
        fresh = [knock.arrival for knock, new in zip(arrived, news, strict=True) if new]
        return Committed(bool(sitting.letters or sitting.touched), fresh, sitting.wake_at)

    async def _load(self, unit: Unit, orders: Iterable[_Order]) -> dict[TicketId, Ticket]:
        wanted = {order.command.ticket for order in orders if not isinstance(order.command, Raise)}
        return await unit.load(wanted) if wanted else {}

    def _turn_away(self, batch: Iterable[_Knock], why: Exception) -> None:
        self._closing = True
        for knock in (*batch, *self._waiting):
            _fail(knock.answer, why)
        self._waiting.clear()


class _Sitting:
    """One batch: decided in memory, one after another, then written at once."""

    def __init__(self, rules: Rules, directory: Directory, now: datetime, counts: Counts) -> None:
        self.tickets: dict[TicketId, Ticket] = {}
        self.last_number = 0
        self.letters: list[Letter] = []
        self.answers: list[Callable[[], None]] = []
        self.touched = False
        self.wake_at: datetime | None = None
        self._rules = rules
        self._directory = directory
        self._now = now
        self._counts = counts
        self._new: set[TicketId] = set()
        self._events: dict[TicketId, list[AnyEvent]] = {}
        self._handled: list[str] = []

    def decide(self, order: _Order) -> None:
        command = order.command
        if isinstance(command, Raise):
            command = anew(command, ticket=TicketId(self.last_number + 1))
        try:
            decision = decide(self.tickets.get(command.ticket), command, self._rules, self._now)
            letters = self._announced(decision.ticket, decision.events)
        except Refusal as refusal:
            self._counts.commands[command.verb, type(refusal).__name__] += 1
            self._refuse(order, refusal)
            return
        except Exception as bug:  # delivered to the one who asked: a bug in one command is not its neighbours' affair
            self._counts.commands[command.verb, "bug"] += 1
            self._refuse(order, bug)
            return
        self._counts.commands[command.verb, "done"] += 1
        ticket = decision.ticket
        if isinstance(command, Raise):
            self.last_number += 1
            self._new.add(ticket.id)
        self.tickets[ticket.id] = ticket
        self._events.setdefault(ticket.id, []).extend(decision.events)
        self.letters.extend(letters)
        self._done(order.cause, order.letters)
        outcome = Outcome(ticket, decision.events)
        self.answers.append(lambda: _tell(order.answer, outcome))

    def answered(self, knock: _Answered) -> None:
        self._done(knock.cause, knock.letters)
        self.answers.append(lambda: _tell(knock.answer, None))

    async def write(self, unit: Unit) -> None:
        changes = [self._change(ticket, events) for ticket, events in self._events.items()]
        if changes:
            self.touched = any(not change.is_new for change in changes)
            await unit.save(changes)
            await unit.saw(self._now)  # or after a crash the desk's time could begin before what it has written
            failpoint.hit(SAVED_NOT_POSTED)
        if self.letters:
            await unit.post(self.letters, self._now)
        if self._handled:
            await unit.handled(self._handled)

    def _done(self, cause: str | None, letters: Sequence[Letter]) -> None:
        self.letters.extend(letters)
        if cause is not None:
            self._handled.append(cause)

    def _refuse(self, order: _Order, why: Exception) -> None:
        self.answers.append(lambda: _fail(order.answer, why))

    def _change(self, number: TicketId, events: Sequence[AnyEvent]) -> Change:
        ticket = self.tickets[number]
        before_us = ahead(ticket, self._rules, self._now)
        if before_us.wake_at is not None and (self.wake_at is None or before_us.wake_at < self.wake_at):
            self.wake_at = before_us.wake_at
        return Change(ticket, number in self._new, tuple(events), before_us.wake_at, _dues(before_us))

    def _announced(self, ticket: Ticket, events: Sequence[AnyEvent]) -> list[Letter]:
        return [
            letter for notice in announce(ticket, events, self._rules) for letter in self._addressed(ticket, notice)
        ]

    def _addressed(self, ticket: Ticket, notice: Notice) -> Iterator[Letter]:
        """One letter; of a call one for each way of that person, each in its time: whoever has answered by then is not
        called again, because a letter is looked at once more when it is sent."""
        ways: tuple[Way, ...]
        if isinstance(notice.to, ToTeam):
            reader, address = f"team:{notice.to.team}", self._rules.team(notice.to.team).channel
            ways = () if address is None else (Way(address),)
        elif notice.about in CALLS:
            reader = f"person:{notice.to.person}"
            ways = self._directory.ways_of(notice.to.person, weight_of(ticket.priority))
        else:
            reader, address = f"person:{notice.to.person}", self._directory.address_of(notice.to.person)
            ways = () if address is None else (Way(address),)
        for place, way in enumerate(ways):
            yield Letter(
                key=f"{ticket.id}:{notice.entry}:{notice.about}:{reader}" + (f":w{place}" if place else ""),
                to=way.to,
                reader=reader,
                about=notice.about,
                urgency=notice.urgency,
                ticket=ticket.id,
                facts={**notice.facts, "way": str(place)} if notice.about in CALLS else notice.facts,
                live=notice.about in LIVE,
                not_before=self._now + way.after if way.after else notice.not_before,
            )


def _dues(before_us: Ahead) -> Dues:
    running = {
        promise.clock: promise.due
        for promise in before_us.promises
        if promise.state in (PromiseState.RUNNING, PromiseState.BROKEN)
    }
    return Dues(running.get(Clock.RESPONSE), running.get(Clock.UPDATE), running.get(Clock.RESOLUTION))


def _tell(answer: asyncio.Future[T], result: T) -> None:
    if not answer.done():
        answer.set_result(result)


def _fail(answer: _Awaited, why: Exception) -> None:
    if not answer.done():
        answer.set_exception(why)
