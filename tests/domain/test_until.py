"""A wait with an end: time ends it once, and anybody may end it earlier."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.announce import About, ToPerson, announce
from bot.domain.commands import Schedule, Start, Tick, Wait, WaitForApproval, WaitForRequester, WaitForSupplier
from bot.domain.events import Moved
from bot.domain.ids import DESK, Status
from bot.domain.lifecycle import decide
from bot.domain.passing import wake_at
from bot.domain.refusals import Missing
from bot.domain.ticket import Ticket
from tests.domain.small_desk import LIN, MON_9, minutes, raised, small_rules

RULES = small_rules()
HALF_AN_HOUR = minutes(30)
WAITS: list[type[Wait]] = [Schedule, WaitForApproval, WaitForRequester, WaitForSupplier]


def _waiting(kind: type[Wait] = Schedule, length: timedelta = HALF_AN_HOUR) -> Ticket:
    ticket = raised(RULES)
    order = kind(by=LIN, ticket=ticket.id, why="router", until=MON_9 + length)
    return decide(ticket, order, RULES, MON_9).ticket  # type: ignore[arg-type]  # the base of four commands


def _tick(ticket: Ticket) -> Tick:
    return Tick(by=DESK, ticket=ticket.id)


@given(st.sampled_from(WAITS), st.integers(1, 5000), st.lists(st.integers(0, 900), min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_time_ends_the_wait_once_and_not_before(kind: type[Wait], length: int, pauses: list[int]) -> None:
    ticket, now, woken = _waiting(kind, minutes(length)), MON_9, 0
    until = MON_9 + minutes(length)
    for pause in [*pauses, length]:
        now += minutes(pause)
        decision = decide(ticket, _tick(ticket), RULES, now)
        moves = [event for event in decision.events if isinstance(event, Moved)]
        ticket, woken = decision.ticket, woken + len(moves)

        assert bool(woken) is (now >= until)
        assert (ticket.status is Status.IN_PROGRESS) is bool(woken)
        again = wake_at(ticket, RULES, now)
        assert again is None or again > now
        assert woken or (again is not None and again <= until)

    assert woken == 1
    assert ticket.until is None


@pytest.mark.parametrize("kind", WAITS)
def test_the_holder_hears_that_the_time_has_come(kind: type[Wait]) -> None:
    ticket = _waiting(kind)

    decision = decide(ticket, _tick(ticket), RULES, MON_9 + minutes(30))

    moved = next(event for event in decision.events if isinstance(event, Moved))
    assert (moved.by, moved.verb, moved.was, moved.to, moved.why) == (
        DESK,
        "start",
        ticket.status,
        Status.IN_PROGRESS,
        "until",
    )
    notices = announce(decision.ticket, decision.events, RULES)
    assert [(one.to, one.about) for one in notices if one.about is About.TIME_COME] == [
        (ToPerson(LIN), About.TIME_COME)
    ]


def test_time_does_not_take_the_place_of_a_human_answer() -> None:
    ticket = _waiting()

    after = decide(ticket, _tick(ticket), RULES, MON_9 + minutes(30)).ticket

    assert [mark.what for mark in after.marks][-1] == "resume"
    assert after.holder == LIN


def test_whoever_goes_on_earlier_ends_the_wait() -> None:
    ticket = _waiting()

    after = decide(ticket, Start(by=LIN, ticket=ticket.id), RULES, MON_9 + minutes(5)).ticket
    later = decide(after, _tick(after), RULES, MON_9 + minutes(31))

    assert after.until is None
    assert not [event for event in later.events if isinstance(event, Moved)]


def test_another_wait_has_its_own_end_or_none() -> None:
    ticket = _waiting()

    order = WaitForSupplier(by=LIN, ticket=ticket.id, why="a part")
    after = decide(ticket, order, RULES, MON_9 + minutes(5)).ticket

    assert after.until is None


@pytest.mark.parametrize("length", [minutes(0), minutes(-1)])
def test_a_wait_cannot_end_before_it_begins(length: timedelta) -> None:
    ticket = raised(RULES)
    order = Schedule(by=LIN, ticket=ticket.id, why="router", until=MON_9 + length)

    with pytest.raises(Missing):
        decide(ticket, order, RULES, MON_9)


def test_without_an_end_only_people_go_on() -> None:
    ticket = replace(_waiting(), until=None)

    decision = decide(ticket, _tick(ticket), RULES, MON_9 + timedelta(days=9))

    assert decision.ticket.status is Status.SCHEDULED
