"""The desk's time: the machine's clock, made safe against being set; and one that a demonstration can turn."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Wall = Callable[[], datetime]
"""What the machine's clock shows, in UTC; anybody may set it to anything at any time."""

Monotonic = Callable[[], float]
"""Seconds since some moment; nobody can set it."""

WORTH_TELLING = timedelta(seconds=60)


def wall_clock() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class DeskTime:
    """The later of what the machine's clock shows and what must have passed since the desk last looked. A clock that
    is set back stops nothing and repeats nothing; one that is set forward makes things happen now, not never."""

    speed = 1.0
    can_move = False

    def __init__(
        self, wall: Wall = wall_clock, mono: Monotonic = time.monotonic, high_water: datetime | None = None
    ) -> None:
        """`high_water`: the last moment the desk is known to have lived through, from its database."""
        self._wall = wall
        self._mono = mono
        shown = wall()
        self._seen = shown if high_water is None else max(shown, high_water)
        self._seen_mono_s = mono()

    def now(self) -> datetime:
        """Never earlier than it was before. Whole milliseconds, UTC."""
        return _whole(self._look())

    def real_seconds_until(self, moment: datetime) -> float:
        """How long the machine has to wait until `now` says so; 0 when it is past."""
        return max((_reached(moment) - self._look()).total_seconds(), 0.0)

    @property
    def skew(self) -> timedelta:
        """How far the machine's clock is behind the desk's time, if that is worth telling; otherwise nothing."""
        behind = self._look() - self._wall()
        return behind if behind > WORTH_TELLING else timedelta()

    def _look(self) -> datetime:
        mono_s = self._mono()
        passed = self._seen + timedelta(seconds=max(mono_s - self._seen_mono_s, 0.0))
        self._seen, self._seen_mono_s = max(self._wall(), passed), mono_s
        return self._seen


class DemoTime:
    """A time that runs at any speed and can be moved on, but never back."""

    can_move = True

    def __init__(self, start: datetime, mono: Monotonic = time.monotonic, *, speed: float = 1.0) -> None:
        self._mono = mono
        self._from = start
        self._from_mono_s = mono()
        self._speed = _forwards(speed)
        self._listeners: list[Callable[[], None]] = []

    @property
    def speed(self) -> float:
        """How many times faster than the real time."""
        return self._speed

    @property
    def skew(self) -> timedelta:
        """A demonstration's time is right by definition."""
        return timedelta()

    def now(self) -> datetime:
        """Never earlier than it was before. Whole milliseconds, UTC."""
        return _whole(self._look())

    def real_seconds_until(self, moment: datetime) -> float:
        """How long the machine has to wait at this speed until `now` says so; 0 when it is past."""
        return max((_reached(moment) - self._look()).total_seconds() / self._speed, 0.0)

    def set_speed(self, speed: float) -> None:
        """The time runs at this speed from now on. Raises ValueError unless it runs forwards."""
        speed = _forwards(speed)
        self._move_to(self._look())
        self._speed = speed
        self._tell()

    def jump(self, by: timedelta) -> None:
        """It is later by this much. Nothing happens when that would be back."""
        self.jump_to(self._look() + by)

    def jump_to(self, moment: datetime) -> None:
        """It is that moment. Nothing happens when it is past."""
        if moment > self._look():
            self._move_to(moment)
            self._tell()

    def on_move(self, listener: Callable[[], None]) -> None:
        """It is called whenever the time was moved or its speed changed: how long to wait must be asked anew."""
        self._listeners.append(listener)

    def _look(self) -> datetime:
        return self._from + timedelta(seconds=(self._mono() - self._from_mono_s) * self._speed)

    def _move_to(self, moment: datetime) -> None:
        self._from, self._from_mono_s = moment, self._mono()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _whole(moment: datetime) -> datetime:
    return moment - timedelta(microseconds=moment.microsecond % 1000)


def _reached(moment: datetime) -> datetime:
    """The first whole millisecond that is not before it."""
    return moment + timedelta(microseconds=-moment.microsecond % 1000)


def _forwards(speed: float) -> float:
    if not 0 < speed < math.inf:
        raise ValueError(f"time runs forwards only, not at speed {speed}")
    return speed
