"""Pauses: what they do to a deadline, and what they cost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.domain.worktime import (
    add_with_pauses,
    between_without,
    time_left,
    united_pauses,
)
from tests.domain.oracle_minutes import MINUTE
from tests.domain.small_calendars import (
    NOTHING,
    hours,
    office,
    pauses_of,
    utc,
)

PAUSES: dict[str, tuple[list[tuple[str, str | None]], str | None]] = {
    # A promise of 4 hours from Tuesday 10:00; without a pause it falls due at 14:00.
    "none": ([], "2026-03-03 14:00"),
    "one hour": ([("2026-03-03 11:00", "2026-03-03 12:00")], "2026-03-03 15:00"),
    "wholly outside hours": ([("2026-03-03 18:00", "2026-03-04 08:00")], "2026-03-03 14:00"),
    "before the start": ([("2026-03-03 09:00", "2026-03-03 10:00")], "2026-03-03 14:00"),
    "over the start": ([("2026-03-03 09:00", "2026-03-03 11:00")], "2026-03-03 15:00"),
    "after the deadline": ([("2026-03-03 14:30", "2026-03-03 15:00")], "2026-03-03 14:00"),
    "from the deadline on": ([("2026-03-03 14:00", "2026-03-03 15:00")], "2026-03-03 14:00"),
    "over night: only open time counts": ([("2026-03-03 12:00", "2026-03-04 10:00")], "2026-03-04 12:00"),
    "two adjacent ones are one": (
        [("2026-03-03 11:00", "2026-03-03 11:30"), ("2026-03-03 11:30", "2026-03-03 12:00")],
        "2026-03-03 15:00",
    ),
    "overlapping ones count once": (
        [("2026-03-03 11:00", "2026-03-03 12:00"), ("2026-03-03 11:30", "2026-03-03 12:30")],
        "2026-03-03 15:30",
    ),
    "one inside another, in any order": (
        [("2026-03-03 11:30", "2026-03-03 11:40"), ("2026-03-03 11:00", "2026-03-03 12:00")],
        "2026-03-03 15:00",
    ),
    "an empty one": ([("2026-03-03 11:00", "2026-03-03 11:00")], "2026-03-03 14:00"),
    "one that ends before it begins": ([("2026-03-03 12:00", "2026-03-03 11:00")], "2026-03-03 14:00"),
    "the second only counts because of the first": (
        [("2026-03-03 11:00", "2026-03-03 12:00"), ("2026-03-03 14:30", "2026-03-03 15:00")],
        "2026-03-03 15:30",
    ),
    "to the closing": ([("2026-03-03 12:00", "2026-03-03 15:00")], "2026-03-03 17:00"),
    "open: no deadline": ([("2026-03-03 11:00", None)], None),
    "open from the start: no deadline": ([("2026-03-03 09:00", None)], None),
    "open, but only after the deadline": ([("2026-03-03 14:00", None)], "2026-03-03 14:00"),
    "open, swallowing a later one": (
        [("2026-03-03 11:00", None), ("2026-03-03 12:00", "2026-03-03 13:00")],
        None,
    ),
    "open after one that has ended": (
        [("2026-03-03 11:00", "2026-03-03 12:00"), ("2026-03-03 14:30", None)],
        None,
    ),
}


@pytest.mark.parametrize(("pauses", "due"), PAUSES.values(), ids=PAUSES.keys())
def test_a_pause_moves_the_deadline_by_its_open_time(pauses: list[tuple[str, str | None]], due: str | None) -> None:
    found = add_with_pauses(office(), utc("2026-03-03 10:00"), hours(4), pauses_of(*pauses))

    assert found == (None if due is None else utc(due))


def test_while_a_clock_stands_the_time_left_stays_the_same() -> None:
    calendar, start = office(), utc("2026-03-03 10:00")
    pauses = pauses_of(("2026-03-03 11:00", "2026-03-03 12:00"), ("2026-03-03 14:30", None))

    left = [time_left(calendar, start, hours(4), pauses, utc(f"2026-03-{now}")) for now in ("03 14:30", "05 09:00")]

    assert left == [timedelta(minutes=30), timedelta(minutes=30)]
    assert time_left(calendar, start, hours(1), [], utc("2026-03-03 13:00")) == -hours(2)


BETWEEN_WITHOUT = {
    "no pause": ([], 4),
    "a pause inside": ([("2026-03-03 11:00", "2026-03-03 12:00")], 3),
    "a pause over the start": ([("2026-03-03 09:00", "2026-03-03 11:00")], 3),
    "a pause over the end": ([("2026-03-03 13:00", "2026-03-03 16:00")], 3),
    "a pause over everything": ([("2026-03-02 13:00", "2026-03-05 16:00")], 0),
    "a pause before": ([("2026-03-02 13:00", "2026-03-02 16:00")], 4),
    "a pause after": ([("2026-03-03 15:00", "2026-03-03 16:00")], 4),
    "a pause that still lasts": ([("2026-03-03 12:00", None)], 2),
}


@pytest.mark.parametrize(("pauses", "worked_h"), BETWEEN_WITHOUT.values(), ids=BETWEEN_WITHOUT.keys())
def test_paused_time_does_not_count(pauses: list[tuple[str, str | None]], worked_h: float) -> None:
    worked = between_without(office(), utc("2026-03-03 10:00"), utc("2026-03-03 14:00"), pauses_of(*pauses))

    assert worked == hours(worked_h)


def test_between_without_is_nothing_backwards_whatever_the_pauses() -> None:
    pauses = pauses_of(("2026-03-03 11:00", "2026-03-03 12:00"))

    assert between_without(office(), utc("2026-03-03 14:00"), utc("2026-03-03 10:00"), pauses) == NOTHING


def test_pauses_are_united_in_order() -> None:
    def at(minute: int) -> datetime:
        return utc("2026-03-03 10:00") + minute * MINUTE

    assert united_pauses([(at(5), at(6)), (at(0), at(1)), (at(1), at(3)), (at(2), at(2))]) == [
        (at(0), at(3)),
        (at(5), at(6)),
    ]
    assert united_pauses([(at(0), at(9)), (at(1), at(3)), (at(4), None), (at(20), at(30))]) == [(at(0), None)]
