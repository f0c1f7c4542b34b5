"""Moves between statuses: looked up in the kind's table, heard by the clocks."""

from __future__ import annotations

from datetime import datetime

from bot.domain import attention, escalation
from bot.domain.access import Stand, stands
from bot.domain.anew import anew
from bot.domain.commands import (
    Acknowledge,
    Assign,
    Cancel,
    Close,
    Reopen,
    Resolve,
    Schedule,
    Start,
    WaitForApproval,
    WaitForRequester,
    WaitForSupplier,
)
from bot.domain.decided import Step
from bot.domain.events import Acknowledged, AnyEvent, Assigned, Commented, Moved
from bot.domain.ids import DESK, DONE, WAITING, PersonId, Status
from bot.domain.refusals import AlreadyDone, Missing, NotFromHere, TooLate, Unknown
from bot.domain.rules import Rules
from bot.domain.sla import Mark, MarkKind
from bot.domain.ticket import Ticket

UNTIL = "until"
"""Why a wait ended that ended by itself."""

_HELD_BY = frozenset({Stand.MEMBER, Stand.ON_CALL, Stand.LEAD})


def acknowledged(ticket: Ticket, command: Acknowledge, now: datetime) -> Step:
    """Nobody else is called; who acknowledges holds it unless somebody does already. With `until` they promise a sign
    of work by then."""
    if not ticket.is_open:
        raise NotFromHere(ref=ticket.ref, status=ticket.status, verb=command.verb)
    if ticket.acknowledged_by is not None:
        raise AlreadyDone(ref=ticket.ref, verb=command.verb, by=ticket.acknowledged_by)
    if command.until is not None and command.until <= now:
        raise Missing(ref=ticket.ref, verb=command.verb, what="until")
    had, events = _had_by(ticket, command.by, now, until=command.until)
    had = anew(had, acknowledged_until=command.until)
    if ticket.status is not Status.NEW:
        return had, events
    after, moved = move(had, command.verb, command.by, now)
    return after, (*events, *moved)


def assigned(ticket: Ticket, command: Assign, rules: Rules, now: datetime) -> Step:
    """Another holder. Taking it oneself is also an acknowledgement; giving it to another is not theirs."""
    if not ticket.is_open:
        raise NotFromHere(ref=ticket.ref, status=ticket.status, verb=command.verb)
    if _HELD_BY.isdisjoint(stands(command.to, ticket, rules, now)):
        raise Unknown(what="holder", value=command.to)
    if ticket.holder == command.to:
        raise AlreadyDone(ref=ticket.ref, verb=command.verb, by=command.to)
    given = anew(ticket, holder=command.to, worked_at=now, asked_at=None)
    events: tuple[AnyEvent, ...] = (Assigned(at=now, by=command.by, to=command.to, was=ticket.holder),)
    if command.to == command.by and ticket.acknowledged_by is None:
        given, more = _had_by(given, command.by, now)
        events = (*events, *more)
        if given.status is Status.NEW:
            given, moved = move(given, "acknowledge", command.by, now)
            events = (*events, *moved)
    return given, events


def started(ticket: Ticket, command: Start, now: datetime) -> Step:
    """Work goes on under somebody's name: a human response."""
    after, moved = move(ticket, command.verb, command.by, now)
    had, events = _worked_by(after, command.by, now)
    return _heard(had, Mark(now, MarkKind.RESPOND)), (*events, *moved)


def waiting(
    ticket: Ticket, command: WaitForRequester | WaitForSupplier | WaitForApproval | Schedule, now: datetime
) -> Step:
    """It waits, and it is written for what. A question to the requester is a human response."""
    why = command.why.strip()
    if not why:
        raise Missing(ref=ticket.ref, verb=command.verb, what="why")
    if command.until is not None and command.until <= now:
        raise Missing(ref=ticket.ref, verb=command.verb, what="until")
    asked = ticket
    if isinstance(command, WaitForRequester) and command.verb != ticket.status:
        asked = _heard(ticket, Mark(now, MarkKind.REPLY))
    after, moved = move(asked, command.verb, command.by, now, why=why)
    had, events = _worked_by(anew(after, waiting_for=why, until=command.until), command.by, now)
    return had, (*events, *moved)


def woken(ticket: Ticket, now: datetime) -> Step:
    """What waited until a moment that has come goes on, under the name of whoever holds it."""
    if ticket.until is None or now < ticket.until:
        return ticket, ()
    return move(ticket, "start", DESK, now, why=UNTIL)


def resolved(ticket: Ticket, command: Resolve, now: datetime) -> Step:
    """Done, with the solution in words; nobody is called any more."""
    solution = command.solution.strip()
    if not solution:
        raise Missing(ref=ticket.ref, verb=command.verb, what="solution")
    answered = _heard(ticket, Mark(now, MarkKind.RESPOND)) if ticket.is_open else ticket
    after, moved = move(answered, command.verb, command.by, now, why=solution)
    had, events = _worked_by(anew(after, solution=solution, done_at=now), command.by, now)
    return had, (*events, *moved)


