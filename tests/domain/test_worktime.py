"""Working time, case by case: the rows of the decision table that a calendar answers."""

from __future__ import annotations

import copy
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.timetable import first_moment
from bot.domain.worktime import (
    ALWAYS,
    Calendar,
    OutOfReach,
    Problem,
    ProblemCode,
    Window,
    always,
    dates_between,
    parse_hours,
)
from tests.domain.oracle_minutes import MinuteWalk, random_calendar, zones_with_a_change
from tests.domain.small_calendars import (
    EVERY_DAY,
    NIGHTS,
    NINE_TO_FIVE,
    NOTHING,
    WITH_LUNCH,
    hours,
    local,
    office,
    utc,
)

# One row of the decision table after the other.

DEADLINES = {
    # 2026-03-03 is a Tuesday, 2026-03-06 a Friday.
    "inside one window": ("2026-03-03 10:00", 2, "2026-03-03 12:00"),
    "starts before opening, begins at the opening": ("2026-03-03 06:12", 2, "2026-03-03 11:00"),
    "starts at the opening": ("2026-03-03 09:00", 2, "2026-03-03 11:00"),
    "starts after closing, begins next morning": ("2026-03-03 18:00", 2, "2026-03-04 11:00"),
    "starts at the closing, which is not open any more": ("2026-03-03 17:00", 2, "2026-03-04 11:00"),
    "starts on a weekend": ("2026-03-07 12:00", 1, "2026-03-09 10:00"),
    "ends exactly at closing: the closing": ("2026-03-03 15:00", 2, "2026-03-03 17:00"),
    "a second more: the next morning": ("2026-03-03 15:00", 2 + 1 / 3600, "2026-03-04 09:00:01"),
    "over a weekend": ("2026-03-06 16:00", 2, "2026-03-09 10:00"),
    "a whole working week": ("2026-03-02 09:00", 40, "2026-03-06 17:00"),
    "seconds are kept": ("2026-03-03 16:59:30", 1 / 60, "2026-03-04 09:00:30"),
    "no budget inside hours: at once": ("2026-03-03 10:00", 0, "2026-03-03 10:00"),
    "no budget outside hours: the next opening": ("2026-03-06 17:00", 0, "2026-03-09 09:00"),
    "no budget at the opening": ("2026-03-03 09:00", 0, "2026-03-03 09:00"),
}


@pytest.mark.parametrize(("start", "budget_h", "deadline"), DEADLINES.values(), ids=DEADLINES.keys())
def test_a_deadline_falls_where_the_table_says(start: str, budget_h: float, deadline: str) -> None:
    assert office().add(utc(start), hours(budget_h)) == utc(deadline)


ELAPSED = {
    "inside one window": ("2026-03-03 10:00", "2026-03-03 11:30", 1.5),
    "from before opening to after closing": ("2026-03-03 01:00", "2026-03-03 23:00", 8),
    "the closing does not count": ("2026-03-03 16:59", "2026-03-03 17:00", 1 / 60),
    "nothing outside hours": ("2026-03-03 17:00", "2026-03-04 09:00", 0),
    "nothing on a weekend": ("2026-03-06 17:00", "2026-03-09 09:00", 0),
    "over several days": ("2026-03-03 16:00", "2026-03-05 10:00", 10),
    "nothing at one moment": ("2026-03-03 10:00", "2026-03-03 10:00", 0),
    "nothing backwards": ("2026-03-03 12:00", "2026-03-03 10:00", 0),
}


@pytest.mark.parametrize(("start", "end", "elapsed_h"), ELAPSED.values(), ids=ELAPSED.keys())
def test_elapsed_time_is_what_the_table_says(start: str, end: str, elapsed_h: float) -> None:
    assert office().between(utc(start), utc(end)) == hours(elapsed_h)


def test_microseconds_are_neither_lost_nor_made() -> None:
    calendar = office()
    start = utc("2026-03-03 16:59:59.999999")

    assert calendar.add(start, timedelta(microseconds=1)) == utc("2026-03-03 17:00")
    assert calendar.add(start, timedelta(microseconds=2)) == utc("2026-03-04 09:00:00.000001")
    assert calendar.between(start, utc("2026-03-04 09:00:00.000001")) == timedelta(microseconds=2)


def test_a_window_is_open_at_its_opening_and_closed_at_its_closing() -> None:
    calendar = office()

    assert calendar.is_open(utc("2026-03-03 09:00"))
    assert calendar.is_open(utc("2026-03-03 16:59:59.999999"))
    assert not calendar.is_open(utc("2026-03-03 17:00"))
    assert not calendar.is_open(utc("2026-03-03 08:59:59.999999"))


