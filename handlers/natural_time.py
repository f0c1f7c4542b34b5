"""A moment as people say it, in English and Chinese, becomes a moment in time: in the zone of the one who says it."""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.domain.timetable import first_moment
from bot.domain.worktime import Calendar, OpenSpan
from handlers import phrasing
from handlers.reader import zone_named
from handlers.time_words import (
    MOST_CHARS,
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
_A_BREATH = timedelta(microseconds=1)
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


@dataclass(frozen=True, slots=True)
class Spell:
    """`words` of the text mean the time from `starts` on, in UTC. `ends` is None when only its beginning was named;
    `is_whole` when a day was named without hours. `is_a_guess`: they might mean another time as well."""

    starts: datetime
    ends: datetime | None
    words: str
    is_whole: bool
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


def understood_spell(text: str, *, now: datetime, zone: str, language: str = "") -> Spell | None:
    """The time that the text names, from one moment to another or all of a day; it may have begun already, but is not
    over. None when it names none."""
    parted = _parted(text)
    try:
        spell = _one_piece(text, now, zone, language) if parted is None else _two_pieces(*parted, now, zone, language)
    except (OverflowError, ValueError):
        return None
    if spell is None or spell.starts > now + FARTHEST or (spell.ends is not None and spell.ends <= now):
        return None
    return spell


@dataclass(frozen=True, slots=True)
class _Piece:
    """One end of a time: what was said of the day and of the hour."""

    said: tuple[Meaning, ...]

    @property
    def days(self) -> tuple[Meaning, ...]:
        return tuple(one for one in self.said if isinstance(one, Ahead | OnWeekday | OnDate | EndOfMonth))

    @property
    def hours(self) -> tuple[Meaning, ...]:
        return tuple(one for one in self.said if isinstance(one, At | Part | Closing))

    @property
    def hour(self) -> At | None:
        return _first(self.said, At)


_JOINT = re.compile(r"\s*(?:[-–—~～]+|到|至|\b(?:to|until|till|through)\b)\s*")
_BARE_BEFORE = re.compile(r"(?<![\d:/.-])\d{1,2}$")
_BARE_AFTER = re.compile(r"\d{1,2}(?![\d:/.-]|(?:st|nd|rd|th)\b)")
_WEEK_ONLY = re.compile(r"\bnext week\b(?! ?[mtwfs])|下个?(?:周|星期|礼拜)(?![一二三四五六日天末])")
_WEEKEND = re.compile(r"\bweekend\b|(?:周|星期|礼拜)末")
_SPANS = {
    Part.DAWN: (0, 6),
    Part.MORNING: (6, 12),
    Part.NOON: (11, 14),
    Part.AFTERNOON: (12, 18),
    Part.DUSK: (17, 20),
    Part.EVENING: (18, 24),
}
"""From which hour to which a part of the day lasts."""


def _parted(text: str) -> tuple[str, str, str, str] | None:
    """What stands on either side of a joint between two moments, and the hours without anything that say so: "18-22"
    is from 18:00 to 22:00."""
    plain = phrasing.narrowed(text[:MOST_CHARS])
    for joint in _JOINT.finditer(plain):
        left, right = plain[: joint.start()], plain[joint.end() :]
        bare_left, bare_right = _BARE_BEFORE.search(left), _BARE_AFTER.match(right)
        ends = any(one.end == len(left) for one in meanings_in(left))
        begins = any(one.start == 0 for one in meanings_in(right))
        if (ends or bare_left) and (begins or bare_right):
            return (
                left if ends or bare_left is None else left[: bare_left.start()],
                "" if ends or bare_left is None else bare_left[0],
                right if begins or bare_right is None else right[bare_right.end() :],
                "" if begins or bare_right is None else bare_right[0],
            )
    return None


def _two_pieces(
    left: str, bare_left: str, right: str, bare_right: str, now: datetime, zone: str, language: str
) -> Spell | None:
    """What is said only once of the two ends is meant of both."""
    first, last = _piece(left, language), _piece(right, language)
    if bare_left and not first.days and last.hour is None and isinstance(_dated(last), OnDate):
        dated = _dated(last)
        first = _Piece((OnDate(int(bare_left), dated.month, dated.year),)) if dated is not None else first
    elif bare_left:
        first = _Piece((*first.said, _bare_hour(bare_left)))
    if bare_right:
        last = _Piece((*last.said, _bare_hour(bare_right)))
    where = _zone((*first.said, *last.said), zone)
    midnight = _midnight(now, where)
    first_days, last_days = first.days or last.days, last.days or first.days
    first_hours, last_hours = _inherited(first, last)
    begin = _Moment((*first_days, *first_hours), now, where, None, since=midnight)
    end = _Moment((*last_days, *last_hours), now, where, None, since=midnight)
    starts = begin.at() if first_hours else _day_of(begin)
    ends = end.at() if last_hours else _day_of(end, after=1)
    if starts is None or ends is None:
        return None
    if ends <= starts:
        ends = _later(ends, _after(ends, starts, first, last), where)
    if ends <= now and not first_days:
        starts, ends = _later(starts, _A_DAY, where), _later(ends, _A_DAY, where)
    is_whole = not first_hours and not last_hours
    return Spell(starts, ends, "", is_whole, begin.is_a_guess or end.is_a_guess)


def _one_piece(text: str, now: datetime, zone: str, language: str) -> Spell | None:
    plain = phrasing.narrowed(text[:MOST_CHARS])
    piece = _piece(text, language)
    where = _zone(piece.said, zone)
    midnight = _midnight(now, where)
    weekend = _WEEKEND.search(plain)
    if weekend is not None and not any(isinstance(one, OnWeekday) for one in piece.days):
        piece = _Piece((*piece.said, OnWeekday(5)))
    if not piece.days and not piece.hours:
        return None
    moment = _Moment((*piece.days, *piece.hours), now, where, None, since=midnight)
    if piece.hour is not None:
        at = moment.at()
        if at is not None and at <= now and not piece.days:
            at = _later(at, _A_DAY, where)
        return None if at is None else Spell(at, None, "", is_whole=False, is_a_guess=moment.is_a_guess)
    day = next(moment.dates(), None)
    if day is None:
        return None
    part = _first(piece.said, Part)
    if part is not None:
        opens, closes = _SPANS[part]
        return Spell(moment.local(day, opens), moment.local(day, closes), "", is_whole=False, is_a_guess=True)
    length = 7 if _WEEK_ONLY.search(plain) else 2 if weekend else 1
    spell = moment.local(day, 0), moment.local(day + length * _A_DAY, 0)
    return Spell(*spell, "", is_whole=True, is_a_guess=moment.is_a_guess)


def _piece(text: str, language: str) -> _Piece:
    return _Piece(tuple(_in_order_of(language, meaning) for one in meanings_in(text) for meaning in one.meanings))


def _dated(piece: _Piece) -> OnDate | None:
    return next((one for one in piece.days if isinstance(one, OnDate)), None)


def _bare_hour(digits: str) -> At:
    return At(int(digits), sure=False)


def _inherited(first: _Piece, last: _Piece) -> tuple[tuple[Meaning, ...], tuple[Meaning, ...]]:
    """6-10pm is both in the evening; 晚上6点到10点 too; 10pm-6am is not."""
    begin, end = first.hours, last.hours
    one, other = first.hour, last.hour
    if one is None or other is None:
        return begin, end
    if other.half and not one.half and one.hour <= 12 and _first(begin, Part) is None and one.hour < other.hour:
        begin = tuple(At(one.hour, one.minute, other.half, sure=True) if part is one else part for part in begin)
    part = _first(begin, Part)
    if part is not None and _first(end, Part) is None and not other.half and one.hour < other.hour <= 12:
        end = (*end, part)
    if part is None and not one.half and not other.half and _first(end, Part) is None:  # 18-22, 9-17: a clock of 24
        begin = tuple(At(one.hour, one.minute, sure=True) if said is one else said for said in begin)
        end = tuple(At(other.hour, other.minute, sure=True) if said is other else said for said in end)
    return begin, end


def _after(ends: datetime, starts: datetime, first: _Piece, last: _Piece) -> timedelta:
    """How much later it ends than its words say alone: 9-5 in the afternoon, 22-6 on the next day."""
    one, other = first.hour, last.hour
    is_loose = one is not None and other is not None and not other.half and last.hours == (other,)
    if is_loose and one is not None and one.hour < 12 and ends + _A_DAY / 2 > starts:
        return _A_DAY / 2
    return _A_DAY


def _later(at: datetime, by: timedelta, zone: tzinfo) -> datetime:
    """So much later on the clock of that zone."""
    wall = at.astimezone(zone).replace(tzinfo=None) + by
    return first_moment(wall, zone) if isinstance(zone, ZoneInfo) else wall.replace(tzinfo=zone).astimezone(UTC)


def _day_of(moment: _Moment, after: int = 0) -> datetime | None:
    day = next(moment.dates(), None)
    return None if day is None else moment.local(day + after * _A_DAY, 0)


def _midnight(now: datetime, zone: tzinfo) -> datetime:
    """A breath before the present day began there: what began today may be meant."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC) - _A_BREATH


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

    def __init__(
        self,
        said: Sequence[Meaning],
        now: datetime,
        zone: tzinfo,
        calendar: Calendar | None,
        *,
        since: datetime | None = None,
    ) -> None:
        """With `since` a moment that has passed after that may be meant, too."""
        self._span = _first(said, Span)
        self._days = [one for one in said if isinstance(one, Ahead | OnWeekday | OnDate | EndOfMonth)]
        self._hour = _first(said, At)
        self._part = _first(said, Part)
        self._closes = _first(said, Closing)
        self._now, self._zone, self._calendar = since or now, zone, calendar
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

    def dates(self) -> Iterator[date]:
        """The days it may be, the likeliest first."""
        return self._dates()

    def local(self, day: date, hour: int) -> datetime:
        """That hour of the day (24 is the end of it), in UTC."""
        return self._local(day + hour // 24 * _A_DAY, time(hour % 24))

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
