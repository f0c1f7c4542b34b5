"""Whether whoever acknowledged is still on it: promises they made, questions whether it is forgotten, and the end of an
acknowledgement nothing came of."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain import escalation
from bot.domain.anew import anew
from bot.domain.decided import Step
from bot.domain.events import AskedWhetherForgotten, Lapsed
from bot.domain.ids import DESK, WAITING, PersonId, Priority
from bot.domain.rules import Rules
from bot.domain.ticket import Ticket

PROMISE, FORGOTTEN = "promise", "forgotten"
"""Why an acknowledgement lapses by time."""

_ROUND_THE_CLOCK = frozenset({Priority.P1, Priority.P2})
"""Nobody who has one of these in hand goes home without a word; the others count in the team's hours."""


def worked(ticket: Ticket, now: datetime) -> Ticket:
    """There was a sign of work: what was promised by whoever acknowledged is kept, and nothing is forgotten."""
    return anew(ticket, worked_at=now, acknowledged_until=None, asked_at=None)


def next_look(ticket: Ticket, rules: Rules) -> datetime | None:
    """When the acknowledgement lapses or its author is asked, if nothing happens; None when neither will be."""
    if not _is_in_hand(ticket):
        return None
    if ticket.acknowledged_until is not None:
        return ticket.acknowledged_until
    if ticket.asked_at is not None:
        return _later(ticket.asked_at, rules.manner.answer_within, ticket, rules)
    after = rules.manner.forgotten_after.get(ticket.priority)
    since = ticket.worked_at or ticket.acknowledged_at
    return None if after is None or since is None else _later(since, after, ticket, rules)


def looked(ticket: Ticket, rules: Rules, now: datetime) -> Step:
    """Whoever should have shown a sign of work by now is asked, or asked no more and others are called. A silence that
    the desk slept through costs nobody their time to answer: it counts from the question."""
    due = next_look(ticket, rules)
    if due is None or due > now:
        return ticket, ()
    late = now - due > rules.manner.late_after
    if ticket.acknowledged_until is not None:
        return lapsed(ticket, PROMISE, rules, now, late=late)
    if ticket.asked_at is not None:
        return lapsed(ticket, FORGOTTEN, rules, now, late=late)
    answer_by = _later(now, rules.manner.answer_within, ticket, rules)
    asked = AskedWhetherForgotten(at=now, by=DESK, person=on_it(ticket), answer_by=answer_by)
    return anew(ticket, asked_at=now), (asked,)


def lapsed(ticket: Ticket, why: str, rules: Rules, now: datetime, *, late: bool = False) -> Step:
    """The acknowledgement counts no more and the calling begins again; whoever holds it holds it still."""
    event = Lapsed(at=now, by=DESK, person=on_it(ticket), why=why, late=late)
    return escalation.begin(ticket, rules, now), (event,)


def on_it(ticket: Ticket) -> PersonId:
    """Who has to answer for it: whoever holds it, or else who acknowledged it."""
    return ticket.holder or ticket.acknowledged_by or DESK


def _is_in_hand(ticket: Ticket) -> bool:
    return ticket.is_open and ticket.acknowledged_by is not None and ticket.status not in WAITING


def _later(since: datetime, wait: timedelta, ticket: Ticket, rules: Rules) -> datetime:
    if ticket.priority in _ROUND_THE_CLOCK:
        return since + wait
    return rules.calendar_of(ticket.team).add(since, wait)
