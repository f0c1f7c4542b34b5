"""A stretch of a calendar worked out in UTC: an answer costs two bisections, however far away it lies."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from bot.domain.hours import Window

NOTHING = timedelta(0)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """Open hours [opens, closes) in UTC.

    `day` is the local date they belong to, `row` the line that opened them ("weekly mon", "special 2026-02-14"),
    `window` what that line says.
    """

    opens: datetime
    closes: datetime
    day: date
    row: str
    window: Window

    @property
    def length(self) -> timedelta:
        return self.closes - self.opens


@dataclass(frozen=True, slots=True)
class Timetable:
    """Open hours in order, apart from each other, with the open time up to each closing added up.

    Knows nothing outside [since, until]: a question that leads out of it is answered with None.
    The lists are never changed after `of`.
    """

    since: datetime
    until: datetime
    opens: list[datetime]
    closes: list[datetime]
    worked: list[timedelta]
    days: list[date]
    day_closes: list[datetime]

    @classmethod
    def of(cls, spans: Iterable[OpenSpan], since: datetime, until: datetime) -> Self:
        """The timetable of `spans`, which are in order and share no time; touching ones become one."""
        table = cls(since, until, [], [], [], [], [])
        total = NOTHING
        for span in spans:
            total += span.length
            if table.closes and table.closes[-1] == span.opens:
                table.closes[-1] = span.closes
                table.worked[-1] = total
            else:
                table.opens.append(span.opens)
                table.closes.append(span.closes)
                table.worked.append(total)
            if table.days and table.days[-1] >= span.day:
                table.day_closes[-1] = span.closes
            else:
                table.days.append(span.day)
                table.day_closes.append(span.closes)
        return table

    def knows(self, since: datetime, until: datetime) -> bool:
        return self.since <= since and until <= self.until

    def position(self, at: datetime) -> timedelta:
        """The open time of this timetable before `at`, which it must know."""
        last = bisect_right(self.opens, at) - 1
        if last < 0:
            return NOTHING
        closes = self.closes[last]
        return self.worked[last] if at >= closes else self.worked[last] - (closes - at)

    def moment(self, position: timedelta) -> datetime | None:
        """The first moment by which so much open time has gone by: a closing, not the opening after it."""
        index = bisect_left(self.worked, position)
        if index == len(self.worked):
            return None
        found = self.closes[index] - (self.worked[index] - position)
        return found if found <= self.until else None

    def after(self, start: datetime, budget: timedelta) -> datetime | None:
        """When `budget` (more than nothing) of open time has gone by since `start`."""
        return self.moment(self.position(start) + budget) if self.since <= start else None

    def opening(self, at: datetime) -> datetime | None:
        """The first open moment that is not before `at`."""
        if not self.since <= at <= self.until:
            return None
        following = bisect_right(self.opens, at)
        if following and at < self.closes[following - 1]:
            return at
        found = self.opens[following] if following < len(self.opens) else None
        return found if found is not None and found <= self.until else None

    def closing(self, at: datetime) -> datetime | None:
        """The first moment after `at` at which open hours end."""
        index = bisect_right(self.closes, at)
        found = self.closes[index] if self.since <= at and index < len(self.closes) else None
        return found if found is not None and found <= self.until else None

    def day_at(self, at: datetime) -> date | None:
        """The local date that open time at `at` belongs to; None outside hours."""
        if self.opening(at) != at:
            return None
        return self.days[bisect_right(self.day_closes, at)]

    def working_day(self, day: date, later: int) -> tuple[date, datetime] | None:
        """The working day `later` working days after `day` (0: `day` itself or the next), and its closing."""
        index = bisect_left(self.days, day) if later == 0 else bisect_right(self.days, day) + later - 1
        if index >= len(self.days) or self.day_closes[index] > self.until:
            return None
        return self.days[index], self.day_closes[index]


def first_moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first moment (UTC) at which a clock in `zone` shows `wall` or later.

    A time that a clock change skips is reached at the change; one that comes twice, when it first comes.
    """
    local = wall.replace(tzinfo=zone)
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    if before is None or after is None:
        raise ValueError(f"{zone} has no offset at {wall}")
    if before < after:
        return _change_between(_in_utc(wall, after), _in_utc(wall, before), zone)
    return _in_utc(wall, before)


def _in_utc(wall: datetime, offset: timedelta) -> datetime:
    return (wall - offset).replace(tzinfo=UTC)


def _change_between(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The moment in (early, late] from which the offset of `late` holds."""
    offset = late.astimezone(zone).utcoffset()
    while late - early > _TICK:
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            late = middle
        else:
            early = middle
    return late
