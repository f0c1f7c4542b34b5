"""The sum behind a promise, as somebody with a calculator would write it down."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.sla import Clock, PromiseState
from bot.domain.why import explain, explain_current, heard_as, shut_days
from bot.domain.worktime import Calendar, parse_hours
from tests.domain.sla_life import (
    BOOK,
    CUSTOMER,
    HOUR,
    MONDAY,
    OFFICE,
    PAUSE,
    REOPEN,
    RESOLVE,
    RESPOND,
    RESUME,
    TERMS,
    at,
    life,
    target,
    terms,
)


def test_every_interval_has_its_cause_its_rows_and_the_sum_so_far() -> None:
    marks = life((2, PAUSE, "waiting_requester"), (5, RESUME))

    told = explain_current(marks, BOOK.__getitem__, at(25), Clock.RESOLUTION)

    assert told is not None
    assert [(each.begin, each.end, each.running, each.cause) for each in told.intervals] == [
        (MONDAY, at(2), True, marks[0]),
        (at(2), at(5), False, marks[1]),
        (at(5), at(25), True, marks[2]),
    ]
    assert [(each.worked, each.total) for each in told.intervals] == [
        (2 * HOUR, 2 * HOUR),
        (timedelta(), 2 * HOUR),
        (4 * HOUR, 6 * HOUR),
    ]
    assert [(row.opens, row.closes, row.row, row.day, row.worked, row.total) for row in told.intervals[2].rows] == [
        (at(5), at(8), "weekly mon", date(2026, 3, 2), 3 * HOUR, 5 * HOUR),
        (at(24), at(25), "weekly tue", date(2026, 3, 3), HOUR, 6 * HOUR),
    ]
    assert str(told.intervals[2].rows[0].window) == "09:00-17:00"
    assert told.intervals[1].rows == ()
    assert told.total == told.promise.used == 6 * HOUR


def test_special_dates_and_holidays_are_named_by_the_row_that_counted() -> None:
    hours = parse_hours({"mon-fri": [["09:00", "17:00"]]})
    extra = parse_hours({"sat": [["10:00", "12:00"]]})[5]
    calendar = Calendar(
        "cn", "Asia/Shanghai", hours, closed=frozenset({date(2026, 3, 3)}), special={date(2026, 3, 7): extra}
    )
    book = {"P3": terms(resolution=target(80 * HOUR, calendar))}

    told = explain(life(), book.__getitem__, at(5 * 24 + 8))[0]

    assert [row.row for row in told.intervals[0].rows] == [
        "weekly mon",
        "weekly wed",
        "weekly thu",
        "weekly fri",
        "special 2026-03-07",
    ]
    assert told.total == 34 * HOUR


def test_a_stretch_outside_hours_counts_nothing_and_says_so() -> None:
    told = explain_current(life((8, PAUSE), (20, RESUME)), BOOK.__getitem__, at(22), Clock.UPDATE)

    assert told is not None
    assert [(each.running, each.rows == (), each.worked) for each in told.intervals] == [
        (True, False, 8 * HOUR),
        (False, True, timedelta()),
        (True, True, timedelta()),
    ]


def test_the_time_it_was_resolved_stands_between_the_cycles() -> None:
    marks = life((1, RESOLVE), (3, REOPEN))

    first, second = (one for one in explain(marks, BOOK.__getitem__, at(4)) if one.promise.clock is Clock.RESOLUTION)

    assert [each.cause for each in first.intervals] == [marks[0]]
    assert [(each.cause, each.running) for each in second.intervals] == [
        (marks[0], True),
        (marks[1], False),
        (marks[2], True),
    ]
    assert (first.total, second.total) == (HOUR, 2 * HOUR)


def test_new_terms_are_explained_from_the_creation() -> None:
    told = explain_current(life((1, PAUSE), (2, RESUME), (3, TERMS, "P1")), BOOK.__getitem__, at(4), Clock.RESOLUTION)

    assert told is not None
    assert (told.promise.terms, told.total, len(told.intervals)) == ("P1", 3 * HOUR, 3)


def test_a_response_is_explained_until_it_was_given() -> None:
    told = explain_current(life((0.5, RESPOND)), BOOK.__getitem__, at(40), Clock.RESPONSE)

    assert told is not None
    assert (told.promise.state, told.total, told.intervals[-1].end) == (PromiseState.KEPT, HOUR / 2, at(0.5))


def test_a_promise_of_this_very_moment_has_an_empty_sum() -> None:
    told = explain(life(), BOOK.__getitem__, MONDAY)[0]

    assert (told.intervals, told.total) == ((), timedelta())


def test_what_was_never_promised_has_no_sum() -> None:
    assert explain_current(life(), BOOK.__getitem__, at(1), Clock.LOOP) is None


def test_holidays_are_those_within_the_stretch_on_days_that_are_worked_otherwise() -> None:
    calendar = replace(OFFICE, closed=frozenset({date(2026, 3, 3), date(2026, 3, 7), date(2026, 3, 9)}))
    midnight = at(7 * 24 - 9)  # when Monday the ninth begins in Shanghai

    found = [(shut.day, shut.row) for shut in shut_days(calendar, MONDAY, midnight)]

    assert found == [(date(2026, 3, 3), "closed 2026-03-03")]
    assert [shut.day.day for shut in shut_days(calendar, midnight, at(7 * 24))] == [9]


def test_a_wait_is_ended_by_the_requesters_words_only_when_they_came_with_it() -> None:
    marks = life((1, CUSTOMER), (2, PAUSE), (3, RESUME), (4, PAUSE, "scheduled"), (5, CUSTOMER), (5, RESUME))

    assert [heard_as(mark, marks) for mark in marks] == [
        "create",
        "customer_message",
        "pause",
        "resume",
        "scheduled",
        "customer_message",
        "answered",
    ]


def test_terms_hold_since_they_were_last_set_before_the_promise_was_judged() -> None:
    marks = life((0.1, TERMS, "P1"), (0.2, RESPOND), (1, TERMS, "P3"), (2, TERMS, "P1"), (2.5, TERMS, "P3"))

    response = explain_current(marks, BOOK.__getitem__, at(3), Clock.RESPONSE)
    resolution = explain_current(marks, BOOK.__getitem__, at(3), Clock.RESOLUTION)

    assert response is not None
    assert resolution is not None
    assert response.terms_since == marks[1]
    assert resolution.terms_since == marks[5]
