"""Calling people, level after level, until somebody acknowledges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.anew import anew
from bot.domain.commands import Downtime
from bot.domain.events import Called, NobodyThere
from bot.domain.ids import DESK, PersonId, Priority, TeamId
from bot.domain.rules import Policy, Rules, Step, Team, Who, WhoKind
from bot.domain.ticket import Chase, Ticket


@dataclass(frozen=True, slots=True)
class Reach:
    """Who one level reaches: people, and perhaps the team's channel."""

    people: tuple[PersonId, ...]
    channel: bool

    def __bool__(self) -> bool:
        return bool(self.people) or self.channel


def first_chase(
    team: TeamId, priority: Priority, rules: Rules, now: datetime, *, settle: timedelta = timedelta(0)
) -> Chase | None:
    """A chase at its first level, or None when the team calls nobody for this priority."""
    policy = rules.policy_for(team, priority)
    if policy is None or not policy.steps:
        return None
    return Chase(policy=policy.id, level=0, next_at=max(_due(now, policy.steps[0], team, rules), now + settle))


def begin(ticket: Ticket, rules: Rules, now: datetime) -> Ticket:
    """The chase stands at its first level, as if nobody had acknowledged yet."""
    chase = first_chase(ticket.team, ticket.priority, rules, now)
    return anew(ticket, chase=chase, acknowledged_by=None, acknowledged_at=None)


def stop(ticket: Ticket) -> Ticket:
    """Nobody is called any more."""
    return ticket if ticket.chase is None else anew(ticket, chase=None)


def call_due(
    ticket: Ticket, rules: Rules, now: datetime, *, down: Downtime | None = None
) -> tuple[Ticket, Sequence[Called | NobodyThere]]:
    """Whoever is due is called, once. Of several levels missed only the highest is called, and it says which were
    missed. A level without anybody gives way to the next at once. Afterwards the next call lies after `now`."""
    chase = ticket.chase
    if chase is None or chase.next_at > now:
        return ticket, ()
    policy = rules.policies.get(chase.policy)
    if policy is None or not policy.steps:
        return begin(ticket, rules, now), ()
    level, due, missed = _highest_due(policy, chase, ticket, rules, now)
    team = rules.team(ticket.team)
    level, reach, empty = _first_with_somebody(policy, level, team)
    late = now - due > rules.manner.late_after
    called = Called(
        at=now,
        by=DESK,
        level=level + 1,
        round=chase.calls + 1,
        people=reach.people,
        channel=reach.channel,
        due=due,
        missed=missed,
        late=late,
        down_since=down.since if down and late else None,
        down_until=down.until if down and late else None,
    )
    after = anew(
        ticket,
        chase=_next(policy, chase, level, ticket, rules, now),
        called=_with_new(ticket.called, reach.people),
    )
    return after, (*(NobodyThere(at=now, by=DESK, level=one + 1) for one in empty), called)


def reached_by(step: Step, team: Team) -> Reach:
    """Whom a level calls now, nobody twice."""
    people: tuple[PersonId, ...] = ()
    channel = False
    for who in step.who:
        if who.kind is WhoKind.CHANNEL:
            channel = channel or team.channel is not None
        else:
            people = _with_new(people, _people_of(who, team))
    return Reach(people, channel)


def _people_of(who: Who, team: Team) -> tuple[PersonId, ...]:
    match who.kind:
        case WhoKind.ON_CALL:
            place = int(who.value or "1") - 1
            return team.on_call[place : place + 1]
        case WhoKind.PERSON:
            return (PersonId(who.value),)
        case WhoKind.LEAD:
            return (team.lead,) if team.lead else ()
        case WhoKind.MANAGER:
            return (team.manager,) if team.manager else ()
        case WhoKind.CHANNEL:
            return ()


def _highest_due(
    policy: Policy, chase: Chase, ticket: Ticket, rules: Rules, now: datetime
) -> tuple[int, datetime, tuple[int, ...]]:
    """The highest level whose moment has come, that moment, and the levels below it that nobody got to call."""
    level, due = min(chase.level, len(policy.steps) - 1), chase.next_at
    missed: list[int] = []
    while level + 1 < len(policy.steps):
        following = _due(due, policy.steps[level + 1], ticket.team, rules)
        if following > now:
            break
        missed.append(level + 1)
        level, due = level + 1, following
    return level, due, tuple(missed)


def _first_with_somebody(policy: Policy, level: int, team: Team) -> tuple[int, Reach, tuple[int, ...]]:
    """From `level` upwards the first that reaches anybody; at the very end whoever is left of the team."""
    empty: list[int] = []
    for one in range(level, len(policy.steps)):
        reach = reached_by(policy.steps[one], team)
        if reach:
            return one, reach, tuple(empty)
        empty.append(one)
    last = len(policy.steps) - 1
    everybody = _with_new(team.on_call, (*filter(None, (team.lead, team.manager)), *team.members))
    return last, Reach(everybody, team.channel is not None), tuple(empty)


def _next(policy: Policy, chase: Chase, level: int, ticket: Ticket, rules: Rules, now: datetime) -> Chase:
    last = len(policy.steps) - 1
    if level < last:
        return anew(
            chase,
            level=level + 1,
            next_at=_due(now, policy.steps[level + 1], ticket.team, rules),
            calls=chase.calls + 1,
        )
    again = Step(after=policy.repeat, who=(), working=policy.repeat_working)
    return anew(chase, level=last, next_at=_due(now, again, ticket.team, rules), calls=chase.calls + 1)


def _due(since: datetime, step: Step, team: TeamId, rules: Rules) -> datetime:
    if step.working:
        return rules.calendar_of(team).add(since, step.after)
    return since + step.after


def _with_new(known: tuple[PersonId, ...], more: Sequence[PersonId]) -> tuple[PersonId, ...]:
    return (*known, *dict.fromkeys(one for one in more if one not in known))
