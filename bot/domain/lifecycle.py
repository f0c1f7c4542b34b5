"""What a command does to a ticket, decided without a chat, a database or a clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain import drilling, escalation, handing_on, intake, moves, passing, talk
from bot.domain.access import may, may_see
from bot.domain.anew import anew
from bot.domain.commands import (
    Acknowledge,
    AddResponder,
    Assign,
    CallUp,
    Cancel,
    Close,
    Command,
    Confirm,
    HandOver,
    KeepOn,
    Nudge,
    Overrule,
    PassOn,
    Raise,
    Rate,
    Reclassify,
    Reopen,
    Resolve,
    Review,
    Say,
    Schedule,
    Start,
    Tick,
    Unreached,
    WaitForApproval,
    WaitForRequester,
    WaitForSupplier,
)
from bot.domain.decided import Step
from bot.domain.events import AnyEvent
from bot.domain.judging import sealed
from bot.domain.refusals import NotAllowed, NotFound, NotFromHere
from bot.domain.rules import Rules
from bot.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Decision:
    """The ticket afterwards, and what happened, in order. No events: nothing has changed."""

    ticket: Ticket
    events: Sequence[AnyEvent]


def decide(ticket: Ticket | None, command: Command, rules: Rules, now: datetime) -> Decision:
    """The ticket after the command. Raises Refusal, and then nothing has happened.

    `now` never runs backwards for one ticket. A promise that ran out before `now` is recorded first, whoever comes."""
    if isinstance(command, Raise):
        return _counted(*intake.raised(command, rules, now))
    if ticket is None or not may_see(command.by, ticket, rules, now):
        raise NotFound(ref=f"#{command.ticket}")
    if not may(command.by, _right(command), ticket, rules, now):
        raise NotAllowed(ref=ticket.ref, verb=_right(command))
    if ticket.nature.only and _right(command) not in ticket.nature.only:
        raise NotFromHere(ref=ticket.ref, status=ticket.status, verb=_right(command))
    if isinstance(command, Review):
        return _counted(*passing.reviewed(ticket, command, rules, now))
    after, events = _lived(ticket, command, rules, now)
    return _counted(sealed(after, rules, now), events)


def _lived(ticket: Ticket, command: Command, rules: Rules, now: datetime) -> Step:
    if isinstance(command, Tick):
        woken, moved = moves.woken(ticket, now)
        after, events = passing.ticked(woken, command, rules, now)
        return after, (*moved, *events)
    noted, late = passing.noticed(ticket, rules, now)
    after, events = _obey(noted, command, rules, now)
    return after, (*late, *events)


def _obey(ticket: Ticket, command: Command, rules: Rules, now: datetime) -> Step:
    match command:
        case Confirm():
            return intake.confirmed(ticket, command, rules, now)
        case Reclassify():
            return intake.reclassified(ticket, command, rules, now)
        case Overrule():
            return intake.overruled(ticket, command, rules, now)
        case Acknowledge() if drilling.is_drill(ticket):
            return drilling.passed(ticket, command, now)
        case Acknowledge():
            return moves.acknowledged(ticket, command, now)
        case PassOn() | KeepOn() | AddResponder() | CallUp() | HandOver() | Unreached():
            return _hand_on(ticket, command, rules, now)
        case Assign():
            return moves.assigned(ticket, command, rules, now)
        case Start():
            return moves.started(ticket, command, now)
        case WaitForRequester() | WaitForSupplier() | WaitForApproval() | Schedule():
            return moves.waiting(ticket, command, now)
        case Resolve():
            return moves.resolved(ticket, command, now)
        case Close():
            return moves.closed(ticket, command, now)
        case Reopen():
            return moves.reopened(ticket, command, rules, now)
        case Cancel():
            return moves.cancelled(ticket, command, now)
        case Say():
            return talk.said(ticket, command, rules, now)
        case Nudge():
            return talk.nudged(ticket, command, now)
        case Rate():
            return talk.rated(ticket, command, now)
        case Raise() | Tick() | Review():
            raise AssertionError("decided before")


def _hand_on(
    ticket: Ticket,
    command: PassOn | KeepOn | AddResponder | CallUp | HandOver | Unreached,
    rules: Rules,
    now: datetime,
) -> Step:
    match command:
        case PassOn():
            return handing_on.passed_on(ticket, command, rules, now)
        case KeepOn():
            return handing_on.kept_on(ticket, command, now)
        case AddResponder():
            return handing_on.responder_added(ticket, command, rules, now)
        case CallUp():
            return handing_on.called_up(ticket, command, rules, now)
        case HandOver():
            return handing_on.handed_over(ticket, command, rules, now)
        case Unreached() if drilling.is_drill(ticket):
            return drilling.not_reached(ticket, command, now)
        case Unreached():
            return handing_on.not_reached(ticket, command, rules, now)


def _right(command: Command) -> str:
    if isinstance(command, Say) and not command.public:
        return "note"
    return command.verb


def _counted(ticket: Ticket, events: Sequence[AnyEvent]) -> Decision:
    if not events:
        return Decision(ticket, ())
    known = escalation.numbered(ticket, ticket.entries + 1, events)
    return Decision(anew(known, version=ticket.version + 1, entries=ticket.entries + len(events)), tuple(events))
