"""How a ticket comes to be, and how it is read: kind, service, impact, urgency, priority."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain import drilling, escalation, standby
from bot.domain.access import Stand, may_drill, stands
from bot.domain.anew import anew
from bot.domain.commands import Confirm, Overrule, Raise, Reclassify
from bot.domain.decided import Step
from bot.domain.events import AnyEvent, Confirmed, Overruled, Raised, Reclassified
from bot.domain.ids import DESK, Priority, Status
from bot.domain.kinds import EVERY_KIND, KINDS
from bot.domain.refusals import AlreadyDone, Empty, Missing, NotAllowed, NotFromHere, Unknown
from bot.domain.rules import Policy, Rules
from bot.domain.sla import Mark, MarkKind
from bot.domain.ticket import Chase, Override, Ticket


def raised(command: Raise, rules: Rules, now: datetime) -> Step:
    """A new ticket whose clocks run and whose first call has gone out, unless it waits for the author's word."""
    if not command.words.strip():
        raise Empty()
    if command.kind not in EVERY_KIND:
        raise Unknown(what="kind", value=command.kind)
    if not (may_drill(command.by, rules) if command.kind not in KINDS else command.by != DESK):
        raise NotAllowed(ref="", verb=command.verb)
    if command.service not in rules.services:
        raise Unknown(what="service", value=command.service)
    team = rules.team_of(command.service)
    priority = rules.matrix[command.impact, command.urgency]
    key = rules.terms_key(command.service, command.kind, priority)
    requester = command.requester or command.by
    settle = rules.manner.settle if command.doubtful and not command.confirmed else timedelta(0)
    ticket = Ticket(
        id=command.ticket,
        kind=command.kind,
        status=Status.NEW,
        version=0,
        requester=requester,
        words=command.words,
        language=command.language,
        service=command.service,
        team=team.id,
        impact=command.impact,
        urgency=command.urgency,
        priority=priority,
        created_at=now,
        origin=command.origin,
        rules_version=rules.version,
        marks=(Mark(now, MarkKind.CREATE, key),),
        clues=command.clues,
        doubtful=command.doubtful,
        confirmed=command.confirmed,
        sequel_of=command.sequel_of,
        chase=escalation.first_chase(team.id, priority, rules, now, settle=settle),
        private=rules.services[command.service].private,
    )
    event = Raised(
        at=now,
        by=command.by,
        words=command.words,
        kind=command.kind,
        service=command.service,
        team=team.id,
        impact=command.impact,
        urgency=command.urgency,
        priority=priority,
        requester=requester,
        rules_version=rules.version,
        sequel_of=command.sequel_of,
    )
    if drilling.is_drill(ticket):
        drilled, more = drilling.called(ticket, rules, now)
        return drilled, (event, *more)
    return _calling(ticket, (event,), rules, now)


def confirmed(ticket: Ticket, command: Confirm, rules: Rules, now: datetime) -> Step:
    """The author has said that it was understood; a call that waited for this goes out."""
    if not ticket.is_open:
        raise NotFromHere(ref=ticket.ref, status=ticket.status, verb=command.verb)
    if ticket.confirmed:
        raise AlreadyDone(ref=ticket.ref, verb=command.verb, by=ticket.requester)
    known = anew(ticket, confirmed=True)
    return _calling(_unsettled(known, rules, now), (Confirmed(at=now, by=command.by),), rules, now)


