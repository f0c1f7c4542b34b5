"""What must hold for every calendar: adding and measuring working time are inverse, and pauses cost what they cover."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.worktime import Calendar, Pause, Window, add_with_pauses, between_without, time_left, united_pauses
from tests.domain.oracle_minutes import MINUTE, MinuteWalk, changes_of, random_calendar, random_windows

NOTHING = timedelta(0)
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "America/Santiago",
    "America/St_Johns",
    "Asia/Shanghai",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Atlantic/Azores",
    "Pacific/Chatham",
]


class Desk(NamedTuple):
    """A calendar, and a moment near which it is odd."""

    calendar: Calendar
    near: datetime


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    zone = draw(st.sampled_from(ZONES))
    rng = draw(st.randoms(use_true_random=False))
    changes = CHANGES[zone] or [datetime(2026, 2, 14, 10, tzinfo=UTC)]
    near = rng.choice(changes)
    return Desk(random_calendar(rng, zone, near.date()), near)


CHANGES = {zone: changes_of(zone, date(2026, 1, 1), date(2028, 1, 1)) for zone in ZONES}

offsets = st.one_of(
    st.integers(-14 * 1440, 14 * 1440).map(lambda minutes: minutes * MINUTE),
    st.timedeltas(timedelta(days=-14), timedelta(days=14)),
)
budgets = st.one_of(
    st.integers(1, 10 * 1440).map(lambda minutes: minutes * MINUTE),
    st.timedeltas(timedelta(microseconds=1), timedelta(days=10)),
)
pause_offsets = st.lists(st.tuples(offsets, st.timedeltas(NOTHING, timedelta(days=4))), max_size=5)


def pauses_near(moment: datetime, offsets: list[tuple[timedelta, timedelta]]) -> list[Pause]:
    return [(moment + begin, moment + begin + length) for begin, length in offsets]


@given(desk=desks(), offset=offsets, budget=budgets)
@settings(max_examples=60, deadline=None)
def test_measuring_to_a_deadline_gives_the_budget_back(desk: Desk, offset: timedelta, budget: timedelta) -> None:
    start = desk.near + offset

    due = desk.calendar.add(start, budget)

    assert desk.calendar.between(start, due) == budget
    assert desk.calendar.between(start, due - timedelta.resolution) < budget


@given(desk=desks(), offset=offsets, later=st.timedeltas(NOTHING, timedelta(days=9)), budget=budgets, more=budgets)
@settings(max_examples=60, deadline=None)
def test_a_later_start_or_a_larger_budget_never_ends_earlier(
    desk: Desk, offset: timedelta, later: timedelta, budget: timedelta, more: timedelta
) -> None:
    start = desk.near + offset

    due = desk.calendar.add(start, budget)

    assert due <= desk.calendar.add(start + later, budget)
    assert due < desk.calendar.add(start, budget + more)
    assert desk.calendar.next_opening(start) <= desk.calendar.next_opening(start + later)


@given(desk=desks(), cuts=st.lists(offsets, min_size=3, max_size=3))
@settings(max_examples=60, deadline=None)
def test_open_time_adds_up_over_any_cut(desk: Desk, cuts: list[timedelta]) -> None:
    first, middle, last = sorted(desk.near + cut for cut in cuts)
    between = desk.calendar.between

    assert between(first, last) == between(first, middle) + between(middle, last)
    assert NOTHING <= between(first, last) <= last - first


@given(desk=desks(), offset=offsets, first=budgets, second=budgets)
@settings(max_examples=60, deadline=None)
def test_two_budgets_one_after_the_other_are_their_sum(
    desk: Desk, offset: timedelta, first: timedelta, second: timedelta
) -> None:
    start = desk.near + offset
    add = desk.calendar.add

    assert add(add(start, first), second) == add(start, first + second)


@given(desk=desks(), offset=offsets, length=st.timedeltas(NOTHING, timedelta(days=9)))
@settings(max_examples=60, deadline=None)
def test_spans_are_open_apart_and_add_up(desk: Desk, offset: timedelta, length: timedelta) -> None:
    start, calendar = desk.near + offset, desk.calendar

    spans = list(calendar.spans(start, start + length))

    assert sum((span.length for span in spans), NOTHING) == calendar.between(start, start + length)
    assert all(span.length > NOTHING and calendar.is_open(span.opens) for span in spans)
    assert all(one.closes <= following.opens for one, following in pairwise(spans))
    assert all(span.window in calendar.row_of(span.day)[1] for span in spans)
    assert all(calendar.is_working_day(span.day) for span in spans)


@given(desk=desks(), offset=offsets)
@settings(max_examples=60, deadline=None)
def test_openings_and_closings_are_where_open_time_begins_and_ends(desk: Desk, offset: timedelta) -> None:
    at, calendar = desk.near + offset, desk.calendar

    opening = calendar.next_opening(at)
    closing = calendar.next_closing(at)

    assert closing is not None
    assert calendar.is_open(opening)
    assert calendar.between(at, opening) == NOTHING
    assert (opening == at) == calendar.is_open(at)
    assert calendar.between(opening, closing) == closing - opening
    assert not calendar.is_open(closing)


# What pauses cost.


@given(desk=desks(), offset=offsets, budget=budgets, begin=offsets, length=st.timedeltas(NOTHING, timedelta(days=4)))
@settings(max_examples=60, deadline=None)
def test_a_pause_of_so_much_open_time_moves_the_deadline_by_exactly_that(
    desk: Desk, offset: timedelta, budget: timedelta, begin: timedelta, length: timedelta
) -> None:
    start, calendar = desk.near + offset, desk.calendar
    pause = (desk.near + begin, desk.near + begin + length)
    due = calendar.add(start, budget)
    paused = calendar.between(max(pause[0], start), pause[1]) if pause[0] < due else NOTHING

    moved = add_with_pauses(calendar, start, budget, [pause])

    assert moved is not None
    assert calendar.between(due, moved) == paused
    assert moved == (calendar.add(start, budget + paused) if paused else due)


@given(desk=desks(), offset=offsets, budget=budgets, data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_pause_wholly_outside_hours_changes_no_deadline(
    desk: Desk, offset: timedelta, budget: timedelta, data: st.DataObject
) -> None:
    start, calendar = desk.near + offset, desk.calendar
    due = calendar.add(start, budget)
    shut = calendar.next_closing(start + data.draw(offsets))
    assert shut is not None
    opens = calendar.next_opening(shut)
    begin, end = (shut + (opens - shut) * data.draw(st.floats(0, 1)) for _ in range(2))

    assert add_with_pauses(calendar, start, budget, [(min(begin, end), max(begin, end))]) == due
    assert add_with_pauses(calendar, start, budget, [(shut, opens)]) == due


@given(desk=desks(), offset=offsets, budget=budgets, pauses=pause_offsets, share=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_pause_split_in_two_adjacent_ones_changes_nothing(
    desk: Desk, offset: timedelta, budget: timedelta, pauses: list[tuple[timedelta, timedelta]], share: float
) -> None:
    start, calendar = desk.near + offset, desk.calendar
    whole = pauses_near(desk.near, pauses)
    halves: list[Pause] = []
    for begin, length in pauses:
        cut = desk.near + begin + length * share
        halves = [(cut, desk.near + begin + length), *halves, (desk.near + begin, cut)]

    assert add_with_pauses(calendar, start, budget, whole) == add_with_pauses(calendar, start, budget, halves)
    assert united_pauses(whole) == united_pauses(halves)
    end = start + timedelta(days=9)
    assert between_without(calendar, start, end, whole) == between_without(calendar, start, end, halves)


@given(desk=desks(), offset=offsets, budget=budgets, pauses=pause_offsets)
@settings(max_examples=60, deadline=None)
def test_measuring_without_the_pauses_gives_the_budget_back(
    desk: Desk, offset: timedelta, budget: timedelta, pauses: list[tuple[timedelta, timedelta]]
) -> None:
    start, calendar, stops = desk.near + offset, desk.calendar, pauses_near(desk.near, pauses)

    due = add_with_pauses(calendar, start, budget, stops)

    assert due is not None
    assert between_without(calendar, start, due, stops) == budget
    assert time_left(calendar, start, budget, stops, due) == NOTHING
    assert time_left(calendar, start, budget, stops, due - timedelta.resolution) > NOTHING


@given(desk=desks(), offset=offsets, budget=budgets, pauses=pause_offsets, begin=offsets)
@settings(max_examples=60, deadline=None)
def test_a_pause_that_still_lasts_takes_the_deadline_only_when_it_came_before_it(
    desk: Desk, offset: timedelta, budget: timedelta, pauses: list[tuple[timedelta, timedelta]], begin: timedelta
) -> None:
    start, calendar, stops = desk.near + offset, desk.calendar, pauses_near(desk.near, pauses)
    lasting = desk.near + begin

    without = add_with_pauses(calendar, start, budget, stops)
    due = add_with_pauses(calendar, start, budget, [*stops, (lasting, None)])

    assert without is not None
    used_up = time_left(calendar, start, budget, stops, max(lasting, start)) <= NOTHING
    assert due == (without if used_up else None)


# What a changed calendar does.


@given(desk=desks(), offset=offsets, budget=budgets, day=st.integers(-12, 20))
@settings(max_examples=60, deadline=None)
def test_a_holiday_more_never_makes_a_deadline_earlier(
    desk: Desk, offset: timedelta, budget: timedelta, day: int
) -> None:
    start, calendar = desk.near + offset, desk.calendar
    holiday = desk.near.date() + timedelta(days=day)

    with_holiday = replace(calendar, closed=calendar.closed | {holiday}, shifts=calendar.shifts - {holiday})

    assert with_holiday.add(start, budget) >= calendar.add(start, budget)


@given(desk=desks(), offset=offsets, budget=budgets, day=st.integers(-12, 20), rng=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_a_make_up_day_on_a_closed_date_never_makes_a_deadline_later(
    desk: Desk, offset: timedelta, budget: timedelta, day: int, rng: random.Random
) -> None:
    start, made_up = desk.near + offset, desk.near.date() + timedelta(days=day)
    closed = replace(desk.calendar, closed=desk.calendar.closed | {made_up}, shifts=desk.calendar.shifts - {made_up})
    windows = {**closed.special, made_up: random_windows(rng)}

    opened = replace(closed, special=windows, shifts=closed.shifts | {made_up})

    assert opened.add(start, budget) <= closed.add(start, budget)


@given(desk=desks(), offset=offsets, budget=budgets, day=st.integers(-12, 12))
@settings(max_examples=60, deadline=None)
def test_a_version_answers_like_the_one_in_force_when_the_other_is_not_reached(
    desk: Desk, offset: timedelta, budget: timedelta, day: int
) -> None:
    start, older = desk.near + offset, desk.calendar
    newer = replace(older, weekly=((Window.parse("00:00", "24:00"),),) * 7)
    valid_from = desk.near.date() + timedelta(days=day)
    zone = ZoneInfo(older.zone)

    amended = older.amended(newer, valid_from)

    due = older.add(start, budget)
    if due.astimezone(zone).date() < valid_from:
        assert amended.add(start, budget) == due
    if start.astimezone(zone).date() > valid_from + timedelta(days=1):
        assert amended.add(start, budget) == newer.add(start, budget)


# Against the slow walk.


@given(desk=desks(), questions=st.lists(st.tuples(offsets, budgets), min_size=5, max_size=10))
@settings(max_examples=40, deadline=None)
def test_the_minute_walk_agrees(desk: Desk, questions: list[tuple[timedelta, timedelta]]) -> None:
    calendar, near = desk
    walk = MinuteWalk(calendar, near - timedelta(days=2), near + timedelta(days=4))

    for offset, length in questions:
        start, budget = near + offset / 7, length / 10 + timedelta.resolution
        end = start + budget
        assert calendar.between(start, end) == walk.between(start, end)
        assert calendar.is_open(start) == walk.is_open(start)
        assert walk.add(start, budget) in (None, calendar.add(start, budget))


@given(desk=desks(), starts=st.lists(offsets, min_size=5, max_size=10), pauses=pause_offsets, budget=budgets)
@settings(max_examples=40, deadline=None)
def test_the_minute_walk_agrees_with_pauses(
    desk: Desk, starts: list[timedelta], pauses: list[tuple[timedelta, timedelta]], budget: timedelta
) -> None:
    calendar, near = desk
    stops = [
        (near + begin / 7 // MINUTE * MINUTE, near + (begin / 7 + length) // MINUTE * MINUTE)
        for begin, length in pauses
    ]
    walk = MinuteWalk(calendar, near - timedelta(days=2), near + timedelta(days=4)).without(stops)
    budget = (
        budget / 10 + timedelta.resolution
    )  # at most a day and a grain: two days after `near`, the walk still goes on

    for offset in starts:
        start = near + offset / 7
        assert between_without(calendar, start, start + budget, stops) == walk.between(start, start + budget)
        assert walk.add(start, budget) in (None, add_with_pauses(calendar, start, budget, stops))


@pytest.mark.long
@given(desk=desks(), questions=st.lists(st.tuples(offsets, budgets), min_size=20, max_size=60))
@settings(max_examples=1500, deadline=None)
def test_the_minute_walk_agrees_for_a_long_time(desk: Desk, questions: list[tuple[timedelta, timedelta]]) -> None:
    calendar, near = desk
    walk = MinuteWalk(calendar, near - timedelta(days=15), near + timedelta(days=30))

    for offset, budget in questions:
        start = near + offset
        assert calendar.between(start, start + budget) == walk.between(start, start + budget)
        assert walk.add(start, budget) in (None, calendar.add(start, budget))
