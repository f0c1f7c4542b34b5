"""When time looks at a ticket, and what it says then: at the right moment, once, and late when it is late."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.commands import Acknowledge, Command, Downtime, Overrule, Reopen, Resolve, Start, Tick
from bot.domain.events import AnyEvent, Broken, Warned
from bot.domain.ids import DESK, Level, Priority, TicketId
from bot.domain.lifecycle import decide
from bot.domain.passing import wake_at
from bot.domain.rules import Manner
from bot.domain.ticket import Ticket
from tests.domain.small_desk import LIN, MEI, MON_9, WANG, minutes, raised, small_rules

ONE = TicketId(1)
RULES = replace(small_rules(), manner=Manner(forgotten_after={}))
"""Nobody is asked whether they have forgotten it: what has to be said comes to an end."""
INSTANT = timedelta(milliseconds=1)


def ordered(ticket: Ticket, minute: float, command: Command) -> tuple[Ticket, tuple[AnyEvent, ...]]:
    decision = decide(ticket, command, RULES, MON_9 + minutes(minute))
    return decision.ticket, tuple(decision.events)


def ticked(ticket: Ticket, now: datetime, down: Downtime | None = None) -> tuple[Ticket, tuple[AnyEvent, ...]]:
    decision = decide(ticket, Tick(by=DESK, ticket=ONE, down=down), RULES, now)
    return decision.ticket, tuple(decision.events)


def acknowledged(urgency: Level = Level.HIGH) -> Ticket:
    """A ticket nobody is called for any more, so that only its promises are left."""
    return ordered(raised(RULES, urgency=urgency), 0, Acknowledge(by=LIN, ticket=ONE))[0]


@pytest.mark.parametrize("urgency", list(Level))
def test_whoever_looks_when_asked_to_finds_something_to_do_and_is_never_asked_for_the_same_moment(
    urgency: Level,
) -> None:
    ticket, now = acknowledged(urgency), MON_9
    said: list[str] = []

    while (following := wake_at(ticket, RULES, now)) is not None:
        assert following > now
        ticket, events = ticked(ticket, following)
        assert events
        said += [f"{one.name} {one.clock}" for one in events if isinstance(one, Warned | Broken)]
        now = following

    assert len(said) == len(set(said))
    assert {"broken response", "broken resolution"} <= set(said)


def test_a_promise_is_still_kept_at_its_deadline_and_broken_an_instant_later() -> None:
    due = MON_9 + minutes(15)

    at_due = ticked(acknowledged(), due)[1]
    later = ticked(acknowledged(), due + INSTANT)[1]

    assert not any(isinstance(one, Broken) for one in at_due)
    assert [(one.clock, one.due) for one in later if isinstance(one, Broken)] == [("response", due)]


@pytest.mark.parametrize(("by", "late"), [(INSTANT, False), (minutes(1), False), (minutes(1) + INSTANT, True)])
def test_a_breach_noticed_more_than_a_minute_late_says_so_and_why(by: timedelta, late: bool) -> None:
    now = MON_9 + minutes(15) + by
    down = Downtime(MON_9 + minutes(1), now)

    _, events = ticked(acknowledged(), now, down)
    _, without = ticked(acknowledged(), now)

    (broken,) = (one for one in events if isinstance(one, Broken))
    assert broken.late is late
    assert (broken.down_since, broken.down_until) == ((down.since, down.until) if late else (None, None))
    (alone,) = (one for one in without if isinstance(one, Broken))
    assert (alone.late, alone.down_since) == (late, None)


def test_a_warning_noticed_more_than_a_minute_late_says_so_and_why() -> None:
    warn_at = wake_at(acknowledged(), RULES, MON_9)
    assert warn_at is not None
    down = Downtime(MON_9, warn_at + minutes(2))

    (early,) = ticked(acknowledged(), warn_at + minutes(1), down)[1]
    (late,) = ticked(acknowledged(), warn_at + minutes(1) + INSTANT, down)[1]

    assert isinstance(early, Warned)
    assert isinstance(late, Warned)
    assert (early.late, early.down_since, early.down_until) == (False, None, None)
    assert (late.late, late.down_since, late.down_until) == (True, down.since, down.until)


def test_after_a_breach_nobody_is_warned_of_that_promise_even_when_it_is_given_more_time() -> None:
    broken, events = ticked(acknowledged(), MON_9 + minutes(20))
    assert [one.name for one in events] == ["broken"]

    calmer, _ = ordered(broken, 21, Overrule(by=WANG, ticket=ONE, priority=Priority.P3, why="one person only"))
    said = ticked(calmer, MON_9 + minutes(59))[1]

    assert not any(isinstance(one, Warned | Broken) and one.clock == "response" for one in said)


def test_a_breach_that_goes_along_into_the_next_cycle_is_said_once() -> None:
    ticket, _ = ordered(acknowledged(), 1, Start(by=LIN, ticket=ONE))
    ticket, first = ticked(ticket, MON_9 + minutes(300))
    ticket, _ = ordered(ticket, 301, Resolve(by=LIN, ticket=ONE, solution="restarted"))
    ticket, reopened = ordered(ticket, 302, Reopen(by=MEI, ticket=ONE))
    _, second = ticked(ticket, MON_9 + minutes(303))

    assert [one.cycle for one in first if isinstance(one, Broken) and one.clock == "resolution"] == [1]
    assert not any(isinstance(one, Broken) and one.clock == "resolution" for one in (*reopened, *second))
