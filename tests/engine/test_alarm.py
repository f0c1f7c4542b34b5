"""The bell rings at the right moment, whatever is done to the clocks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.engine.alarm import Alarm
from bot.services.timepiece import DemoTime, DeskTime
from tests.clock import Clock, virtual

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NEVER = timedelta(days=300)


class Listener:
    """Waits for the bell again and again, and writes down when it rang."""

    def __init__(self, alarm: Alarm, clock: Clock) -> None:
        self.rings: list[float] = []
        self._alarm = alarm
        self._clock = clock

    async def listen(self) -> None:
        while True:
            await self._alarm.wait()
            self.rings.append(self._clock.mono())


@asynccontextmanager
async def listening(alarm: Alarm, clock: Clock) -> AsyncIterator[Listener]:
    listener = Listener(alarm, clock)
    alarm.start()
    task = asyncio.create_task(listener.listen())
    await clock.settles()
    listener.rings.clear()  # the ring at the start
    yield listener
    alarm.stop()
    task.cancel()
    await asyncio.wait([task])


def real_time(clock: Clock) -> DeskTime:
    return DeskTime(clock.wall, clock.mono)


@virtual
async def test_it_rings_at_the_start_so_that_nothing_from_before_waits(clock: Clock) -> None:
    alarm = Alarm(real_time(clock), sweep=NEVER)

    alarm.start()

    await alarm.wait()
    assert clock.mono() == 0
    alarm.stop()


@virtual
async def test_it_rings_at_the_moment_that_was_armed(clock: Clock) -> None:
    time = real_time(clock)
    alarm = Alarm(time, sweep=NEVER)

    async with listening(alarm, clock) as listener:
        alarm.ring_at(time.now() + 90 * SECOND)
        await clock.passes(hours=1)

    assert listener.rings == [pytest.approx(90, abs=0.01)]


@virtual
async def test_only_the_earliest_moment_is_kept(clock: Clock) -> None:
    time = real_time(clock)
    alarm = Alarm(time, sweep=NEVER)

    async with listening(alarm, clock) as listener:
        for after in (50, 20, 70):
            alarm.ring_at(time.now() + after * SECOND)
        await clock.passes(minutes=2)

    assert listener.rings == [pytest.approx(20, abs=0.01)]


@virtual
async def test_a_moment_in_the_past_rings_at_once(clock: Clock) -> None:
    time = real_time(clock)
    alarm = Alarm(time, sweep=NEVER)

    async with listening(alarm, clock) as listener:
        alarm.ring_at(time.now() - HOUR)
        await clock.settles()

        assert listener.rings == [pytest.approx(0, abs=0.01)]


@virtual
async def test_a_thousand_moments_armed_one_from_the_other_all_ring(clock: Clock) -> None:
    """The trap of a job that arms itself anew while it runs."""
    time = real_time(clock)
    alarm = Alarm(time, sweep=NEVER)
    alarm.start()
    await alarm.wait()

    for _ in range(1000):
        alarm.ring_at(time.now() + timedelta(milliseconds=2))
        await alarm.wait()

    assert clock.mono() == pytest.approx(2, abs=0.5)
    alarm.stop()


@virtual
async def test_it_may_be_armed_before_it_is_started(clock: Clock) -> None:
    time = real_time(clock)
    alarm = Alarm(time, sweep=NEVER)
    alarm.ring_at(time.now() + 30 * SECOND)

    async with listening(alarm, clock) as listener:
        await clock.passes(minutes=1)

    assert listener.rings == [pytest.approx(30, abs=0.01)]


@virtual
async def test_it_sweeps_even_when_nothing_is_armed(clock: Clock) -> None:
    alarm = Alarm(real_time(clock), sweep=5 * SECOND)

    async with listening(alarm, clock) as listener:
        await clock.passes(minutes=1)

    assert len(listener.rings) == pytest.approx(12, abs=1)


@pytest.mark.parametrize("turned", [-24 * HOUR, -HOUR, -10 * SECOND, 10 * SECOND, HOUR, 24 * HOUR])
@virtual
async def test_a_clock_that_is_set_delays_nothing_by_more_than_a_sweep(clock: Clock, turned: timedelta) -> None:
    time = real_time(clock)
    alarm = Alarm(time, sweep=5 * SECOND)

    async with listening(alarm, clock) as listener:
        due = time.now() + 30 * SECOND
        alarm.ring_at(due)
        await clock.passes(seconds=10)
        clock.turn(turned)
        until = clock.mono() + 40
        while clock.mono() < until and time.now() < due:
            await clock.passes(seconds=0.1)
        due_at_s = clock.mono()
        await clock.passes(seconds=20)

    after = [ring for ring in listener.rings if ring >= due_at_s - 0.11]
    assert after[0] - due_at_s < 6.5


@virtual
async def test_a_clock_that_was_set_back_leaves_the_next_moments_exact(clock: Clock) -> None:
    time = real_time(clock)
    alarm = Alarm(time, sweep=5 * SECOND)

    async with listening(alarm, clock) as listener:
        clock.turn(-HOUR)
        await clock.passes(minutes=1)
        alarm.ring_at(time.now() + timedelta(seconds=2.5))
        armed_at_s = clock.mono()
        await clock.passes(minutes=1)

    assert any(ring == pytest.approx(armed_at_s + 2.5, abs=0.01) for ring in listener.rings)


@virtual
async def test_a_moment_armed_before_the_clock_was_set_back_is_exact_again_after_a_sweep(clock: Clock) -> None:
    time = real_time(clock)
    alarm = Alarm(time, sweep=5 * SECOND)

    async with listening(alarm, clock) as listener:
        alarm.ring_at(time.now() + timedelta(seconds=33.3))
        await clock.passes(seconds=10)
        clock.turn(-HOUR)
        await clock.passes(minutes=1)

    assert any(ring == pytest.approx(33.3, abs=0.01) for ring in listener.rings)


@virtual
async def test_a_moment_that_passed_while_the_loop_was_blocked_still_rings(clock: Clock) -> None:
    time = real_time(clock)
    alarm = Alarm(time, sweep=NEVER)

    async with listening(alarm, clock) as listener:
        alarm.ring_at(time.now() + 2 * SECOND)
        await clock.passes(seconds=1)
        clock.leap(30)
        await clock.settles()

        assert listener.rings == [pytest.approx(31, abs=0.01)]


@virtual
async def test_a_demonstration_rings_as_fast_as_it_runs(clock: Clock) -> None:
    time = DemoTime(clock.wall(), clock.mono, speed=600)
    alarm = Alarm(time, sweep=NEVER)

    async with listening(alarm, clock) as listener:
        alarm.ring_at(time.now() + HOUR)
        await clock.passes(minutes=1)

    assert listener.rings == [pytest.approx(6, abs=0.01)]


@virtual
async def test_a_demonstration_that_jumps_rings_and_waits_for_less(clock: Clock) -> None:
    time = DemoTime(clock.wall(), clock.mono)
    alarm = Alarm(time, sweep=NEVER)
    time.on_move(alarm.rearm)

    async with listening(alarm, clock) as listener:
        alarm.ring_at(time.now() + HOUR)
        time.jump(59 * MINUTE)
        await clock.passes(minutes=3)

    assert listener.rings == [pytest.approx(0, abs=0.01), pytest.approx(60, abs=0.01)]


@virtual
async def test_after_it_was_stopped_it_is_silent(clock: Clock) -> None:
    time = real_time(clock)
    alarm = Alarm(time, sweep=5 * SECOND)
    alarm.start()
    await alarm.wait()
    alarm.ring_at(time.now() + SECOND)

    alarm.stop()
    alarm.stop()
    await clock.passes(minutes=1)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(alarm.wait(), 3)
