"""Opening hours as people write them: windows, weekdays and dates, and why some of them are refused."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Self

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHOLE_DAY = timedelta(days=1)
MIDNIGHT = timedelta(0)

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


class ProblemCode(StrEnum):
    """Why hours or a calendar are refused; the words for each live in the texts."""

    UNKNOWN_ZONE = "unknown_zone"
    UNKNOWN_WEEKDAY = "unknown_weekday"
    WEEKDAY_TWICE = "weekday_twice"
    NOT_A_CLOCK_TIME = "not_a_clock_time"
    NOT_A_WINDOW = "not_a_window"
    EQUAL_EDGES = "equal_edges"
    OVERLAPPING_WINDOWS = "overlapping_windows"
    IMPOSSIBLE_DATE = "impossible_date"
    OVERRIDE_ON_HOLIDAY = "override_on_holiday"
    EMPTY = "empty"
    NEVER_OPENS = "never_opens"


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason for a refusal: what is wrong, where it stands, and what was found there."""

    code: ProblemCode
    where: str = ""
    found: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, self.code.value, self.found) if part)


class BadHours(ValueError):
    """Hours that cannot be read; `problems` holds every reason, not only the first."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Half-open hours [opens, closes) of a local day, each as the time since its midnight.

    `closes` may be 24:00. One that closes before it opens is overnight: it ends on the next date and belongs
    wholly to the date it starts on. Equal edges are refused, because nobody can tell none from all day.
    """

    opens: timedelta
    closes: timedelta

    def __post_init__(self) -> None:
        if self.opens == self.closes:
            raise BadHours(Problem(ProblemCode.EQUAL_EDGES, found=str(self)))
        if not (MIDNIGHT <= self.opens < WHOLE_DAY and MIDNIGHT <= self.closes <= WHOLE_DAY):
            raise BadHours(Problem(ProblemCode.NOT_A_WINDOW, found=str(self)))

    @classmethod
    def parse(cls, opens: str, closes: str) -> Self:
        """The window from `opens` to `closes`, each written 09:00, 9:00, 09:00:30 or 24:00."""
        return cls(parse_clock(opens), parse_clock(closes))

    def __str__(self) -> str:
        return f"{_clock(self.opens)}-{_clock(self.closes)}"

    @property
    def is_overnight(self) -> bool:
        return self.closes < self.opens

    @property
    def ends(self) -> timedelta:
        """The closing as time since the midnight of the start date: past 24:00 when overnight."""
        return self.closes + WHOLE_DAY if self.is_overnight else self.closes

    def edges(self, day: date) -> tuple[datetime, datetime]:
        """Opening and closing of the window that starts on `day`, on the local wall clock (naive)."""
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock, not a moment
        return midnight + self.opens, midnight + self.ends


Week = tuple[tuple[Window, ...], ...]
"""The windows of the seven weekdays, Monday first."""


class Dated(Mapping[date, tuple[Window, ...]]):
    """Windows by date: a mapping that never changes and can be hashed, so that a calendar can be a value."""

    __slots__ = ("_windows",)

    def __init__(self, windows: Mapping[date, Sequence[Window]] | None = None) -> None:
        self._windows = {day: tuple(sorted(of_day)) for day, of_day in sorted((windows or {}).items())}

    def __getitem__(self, day: date) -> tuple[Window, ...]:
        return self._windows[day]

    def __iter__(self) -> Iterator[date]:
        return iter(self._windows)

    def __len__(self) -> int:
        return len(self._windows)

    def __hash__(self) -> int:
        return hash(tuple(self._windows.items()))

    def __repr__(self) -> str:
        return f"Dated({self._windows!r})"


