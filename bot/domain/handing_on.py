"""What people do with a call besides taking it: pass it on, call others to help, call above, hand the ticket over."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain import attention, escalation
from bot.domain.access import may_know
from bot.domain.anew import anew
from bot.domain.commands import AddResponder, CallUp, HandOver, KeepOn, PassOn, Unreached
from bot.domain.decided import Step
from bot.domain.escalation import Reach, with_new
from bot.domain.events import (
    Acknowledged,
    AnyEvent,
    CalledUp,
    HandedOver,
    KeptOn,
    NotReached,
    PassedOn,
    ResponderAdded,
)
from bot.domain.ids import DESK, PersonId, TeamId
from bot.domain.refusals import AlreadyDone, Missing, NotCalled, NotFromHere, TooSoon, Unknown
from bot.domain.rules import Rules
from bot.domain.ticket import Ticket
from bot.domain.ways import is_reachable

CALL_UP_PAUSE = timedelta(minutes=15)
"""How long the requester of a ticket waits before they can have somebody above called again."""


def passed_on(ticket: Ticket, command: PassOn, rules: Rules, now: datetime) -> Step:
    """Who said "not me" is not called again while this chase lasts, except as the last resort. When nobody of the last
    call is left to answer, the next level is called at once."""
    _open(ticket, command.verb)
    if ticket.acknowledged_by is not None:
        raise AlreadyDone(ref=ticket.ref, verb=command.verb, by=ticket.acknowledged_by)
    chase = ticket.chase
    if chase is None or command.by not in chase.tried:
        raise NotCalled(ref=ticket.ref, verb=command.verb)
    if command.by in chase.passed:
        raise AlreadyDone(ref=ticket.ref, verb=command.verb, by=command.by)
    event = PassedOn(at=now, by=command.by)
    left = anew(ticket, chase=anew(chase, passed=(*chase.passed, command.by)))
    after, calls = _left_out(left, command.by, rules, now)
    return after, (event, *calls)


def not_reached(ticket: Ticket, command: Unreached, rules: Rules, now: datetime) -> Step:
    """No way to that person worked. If nobody else of that call is left, the next level is called at once; when nobody
    at all is left, that is on record. Nothing happens when somebody has the ticket in hand."""
    chase = ticket.chase
    is_helper = ticket.is_open and command.person in ticket.responders
    name = f"unreached:{command.entry}:{command.person}"
    if (chase is None and not is_helper) or not ticket.is_open or name in ticket.said:
        return ticket, ()
    event = NotReached(at=now, by=DESK, person=command.person, entry=command.entry, why=command.why)
    noted = anew(ticket, said=ticket.said | {name})
    if chase is None or command.entry != chase.entry or command.person not in chase.pending:
        return noted, (event,)
    out = anew(noted, chase=anew(chase, unreached=with_new(chase.unreached, (command.person,))))
    after, calls = _left_out(out, command.person, rules, now)
    told, nobody = _nobody_left(after, rules, now)
    return told, (event, *calls, *nobody)


def kept_on(ticket: Ticket, command: KeepOn, now: datetime) -> Step:
    """Somebody is on it. Said after the acknowledgement has lapsed it is a new one: a human answer counts whenever it
    comes."""
    _open(ticket, command.verb)
    _after(command.until, ticket, command.verb, now)
    events: tuple[AnyEvent, ...] = (KeptOn(at=now, by=command.by, until=command.until),)
    kept = ticket
    if ticket.acknowledged_by is None:
        calls = ticket.chase.calls if ticket.chase else 0
        events = (Acknowledged(at=now, by=command.by, after_calls=calls), *events)
        kept = anew(escalation.stop(ticket), acknowledged_by=command.by, acknowledged_at=now)
    return anew(attention.worked(kept, now), acknowledged_until=command.until), events


def responder_added(ticket: Ticket, command: AddResponder, rules: Rules, now: datetime) -> Step:
    """That person is called to help and may do what those on call may; the holder stays."""
    _open(ticket, command.verb)
    to = command.to
    if to == ticket.requester or not may_know(to, ticket, rules) or not is_reachable(to, ticket.priority, rules):
        raise Unknown(what="responder", value=to)
    if to in ticket.responders:
        raise AlreadyDone(ref=ticket.ref, verb=command.verb, by=to)
    after = anew(ticket, responders=(*ticket.responders, to))
    return after, (ResponderAdded(at=now, by=command.by, to=to),)


def called_up(ticket: Ticket, command: CallUp, rules: Rules, now: datetime) -> Step:
    """The team's lead is called, or the manager when the lead has been already; the last resort where there is neither.
    The requester can have this once in a quarter of an hour."""
    _open(ticket, command.verb)
    asked = ticket
    if command.by == ticket.requester:
        last = ticket.called_up_at
        if last is not None and now < last + CALL_UP_PAUSE:
            raise TooSoon(ref=ticket.ref, verb=command.verb, when=(last + CALL_UP_PAUSE).isoformat())
        asked = anew(ticket, called_up_at=now)
    person = _above(ticket, command.by, rules)
    reach = Reach((person,), channel=False) if person is not None else _resort(ticket, rules, now)
    if not reach:
        raise Missing(ref=ticket.ref, verb=command.verb, what="lead")
    return summoned(asked, reach, command.why.strip(), command.by, now)


def summoned(ticket: Ticket, reach: Reach, why: str, by: PersonId, now: datetime) -> Step:
    """These people are called now, whoever has the ticket in hand."""
    event = CalledUp(at=now, by=by, people=reach.people, channel=reach.channel, why=why)
    return anew(ticket, called=with_new(ticket.called, reach.people)), (event,)


def handed_over(ticket: Ticket, command: HandOver, rules: Rules, now: datetime) -> Step:
    """Another team answers for it and its people are called; service and promises stay."""
    _open(ticket, command.verb)
    if command.to not in rules.teams:
        raise Unknown(what="team", value=command.to)
    if command.to == ticket.team:
        raise AlreadyDone(ref=ticket.ref, verb=command.verb, by=ticket.holder or DESK)
    if not command.why.strip():
        raise Missing(ref=ticket.ref, verb=command.verb, what="why")
    return given_to(ticket, command.to, command.why.strip(), command.by, rules, now)


def given_to(ticket: Ticket, to: TeamId, why: str, by: PersonId, rules: Rules, now: datetime) -> Step:
    """The team's escalation begins. Whoever holds the ticket keeps it only when they work there, too."""
    moved = anew(ticket, team=to)
    if ticket.holder is not None and ticket.holder not in escalation.everybody(rules.team(to), rules):
        moved = anew(moved, holder=None)
    event = HandedOver(at=now, by=by, was=ticket.team, to=to, why=why)
    called, calls = escalation.call_due(escalation.begin(moved, rules, now), rules, now)
    return called, (event, *calls)


