"""A clock as arithmetic: every stretch of a promise with its cause and its hours, to be added up by anyone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.sla import Account, Clock, Mark, MarkKind, Promise, TermsOf, WorkingDays, accounts
from bot.domain.worktime import Calendar, Window

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Row:
    """Open hours that counted: from the line `row` of the calendar, which opens `window` on the local `day`."""

    opens: datetime
    closes: datetime
    day: date
    row: str
    window: Window
    worked: timedelta
    total: timedelta
    """The sum so far, this row included."""


@dataclass(frozen=True, slots=True)
class Shut:
    """A local date that would have been worked, and the line of the calendar that closes it."""

    day: date
    row: str


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch in which the clock ran (its open hours count) or stood (nothing counts), and since which mark."""

    begin: datetime
    end: datetime
    running: bool
    cause: Mark
    rows: tuple[Row, ...]
    """Empty when it stood, or when all of it was outside hours."""
    worked: timedelta
    total: timedelta
    """The sum so far, this interval included."""
    shut: tuple[Shut, ...] = ()
    """Of a running one: the holidays in it."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A promise and the sum behind it; `total` is `promise.used`. With the rows `ahead` it comes to the budget at
    `promise.due`; where the budget was used up before, the deadline lies in the row whose sum reaches it."""

    promise: Promise
    intervals: tuple[Interval, ...]
    total: timedelta
    ahead: tuple[Row, ...] = ()
    """The open hours from the end of the last interval until the deadline; none while it stands."""
    shut_ahead: tuple[Shut, ...] = ()
    days: tuple[date, ...] = ()
    """Of a promise in working days: the days that were counted off, the last one being that of the deadline."""
    named: datetime | None = None
    """Of a promise in working days: the deadline before pauses moved it."""
    terms_since: Mark | None = None
    """The mark since which these terms hold."""

    @property
    def crossing(self) -> tuple[Row, timedelta] | None:
        """The row in which the whole budget is used up, and how much of it is needed; None when no row does."""
        if self.promise.due is None:
            return None
        rows = [row for interval in self.intervals for row in interval.rows]
        for row in (*rows, *self.ahead):
            if row.total >= self.promise.budget:
                return row, self.promise.budget - (row.total - row.worked)
        return None


def explain(marks: Sequence[Mark], terms_of: TermsOf, now: datetime) -> tuple[Explanation, ...]:
    """The sum behind every promise of the ticket's life, in order of beginning."""
    return tuple(_explained(account, marks, now) for account in accounts(marks, terms_of, now))


def explain_current(marks: Sequence[Mark], terms_of: TermsOf, now: datetime, clock: Clock) -> Explanation | None:
    """The sum behind the present promise of one clock; None when there is none."""
    of_clock = [one for one in explain(marks, terms_of, now) if one.promise.clock is clock]
    return of_clock[-1] if of_clock else None


def heard_as(mark: Mark, marks: Sequence[Mark]) -> str:
    """What a mark was: its name, the status that it waits in, or "answered" where the requester's words ended a
    wait."""
    if mark.what is MarkKind.PAUSE:
        return mark.why or mark.what.value
    if mark.what is MarkKind.RESUME:
        said = any(one.what is MarkKind.CUSTOMER and one.at == mark.at for one in marks)
        return "answered" if said else mark.what.value
    return mark.what.value


def shut_days(calendar: Calendar, begin: datetime, end: datetime) -> Iterator[Shut]:
    """The holidays in [begin, end) on weekdays that are worked otherwise."""
    zone = ZoneInfo(calendar.zone)
    day, last = begin.astimezone(zone).date(), (end - datetime.resolution).astimezone(zone).date()
    while day <= last:
        row, windows = calendar.row_of(day)
        if not windows and row.startswith("closed") and calendar.weekly[day.weekday()]:
            yield Shut(day, row)
        day += _A_DAY


def _explained(account: Account, marks: Sequence[Mark], now: datetime) -> Explanation:
    promise = account.promise
    calendar = promise.target.calendar
    intervals = tuple(_intervals(account))
    total = intervals[-1].total if intervals else timedelta()
    origin = intervals[0].begin if intervals else promise.begun
    end = intervals[-1].end if intervals else origin
    ahead: tuple[Row, ...] = ()
    shut: tuple[Shut, ...] = ()
    if promise.due is not None and promise.due > end:
        ahead = tuple(_rows(calendar, end, promise.due, total))
        shut = tuple(shut_days(calendar, end, promise.due))
    days, named = _counted_off(promise, origin)
    since = _terms_since(promise, marks, promise.done_at or now)
    return Explanation(promise, intervals, total, ahead, shut, days, named, since)


def _intervals(account: Account) -> Iterator[Interval]:
    total = timedelta()
    calendar = account.promise.target.calendar
    for begin, end, running, cause in account.stretches:
        rows = tuple(_rows(calendar, begin, end, total)) if running else ()
        shut = tuple(shut_days(calendar, begin, end)) if running else ()
        worked = rows[-1].total - total if rows else timedelta()
        total += worked
        yield Interval(begin, end, running, cause, rows, worked, total, shut)


def _rows(calendar: Calendar, begin: datetime, end: datetime, total: timedelta) -> Iterator[Row]:
    for span in calendar.spans(begin, end):
        total += span.length
        yield Row(span.opens, span.closes, span.day, span.row, span.window, span.length, total)


def _counted_off(promise: Promise, origin: datetime) -> tuple[tuple[date, ...], datetime | None]:
    """The working days until the deadline, and the deadline that they name."""
    budget, calendar = promise.target.budget, promise.target.calendar
    if not isinstance(budget, WorkingDays):
        return (), None
    ends = [calendar.add_working_days(origin, count, end_of_day=True) for count in range(1, budget.count + 1)]
    days = tuple(span.day for end in ends for span in calendar.spans(end - datetime.resolution, end))
    return days, calendar.add_working_days(origin, budget.count, end_of_day=budget.end_of_day)


def _terms_since(promise: Promise, marks: Sequence[Mark], until: datetime) -> Mark | None:
    """The last change of terms that counted for the promise; the creation when there was none."""
    begins = (MarkKind.CREATE, MarkKind.TERMS)
    held = [mark for mark in marks if mark.what in begins and mark.at <= until and mark.terms == promise.terms]
    return held[-1] if held else None
