"""Acknowledged is not done: promises lapse when nothing comes of them, and silence is asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.commands import (
    Acknowledge,
    Assign,
    Command,
    KeepOn,
    Resolve,
    Say,
    Schedule,
    Start,
    Tick,
    WaitForSupplier,
)
from bot.domain.events import AnyEvent, AskedWhetherForgotten, Called, Lapsed
from bot.domain.ids import DESK, Level, Priority, Status, TicketId
from bot.domain.lifecycle import decide
from bot.domain.passing import wake_at
from bot.domain.refusals import AlreadyDone, Missing, NotAllowed, NotFromHere
from bot.domain.rules import Manner
from bot.domain.ticket import Ticket
from tests.domain.small_desk import CHEN, LIN, MEI, MON_9, WANG, minutes, raised, small_rules

ONE = TicketId(1)
RULES = small_rules()
TICK = Tick(by=DESK, ticket=ONE)


def ordered(ticket: Ticket, minute: float, command: Command) -> tuple[Ticket, list[AnyEvent]]:
    decision = decide(ticket, command, RULES, MON_9 + minutes(minute))
    return decision.ticket, list(decision.events)


def lived(*commands: tuple[float, Command], urgency: Level = Level.HIGH) -> Ticket:
    """A P1, or with less urgency a P2, after these commands at these minutes."""
    ticket = raised(RULES, urgency=urgency)
    for minute, command in commands:
        ticket, _ = ordered(ticket, minute, command)
    return ticket


def has_it(until: float | None = None) -> Ticket:
    """Lin has it since minute 1, with or without a promise."""
    moment = None if until is None else MON_9 + minutes(until)
    return lived((1, Acknowledge(by=LIN, ticket=ONE, until=moment)))


def through(ticket: Ticket, until: float) -> list[tuple[float, AnyEvent]]:
    """What time does by then when nobody does anything, each with its minute."""
    found: list[tuple[float, AnyEvent]] = []
    now = ticket.acknowledged_at or MON_9
    while (moment := wake_at(ticket, RULES, now)) is not None and moment <= MON_9 + minutes(until):
        now = moment
        decision = decide(ticket, TICK, RULES, now)
        ticket = decision.ticket
        found += [((now - MON_9) / minutes(1), one) for one in decision.events]
    return found


def of_kind(found: list[tuple[float, AnyEvent]], *kinds: type[AnyEvent]) -> list[tuple[float, str]]:
    return [(minute, one.name) for minute, one in found if isinstance(one, kinds)]


ABOUT_IT = (AskedWhetherForgotten, Lapsed, Called)


def test_a_promise_nothing_came_of_lapses_at_its_moment_and_people_are_called_again() -> None:
    found = through(has_it(until=20), 25)

    assert of_kind(found, *ABOUT_IT) == [(20, "lapsed"), (20, "called"), (25, "called")]
    (lapse,) = (one for _, one in found if isinstance(one, Lapsed))
    assert (lapse.person, lapse.why, lapse.late) == (LIN, "promise", False)


def test_after_a_lapse_the_holder_stays_and_anybody_can_take_it() -> None:
    lapsed, _ = ordered(has_it(until=20), 20, TICK)

    assert (lapsed.holder, lapsed.acknowledged_by, lapsed.acknowledged_until) == (LIN, None, None)
    taken, _ = ordered(lapsed, 21, Acknowledge(by=CHEN, ticket=ONE))
    assert (taken.holder, taken.acknowledged_by, taken.chase) == (LIN, CHEN, None)


SIGNS: dict[str, Command] = {
    "work begins": Start(by=LIN, ticket=ONE),
    "a colleague begins": Start(by=CHEN, ticket=ONE),
    "it waits for a part": WaitForSupplier(by=LIN, ticket=ONE, why="a part"),
    "it is done": Resolve(by=LIN, ticket=ONE, solution="restarted"),
    "a word to the requester": Say(by=LIN, ticket=ONE, words="looking into it"),
    "a note": Say(by=CHEN, ticket=ONE, words="it is the switch", public=False),
    "still on it": KeepOn(by=LIN, ticket=ONE),
}


@pytest.mark.parametrize("sign", SIGNS.values(), ids=SIGNS.keys())
def test_any_sign_of_work_keeps_the_promise(sign: Command) -> None:
    ticket, _ = ordered(has_it(until=20), 10, sign)

    assert ticket.acknowledged_until is None
    assert not any(isinstance(one, Lapsed | Called) for _, one in through(ticket, 39))


NO_SIGNS: dict[str, Command] = {
    "the requester writes": Say(by=MEI, ticket=ONE, words="any news?"),
    "it is given to somebody": Assign(by=WANG, ticket=ONE, to=CHEN),
}


@pytest.mark.parametrize("other", NO_SIGNS.values(), ids=NO_SIGNS.keys())
def test_what_is_no_work_keeps_no_promise(other: Command) -> None:
    ticket, _ = ordered(has_it(until=20), 10, other)

    assert (20, "lapsed") in of_kind(through(ticket, 20), Lapsed)


def test_a_promise_for_a_moment_that_is_past_is_none() -> None:
    for command in (Acknowledge(by=LIN, ticket=ONE, until=MON_9), KeepOn(by=LIN, ticket=ONE, until=MON_9)):
        with pytest.raises(Missing):
            ordered(raised(RULES), 1, command)


def test_a_lapse_that_nobody_saw_because_the_desk_was_down_is_marked_as_late() -> None:
    _, events = ordered(has_it(until=20), 22, TICK)

    (lapse,) = (one for one in events if isinstance(one, Lapsed))
    assert lapse.late


def test_half_an_hour_without_a_sign_is_asked_about_and_ten_minutes_without_an_answer_call_again() -> None:
    found = through(has_it(), 45)

    assert of_kind(found, *ABOUT_IT) == [
        (31, "asked_whether_forgotten"),
        (41, "lapsed"),
        (41, "called"),
    ]
    asked = next(one for _, one in found if isinstance(one, AskedWhetherForgotten))
    assert (asked.person, asked.answer_by) == (LIN, MON_9 + minutes(41))


def test_a_p2_is_asked_about_after_two_hours_of_the_clock_also_at_night() -> None:
    evening = MON_9 + timedelta(hours=10)
    ticket = raised(RULES, evening, urgency=Level.MEDIUM)
    assert ticket.priority is Priority.P2
    ticket = decide(ticket, Acknowledge(by=LIN, ticket=ONE), RULES, evening).ticket

    early = decide(ticket, TICK, RULES, evening + timedelta(minutes=119)).events
    asked = decide(ticket, TICK, RULES, evening + timedelta(minutes=120)).events

    assert not any(isinstance(one, AskedWhetherForgotten) for one in early)
    assert any(isinstance(one, AskedWhetherForgotten) for one in asked)


@pytest.mark.parametrize("sign", SIGNS.values(), ids=SIGNS.keys())
def test_any_sign_of_work_answers_the_question(sign: Command) -> None:
    asked, _ = ordered(has_it(), 31, TICK)
    assert asked.asked_at == MON_9 + minutes(31)

    answered, _ = ordered(asked, 40, sign)

    assert answered.asked_at is None
    assert not any(isinstance(one, Lapsed) for _, one in through(answered, 69))


def test_still_on_it_can_renew_the_promise() -> None:
    kept, events = ordered(has_it(until=20), 15, KeepOn(by=LIN, ticket=ONE, until=MON_9 + minutes(50)))

    assert [one.name for one in events] == ["kept_on"]
    assert of_kind(through(kept, 50), *ABOUT_IT) == [(50, "lapsed"), (50, "called")]


def test_still_on_it_a_moment_too_late_takes_it_back() -> None:
    lapsed, _ = ordered(has_it(until=20), 20, TICK)

    kept, events = ordered(lapsed, 21, KeepOn(by=LIN, ticket=ONE))

    assert [one.name for one in events] == ["acknowledged", "kept_on"]
    assert (kept.acknowledged_by, kept.chase) == (LIN, None)


def test_whoever_has_promised_is_not_asked_before() -> None:
    assert of_kind(through(has_it(until=180), 180), *ABOUT_IT) == [(180, "lapsed"), (180, "called")]


WAITS: dict[str, Command] = {
    "for a supplier": WaitForSupplier(by=LIN, ticket=ONE, why="a part"),
    "until an agreed time": Schedule(by=LIN, ticket=ONE, why="tonight", until=MON_9 + timedelta(days=2)),
}


@pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS.keys())
def test_what_waits_is_never_forgotten(wait: Command) -> None:
    waiting, _ = ordered(has_it(), 5, wait)

    assert not of_kind(through(waiting, 24 * 60), *ABOUT_IT)


def test_when_a_wait_is_over_the_time_to_show_a_sign_begins_anew() -> None:
    until = MON_9 + minutes(300)
    waiting, _ = ordered(has_it(), 5, Schedule(by=LIN, ticket=ONE, why="at two", until=until))

    found = through(waiting, 340)

    assert of_kind(found, *ABOUT_IT) == [(330, "asked_whether_forgotten"), (340, "lapsed"), (340, "called")]


def test_who_it_was_given_to_is_asked_and_not_who_gave_it_away() -> None:
    given, _ = ordered(has_it(), 10, Assign(by=LIN, ticket=ONE, to=CHEN))

    found = through(given, 40)

    assert [one.person for _, one in found if isinstance(one, AskedWhetherForgotten)] == [CHEN]
    assert of_kind(found, AskedWhetherForgotten) == [(40, "asked_whether_forgotten")]


def test_where_the_desk_was_down_the_time_to_answer_counts_from_the_question() -> None:
    asked, events = ordered(has_it(), 300, TICK)

    (question,) = (one for one in events if isinstance(one, AskedWhetherForgotten))
    assert question.answer_by == MON_9 + minutes(310)
    assert not any(isinstance(one, Lapsed) for one in events)
    assert asked.acknowledged_by == LIN


def test_a_calm_ticket_is_asked_about_in_working_time_where_the_desk_wants_that() -> None:
    rules = replace(RULES, manner=Manner(forgotten_after={Priority.P3: timedelta(hours=2)}))
    friday_4pm = MON_9 + timedelta(days=4, hours=7)
    ticket = raised(rules, friday_4pm, urgency=Level.LOW)
    assert ticket.priority is Priority.P3
    ticket = decide(ticket, Acknowledge(by=LIN, ticket=ONE), rules, friday_4pm).ticket

    assert next_question(ticket, friday_4pm) == MON_9 + timedelta(days=7, hours=1)


def next_question(ticket: Ticket, now: datetime) -> datetime | None:
    rules = replace(RULES, manner=Manner(forgotten_after={Priority.P3: timedelta(hours=2)}))
    while (moment := wake_at(ticket, rules, now)) is not None:
        now = moment
        decision = decide(ticket, TICK, rules, now)
        if any(isinstance(one, AskedWhetherForgotten) for one in decision.events):
            return now
        ticket = decision.ticket
    return None


def test_nobody_keeps_on_at_what_is_done_or_not_theirs() -> None:
    done, _ = ordered(has_it(), 5, Resolve(by=LIN, ticket=ONE, solution="restarted"))
    assert done.status is Status.RESOLVED
    with pytest.raises(NotFromHere):
        ordered(done, 6, KeepOn(by=LIN, ticket=ONE))
    with pytest.raises(NotAllowed):
        ordered(has_it(), 6, KeepOn(by=MEI, ticket=ONE))
    with pytest.raises(AlreadyDone):
        ordered(has_it(), 6, Acknowledge(by=CHEN, ticket=ONE, until=MON_9 + minutes(60)))