def test_next_opening_and_closing() -> None:
    calendar = office()

    assert calendar.next_opening(utc("2026-03-03 09:00")) == utc("2026-03-03 09:00")
    assert calendar.next_opening(utc("2026-03-03 11:11")) == utc("2026-03-03 11:11")
    assert calendar.next_opening(utc("2026-03-03 17:00")) == utc("2026-03-04 09:00")
    assert calendar.next_closing(utc("2026-03-03 09:00")) == utc("2026-03-03 17:00")
    assert calendar.next_closing(utc("2026-03-03 17:00")) == utc("2026-03-04 17:00")
    assert calendar.next_closing(utc("2026-03-07 12:00")) == utc("2026-03-09 17:00")


def test_a_closing_more_than_366_days_away_is_none_whatever_was_asked_before() -> None:
    at = utc("2026-03-03 10:00")
    calendar = Calendar(
        id="x",
        zone="UTC",
        weekly=EVERY_DAY,
        breaks={
            date(2027, 3, 4): (Window.parse("10:00", "11:00"),),
            date(2027, 3, 5): (Window.parse("10:00", "11:00"),),
        },
    )

    first = calendar.next_closing(at)
    calendar.add(at, timedelta(days=3000))

    assert first == utc("2027-03-04 10:00")
    assert calendar.next_closing(at) == first
    assert calendar.next_closing(at - timedelta.resolution) is None


def test_touching_windows_are_one_stretch() -> None:
    calendar = office(weekly=parse_hours({"tue": [["09:00", "12:00"], ["12:00", "17:00"]]}))

    assert calendar.next_closing(utc("2026-03-03 10:00")) == utc("2026-03-03 17:00")
    assert calendar.add(utc("2026-03-03 09:00"), hours(3)) == utc("2026-03-03 12:00")
    assert calendar.problems() == []


def test_lunch_is_the_gap_between_two_windows() -> None:
    calendar = office(weekly=WITH_LUNCH)

    assert calendar.add(utc("2026-03-03 11:00"), hours(1)) == utc("2026-03-03 12:00")
    assert calendar.add(utc("2026-03-03 11:00"), hours(2)) == utc("2026-03-03 14:30")
    assert calendar.between(utc("2026-03-03 11:30"), utc("2026-03-03 13:45")) == timedelta(minutes=45)


def test_a_day_that_closes_at_24_goes_over_into_the_next() -> None:
    calendar = office(weekly=parse_hours({"tue": [["20:00", "24:00"]], "wed": [["00:00", "02:00"]]}))

    assert calendar.between(utc("2026-03-03 00:00"), utc("2026-03-05 00:00")) == hours(6)
    assert calendar.next_closing(utc("2026-03-03 21:00")) == utc("2026-03-04 02:00")


def test_an_overnight_window_belongs_to_the_date_it_starts_on() -> None:
    calendar = office(weekly=NIGHTS)

    saturday = [span.day for span in calendar.spans(utc("2026-03-07 00:00"), utc("2026-03-08 00:00"))]

    assert saturday == [date(2026, 3, 6)]
    assert calendar.is_open(utc("2026-03-07 05:59"))
    assert not calendar.is_open(utc("2026-03-09 05:00"))
    assert calendar.add(utc("2026-03-06 23:00"), hours(8)) == utc("2026-03-09 23:00")


def test_a_holiday_takes_its_overnight_window_with_the_tail_but_not_that_of_the_day_before() -> None:
    calendar = Calendar(id="nights", zone="UTC", weekly=NIGHTS, closed=frozenset({date(2026, 3, 4)}))

    assert calendar.is_open(utc("2026-03-04 05:00"))
    assert not calendar.is_open(utc("2026-03-04 23:00"))
    assert not calendar.is_open(utc("2026-03-05 05:00"))
    assert calendar.is_open(utc("2026-03-05 22:00"))


def test_always_is_open_round_the_clock() -> None:
    start = utc("2026-12-24 17:55:03")

    assert ALWAYS.add(start, timedelta(days=400)) == start + timedelta(days=400)
    assert ALWAYS.between(start, start + timedelta(days=4000)) == timedelta(days=4000)
    assert ALWAYS.next_closing(start) is None
    assert ALWAYS.problems() == []
    assert always("Asia/Shanghai").add_working_days(
        local("Asia/Shanghai", "2026-02-14 10:00"), 2, end_of_day=True
    ) == local("Asia/Shanghai", "2026-02-17 00:00")


# Holidays, special dates, breaks.


def test_a_holiday_is_a_whole_day_of_the_calendars_own_zone() -> None:
    zone = "Pacific/Auckland"
    calendar = Calendar(id="nz", zone=zone, weekly=EVERY_DAY, closed=frozenset({date(2026, 4, 25)}))

    assert calendar.next_closing(local(zone, "2026-04-24 12:00")) == local(zone, "2026-04-25 00:00")
    assert calendar.next_opening(local(zone, "2026-04-25 12:00")) == local(zone, "2026-04-26 00:00")


