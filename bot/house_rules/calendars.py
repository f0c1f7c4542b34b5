"""Calendar entries, holidays and published year files become working calendars."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.hours import WEEKDAYS, ProblemCode, Week, Window, parse_weekdays
from bot.domain.hours import Problem as CalendarProblem
from bot.domain.ids import CalendarId
from bot.domain.worktime import Calendar
from bot.house_rules.holiday_years import FreeDays, NoSuchPlace, YearFile, free_days
from bot.house_rules.models import CalendarEntry, YearFileEntry
from bot.house_rules.problems import Problem, did_you_mean
from bot.house_rules.reading import Chapter

Calendars = Mapping[CalendarId, Calendar]

_PUBLISHED_FOR = "CN"
"""Whose holidays a year file holds when its name does not begin with another country."""


def build_calendars(
    chapter: Chapter[CalendarEntry], years: Mapping[str, YearFileEntry], now: datetime
) -> tuple[Calendars, list[Problem]]:
    """Every calendar that can be used, and why the others cannot."""
    files = [_year_file(Path(path), entry) for path, entry in years.items()]
    built: dict[CalendarId, Calendar] = {}
    problems: list[Problem] = []
    for name, entry in chapter.entries.items():
        mistakes = list(_own_mistakes(name, entry))
        try:
            calendar = _calendar(name, entry, files, now)
        except NoSuchPlace as bad:
            mistakes.append(_no_such_place(name, entry, bad))
        else:
            built[CalendarId(name)] = calendar
            mistakes += [_in_words(name, entry, problem) for problem in calendar.problems()]
        # Hours of "mon-fri" that overlap do so five times.
        problems += [chapter.problem(loc, what, advice) for loc, what, advice in dict.fromkeys(mistakes)]
    return built, problems


def years_around(now: datetime, zone: str) -> range:
    """The years whose holidays are looked up: from last year to the one after next."""
    year = now.astimezone(ZoneInfo(zone)).year
    return range(year - 1, year + 3)


Mistake = tuple[tuple[str | int, ...], str, str]


def _calendar(name: str, entry: CalendarEntry, files: Sequence[YearFile], now: datetime) -> Calendar:
    """Raises NoSuchPlace. What the entry itself says about a date goes before what its country says. Hours that
    change on a date make a new version; days before it keep the old one."""
    free = _free_days(entry, files, now)
    calendar = _version(name, entry, free, week_of(entry.hours))
    for day, hours in sorted(entry.changes.items()):
        calendar = calendar.amended(_version(name, entry, free, week_of(hours)), day)
    return calendar


def _version(name: str, entry: CalendarEntry, free: FreeDays, week: Week) -> Calendar:
    closed = frozenset().union(*entry.closed)
    closed_yearly = frozenset().union(*entry.yearly)
    make_up = {
        day: _make_up_hours(entry, week)
        for day in free.make_up
        if day not in closed and (day.month, day.day) not in closed_yearly
    }
    return Calendar(
        id=name,
        zone=entry.zone,
        weekly=week,
        closed=closed | free.closed,
        closed_yearly=closed_yearly,
        special=make_up | {day: tuple(windows) for day, windows in entry.special.items()},
        shifts=frozenset(entry.shifts),
        breaks={day: tuple(windows) for day, windows in entry.breaks.items()},
        years_known=None if entry.holidays is None else free.years_known,
    )


def _free_days(entry: CalendarEntry, files: Iterable[YearFile], now: datetime) -> FreeDays:
    if entry.holidays is None:
        return FreeDays()
    asked = entry.holidays
    return free_days(asked.country, asked.subdivision, years_around(now, entry.zone), files)


def week_of(hours: Mapping[str, Sequence[Window]]) -> Week:
    """The hours of each weekday, Monday first; a day that is not named has none."""
    by_day = {weekday: tuple(windows) for name, windows in hours.items() for weekday in parse_weekdays(name)}
    return tuple(by_day.get(weekday, ()) for weekday in range(len(WEEKDAYS)))


def _make_up_hours(entry: CalendarEntry, week: Week) -> tuple[Window, ...]:
    """A weekend that is worked has the hours of the first working day of the week, unless others are written."""
    if entry.holidays is not None and entry.holidays.make_up_hours is not None:
        return tuple(entry.holidays.make_up_hours)
    return next((windows for windows in week if windows), ())


def _year_file(path: Path, entry: YearFileEntry) -> YearFile:
    """The country and, when the file does not say it, the year are those of its name: "2027.json", "HK-2027.json"."""
    country = re.match(r"([A-Z]{2})(?![A-Za-z])", path.stem)
    year = entry.year or (re.findall(r"\d{4}", path.stem) or [_commonest_year(entry)])[0]
    days = {one.date: one.isOffDay for one in entry.days}
    return YearFile(country[1] if country else _PUBLISHED_FOR, int(year), days)


def _commonest_year(entry: YearFileEntry) -> str:
    return str(Counter(one.date.year for one in entry.days).most_common(1)[0][0])


def _own_mistakes(name: str, entry: CalendarEntry) -> Iterator[Mistake]:
    seen: dict[int, str] = {}
    for key in entry.hours:
        for weekday in parse_weekdays(key):
            if weekday in seen:
                what = f"`{key}` names {WEEKDAYS[weekday]}, and so does `{seen[weekday]}`"
                yield (name, "hours", key, "[key]"), what, "name each day once"
                break
            seen[weekday] = key
    for place, shift in enumerate(entry.shifts):
        if shift not in entry.special:
            yield (name, "shifts", place), f"{shift} has no hours", f"add `{shift}:` with its hours under `special:`"


def _no_such_place(name: str, entry: CalendarEntry, bad: NoSuchPlace) -> Mistake:
    key = "country" if entry.holidays is not None and bad.name == entry.holidays.country else "subdivision"
    advice = did_you_mean(bad.name, bad.known) if key == "subdivision" else "write its two letters, like `CN` or `GB`"
    return (name, "holidays", key), f"no holidays are known for the {key} `{bad.name}`", advice


def _in_words(name: str, entry: CalendarEntry, problem: CalendarProblem) -> Mistake:
    what, advice = _WORDS.get(problem.code, ("this calendar cannot be used ({problem})", "correct it"))
    said = what.format(name=name, where=problem.where, found=problem.found, problem=problem)
    return (name, *_where(entry, problem)), said, advice


_WORDS: Mapping[ProblemCode, tuple[str, str]] = {
    ProblemCode.OVERLAPPING_WINDOWS: ("hours overlap: {found}", "let one end before the other begins"),
    ProblemCode.OVERRIDE_ON_HOLIDAY: (
        "{where} is a holiday too ({found})",
        "add the date to `shifts:` when it is worked all the same, or remove its hours",
    ),
    ProblemCode.EMPTY: ("calendar `{name}` never opens", "write its hours, like `mon-fri: 09:00-18:00`"),
    ProblemCode.NEVER_OPENS: (
        "calendar `{name}` is shut for more than a year, from {where} to {found}",
        "shorten `closed:` or `yearly:`",
    ),
}


def _where(entry: CalendarEntry, problem: CalendarProblem) -> tuple[str, ...]:
    """The place in the entry of "weekly tue" or "special 2026-02-14"."""
    match problem.where.split():
        case ["weekly", weekday]:
            number = WEEKDAYS.index(weekday)
            return "hours", next(key for key in entry.hours if number in parse_weekdays(key))
        case ["special", written] if date.fromisoformat(written) in entry.special:
            return "special", written
    return ("hours",) if problem.code is ProblemCode.EMPTY else ()
