"""Calling people, level after level, until somebody acknowledges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import oncall, standby
from bot.domain.access import may_know
from bot.domain.anew import anew
from bot.domain.commands import Downtime
from bot.domain.decided import Step as Decided
from bot.domain.events import AnyEvent, Called, NobodyReached, NobodyThere
from bot.domain.ids import DESK, PersonId, Priority, RotaId, TeamId
from bot.domain.rules import Condition, Policy, Rules, Step, Team, Who, WhoKind
from bot.domain.ticket import Chase, Ticket
from bot.domain.ways import is_reachable


@dataclass(frozen=True, slots=True)
class Reach:
    """Who one level reaches: people, and perhaps the team's channel."""

    people: tuple[PersonId, ...]
    channel: bool

    def __bool__(self) -> bool:
        return bool(self.people) or self.channel


INSTANT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Who is called now, as level `level` (from 0; past the last one: the last resort), and which one follows."""

    level: int
    following: int
    reach: Reach
    empty: tuple[int, ...] = ()
    elsewhere: TeamId | None = None


def first_chase(
    team: TeamId, priority: Priority, rules: Rules, now: datetime, *, settle: timedelta = timedelta(0)
) -> Chase | None:
    """A chase at its first level, or None when the team calls nobody for this priority."""
    policy = rules.policy_for(team, priority)
    if policy is None or not policy.steps:
        return None
    return Chase(policy=policy.key, level=0, next_at=max(_due(now, policy.steps[0], team, rules), now + settle))


def begin(ticket: Ticket, rules: Rules, now: datetime) -> Ticket:
    """The chase stands at its first level, as if nobody had acknowledged yet, by the policy in force now."""
    return anew(
        ticket,
        chase=first_chase(ticket.team, ticket.priority, rules, now),
        acknowledged_by=None,
        acknowledged_at=None,
        acknowledged_until=None,
        worked_at=None,
        asked_at=None,
        said=frozenset(one for one in ticket.said if not one.startswith(_ONCE_A_CHASE)),
    )


def stop(ticket: Ticket) -> Ticket:
    """Nobody is called any more."""
    return ticket if ticket.chase is None else anew(ticket, chase=None)


def call_due(ticket: Ticket, rules: Rules, now: datetime, *, down: Downtime | None = None) -> Decided:
    """Whoever is due is called, once. Of several levels missed only the highest is called, and it says which were
    missed. A level without anybody who can be reached gives way to the next at once. Afterwards the next call lies
    after `now`."""
    chase = ticket.chase
    if chase is None or chase.next_at > now:
        return ticket, ()
    policy = rules.policy_of(chase.policy)
    if policy is None or not policy.steps:
        return begin(ticket, rules, now), ()
    level, due, missed = _highest_due(policy, chase, ticket, rules, now)
    choice = _chosen(policy, level, ticket, rules, now)
    return _call(choice, policy, ticket, rules, now, due=due, missed=missed, down=down)


def call_next(ticket: Ticket, rules: Rules, now: datetime) -> Decided:
    """The next level is called now instead of in its time. After the last level comes the last resort, once: then the
    calling goes on in its own time, or a network that is down would be called without end."""
    chase = ticket.chase
    policy = None if chase is None else rules.policy_of(chase.policy)
    if chase is None or policy is None or chase.level > len(policy.steps):
        return ticket, ()
    if chase.level < len(policy.steps):
        return call_due(anew(ticket, chase=anew(chase, next_at=now)), rules, now)
    return _call(_last_resort(policy, ticket, rules, now), policy, ticket, rules, now, due=now)


def is_at_its_end(chase: Chase, rules: Rules) -> bool:
    """Every level and the last resort have been called."""
    policy = rules.policy_of(chase.policy)
    return policy is None or chase.level > len(policy.steps)


def numbered(ticket: Ticket, first: int, events: Sequence[AnyEvent]) -> Ticket:
    """The chase knows which line of the history its last call is, when the first of these events is line `first`."""
    if ticket.chase is None:
        return ticket
    calls = [first + place for place, event in enumerate(events) if isinstance(event, Called)]
    return anew(ticket, chase=anew(ticket.chase, entry=calls[-1])) if calls else ticket


def reached_by(step: Step, team: Team, rules: Rules, at: datetime) -> Reach:
    """Whom a level of that team's tickets calls at that moment, nobody twice."""
    people: tuple[PersonId, ...] = ()
    channel = False
    for who in step.who:
        if who.kind is WhoKind.CHANNEL:
            channel = channel or team.channel is not None
        else:
            people = with_new(people, _people_of(who, team, rules, at))
    return Reach(people, channel)


