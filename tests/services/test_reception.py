"""What was kept is handled once and in the order of its lane, whatever happens to the desk meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest

from bot.services.ports import Arrival, NotSaved
from bot.services.reception import AT_A_TIME, AT_ONCE, FIRST_PAUSE_S, LONGEST_PAUSE_S, MOST_TRIES, Reception
from storage.engine import SqlStore
from tests.clock import Clock, virtual
from tests.domain.small_desk import raising
from tests.services.open_desk import Open, an_arrival, keep, numbers, opened

Work = Callable[[Arrival], Awaitable[None]]


class Handler:
    """Handles arrivals as the dispatcher does, and writes down in which order. Lanes in `held` wait to be let go."""

    def __init__(self, here: Open, work: Work | None = None) -> None:
        self.began: list[str] = []
        self.done: list[str] = []
        self.held: dict[str, asyncio.Event] = {}
        self._here = here
        self._work = work

    async def handle(self, arrival: Arrival) -> None:
        self.began.append(arrival.key)
        if arrival.lane in self.held:
            await self.held[arrival.lane].wait()
        if self._work is not None:
            await self._work(arrival)
        await self._here.desk.settle_arrival(arrival.key)
        self.done.append(arrival.key)


@asynccontextmanager
async def receiving(here: Open, handle: Work) -> AsyncIterator[Reception]:
    reception = Reception(here.desk, handle)
    running = asyncio.create_task(reception.run())
    try:
        yield reception
    finally:
        reception.close()
        await running


async def put_aside_and_pending(store: SqlStore) -> tuple[list[str], list[str]]:
    async with store.transaction() as unit:
        pending = [one.arrival.key for one in await unit.pending(10_000)]
        rows = await unit.connection.exec_driver_sql("SELECT key FROM inbox WHERE reason <> '' ORDER BY id")
        return [row.key for row in rows.all()], pending


@virtual
async def test_arrivals_of_one_lane_are_handled_one_after_another_as_they_came(database: Path, clock: Clock) -> None:
    async with opened(database) as here:
        handler = Handler(here)
        handler.held["dm:mei"] = asyncio.Event()

        async with receiving(here, handler.handle) as reception:
            for number in range(20):
                await reception.keep(an_arrival(f"k{number}"))
            await clock.settles()
            began = list(handler.began)
            handler.held["dm:mei"].set()
            await clock.settles()

    assert began == ["k0"]
    assert handler.done == [f"k{number}" for number in range(20)]


@virtual
async def test_a_lane_that_waits_does_not_hold_up_the_others(database: Path, clock: Clock) -> None:
    async with opened(database) as here:
        handler = Handler(here)
        handler.held["dm:mei"] = asyncio.Event()

        async with receiving(here, handler.handle) as reception:
            for lane in ("dm:mei", "dm:bo", "dm:lin"):
                await reception.keep(an_arrival(f"of {lane}", lane))
            await clock.settles()
            early, busy = list(handler.done), reception.is_busy
            handler.held["dm:mei"].set()
            await clock.settles()

    assert early == ["of dm:bo", "of dm:lin"]
    assert busy
    assert not reception.is_busy
    assert handler.done[-1] == "of dm:mei"


@virtual
async def test_only_so_many_lanes_are_handled_side_by_side(database: Path, clock: Clock) -> None:
    working = most = 0

    async def work(_: Arrival) -> None:
        nonlocal working, most
        working += 1
        most = max(most, working)
        await clock.passes(seconds=1)
        working -= 1

    async with opened(database) as here:
        await keep(here.store, *(an_arrival(f"k{lane}", f"lane{lane}") for lane in range(AT_ONCE + 10)))
        handler = Handler(here, work)
        async with receiving(here, handler.handle):
            await clock.passes(seconds=5)

    assert most == AT_ONCE
    assert len(handler.done) == AT_ONCE + 10


@virtual
async def test_what_was_left_over_is_all_handled_once_and_in_order_after_a_restart(
    database: Path, clock: Clock
) -> None:
    count, lanes = AT_A_TIME + 57, 40

    async with opened(database) as here:
        await keep(here.store, *(an_arrival(f"k{number}", f"lane{number % lanes}") for number in range(count)))
        handler = Handler(here)
        async with receiving(here, handler.handle):
            await clock.settles()
        left = await here.store.reads.waiting_arrivals()

    assert sorted(handler.began) == sorted(handler.done) == sorted(f"k{number}" for number in range(count))
    for lane in range(lanes):
        of_lane = [int(key[1:]) for key in handler.done if int(key[1:]) % lanes == lane]
        assert of_lane == sorted(of_lane)
    assert left == 0


@virtual
async def test_what_comes_in_while_leftovers_are_read_stands_behind_those_of_its_lane(
    database: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.reception.AT_A_TIME", 2)

    async with opened(database) as here:
        await keep(here.store, *(an_arrival(f"old{number}") for number in range(5)))
        handler = Handler(here)
        async with receiving(here, handler.handle) as reception:
            for number in range(6):
                await reception.keep(an_arrival(f"new{number}"))
            await clock.settles()

    assert handler.done == [*(f"old{number}" for number in range(5)), *(f"new{number}" for number in range(6))]


@virtual
async def test_a_steady_stream_at_the_start_does_not_keep_the_reception_from_opening(
    database: Path, clock: Clock
) -> None:
    async with opened(database) as here:
        handler = Handler(here)
        async with receiving(here, handler.handle) as reception:
            for number in range(20):
                await reception.keep(an_arrival(f"k{number}", f"lane{number}"))
            opened_meanwhile = bool(handler.began)
            await clock.settles()

    assert opened_meanwhile
    assert len(handler.done) == 20


@virtual
async def test_what_comes_in_before_the_reception_opens_is_handled_when_it_does(database: Path, clock: Clock) -> None:
    async with opened(database) as here:
        handler = Handler(here)
        reception = Reception(here.desk, handler.handle)
        await reception.keep(an_arrival("early"))
        busy_before = reception.is_busy

        running = asyncio.create_task(reception.run())
        await clock.settles()
        reception.close()
        await running

    assert busy_before
    assert handler.done == ["early"]
    assert not reception.is_busy


@virtual
async def test_a_redelivery_is_handled_once(database: Path, clock: Clock) -> None:
    async with opened(database) as here:

        async def work(arrival: Arrival) -> None:
            await here.desk.do(raising(), cause=arrival.key)

        async with receiving(here, work) as reception:
            told = [await reception.keep(an_arrival("same")) for _ in range(3)]
            told += await asyncio.gather(*(reception.keep(an_arrival("other")) for _ in range(3)))
            await clock.settles()
        tickets = await numbers(here.store)

    assert sorted(told) == [False] * 4 + [True] * 2
    assert tickets == [1, 2]


@virtual
async def test_a_redelivery_of_what_was_left_over_is_handled_once(database: Path, clock: Clock) -> None:
    async with opened(database) as here:
        await keep(here.store, an_arrival("same"))
        handler = Handler(here)
        async with receiving(here, handler.handle) as reception:
            early = await reception.keep(an_arrival("same"))
            await clock.settles()
            late = await reception.keep(an_arrival("same"))
            await clock.settles()

    assert (early, late) == (False, False)
    assert handler.done == ["same"]


class Gone(BaseException):
    """The process ends here, as after kill -9."""


async def live(database: Path, clock: Clock, poison: str) -> tuple[list[str], list[str]]:
    """One life of the process, which the poison ends when it is handled; what is put aside and what waits then."""
    async with opened(database) as here:

        async def work(arrival: Arrival) -> None:
            if arrival.key == poison:
                here.running.cancel()
                raise Gone
            await clock.passes(seconds=1)  # everybody else takes longer than the poison
            await here.desk.settle_arrival(arrival.key)

        reception = Reception(here.desk, work)
        running = asyncio.create_task(reception.run())
        await clock.passes(seconds=60)
        reception.close()
        with suppress(BaseExceptionGroup):
            await running
        return await put_aside_and_pending(here.store)


@pytest.mark.parametrize("poison", ["k0", "k3", "k7"])
@virtual
async def test_what_takes_the_desk_down_again_and_again_is_put_aside_and_nobody_else_with_it(
    database: Path, clock: Clock, poison: str
) -> None:
    async with opened(database) as here:
        arrivals = [an_arrival(f"k{number}", f"lane{number}") for number in range(8)]
        await keep(here.store, *arrivals, an_arrival("behind it", f"lane{poison[1:]}"))

    lives = [await live(database, clock, poison) for _ in range(MOST_TRIES + 1)]

    assert lives[0] == ([], [*(f"k{number}" for number in range(8)), "behind it"])
    assert all(poison in pending for _, pending in lives[:MOST_TRIES])
    assert lives[-1] == ([poison], [])


@pytest.mark.parametrize("failing", [1, 3])
@virtual
async def test_what_cannot_be_written_now_is_tried_again_with_growing_pauses(
    database: Path, clock: Clock, failing: int
) -> None:
    tries: list[float] = []

    async def work(arrival: Arrival) -> None:
        if arrival.key == "k1":
            tries.append(clock.mono())
            if len(tries) <= failing:
                raise NotSaved("disk full")

    async with opened(database) as here:
        handler = Handler(here, work)
        async with receiving(here, handler.handle) as reception:
            await reception.keep(an_arrival("k1"))
            await reception.keep(an_arrival("k2"))
            await clock.passes(minutes=5)

    pauses = [round(later - earlier, 2) for earlier, later in pairwise(tries)]
    assert pauses == [FIRST_PAUSE_S * 2**turn for turn in range(failing)]
    assert handler.done == ["k1", "k2"]


@virtual
async def test_no_pause_is_longer_than_the_longest_and_a_close_does_not_wait_for_its_end(
    database: Path, clock: Clock
) -> None:
    tries: list[float] = []

    async def work(_: Arrival) -> None:
        tries.append(clock.mono())
        raise NotSaved("disk full")

    async with opened(database) as here:
        async with receiving(here, Handler(here, work).handle) as reception:
            await reception.keep(an_arrival("k1"))
            await clock.passes(minutes=10)
            before = clock.mono()
        took = clock.mono() - before
        waiting = await here.store.reads.waiting_arrivals()

    assert round(tries[-1] - tries[-2], 2) == LONGEST_PAUSE_S
    assert took < 1
    assert waiting == 1


@virtual
async def test_closing_finishes_what_is_begun_and_leaves_the_rest_on_the_disk(database: Path, clock: Clock) -> None:
    async with opened(database) as here:
        handler = Handler(here)
        handler.held["dm:mei"] = asyncio.Event()
        reception = Reception(here.desk, handler.handle)
        running = asyncio.create_task(reception.run())
        for key in ("k1", "k2", "k3"):
            await reception.keep(an_arrival(key))
        await clock.settles()

        reception.close()
        await clock.settles()
        ended_early = running.done()
        handler.held["dm:mei"].set()
        await running
        await reception.keep(an_arrival("k4", "dm:bo"))
        await clock.settles()
        _, waiting = await put_aside_and_pending(here.store)

    assert not ended_early
    assert handler.began == handler.done == ["k1"]
    assert waiting == ["k2", "k3", "k4"]
