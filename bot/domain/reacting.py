"""What a warning or a breach does besides being said: a policy may call somebody, hand over, or begin the calling
again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain import attention, escalation, handing_on
from bot.domain.decided import Step
from bot.domain.events import AnyEvent, Broken, Warned
from bot.domain.ids import DESK
from bot.domain.rules import Moment, Policy, Reaction, Rules
from bot.domain.sla import Clock
from bot.domain.ticket import Ticket


def reacted(ticket: Ticket, events: Sequence[AnyEvent], rules: Rules, now: datetime) -> Step:
    """Each of these warnings and breaches has set off what the policy says, once: they happen once themselves."""
    more: list[AnyEvent] = []
    for event in events:
        if isinstance(event, Warned | Broken):
            ticket, set_off = _reacted_to(event, ticket, rules, now)
            more += set_off
    return ticket, tuple(more)


def _reacted_to(event: Warned | Broken, ticket: Ticket, rules: Rules, now: datetime) -> Step:
    moment = Moment.BROKEN if isinstance(event, Broken) else Moment.WARNED
    policy = _policy(ticket, rules)
    if policy is None:
        return ticket, ()
    events: list[AnyEvent] = []
    for reaction in policy.reactions:
        is_meant = reaction.moment is moment and (not reaction.clocks or Clock(event.clock) in reaction.clocks)
        if is_meant and ticket.is_open:
            ticket, more = _done(reaction, policy, f"{moment}:{event.clock}", ticket, rules, now)
            events += more
    return ticket, events


def _done(reaction: Reaction, policy: Policy, why: str, ticket: Ticket, rules: Rules, now: datetime) -> Step:
    events: list[AnyEvent] = []
    if reaction.call:
        reach = escalation.reach_of(reaction.call, ticket, rules, now)
        reach = reach or escalation.resort_of(policy, ticket, rules, now)[0]
        ticket, more = handing_on.summoned(ticket, reach, why, DESK, now)
        events += more
    if reaction.hand_to is not None and reaction.hand_to in rules.teams and reaction.hand_to != ticket.team:
        ticket, more = handing_on.given_to(ticket, reaction.hand_to, why, DESK, rules, now)
        events += more
    elif reaction.again and ticket.chase is None:  # one that runs has got further than its beginning
        ticket, more = _begun_again(ticket, why, rules, now)
        events += more
    return ticket, events


def _begun_again(ticket: Ticket, why: str, rules: Rules, now: datetime) -> Step:
    """Nobody may be called for what somebody has in hand, so their acknowledgement lapses, and says why."""
    if ticket.acknowledged_by is None:
        return escalation.begin(ticket, rules, now), ()
    return attention.lapsed(ticket, why, rules, now)


def _policy(ticket: Ticket, rules: Rules) -> Policy | None:
    """The one that runs; when none does, the one that would."""
    if ticket.chase is not None:
        return rules.policy_of(ticket.chase.policy)
    return rules.policy_for(ticket.team, ticket.priority)
