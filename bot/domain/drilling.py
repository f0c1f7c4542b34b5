"""The life of a drill: whoever is on call is called once; acknowledged in time it passes, otherwise it fails."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain import escalation, standby
from bot.domain.anew import anew
from bot.domain.commands import Acknowledge, Unreached
from bot.domain.decided import Step
from bot.domain.escalation import with_new
from bot.domain.events import Acknowledged, Called, Drilled, Moved, NobodyThere, NotReached
from bot.domain.ids import DESK, PersonId, PolicyId, Status
from bot.domain.kinds import DRILL
from bot.domain.refusals import NotFromHere
from bot.domain.rules import Rules
from bot.domain.ticket import Chase, Ticket

WITHIN = timedelta(minutes=15)
"""How long whoever is on call has where the rules plan no drills."""

NOBODY_THERE, NOT_REACHED, UNANSWERED = "nobody_there", "not_reached", "unanswered"
"""Why a drill fails."""


def is_drill(ticket: Ticket) -> bool:
    """Whether it is a test page and no work."""
    return ticket.kind == DRILL.code


def called(ticket: Ticket, rules: Rules, now: datetime) -> Step:
    """The first level of the policy is called, people only. Where nobody is there it has failed at once."""
    people = _first_level(ticket, rules, now)
    if not people:
        failed, events = _failed(ticket, NOBODY_THERE, now)
        return failed, (NobodyThere(at=now, by=DESK, level=1), *events)
    policy = rules.policy_for(ticket.team, ticket.priority)
    end = now + (WITHIN if rules.manner.drills is None else rules.manner.drills.within)
    key = PolicyId("") if policy is None else policy.key
    chase = Chase(key, level=1, next_at=end, calls=1, tried=people, pending=people)
    event = Called(at=now, by=DESK, level=1, round=1, people=people, channel=False, due=now)
    return anew(ticket, chase=chase, called=with_new(ticket.called, people)), (event,)


def passed(ticket: Ticket, command: Acknowledge, now: datetime) -> Step:
    """Somebody answered: that is all it was for."""
    if not ticket.is_open:
        raise NotFromHere(ref=ticket.ref, status=ticket.status, verb=command.verb)
    answered = Acknowledged(at=now, by=command.by, after_calls=ticket.chase.calls if ticket.chase else 0)
    done = anew(ticket, acknowledged_by=command.by, acknowledged_at=now, holder=ticket.holder or command.by)
    drilled = Drilled(at=now, by=DESK, passed=True, person=command.by, took_s=_took_s(ticket, now))
    after, moved = _ended(done, Status.CLOSED, command.verb, command.by, now, why="passed")
    return after, (answered, drilled, moved)


def ticked(ticket: Ticket, now: datetime) -> Step:
    """When the time is over without an answer, it has failed."""
    if ticket.chase is None or ticket.chase.next_at > now:
        return ticket, ()
    return _failed(ticket, UNANSWERED, now)


def not_reached(ticket: Ticket, command: Unreached, now: datetime) -> Step:
    """One less who could answer; when nobody is left, it has failed."""
    chase = ticket.chase
    if not ticket.is_open or chase is None or command.person not in chase.pending:
        return ticket, ()
    pending = tuple(one for one in chase.pending if one != command.person)
    event = NotReached(at=now, by=DESK, person=command.person, entry=command.entry, why=command.why)
    left = anew(ticket, chase=anew(chase, pending=pending, unreached=(*chase.unreached, command.person)))
    if pending:
        return left, (event,)
    failed, events = _failed(left, NOT_REACHED, now)
    return failed, (event, *events)


def _first_level(ticket: Ticket, rules: Rules, now: datetime) -> tuple[PersonId, ...]:
    policy = rules.policy_for(ticket.team, ticket.priority)
    for step in () if policy is None else policy.steps:
        if escalation.holds(step.only, ticket, rules, now):
            return escalation.reach_of(step.who, ticket, rules, now).people
    return standby.on_call(rules.team(ticket.team), 1, rules, now)


def _failed(ticket: Ticket, why: str, now: datetime) -> Step:
    event = Drilled(at=now, by=DESK, passed=False, person=None, took_s=_took_s(ticket, now), why=why)
    after, moved = _ended(ticket, Status.CANCELLED, "cancel", DESK, now, why=why)
    return anew(after, cancelled_because=why), (event, moved)


def _ended(ticket: Ticket, to: Status, verb: str, by: PersonId, now: datetime, *, why: str) -> tuple[Ticket, Moved]:
    after = anew(escalation.stop(ticket), status=to, over_at=now, done_at=now if to is Status.CLOSED else None)
    return after, Moved(at=now, by=by, verb=verb, was=ticket.status, to=to, why=why)


def _took_s(ticket: Ticket, now: datetime) -> int:
    return round((now - ticket.created_at).total_seconds())
