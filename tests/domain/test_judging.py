"""Rules change: open tickets follow them, with a line for each moved deadline; what is over stays as it was judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.domain.commands import Acknowledge, Cancel, Close, Reopen, Resolve, Review, Start
from bot.domain.events import Rescheduled
from bot.domain.ids import DESK, CalendarId, Level, PersonId, TicketId
from bot.domain.judging import promises_of
from bot.domain.lifecycle import decide
from bot.domain.refusals import NotAllowed
from bot.domain.rules import Rules
from bot.domain.sla import Clock, PromiseState
from bot.domain.ticket import Ticket
from tests.domain.small_desk import LIN, MEI, MON_9, OFFICE, minutes, raised, small_rules

ONE = TicketId(1)
RULES = small_rules()


def with_holiday(day: date) -> Rules:
    """The same rules after that day was declared a holiday."""
    office = replace(OFFICE, closed=frozenset({day}))
    terms = {
        key: replace(
            one,
            targets={
                clock: replace(target, calendar=office) if target.calendar is OFFICE else target
                for clock, target in one.targets.items()
            },
        )
        for key, one in RULES.terms.items()
    }
    return replace(RULES, version="holiday", terms=terms, calendars={**RULES.calendars, CalendarId("office"): office})


def due(ticket: Ticket, rules: Rules, now: datetime, clock: Clock) -> datetime | None:
    """When that promise falls due under these rules."""
    return next(one.due for one in promises_of(ticket, rules, now) if one.clock is clock)


def review(ticket: Ticket, rules: Rules, now: datetime) -> Review:
    """The order to look again, with what was written down under the old rules."""
    return Review(
        by=DESK,
        ticket=ONE,
        response=due(ticket, RULES, now, Clock.RESPONSE),
        update=None,
        resolution=due(ticket, RULES, now, Clock.RESOLUTION),
    )


def calm() -> Ticket:
    """A P3 incident of Monday, three in the afternoon: an hour to respond, eight to resolve, in office hours."""
    return raised(RULES, at=MON_9 + minutes(360), impact=Level.MEDIUM, urgency=Level.MEDIUM)


def test_a_new_holiday_moves_an_open_deadline_and_each_move_has_its_line() -> None:
    ticket, now = calm(), MON_9 + minutes(400)
    rules = with_holiday(date(2026, 3, 3))

    decision = decide(ticket, review(ticket, rules, now), rules, now)

    (event,) = (one for one in decision.events if isinstance(one, Rescheduled))
    assert event.clock == "resolution"
    assert event.was == datetime(2026, 3, 3, 15, 0, tzinfo=MON_9.tzinfo)
    assert event.due == datetime(2026, 3, 4, 15, 0, tzinfo=MON_9.tzinfo)
    assert decision.ticket.rules_version == "holiday"


def test_the_same_rules_move_nothing() -> None:
    ticket, now = calm(), MON_9 + minutes(400)

    decision = decide(ticket, review(ticket, RULES, now), RULES, now)

    assert decision.events == ()


def test_a_closed_ticket_stays_as_it_was_judged() -> None:
    ticket, now = calm(), MON_9 + minutes(480 + 24 * 60)
    for command in (Start(by=LIN, ticket=ONE), Resolve(by=LIN, ticket=ONE, solution="done"), Close(by=MEI, ticket=ONE)):
        ticket = decide(ticket, command, RULES, now).ticket
    before = promises_of(ticket, RULES, now)
    assert PromiseState.MISSED in {one.state for one in before}

    after = promises_of(ticket, with_holiday(date(2026, 3, 3)), now)

    assert [(one.clock, one.state, one.due, one.used) for one in after] == [
        (one.clock, one.state, one.due, one.used) for one in before
    ]
    assert decide(ticket, review(calm(), RULES, now), with_holiday(date(2026, 3, 3)), now).events == ()


def test_a_cancelled_ticket_is_sealed_too() -> None:
    ticket = decide(calm(), Cancel(by=MEI, ticket=ONE), RULES, MON_9 + minutes(370)).ticket

    assert {one.state for one in ticket.verdicts} == {PromiseState.STOPPED}


def test_reopening_breaks_the_seal() -> None:
    ticket, now = calm(), MON_9 + minutes(370)
    for command in (
        Acknowledge(by=LIN, ticket=ONE),
        Resolve(by=LIN, ticket=ONE, solution="done"),
        Close(by=MEI, ticket=ONE),
        Reopen(by=MEI, ticket=ONE),
    ):
        ticket = decide(ticket, command, RULES, now).ticket

    assert ticket.verdicts == ()
    assert any(one.state is PromiseState.RUNNING for one in promises_of(ticket, RULES, now))


@pytest.mark.parametrize("person", [LIN, MEI])
def test_only_the_desk_reviews(person: PersonId) -> None:
    ticket = calm()

    with pytest.raises(NotAllowed):
        decide(ticket, replace(review(ticket, RULES, MON_9), by=person), RULES, MON_9 + minutes(400))