def test_a_yearly_holiday_comes_every_year() -> None:
    calendar = Calendar(id="x", zone="UTC", weekly=NINE_TO_FIVE, closed_yearly=frozenset({(12, 25), (2, 29)}))

    assert not calendar.is_working_day(date(2026, 12, 25))
    assert not calendar.is_working_day(date(2028, 12, 25))
    assert not calendar.is_working_day(date(2028, 2, 29))
    assert calendar.is_working_day(date(2027, 3, 1))


def test_a_make_up_day_opens_a_weekend_with_its_own_windows() -> None:
    zone = "Asia/Shanghai"
    calendar = Calendar(
        id="cn", zone=zone, weekly=WITH_LUNCH, special={date(2026, 2, 14): (Window.parse("10:00", "15:00"),)}
    )

    assert calendar.is_working_day(date(2026, 2, 14))
    assert not calendar.is_working_day(date(2026, 2, 15))
    assert calendar.add(local(zone, "2026-02-13 17:00"), hours(2)) == local(zone, "2026-02-14 11:00")


def test_an_override_on_a_holiday_is_a_mistake_and_keeps_the_day_closed() -> None:
    day = date(2026, 2, 16)
    calendar = Calendar(
        id="cn",
        zone="Asia/Shanghai",
        weekly=WITH_LUNCH,
        closed=frozenset({day}),
        special={day: (Window.parse("10:00", "15:00"),)},
    )

    assert calendar.problems() == [Problem(ProblemCode.OVERRIDE_ON_HOLIDAY, "special 2026-02-16", "closed 2026-02-16")]
    assert not calendar.is_working_day(day)


def test_an_override_on_a_holiday_declared_as_a_shift_opens_the_day() -> None:
    day = date(2026, 10, 1)
    calendar = Calendar(
        id="cn",
        zone="Asia/Shanghai",
        weekly=WITH_LUNCH,
        closed_yearly=frozenset({(10, 1)}),
        special={day: (Window.parse("10:00", "15:00"),)},
        shifts=frozenset({day}),
    )

    assert calendar.problems() == []
    assert calendar.row_of(day) == ("special 2026-10-01", (Window.parse("10:00", "15:00"),))
    assert calendar.is_working_day(day)
    assert not calendar.is_working_day(date(2027, 10, 1))


def test_a_special_date_without_windows_is_closed() -> None:
    calendar = Calendar(id="x", zone="UTC", weekly=NINE_TO_FIVE, special={date(2026, 3, 3): ()})

    assert calendar.next_opening(utc("2026-03-03 10:00")) == utc("2026-03-04 09:00")
    assert calendar.row_of(date(2026, 3, 3)) == ("special 2026-03-03", ())


def test_a_break_is_cut_out_of_its_day_only() -> None:
    calendar = Calendar(
        id="x",
        zone="UTC",
        weekly=NINE_TO_FIVE,
        breaks={date(2026, 3, 3): (Window.parse("12:00", "13:00"), Window.parse("08:00", "09:30"))},
    )

    opened = [(span.opens, span.closes) for span in calendar.spans(utc("2026-03-03 00:00"), utc("2026-03-05 00:00"))]

    assert opened == [
        (utc("2026-03-03 09:30"), utc("2026-03-03 12:00")),
        (utc("2026-03-03 13:00"), utc("2026-03-03 17:00")),
        (utc("2026-03-04 09:00"), utc("2026-03-04 17:00")),
    ]


BREAKS = {
    "overlapping breaks count once": ([("10:00", "12:00"), ("11:00", "13:00")], 5),
    "a break inside another": ([("10:00", "14:00"), ("11:00", "12:00")], 4),
    "a break over the closing": ([("16:00", "20:00")], 7),
    "a break outside hours": ([("18:00", "20:00")], 8),
    "a break that touches the opening": ([("08:00", "09:00")], 8),
    "a break that takes the whole day": ([("09:00", "17:00")], 0),
    "a break over midnight": ([("16:30", "10:00")], 7.5),
}


@pytest.mark.parametrize(("written", "left_h"), BREAKS.values(), ids=BREAKS.keys())
def test_breaks_take_away_what_they_cover(written: list[tuple[str, str]], left_h: float) -> None:
    day = date(2026, 3, 3)
    breaks = {day: tuple(Window.parse(*edges) for edges in written)}
    calendar = Calendar(id="x", zone="UTC", weekly=NINE_TO_FIVE, breaks=breaks)

    assert calendar.between(utc("2026-03-03 00:00"), utc("2026-03-04 00:00")) == hours(left_h)
    assert calendar.is_working_day(day) == (left_h > 0)