def closed(ticket: Ticket, command: Close, now: datetime) -> Step:
    """Over: by the requester's word, or by time."""
    after, moved = move(ticket, command.verb, command.by, now)
    return anew(after, over_at=now), moved


def reopened(ticket: Ticket, command: Reopen, rules: Rules, now: datetime) -> Step:
    """Not done after all, within the grace period: the same ticket in its next cycle, and somebody is called again."""
    if ticket.is_open or ticket.done_at is None:
        raise NotFromHere(ref=ticket.ref, status=ticket.status, verb=command.verb)
    if now > reopen_until(ticket, rules):
        raise TooLate(ref=ticket.ref, verb=command.verb)
    after, moved = move(ticket, command.verb, command.by, now, why=command.words.strip())
    again = anew(
        after,
        cycle=ticket.cycle + 1,
        done_at=None,
        over_at=None,
        rating=None,
        waiting_for="",
        verdicts=(),
    )
    events: tuple[AnyEvent, ...] = moved
    if command.words.strip():
        events = (
            *moved,
            Commented(at=now, by=command.by, words=command.words, public=True, side="requester"),
        )
    called, calls = escalation.call_due(escalation.begin(again, rules, now), rules, now)
    return called, (*events, *calls)


def reopen_until(ticket: Ticket, rules: Rules) -> datetime:
    """The end of the grace period. Only for a ticket that has been done."""
    if ticket.done_at is None:
        raise ValueError(f"{ticket.ref} has not been done yet")
    grace = rules.manner.reopen_within
    return rules.calendar_of(ticket.team).add_working_days(ticket.done_at, grace.count, end_of_day=grace.end_of_day)


def cancelled(ticket: Ticket, command: Cancel, now: datetime) -> Step:
    """No longer needed; outside the figures, with its reason."""
    after, moved = move(ticket, command.verb, command.by, now, why=command.why.strip())
    return anew(after, over_at=now, cancelled_because=command.why.strip()), moved


def move(
    ticket: Ticket, verb: str, by: PersonId, now: datetime, *, why: str = ""
) -> tuple[Ticket, tuple[AnyEvent, ...]]:
    """The ticket in the status where the table leads, with the marks that its clocks hear."""
    row = ticket.nature.moves.get(verb)
    if row is None or ticket.status not in row.sources:
        if row is not None and ticket.status is row.to:
            raise AlreadyDone(ref=ticket.ref, verb=verb, by=ticket.holder or DESK)
        raise NotFromHere(ref=ticket.ref, status=ticket.status, verb=verb)
    after = anew(ticket, status=row.to, marks=(*ticket.marks, *_marks(ticket, row.to, now)))
    if ticket.status in WAITING:
        after = anew(after, worked_at=now)  # nobody forgets what was only waiting
    if not after.is_open:
        after = escalation.stop(after)
    if ticket.waiting_for:
        after = anew(after, waiting_for="", until=None)
    return after, (Moved(at=now, by=by, verb=verb, was=ticket.status, to=row.to, why=why),)


def _marks(ticket: Ticket, to: Status, now: datetime) -> tuple[Mark, ...]:
    pausing = ticket.nature.pausing
    resume = (Mark(now, MarkKind.RESUME),) if ticket.status in pausing else ()
    if to in pausing:
        return (*resume, Mark(now, MarkKind.PAUSE, why=to))
    if to in DONE:
        return (*resume, Mark(now, MarkKind.RESOLVE))
    match to:
        case Status.CLOSED:
            return (Mark(now, MarkKind.CLOSE),)
        case Status.CANCELLED:
            return (*resume, Mark(now, MarkKind.CANCEL))
        case _ if not ticket.is_open:
            return (Mark(now, MarkKind.REOPEN),)
        case _:
            return resume


def _worked_by(ticket: Ticket, by: PersonId, now: datetime) -> tuple[Ticket, tuple[AnyEvent, ...]]:
    """Somebody has it in hand and has shown a sign of work."""
    had, events = _had_by(ticket, by, now)
    return attention.worked(had, now), events


def _had_by(
    ticket: Ticket, by: PersonId, now: datetime, *, until: datetime | None = None
) -> tuple[Ticket, tuple[AnyEvent, ...]]:
    """Somebody of the team has it in hand: acknowledged, held, and nobody is called."""
    events: tuple[AnyEvent, ...] = ()
    after = ticket
    if ticket.acknowledged_by is None:
        calls = ticket.chase.calls if ticket.chase else 0
        events = (Acknowledged(at=now, by=by, after_calls=calls, until=until),)
        after = anew(escalation.stop(ticket), acknowledged_by=by, acknowledged_at=now, worked_at=now)
    if after.holder is None:
        events = (*events, Assigned(at=now, by=by, to=by, was=None))
        after = anew(after, holder=by)
    return after, events


def _heard(ticket: Ticket, mark: Mark) -> Ticket:
    return anew(ticket, marks=(*ticket.marks, mark))
