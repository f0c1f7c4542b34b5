"""Short ways to write calendars and moments in tests of working time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.worktime import Calendar, Pause, Week, parse_hours

NINE_TO_FIVE = parse_hours({"mon-fri": [["09:00", "17:00"]]})
WITH_LUNCH = parse_hours({"mon-fri": [["09:00", "12:00"], ["13:30", "18:00"]]})
NIGHTS = parse_hours({"mon-fri": [["22:00", "06:00"]]})
EVERY_DAY = parse_hours({"mon-sun": [["00:00", "24:00"]]})
NOTHING = timedelta(0)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def local(zone: str, written: str, *, second_time: bool = False) -> datetime:
    """The moment at which a clock in `zone` shows what is written."""
    wall = datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone), fold=int(second_time))
    return wall.astimezone(UTC)


def office(zone: str = "UTC", weekly: Week = NINE_TO_FIVE) -> Calendar:
    return Calendar(id="office", zone=zone, weekly=weekly)


def pauses_of(*written: tuple[str, str | None]) -> list[Pause]:
    return [(utc(begin), None if end is None else utc(end)) for begin, end in written]