def test_a_break_after_midnight_cuts_the_night_that_began_the_day_before() -> None:
    calendar = Calendar(id="x", zone="UTC", weekly=NIGHTS, breaks={date(2026, 3, 4): (Window.parse("02:00", "03:00"),)})

    assert calendar.between(utc("2026-03-03 22:00"), utc("2026-03-04 06:00")) == hours(7)
    assert calendar.between(utc("2026-03-04 22:00"), utc("2026-03-05 06:00")) == hours(8)


def test_a_break_over_midnight_cuts_the_next_morning() -> None:
    calendar = Calendar(
        id="x",
        zone="UTC",
        weekly=parse_hours({"mon-fri": [["00:30", "08:30"]]}),
        breaks={date(2026, 3, 3): (Window.parse("23:00", "01:00"),)},
    )

    assert calendar.next_opening(utc("2026-03-04 00:00")) == utc("2026-03-04 01:00")


# Clocks that are changed.


CLOCK_CHANGES = {
    # zone, windows of every day, from, to (local), open hours between
    "a day of 23 hours": ("Europe/Berlin", ("00:00", "24:00"), "2026-03-29 00:00", "2026-03-30 00:00", 23),
    "a day of 25 hours": ("Europe/Berlin", ("00:00", "24:00"), "2026-10-25 00:00", "2026-10-26 00:00", 25),
    "a short night": ("Europe/Berlin", ("22:00", "06:00"), "2026-03-28 12:00", "2026-03-29 12:00", 7),
    "a long night": ("Europe/Berlin", ("22:00", "06:00"), "2026-10-24 12:00", "2026-10-25 12:00", 9),
    "office hours do not notice": (
        "America/New_York",
        ("09:00", "17:00"),
        "2026-03-08 00:00",
        "2026-03-09 00:00",
        8,
    ),
    "opens in the gap: at the change": (
        "Europe/Berlin",
        ("02:30", "05:00"),
        "2026-03-29 00:00",
        "2026-03-30 00:00",
        2,
    ),
    "closes in the gap: at the change": (
        "Europe/Berlin",
        ("00:30", "02:30"),
        "2026-03-29 00:00",
        "2026-03-30 00:00",
        1.5,
    ),
    "wholly inside the gap: not at all": (
        "Europe/Berlin",
        ("02:10", "02:50"),
        "2026-03-29 00:00",
        "2026-03-30 00:00",
        0,
    ),
    "over the hour that comes twice": (
        "Europe/Berlin",
        ("01:00", "04:00"),
        "2026-10-25 00:00",
        "2026-10-26 00:00",
        4,
    ),
    "opens in the hour that comes twice: the first time": (
        "Europe/Berlin",
        ("02:30", "05:00"),
        "2026-10-25 00:00",
        "2026-10-26 00:00",
        3.5,
    ),
    "closes in the hour that comes twice: the first time": (
        "Europe/Berlin",
        ("00:30", "02:30"),
        "2026-10-25 00:00",
        "2026-10-26 00:00",
        2,
    ),
    "half an hour on Lord Howe": (
        "Australia/Lord_Howe",
        ("00:00", "24:00"),
        "2026-04-05 00:00",
        "2026-04-06 00:00",
        24.5,
    ),
    "two hours at Troll": (
        "Antarctica/Troll",
        ("00:00", "24:00"),
        "2026-03-29 00:00",
        "2026-03-30 00:00",
        22,
    ),
    "a change at midnight in Beirut": (
        "Asia/Beirut",
        ("00:00", "24:00"),
        "2026-03-28 00:00",
        "2026-03-29 12:00",
        35,
    ),
    "midnight twice in Havana": (
        "America/Havana",
        ("00:00", "24:00"),
        "2026-11-01 00:00",
        "2026-11-02 00:00",
        25,
    ),
    "odd offsets in Kathmandu": (
        "Asia/Kathmandu",
        ("09:15", "17:00"),
        "2026-03-08 00:00",
        "2026-03-09 00:00",
        7.75,
    ),
    "summer time in Shanghai, long ago": (
        "Asia/Shanghai",
        ("00:00", "24:00"),
        "1986-05-04 00:00",
        "1986-05-05 00:00",
        22 + 1,
    ),
    "a day that Samoa left out": (
        "Pacific/Apia",
        ("09:00", "17:00"),
        "2011-12-29 00:00",
        "2012-01-01 00:00",
        16,
    ),
    "a day that Kwajalein left out": (
        "Pacific/Kwajalein",
        ("00:00", "24:00"),
        "1993-08-20 00:00",
        "1993-08-23 00:00",
        48,
    ),
    "offsets of seconds in Monrovia": (
        "Africa/Monrovia",
        ("00:00", "24:00"),
        "1972-01-06 00:00",
        "1972-01-08 00:00",
        48 - (44 * 60 + 30) / 3600,
    ),
}


