"""Words on a ticket: comments, nudges, and how good it was."""

from __future__ import annotations

from datetime import datetime

from bot.domain import attention
from bot.domain.access import is_crew
from bot.domain.anew import anew
from bot.domain.commands import Nudge, Rate, Say
from bot.domain.decided import Step
from bot.domain.events import AnyEvent, Commented, Nudged, Rated
from bot.domain.ids import Status
from bot.domain.moves import move
from bot.domain.refusals import AlreadyDone, Empty, NotFromHere, Unknown
from bot.domain.rules import Rules
from bot.domain.sla import Mark, MarkKind
from bot.domain.ticket import Ticket


def said(ticket: Ticket, command: Say, rules: Rules, now: datetime) -> Step:
    """The words are on the record. Those of the crew are a sign of work, a note among themselves as well; an answer of
    the requester takes the ball back to the desk."""
    if not command.words.strip():
        raise Empty()
    if ticket.is_over:
        raise NotFromHere(ref=ticket.ref, status=ticket.status, verb=command.verb)
    crew = is_crew(command.by, ticket, rules, now)
    event = Commented(
        at=now,
        by=command.by,
        words=command.words,
        public=command.public,
        side="desk" if crew else "requester",
    )
    worked = attention.worked(ticket, now) if crew and ticket.acknowledged_by is not None else ticket
    if not command.public:
        return worked, (event,)
    heard = anew(worked, marks=(*ticket.marks, Mark(now, MarkKind.REPLY if crew else MarkKind.CUSTOMER)))
    events: tuple[AnyEvent, ...] = (event,)
    if not crew and ticket.status is Status.WAITING_REQUESTER:
        heard, moved = move(heard, "start", command.by, now)
        events = (event, *moved)
    return heard, events


def nudged(ticket: Ticket, command: Nudge, now: datetime) -> Step:
    """The team sees that the requester asks; priority stays what it is."""
    if not ticket.is_open:
        raise NotFromHere(ref=ticket.ref, status=ticket.status, verb=command.verb)
    return ticket, (Nudged(at=now, by=command.by),)


def rated(ticket: Ticket, command: Rate, now: datetime) -> Step:
    """The requester's word on the work, which also closes what was only resolved."""
    if not 1 <= command.stars <= 5:
        raise Unknown(what="stars", value=str(command.stars))
    if ticket.status is Status.CANCELLED or ticket.is_open:
        raise NotFromHere(ref=ticket.ref, status=ticket.status, verb=command.verb)
    if ticket.rating is not None:
        raise AlreadyDone(ref=ticket.ref, verb=command.verb, by=command.by)
    judged = anew(ticket, rating=command.stars)
    event = Rated(at=now, by=command.by, stars=command.stars, words=command.words)
    if not ticket.is_done:
        return judged, (event,)
    after, moved = move(judged, "close", command.by, now)
    return anew(after, over_at=now), (event, *moved)