def reclassified(ticket: Ticket, command: Reclassify, rules: Rules, now: datetime) -> Step:
    """Another reading of the same ticket, with history kept; priority, promises and callers follow."""
    if not ticket.is_open:
        raise NotFromHere(ref=ticket.ref, status=ticket.status, verb=command.verb)
    if stands(command.by, ticket, rules, now) == {Stand.REQUESTER, Stand.COLLEAGUE} and ticket.status is not Status.NEW:
        raise NotAllowed(ref=ticket.ref, verb=command.verb)
    if command.kind is not None and command.kind not in KINDS:
        raise Unknown(what="kind", value=command.kind)
    if command.service is not None and command.service not in rules.services:
        raise Unknown(what="service", value=command.service)
    service = command.service or ticket.service
    impact, urgency = command.impact or ticket.impact, command.urgency or ticket.urgency
    read = anew(
        ticket,
        kind=command.kind or ticket.kind,
        service=service,
        team=ticket.team if service == ticket.service else rules.team_of(service).id,
        private=ticket.private or rules.services[service].private,
        impact=impact,
        urgency=urgency,
        priority=ticket.override.priority if ticket.override else rules.matrix[impact, urgency],
        confirmed=ticket.confirmed or command.by == ticket.requester,
    )
    if _reading(read) == _reading(ticket):
        raise AlreadyDone(ref=ticket.ref, verb=command.verb, by=command.by)
    event = Reclassified(
        at=now,
        by=command.by,
        was=_reading(ticket),
        now=_reading(read),
        was_priority=ticket.priority,
        priority=read.priority,
    )
    return _calling(_rejudged(ticket, read, rules, now), (event,), rules, now)


def overruled(ticket: Ticket, command: Overrule, rules: Rules, now: datetime) -> Step:
    """A priority with a reason and a name, or the matrix again."""
    if not ticket.is_open:
        raise NotFromHere(ref=ticket.ref, status=ticket.status, verb=command.verb)
    if not command.why.strip():
        raise Missing(ref=ticket.ref, verb=command.verb, what="why")
    by_matrix = rules.matrix[ticket.impact, ticket.urgency]
    priority: Priority = command.priority or by_matrix
    if priority == ticket.priority:
        raise AlreadyDone(ref=ticket.ref, verb=command.verb, by=command.by)
    override = None if priority == by_matrix else Override(priority, command.by, command.why.strip())
    read = anew(ticket, priority=priority, override=override)
    event = Overruled(at=now, by=command.by, was_priority=ticket.priority, priority=priority, why=command.why.strip())
    return _calling(_rejudged(ticket, read, rules, now), (event,), rules, now)


def _rejudged(was: Ticket, read: Ticket, rules: Rules, now: datetime) -> Ticket:
    """New terms count from creation; an unanswered chase starts again when another policy holds now. Another team has
    to take it anew, unless whoever holds it works there too."""
    key = rules.terms_key(read.service, read.kind, read.priority)
    old = rules.terms_key(was.service, was.kind, was.priority)
    if key != old:
        read = anew(read, marks=(*read.marks, Mark(now, MarkKind.TERMS, key)))
    if read.team != was.team and not _works_there(read, rules):
        return escalation.begin(anew(read, holder=None), rules, now)
    if read.acknowledged_by is not None:
        return read
    policy = rules.policy_for(read.team, read.priority)
    same = policy is not None and was.chase is not None and was.team == read.team and _began_with(was.chase, policy)
    return _unsettled(read, rules, now) if same else escalation.begin(read, rules, now)


def _began_with(chase: Chase, policy: Policy) -> bool:
    """In whatever version."""
    return chase.policy.partition("@")[0] == policy.id


def _works_there(ticket: Ticket, rules: Rules) -> bool:
    team = rules.team(ticket.team)
    return ticket.holder is not None and ticket.holder in (*standby.everybody(team, rules), *team.members, team.lead)


def _unsettled(ticket: Ticket, rules: Rules, now: datetime) -> Ticket:
    """A first call that waited only for the author's word waits no longer."""
    if ticket.chase is None or ticket.chase.calls or not ticket.doubtful or not ticket.confirmed:
        return ticket
    return escalation.begin(ticket, rules, now)


def _reading(ticket: Ticket) -> str:
    return f"{ticket.kind}/{ticket.service}/{ticket.impact}/{ticket.urgency}"


def _calling(ticket: Ticket, events: tuple[AnyEvent, ...], rules: Rules, now: datetime) -> Step:
    called, more = escalation.call_due(ticket, rules, now)
    return called, (*events, *more)
