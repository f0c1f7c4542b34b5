"""The carrier of letters: claims what waits, decides what goes when, and tells the door what became of it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from datetime import timedelta
from math import inf

import structlog

from bot.chat.incoming import Address, platform_of
from bot.chat.port import Manners, Platform, Undelivered
from bot.engine.backoff import Chance
from bot.engine.lane import Lane, Parcel, is_page
from bot.engine.sending import Draw, Rest, Sender, where
from bot.engine.settling import Door, Settling
from bot.services import failpoint
from bot.services.chores import ClaimLetters
from bot.services.ports import Buried, Fate, Fenced, Outgoing, Postponed, Reads, Timepiece

BEFORE_CLAIM = failpoint.declare("relay.before_claim")
AFTER_CLAIM = failpoint.declare("relay.after_claim")

AT_ONCE = 32
"""Messages under way to one platform."""
PAGES_BESIDES = 8
"""Pages find a place even when slow messages take all the others."""

CLAIMED_AT_ONCE = 64
MOST_HELD = 1024
PEEK_EVERY_S, PEEK_AT, BOUNCED_FOR_S = 0.25, 16, 1.0
"""With so many letters in hand only pages are looked for: so often, so far; what else turns up waits so long."""

HOLD_S = 0.25
"""What has to wait longer waits in the database: there it can be bundled, and a crash finds little in flight."""

LOOK_EVERY_S = 0.02
SWEEP_S = 5.0
TROUBLE_PAUSE_S = 1.0
FINISH_WITHIN_S = 4.0

CAUTIOUS = Manners(posts=1, per=timedelta(seconds=1))

log = structlog.get_logger(__name__)


class Relay:
    """Addresses do not wait for each other; within one, letters go in their order, pages first, and what became of
    one is on record before the next one goes."""

    def __init__(
        self,
        *,
        door: Door,
        reads: Reads,
        platforms: Mapping[str, Platform],
        draw: Draw,
        timepiece: Timepiece,
        bundles: Collection[str] = frozenset(),
        on_buried: Callable[[Buried], None] = lambda _: None,
        chance: Chance = random.random,
        at_once: int = AT_ONCE,
    ) -> None:
        """`bundles`: what may be told several at once (`Letter.about`). `at_once`: messages under way to a platform."""
        self._door = door
        self._reads = reads
        self._platforms = platforms
        self._time = timepiece
        self._on_buried = on_buried
        self._at_once = at_once
        self._sender = Sender(platforms, draw, timepiece, bundles=bundles, chance=chance)
        self._settling = Settling(door, timepiece)
        self._lanes: dict[str, Lane] = {}
        self._held: set[tuple[bool, int]] = set()
        self._ready: defaultdict[tuple[str, bool], dict[str, None]] = defaultdict(dict)
        self._out: Counter[str] = Counter()
        self._rests_until_s: dict[str, float] = {}
        self._peek_at_s = 0.0
        self._carriers: set[asyncio.Task[None]] = set()
        self._bell = asyncio.Event()
        self._is_looking = False
        self._is_freed = False
        self._looked_at_s = 0.0
        self._closing = False

    def ring(self) -> None:
        """There is something new to send."""
        self._bell.set()

    def close(self) -> None:
        """`run` returns when what is under way has arrived, or after a few seconds without it."""
        self._closing = True
        self._bell.set()

    @property
    def is_busy(self) -> bool:
        """Something is under way, or goes as soon as manners allow."""
        if self._is_looking or self._is_freed or self._bell.is_set() or self._held:
            return True
        return any(0 < self._wait_s(lane) <= SWEEP_S for lane in self._lanes.values())

    async def run(self) -> None:
        """Carries letters until `close`. Raises Fenced when another instance has taken over."""
        async with asyncio.TaskGroup() as rooms:
            rooms.create_task(self._settling.run(), name="settling")
            while not self._closing:
                self._bell.clear()
                wait_s = await self._look()
                self._start_all(rooms)
                await self._rest(min(wait_s, self._next_lane_s()))
            await self._finish(rooms)
            self._settling.close()

    # --- looking for letters -----------------------------------------------------------------------------------------

    async def _look(self) -> float:
        """What may go is in our hands; in how many seconds there may be more."""
        self._is_looking, self._is_freed, self._looked_at_s = True, False, self._now_s()
        try:
            await self._claim()
            moment = await self._reads.next_letter(self._time.now())
        except Fenced:
            raise
        except Exception as trouble:
            log.error("letters_not_claimed", why=where(trouble))
            return TROUBLE_PAUSE_S
        finally:
            self._is_looking = False
        return SWEEP_S if moment is None else min(SWEEP_S, self._time.real_seconds_until(moment))

    async def _claim(self) -> None:
        is_crowded = len(self._held) >= MOST_HELD
        if is_crowded and self._now_s() < self._peek_at_s:
            return
        self._peek_at_s = self._now_s() + PEEK_EVERY_S
        limit = PEEK_AT if is_crowded else CLAIMED_AT_ONCE
        failpoint.hit(BEFORE_CLAIM)
        claimed = await self._door.chore(ClaimLetters(self._time.now(), limit, self._breathless()))
        failpoint.hit(AFTER_CLAIM)
        fresh = [one for one in claimed if _name(one) not in self._held]
        for outgoing in fresh:
            if is_page(outgoing) or not is_crowded:
                self._held.add(_name(outgoing))
                self._lane(outgoing.letter.to).put(outgoing)
        if is_crowded:
            bounced = [one for one in fresh if not is_page(one)]
            await self._settling.settle(self._sender.handed_back(bounced, BOUNCED_FOR_S))
        elif len(claimed) == limit:
            self._bell.set()

    def _breathless(self) -> list[str]:
        """The addresses that could not even take a page."""
        now_s = self._now_s()
        return [
            address
            for address, lane in self._lanes.items()
            if lane.is_out or max(lane.page_at(), self._platform_rests(address)) > now_s
        ]

    def _platform_rests(self, address: str) -> float:
        return self._rests_until_s.get(_platform(address), 0.0)

    def _lane(self, address: str) -> Lane:
        if address not in self._lanes:
            self._lanes[address] = Lane(address, self._manners(address))
        return self._lanes[address]

    def _manners(self, address: str) -> Manners:
        platform = self._platforms.get(_platform(address))
        if platform is None:
            return CAUTIOUS
        try:
            return platform.manners(Address(address))
        except Undelivered:
            return CAUTIOUS  # posting there will say why

    # --- who goes when -----------------------------------------------------------------------------------------------

    def _start_all(self, rooms: asyncio.TaskGroup) -> None:
        for lane in tuple(self._lanes.values()):
            self._consider(lane, rooms)
        self._start_ready(rooms)

    def _consider(self, lane: Lane, rooms: asyncio.TaskGroup) -> None:
        """The lane is among those that may go, or its letters are where they can wait longer."""
        if lane.is_out or self._closing:
            return
        if not lane.waits:
            if lane.is_idle(self._now_s()):
                del self._lanes[lane.address]
            return
        wait_s = self._wait_s(lane)
        if wait_s <= 0:
            self._ready[_platform(lane.address), lane.has_page][lane.address] = None
        elif wait_s > HOLD_S:
            self._start(lane, self._settle(self._sender.handed_back(lane.take_all(), wait_s)), rooms)

    def _start_ready(self, rooms: asyncio.TaskGroup) -> None:
        for (platform, pages), addresses in self._ready.items():
            places = self._at_once + (PAGES_BESIDES if pages else 0)
            while addresses and self._out[platform] < places and not self._closing:
                address = next(iter(addresses))
                del addresses[address]
                self._start_next(address, rooms)

    def _start_next(self, address: str, rooms: asyncio.TaskGroup) -> None:
        lane = self._lanes.get(address)
        if lane is None or lane.is_out or self._platform_rests(address) > self._now_s():
            return
        parcel = lane.take(self._now_s(), self._sender.may_bundle)
        if parcel is not None:
            self._start(lane, self._carry(lane, parcel), rooms)

    def _start(self, lane: Lane, errand: Coroutine[None, None, None], rooms: asyncio.TaskGroup) -> None:
        lane.is_out = True
        self._out[_platform(lane.address)] += 1
        carrier = rooms.create_task(self._see_off(lane, errand, rooms))
        self._carriers.add(carrier)
        carrier.add_done_callback(self._carriers.discard)

    async def _see_off(self, lane: Lane, errand: Coroutine[None, None, None], rooms: asyncio.TaskGroup) -> None:
        try:
            await errand
        finally:
            lane.is_out = False
            self._out[_platform(lane.address)] -= 1
        self._consider(lane, rooms)
        self._start_ready(rooms)
        self._ring_soon()

    def _ring_soon(self) -> None:
        """An address is free again: there may be more for it. When many get free, one look is enough for all."""
        if not self._is_freed:
            self._is_freed = True
            asyncio.get_running_loop().call_at(self._looked_at_s + LOOK_EVERY_S, self._bell.set)

    def _wait_s(self, lane: Lane) -> float:
        at_s = lane.ready_at() if lane.waits else lane.page_at()
        return max(at_s, self._platform_rests(lane.address)) - self._now_s()

    def _next_lane_s(self) -> float:
        """In how many seconds some address can take what it cannot take now."""
        waits_s = (self._wait_s(lane) for lane in self._lanes.values() if not lane.is_out)
        return min((wait_s for wait_s in waits_s if wait_s > 0), default=inf)

    async def _rest(self, at_most_s: float) -> None:
        try:
            async with asyncio.timeout(at_most_s):
                await self._bell.wait()
        except TimeoutError:
            return

    # --- one parcel --------------------------------------------------------------------------------------------------

    async def _carry(self, lane: Lane, parcel: Parcel) -> None:
        """It has arrived or not, and that is on record. What is postponed keeps back those behind it."""
        outcome = await self._sender.send(parcel)
        fates = list(outcome.fates)
        if outcome.rest is not None:
            self._let_rest(lane, outcome.rest)
        if parcel.edits is None and any(isinstance(fate, Postponed) for fate in fates):
            behind = [*(lane.take_pages() if parcel.is_page else ()), *lane.take_letters()]
            fates += self._sender.handed_back(behind)
        await self._settle(fates)

    def _let_rest(self, lane: Lane, rest: Rest) -> None:
        until_s = self._now_s() + rest.wait.total_seconds()
        if rest.everyone:
            platform = _platform(lane.address)
            self._rests_until_s[platform] = max(self._rests_until_s.get(platform, 0.0), until_s)
        else:
            lane.rests_until_s = max(lane.rests_until_s, until_s)

    async def _settle(self, fates: Sequence[Fate]) -> None:
        """On record; the letters are in our hands no more."""
        try:
            await self._settling.settle(fates)
            for fate in fates:
                if isinstance(fate, Buried):
                    self._bury(fate)
        except Fenced:
            raise
        except Exception as trouble:
            # Their leases lapse, and then they are tried again, marked as perhaps delivered.
            log.error("fates_not_settled", fates=len(fates), why=where(trouble))
        finally:
            self._held.difference_update(_name(fate.outgoing) for fate in fates)

    def _bury(self, fate: Buried) -> None:
        letter = fate.outgoing.letter
        log.error("letter_buried", key=letter.key, to=letter.to, about=letter.about, why=fate.reason)
        self._on_buried(fate)

    async def _finish(self, rooms: asyncio.TaskGroup) -> None:
        """What waits is handed back; what is under way has a few seconds to arrive, then its outcome is unknown."""
        waiting = [outgoing for lane in self._lanes.values() for outgoing in lane.take_all()]
        giving_back = rooms.create_task(self._settle(self._sender.handed_back(waiting)))
        _, late = await asyncio.wait({giving_back, *self._carriers}, timeout=FINISH_WITHIN_S)
        for one in late:
            one.cancel()
        if late:
            log.warning("letters_left_under_way", messages=len(late))

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()


def _platform(address: str) -> str:
    return platform_of(Address(address))


def _name(outgoing: Outgoing) -> tuple[bool, int]:
    """Letters and showings are numbered each for themselves."""
    return outgoing.message is not None, outgoing.id