def reach_of(who: Sequence[Who], ticket: Ticket, rules: Rules, at: datetime) -> Reach:
    """Whom these words of a policy reach for that ticket: people to whom a way is known, and for a private ticket only
    those who may know of it."""
    named = reached_by(Step(timedelta(0), tuple(who)), rules.team(ticket.team), rules, at)
    people = tuple(one for one in _within_reach(named.people, ticket, rules) if may_know(one, ticket, rules))
    return Reach(people, named.channel and not _is_for_a_group(ticket, rules))


def resort_of(policy: Policy | None, ticket: Ticket, rules: Rules, at: datetime) -> tuple[Reach, TeamId | None]:
    """Who is left when no level reaches anybody: the last resort of the policy, of the desk, everybody of the team; and
    if nobody is, whoever stands for the default service, with that team. For a private ticket also those who may see
    it: the others learn only that it needs somebody."""
    team = rules.team(ticket.team)
    named = () if policy is None else policy.last_resort
    own = rules.manner.last_resort
    circle = tuple(sorted(_group_of(ticket, rules)))
    tries = [
        reached_by(Step(timedelta(0), named), team, rules, at),
        Reach((own,) if own is not None else (), channel=False),
        Reach(() if circle else everybody(team, rules), channel=team.channel is not None),
    ]
    for one in tries:
        people = _within_reach(with_new(one.people, circle), ticket, rules)
        if _within_reach(one.people, ticket, rules) or one.channel:
            return Reach(people, one.channel), None
    return _default_desk(ticket, rules)


def everybody(team: Team, rules: Rules) -> tuple[PersonId, ...]:
    """Who may ever be on call, then the lead, the manager and the members."""
    leaders = tuple(one for one in (team.lead, team.manager) if one is not None)
    return with_new(standby.everybody(team, rules), (*leaders, *team.members))


def holds(only: Condition | None, ticket: Ticket, rules: Rules, at: datetime) -> bool:
    """Whether a level is meant for this ticket at that moment. One whose calendar is gone holds: rather too many are
    called than nobody."""
    if only is None:
        return True
    if only.priorities and ticket.priority not in only.priorities:
        return False
    if only.services and ticket.service not in only.services:
        return False
    calendar = None if only.hours is None else rules.calendars.get(only.hours)
    return calendar is None or calendar.is_open(at) is not only.outside


def with_new(known: tuple[PersonId, ...], more: Sequence[PersonId]) -> tuple[PersonId, ...]:
    """Both in order, nobody twice."""
    return (*known, *dict.fromkeys(one for one in more if one not in known))


_ONCE_A_CHASE = "nobody:"
"""What begins so is said once while a chase lasts."""


def _people_of(who: Who, team: Team, rules: Rules, at: datetime) -> tuple[PersonId, ...]:
    match who.kind:
        case WhoKind.ON_CALL:
            return standby.on_call(team, int(who.value or "1"), rules, at)
        case WhoKind.ROTA:
            rota = rules.rotas.get(RotaId(who.value))
            return () if rota is None else oncall.on_call_at(rota, rules.covers, at)
        case WhoKind.TEAM:
            other = rules.teams.get(TeamId(who.value))
            return () if other is None else standby.on_call(other, 1, rules, at)
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
    """The highest level whose moment has come, that moment, and the levels below it that nobody got to call. Of levels
    that follow one another without a delay it is the first: the others come at once after it."""
    level, due = min(chase.level, len(policy.steps) - 1), chase.next_at
    missed: list[int] = []
    first, since = level, due
    waits: list[int] = []
    while level + 1 < len(policy.steps):
        is_meant = holds(policy.steps[level].only, ticket, rules, due)
        following = _due(due, policy.steps[level + 1], ticket.team, rules) if is_meant else due
        if following > now:
            break
        waits += [level + 1] if is_meant else []
        level, due = level + 1, following
        if due > since:
            first, since = level, due
            missed, waits = [*missed, *waits], []
    return first, since, tuple(missed)


def _chosen(policy: Policy, level: int, ticket: Ticket, rules: Rules, now: datetime) -> _Choice:
    """From `level` upwards the first that is meant and reaches anybody. Where those above are all meant for other
    moments, the highest one below that is meant for this; otherwise whoever is left."""
    passed = () if ticket.chase is None else ticket.chase.passed
    empty: list[int] = []
    gave_way = False
    for one in range(level, len(policy.steps)):
        if not holds(policy.steps[one].only, ticket, rules, now):
            continue
        full = reach_of(policy.steps[one].who, ticket, rules, now)
        reach = _without(full, passed)
        if reach:
            return _Choice(one, one + 1, reach, tuple(empty))
        gave_way = True
        if not full:
            empty.append(one)
    if not gave_way:
        for one in reversed(range(level)):
            if holds(policy.steps[one].only, ticket, rules, now):
                reach = _without(reach_of(policy.steps[one].who, ticket, rules, now), passed)
                if reach:
                    return _Choice(one, len(policy.steps), reach)
    return anew(_last_resort(policy, ticket, rules, now), empty=tuple(empty))