@pytest.mark.parametrize(("zone", "window", "start", "end", "open_h"), CLOCK_CHANGES.values(), ids=CLOCK_CHANGES.keys())
def test_a_changed_clock_neither_makes_nor_loses_time(
    zone: str, window: tuple[str, str], start: str, end: str, open_h: float
) -> None:
    calendar = office(zone, parse_hours({"mon-sun": [list(window)]}))

    assert calendar.between(local(zone, start), local(zone, end)) == hours(open_h)


def test_a_window_that_opens_in_the_gap_opens_at_the_first_moment_after_it() -> None:
    calendar = office("America/New_York", parse_hours({"sun": [["02:30", "05:00"]]}))

    assert calendar.next_opening(utc("2026-03-08 00:00")) == utc("2026-03-08 07:00")


def test_a_deadline_counts_real_hours_over_the_change() -> None:
    zone = "Europe/Berlin"
    calendar = office(zone, EVERY_DAY)

    assert calendar.add(local(zone, "2026-03-28 12:00"), hours(24)) == local(zone, "2026-03-29 13:00")
    assert calendar.add(local(zone, "2026-10-24 12:00"), hours(24)) == local(zone, "2026-10-25 11:00")


def test_a_day_that_does_not_exist_is_no_working_day() -> None:
    calendar = office("Pacific/Apia", parse_hours({"mon-sun": [["09:00", "17:00"]]}))

    assert not calendar.is_working_day(date(2011, 12, 30))
    assert calendar.add_working_days(local("Pacific/Apia", "2011-12-29 10:00"), 1, end_of_day=True) == local(
        "Pacific/Apia", "2011-12-31 17:00"
    )


FIRST_MOMENTS = {
    "an ordinary time": ("Europe/Berlin", "2026-07-01 12:00", "2026-07-01 10:00"),
    "a skipped time: the change": ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:00"),
    "the first skipped time: the change": ("Europe/Berlin", "2026-03-29 02:00", "2026-03-29 01:00"),
    "the end of the gap": ("Europe/Berlin", "2026-03-29 03:00", "2026-03-29 01:00"),
    "a time that comes twice: the first": ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30"),
    "a skipped date: the change": ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 10:00"),
    "an offset of seconds": ("Africa/Monrovia", "1971-06-01 00:00", "1971-06-01 00:44:30"),
    "before there were zones": ("Europe/Paris", "1850-01-01 00:00", "1849-12-31 23:50:39"),
}


@pytest.mark.parametrize(("zone", "wall", "moment"), FIRST_MOMENTS.values(), ids=FIRST_MOMENTS.keys())
def test_the_first_moment_a_clock_shows_a_time_or_later(zone: str, wall: str, moment: str) -> None:
    assert first_moment(datetime.fromisoformat(wall), ZoneInfo(zone)) == utc(moment)


# Working days.

WORKING_DAYS = {
    # "The second working day" is the second one after the day of the report; it lasts to its closing.
    "the second working day": ("2026-03-03 10:00", 2, True, "2026-03-05 17:00"),
    "the second working day over a weekend": ("2026-03-05 10:00", 2, True, "2026-03-09 17:00"),
    "reported after closing: still that day's report": ("2026-03-05 20:00", 1, True, "2026-03-06 17:00"),
    "reported on Saturday: Monday is the first": ("2026-03-07 10:00", 1, True, "2026-03-09 17:00"),
    "no day at all: the end of today": ("2026-03-03 10:00", 0, True, "2026-03-03 17:00"),
    "no day at all after closing: the end of tomorrow": ("2026-03-03 17:00", 0, True, "2026-03-04 17:00"),
    "no day at all before opening": ("2026-03-03 07:00", 0, True, "2026-03-03 17:00"),
    "no day at all on Sunday": ("2026-03-08 07:00", 0, True, "2026-03-09 17:00"),
    "the same time of the next day": ("2026-03-03 10:00", 1, False, "2026-03-04 10:00"),
    "the same time over a weekend": ("2026-03-06 16:30", 1, False, "2026-03-09 16:30"),
    "outside hours: from the next opening": ("2026-03-06 20:00", 1, False, "2026-03-10 09:00"),
    "no day, any time: the next opening": ("2026-03-06 20:00", 0, False, "2026-03-09 09:00"),
    "a long way": ("2026-03-03 10:00", 250, False, "2027-02-16 10:00"),
}


@pytest.mark.parametrize(("start", "days", "end_of_day", "due"), WORKING_DAYS.values(), ids=WORKING_DAYS.keys())
def test_working_days_are_counted_as_the_table_says(start: str, days: int, end_of_day: bool, due: str) -> None:
    assert office().add_working_days(utc(start), days, end_of_day=end_of_day) == utc(due)


