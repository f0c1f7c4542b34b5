"""A calendar that cannot be kept is refused, with every reason at once."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.worktime import (
    Calendar,
    ProblemCode,
    Window,
    dates_between,
    parse_hours,
    yearly_between,
)
from tests.domain.small_calendars import (
    EVERY_DAY,
    NINE_TO_FIVE,
    office,
)

PROBLEMS: dict[str, tuple[Calendar, list[ProblemCode]]] = {
    "none": (office(), []),
    "an unknown zone": (office("Mars/Olympus"), [ProblemCode.UNKNOWN_ZONE]),
    "no zone": (office(""), [ProblemCode.UNKNOWN_ZONE]),
    "a folder of zones": (office("America"), [ProblemCode.UNKNOWN_ZONE]),
    "a path": (office("../etc/passwd"), [ProblemCode.UNKNOWN_ZONE]),
    "no windows": (office(weekly=((),) * 7), [ProblemCode.EMPTY]),
    "no windows, not even on special dates": (
        Calendar(id="x", zone="UTC", weekly=((),) * 7, special={date(2026, 3, 3): ()}),
        [ProblemCode.EMPTY],
    ),
    "special dates only": (
        Calendar(id="x", zone="UTC", weekly=((),) * 7, special={date(2026, 3, 3): (Window.parse("09:00", "17:00"),)}),
        [ProblemCode.NEVER_OPENS],
    ),
    "a holiday on every day of the year": (
        Calendar(id="x", zone="UTC", weekly=EVERY_DAY, closed_yearly=yearly_between((1, 1), (12, 31))),
        [ProblemCode.NEVER_OPENS],
    ),
    "open on leap days only": (
        Calendar(
            id="x",
            zone="UTC",
            weekly=EVERY_DAY,
            closed_yearly=yearly_between((1, 1), (12, 31)) - {(2, 29)},
        ),
        [ProblemCode.NEVER_OPENS],
    ),
    "closed for 366 days": (
        Calendar(
            id="x",
            zone="UTC",
            weekly=EVERY_DAY,
            closed=dates_between(date(2030, 1, 5), date(2031, 1, 5)),
        ),
        [],
    ),
    "closed for 367 days": (
        Calendar(
            id="x",
            zone="UTC",
            weekly=EVERY_DAY,
            closed=dates_between(date(2030, 1, 5), date(2031, 1, 6)),
        ),
        [ProblemCode.NEVER_OPENS],
    ),
    "breaks that leave nothing for years": (
        Calendar(
            id="x",
            zone="UTC",
            weekly=NINE_TO_FIVE,
            breaks={
                day: (Window.parse("09:00", "17:00"),) for day in dates_between(date(2030, 1, 5), date(2031, 2, 5))
            },
        ),
        [ProblemCode.NEVER_OPENS],
    ),
    "a version that ends all opening": (
        office().amended(
            Calendar(
                id="x", zone="UTC", weekly=((),) * 7, special={date(2030, 3, 3): (Window.parse("09:00", "17:00"),)}
            ),
            date(2029, 3, 3),
        ),
        [ProblemCode.NEVER_OPENS],
    ),
    "a date at the end of time": (
        Calendar(id="x", zone="UTC", weekly=EVERY_DAY, closed=frozenset({date.max, date.min})),
        [],
    ),
    "overlapping windows": (
        office(weekly=parse_hours({"mon": [["09:00", "12:00"], ["11:00", "15:00"]]})),
        [ProblemCode.OVERLAPPING_WINDOWS],
    ),
    "a night over the next morning": (
        office(weekly=parse_hours({"sun": [["22:00", "06:00"]], "mon": [["05:00", "12:00"]]})),
        [ProblemCode.OVERLAPPING_WINDOWS],
    ),
    "a night that ends when the morning begins": (
        office(weekly=parse_hours({"sun": [["22:00", "06:00"]], "mon": [["06:00", "12:00"]]})),
        [],
    ),
    "overlapping windows of a special date": (
        Calendar(
            id="x",
            zone="UTC",
            weekly=NINE_TO_FIVE,
            special={date(2026, 3, 7): (Window.parse("09:00", "12:00"), Window.parse("10:00", "11:00"))},
        ),
        [ProblemCode.OVERLAPPING_WINDOWS],
    ),
    "an impossible date": (
        Calendar(id="x", zone="UTC", weekly=NINE_TO_FIVE, closed_yearly=frozenset({(2, 30), (2, 29)})),
        [ProblemCode.IMPOSSIBLE_DATE],
    ),
}


@pytest.mark.parametrize(("calendar", "codes"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_a_calendar_is_refused_with_its_reason(calendar: Calendar, codes: list[ProblemCode]) -> None:
    assert [problem.code for problem in calendar.problems()] == codes


def test_every_problem_is_told_at_once() -> None:
    day = date(2026, 3, 7)
    calendar = Calendar(
        id="x",
        zone="Nowhere",
        weekly=parse_hours({"mon": [["09:00", "12:00"], ["11:00", "15:00"]]}),
        closed=frozenset({day}),
        closed_yearly=frozenset({(13, 1)}),
        special={day: (Window.parse("09:00", "12:00"),)},
    )

    assert {str(problem) for problem in calendar.problems()} == {
        "zone: unknown_zone: Nowhere",
        "weekly mon: overlapping_windows: 09:00-12:00, 11:00-15:00",
        "special 2026-03-07: override_on_holiday: closed 2026-03-07",
        "closed yearly: impossible_date: 13-01",
    }