def _left_out(ticket: Ticket, person: PersonId, rules: Rules, now: datetime) -> Step:
    """One of the last call less; without anybody left of it the next level is called."""
    chase = ticket.chase
    if chase is None or person not in chase.pending:
        return ticket, ()
    pending = tuple(one for one in chase.pending if one != person)
    after = anew(ticket, chase=anew(chase, pending=pending))
    return (after, ()) if pending else escalation.call_next(after, rules, now)


def _nobody_left(ticket: Ticket, rules: Rules, now: datetime) -> Step:
    chase = ticket.chase
    if chase is None or not escalation.is_at_its_end(chase, rules) or not set(chase.tried) <= set(chase.unreached):
        return ticket, ()
    return escalation.nobody_reached(ticket, now)


def _above(ticket: Ticket, by: PersonId, rules: Rules) -> PersonId | None:
    """The lead, then the manager: the first who has not been called yet, else the highest."""
    team = rules.team(ticket.team)
    above = [
        one
        for one in (team.lead, team.manager)
        if one is not None and one != by and may_know(one, ticket, rules) and is_reachable(one, ticket.priority, rules)
    ]
    fresh = [one for one in above if one not in ticket.called]
    return fresh[0] if fresh else above[-1] if above else None


def _resort(ticket: Ticket, rules: Rules, now: datetime) -> Reach:
    policy = rules.policy_for(ticket.team, ticket.priority)
    return escalation.resort_of(policy, ticket, rules, now)[0]


def _open(ticket: Ticket, verb: str) -> None:
    if not ticket.is_open:
        raise NotFromHere(ref=ticket.ref, status=ticket.status, verb=verb)


def _after(until: datetime | None, ticket: Ticket, verb: str, now: datetime) -> None:
    if until is not None and until <= now:
        raise Missing(ref=ticket.ref, verb=verb, what="until")
