"""The small things that people write in policy files: durations, dates, hours, shares, zones, and who is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic_core import PydanticCustomError

from bot.domain.hours import (
    BadHours,
    ProblemCode,
    Window,
    dates_between,
    parse_clock,
    parse_weekdays,
    parse_window,
    yearly_between,
)
from bot.domain.rules import Moment, Who, WhoKind
from bot.domain.sla import Clock, WorkingDays
from bot.domain.turns import Every
from bot.house_rules.problems import did_you_mean, nearest

WRONG = "wrong"
"""The type of the errors of this room; their context holds `what` and `todo`."""

LONGEST = timedelta(days=366)

TRUTH: Mapping[str, bool] = MappingProxyType({"yes": True, "no": False, "true": True, "false": False})

NAMED = (WhoKind.PERSON, WhoKind.ROTA, WhoKind.TEAM)
"""Words for whom to call that need a name."""


@dataclass(frozen=True, slots=True)
class Span:
    """A delay; `working` when it is counted in open hours."""

    length: timedelta
    working: bool = False


@dataclass(frozen=True, slots=True)
class Turns:
    """How long a turn of a rota is: so many hours, days, weeks or months."""

    every: Every
    length: int


@dataclass(frozen=True, slots=True)
class Until:
    """When something ends, on a clock that is written elsewhere; without a time at the handover of that day."""

    day: date
    clock: time | None = None


def wrong(what: str, todo: str) -> PydanticCustomError:
    """The error that says what is wrong and what to do."""
    return PydanticCustomError(WRONG, "{what} — {todo}", {"what": what, "todo": todo})


def text(written: object) -> str:
    """A word or a line, without spaces around it."""
    if not isinstance(written, str):
        raise wrong("this is a list or a group of keys", "write one value on this line")
    if not written.strip():
        raise wrong("there is no value", "write one, or remove the line")
    return written.strip()


def duration(written: object) -> timedelta:
    """Real time: "90 s", "30 min", "1 h 30 min"."""
    said = text(written)
    length, working = _length(said)
    if working:
        raise wrong(f"`{said}` is working time", "write it without `working`; only escalation steps may have it")
    return length


def some_time(written: object) -> timedelta:
    """Real time that is not nothing."""
    return _something(text(written), duration(written))


def time_or_never(written: object) -> timedelta | None:
    """Real time that is not nothing, or None: "never"."""
    return None if text(written) == "never" else some_time(written)


def turns(written: object) -> Turns:
    """How long a turn is: "12 hours", "1 week", "month"."""
    said = text(written)
    found = _TURNS.fullmatch(said)
    if found is None or int(found["count"] or 1) == 0:
        raise wrong(
            f"`{said}` is not the length of a turn", "write it like `1 week`, `12 hours`, `3 days` or `1 month`"
        )
    return Turns(Every(found["unit"]), int(found["count"] or 1))


def until(written: object) -> Until:
    """A date, or a date and a time: "2027-01-04", "2027-01-04 18:00"."""
    said = text(written)
    first, _, second = said.partition(" ")
    return Until(day(first), clock(second) if second else None)


def promise(written: object) -> timedelta | WorkingDays:
    """What a promise allows, on its calendar: "30 min", "4 h", "2 working days"; never nothing."""
    said = text(written)
    days = _DAYS.fullmatch(said)
    if days is not None:
        return working_days(said)
    length, working = _length(said, example="30 min, 4 h or 2 working days")
    if working:
        raise wrong(f"`{said}`: the hours of a promise are those of its calendar", "write it without `working`")
    return _something(said, length)


def working_days(written: object) -> WorkingDays:
    """So many working days, until the close of the last: "3 working days"."""
    said = text(written)
    found = _DAYS.fullmatch(said)
    if found is None:
        raise wrong(f"`{said}` is not a number of working days", "write it like `3 working days`")
    if not 1 <= int(found["count"]) <= LONGEST.days:
        raise wrong(f"`{said}` is out of range", f"write 1 to {LONGEST.days} working days")
    return WorkingDays(int(found["count"]))


def span(written: object) -> Span:
    """A delay of an escalation: "at once", "5 min", "2 working hours"."""
    said = text(written)
    if said in _AT_ONCE:
        return Span(timedelta())
    length, working = _length(said, example="at once, 5 min or 2 working hours")
    return Span(length, working)


def rhythm(written: object) -> Span:
    """A delay that is not nothing."""
    every = span(written)
    return Span(_something(text(written), every.length), every.working)


def share(written: object) -> float:
    """A part of the whole: "80 %"."""
    said = text(written)
    found = re.fullmatch(r"(\d{1,2})\s*[%％]", said)
    if found is None or int(found[1]) == 0:
        raise wrong(f"`{said}` is not a part of the whole", "write 1 % to 99 %, for example `80 %`")
    return int(found[1]) / 100


def day(written: object) -> date:
    """A date: "2026-02-14"."""
    said = text(written)
    try:
        if _DATE.fullmatch(said):
            return date.fromisoformat(said)
    except ValueError:
        raise wrong(f"`{said}` is no day of the calendar", "correct the date") from None
    raise wrong(f"`{said}` is not a date", "write it like `2026-02-14`")


def days(written: object) -> frozenset[date]:
    """A date or a range of dates: "2026-12-28..2027-01-03"."""
    first, last = (day(edge) for edge in _edges(text(written)))
    if last < first:
        raise wrong(f"`{written}` ends before it begins", "write the earlier date first")
    if last - first > LONGEST:
        raise wrong(f"`{written}` is longer than a year", "correct the dates")
    return dates_between(first, last)


def yearly(written: object) -> frozenset[tuple[int, int]]:
    """A day of every year or a range of them, also over New Year: "05-01", "12-24..01-02"."""
    first, last = (_month_day(edge) for edge in _edges(text(written)))
    return yearly_between(first, last)


def window(written: object) -> Window:
    """Hours of a day: "09:00-12:00"."""
    said = text(written)
    try:
        return parse_window(said)
    except BadHours as bad:
        if bad.problems[0].code is ProblemCode.EQUAL_EDGES:
            raise wrong(f"`{said}` begins when it ends", "write `00:00-24:00` for all day") from bad
        todo = "write opening and closing like `09:00-12:30`, at the latest `24:00`"
        raise wrong(f"`{said}` are not the hours of a day", todo) from bad


def weekdays(written: object) -> str:
    """One or more days of the week: "mon", "mon-fri"."""
    said = text(written)
    try:
        parse_weekdays(said)
    except BadHours as bad:
        raise wrong(f"`{said}` is no day of the week", "write `mon`, `tue`, ... or a range like `mon-fri`") from bad
    return said


def weekday(written: object) -> int:
    """One day of the week, Monday is 0: "monday", "mon"."""
    days = parse_weekdays(weekdays(written))
    if len(days) > 1:
        raise wrong(f"`{written}` is more than one day", "write one, like `monday`")
    return days[0]


def email(written: object) -> str:
    """Where somebody gets mail: "ann@example.org"."""
    said = text(written)
    if re.fullmatch(r"[^\s@:]+@[^\s@:]+", said) is None:
        raise wrong(f"`{said}` is no e-mail address", "write it like `ann@example.org`")
    return said


def clock(written: object) -> time:
    """A time of the day: "09:30"."""
    said = text(written)
    try:
        since_midnight = parse_clock(said)
    except BadHours as bad:
        raise wrong(f"`{said}` is not a time of the day", "write it like `09:30`") from bad
    if since_midnight >= timedelta(days=1):
        raise wrong(f"`{said}` is the next day already", "write `00:00` to `23:59`")
    seconds = int(since_midnight.total_seconds())
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)


def zone(written: object) -> str:
    """The name of a time zone: "Asia/Shanghai"."""
    said = text(written)
    try:
        ZoneInfo(said)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        from zoneinfo import available_timezones  # reads the whole folder; only mistakes need it

        likely = nearest(said, available_timezones())
        todo = f"did you mean `{likely}`?" if likely else "write a place of the IANA list, like `Europe/Berlin`"
        raise wrong(f"there is no time zone `{said}`", todo) from None
    return said


def language(written: object) -> str:
    """A language the desk speaks."""
    return one_of(written, ("en", "zh"), "a language of the desk")


def one_of(written: object, known: tuple[str, ...], called: str) -> str:
    """One of a few words."""
    said = text(written)
    if said not in known:
        raise wrong(f"`{said}` is not {called}", did_you_mean(said, known))
    return said


def truth(written: object) -> bool:
    """Yes or no."""
    said = text(written)
    if said.lower() not in TRUTH:
        raise wrong(f"`{said}` is neither yes nor no", "write `yes` or `no`")
    return TRUTH[said.lower()]


def address(written: object) -> str:
    """Something at a platform: "local:dm:shen-yu", "slack:T01:U02"."""
    said = text(written)
    if re.fullmatch(r"[a-z]+(:[^\s:]+)+", said) is None:
        raise wrong(
            f"`{said}` names no platform", "write the platform, a colon and the name there, like `local:lin-xia`"
        )
    return said


def who(written: object) -> Who:
    """Whom a step calls: "on_call", "on_call 2", "lead", "manager", "channel", "person lin-xia", "rota it-desk",
    "team network"."""
    said = text(written)
    found = _WHO.fullmatch(said)
    if found is None:
        todo = "write `on_call 1`, `lead`, `manager` or `channel`, or `person`, `rota` or `team` and a name"
        raise wrong(f"`{said}` says not whom to call", todo)
    kind, value = WhoKind(found["kind"]), found["value"] or ""
    if kind is WhoKind.ON_CALL:
        return Who(kind, _place_in_order(said, value or "1"))
    if (kind in NAMED) != bool(value):
        todo = f"write `{kind}` and a name" if kind in NAMED else f"write `{kind}` alone"
        raise wrong(f"`{said}` says not whom to call", todo)
    return Who(kind, value)


def happening(written: object) -> tuple[Moment, frozenset[Clock]]:
    """What happens to which promises: "resolution is broken", "response or update is at risk", "any promise is
    broken"; no clocks are all of them."""
    said = text(written)
    found = _HAPPENING.fullmatch(said)
    if found is None:
        todo = "write it like `resolution is broken`, `response is at risk` or `any promise is broken`"
        raise wrong(f"`{said}` says not when", todo)
    moment = Moment.BROKEN if found["moment"] == "broken" else Moment.WARNED
    if found["clocks"] == _ANY:
        return moment, frozenset()
    named = re.split(r"\s*,\s*|\s+or\s+", found["clocks"])
    return moment, frozenset(Clock(one_of(one, tuple(Clock), f"a clock, or `{_ANY}`")) for one in named)


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)
_DAYS = re.compile(r"(?P<count>\d{1,4})\s*working\s+days?", re.ASCII)
_PART = re.compile(r"(?P<count>\d{1,6}(?:\.\d+)?)\s*(?P<working>working\s+)?(?P<unit>[a-z]+)", re.ASCII)
_WHO = re.compile(r"(?P<kind>on_call|person|rota|team|lead|manager|channel)(?:\s+(?P<value>\S+))?")
_TURNS = re.compile(r"(?:(?P<count>\d{1,3})\s*)?(?P<unit>hour|day|week|month)s?", re.ASCII)
_ANY = "any promise"
_HAPPENING = re.compile(r"(?P<clocks>\S.*?)\s+(?:is|are)\s+(?P<moment>at risk|broken)")
_AT_ONCE = ("0", "at once")
_UNITS: Mapping[str, timedelta] = MappingProxyType(
    {
        name: unit
        for names, unit in (
            ("s sec second seconds", timedelta(seconds=1)),
            ("min minute minutes", timedelta(minutes=1)),
            ("h hour hours", timedelta(hours=1)),
        )
        for name in names.split()
    }
)