def test_working_days_step_over_holidays_and_onto_make_up_days() -> None:
    zone = "Asia/Shanghai"
    calendar = Calendar(
        id="cn",
        zone=zone,
        weekly=WITH_LUNCH,
        closed=dates_between(date(2026, 2, 15), date(2026, 2, 23)),
        special={date(2026, 2, 14): (Window.parse("10:00", "16:00"),)},
    )
    friday = local(zone, "2026-02-13 10:00")

    assert calendar.add_working_days(friday, 1, end_of_day=True) == local(zone, "2026-02-14 16:00")
    assert calendar.add_working_days(friday, 2, end_of_day=True) == local(zone, "2026-02-24 18:00")


def test_the_same_time_of_a_day_with_other_hours_is_moved_into_them() -> None:
    calendar = Calendar(
        id="x",
        zone="UTC",
        weekly=NINE_TO_FIVE,
        special={date(2026, 3, 4): (Window.parse("10:00", "12:00"), Window.parse("13:00", "15:00"))},
    )

    def next_day(clock: str) -> datetime:
        return calendar.add_working_days(utc(f"2026-03-03 {clock}"), 1, end_of_day=False)

    assert next_day("09:30") == utc("2026-03-04 10:00")
    assert next_day("11:30") == utc("2026-03-04 11:30")
    assert next_day("12:00") == utc("2026-03-04 12:00")
    assert next_day("12:30") == utc("2026-03-04 13:00")
    assert next_day("16:30") == utc("2026-03-04 15:00")


def test_a_night_counts_as_the_working_day_it_began_on() -> None:
    calendar = office(weekly=NIGHTS)
    two_in_the_morning = utc("2026-03-04 02:00")

    assert calendar.add_working_days(two_in_the_morning, 1, end_of_day=True) == utc("2026-03-05 06:00")
    assert calendar.add_working_days(two_in_the_morning, 1, end_of_day=False) == utc("2026-03-05 02:00")


def test_midnight_belongs_to_the_day_it_begins_where_hours_never_end() -> None:
    midnight = utc("2026-03-04 00:00")

    assert ALWAYS.add_working_days(midnight, 1, end_of_day=True) == utc("2026-03-06 00:00")
    assert ALWAYS.add_working_days(midnight, 1, end_of_day=False) == utc("2026-03-05 00:00")
    assert ALWAYS.add_working_days(midnight - timedelta.resolution, 1, end_of_day=True) == utc("2026-03-05 00:00")


def test_working_days_are_not_negative() -> None:
    with pytest.raises(ValueError, match="not negative"):
        office().add_working_days(utc("2026-03-03 10:00"), -1, end_of_day=True)


# What the calendar can be asked about itself.


def test_spans_name_the_date_and_the_row_and_add_up_to_the_time_between() -> None:
    zone = "Asia/Shanghai"
    lunch_cut = {date(2026, 2, 13): (Window.parse("14:00", "15:00"),)}
    calendar = Calendar(
        id="cn",
        zone=zone,
        weekly=parse_hours({"mon-fri": [["09:00", "18:00"]]}),
        closed=frozenset({date(2026, 2, 12)}),
        special={date(2026, 2, 14): (Window.parse("10:00", "16:00"),)},
        breaks=lunch_cut,
    )
    start, end = local(zone, "2026-02-11 17:30"), local(zone, "2026-02-14 12:00")

    spans = list(calendar.spans(start, end))

    assert [(span.opens, span.closes, span.day.day, span.row) for span in spans] == [
        (start, local(zone, "2026-02-11 18:00"), 11, "weekly wed"),
        (local(zone, "2026-02-13 09:00"), local(zone, "2026-02-13 14:00"), 13, "weekly fri"),
        (local(zone, "2026-02-13 15:00"), local(zone, "2026-02-13 18:00"), 13, "weekly fri"),
        (local(zone, "2026-02-14 10:00"), end, 14, "special 2026-02-14"),
    ]
    assert spans[-1].window == Window.parse("10:00", "16:00")
    assert sum((span.length for span in spans), NOTHING) == calendar.between(start, end) == hours(10.5)
    assert list(calendar.spans(end, start)) == []


def test_the_row_of_a_day_says_which_line_decides() -> None:
    calendar = Calendar(
        id="x",
        zone="UTC",
        weekly=NINE_TO_FIVE,
        closed=frozenset({date(2026, 12, 28)}),
        closed_yearly=frozenset({(12, 25)}),
    )

    assert calendar.row_of(date(2026, 12, 24)) == ("weekly thu", (Window.parse("09:00", "17:00"),))
    assert calendar.row_of(date(2026, 12, 25)) == ("closed yearly 12-25", ())
    assert calendar.row_of(date(2026, 12, 27)) == ("weekly sun", ())
    assert calendar.row_of(date(2026, 12, 28)) == ("closed 2026-12-28", ())


