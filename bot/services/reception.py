"""From the inbox to the handlers: kept first, then handled, lane by lane in the order things came."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.services import failpoint
from bot.services.desk import Desk
from bot.services.ports import Arrival, Cursor, NotSaved, Pending, Sheet, Unit

BEFORE_KEEPING = failpoint.declare("reception.before_keeping")
KEPT = failpoint.declare("reception.kept")
BEFORE_LEFTOVERS = failpoint.declare("reception.before_leftovers")
BEGUN = failpoint.declare("reception.begun")
BEFORE_HANDLING = failpoint.declare("reception.before_handling")
AFTER_HANDLING = failpoint.declare("reception.after_handling")

MOST_TRIES = 5
"""An arrival in whose handling the process went down so often is put aside. Only tries that were begun count: those who
wait in line behind such a one are not to blame."""

AT_A_TIME = 500

AT_ONCE = 128
"""Lanes that are handled side by side."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0

Handle = Callable[[Arrival], Awaitable[None]]
"""Handles one arrival to the end: when it returns, the arrival is done in the inbox. Raises when that failed."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TakePending:
    """A chore: what waits in the inbox from before, beginning after that id."""

    after: int

    async def apply(self, unit: Unit) -> list[Pending]:
        return await unit.pending(AT_A_TIME, self.after)


@dataclass(frozen=True, slots=True)
class Begin:
    """A chore: one more try is on record before it is made, so that what takes the desk down is found out."""

    key: str

    async def apply(self, unit: Unit) -> int:
        return await unit.begun(self.key)


@dataclass(frozen=True, slots=True)
class PutAside:
    """A chore: an arrival nobody can handle, kept for the operator."""

    key: str
    reason: str

    async def apply(self, unit: Unit) -> None:
        await unit.quarantine(self.key, self.reason)


@dataclass(frozen=True, slots=True)
class KeepTogether:
    """A chore: several arrivals, how far that is, and what became of the forms being filled in, or nothing of it."""

    arrivals: Sequence[Arrival]
    cursors: Sequence[Cursor]
    sheets: Sequence[Sheet]
    now: datetime

    async def apply(self, unit: Unit) -> list[bool]:
        news = await unit.keep(self.arrivals)
        await unit.put_cursors(self.cursors, self.now)
        await unit.put_sheets(self.sheets)
        return news


class Reception:
    """Whoever knocks is kept on the disk, told so, and then handled in the order of the lane."""

    def __init__(self, desk: Desk, handle: Handle) -> None:
        self._desk = desk
        self._handle = handle
        self._lanes: dict[str, deque[Arrival]] = {}
        self._in_hand: set[str] = set()
        self._left_over: set[str] = set()
        self._suspects: set[str] = set()
        self._early: list[Arrival] | None = []
        self._workers: asyncio.TaskGroup | None = None
        self._places = asyncio.Semaphore(AT_ONCE)
        self._alone = asyncio.Lock()
        self._stopping = asyncio.Event()

    async def keep(self, arrival: Arrival) -> bool:
        """On the disk. False when it was there before. It is handled even when whoever brought it has gone by then."""
        failpoint.hit(BEFORE_KEEPING)
        new = await self._desk.keep(arrival, on_new=lambda: self._receive(arrival))
        failpoint.hit(KEPT)
        return new

    async def keep_together(
        self, arrivals: Sequence[Arrival], *, cursors: Sequence[Cursor], sheets: Sequence[Sheet], now: datetime
    ) -> list[bool]:
        """All of it is on the disk, by one commit; False for each arrival that was there before. They are handled even
        when whoever brought them has gone by then."""
        failpoint.hit(BEFORE_KEEPING)
        kept = asyncio.ensure_future(self._desk.chore(KeepTogether(arrivals, cursors, sheets, now)))
        kept.add_done_callback(lambda _: self._receive_new(arrivals, kept))
        news = await asyncio.shield(kept)
        failpoint.hit(KEPT)
        return news

    async def run(self) -> None:
        """Handles what was left over from before, then everything that is kept, until `close`."""
        failpoint.hit(BEFORE_LEFTOVERS)
        await self._take_leftovers()
        async with asyncio.TaskGroup() as workers:
            self._workers = workers
            for lane in tuple(self._lanes):
                self._serve(lane)
            await self._stopping.wait()
            self._workers = None

    @property
    def is_busy(self) -> bool:
        """Something that was kept is not handled yet, or what was left over is not known yet."""
        return self._early is not None or bool(self._in_hand)

    def close(self) -> None:
        """`run` returns when what is being handled is handled; the rest waits on the disk."""
        self._stopping.set()

    async def _take_leftovers(self) -> None:
        """They stand in their lanes, before what came in while they were read."""
        after, is_more = 0, True
        while is_more:
            found = await self._desk.chore(TakePending(after))
            for one in found:
                after = one.id
                self._left_over.add(one.arrival.key)
                if one.attempts:
                    self._suspects.add(one.arrival.key)
                self._line_up(one.arrival)
            is_more = len(found) == AT_A_TIME  # not until there is nothing: in a storm there is always something new
        early, self._early = self._early or (), None
        for arrival in early:
            self._line_up(arrival)

    def _receive_new(self, arrivals: Sequence[Arrival], kept: asyncio.Future[list[bool]]) -> None:
        if kept.cancelled() or kept.exception() is not None:
            return
        for arrival, is_new in zip(arrivals, kept.result(), strict=True):
            if is_new:
                self._receive(arrival)

    def _receive(self, arrival: Arrival) -> None:
        if self._early is not None:
            self._early.append(arrival)
        else:
            self._line_up(arrival)

    def _line_up(self, arrival: Arrival) -> None:
        if arrival.key in self._in_hand:
            return
        self._in_hand.add(arrival.key)
        lane = self._lanes.get(arrival.lane)
        if lane is not None:
            lane.append(arrival)
            return
        self._lanes[arrival.lane] = deque([arrival])
        self._serve(arrival.lane)

    def _serve(self, lane: str) -> None:
        if self._workers is not None:
            self._workers.create_task(self._serve_lane(lane))

    async def _serve_lane(self, name: str) -> None:
        lane = self._lanes[name]
        while lane and not self._stopping.is_set():
            async with self._alone_if_suspect(lane[0].key), self._places:
                await self._see_through(lane[0])
            self._in_hand.discard(lane.popleft().key)
        if not lane:
            del self._lanes[name]

    def _alone_if_suspect(self, key: str) -> AbstractAsyncContextManager[object]:
        """Whose try did not end is tried again when no other such one is: of all that were in hand when the desk went
        down, only the one to blame is begun again and again."""
        return self._alone if key in self._suspects else nullcontext()

    async def _see_through(self, arrival: Arrival) -> None:
        """Handled, however often it takes: what cannot be written now (a full disk) waits for better times."""
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                if await self._may_be_tried(arrival.key):
                    failpoint.hit(BEFORE_HANDLING)
                    await self._handle(arrival)
                    failpoint.hit(AFTER_HANDLING)
            except NotSaved as trouble:
                log.warning("arrival_waits", key=arrival.key, why=type(trouble).__name__, pause_s=pause_s)
                await self._rest(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            else:
                return

    async def _may_be_tried(self, key: str) -> bool:
        """A try of what was left over is counted first; one too many, and it is put aside."""
        if key not in self._left_over:
            return True
        tries = await self._desk.chore(Begin(key))
        self._left_over.discard(key)
        failpoint.hit(BEGUN)
        if tries <= MOST_TRIES:
            return True
        log.error("arrival_put_aside", key=key, tries=tries)
        await self._desk.chore(PutAside(key, f"the desk went down {MOST_TRIES} times while handling it"))
        return False

    async def _rest(self, pause_s: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), pause_s)
        except TimeoutError:
            return
