"""The slowest possible answer to what is open when: every minute asked, one after the other. For tests only."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterable
from copy import copy
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo, available_timezones

from bot.domain.worktime import Calendar, Window

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
NOTHING = timedelta(0)


class MinuteWalk:
    """The open minutes of a calendar in [since, until), found by looking at the clock on the wall each minute.

    Shares nothing with the code under test but the calendar's fields. The rule for a clock that is set back: what
    counts is the latest time the clock has shown so far, so a window is neither left nor entered twice.
    Edges must lie on whole minutes, and so must the zone's offsets.
    """

    def __init__(self, calendar: Calendar, since: datetime, until: datetime) -> None:
        self._calendar = calendar
        self._of_date: dict[date, tuple[list[Window], list[Window]]] = {}
        self._since, self._until = _floor(since), until
        self._open = self._walk()

    def add(self, start: datetime, budget: timedelta) -> datetime | None:
        """The first moment by which `budget` (more than nothing) was open; None when it is past the walk."""
        index = bisect_left(self._open, _floor(start))
        if index == len(self._open):
            return None
        from_minute = budget + max(start - self._open[index], NOTHING)
        whole = -(-from_minute // MINUTE) - 1
        if index + whole >= len(self._open):
            return None
        return self._open[index + whole] + (from_minute - whole * MINUTE)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time in [start, end)."""
        first, last = bisect_left(self._open, _floor(start)), bisect_left(self._open, end)
        if end <= start or first >= last:
            return NOTHING
        cut_before = max(start - self._open[first], NOTHING)
        cut_after = max(self._open[last - 1] + MINUTE - end, NOTHING)
        return (last - first) * MINUTE - cut_before - cut_after

    def is_open(self, at: datetime) -> bool:
        index = bisect_left(self._open, _floor(at))
        return index < len(self._open) and self._open[index] == _floor(at)

    def next_opening(self, at: datetime) -> datetime | None:
        index = bisect_left(self._open, _floor(at))
        return max(self._open[index], at) if index < len(self._open) else None

    def next_closing(self, at: datetime) -> datetime | None:
        index = bisect_left(self._open, _floor(at))
        while index + 1 < len(self._open) and self._open[index + 1] - self._open[index] == MINUTE:
            index += 1
        return self._open[index] + MINUTE if index + 1 < len(self._open) else None

    def without(self, pauses: Iterable[tuple[datetime, datetime]]) -> Self:
        """The same walk with the minutes of some pauses, which begin and end on whole minutes, left out."""
        paused = copy(self)
        stops = list(pauses)
        paused._open = [
            minute for minute in self._open if not any(begin <= minute < resumed for begin, resumed in stops)
        ]
        return paused

    def _walk(self) -> list[datetime]:
        zone = ZoneInfo(self._calendar.zone)
        found: list[datetime] = []
        moment = self._since - 2 * DAY  # long enough for the latest time shown to be settled
        shown = datetime.min  # noqa: DTZ901 - a wall clock, not a moment
        while moment < self._until:
            shown = max(shown, moment.astimezone(zone).replace(tzinfo=None))
            if moment >= self._since and self._is_open_when_shown(shown):
                found.append(moment)
            moment += MINUTE
        return found

    def _is_open_when_shown(self, shown: datetime) -> bool:
        today, clock = shown.date(), shown - datetime(shown.year, shown.month, shown.day)  # noqa: DTZ001
        yesterday = today - DAY
        (windows, breaks), (late_windows, late_breaks) = self._rules(today), self._rules(yesterday)
        return (_holds(windows, clock) or _holds(late_windows, clock + DAY)) and not (
            _holds(breaks, clock) or _holds(late_breaks, clock + DAY)
        )

    def _rules(self, day: date) -> tuple[list[Window], list[Window]]:
        if day not in self._of_date:
            calendar = self._calendar
            windows = list(calendar.weekly[day.weekday()])
            holiday = day in calendar.closed or (day.month, day.day) in calendar.closed_yearly
            if day in calendar.special:
                windows = list(calendar.special[day])
            if holiday and not (day in calendar.special and day in calendar.shifts):
                windows = []
            self._of_date[day] = (windows, list(calendar.breaks.get(day, ())))
        return self._of_date[day]


def random_calendar(rng: random.Random, zone: str, around: date, *, days: int = 12) -> Calendar:
    """A calendar of `zone` that opens every week, with its oddities within `days` of `around`."""
    dates = [around + timedelta(days=step) for step in range(-days, days + 1)]
    special = {day: random_windows(rng) for day in rng.sample(dates, rng.randint(0, 4))}
    weekly = [random_windows(rng) for _ in range(7)]
    weekly[rng.randrange(7)] = (Window.parse("09:00", "17:00"),)
    return Calendar(
        id="random",
        zone=zone,
        weekly=tuple(weekly),
        closed=frozenset(rng.sample(dates, rng.randint(0, 4))),
        closed_yearly=frozenset((day.month, day.day) for day in rng.sample(dates, rng.randint(0, 1))),
        special=special,
        shifts=frozenset(day for day in special if rng.randint(0, 1)),
        breaks={day: random_windows(rng, most=1) for day in rng.sample(dates, rng.randint(0, 3))},
    )


def random_windows(rng: random.Random, most: int = 3) -> tuple[Window, ...]:
    """Up to `most` windows of one day, to the minute, apart from each other, the last one perhaps overnight.

    Half of the time the edges lie in the first hours of the day, where clocks are changed.
    """
    within = range(4 * 60) if rng.randint(0, 1) else range(24 * 60 + 1)
    edges = sorted(rng.sample(within, 2 * rng.randint(0, most)))
    windows = [Window(opens * MINUTE, closes * MINUTE) for opens, closes in zip(edges[::2], edges[1::2], strict=True)]
    if windows and rng.randint(0, 3) == 0 and windows[0].opens > NOTHING:
        first, last = windows[0], windows.pop()
        windows.append(Window(last.opens, rng.randrange(first.opens // MINUTE) * MINUTE))
    return tuple(windows)


def changes_of(zone: str, first: date, last: date) -> list[datetime]:
    """The moments in [first, last) at which the zone's offset changes, to the minute."""
    info = ZoneInfo(zone)
    found = []
    moment = datetime(first.year, first.month, first.day, tzinfo=UTC)
    until = datetime(last.year, last.month, last.day, tzinfo=UTC)
    while moment < until:
        following = moment + DAY
        if moment.astimezone(info).utcoffset() != following.astimezone(info).utcoffset():
            early, late = moment, following
            while late - early > MINUTE:
                middle = _floor(early + (late - early) / 2)
                if middle.astimezone(info).utcoffset() == early.astimezone(info).utcoffset():
                    early = middle
                else:
                    late = middle
            found.append(late)
        moment = following
    return found


def zones_with_a_change(first: date, last: date) -> dict[str, list[datetime]]:
    """Every zone whose offset changes in [first, last), with the moments."""
    by_zone = {zone: changes_of(zone, first, last) for zone in sorted(available_timezones())}
    return {zone: changes for zone, changes in by_zone.items() if changes}


def _holds(windows: list[Window], clock: timedelta) -> bool:
    return any(
        window.opens <= clock < (window.closes if window.opens < window.closes else window.closes + DAY)
        for window in windows
    )


def _floor(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
