"""A clock as arithmetic: every stretch of a promise with its cause and its hours, to be added up by anyone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.sla import Account, Clock, Mark, Promise, TermsOf, accounts
from bot.domain.worktime import Calendar, Window


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


@dataclass(frozen=True, slots=True)
class Explanation:
    """A promise and the sum behind it; `total` is `promise.used`."""

    promise: Promise
    intervals: tuple[Interval, ...]
    total: timedelta


def explain(marks: Sequence[Mark], terms_of: TermsOf, now: datetime) -> tuple[Explanation, ...]:
    """The sum behind every promise of the ticket's life, in order of beginning."""
    return tuple(_explained(account) for account in accounts(marks, terms_of, now))


def explain_current(marks: Sequence[Mark], terms_of: TermsOf, now: datetime, clock: Clock) -> Explanation | None:
    """The sum behind the present promise of one clock; None when there is none."""
    of_clock = [one for one in explain(marks, terms_of, now) if one.promise.clock is clock]
    return of_clock[-1] if of_clock else None


def _explained(account: Account) -> Explanation:
    intervals = tuple(_intervals(account))
    return Explanation(account.promise, intervals, intervals[-1].total if intervals else timedelta())


def _intervals(account: Account) -> Iterator[Interval]:
    total = timedelta()
    calendar = account.promise.target.calendar
    for begin, end, running, cause in account.stretches:
        rows = tuple(_rows(calendar, begin, end, total)) if running else ()
        worked = rows[-1].total - total if rows else timedelta()
        total += worked
        yield Interval(begin, end, running, cause, rows, worked, total)


def _rows(calendar: Calendar, begin: datetime, end: datetime, total: timedelta) -> Iterator[Row]:
    for span in calendar.spans(begin, end):
        total += span.length
        yield Row(span.opens, span.closes, span.day, span.row, span.window, span.length, total)
