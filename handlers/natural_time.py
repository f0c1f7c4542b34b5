"""A moment as people say it, in English and Chinese, becomes a moment in time: in the zone of the one who says it."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.domain.timetable import first_moment
from bot.domain.worktime import Calendar, OpenSpan
from handlers.reader import zone_named
from handlers.time_words import (
    Ahead,
    At,
    Closing,
    Day,
    EndOfMonth,
    Found,
    Meaning,
    Offset,
    OnDate,
    OnWeekday,
    Part,
    Span,
    meanings_in,
)

FARTHEST = timedelta(days=3 * 366)
"""Nobody waits longer on purpose."""

_Kind = TypeVar("_Kind", At, Closing, Offset, Part, Span)
_A_DAY = timedelta(days=1)
_OPENS, _CLOSES = time(9), time(18)
"""The office of those who have no calendar."""

_HOURS = {
    Part.DAWN: time(5),
    Part.NOON: time(12),
    Part.AFTERNOON: time(14),
    Part.DUSK: time(18),
    Part.EVENING: time(20),
}
"""A part of the day without an hour; the morning begins with the office."""


@dataclass(frozen=True, slots=True)
class Understood:
    """`words` of the text mean the moment `at`, in UTC. `is_a_guess`: they might mean another one as well."""

    at: datetime
    words: str
    is_a_guess: bool


def understood(
    text: str, *, now: datetime, zone: str, calendar: Calendar | None = None, language: str = ""
) -> Understood | None:
    """The moment after `now` that the text names; None when it names none, or one that has passed for good.

    Days and times of day are those of `zone`, opening and closing those of the calendar, or 9:00 and 18:00 without
    one. `language` decides what 3/4 is: in Chinese the month comes first, elsewhere the day."""
    found = list(meanings_in(text))
    said = [_in_order_of(language, meaning) for one in found for meaning in one.meanings]
    if not any(not isinstance(meaning, Offset) for meaning in said):
        return None
    moment = _Moment(said, now, _zone(said, zone), calendar)
    try:
        at = moment.at()
    except (OverflowError, ValueError):  # the 30th of February, the year 9999
        return None
    if at is None or not now < at <= now + FARTHEST:
        return None
    return Understood(at, _words(text, found), moment.is_a_guess)


def _words(text: str, found: Sequence[Found]) -> str:
    return text[found[0].start : found[-1].end].strip()


def _zone(said: Sequence[Meaning], zone: str) -> tzinfo:
    named = next((one for one in said if isinstance(one, Offset)), None)
    return zone_named(zone) if named is None else timezone(named.from_utc)


def _in_order_of(language: str, meaning: Meaning) -> Meaning:
    if isinstance(meaning, OnDate) and meaning.unclear and meaning.month is not None and language[:2] != "zh":
        return OnDate(meaning.month, meaning.day, meaning.year, unclear=True)
    return meaning


class _Moment:
    """Puts together what was said. `is_a_guess` is true as soon as something had to be chosen for the speaker."""

    def __init__(self, said: Sequence[Meaning], now: datetime, zone: tzinfo, calendar: Calendar | None) -> None:
        self._span = _first(said, Span)
        self._days = [one for one in said if isinstance(one, Ahead | OnWeekday | OnDate | EndOfMonth)]
        self._hour = _first(said, At)
        self._part = _first(said, Part)
        self._closes = _first(said, Closing)
        self._now, self._zone, self._calendar = now, zone, calendar
        self._today = now.astimezone(zone).date()
        self.is_a_guess = _says_too_much(said)

    def at(self) -> datetime | None:
        """The first moment after now that fits."""
        if self._span is not None and not self._days and self._hour is None:
            return self._now + self._span.length
        candidates = [self._on(day) for day in self._dates()]
        for place, candidate in enumerate(candidates):
            if candidate > self._now:
                self.is_a_guess |= place > 0 or self._contradicts(candidate)
                return candidate
        return None

    def _contradicts(self, at: datetime) -> bool:
        """Monday 27 November, when that is a Friday; tomorrow in two hours."""
        weekdays = {one.number for one in self._days if isinstance(one, OnWeekday)}
        is_another_day = isinstance(self._day(), OnDate) and bool(weekdays - {at.astimezone(self._zone).weekday()})
        return is_another_day or (self._span is not None and not self._is_counted())

    def _is_counted(self) -> bool:
        """Two days and three hours from now."""
        day = self._day()
        return isinstance(day, Ahead) and day.timed and self._hour is None

    # --- the day ---

    def _dates(self) -> Iterator[date]:
        """The days it may be, the likeliest first."""
        day = self._day()
        match day:
            case None if self._closes is not None:
                yield from (self._today + n * _A_DAY for n in range(15) if self._is_open(self._today + n * _A_DAY))
            case None | Ahead(days=0, months=0):
                yield self._today
                yield self._today + _A_DAY
            case Ahead():
                yield _months_on(self._today, day.months) + day.days * _A_DAY
            case EndOfMonth():
                yield _month_end(_months_on(self._today.replace(day=1), day.months))
            case OnWeekday():
                yield from self._weekdays(day)
            case OnDate():
                self.is_a_guess |= day.unclear
                yield from self._days_of_that_name(day)

    def _day(self) -> Day | None:
        """A date says more than the weekday beside it."""
        dated = [one for one in self._days if isinstance(one, OnDate)]
        return next(iter((*dated, *self._days)), None)

    def _weekdays(self, day: OnWeekday) -> Iterator[date]:
        monday = self._today - self._today.weekday() * _A_DAY
        named = monday + day.number * _A_DAY
        if day.weeks is not None:
            self.is_a_guess |= day.unclear and day.number > self._today.weekday()
            yield named + day.weeks * 7 * _A_DAY
            return
        self.is_a_guess |= day.unclear
        yield named if named >= self._today else named + 7 * _A_DAY
        yield named + 7 * _A_DAY

    def _days_of_that_name(self, day: OnDate) -> Iterator[date]:
        if day.month is not None and day.year is not None:
            yield date(day.year, day.month, day.day)
        elif day.month is not None:
            years = range(self._today.year, self._today.year + 9)
            named = [date(year, day.month, day.day) for year in years if day.day <= _days_in(year, day.month)]
            yield from (one for one in named if one >= self._today)
        else:
            first = _months_on(self._today.replace(day=1), day.months)
            for number in range(1 if day.months else 3):
                month = _months_on(first, number)
                if 1 <= day.day <= _days_in(month.year, month.month):
                    named_day = month.replace(day=day.day)
                    if named_day >= self._today:
                        yield named_day

    # --- the time of day ---

    def _on(self, day: date) -> datetime:
        if self._hour is not None:
            return self._at_hour(day, self._hour)
        if self._closes is not None:
            return self._closing(day)
        if self._part is not None:
            self.is_a_guess = True
            hour = _HOURS.get(self._part)
            return self._opening(day) if hour is None else self._local(day, hour)
        if self._is_counted():
            same_time = self._local(day, self._now.astimezone(self._zone).time())
            return same_time if self._span is None else same_time + self._span.length
        self.is_a_guess = True
        return self._closing(day) if day == self._today and self._is_today() else self._opening(day)

    def _is_today(self) -> bool:
        return isinstance(self._day(), Ahead)

    def _at_hour(self, day: date, hour: At) -> datetime:
        whole = self._whole_hour(hour)
        if whole > 24 or (whole == 24 and hour.minute):
            day, whole = day + _A_DAY, whole - 24
        at = self._local(day + whole // 24 * _A_DAY, time(whole % 24, hour.minute))
        later = at + _A_DAY / 2
        if at <= self._now < later and self._may_be_evening(day, hour):
            self.is_a_guess = True
            return later
        return at

    def _may_be_evening(self, day: date, hour: At) -> bool:
        """今天8点, said at ten in the morning."""
        return day == self._today and self._is_today() and not hour.sure and self._part is None and hour.hour < 12

    def _whole_hour(self, said: At) -> int:
        """The hour from midnight; 24 and more is on the next day."""
        hour = said.hour
        if hour > 24:
            raise ValueError(f"no such hour: {hour}")
        if said.half:
            return hour % 12 + (12 if said.half == "pm" else 0)
        if hour > 12 or hour == 0 or said.sure:
            return hour
        match self._part:
            case Part.DAWN:
                return hour % 12
            case Part.MORNING:
                return hour
            case Part.NOON:
                return hour if hour >= 10 else hour + 12
            case Part.AFTERNOON | Part.DUSK:
                return hour % 12 + 12
            case Part.EVENING if hour <= 4:
                self.is_a_guess = True
                return hour + 24
            case Part.EVENING:
                return hour + 12
            case _ if hour <= 6:
                self.is_a_guess = True
                return hour + 12
            case _:
                return hour

    # --- the office ---

    def _is_open(self, day: date) -> bool:
        return self._calendar is None or bool(self._spans(day))

    def _opening(self, day: date) -> datetime:
        edges = self._edges(day)
        return edges[0] if edges else self._local(day, _OPENS)

    def _closing(self, day: date) -> datetime:
        edges = self._edges(day)
        if not edges:
            self.is_a_guess = True
        return edges[1] if edges else self._local(day, _CLOSES)

    def _edges(self, day: date) -> tuple[datetime, datetime] | None:
        """When it first opens and last closes that day; None when it does not, or never closes."""
        spans = self._spans(day)
        if not spans or (spans[0].opens, spans[-1].closes) == self._whole(day):
            return None
        return spans[0].opens, spans[-1].closes

    def _spans(self, day: date) -> list[OpenSpan]:
        return [] if self._calendar is None else list(self._calendar.spans(*self._whole(day)))

    def _whole(self, day: date) -> tuple[datetime, datetime]:
        return self._local(day, time()), self._local(day + _A_DAY, time())

    def _local(self, day: date, at: time) -> datetime:
        """The moment in UTC. A time that a clock change leaves out is the moment of the change, one that comes twice
        its first."""
        wall = datetime.combine(day, at)
        if isinstance(self._zone, ZoneInfo):
            return first_moment(wall, self._zone)
        return wall.replace(tzinfo=self._zone).astimezone(UTC)


def _says_too_much(said: Sequence[Meaning]) -> bool:
    """Two days or two hours, of which only one can be meant; a date and its weekday are one."""
    days = [one for one in said if isinstance(one, Ahead | OnWeekday | OnDate | EndOfMonth)]
    dates = [one for one in days if isinstance(one, OnDate)]
    loose = [one for one in days if isinstance(one, Ahead | EndOfMonth)]
    hours = [one for one in said if isinstance(one, At | Span)]
    return len(dates) > 1 or len(hours) > 1 or len(loose) > 1 or (bool(loose) and len(days) > len(loose))


def _first(said: Sequence[Meaning], kind: type[_Kind]) -> _Kind | None:
    return next((one for one in said if isinstance(one, kind)), None)


def _months_on(day: date, count: int) -> date:
    """The same day so many months later; the last of the month where it is shorter."""
    years, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, _days_in(year, month)))


def _month_end(day: date) -> date:
    return day.replace(day=_days_in(day.year, day.month))


def _days_in(year: int, month: int) -> int:
    if not 1 <= month <= 12:
        raise ValueError(f"no such month: {month}")
    return months.monthrange(year, month)[1]
