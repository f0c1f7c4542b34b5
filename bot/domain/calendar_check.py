"""Why a calendar must be refused, said when the rules are loaded rather than when a promise hangs on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.hours import WEEKDAYS, Problem, ProblemCode, Window, overlaps

if TYPE_CHECKING:
    from bot.domain.worktime import Calendar

LONGEST_SHUT = timedelta(days=366)
_LEAP_YEAR = 2024
_PROOF = timedelta(days=14)


def problems_of(calendar: Calendar) -> Iterator[Problem]:
    """Every reason why the calendar must be refused; none when it may be used."""
    yield from _impossible_dates(calendar)
    yield from _overlapping(calendar)
    yield from _overridden_holidays(calendar)
    if not _is_zone(calendar.zone):
        yield Problem(ProblemCode.UNKNOWN_ZONE, "zone", calendar.zone)
    elif not any(calendar.weekly) and not any(calendar.special.values()):
        yield Problem(ProblemCode.EMPTY)
    else:
        yield from _shut_too_long(calendar)


def _impossible_dates(calendar: Calendar) -> Iterator[Problem]:
    for month, day in sorted(calendar.closed_yearly):
        try:
            date(2000, month, day)
        except ValueError:
            yield Problem(ProblemCode.IMPOSSIBLE_DATE, "closed yearly", f"{month:02}-{day:02}")


def _overlapping(calendar: Calendar) -> Iterator[Problem]:
    for weekday, windows in enumerate(calendar.weekly):
        following = calendar.weekly[(weekday + 1) % 7]
        for one, other in [*overlaps(windows), *_overlaps_into(windows, following)]:
            yield Problem(ProblemCode.OVERLAPPING_WINDOWS, f"weekly {WEEKDAYS[weekday]}", f"{one}, {other}")
    for day, windows in calendar.special.items():
        for one, other in overlaps(windows):
            yield Problem(ProblemCode.OVERLAPPING_WINDOWS, f"special {day}", f"{one}, {other}")


def _overridden_holidays(calendar: Calendar) -> Iterator[Problem]:
    for day in calendar.special:
        holiday = calendar.holiday_row(day)
        if holiday is not None and day not in calendar.shifts:
            yield Problem(ProblemCode.OVERRIDE_ON_HOLIDAY, f"special {day}", holiday)


def _shut_too_long(calendar: Calendar) -> Iterator[Problem]:
    """The first closed stretch of more than 366 days in the years around the dates that are named."""
    for first, last in _years_to_check(calendar):
        shut_since, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
        if _opens_often_enough(calendar, shut_since, end):
            continue
        for span in calendar.spans(shut_since, end):
            if span.opens - shut_since > LONGEST_SHUT:
                end = span.opens
                break
            shut_since = span.closes
        if end - shut_since > LONGEST_SHUT:
            yield Problem(ProblemCode.NEVER_OPENS, str(shut_since.date()), str(end.date()))
            return


def _opens_often_enough(calendar: Calendar, since: datetime, until: datetime) -> bool:
    """Whether a few days a year already prove it: open moments that lie at most 366 days apart.

    Start-up waits for this check, and walking through every day of six years takes 30 ms.
    """
    while until - since > LONGEST_SHUT:
        latest = since + LONGEST_SHUT
        span = next(calendar.spans(latest - _PROOF, latest), None)
        if span is None:
            return False
        since = span.opens
    return True


def _years_to_check(calendar: Calendar) -> list[tuple[int, int]]:
    """Runs of years around each date that is named, and around a leap year for the other rows."""
    named = {day.year for day in (*calendar.closed, *calendar.special, *calendar.breaks)} | {_LEAP_YEAR}
    if calendar.valid_from is not None:
        named.add(calendar.valid_from.year)
    runs: list[tuple[int, int]] = []
    for year in sorted(named):
        first, last = max(year - 1, 2), min(year + 1, 9998)
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    return runs


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        return False
    return True


def _overlaps_into(windows: Sequence[Window], following: Sequence[Window]) -> Iterator[tuple[Window, Window]]:
    """Windows whose part after midnight meets the next day's windows."""
    for late in windows:
        for early in following:
            if late.is_overnight and early.opens < late.closes:
                yield late, early
