"""People who take turns on the clock of their zone: whose turn it is, and when it is handed over."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from heapq import merge
from itertools import count, takewhile
from zoneinfo import ZoneInfo

from bot.domain.hours import Window
from bot.domain.ids import PersonId
from bot.domain.timetable import first_moment
from bot.domain.worktime import Calendar

_HOUR = timedelta(hours=1)
_MONTHS = 12


class Every(StrEnum):
    """What the length of a turn is counted in, on the clock of the layer's zone."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_DAYS = {Every.DAY: 1, Every.WEEK: 7}


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns. The first turn begins on `begins` at `handover` in `zone` and is the first of `turns`;
    each lasts `length` hours, days, weeks or months. Several people of one turn are all on call.

    Turns of days, weeks and months change hands at that time of the wall clock: where a clock change skips it, at the
    change; where it comes twice, the first time. In a month without that day they do on its last one, and in the next
    on the right day again. Turns of hours are counted in real hours from the first one: they follow one another round
    the clock, and on a wall clock that shows an hour twice or not at all one of them would be twice as long or none.

    `only` are the hours of each weekday (Monday first) in which the layer holds; None: always. Hours past midnight
    belong to the date they begin on. Raises ValueError for a layer of nobody and for turns without length."""

    name: str
    zone: str
    turns: tuple[tuple[PersonId, ...], ...]
    begins: date
    handover: time
    every: Every = Every.WEEK
    length: int = 1
    only: tuple[tuple[Window, ...], ...] | None = None
    until: datetime | None = None
    """The layer ends then."""
    _hours: Calendar | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.turns or self.length < 1:
            raise ValueError(f"layer {self.name!r} has nobody, or turns without length")
        if self.only is not None:
            object.__setattr__(self, "_hours", Calendar(self.name, self.zone, self.only))

    def turn_at(self, at: datetime) -> tuple[PersonId, ...]:
        """Whose turn it is; nobody's before the first, after the end of the layer and outside its hours."""
        if self.until is not None and at >= self.until:
            return ()
        if self._hours is not None and not self._hours.is_open(at):
            return ()
        number = self._number(at)
        return self.turns[number % len(self.turns)] if number >= 0 else ()

    def handover_at(self, number: int) -> datetime:
        """When the turn of that number begins; the first is 0."""
        if self.every is Every.HOUR:
            return self._first_at(self.begins) + number * self.length * _HOUR
        return self._first_at(self._day(number))

    def moments(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """Every moment in (since, until) at which `turn_at` may change, in order; some come twice."""
        ends = [] if self.until is None else [self.until]
        every = merge(ends, self._handovers(since), self._edges(since, until))
        return takewhile(lambda moment: moment < until, (moment for moment in every if moment > since))

    def _handovers(self, since: datetime) -> Iterator[datetime]:
        """Where all turns are alike, only the first of them is one."""
        first = max(self._number(since) + 1, 0)
        if len(set(self.turns)) > 1:
            yield from map(self.handover_at, count(first))
        elif first == 0:
            yield self.handover_at(0)

    def _edges(self, since: datetime, until: datetime) -> Iterator[datetime]:
        if self._hours is not None:
            for span in self._hours.spans(since, until):
                yield span.opens
                yield span.closes

    def _number(self, at: datetime) -> int:
        """Of the turn that holds at that moment, negative before the first. The wall clock gives it, but for the hours
        around a clock change."""
        number = self._by_the_clock(at)
        while self.handover_at(number) > at:
            number -= 1
        while self.handover_at(number + 1) <= at:
            number += 1
        return number

    def _by_the_clock(self, at: datetime) -> int:
        if self.every is Every.HOUR:
            return (at - self.handover_at(0)) // (self.length * _HOUR)
        local = at.astimezone(ZoneInfo(self.zone))
        if self.every is Every.MONTH:
            months = (local.year - self.begins.year) * _MONTHS + local.month - self.begins.month
            return months // self.length
        return (local.date() - self.begins).days // (self.length * _DAYS[self.every])

    def _day(self, number: int) -> date:
        """The local date on which that turn begins."""
        if self.every is not Every.MONTH:
            return self.begins + timedelta(days=number * self.length * _DAYS[self.every])
        years, month = divmod(self.begins.month - 1 + number * self.length, _MONTHS)
        year = self.begins.year + years
        return date(year, month + 1, min(self.begins.day, monthrange(year, month + 1)[1]))

    def _first_at(self, day: date) -> datetime:
        return first_moment(datetime.combine(day, self.handover), ZoneInfo(self.zone))
