"""What the users of other desks reported, each by its thread: none of it happens here."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import pairwise

import pytest

from bot.domain.worktime import (
    Calendar,
    OutOfReach,
    Problem,
    ProblemCode,
    Window,
    add_with_pauses,
    between_without,
    dates_between,
    parse_hours,
    yearly_between,
)
from tests.domain.small_calendars import (
    EVERY_DAY,
    NINE_TO_FIVE,
    WITH_LUNCH,
    hours,
    local,
    office,
    pauses_of,
    utc,
)


def test_oncall_3261_hours_do_not_move_when_the_clocks_change() -> None:
    zone = "America/New_York"
    calendar = office(zone)

    for day in ("2026-03-06", "2026-03-09", "2026-10-30", "2026-11-02"):
        assert calendar.next_opening(local(zone, f"{day} 03:30")) == local(zone, f"{day} 09:00")


def test_rt_holiday_blocks_of_24_hours_a_holiday_covers_its_23_or_25_hours() -> None:
    zone = "Europe/Berlin"
    for day, length_h in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        calendar = Calendar(id="x", zone=zone, weekly=EVERY_DAY, closed=frozenset({day}))
        noon_before = local(zone, f"{day - timedelta(days=1)} 12:00")

        shut = calendar.next_closing(noon_before)

        assert shut == local(zone, f"{day} 00:00")
        assert calendar.next_opening(shut) - shut == hours(length_h)


def test_glpi_86400_second_days_working_days_keep_their_clock_time() -> None:
    zone = "Europe/Paris"
    calendar = office(zone)

    due = calendar.add_working_days(local(zone, "2026-03-27 10:00"), 1, end_of_day=False)

    assert due == local(zone, "2026-03-30 10:00")


def test_glpi_holidays_over_new_year_are_one_closed_stretch() -> None:
    calendar = Calendar(
        id="x",
        zone="UTC",
        weekly=NINE_TO_FIVE,
        closed=dates_between(date(2026, 12, 24), date(2027, 1, 3)),
    )
    yearly = Calendar(id="y", zone="UTC", weekly=NINE_TO_FIVE, closed_yearly=yearly_between((12, 24), (1, 3)))

    for one in (calendar, yearly):
        assert one.add(utc("2026-12-23 16:00"), hours(2)) == utc("2027-01-04 10:00")


def test_apscheduler_115_116_120_an_hour_is_an_hour_over_both_changes() -> None:
    zone = "Europe/Berlin"
    calendar = office(zone, EVERY_DAY)

    spring, autumn = local(zone, "2026-03-29 01:30"), local(zone, "2026-10-25 02:30")

    assert calendar.add(spring, hours(1)) == local(zone, "2026-03-29 03:30")
    assert calendar.add(autumn, hours(1)) == local(zone, "2026-10-25 02:30", second_time=True)


def test_use_agent_os_2472_each_date_opens_exactly_once_over_a_change() -> None:
    zone = "Europe/Berlin"
    calendar = office(zone, parse_hours({"mon-sun": [["02:15", "17:00"]]}))

    days = [span.day for span in calendar.spans(local(zone, "2026-03-01 00:00"), local(zone, "2026-12-01 00:00"))]

    assert len(days) == 275
    assert all(after - before == timedelta(days=1) for before, after in pairwise(days))


def test_servicenow_schedule_without_zone_is_refused() -> None:
    assert office("").problems() == [Problem(ProblemCode.UNKNOWN_ZONE, "zone", "")]


def test_dbt_zendesk_25_hours_are_those_of_the_calendars_zone() -> None:
    berlin, tokyo = office("Europe/Berlin"), office("Asia/Tokyo")
    start = utc("2026-03-03 08:30")

    assert berlin.add(start, hours(1)) == utc("2026-03-03 09:30")
    assert tokyo.add(start, hours(1)) == utc("2026-03-04 01:00")


def test_itop_and_rt_the_zone_of_the_process_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = []
    try:
        for zone in ("America/Los_Angeles", "Asia/Tokyo"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            answers.append(office("Europe/Berlin").add(utc("2026-03-27 15:00"), hours(8)))
    finally:
        monkeypatch.undo()
        time.tzset()

    assert answers == [utc("2026-03-30 14:00")] * 2


def test_rt_two_zones_in_two_threads_do_not_disturb_each_other() -> None:
    openings = {
        "Europe/Berlin": utc("2026-03-05 08:00"),
        "Asia/Tokyo": utc("2026-03-05 00:00"),
        "America/New_York": utc("2026-03-04 18:30"),
    }
    zones = [*openings] * 20

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda zone: office(zone).next_opening(utc("2026-03-04 18:30")), zones))

    assert found == [openings[zone] for zone in zones]


def test_zammad_1396_an_empty_calendar_is_refused() -> None:
    assert office(weekly=((),) * 7).problems() == [Problem(ProblemCode.EMPTY)]


def test_frappe_a_calendar_full_of_holidays_ends_instead_of_hanging() -> None:
    calendar = Calendar(id="x", zone="UTC", weekly=NINE_TO_FIVE, closed_yearly=yearly_between((1, 1), (12, 31)))

    assert [problem.code for problem in calendar.problems()] == [ProblemCode.NEVER_OPENS]
    with pytest.raises(OutOfReach):
        calendar.add(utc("2026-03-03 10:00"), hours(1))


def test_frappe_2212_and_osticket_6847_a_lunch_break_does_not_count() -> None:
    calendar = office(weekly=WITH_LUNCH)

    assert calendar.between(utc("2026-03-03 09:00"), utc("2026-03-03 18:00")) == hours(7.5)


def test_glpi_10594_a_pause_over_a_weekend_costs_its_open_hours_only_once() -> None:
    pauses = pauses_of(("2026-03-06 16:00", "2026-03-09 10:00"))

    due = add_with_pauses(office(), utc("2026-03-06 15:00"), hours(4), pauses)

    assert due == utc("2026-03-09 13:00")


def test_erpnext_47029_a_hold_is_counted_in_working_time_not_on_the_wall() -> None:
    pauses = pauses_of(("2026-03-03 16:30", "2026-03-04 09:30"))

    due = add_with_pauses(office(), utc("2026-03-03 16:00"), hours(1), pauses)

    assert due == utc("2026-03-04 10:00")


def test_zammad_two_pauses_within_one_minute_keep_their_seconds() -> None:
    pauses = pauses_of(("2026-03-03 10:00:05", "2026-03-03 10:00:15"), ("2026-03-03 10:00:30", "2026-03-03 10:00:50"))

    due = add_with_pauses(office(), utc("2026-03-03 10:00"), hours(1), pauses)

    assert due == utc("2026-03-03 11:00:30")


def test_osticket_3034_a_pause_is_a_pause() -> None:
    start, pauses = utc("2026-03-03 10:00"), pauses_of(("2026-03-03 10:30", "2026-03-03 12:30"))

    assert between_without(office(), start, utc("2026-03-03 13:00"), pauses) == hours(1)


def test_glpi_6527_two_working_days_of_grace_step_over_the_holidays() -> None:
    calendar = Calendar(
        id="x", zone="UTC", weekly=NINE_TO_FIVE, closed=dates_between(date(2026, 4, 3), date(2026, 4, 6))
    )

    assert calendar.add_working_days(utc("2026-04-02 15:00"), 2, end_of_day=True) == utc("2026-04-08 17:00")


def test_china_holiday_calender_28_a_make_up_day_has_its_own_hours() -> None:
    zone, day = "Asia/Shanghai", date(2026, 5, 9)
    calendar = Calendar(id="cn", zone=zone, weekly=WITH_LUNCH, special={day: (Window.parse("09:30", "16:30"),)})

    opened = list(calendar.spans(local(zone, "2026-05-09 00:00"), local(zone, "2026-05-10 00:00")))

    assert [(span.opens, span.closes) for span in opened] == [
        (local(zone, "2026-05-09 09:30"), local(zone, "2026-05-09 16:30"))
    ]


def test_zammad_390_a_holiday_extended_later_does_not_change_the_days_before_it() -> None:
    zone = "Asia/Shanghai"
    before = Calendar(
        id="cn", zone=zone, weekly=NINE_TO_FIVE, closed=dates_between(date(2020, 1, 24), date(2020, 1, 30))
    )
    extended = Calendar(
        id="cn", zone=zone, weekly=NINE_TO_FIVE, closed=dates_between(date(2020, 1, 20), date(2020, 2, 2))
    )
    start = local(zone, "2020-01-21 16:00")

    due = before.amended(extended, date(2020, 1, 27)).add(start, hours(20))

    assert before.add(start, hours(20)) == local(zone, "2020-01-31 12:00")
    assert due == local(zone, "2020-02-03 12:00")
