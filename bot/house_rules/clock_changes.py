"""Hours that begin or end inside a clock change: a time that there is not, or that comes twice, is no handover."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.hours import parse_weekdays
from bot.domain.rules import Rules
from bot.domain.timetable import first_moment
from bot.domain.worktime import Calendar
from bot.house_rules.models import CalendarEntry
from bot.house_rules.problems import Problem
from bot.house_rules.reading import Loc
from bot.house_rules.reading import Policy as Written

_A_DAY = timedelta(days=1)
_LOOKED_AHEAD = 366
_MIDNIGHT = time()


def clock_change_warnings(written: Written, rules: Rules, now: datetime) -> Iterator[Problem]:
    """Shifts that hand over, and digests that fall, inside a clock change of the next 366 days."""
    for name, entry in written.calendars.entries.items():
        calendar = next(one for one in rules.calendars.values() if one.id == name)
        for wall, loc in _handovers(calendar, entry, now):
            what = _in_words(wall, calendar.zone)
            if what and _is_edge(calendar, wall):
                advice = "let these hours begin and end outside the hour that changes"
                yield written.calendars.problem((name, *loc), what, advice, warning=True)
    for team in rules.teams.values():
        if team.digest_at is None:
            continue
        for day in _days_of_change(ZoneInfo(team.zone), now):
            wall = datetime.combine(day, team.digest_at)
            what = _in_words(wall, team.zone)
            if what and rules.calendar_of(team.id).is_working_day(day):
                advice = "let the digest come outside the hour that changes"
                yield written.teams.problem((team.id, "digest_at"), what, advice, warning=True)


def _handovers(calendar: Calendar, entry: CalendarEntry, now: datetime) -> Iterator[tuple[datetime, Loc]]:
    """Every opening and closing near a clock change, on the wall clock, and where it is written."""
    for day in _days_of_change(ZoneInfo(calendar.zone), now):
        for begun in (day - _A_DAY, day):
            row, windows = calendar.row_of(begun)
            for window in windows:
                for wall in window.edges(begun):
                    yield wall, _place(row, begun, entry)
            for window in calendar.breaks.get(begun, ()):
                for wall in window.edges(begun):
                    yield wall, ("breaks", str(begun))


def _place(row: str, day: date, entry: CalendarEntry) -> Loc:
    if row.startswith("special"):
        return ("special", str(day)) if day in entry.special else ("holidays",)
    return "hours", next(key for key in entry.hours if day.weekday() in parse_weekdays(key))


def _days_of_change(zone: ZoneInfo, now: datetime) -> Iterator[date]:
    """The local dates on which the offset changes."""
    today = now.astimezone(zone).date()
    for step in range(_LOOKED_AHEAD):
        day = today + timedelta(days=step)
        edges = (datetime.combine(one, _MIDNIGHT, zone).utcoffset() for one in (day, day + _A_DAY))
        if len(set(edges)) > 1:
            yield day


def _in_words(wall: datetime, zone: str) -> str:
    """What is odd about that time there; empty when it comes once."""
    before, after = (wall.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1))
    if before is None or after is None or before == after:
        return ""
    odd = "there is no" if before < after else "there are two of"
    return f"on {wall:%Y-%m-%d} {odd} {wall:%H:%M} in {zone}, because the clocks change"


def _is_edge(calendar: Calendar, wall: datetime) -> bool:
    """Whether it really opens or closes then: hours that go on without a gap hand nothing over."""
    at = first_moment(wall, ZoneInfo(calendar.zone))
    return calendar.is_open(at) is not calendar.is_open(at - datetime.resolution)
