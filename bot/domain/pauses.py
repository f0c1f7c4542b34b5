"""Clocks that stand for a while: what pauses do to a deadline and to the time that counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.worktime import Calendar

Pause = tuple[datetime, datetime | None]
"""From when to when a clock stands, half-open; None while it still does."""


def between_without(calendar: Calendar, start: datetime, end: datetime, pauses: Iterable[Pause]) -> timedelta:
    """Open time in [start, end) that no pause covers. Nothing when `end` is not after `start`."""
    worked = calendar.between(start, end)
    for begin, resumed in united_pauses(pauses):
        stop = end if resumed is None else min(resumed, end)
        worked -= calendar.between(max(begin, start), stop)
    return worked


def add_with_pauses(calendar: Calendar, start: datetime, budget: timedelta, pauses: Iterable[Pause]) -> datetime | None:
    """When `budget` of open time has gone by since `start` outside the pauses.

    None while the clock stands, because a pause without an end began before the budget was used up: then ask
    `time_left`.
    """
    at, left = start, budget
    for begin, resumed in united_pauses(pauses):
        if resumed is not None and resumed <= at:
            continue
        worked = calendar.between(at, begin)
        if worked >= left:
            break
        if resumed is None:
            return None
        at, left = resumed, left - worked
    return calendar.add(at, left)


def time_left(
    calendar: Calendar, start: datetime, budget: timedelta, pauses: Iterable[Pause], now: datetime
) -> timedelta:
    """What is left of `budget` at `now`, in open time; less than nothing when it is overrun."""
    return budget - between_without(calendar, start, now, pauses)


def united_pauses(pauses: Iterable[Pause]) -> list[Pause]:
    """The same pauses in order and apart: overlapping and adjacent ones become one, empty ones vanish."""
    united: list[Pause] = []
    for begin, end in sorted(pauses, key=_begin):
        if end is not None and end <= begin:
            continue
        if not united or ((open_until := united[-1][1]) is not None and open_until < begin):
            united.append((begin, end))
        elif open_until is not None and (end is None or end > open_until):
            united[-1] = (united[-1][0], end)
    return united


def _begin(pause: Pause) -> datetime:
    return pause[0]
