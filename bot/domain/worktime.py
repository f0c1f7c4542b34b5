"""Working time: when a promise falls due and how much open time has gone by, in real seconds, in any zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.domain.calendar_check import LONGEST_SHUT, problems_of
from bot.domain.hours import (
    MIDNIGHT,
    WEEKDAYS,
    WHOLE_DAY,
    BadHours,
    Dated,
    Problem,
    ProblemCode,
    Week,
    Window,
    dates_between,
    parse_clock,
    parse_hours,
    parse_weekdays,
    parse_window,
    parse_windows,
    yearly_between,
)
from bot.domain.pauses import Pause, add_with_pauses, between_without, time_left, united_pauses
from bot.domain.timetable import NOTHING, OpenSpan, Timetable, first_moment

__all__ = [
    "ALWAYS",
    "BadHours",
    "Calendar",
    "Dated",
    "OpenSpan",
    "OutOfReach",
    "Pause",
    "Problem",
    "ProblemCode",
    "Week",
    "Window",
    "add_with_pauses",
    "always",
    "between_without",
    "dates_between",
    "parse_clock",
    "parse_hours",
    "parse_weekdays",
    "parse_window",
    "parse_windows",
    "time_left",
    "united_pauses",
    "yearly_between",
]

_Answer = TypeVar("_Answer")

_FIRST_REACH = timedelta(weeks=8)
_HORIZON = timedelta(days=36525)
_MARGIN = timedelta(days=3)
"""More than an overnight window and the widest offset together, so that the edges of a stretch are whole."""

_EARLIEST = datetime(1, 2, 1, tzinfo=UTC)
_LATEST = datetime(9999, 12, 1, tzinfo=UTC)
_EMPTY = Timetable(since=_LATEST, until=_EARLIEST, opens=[], closes=[], worked=[], days=[], day_closes=[])


class OutOfReach(ValueError):
    """The calendar holds no such moment within a hundred years."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When promises run: weekly windows of a zone, with the dates that are different.

    A special date replaces the weekly windows of its day. On a holiday it counts only when it is one of
    `shifts` (a make-up working day); otherwise `problems` says so and the day stays closed. A holiday takes
    away the windows that start on its date, with their part after midnight. Breaks are wall-clock hours of
    their date, cut out of whatever is open then. `years_known` names the years whose holidays are known; None
    when holidays do not matter. Before `valid_from` the days are those of `earlier`, the version of the
    calendar that this one replaced.
    """

    id: str
    zone: str
    weekly: Week
    closed: frozenset[date] = frozenset()
    closed_yearly: frozenset[tuple[int, int]] = frozenset()
    special: Mapping[date, tuple[Window, ...]] = field(default_factory=Dated)
    shifts: frozenset[date] = frozenset()
    breaks: Mapping[date, tuple[Window, ...]] = field(default_factory=Dated)
    years_known: frozenset[int] | None = None
    valid_from: date | None = None
    earlier: Calendar | None = None
    _table: Timetable = field(default=_EMPTY, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.weekly) != len(WEEKDAYS):
            raise ValueError("a week has seven days, Monday first")
        if (self.valid_from is None) is not (self.earlier is None):
            raise ValueError("a version says both from when it is valid and what was valid earlier")
        settled = {
            "weekly": tuple(tuple(sorted(windows)) for windows in self.weekly),
            "closed": frozenset(self.closed),
            "closed_yearly": frozenset(self.closed_yearly),
            "shifts": frozenset(self.shifts),
            "special": Dated(self.special),
            "breaks": Dated(self.breaks),
            "years_known": None if self.years_known is None else frozenset(self.years_known),
        }
        for name, value in settled.items():
            object.__setattr__(self, name, value)
        if any(isinstance(day, datetime) for day in (*self.closed, *self.shifts, *self.special, *self.breaks)):
            raise ValueError("a day of a calendar is a date, not a moment")

    def add(self, start: datetime, budget: timedelta) -> datetime:
        """The moment at which `budget` of open time has gone by since `start`.

        A budget that ends exactly at closing ends at the closing; none at all ends at the next opening.
        """
        start = start if start.tzinfo is UTC else _utc(start)
        if NOTHING < budget <= _HORIZON:
            found = self._table.after(start, budget)
            return found if found is not None else self._ask(start, lambda table: table.after(start, budget))
        if budget < NOTHING:
            raise ValueError("a budget is not negative")
        if budget > _HORIZON:
            raise OutOfReach(f"a budget of {budget.days} days is more than a hundred years")
        return self.next_opening(start)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Open time in [start, end), in real seconds. Nothing when `end` is not after `start`."""
        start = start if start.tzinfo is UTC else _utc(start)
        end = end if end.tzinfo is UTC else _utc(end)
        if end <= start:
            return NOTHING
        table = self._table
        if not table.knows(start, end):
            table = self._over(start, end)
        return table.position(end) - table.position(start)

    def is_open(self, at: datetime) -> bool:
        at = _utc(at)
        return self._over(at, at).opening(at) == at

    def next_opening(self, at: datetime) -> datetime:
        """The first open moment from `at` on: `at` itself when open."""
        at = _utc(at)
        return self._ask(at, lambda table: table.opening(at))

    def next_closing(self, at: datetime) -> datetime | None:
        """The first moment after `at` at which open hours end; None when they do not within 366 days."""
        at = _utc(at)
        found = self._search(at, lambda table: table.closing(at), LONGEST_SHUT)
        return None if found is None or found - at > LONGEST_SHUT else found

    def add_working_days(self, start: datetime, days: int, *, end_of_day: bool) -> datetime:
        """So many working days after `start`.

        With `end_of_day`: the last closing of the working day that is `days` after the day of `start`; none at
        all means the same day while it is still open, else the next. Without: the same wall-clock time of that
        day, moved into its open hours, counted from the next opening when `start` is outside hours.
        """
        if days < 0:
            raise ValueError("working days are not negative")
        start = _utc(start)
        if end_of_day:
            return self._end_of_working_day(start, days)
        begin = self.next_opening(start)
        return begin if days == 0 else self._same_time_on(begin, days)

    def spans(self, start: datetime, end: datetime) -> Iterator[OpenSpan]:
        """The open hours of [start, end) in order, each with its local date and the row that opened it."""
        start, end = max(_utc(start), _EARLIEST), min(_utc(end), _LATEST)
        for span in self._spans_of_days(*self._dates(start, end)):
            opens, closes = max(span.opens, start), min(span.closes, end)
            if opens < closes:
                yield replace(span, opens=opens, closes=closes)

    def row_of(self, day: date) -> tuple[str, tuple[Window, ...]]:
        """The line that decides about `day`, and its windows before breaks are cut out.

        Lines read "weekly mon", "special 2026-02-14", "closed 2026-12-25" or "closed yearly 12-25".
        """
        if self.earlier is not None and self.valid_from is not None and day < self.valid_from:
            return self.earlier.row_of(day)
        special = self.special.get(day)
        holiday = self.holiday_row(day)
        if special is not None and (holiday is None or day in self.shifts):
            return f"special {day}", special
        if holiday is not None:
            return holiday, ()
        return f"weekly {WEEKDAYS[day.weekday()]}", self.weekly[day.weekday()]

    def holiday_row(self, day: date) -> str | None:
        """The line that makes `day` a holiday; None when it is none."""
        if day in self.closed:
            return f"closed {day}"
        if (day.month, day.day) in self.closed_yearly:
            return f"closed yearly {day:%m-%d}"
        return None

    def is_working_day(self, day: date) -> bool:
        """Whether any open time belongs to that local date."""
        return any(self._spans_of_days(day, day))

    def is_provisional(self, until: datetime, since: datetime | None = None) -> bool:
        """Whether a deadline at `until` (counted from `since`) needs the holidays of an unknown year."""
        if self.years_known is None:
            return False
        last = self._local_date(_utc(until) - timedelta.resolution).year
        first = last if since is None else min(last, self._local_date(_utc(since)).year)
        return not self.years_known.issuperset(range(first, last + 1))

    def problems(self) -> list[Problem]:
        """Every reason why this calendar must be refused; none when it may be used."""
        return list(problems_of(self))

    def amended(self, newer: Calendar, valid_from: date) -> Calendar:
        """The calendar that follows `newer` from that local date on, and this one before it."""
        return replace(newer, valid_from=valid_from, earlier=self)

    # What is asked, and how far the timetable must reach for it.

    def _ask(self, start: datetime, question: Callable[[Timetable], _Answer | None]) -> _Answer:
        """The answer to a question about `start`; raises OutOfReach when there is none within the horizon."""
        answer = self._search(start, question, _HORIZON)
        if answer is None:
            raise OutOfReach(f"calendar {self.id} has no such moment within a hundred years of {start}")
        return answer

    def _search(
        self, start: datetime, question: Callable[[Timetable], _Answer | None], horizon: timedelta
    ) -> _Answer | None:
        """The answer of the first timetable that knows it, reaching further each time; None past `horizon`."""
        reach = NOTHING
        while (answer := question(self._over(start, _shifted(start, reach)))) is None and reach < horizon:
            reach = min(max(2 * reach, _FIRST_REACH), horizon)
        return answer

    def _over(self, since: datetime, until: datetime) -> Timetable:
        """A timetable that knows [since, until].

        It takes the place of the last one in a single assignment: two threads may work out the same stretch
        twice, but each of them reads one whole timetable.
        """
        known = self._table
        if known.knows(since, until):
            return known
        if since < _EARLIEST or until > _LATEST:
            raise OutOfReach(f"{since} to {until} is not within the years that can be worked out")
        since, until = self._widened(known, since, until)
        table = Timetable.of(self._spans_of_days(*self._dates(since, until)), since, until)
        object.__setattr__(self, "_table", table)
        return table

    def _widened(self, known: Timetable, since: datetime, until: datetime) -> tuple[datetime, datetime]:
        """[since, until] joined to what is known, with as much again to spare on the side that grows.

        What lies further than a horizon away is forgotten instead: one moment in 1890 is not worth a century.
        """
        if known is _EMPTY or since - known.until > _HORIZON or known.since - until > _HORIZON:
            return _shifted(since, -_FIRST_REACH), _shifted(until, _FIRST_REACH)
        spare = min(max(known.until - known.since, _FIRST_REACH), LONGEST_SHUT)
        return (
            known.since if known.since <= since else _shifted(since, -spare),
            known.until if until <= known.until else _shifted(until, spare),
        )

    # Days into spans.

    def _spans_of_days(self, first: date, last: date) -> Iterator[OpenSpan]:
        """The open hours that belong to the dates first..last, in order; shared time counts once."""
        zone = ZoneInfo(self.zone)
        covered = datetime.min.replace(tzinfo=UTC)
        for step in range((last - first).days + 1):
            day = first + timedelta(days=step)
            row, windows = self.row_of(day)
            cuts = self._cuts(day, zone) if windows else []
            for window in windows:
                opens, closes = (first_moment(edge, zone) for edge in window.edges(day))
                for begin, end in _without(max(opens, covered), closes, cuts):
                    yield OpenSpan(begin, end, day, row, window)
                covered = max(covered, closes)

    def _cuts(self, day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
        """The breaks that can meet a window which starts on `day`, in order."""
        if self.earlier is not None and self.valid_from is not None and day < self.valid_from:
            return self.earlier._cuts(day, zone)
        return [
            (first_moment(opens, zone), first_moment(closes, zone))
            for near in (day - WHOLE_DAY, day, day + WHOLE_DAY)
            for opens, closes in (window.edges(near) for window in self.breaks.get(near, ()))
        ]

    def _local_date(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()

    def _dates(self, since: datetime, until: datetime) -> tuple[date, date]:
        """The dates whose windows can meet [since, until]."""
        return (since - _MARGIN).date(), (until + _MARGIN).date()

    # Working days.

    def _day_of(self, at: datetime) -> date:
        """The day that `at` belongs to: the start date of the window it is in, else its local date."""
        return self._over(at, at).day_at(at) or self._local_date(at)

    def _end_of_working_day(self, start: datetime, days: int) -> datetime:
        day = self._day_of(start)
        _, closes = self._ask(start, lambda table: table.working_day(day, days))
        if closes > start:
            return closes
        return self._ask(start, lambda table: table.working_day(day, 1))[1]

    def _same_time_on(self, begin: datetime, days: int) -> datetime:
        """The wall-clock time of `begin`, an open moment, on the working day `days` later, inside its hours."""
        zone = ZoneInfo(self.zone)
        own = self._day_of(begin)
        day, closes = self._ask(begin, lambda table: table.working_day(own, days))
        wall = begin.astimezone(zone).replace(tzinfo=None, fold=0) + (day - own)
        wished = first_moment(wall, zone)
        for span in self._spans_of_days(day, day):
            if wished <= span.closes:
                return max(wished, span.opens)
        return closes


def always(zone: str) -> Calendar:
    """The calendar of round-the-clock promises, with the dates of `zone`."""
    return Calendar(id="24x7", zone=zone, weekly=((Window(MIDNIGHT, WHOLE_DAY),),) * 7)


ALWAYS = always("UTC")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise ValueError(f"{moment} has no zone")
    return moment.astimezone(UTC)


def _shifted(moment: datetime, by: timedelta) -> datetime:
    """`moment` moved by a span, but not out of the years that can be worked out."""
    try:
        return min(max(moment + by, _EARLIEST), _LATEST)
    except OverflowError:
        return _EARLIEST if by < NOTHING else _LATEST


def _without(
    opens: datetime, closes: datetime, cuts: Sequence[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """What the cuts, which are ordered by their beginning, leave of [opens, closes)."""
    for begin, end in cuts:
        if opens < min(begin, closes):
            yield opens, min(begin, closes)
        opens = max(opens, end)
    if opens < closes:
        yield opens, closes