def _last_resort(policy: Policy, ticket: Ticket, rules: Rules, now: datetime) -> _Choice:
    reach, elsewhere = resort_of(policy, ticket, rules, now)
    return _Choice(len(policy.steps), len(policy.steps) + 1, reach, elsewhere=elsewhere)


def _call(
    choice: _Choice,
    policy: Policy,
    ticket: Ticket,
    rules: Rules,
    now: datetime,
    *,
    due: datetime,
    missed: tuple[int, ...] = (),
    down: Downtime | None = None,
) -> Decided:
    chase = ticket.chase
    if chase is None:
        raise ValueError(f"nobody is called for {ticket.ref}")
    late = now - due > rules.manner.late_after
    is_resort = choice.level >= len(policy.steps)
    people = choice.reach.people
    called = Called(
        at=now,
        by=DESK,
        level=min(choice.level + 1, len(policy.steps)),
        round=chase.calls + 1,
        people=people,
        channel=choice.reach.channel,
        due=due,
        missed=missed,
        late=late,
        down_since=down.since if down and late else None,
        down_until=down.until if down and late else None,
        again=tuple(one for one in people if one in ticket.called),
        last_resort=is_resort,
        elsewhere=choice.elsewhere,
    )
    events, said = _once(_gaps(choice, policy, now), ticket)
    after = anew(
        ticket,
        chase=anew(
            chase,
            level=choice.following,
            next_at=_next_at(policy, choice.following, ticket, rules, now),
            calls=chase.calls + 1,
            tried=with_new(chase.tried, people),
            pending=people,
        ),
        called=with_new(ticket.called, people),
        said=said,
    )
    return after, (*events, called)


def _gaps(choice: _Choice, policy: Policy, now: datetime) -> Iterator[tuple[str, AnyEvent]]:
    """Levels without anybody, each under the name under which it is said once."""
    for one in choice.empty:
        yield f"{_ONCE_A_CHASE}{policy.id}:{one + 1}", NobodyThere(at=now, by=DESK, level=one + 1)
    if not choice.reach:
        yield f"{_ONCE_A_CHASE}at_all", NobodyReached(at=now, by=DESK)


def _once(news: Iterator[tuple[str, AnyEvent]], ticket: Ticket) -> tuple[tuple[AnyEvent, ...], frozenset[str]]:
    said = ticket.said
    events: list[AnyEvent] = []
    for name, event in news:
        if name not in said:
            said |= {name}
            events.append(event)
    return tuple(events), said


def nobody_reached(ticket: Ticket, now: datetime) -> Decided:
    """It is on record, once while the chase lasts, that nobody at all could be reached."""
    events, said = _once(iter([(f"{_ONCE_A_CHASE}at_all", NobodyReached(at=now, by=DESK))]), ticket)
    return (anew(ticket, said=said), events) if events else (ticket, ())


def _next_at(policy: Policy, level: int, ticket: Ticket, rules: Rules, now: datetime) -> datetime:
    """Never now: one call after another, however short the policy's delays."""
    again = Step(after=policy.repeat, who=(), working=policy.repeat_working)
    step = policy.steps[level] if level < len(policy.steps) else again
    return max(_due(now, step, ticket.team, rules), now + INSTANT)


def _default_desk(ticket: Ticket, rules: Rules) -> tuple[Reach, TeamId | None]:
    team = rules.team_of(rules.manner.default_service)
    people = _within_reach(tuple(one for one in (team.lead,) if one is not None), ticket, rules)
    return Reach(people, team.channel is not None), team.id


def _without(reach: Reach, passed: tuple[PersonId, ...]) -> Reach:
    return Reach(tuple(one for one in reach.people if one not in passed), reach.channel)


def _within_reach(people: Sequence[PersonId], ticket: Ticket, rules: Rules) -> tuple[PersonId, ...]:
    return tuple(one for one in people if is_reachable(one, ticket.priority, rules))


def _group_of(ticket: Ticket, rules: Rules) -> frozenset[PersonId]:
    group = rules.service(ticket.service).group if ticket.private else None
    known = None if group is None else rules.groups.get(group)
    return frozenset() if known is None else known.members


def _is_for_a_group(ticket: Ticket, rules: Rules) -> bool:
    return ticket.private and rules.service(ticket.service).group is not None


def _due(since: datetime, step: Step, team: TeamId, rules: Rules) -> datetime:
    if step.working:
        return rules.calendar_of(team).add(since, step.after)
    return since + step.after
