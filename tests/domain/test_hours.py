"""Hours as people write them, and what cannot be read."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.worktime import (
    BadHours,
    ProblemCode,
    Window,
    dates_between,
    parse_hours,
    parse_weekdays,
    parse_window,
    yearly_between,
)


def test_a_week_is_read_as_it_is_written() -> None:
    week = parse_hours({"Mon": [["9:00", "12:00"], ["13:30", "18:00"]], "sat-sun": ["22:00-06:00"], "wed": []})

    assert week[0] == (Window.parse("09:00", "12:00"), Window.parse("13:30", "18:00"))
    assert week[5] == week[6] == (Window.parse("22:00", "06:00"),)
    assert week[1] == week[2] == week[3] == week[4] == ()


@pytest.mark.parametrize(
    ("name", "weekdays"),
    [
        ("mon", (0,)),
        ("Sunday", (6,)),
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("sat-mon", (5, 6, 0)),
        ("tue-tue", (1,)),
        (" Mon - Wed ", (0, 1, 2)),
    ],
)
def test_weekdays_are_read_as_they_are_written(name: str, weekdays: tuple[int, ...]) -> None:
    assert parse_weekdays(name) == weekdays


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (["09:00", "17:30"], "09:00-17:30"),
        ("9:00-17:30", "09:00-17:30"),
        ("22:00 – 06:00", "22:00-06:00"),
        (("00:00", "24:00"), "00:00-24:00"),
        (["00:00", "23:59:59"], "00:00-23:59:59"),
    ],
)
def test_a_window_is_shown_as_it_was_meant(written: object, shown: str) -> None:
    assert str(parse_window(written)) == shown


BAD_WINDOWS: dict[str, tuple[object, ProblemCode]] = {
    "equal edges": (["09:00", "09:00"], ProblemCode.EQUAL_EDGES),
    "opens at 24:00": (["24:00", "06:00"], ProblemCode.NOT_A_WINDOW),
    "an hour too many": (["09:00", "25:00"], ProblemCode.NOT_A_CLOCK_TIME),
    "past 24:00": (["09:00", "24:01"], ProblemCode.NOT_A_CLOCK_TIME),
    "a minute too many": (["09:60", "10:00"], ProblemCode.NOT_A_CLOCK_TIME),
    "a second too many": (["09:00:60", "10:00"], ProblemCode.NOT_A_CLOCK_TIME),
    "no time at all": (["nine", "five"], ProblemCode.NOT_A_CLOCK_TIME),
    "one edge": (["09:00"], ProblemCode.NOT_A_WINDOW),
    "three edges": (["09:00", "12:00", "13:00"], ProblemCode.NOT_A_WINDOW),
    "a number": (540, ProblemCode.NOT_A_WINDOW),
    "numbers, as an unquoted 9:00 becomes in YAML": ([540, 1050], ProblemCode.NOT_A_WINDOW),
}


@pytest.mark.parametrize(("written", "code"), BAD_WINDOWS.values(), ids=BAD_WINDOWS.keys())
def test_a_window_that_cannot_be_is_refused(written: object, code: ProblemCode) -> None:
    with pytest.raises(BadHours) as refused:
        parse_window(written)

    assert [problem.code for problem in refused.value.problems] == [code]


def test_every_mistake_in_a_week_is_told_at_once() -> None:
    with pytest.raises(BadHours) as refused:
        parse_hours(
            {
                "mon": [["09:00", "09:00"], ["x", "10:00"]],
                "mon-tue": [["09:00", "10:00"]],
                "tue": [["09:00", "10:00"]],
                "caturday": [],
            }
        )

    assert [str(problem) for problem in refused.value.problems] == [
        "mon: equal_edges: 09:00-09:00",
        "mon: not_a_clock_time: x",
        "tue: weekday_twice: tue",
        "unknown_weekday: caturday",
    ]


def test_ranges_of_dates_run_over_new_year() -> None:
    assert dates_between(date(2026, 12, 30), date(2027, 1, 2)) == {
        date(2026, 12, 30),
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2027, 1, 2),
    }
    assert dates_between(date(2026, 1, 2), date(2026, 1, 1)) == frozenset()
    assert yearly_between((12, 30), (1, 1)) == {(12, 30), (12, 31), (1, 1)}
    assert yearly_between((2, 28), (3, 1)) == {(2, 28), (2, 29), (3, 1)}
    assert yearly_between((5, 1), (5, 1)) == {(5, 1)}


def test_the_windows_of_a_day_are_read_in_order() -> None:
    assert parse_hours({"mon": ["13:00-18:00", "09:00-12:00"]})[0] == (
        Window.parse("09:00", "12:00"),
        Window.parse("13:00", "18:00"),
    )