def test_a_deadline_in_a_year_whose_holidays_are_not_known_is_provisional() -> None:
    zone = "Asia/Shanghai"
    calendar = Calendar(id="cn", zone=zone, weekly=NINE_TO_FIVE, years_known=frozenset({2025, 2026}))

    assert not calendar.is_provisional(local(zone, "2026-12-31 17:00"))
    assert not calendar.is_provisional(local(zone, "2027-01-01 00:00"))
    assert calendar.is_provisional(local(zone, "2027-01-01 00:00:01"))
    assert calendar.is_provisional(local(zone, "2024-06-01 12:00"))
    assert not office().is_provisional(local(zone, "2040-06-01 12:00"))


def test_a_deadline_that_leads_through_an_unknown_year_is_provisional() -> None:
    calendar = Calendar(id="x", zone="UTC", weekly=NINE_TO_FIVE, years_known=frozenset({2025, 2027}))

    assert calendar.is_provisional(utc("2027-02-01 10:00"), since=utc("2025-12-01 10:00"))
    assert not calendar.is_provisional(utc("2027-02-01 10:00"), since=utc("2027-01-02 10:00"))
    assert not calendar.is_provisional(utc("2025-02-01 10:00"), since=utc("2025-02-01 10:00"))


def test_a_version_decides_only_about_the_days_from_its_date_on() -> None:
    older = office()
    newer = office(weekly=parse_hours({"mon-fri": [["10:00", "12:00"]]}))

    calendar = older.amended(newer, date(2026, 3, 4))

    assert calendar.add(utc("2026-03-03 16:00"), hours(2)) == utc("2026-03-04 11:00")
    assert calendar.between(utc("2026-03-02 00:00"), utc("2026-03-07 00:00")) == hours(16 + 6)
    assert calendar.problems() == []


def test_a_version_leaves_the_breaks_of_earlier_days_alone() -> None:
    day = date(2026, 3, 3)
    older = Calendar(id="x", zone="UTC", weekly=NINE_TO_FIVE, breaks={day: (Window.parse("12:00", "13:00"),)})

    calendar = older.amended(office(), date(2026, 3, 4))

    assert calendar.between(utc("2026-03-03 00:00"), utc("2026-03-04 00:00")) == hours(7)


def test_overlapping_windows_count_once_where_nobody_asked_for_the_problems() -> None:
    calendar = office(weekly=parse_hours({"mon-sun": [["09:00", "12:00"], ["10:00", "11:00"], ["11:30", "14:00"]]}))

    assert calendar.between(utc("2026-03-03 00:00"), utc("2026-03-04 00:00")) == hours(5)


def test_a_calendar_that_never_opens_says_so_instead_of_searching_for_ever() -> None:
    calendar = office(weekly=((),) * 7)

    with pytest.raises(OutOfReach):
        calendar.add(utc("2026-03-03 10:00"), hours(1))
    with pytest.raises(OutOfReach):
        calendar.next_opening(utc("2026-03-03 10:00"))
    with pytest.raises(OutOfReach):
        calendar.add_working_days(utc("2026-03-03 10:00"), 1, end_of_day=True)
    assert calendar.next_closing(utc("2026-03-03 10:00")) is None
    assert calendar.between(utc("2026-03-03 10:00"), utc("2027-03-03 10:00")) == NOTHING


def test_a_budget_of_more_than_a_hundred_years_is_out_of_reach() -> None:
    with pytest.raises(OutOfReach):
        office().add(utc("2026-03-03 10:00"), timedelta.max)
    with pytest.raises(OutOfReach):
        office().add(utc("9999-12-31 10:00"), hours(1))
    with pytest.raises(OutOfReach):
        office().between(utc("0001-01-01 00:00"), utc("0001-01-02 00:00"))


def test_a_negative_budget_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        office().add(utc("2026-03-03 10:00"), -hours(1))


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = utc("2026-03-03 10:00").replace(tzinfo=None)

    for ask in (
        lambda: office().add(naive, hours(1)),
        lambda: office().between(naive, utc("2026-03-03 11:00")),
        lambda: office().between(utc("2026-03-03 11:00"), naive),
        lambda: office().is_open(naive),
    ):
        with pytest.raises(ValueError, match="has no zone"):
            ask()


def test_a_week_of_six_days_is_refused() -> None:
    with pytest.raises(ValueError, match="seven days"):
        Calendar(id="x", zone="UTC", weekly=NINE_TO_FIVE[:6])


def test_a_moment_is_no_date_of_a_calendar() -> None:
    with pytest.raises(ValueError, match="not a moment"):
        Calendar(id="x", zone="UTC", weekly=NINE_TO_FIVE, closed=frozenset({utc("2026-03-03 00:00")}))


def test_a_version_needs_both_its_date_and_what_it_replaced() -> None:
    with pytest.raises(ValueError, match="version"):
        Calendar(id="x", zone="UTC", weekly=NINE_TO_FIVE, valid_from=date(2026, 1, 1))


