"""The desk's time never runs backwards and never stands still, whatever is done to the machine's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.services.timepiece import DemoTime, DeskTime, wall_clock

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


spans = st.timedeltas(timedelta(), timedelta(days=2))


class Machine:
    """A clock on the wall that anybody may set, and a stopwatch that nobody can."""

    def __init__(self) -> None:
        self.shown = NOON
        self.passed_s = 0.0

    def wall(self) -> datetime:
        return self.shown

    def mono(self) -> float:
        return self.passed_s

    def runs(self, span: timedelta) -> None:
        self.shown += span
        self.passed_s += span.total_seconds()

    def is_set(self, by: timedelta) -> None:
        self.shown += by


def test_it_goes_with_the_clock() -> None:
    machine = Machine()
    time = DeskTime(machine.wall, machine.mono)

    machine.runs(HOUR)

    assert time.now() == NOON + HOUR


def test_a_clock_set_back_does_not_stop_it() -> None:
    machine = Machine()
    time = DeskTime(machine.wall, machine.mono)

    machine.is_set(-HOUR)
    machine.runs(6 * SECOND)

    assert time.now() == NOON + 6 * SECOND


def test_a_clock_set_forward_takes_it_along() -> None:
    machine = Machine()
    time = DeskTime(machine.wall, machine.mono)

    machine.is_set(HOUR)

    assert time.now() == NOON + HOUR


def test_it_begins_no_earlier_than_it_was_last_seen() -> None:
    machine = Machine()

    time = DeskTime(machine.wall, machine.mono, high_water=NOON + HOUR)

    assert time.now() == NOON + HOUR


def test_a_mark_from_before_does_not_hold_it() -> None:
    machine = Machine()

    time = DeskTime(machine.wall, machine.mono, high_water=NOON - HOUR)

    assert time.now() == NOON


@pytest.mark.parametrize(("behind", "told"), [(59, 0), (60, 0), (61, 61), (3600, 3600), (-3600, 0)])
def test_a_clock_more_than_a_minute_behind_is_told(behind: int, told: int) -> None:
    machine = Machine()
    time = DeskTime(machine.wall, machine.mono)

    machine.is_set(-behind * SECOND)

    assert time.skew == told * SECOND


def test_the_wait_is_what_the_desks_own_time_still_needs() -> None:
    machine = Machine()
    time = DeskTime(machine.wall, machine.mono)

    machine.is_set(-HOUR)

    assert time.real_seconds_until(NOON + 90 * SECOND) == 90
    assert time.real_seconds_until(NOON - SECOND) == 0


@settings(max_examples=100)
@given(spans)
def test_after_the_wait_the_moment_has_come(span: timedelta) -> None:
    machine = Machine()
    time = DeskTime(machine.wall, machine.mono)

    machine.runs(timedelta(seconds=time.real_seconds_until(NOON + span)))

    assert NOON + span <= time.now() <= NOON + span + timedelta(milliseconds=1)


def test_moments_are_whole_milliseconds_of_utc() -> None:
    machine = Machine()
    time = DeskTime(machine.wall, machine.mono)

    machine.runs(timedelta(microseconds=1_999))

    assert time.now() == NOON + timedelta(milliseconds=1)
    assert time.now().tzinfo is UTC
    assert wall_clock().tzinfo is UTC


turns = st.timedeltas(timedelta(days=-2), timedelta(days=2))


@settings(max_examples=100)
@given(st.lists(st.tuples(spans, turns), max_size=20))
def test_it_never_runs_backwards_and_never_slower_than_time_passes(steps: list[tuple[timedelta, timedelta]]) -> None:
    machine = Machine()
    time = DeskTime(machine.wall, machine.mono)

    for passed, turned in steps:
        before = time.now()
        machine.runs(passed)
        machine.is_set(turned)

        after = time.now()

        assert after - before >= passed - timedelta(milliseconds=1)
        assert after >= machine.wall() - timedelta(milliseconds=1)


def test_a_demonstration_runs_at_its_speed() -> None:
    machine = Machine()
    time = DemoTime(NOON, machine.mono, speed=60)

    machine.runs(10 * SECOND)

    assert time.now() == NOON + 600 * SECOND
    assert time.real_seconds_until(NOON + 660 * SECOND) == pytest.approx(1)


def test_another_speed_counts_from_now_on() -> None:
    machine = Machine()
    time = DemoTime(NOON, machine.mono, speed=600)
    machine.runs(SECOND)

    time.set_speed(1)

    machine.runs(SECOND)
    assert time.now() == NOON + 601 * SECOND


def test_a_demonstration_jumps_on_but_not_back() -> None:
    machine = Machine()
    time = DemoTime(NOON, machine.mono)

    time.jump(HOUR)
    time.jump(-HOUR)
    time.jump_to(NOON)

    assert time.now() == NOON + HOUR


def test_whoever_counts_on_a_demonstration_is_told_when_it_was_moved() -> None:
    told: list[datetime] = []
    time = DemoTime(NOON, Machine().mono)
    time.on_move(lambda: told.append(time.now()))

    time.jump(HOUR)
    time.jump_to(NOON)
    time.set_speed(60)

    assert told == [NOON + HOUR, NOON + HOUR]


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan"), float("inf")])
def test_time_runs_forwards_only(speed: float) -> None:
    time = DemoTime(NOON, Machine().mono)

    with pytest.raises(ValueError, match="forwards"):
        time.set_speed(speed)


def test_only_a_demonstration_can_be_moved() -> None:
    assert DemoTime(NOON).can_move
    assert not DeskTime().can_move
    assert DeskTime().speed == 1
