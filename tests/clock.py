"""A time that belongs to the test: waiting costs nothing, and the machine's clock can be set to anything.

    @virtual
    async def test_a_page_leaves_at_once(clock: Clock) -> None:
        ...
        await clock.passes(minutes=15)

Under `virtual` the event loop does not wait: when nothing can be done before a timer, it *is* the moment of that timer.
Three times move together then: `loop.time()`, what `clock.mono` shows, and the machine's clock (`datetime.now`,
`time.time`), which `clock.turn` sets forward or back without any time passing. `time.monotonic` stays real; whoever
measures with it takes a function instead, and the test gives `clock.mono`.

Work that threads do for the loop (aiosqlite, `run_in_executor`) takes no time at all: while any is under way, the loop
really waits for it. Sockets are not known to the loop: a test that talks over one does not use this.
A test that waits for something that can never happen fails after some real seconds instead of hanging."""

from __future__ import annotations

import asyncio
import functools
import inspect
import queue
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, TypeVarTuple
from unittest import mock

import time_machine

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Story = Callable[..., Coroutine[Any, Any, T]]

START = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
"""A Wednesday."""

PATIENCE_S = 30.0
"""So long the loop really waits for a thread before it says that nothing will ever happen."""

A_MOMENT_S = 1e-6
"""No machine wakes up exactly on time; one that did might wake up again and again a rounding error too early."""


class Stuck(AssertionError):
    """Everybody waits, and there is nothing left that could wake anybody."""


class Clock:
    """What time it is; `virtual` makes one for each test."""

    def __init__(self, start: datetime = START) -> None:
        self._travel = time_machine.travel(start, tick=False)
        self._machine = self._travel.start()
        self._passed_s = 0.0
        self.threads_at_work = 0

    def wall(self) -> datetime:
        """What the machine's clock shows."""
        return datetime.now(UTC)

    def mono(self) -> float:
        """Seconds that have really passed; no turn of the machine's clock changes it."""
        return self._passed_s

    def turn(self, by: timedelta) -> None:
        """Somebody sets the machine's clock forward, or back. No time passes."""
        self._machine.shift(by)

    async def passes(
        self, span: timedelta = timedelta(), *, seconds: float = 0, minutes: float = 0, hours: float = 0
    ) -> None:
        """So much time passes, with everything that happens in it."""
        await asyncio.sleep((span + timedelta(seconds=seconds, minutes=minutes, hours=hours)).total_seconds())

    async def settles(self) -> None:
        """Everything that can be done without any time passing is done."""
        await asyncio.sleep(A_MOMENT_S)

    def leap(self, seconds: float) -> None:
        """For the loop: so much time is over."""
        self._passed_s += seconds
        self._machine.shift(seconds)

    def stop(self) -> None:
        """The machine has its own time again."""
        self._travel.stop()


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that leaps to its next timer instead of waiting for it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        super().__init__(_Leaping(clock))

    def time(self) -> float:
        return self.clock.mono()

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        return self.until_done(super().run_in_executor(executor, func, *args))

    def until_done(self, work: asyncio.Future[T]) -> asyncio.Future[T]:
        """No time passes before this work of a thread is done."""
        self.clock.threads_at_work += 1
        work.add_done_callback(self._one_less)
        return work

    def _one_less(self, _: asyncio.Future[Any]) -> None:
        self.clock.threads_at_work -= 1


class _Leaping(selectors.SelectSelector):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if self._clock.threads_at_work or timeout is None:
            return super().select(PATIENCE_S) or self._give_up()
        self._clock.leap(timeout + A_MOMENT_S)
        return []

    def _give_up(self) -> list[tuple[selectors.SelectorKey, int]]:
        raise Stuck(f"{self._clock.threads_at_work} threads are at work, no timer is set, and nothing happens")


class _CountingQueue(queue.SimpleQueue[Any]):
    """The queue of work for a thread of aiosqlite: pairs of a future and what to do for it."""

    def put_nowait(self, item: Any) -> None:
        future, _ = item
        if future is not None and isinstance(loop := future.get_loop(), VirtualLoop):
            loop.until_done(future)
        super().put_nowait(item)


def run(story: Callable[[Clock], Coroutine[Any, Any, T]], *, start: datetime = START) -> T:
    """What the story returns when it is lived through in a virtual time that begins at `start`."""
    clock = Clock(start)
    try:
        with (
            mock.patch("aiosqlite.core.SimpleQueue", _CountingQueue),
            asyncio.Runner(loop_factory=lambda: VirtualLoop(clock)) as runner,
        ):
            return runner.run(story(clock))
    finally:
        clock.stop()


def virtual(story: Story[None]) -> Callable[..., None]:
    """The test runs in a virtual time. Its parameter `clock` is given; the others are fixtures or examples."""
    asked = inspect.signature(story)
    wants_clock = "clock" in asked.parameters
    shown = asked.replace(parameters=[one for name, one in asked.parameters.items() if name != "clock"])

    @functools.wraps(story)
    def test(*args: Any, **kwargs: Any) -> None:
        given = shown.bind(*args, **kwargs).arguments
        run(lambda clock: story(**given, **({"clock": clock} if wants_clock else {})))

    test.__signature__ = shown  # type: ignore[attr-defined]  # pytest and hypothesis ask it for what to give
    del test.__wrapped__  # else pytest-asyncio finds the coroutine
    return test