def parse_clock(written: str) -> timedelta:
    """The time since midnight that is written, 00:00 to 24:00; raises BadHours."""
    found = _CLOCK.fullmatch(written.strip())
    if found is None:
        raise BadHours(Problem(ProblemCode.NOT_A_CLOCK_TIME, found=written))
    hour, minute, second = (int(part or 0) for part in found.groups())
    since_midnight = timedelta(hours=hour, minutes=minute, seconds=second)
    if minute > 59 or second > 59 or since_midnight > WHOLE_DAY:
        raise BadHours(Problem(ProblemCode.NOT_A_CLOCK_TIME, found=written))
    return since_midnight


def parse_window(written: object) -> Window:
    """The window written as a pair ["09:00", "17:30"] or as "09:00-17:30"; raises BadHours."""
    edges = re.split(r"\s*[-–~]\s*", written) if isinstance(written, str) else written
    match edges:
        case [str() as opens, str() as closes]:
            return Window.parse(opens, closes)
    raise BadHours(Problem(ProblemCode.NOT_A_WINDOW, found=str(written)))


def parse_windows(written: Sequence[object], where: str = "") -> tuple[Window, ...]:
    """The windows of one day, in order; raises BadHours with every mistake, placed at `where`."""
    windows: list[Window] = []
    problems: list[Problem] = []
    for one in written:
        try:
            windows.append(parse_window(one))
        except BadHours as bad:
            problems += [Problem(problem.code, where, problem.found) for problem in bad.problems]
    if problems:
        raise BadHours(*problems)
    return tuple(sorted(windows))


def parse_hours(written: Mapping[str, Sequence[object]]) -> Week:
    """The week written as {"mon": [["09:00", "17:00"]], ...}; raises BadHours with every mistake at once.

    "mon-fri" names several days; a day that is missing is closed.
    """
    week: dict[int, tuple[Window, ...]] = {}
    problems: list[Problem] = []
    for name, windows in written.items():
        try:
            of_day = parse_windows(windows, name)
            for weekday in parse_weekdays(name):
                if weekday in week:
                    raise BadHours(Problem(ProblemCode.WEEKDAY_TWICE, name, WEEKDAYS[weekday]))
                week[weekday] = of_day
        except BadHours as bad:
            problems += bad.problems
    if problems:
        raise BadHours(*problems)
    return tuple(week.get(weekday, ()) for weekday in range(7))


def parse_weekdays(name: str) -> tuple[int, ...]:
    """The days that "mon", "Monday", "mon-fri" or "sat-mon" name, Monday being 0; raises BadHours."""
    first, _, last = (part.strip() for part in name.lower().partition("-"))
    try:
        start, end = _weekday(first), _weekday(last or first)
    except ValueError:
        raise BadHours(Problem(ProblemCode.UNKNOWN_WEEKDAY, found=name)) from None
    return tuple((start + step) % 7 for step in range((end - start) % 7 + 1))


def dates_between(first: date, last: date) -> frozenset[date]:
    """Every date from `first` to `last`, both included; none when `last` is before `first`."""
    return frozenset(first + timedelta(days=step) for step in range((last - first).days + 1))


def yearly_between(first: tuple[int, int], last: tuple[int, int]) -> frozenset[tuple[int, int]]:
    """Every (month, day) from `first` to `last`, both included; over New Year when `last` is the earlier."""
    start, end = date(2000, *first), date(2000 if first <= last else 2001, *last)
    return frozenset((day.month, day.day) for day in dates_between(start, end))


def overlaps(windows: Sequence[Window]) -> Iterator[tuple[Window, Window]]:
    """Neighbours of one day that share time; touching is not sharing."""
    for one, following in pairwise(sorted(windows)):
        if following.opens < one.ends:
            yield one, following


def _weekday(name: str) -> int:
    """Raises ValueError for what is no English weekday, whole or its first three letters."""
    whole = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return WEEKDAYS.index(name) if len(name) == 3 else whole.index(name)


def _clock(since_midnight: timedelta) -> str:
    minutes, seconds = divmod(since_midnight // timedelta(seconds=1), 60)
    shown = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{shown}:{seconds:02}" if seconds else shown