def _length(said: str, example: str = "90 s, 30 min or 1 h 30 min") -> tuple[timedelta, bool]:
    """The sum of the parts, and whether it is working time."""
    parts = list(_PART.finditer(said))
    if not parts or _PART.sub("", said).strip():
        raise wrong(f"`{said}` is not a duration", f"write a number and its unit, like {example}")
    for part in parts:
        if part["unit"] not in _UNITS:
            hours = "`24 h` or `1 working day`" if part["unit"].startswith("day") else "`s`, `min` or `h`"
            raise wrong(f"`{part['unit']}` in `{said}` is not a unit of time here", f"write {hours}")
    length = sum((float(part["count"]) * _UNITS[part["unit"]] for part in parts), timedelta())
    if length > LONGEST:
        raise wrong(f"`{said}` is longer than a year", "write less")
    return length, any(part["working"] for part in parts)


def _something(said: str, length: timedelta) -> timedelta:
    if length <= timedelta():
        raise wrong(f"`{said}` is no time at all", "write more than nothing")
    return length


def _edges(said: str) -> tuple[str, str]:
    first, dots, last = said.partition("..")
    return (first.strip(), last.strip()) if dots else (said, said)


def _month_day(written: str) -> tuple[int, int]:
    found = _MONTH_DAY.fullmatch(written)
    if found is None:
        raise wrong(f"`{written}` is not a day of every year", "write month and day, like `05-01`")
    month, number = int(found[1]), int(found[2])
    try:
        date(2000, month, number)
    except ValueError:
        raise wrong(f"`{written}` is no day of any year", "correct the month or the day") from None
    return month, number


def _place_in_order(said: str, value: str) -> str:
    if re.fullmatch(r"[1-9]", value) is None:
        raise wrong(f"`{said}` is no place in the on-call order", "write `on_call 1` to `on_call 9`")
    return value
