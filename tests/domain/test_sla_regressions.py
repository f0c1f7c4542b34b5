"""What went wrong with the clocks of other desks, one test for each public thread that can be told as a life."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.sla import Clock, Mark, MarkKind, PromiseState, Target, current, next_moment, notice_at, promises
from bot.domain.worktime import ALWAYS, Calendar, parse_hours
from tests.domain.sla_life import (
    BOOK,
    CLOSE,
    CREATE,
    CUSTOMER,
    HOUR,
    MONDAY,
    OFFICE,
    P1,
    P3,
    PAUSE,
    REOPEN,
    REPLY,
    RESOLVE,
    RESPOND,
    RESUME,
    TERMS,
    at,
    life,
    look,
    target,
    terms,
)

RESPONSE, UPDATE, RESOLUTION, LOOP = Clock
RUNNING, PAUSED, KEPT, MISSED, BROKEN, STOPPED = PromiseState
FRIDAY = 4 * 24


# Wrong pauses.


def test_glpi_10594_a_pause_over_the_weekend_is_not_counted_twice() -> None:
    raised = Mark(at(FRIDAY + 6), CREATE, terms="P3")  # Friday 15:00, two hours before closing
    weekend = (Mark(at(FRIDAY + 7), PAUSE), Mark(at(7 * 24 + 1), RESUME))

    promise = current(promises((raised, *weekend), BOOK.__getitem__, at(7 * 24 + 2)), RESOLUTION)

    assert promise is not None
    assert promise.used == 2 * HOUR  # Friday 15:00 to 16:00, Monday 10:00 to 11:00
    assert promise.due == at(7 * 24 + 8)  # seven hours from Monday 10:00


def test_glpi_6902_and_15605_a_pause_is_not_lost_when_the_sla_changes() -> None:
    paused = life((0.5, PAUSE), (6.5, RESUME), (7, TERMS, "P1"))

    assert look(RESOLUTION, 7, paused).state is RUNNING
    assert look(RESOLUTION, 7, paused).due == at(8)


def test_erpnext_47029_a_hold_is_counted_in_working_time_and_not_on_the_wall() -> None:
    held_overnight = life((7, PAUSE), (25, RESUME))

    assert look(RESOLUTION, 25, held_overnight).due == at(26)


def test_frappe_2449_a_hold_touches_neither_the_creation_nor_the_response() -> None:
    marks = life((0.25, PAUSE), (0.5, RESUME))

    assert look(RESPONSE, 0.6, marks).due == at(1)
    assert look(RESOLUTION, 0.6, marks).begun == MONDAY


def test_frappe_3776_going_straight_from_paused_to_resolved_does_not_count_the_hold() -> None:
    six_weeks = life((1, PAUSE), (42 * 24, RESOLVE))

    assert (look(RESOLUTION, 42 * 24, six_weeks).state, look(RESOLUTION, 42 * 24, six_weeks).used) == (KEPT, HOUR)


def test_osticket_3034_waiting_for_the_customer_does_pause() -> None:
    assert look(RESOLUTION, 300, life((1, PAUSE, "waiting_requester"))).state is PAUSED


def test_zammad_pauses_that_begin_in_the_same_minute_are_all_counted() -> None:
    seconds = timedelta(seconds=1)
    blinks = tuple(Mark(MONDAY + HOUR + seconds * second, PAUSE if second % 2 == 0 else RESUME) for second in range(60))

    promise = current(promises((*life(), *blinks), BOOK.__getitem__, at(2)), RESOLUTION)

    assert promise is not None
    assert promise.due == at(24) + 30 * seconds  # they push it over the closing


# Breaches while waiting.


@pytest.mark.parametrize("hours", [9, 33, 700])
def test_glpi_7946_and_9082_nothing_breaks_while_it_is_pending(hours: float) -> None:
    found = promises(life((0.5, RESPOND), (1, PAUSE)), BOOK.__getitem__, at(hours))

    assert not any(one.broken_at for one in found)
    assert next_moment(found, at(hours)) is None


def test_glpi_24481_what_was_broken_before_it_waited_breaks_no_second_time() -> None:
    lives = life((9, PAUSE), (30, RESUME))
    broken = {look(RESOLUTION, hours, lives[:known]).broken_at for hours, known in ((9, 1), (20, 2), (31, 3), (99, 3))}

    assert broken == {at(8)}


# Reopening.


def test_zammad_188_a_reopened_ticket_is_not_late_for_the_time_it_was_closed() -> None:
    weeks_later = life((1, RESOLVE), (2, CLOSE), (500, REOPEN))

    assert look(RESOLUTION, 501, weeks_later).state is RUNNING
    assert look(RESOLUTION, 501, weeks_later, cycle=1).state is KEPT


def test_glpi_9267_the_time_a_ticket_was_solved_is_refunded() -> None:
    assert look(RESOLUTION, 27, life((2, RESOLVE), (26, REOPEN))).used == 3 * HOUR


def test_glpi_5213_and_23359_a_pause_before_the_solution_still_counts_after_reopening() -> None:
    assert look(RESOLUTION, 27, life((1, PAUSE), (2, RESUME), (3, RESOLVE), (26, REOPEN))).used == 3 * HOUR


def test_osticket_5206_reopening_does_not_forget_that_it_was_late() -> None:
    marks = life((25, RESOLVE), (26, REOPEN))

    assert look(RESOLUTION, 27, marks, cycle=1).state is MISSED
    assert look(RESOLUTION, 27, marks).broken_at == at(8)


def test_osticket_resets_nothing_when_it_is_reopened() -> None:
    assert look(RESOLUTION, 27, life((7, RESOLVE), (26, REOPEN))).left == 0 * HOUR


# Recalculation.


def test_zammad_390_a_change_of_the_calendar_moves_the_deadline_of_open_tickets() -> None:
    longer = Calendar("longer", "Asia/Shanghai", parse_hours({"mon-fri": [["09:00", "20:00"]]}))
    book = {"P3": P3, "longer": terms(resolution=target(8 * HOUR, longer))}
    marks = (Mark(at(4), CREATE, terms="P3"), Mark(at(6), TERMS, terms="longer"))

    found = promises(marks, book.__getitem__, at(6))
    promise = current(found, RESOLUTION)

    assert promise is not None
    assert promise.due == at(25)  # seven hours until 20:00, and one the next morning


def test_zammad_4353_a_ticket_whose_sla_is_gone_is_not_late_any_more() -> None:
    found = promises(life((3, TERMS, "none")), BOOK.__getitem__, at(100))

    assert {one.state for one in found if one.clock is not RESPONSE} == {STOPPED}
    assert next_moment(found, at(100)) is None


def test_zammad_3642_a_change_of_terms_does_not_judge_an_answered_response_again() -> None:
    assert look(RESPONSE, 9, life((0.9, RESPOND), (5, TERMS, "P1"))).broken_at is None


def test_glpi_2765_each_clock_has_its_own_deadline() -> None:
    late_response = look(RESPONSE, 2, life())
    resolution = look(RESOLUTION, 2, life())

    assert (late_response.state, resolution.state) == (BROKEN, RUNNING)


# Nights, weekends and changes of the clock.


def test_zammad_2157_and_4432_the_notice_of_an_evening_waits_for_the_morning() -> None:
    promise = look(RESOLUTION, 20, life())

    assert promise.broken_at == at(8)
    assert notice_at(promise, at(8)) == at(24)


def test_glpi_15429_a_warning_falls_into_office_hours_and_not_on_midnight() -> None:
    book = {"P3": terms(resolution=Target(12 * HOUR, OFFICE, warn_share=0.75))}

    assert look(RESOLUTION, 0, life(), book).warn_at == at(25)


@pytest.mark.parametrize(
    ("friday", "monday_due"),
    [
        (datetime(2026, 3, 27, 15, tzinfo=UTC), datetime(2026, 3, 30, 8, tzinfo=UTC)),
        (datetime(2026, 10, 23, 14, tzinfo=UTC), datetime(2026, 10, 26, 9, tzinfo=UTC)),
    ],
)
def test_rt_and_glpi_days_of_86400_seconds_a_weekend_with_a_clock_change_costs_nothing(
    friday: datetime, monday_due: datetime
) -> None:
    berlin = Calendar("berlin", "Europe/Berlin", parse_hours({"mon-fri": [["09:00", "17:00"]]}))
    book = {"P3": terms(resolution=target(2 * HOUR, berlin))}

    assert promises((Mark(friday, CREATE, terms="P3"),), book.__getitem__, friday)[0].due == monday_due


def test_oncall_3261_round_the_clock_a_day_with_25_hours_has_25_hours() -> None:
    round_berlin = Calendar("24x7", "Europe/Berlin", parse_hours({"mon-sun": [["00:00", "24:00"]]}))
    book = {"P3": terms(resolution=target(24 * HOUR, round_berlin))}
    eve = datetime(2026, 10, 24, 22, tzinfo=UTC)

    assert promises((Mark(eve, CREATE, terms="P3"),), book.__getitem__, eve)[0].due == eve + 24 * HOUR


# What is a response, and what is an answer.


def test_zammad_1880_and_1322_the_customers_own_words_are_no_response() -> None:
    assert look(RESPONSE, 2, life((0.5, CUSTOMER))).state is BROKEN


def test_zammad_1620_the_first_response_is_judged_by_the_first_answer_and_not_by_the_last() -> None:
    promise = look(RESPONSE, 9, life((0.5, REPLY), (7, REPLY)))

    assert (promise.state, promise.done_at) == (KEPT, at(0.5))


def test_zammad_3140_an_answered_customer_waits_for_nothing() -> None:
    assert look(LOOP, 50, life((1, CUSTOMER), (2, REPLY))).state is KEPT


def test_chatwoot_10178_no_answer_is_owed_after_the_resolution() -> None:
    marks = life((1, RESOLVE), (2, CUSTOMER))

    assert not any(one.done_at is None for one in promises(marks, BOOK.__getitem__, at(50)))


def test_rt_a_second_message_does_not_extend_the_answer_that_is_owed() -> None:
    assert look(LOOP, 2.5, life((1, CUSTOMER), (2.9, CUSTOMER))).due == at(3)


# Once, and whenever somebody looks.


def test_glpi_1996_and_2408_a_breach_is_one_however_often_somebody_looks() -> None:
    keys = {
        (one.clock, one.cycle, one.broken_at)
        for minutes in range(0, 24 * 60, 7)
        for one in promises(life(), BOOK.__getitem__, at(minutes / 60))
        if one.broken_at
    }

    assert keys == {(RESPONSE, 1, at(1)), (UPDATE, 1, at(4)), (RESOLUTION, 1, at(8))}


def test_oncall_1206_a_breach_during_downtime_is_found_afterwards_with_its_own_moment() -> None:
    promise = look(RESOLUTION, 24 * 30, life())

    assert (promise.state, promise.broken_at) == (BROKEN, at(8))


def test_jsm_a_broken_round_the_clock_promise_is_told_at_night() -> None:
    book = {"P1": terms(response=Target(HOUR, ALWAYS, notices="at_once"))}
    promise = promises((Mark(at(12), MarkKind.CREATE, terms="P1"),), book.__getitem__, at(14))[0]

    assert promise.broken_at == at(13)
    assert notice_at(promise, at(13)) == at(13)
    assert P1.targets[RESPONSE].notices == "when_open"
