"""Each row of the decision table about clocks, with its reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest

from bot.domain.sla import (
    Clock,
    Mark,
    MarkKind,
    PromiseState,
    Target,
    Terms,
    WorkingDays,
    accounts,
    current,
    in_order,
    next_moment,
    notice_at,
    promises,
)
from bot.domain.worktime import ALWAYS, Calendar, parse_hours
from tests.domain.sla_life import (
    BOOK,
    CANCEL,
    CLOSE,
    CREATE,
    CUSTOMER,
    DAY,
    HOUR,
    MINUTE,
    MONDAY,
    OFFICE,
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
TICK = timedelta(microseconds=1)


# What a promise looks like.


def test_a_new_ticket_owes_a_response_an_update_and_a_resolution() -> None:
    found = promises(life(), BOOK.__getitem__, at(0.5))

    assert [(one.clock, one.cycle, one.state) for one in found] == [
        (RESPONSE, 1, RUNNING),
        (UPDATE, 1, RUNNING),
        (RESOLUTION, 1, RUNNING),
    ]
    assert [one.due for one in found] == [at(1), at(4), at(8)]
    assert [one.left for one in found] == [HOUR / 2, 3.5 * HOUR, 7.5 * HOUR]
    assert {one.used for one in found} == {HOUR / 2}
    assert [one.budget for one in found] == [HOUR, 4 * HOUR, 8 * HOUR]
    assert {one.begun for one in found} == {MONDAY}
    assert {one.terms for one in found} == {"P3"}
    assert not any(one.reclassified or one.provisional or one.carried or one.broken_under for one in found)
    assert (
        {one.done_at for one in found} == {one.broken_at for one in found} == {one.warn_at for one in found} == {None}
    )


def test_nothing_is_owed_before_a_ticket_lives() -> None:
    assert promises((), BOOK.__getitem__, MONDAY) == ()


def test_a_clock_without_a_target_is_off() -> None:
    marks = life((1, CUSTOMER), (2, REPLY), (3, RESOLVE), (4, REOPEN), key="none")

    assert promises(marks, BOOK.__getitem__, at(5)) == ()


def test_a_life_begins_with_its_creation() -> None:
    with pytest.raises(ValueError, match="begins with its creation, not with agent_reply"):
        promises((Mark(MONDAY, REPLY),), BOOK.__getitem__, MONDAY)


def test_a_ticket_is_created_once() -> None:
    with pytest.raises(ValueError, match="created once"):
        promises(life((1, CREATE)), BOOK.__getitem__, at(1))


def test_terms_that_nobody_knows_are_refused() -> None:
    with pytest.raises(KeyError):
        promises(life(key="P9"), BOOK.__getitem__, MONDAY)


def test_the_same_marks_in_any_order_are_the_same_life() -> None:
    marks = life((1, REPLY), (2, PAUSE), (3, RESUME), (5, RESOLVE))
    mixed = (marks[3], marks[0], marks[4], marks[2], marks[1])

    assert promises(mixed, BOOK.__getitem__, at(6)) == promises(marks, BOOK.__getitem__, at(6))


def test_marks_are_heard_even_when_the_clock_on_the_wall_lags_behind_them() -> None:
    late, early = (
        promises(life((2, REPLY)), BOOK.__getitem__, at(2)),
        promises(life((2, REPLY)), BOOK.__getitem__, at(1)),
    )

    assert early == late


@pytest.mark.parametrize(("hours", "share"), [(0, 0.0), (2, 0.25), (8, 1.0), (30, 1.0)])
def test_the_share_used_lies_between_nothing_and_everything(hours: float, share: float) -> None:
    assert look(RESOLUTION, hours, life()).share == share


def test_a_promise_without_any_time_is_used_up_from_the_start() -> None:
    nothing = {"P3": terms(response=target(timedelta()))}

    at_night = tuple(Mark(at(10), mark.what, mark.terms) for mark in life())
    asked_at_night = promises(at_night, nothing.__getitem__, at(10))[0]

    assert look(RESPONSE, 0, life(), nothing).share == 1.0
    assert asked_at_night.due == at(24)  # the next opening


# When a promise is kept.


def test_done_in_the_same_moment_as_the_deadline_is_kept() -> None:
    promise = look(RESPONSE, 5, life((1, RESPOND)))

    assert (promise.state, promise.due, promise.done_at, promise.broken_at) == (KEPT, at(1), at(1), None)


def test_done_one_tick_after_the_deadline_is_missed_and_broke_at_the_deadline() -> None:
    late = Mark(at(1) + TICK, RESPOND)
    promise = look(RESPONSE, 5, (*life(), late))

    assert (promise.state, promise.broken_at, promise.done_at) == (MISSED, at(1), late.at)
    assert (promise.used, promise.left, promise.broken_under) == (HOUR + TICK, timedelta(), "P3")


def test_a_deadline_of_this_very_moment_can_still_be_kept() -> None:
    on_time, late = look(RESPONSE, 1, life()), promises(life(), BOOK.__getitem__, at(1) + TICK)[0]

    assert (on_time.state, on_time.left, on_time.broken_at) == (RUNNING, timedelta(), None)
    assert (late.state, late.left, late.broken_at, late.due) == (BROKEN, timedelta(), at(1), at(1))


def test_the_breach_is_at_the_deadline_whenever_somebody_looks() -> None:
    seen = {look(RESOLUTION, hours, life()).broken_at for hours in (8.001, 9, 40, 400)}

    assert seen == {at(8)}


def test_a_budget_that_ends_at_closing_ends_there_and_not_at_the_next_opening() -> None:
    overnight = look(RESOLUTION, 23, life((23, RESOLVE)))

    assert (overnight.due, overnight.state, overnight.used) == (at(8), MISSED, 8 * HOUR)


def test_a_ticket_raised_at_night_counts_from_the_next_opening() -> None:
    at_night = (Mark(at(12), CREATE, terms="P3"),)
    promise = promises(at_night, BOOK.__getitem__, at(25))[0]

    assert (promise.begun, promise.due, promise.used) == (at(12), at(25), HOUR)


# The first response.


def test_the_first_response_is_not_paused_because_waiting_is_no_way_around_answering() -> None:
    promise = look(RESPONSE, 5, life((0.5, PAUSE, "waiting_supplier")))

    assert (promise.state, promise.broken_at) == (BROKEN, at(1))


@pytest.mark.parametrize("what", [RESPOND, REPLY, RESOLVE])
def test_a_human_act_towards_the_requester_is_a_response(what: MarkKind) -> None:
    promise = look(RESPONSE, 3, life((0.5, what)))

    assert (promise.state, promise.done_at, promise.used) == (KEPT, at(0.5), HOUR / 2)


@pytest.mark.parametrize("what", [CUSTOMER, PAUSE, RESUME, REOPEN])
def test_what_is_not_a_human_act_towards_the_requester_is_no_response(what: MarkKind) -> None:
    assert look(RESPONSE, 0.9, life((0.5, what))).state is RUNNING


def test_the_first_response_is_judged_once() -> None:
    found = promises(life((0.5, RESPOND), (3, REPLY), (4, RESPOND), (5, RESOLVE)), BOOK.__getitem__, at(6))

    assert [one.done_at for one in found if one.clock is RESPONSE] == [at(0.5)]


def test_the_first_response_does_not_start_again_when_the_ticket_is_reopened() -> None:
    found = promises(life((0.5, RESPOND), (3, RESOLVE), (4, REOPEN)), BOOK.__getitem__, at(30))

    assert [(one.cycle, one.state) for one in found if one.clock is RESPONSE] == [(1, KEPT)]


def test_who_resolves_without_a_word_before_has_responded_for_good() -> None:
    found = promises(life((0.5, RESOLVE), (4, REOPEN)), BOOK.__getitem__, at(30))

    assert [(one.cycle, one.state) for one in found if one.clock is RESPONSE] == [(1, KEPT)]


def test_agreements_may_let_a_pause_stop_the_response_clock() -> None:
    book = {"P3": Terms(P3.targets, pausing=frozenset({RESPONSE}))}
    marks = life((0.5, PAUSE), (2, RESUME))

    assert look(RESPONSE, 1, marks[:2], book).state is PAUSED
    assert look(RESPONSE, 2, marks, book).due == at(2.5)
    assert look(RESOLUTION, 2, marks, book).due == at(8)


# The update clock.


def test_an_update_is_due_again_after_each_public_reply() -> None:
    found = promises(life((1, REPLY), (3, REPLY)), BOOK.__getitem__, at(4))
    updates = [one for one in found if one.clock is UPDATE]

    assert [(one.cycle, one.begun, one.due, one.done_at, one.state) for one in updates] == [
        (1, MONDAY, at(4), at(1), KEPT),
        (2, at(1), at(5), at(3), KEPT),
        (3, at(3), at(7), None, RUNNING),
    ]
    assert [one.used for one in updates] == [HOUR, 2 * HOUR, HOUR]


def test_taking_a_ticket_tells_the_requester_nothing_so_the_update_stays_due() -> None:
    assert look(UPDATE, 1, life((0.5, RESPOND))).due == at(4)


def test_the_customer_does_not_give_the_update_that_the_desk_owes() -> None:
    assert look(UPDATE, 1, life((0.5, CUSTOMER))).due == at(4)


def test_a_late_update_is_missed_and_the_next_one_is_due_from_it() -> None:
    marks = life((5, REPLY))

    assert look(UPDATE, 6, marks, cycle=1).state is MISSED
    assert look(UPDATE, 6, marks, cycle=1).broken_at == at(4)
    assert (look(UPDATE, 6, marks).cycle, look(UPDATE, 6, marks).due) == (2, at(25))
    assert (look(UPDATE, 6, marks).broken_at, look(UPDATE, 6, marks).carried) == (None, False)


def test_no_update_is_due_once_it_is_resolved() -> None:
    promise = look(UPDATE, 100, life((3, RESOLVE)))

    assert (promise.state, promise.done_at, promise.used) == (KEPT, at(3), 3 * HOUR)


def test_updates_are_due_again_from_the_reopening() -> None:
    promise = look(UPDATE, 28, life((3, RESOLVE), (26, REOPEN)))

    assert (promise.cycle, promise.begun, promise.due, promise.used) == (2, at(26), at(30), 2 * HOUR)


def test_an_update_that_begins_while_waiting_stands_with_all_its_time() -> None:
    marks = life((1, PAUSE), (2, REPLY))

    assert (look(UPDATE, 5, marks).state, look(UPDATE, 5, marks).left) == (PAUSED, 4 * HOUR)
    assert look(UPDATE, 7, (*marks, Mark(at(6), RESUME))).due == at(26)


# Keep in the loop.


def test_nothing_is_unanswered_before_the_customer_writes() -> None:
    assert current(promises(life((1, REPLY)), BOOK.__getitem__, at(2)), LOOP) is None


def test_the_oldest_unanswered_message_counts_and_a_second_one_extends_nothing() -> None:
    marks = life((1, CUSTOMER), (2, CUSTOMER))

    assert (look(LOOP, 2.5, marks).begun, look(LOOP, 2.5, marks).due) == (at(1), at(3))
    assert look(LOOP, 4, marks).broken_at == at(3)


def test_a_reply_answers_and_the_next_message_begins_anew() -> None:
    marks = life((1, CUSTOMER), (2, REPLY), (5, CUSTOMER), (6, CUSTOMER))

    assert (look(LOOP, 6, marks, cycle=1).state, look(LOOP, 6, marks, cycle=1).done_at) == (KEPT, at(2))
    assert (look(LOOP, 6, marks).cycle, look(LOOP, 6, marks).begun, look(LOOP, 6, marks).due) == (2, at(5), at(7))


def test_taking_the_ticket_does_not_answer_the_customer() -> None:
    assert look(LOOP, 2, life((1, CUSTOMER), (1.5, RESPOND))).state is RUNNING


def test_the_resolution_answers_the_customer() -> None:
    assert look(LOOP, 9, life((1, CUSTOMER), (2, RESOLVE))).state is KEPT


def test_thanks_after_the_resolution_waits_for_no_answer() -> None:
    marks = life((1, CUSTOMER), (2, RESOLVE), (3, CUSTOMER), (4, REOPEN))

    assert (look(LOOP, 9, marks).cycle, look(LOOP, 9, marks).state) == (1, KEPT)


def test_a_message_after_the_reopening_waits_for_an_answer_although_the_one_before_got_none() -> None:
    marks = life((1, CUSTOMER), (2, CLOSE), (3, REOPEN), (4, CUSTOMER))

    assert (look(LOOP, 5, marks).cycle, look(LOOP, 5, marks).begun) == (2, at(4))


def test_a_pause_does_not_stop_the_answer_that_is_owed() -> None:
    assert look(LOOP, 4, life((1, CUSTOMER), (1.5, PAUSE))).broken_at == at(3)


# Pauses.


def test_a_pause_stops_update_and_resolution_and_says_what_is_left() -> None:
    found = promises(life((2, PAUSE, "waiting_requester")), BOOK.__getitem__, at(6))
    standing = {one.clock: one for one in found if one.state is PAUSED}

    assert set(standing) == {UPDATE, RESOLUTION}
    assert {one.due for one in standing.values()} == {one.warn_at for one in standing.values()} == {None}
    assert (standing[UPDATE].left, standing[RESOLUTION].left) == (2 * HOUR, 6 * HOUR)
    assert {one.used for one in standing.values()} == {2 * HOUR}


def test_a_pause_moves_the_deadline_by_the_open_time_in_it() -> None:
    promise = look(RESOLUTION, 6, life((2, PAUSE), (5, RESUME)))

    assert (promise.due, promise.used, promise.left) == (at(27), 3 * HOUR, 5 * HOUR)


def test_nothing_breaks_while_it_waits_even_for_weeks() -> None:
    promise = look(RESOLUTION, 1000, life((2, PAUSE)))

    assert (promise.state, promise.broken_at) == (PAUSED, None)


def test_what_was_broken_before_the_pause_stays_broken_with_one_breach() -> None:
    marks = life((9, PAUSE), (30, RESUME), (31, PAUSE), (32, RESUME))
    seen = [look(RESOLUTION, hours, marks[:known]) for hours, known in ((8.5, 1), (20, 2), (30, 3), (31.5, 4), (50, 5))]

    assert {one.state for one in seen} == {BROKEN}
    assert {(one.broken_at, one.due, one.left) for one in seen} == {(at(8), at(8), timedelta())}


def test_time_in_a_pause_does_not_count_after_the_breach_either() -> None:
    assert look(RESOLUTION, 31, life((28, PAUSE), (30, RESUME))).used == 8 * HOUR + 4 * HOUR + HOUR


def test_a_pause_at_the_deadline_does_not_save_a_promise_whose_budget_is_used() -> None:
    marks = life((8, PAUSE))

    assert (look(RESOLUTION, 8, marks).state, look(RESOLUTION, 8, marks).due) == (RUNNING, at(8))
    assert (look(RESOLUTION, 9, marks).state, look(RESOLUTION, 9, marks).broken_at) == (BROKEN, at(8))


def test_a_pause_one_tick_before_the_deadline_saves_it() -> None:
    marks = (*life(), Mark(at(8) - TICK, PAUSE))

    assert (look(RESOLUTION, 9, marks).state, look(RESOLUTION, 9, marks).left) == (PAUSED, TICK)
    assert look(RESOLUTION, 30, (*marks, Mark(at(30), RESUME))).due == at(30) + TICK


def test_a_pause_for_another_reason_is_the_same_pause_going_on() -> None:
    once, twice = life((2, PAUSE, "a"), (6, RESUME)), life((2, PAUSE, "a"), (4, PAUSE, "b"), (6, RESUME))

    assert promises(once, BOOK.__getitem__, at(7)) == promises(twice, BOOK.__getitem__, at(7))


def test_new_terms_keep_a_pause_whose_reason_changed_on_the_way() -> None:
    promise = look(RESOLUTION, 6, life((1, PAUSE, "a"), (3, PAUSE, "b"), (5, RESUME), (5.5, TERMS, "P1")))

    assert (promise.used, promise.due) == (2 * HOUR, at(6))


def test_resuming_what_does_not_wait_changes_nothing() -> None:
    assert promises(life((2, RESUME)), BOOK.__getitem__, at(3)) == promises(life(), BOOK.__getitem__, at(3))


def test_resolved_while_waiting_is_judged_as_if_it_had_just_gone_on() -> None:
    promise = look(RESOLUTION, 300, life((2, PAUSE), (50, RESOLVE)))

    assert (promise.state, promise.used, promise.left) == (KEPT, 2 * HOUR, 6 * HOUR)
    assert promise.due == at(56)  # Wednesday 11:00 and six hours of work


# Reopening.


def test_a_reopened_ticket_goes_on_with_the_time_it_had() -> None:
    marks = life((2, RESOLVE), (50, REOPEN))
    promise = look(RESOLUTION, 51, marks)

    assert (promise.cycle, promise.begun, promise.used, promise.due) == (2, at(50), 3 * HOUR, at(56))
    assert (promise.state, promise.broken_at) == (RUNNING, None)


def test_the_verdict_of_the_earlier_cycle_is_kept() -> None:
    kept, missed = life((2, RESOLVE), (3, REOPEN)), life((26, RESOLVE), (27, REOPEN))

    assert (look(RESOLUTION, 90, kept, cycle=1).state, look(RESOLUTION, 90, kept, cycle=1).done_at) == (KEPT, at(2))
    assert look(RESOLUTION, 90, missed, cycle=1).state is MISSED


def test_a_reopened_promise_breaks_when_the_rest_of_its_time_is_used() -> None:
    promise = look(RESOLUTION, 90, life((2, RESOLVE), (26, REOPEN)))

    assert (promise.cycle, promise.state, promise.broken_at, promise.carried) == (2, BROKEN, at(32), False)


def test_a_breach_goes_along_into_the_next_cycle_without_being_news() -> None:
    promise = look(RESOLUTION, 30, life((26, RESOLVE), (28, REOPEN)))

    assert (promise.state, promise.broken_at, promise.carried) == (BROKEN, at(8), True)
    assert promise.broken_under == "P3"


def test_a_breach_that_went_along_is_no_news_under_new_terms_either() -> None:
    promise = look(RESOLUTION, 30, life((26, RESOLVE), (28, REOPEN), (29, TERMS, "P1")))

    assert (promise.cycle, promise.broken_at, promise.carried, promise.terms) == (2, at(8), True, "P1")


def test_reopened_with_no_time_left_breaks_at_the_reopening_and_not_before() -> None:
    promise = look(RESOLUTION, 30, life((8, RESOLVE), (28, REOPEN)))

    assert (promise.state, promise.broken_at, promise.carried, promise.reclassified) == (BROKEN, at(28), False, False)
    assert look(RESOLUTION, 30, life((8, RESOLVE), (28, REOPEN)), cycle=1).state is KEPT


def test_a_third_cycle_refunds_both_times_it_was_over() -> None:
    promise = look(
        RESOLUTION, 31, life((2, RESOLVE), (3, REOPEN), (4, RESOLVE), (26, REOPEN), (27, PAUSE), (29, RESUME))
    )

    assert (promise.cycle, promise.used) == (3, timedelta(hours=2 + 1 + 1 + 2))


def test_a_pause_before_the_resolution_still_counts_as_a_pause_after_the_reopening() -> None:
    promise = look(RESOLUTION, 51, life((1, PAUSE), (3, RESOLVE), (50, REOPEN)))

    assert promise.used == 2 * HOUR


def test_a_response_that_was_never_given_is_owed_again_when_a_cancelled_ticket_comes_back() -> None:
    promise = look(RESPONSE, 27.9, life((0.5, CANCEL), (27.5, REOPEN)))

    assert (promise.cycle, promise.state, promise.due) == (2, RUNNING, at(28))


def test_a_word_on_a_cancelled_ticket_is_no_response_to_the_one_that_comes_back() -> None:
    promise = look(RESPONSE, 27.9, life((0.5, CANCEL), (0.6, RESPOND), (27.5, REOPEN)))

    assert (promise.cycle, promise.state) == (2, RUNNING)


# The end.


@pytest.mark.parametrize("what", [CLOSE, CANCEL])
def test_what_is_given_up_is_not_judged(what: MarkKind) -> None:
    found = promises(life((0.5, what)), BOOK.__getitem__, at(50))

    assert {(one.state, one.done_at, one.used, one.broken_at) for one in found} == {(STOPPED, at(0.5), HOUR / 2, None)}


def test_what_was_broken_before_it_was_given_up_stays_on_the_record() -> None:
    promise = look(RESPONSE, 9, life((3, CANCEL)))

    assert (promise.state, promise.broken_at) == (STOPPED, at(1))


@pytest.mark.parametrize("after", [CLOSE, CANCEL, RESOLVE, PAUSE, RESUME, REPLY, RESPOND, CUSTOMER])
def test_nothing_that_follows_the_resolution_changes_its_verdict(after: MarkKind) -> None:
    resolved = promises(life((5, RESOLVE)), BOOK.__getitem__, at(90))

    assert promises(life((5, RESOLVE), (30, after)), BOOK.__getitem__, at(90)) == resolved


def test_a_pause_after_the_resolution_does_not_outlast_the_reopening() -> None:
    assert look(RESOLUTION, 5, life((1, RESOLVE), (2, PAUSE), (4, REOPEN))).state is RUNNING


def test_a_pause_before_the_resolution_does_not_outlast_the_reopening() -> None:
    assert look(RESOLUTION, 5, life((1, PAUSE), (2, RESOLVE), (4, REOPEN))).used == 2 * HOUR


def test_opening_an_open_ticket_starts_nothing_again() -> None:
    assert promises(life((1, REOPEN)), BOOK.__getitem__, at(2)) == promises(life(), BOOK.__getitem__, at(2))


# New terms.


def test_new_terms_count_from_the_creation() -> None:
    promise = look(RESOLUTION, 1.5, life((1, TERMS, "P1")))

    assert (promise.begun, promise.due, promise.used, promise.budget) == (MONDAY, at(2), 1.5 * HOUR, 2 * HOUR)
    assert (promise.terms, promise.cycle, promise.state) == ("P1", 1, RUNNING)


def test_new_terms_keep_the_pauses() -> None:
    promise = look(RESOLUTION, 6, life((0.5, PAUSE), (5, RESUME), (5.5, TERMS, "P1")))

    assert (promise.due, promise.used) == (at(6.5), 1.5 * HOUR)


def test_new_terms_keep_the_pause_that_is_going_on() -> None:
    marks = life((0.5, PAUSE), (5, TERMS, "P1"))

    assert (look(RESOLUTION, 6, marks).state, look(RESOLUTION, 6, marks).left) == (PAUSED, 1.5 * HOUR)
    assert look(RESOLUTION, 7, (*marks, Mark(at(6), RESUME))).due == at(7.5)


def test_new_terms_during_a_pause_do_not_pause_what_does_not_wait() -> None:
    marks = life((0.1, PAUSE), (0.15, CUSTOMER), (0.2, TERMS, "P1"))

    assert look(RESPONSE, 3, marks).broken_at == at(0.25)
    assert look(LOOP, 3, marks).broken_at == at(1.15)


def test_a_message_during_a_pause_is_to_be_answered_all_the_same() -> None:
    assert look(LOOP, 9, life((1, PAUSE), (2, CUSTOMER))).broken_at == at(4)


def test_new_terms_keep_the_refund_of_a_reopening() -> None:
    promise = look(RESOLUTION, 5, life((1, RESOLVE), (4, REOPEN), (4.5, TERMS, "P1")))

    assert (promise.cycle, promise.begun, promise.due) == (2, at(4), at(5))


def test_a_new_deadline_that_is_already_past_breaks_once_when_the_terms_change() -> None:
    seen = [look(RESOLUTION, hours, life((5, TERMS, "P1"))) for hours in (5, 6, 60)]

    assert {(one.state, one.broken_at, one.reclassified, one.due) for one in seen} == {(BROKEN, at(5), True, at(2))}
    assert {one.broken_under for one in seen} == {"P1"}


def test_a_new_deadline_of_the_moment_of_change_is_not_past_yet() -> None:
    promise = look(RESOLUTION, 2, life((2, TERMS, "P1")))

    assert (promise.state, promise.broken_at) == (RUNNING, None)
    assert look(RESOLUTION, 3, life((2, TERMS, "P1"))).reclassified is False


def test_a_new_deadline_that_was_past_before_the_pause_breaks_although_it_waits() -> None:
    promise = look(RESOLUTION, 9, life((3, PAUSE), (5, TERMS, "P1")))

    assert (promise.state, promise.broken_at, promise.reclassified) == (BROKEN, at(5), True)


def test_what_was_broken_already_breaks_only_once() -> None:
    promise = look(RESOLUTION, 60, life((9, TERMS, "P1")))

    assert (promise.broken_at, promise.reclassified, promise.broken_under) == (at(8), False, "P3")


def test_an_earlier_breach_stays_on_the_record_when_the_terms_are_eased() -> None:
    promise = look(RESOLUTION, 4, life((3, TERMS, "P3"), key="P1"))

    assert (promise.state, promise.due, promise.left) == (RUNNING, at(8), 4 * HOUR)
    assert (promise.broken_at, promise.reclassified, promise.broken_under) == (at(2), False, "P1")


def test_easing_the_terms_does_not_make_a_broken_promise_a_kept_one() -> None:
    done = look(RESOLUTION, 9, life((3, TERMS, "P3"), (4, RESOLVE), key="P1"))

    assert (done.state, done.due, done.broken_at) == (MISSED, at(8), at(2))


def test_a_breach_by_a_mistaken_change_stays_on_the_record_marked_as_such() -> None:
    promise = look(RESOLUTION, 6, life((3, TERMS, "P1"), (3.5, TERMS, "P3")))

    assert (promise.state, promise.broken_at, promise.reclassified) == (RUNNING, at(3), True)


def test_an_eased_promise_that_breaks_again_has_one_breach() -> None:
    promise = look(RESOLUTION, 60, life((3, TERMS, "P3"), key="P1"))

    assert (promise.state, promise.due, promise.broken_at, promise.broken_under) == (BROKEN, at(8), at(2), "P1")


def test_a_met_response_stays_judged_by_the_target_of_its_time() -> None:
    met = look(RESPONSE, 9, life((0.9, RESPOND), (3, TERMS, "P1")))
    missed = look(RESPONSE, 9, life((0.9, RESPOND), (3, TERMS, "P3"), key="P1"))

    assert (met.state, met.due, met.terms) == (KEPT, at(1), "P3")
    assert (missed.state, missed.due, missed.terms) == (MISSED, at(0.25), "P1")


def test_a_resolved_cycle_stays_judged_and_the_next_one_has_the_present_terms() -> None:
    marks = life((4, RESOLVE), (5, TERMS, "P1"), (27, REOPEN))

    assert (look(RESOLUTION, 30, marks, cycle=1).state, look(RESOLUTION, 30, marks, cycle=1).terms) == (KEPT, "P3")
    assert (look(RESOLUTION, 30, marks).broken_at, look(RESOLUTION, 30, marks).reclassified) == (at(27), True)


def test_an_update_under_new_terms_counts_from_the_last_reply() -> None:
    promise = look(UPDATE, 3.4, life((3, REPLY), (3.2, TERMS, "P1")))

    assert (promise.begun, promise.due, promise.cycle) == (at(3), at(4), 2)


def test_an_unanswered_message_under_new_terms_counts_from_the_message() -> None:
    promise = look(LOOP, 3, life((2, CUSTOMER), (2.5, TERMS, "P1")))

    assert (promise.begun, promise.due, promise.cycle) == (at(2), at(3), 1)


def test_terms_with_the_same_target_change_nothing_but_their_name() -> None:
    book = {"P3": P3, "gold": Terms(MappingProxyType(dict(P3.targets)))}
    promise = look(RESOLUTION, 9, life((3, TERMS, "gold")), book)

    assert (promise.broken_at, promise.reclassified, promise.terms, promise.broken_under) == (
        at(8),
        False,
        "gold",
        "gold",
    )


def test_terms_that_pause_other_clocks_count_the_old_pauses_their_way() -> None:
    strict = Terms(P3.targets, pausing=frozenset())
    marks = life((1, PAUSE), (3, RESUME), (4, TERMS, "strict"))

    assert look(RESOLUTION, 5, marks, {"P3": P3, "strict": strict}).due == at(8)


def test_a_promise_that_the_new_terms_do_not_make_is_stopped() -> None:
    promise = look(RESOLUTION, 50, life((3, TERMS, "none")))

    assert (promise.state, promise.done_at, promise.used, promise.broken_at) == (STOPPED, at(3), 3 * HOUR, None)


def test_a_promise_that_only_the_new_terms_make_counts_from_its_beginning() -> None:
    marks = life((0.5, REPLY), (0.75, CUSTOMER), (1, TERMS, "P3"), key="none")
    found = promises(marks, BOOK.__getitem__, at(2))

    assert [(one.clock, one.begun, one.due) for one in found] == [
        (RESOLUTION, MONDAY, at(8)),
        (UPDATE, at(0.5), at(4.5)),
        (LOOP, at(0.75), at(2.75)),
    ]


def test_a_promise_that_comes_too_late_breaks_when_it_is_made() -> None:
    promise = look(RESPONSE, 4, life((3, TERMS, "P3"), key="none"))

    assert (promise.broken_at, promise.reclassified, promise.due) == (at(3), True, at(1))


def test_no_answer_is_owed_by_new_terms_when_nobody_asked() -> None:
    assert current(promises(life((3, TERMS, "P3"), key="none"), BOOK.__getitem__, at(4)), LOOP) is None


def test_a_promise_that_was_off_for_a_while_goes_on_with_its_breach() -> None:
    promise = look(RESPONSE, 4, life((2, TERMS, "none"), (3, TERMS, "P3")))

    assert (promise.cycle, promise.broken_at, promise.carried, promise.state) == (2, at(1), True, BROKEN)


# Marks of one moment.


@pytest.mark.parametrize(
    ("together", "state"),
    [
        ((PAUSE, RESUME), PAUSED),
        ((RESOLVE, REOPEN), KEPT),
        ((RESOLVE, PAUSE, RESUME), KEPT),
        ((CANCEL, REOPEN), STOPPED),
        ((CLOSE, RESOLVE), KEPT),
    ],
)
def test_a_stop_beats_a_pause_and_a_pause_beats_a_start(together: tuple[MarkKind, ...], state: PromiseState) -> None:
    there = life(*((2, what) for what in together))
    back = life(*((2, what) for what in reversed(together)))

    assert in_order(there) == in_order(back)
    assert look(RESOLUTION, 3, in_order(back)).state is state


def test_a_reply_beats_the_message_of_the_same_moment() -> None:
    assert look(LOOP, 3, in_order(life((2, REPLY), (2, CUSTOMER)))).state is KEPT


def test_a_message_that_reopens_waits_for_its_answer() -> None:
    assert look(LOOP, 3, in_order(life((1, RESOLVE), (2, CUSTOMER), (2, REOPEN)))).state is RUNNING


def test_what_is_done_when_the_terms_change_met_the_old_ones() -> None:
    assert look(RESPONSE, 3, in_order(life((0.5, TERMS, "P1"), (0.5, RESPOND)))).state is KEPT


def test_one_who_waits_and_goes_on_in_the_same_moment_goes_on() -> None:
    """The marks of a ticket are kept in order, and two commands can share a moment: the later one holds."""
    assert look(RESOLUTION, 3, life((2, PAUSE), (2, RESUME))).state is RUNNING
    assert look(RESOLUTION, 3, life((2, RESOLVE), (2, REOPEN))).state is RUNNING


# Working days and calendars.


def test_two_working_days_end_with_the_second_one() -> None:
    book = {"P3": terms(resolution=target(WorkingDays(2)))}
    promise = look(RESOLUTION, 3, life(), book)

    assert (promise.due, promise.budget, promise.left) == (at(56), 24 * HOUR, 21 * HOUR)


def test_two_working_days_to_the_hour_end_at_the_same_time_of_day() -> None:
    book = {"P3": terms(resolution=target(WorkingDays(2, end_of_day=False)))}
    promise = look(RESOLUTION, 24, life(), book)

    assert (promise.due, promise.budget, promise.left, promise.state) == (at(48), 16 * HOUR, 8 * HOUR, RUNNING)


@pytest.mark.parametrize(("end_of_day", "due"), [(True, 72 + 3), (False, 51)])
def test_a_pause_moves_working_days_by_the_open_time_in_it(*, end_of_day: bool, due: float) -> None:
    book = {"P3": terms(resolution=target(WorkingDays(2, end_of_day=end_of_day)))}

    assert look(RESOLUTION, 6, life((1, PAUSE), (4, RESUME)), book).due == at(due)


def test_a_pause_at_night_does_not_move_working_days_that_end_at_an_opening() -> None:
    """By the closing before, all the open time is used, but the moment that was promised is the opening."""
    book = {"P3": terms(resolution=target(WorkingDays(2, end_of_day=False)))}
    marks = life((34, PAUSE), (46, RESUME))

    assert (look(RESOLUTION, 40, marks[:2], book).state, look(RESOLUTION, 40, marks[:2], book).left) == (
        PAUSED,
        timedelta(),
    )
    assert (look(RESOLUTION, 47, marks, book).state, look(RESOLUTION, 47, marks, book).due) == (RUNNING, at(48))
    assert look(RESOLUTION, 49, marks, book).broken_at == at(48)


def test_a_promise_round_the_clock_stands_beside_one_in_office_hours() -> None:
    book = {"P3": terms(response=target(HOUR / 2, ALWAYS), resolution=target(8 * HOUR))}
    at_night = (Mark(at(12), CREATE, terms="P3"),)

    assert [one.due for one in promises(at_night, book.__getitem__, at(12))] == [at(12.5), at(32)]


@pytest.mark.parametrize(
    ("zone", "created", "hours", "provisional"),
    [
        ("Asia/Shanghai", datetime(2026, 3, 2, 1, tzinfo=UTC), 8, False),
        ("Asia/Shanghai", datetime(2027, 3, 2, 1, tzinfo=UTC), 8, True),
        # Over New Year, and up to the last moment of the year.
        ("Asia/Shanghai", datetime(2026, 12, 31, 8, tzinfo=UTC), 8, False),
        ("Asia/Shanghai", datetime(2026, 12, 31, 9, tzinfo=UTC), 8, True),
        ("Asia/Shanghai", datetime(2026, 11, 30, 1, tzinfo=UTC), 33 * 24, True),
        ("Asia/Shanghai", datetime(2025, 12, 30, 1, tzinfo=UTC), 48, True),
        # The year that counts is the one on the wall of the office.
        ("Asia/Shanghai", datetime(2026, 12, 31, 15, tzinfo=UTC), 3, True),
        ("Asia/Shanghai", datetime(2025, 12, 31, 17, tzinfo=UTC), 8, False),
        ("America/New_York", datetime(2026, 1, 1, 3, tzinfo=UTC), 8, True),
        ("America/New_York", datetime(2027, 1, 1, 1, tzinfo=UTC), 2, False),
    ],
)
def test_a_deadline_in_a_year_without_known_holidays_is_provisional(
    zone: str, created: datetime, hours: int, *, provisional: bool
) -> None:
    known = Calendar("known", zone, parse_hours({"mon-sun": [["00:00", "24:00"]]}), years_known=frozenset({2026}))
    book = {"P3": terms(resolution=target(timedelta(hours=hours), known))}

    promise = promises((Mark(created, CREATE, terms="P3"),), book.__getitem__, created)[0]

    assert promise.provisional is provisional
    assert promise.due is not None
    assert known.is_provisional(promise.due, created) is provisional


def test_nothing_done_is_provisional() -> None:
    unknown = Calendar("unknown", "Asia/Shanghai", OFFICE.weekly, years_known=frozenset())
    book = {"P3": terms(resolution=target(8 * HOUR, unknown))}

    assert look(RESOLUTION, 1, life(), book).provisional
    assert not look(RESOLUTION, 1, life((1, PAUSE)), book).provisional
    assert not look(RESOLUTION, 1, life((1, RESOLVE)), book).provisional
    assert not look(RESOLUTION, 30, life(), book).provisional


def test_open_tickets_follow_a_calendar_that_changed_on_the_days_it_changed() -> None:
    shorter = Calendar("office", "Asia/Shanghai", parse_hours({"mon-fri": [["09:00", "13:00"]]}))
    amended = OFFICE.amended(shorter, date(2026, 3, 3))
    book = {"P3": terms(resolution=target(12 * HOUR, amended))}

    assert look(RESOLUTION, 1, life(), book).due == at(28)


# Warnings and notices.


def warned(
    budget: timedelta | WorkingDays = 8 * HOUR, share: float | None = 0.8, before: timedelta | None = None
) -> dict[str, Terms]:
    return {
        "P3": terms(resolution=Target(budget, OFFICE, warn_share=share, warn_before=before)),
        "P1": terms(resolution=Target(4 * HOUR, OFFICE, warn_share=0.5)),
    }


@pytest.mark.parametrize(
    ("share", "before", "hours"),
    [
        (0.75, None, 6),
        (0.75, HOUR, 6),
        (0.75, 3 * HOUR, 5),
        (None, 3 * HOUR, 5),
        (None, 8 * HOUR, 0),
        (None, 80 * HOUR, 0),
        (1.0, None, 8),
        (1.5, None, 8),
    ],
)
def test_a_warning_comes_at_its_share_or_so_long_before_whichever_is_first(
    share: float | None, before: timedelta | None, hours: float
) -> None:
    assert look(RESOLUTION, 0, life(), warned(share=share, before=before)).warn_at == at(hours)


def test_nobody_is_warned_who_does_not_want_to_be() -> None:
    assert look(RESOLUTION, 0, life(), warned(share=None)).warn_at is None


def test_a_warning_counts_working_time_and_not_the_night() -> None:
    assert look(RESOLUTION, 0, life(), warned(16 * HOUR, share=0.75)).warn_at == at(28)


def test_working_days_are_warned_about_by_their_working_time() -> None:
    assert look(RESOLUTION, 0, life(), warned(WorkingDays(1), share=0.75)).warn_at == at(28)


def test_a_pause_moves_the_warning_that_has_not_come() -> None:
    book = warned(share=0.75)
    marks = life((2, PAUSE), (4, RESUME))

    assert look(RESOLUTION, 3, marks[:2], book).warn_at is None
    assert look(RESOLUTION, 5, marks, book).warn_at == at(8)


def test_a_pause_does_not_move_the_warning_that_has_come() -> None:
    book = warned(share=0.5)
    marks = life((5, PAUSE), (6, RESUME), (7, PAUSE), (7.5, RESUME))

    assert {look(RESOLUTION, hours, marks[:known], book).warn_at for hours, known in ((5, 1), (6, 3), (8, 5))} == {
        at(4)
    }


def test_a_warning_between_two_pauses_keeps_its_moment() -> None:
    marks = life((1, PAUSE), (2, RESUME), (7.5, PAUSE), (7.75, RESUME))

    assert look(RESOLUTION, 8, marks, warned(share=0.75)).warn_at == at(7)


def test_a_pause_in_the_moment_of_the_warning_does_not_move_it() -> None:
    assert look(RESOLUTION, 7, life((4, PAUSE), (6, RESUME)), warned(share=0.5)).warn_at == at(4)


def test_a_warning_that_the_new_terms_call_for_comes_when_they_do() -> None:
    assert look(RESOLUTION, 3, life((3, TERMS, "P1")), warned()).warn_at == at(3)


def test_a_reopened_ticket_near_its_end_is_warned_about_at_once() -> None:
    assert look(RESOLUTION, 26, life((7, RESOLVE), (25, REOPEN)), warned()).warn_at == at(25)


def test_nobody_is_warned_about_a_promise_whose_breach_has_been_said() -> None:
    eased = look(RESOLUTION, 6, life((5, TERMS, "P3"), key="P1"), warned())

    assert (eased.state, eased.broken_at, eased.warn_at) == (RUNNING, at(4), None)


def test_what_is_done_or_waits_is_not_warned_about() -> None:
    assert look(RESOLUTION, 3, life((2, RESOLVE)), warned()).warn_at is None
    assert look(RESOLUTION, 3, life((2, PAUSE)), warned()).warn_at is None


def test_a_broken_promise_says_when_it_was_to_be_warned_about() -> None:
    assert look(RESOLUTION, 30, life((9, PAUSE)), warned(share=0.75)).warn_at == at(6)


@pytest.mark.parametrize(
    ("notices", "hours", "said"),
    [("when_open", 3, 3), ("when_open", 8, 24), ("when_open", 12, 24), ("at_once", 12, 12)],
)
def test_notices_of_office_hours_wait_for_the_opening_and_others_go_at_once(
    notices: str, hours: float, said: float
) -> None:
    how = Target(8 * HOUR, OFFICE, notices="at_once" if notices == "at_once" else "when_open")
    promise = look(RESOLUTION, 0, life(), {"P3": terms(resolution=how)})

    assert notice_at(promise, at(hours)) == at(said)


def test_the_next_moment_is_the_first_warning_or_breach_to_come() -> None:
    book = {"P3": terms(target(HOUR), None, Target(8 * HOUR, OFFICE, warn_share=0.5))}
    seen = []
    moment = next_moment(promises(life(), book.__getitem__, MONDAY), MONDAY)
    while moment is not None:
        seen.append(moment)
        moment = next_moment(promises(life(), book.__getitem__, moment), moment)

    assert seen == [at(1) + TICK, at(4), at(8) + TICK]


def test_there_is_no_next_moment_while_everything_waits_or_is_done() -> None:
    book = {"P3": terms(resolution=target(8 * HOUR))}

    assert next_moment(promises(life((1, PAUSE)), book.__getitem__, at(2)), at(2)) is None
    assert next_moment(promises(life((1, RESOLVE)), book.__getitem__, at(2)), at(2)) is None


def test_the_last_promise_of_a_clock_is_the_present_one() -> None:
    found = promises(life((1, REPLY)), BOOK.__getitem__, at(2))

    assert current(found, UPDATE) is found[-1]
    assert current((), UPDATE) is None


def test_promises_come_in_the_order_in_which_they_began() -> None:
    marks = life((1, CUSTOMER), (2, REPLY), (3, RESOLVE), (4, REOPEN), (5, CUSTOMER), (6, TERMS, "P1"))
    begun = [one.begun for one in promises(marks, BOOK.__getitem__, at(7))]

    assert begun == sorted(begun)


# Accounts.


def test_an_account_names_what_made_the_clock_run_and_stand() -> None:
    marks = life((1, PAUSE, "waiting_requester"), (3, RESUME), (5, RESOLVE), (6, REOPEN))
    account = [one for one in accounts(marks, BOOK.__getitem__, at(7)) if one.promise.clock is RESOLUTION][-1]

    assert account.stretches == (
        (MONDAY, at(1), True, marks[0]),
        (at(1), at(3), False, marks[1]),
        (at(3), at(5), True, marks[2]),
        (at(5), at(6), False, marks[3]),
        (at(6), at(7), True, marks[4]),
    )


def test_an_account_ends_when_it_is_done_or_goes_on_until_now() -> None:
    found = {one.promise.clock: one for one in accounts(life((1, RESPOND), (2, PAUSE)), BOOK.__getitem__, at(3))}

    assert found[RESPONSE].stretches[-1][:3] == (MONDAY, at(1), True)
    assert found[RESOLUTION].stretches[-1][:3] == (at(2), at(3), False)
    assert accounts(life(), BOOK.__getitem__, MONDAY)[0].stretches == ()


def test_a_promise_resolved_while_waiting_accounts_for_the_wait() -> None:
    account = accounts(life((1, PAUSE), (3, RESOLVE)), BOOK.__getitem__, at(9))[-1]

    assert [stretch[:3] for stretch in account.stretches] == [(MONDAY, at(1), True), (at(1), at(3), False)]


def test_a_target_keeps_its_own_warning_when_it_is_copied() -> None:
    assert Target(8 * HOUR, OFFICE, warn_share=0.5) == Target(8 * HOUR, OFFICE, warn_share=0.5)
    assert Target(8 * HOUR, OFFICE, warn_share=0.5).warn_after(8 * HOUR) == 4 * HOUR
    assert Target(WorkingDays(1), OFFICE, warn_before=30 * MINUTE, warn_share=None).warn_after(DAY) == DAY - 30 * MINUTE
