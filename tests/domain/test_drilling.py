"""A test page: it passes when somebody on call acknowledges in time, it fails otherwise, and the history says which."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from bot.domain.commands import (
    Acknowledge,
    Command,
    HandOver,
    PassOn,
    Raise,
    Reclassify,
    Reopen,
    Resolve,
    Tick,
    Unreached,
)
from bot.domain.events import AnyEvent, Drilled
from bot.domain.ids import DESK, PersonId, Status, TeamId, TicketId
from bot.domain.lifecycle import decide
from bot.domain.passing import ahead
from bot.domain.refusals import NotAllowed, NotFound, NotFromHere, Refusal
from bot.domain.rules import DrillPlan, Manner, Role, Rules
from bot.domain.ticket import Ticket
from tests.domain.small_desk import CHEN, LIN, MEI, MON_9, OLGA, ZHOU, minutes, names, raising, small_rules

ONE = TicketId(1)
RULES = small_rules()
TICK = Tick(by=DESK, ticket=ONE)
TEST_PAGE = replace(raising(by=DESK, words="drill", kind="drill"), confirmed=True)


def drill(rules: Rules = RULES, command: Raise = TEST_PAGE) -> Ticket:
    return decide(None, command, rules, MON_9).ticket


def result(events: tuple[AnyEvent, ...]) -> Drilled:
    (found,) = (one for one in events if isinstance(one, Drilled))
    return found


def ordered(ticket: Ticket, minute: float, command: Command, rules: Rules = RULES) -> tuple[Ticket, Drilled]:
    decision = decide(ticket, command, rules, MON_9 + minutes(minute))
    return decision.ticket, result(tuple(decision.events))


def test_only_whoever_is_on_call_first_is_called_and_nothing_is_promised() -> None:
    decision = decide(None, TEST_PAGE, RULES, MON_9)

    assert names(decision) == ["raised", "called"]
    assert decision.ticket.called == (LIN,)
    assert decision.ticket.ref == "DRL-1"
    before_us = ahead(decision.ticket, RULES, MON_9)
    assert (before_us.promises, before_us.wake_at) == ((), MON_9 + minutes(15))


def test_an_acknowledgement_in_time_is_all_it_is_for() -> None:
    ticket, drilled = ordered(drill(), 0.7, Acknowledge(by=LIN, ticket=ONE))

    assert (drilled.passed, drilled.person, drilled.took_s) == (True, LIN, 42)
    assert (ticket.status, ticket.acknowledged_by, ticket.chase) == (Status.CLOSED, LIN, None)
    assert ahead(ticket, RULES, MON_9 + minutes(1)).wake_at is None


def test_the_second_to_answer_comes_too_late_for_it() -> None:
    ticket, _ = ordered(drill(), 1, Acknowledge(by=LIN, ticket=ONE))

    with pytest.raises(NotFromHere):
        decide(ticket, Acknowledge(by=CHEN, ticket=ONE), RULES, MON_9 + minutes(2))


def test_a_drill_nobody_answers_has_failed_when_its_time_is_over() -> None:
    early = decide(drill(), TICK, RULES, MON_9 + minutes(14.9))

    ticket, drilled = ordered(drill(), 15, TICK)

    assert early.events == ()
    assert (drilled.passed, drilled.person, drilled.took_s, drilled.why) == (False, None, 900, "unanswered")
    assert (ticket.status, ticket.cancelled_because, ticket.chase) == (Status.CANCELLED, "unanswered", None)
    assert decide(ticket, TICK, RULES, MON_9 + minutes(99)).events == ()


def test_the_desk_may_give_more_or_less_time() -> None:
    rules = replace(RULES, manner=Manner(drills=DrillPlan(0, time(10), within=minutes(5))))

    assert ahead(drill(rules), rules, MON_9).wake_at == MON_9 + minutes(5)


def test_a_drill_fails_at_once_where_nobody_is_on_call_or_can_be_reached() -> None:
    rules = small_rules(on_call=())
    mute = replace(RULES, people={**RULES.people, LIN: replace(RULES.people[LIN], addresses=())})
    entry = drill().entries

    for quiet in (rules, mute):
        nobody = decide(None, TEST_PAGE, quiet, MON_9)
        assert names(nobody) == ["raised", "nobody_there", "drilled", "moved"]
        assert result(tuple(nobody.events)).why == "nobody_there"
    _, blocked = ordered(drill(), 1, Unreached(by=DESK, ticket=ONE, person=LIN, entry=entry, why="blocked"))
    assert (blocked.passed, blocked.why) == (False, "not_reached")


def test_only_the_desk_and_an_administrator_raise_a_drill_and_the_desk_raises_nothing_else() -> None:
    boss = replace(RULES.people[OLGA], roles=frozenset({Role.ADMIN}))
    rules = replace(RULES, people={**RULES.people, OLGA: boss})

    assert drill(rules, replace(TEST_PAGE, by=OLGA)).requester == OLGA
    for person in (MEI, LIN, ZHOU, PersonId("who")):
        with pytest.raises(NotAllowed):
            drill(rules, replace(TEST_PAGE, by=person))
    with pytest.raises(NotAllowed):
        decide(None, raising(by=DESK), rules, MON_9)


NOT_FOR_A_DRILL: tuple[Command, ...] = (
    Reclassify(by=LIN, ticket=ONE, kind="incident"),
    HandOver(by=LIN, ticket=ONE, to=TeamId("network"), why="theirs"),
    Resolve(by=LIN, ticket=ONE, solution="done"),
    PassOn(by=LIN, ticket=ONE),
)


@pytest.mark.parametrize("command", NOT_FOR_A_DRILL, ids=lambda one: one.verb)
def test_a_drill_is_no_work_and_becomes_none(command: Command) -> None:
    with pytest.raises(NotFromHere):
        decide(drill(), command, RULES, MON_9 + minutes(1))


def test_what_people_ask_for_does_not_become_a_drill() -> None:
    ticket = decide(None, raising(), RULES, MON_9).ticket

    with pytest.raises(Refusal):
        decide(ticket, Reclassify(by=LIN, ticket=ONE, kind="drill"), RULES, MON_9)


def test_a_drill_that_is_over_stays_so() -> None:
    ticket, _ = ordered(drill(), 1, Acknowledge(by=LIN, ticket=ONE))

    with pytest.raises(NotFromHere):
        decide(ticket, Reopen(by=LIN, ticket=ONE), RULES, MON_9 + minutes(2))
    with pytest.raises(NotFound):
        decide(ticket, Reopen(by=MEI, ticket=ONE), RULES, MON_9 + minutes(2))