# A calendar is a value, and its memory does not show.


def test_calendars_with_the_same_rows_are_equal_and_hash_alike_however_much_they_were_asked() -> None:
    one = Calendar(id="x", zone="UTC", weekly=NINE_TO_FIVE, special={date(2026, 3, 7): NINE_TO_FIVE[0]})
    other = Calendar(id="x", zone="UTC", weekly=NINE_TO_FIVE, special={date(2026, 3, 7): NINE_TO_FIVE[0]})

    one.add(utc("2026-03-03 10:00"), hours(1000))

    assert one == other
    assert hash(one) == hash(other)
    assert one != office()
    assert copy.deepcopy(one) == one
    assert copy.deepcopy(one).add(utc("2026-03-06 16:00"), hours(2)) == utc("2026-03-07 10:00")


def test_the_order_in_which_rows_are_written_does_not_matter() -> None:
    early, late = Window.parse("09:00", "10:00"), Window.parse("15:00", "16:00")
    sunday, saturday = date(2026, 3, 8), date(2026, 3, 7)

    one = Calendar(id="x", zone="UTC", weekly=((late, early),) * 7, special={sunday: (late, early), saturday: (early,)})
    other = Calendar(
        id="x", zone="UTC", weekly=((early, late),) * 7, special={saturday: (early,), sunday: (early, late)}
    )

    assert one == other
    assert hash(one) == hash(other)
    assert one.problems() == []
    for calendar in (one, other):
        assert calendar.between(utc("2026-03-07 00:00"), utc("2026-03-10 00:00")) == hours(5)


def test_moments_far_before_and_far_after_can_be_asked_in_any_order() -> None:
    calendar = office("Europe/Berlin")
    moments = [utc(f"{year}-06-02 10:00") for year in (2026, 1999, 2031, 1900, 2026, 2150, 1970, 2025)]

    for moment in moments:
        assert calendar.add(moment, hours(100)) == office("Europe/Berlin").add(moment, hours(100))
        assert calendar.between(moment, calendar.add(moment, hours(100))) == hours(100)


def test_moments_in_another_zone_are_the_same_moments() -> None:
    tokyo = utc("2026-03-03 10:00").astimezone(ZoneInfo("Asia/Tokyo"))

    due = office().add(tokyo, hours(2))

    assert due == utc("2026-03-03 12:00")
    assert due.tzinfo is UTC
    assert office().between(tokyo, due.astimezone(ZoneInfo("Asia/Tokyo"))) == hours(2)


def test_threads_that_ask_one_calendar_at_once_get_what_each_would_get_alone() -> None:
    calendar = office("Europe/Berlin")
    starts = [utc("2026-03-03 10:00") + timedelta(days=37 * step) for step in range(-60, 60)]
    random.Random(5).shuffle(starts)

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda start: calendar.add(start, hours(99)), starts))

    assert together == [office("Europe/Berlin").add(start, hours(99)) for start in starts]


# Against the slow walk, over every zone whose clocks are changed.


def test_every_zone_with_a_change_agrees_with_the_minute_walk() -> None:
    changes = {
        tuple(found): (zone, found) for zone, found in zones_with_a_change(date(2026, 1, 1), date(2028, 1, 1)).items()
    }

    for zone, found in changes.values():
        rng = random.Random(zone)
        compare_with_the_walk(rng, zone, rng.choice(found), questions=40)


@pytest.mark.long
def test_every_zone_and_every_change_agrees_with_the_minute_walk_many_times() -> None:
    for zone, found in zones_with_a_change(date(2026, 1, 1), date(2028, 1, 1)).items():
        for change in found:
            rng = random.Random(f"{zone} {change}")
            for _ in range(3):
                compare_with_the_walk(rng, zone, change, questions=100)


def compare_with_the_walk(rng: random.Random, zone: str, change: datetime, *, questions: int) -> None:
    calendar = random_calendar(rng, zone, change.date())
    walk = MinuteWalk(calendar, change - timedelta(days=3), change + timedelta(days=3))
    for _ in range(questions):
        start = change + timedelta(seconds=rng.randint(-172_800, 172_800))
        start = start.replace(second=0) if rng.randint(0, 1) else start
        end = start + timedelta(seconds=rng.randint(-3_600, 86_400))
        budget = timedelta(seconds=rng.choice([rng.randint(1, 43_200), 60 * rng.randint(1, 720)]))
        asked = (calendar, start, end, budget)
        assert walk.between(start, end) == calendar.between(start, end), asked
        assert walk.is_open(start) == calendar.is_open(start), asked
        assert walk.add(start, budget) in (None, calendar.add(start, budget)), asked
        assert walk.next_opening(start) in (None, calendar.next_opening(start)), asked
        assert walk.next_closing(start) in (None, calendar.next_closing(start)), asked
