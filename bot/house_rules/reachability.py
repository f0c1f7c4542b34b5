"""Calls that would reach nobody: levels, last resorts, people without a way, and circles that nobody on call is in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import oncall, standby
from bot.domain.escalation import reached_by
from bot.domain.ids import PersonId, Priority, RotaId, TeamId
from bot.domain.rules import Condition, Policy, Rules, Step, Team, Who, WhoKind
from bot.domain.ways import ways_of, weight_of
from bot.house_rules.problems import Problem
from bot.house_rules.reading import Loc
from bot.house_rules.reading import Policy as Written
from bot.house_rules.rotas import is_address

LOOKED_AHEAD = timedelta(days=30)

NOWHERE = frozenset({"imported"})
"""Platforms that no message leads to: an import knows people before it knows where they chat."""

_LONGER = "name a person, or give the team a lead, a manager or a longer on-call order"


def reachability_warnings(written: Written, rules: Rules, now: datetime) -> Iterator[Problem]:
    """Who or what cannot be reached, although a policy counts on it."""
    starts = {one.starts for rota in rules.rotas.values() for one in oncall.shifts(rota, (), now, now + LOOKED_AHEAD)}
    moments = sorted({now, *starts})
    for team in rules.teams.values():
        for policy in dict.fromkeys(rules.policies[one] for one in team.policies.values()):
            view = _View(rules, team, policy, moments)
            for place in range(len(policy.steps)):
                yield from _of_a_level(written, view, place)
            yield from _of_the_last_resort(written, view)
    yield from _of_conditions(written, rules, now)
    yield from _of_people(written, rules)
    yield from _of_circles(written, rules, now)


@dataclass(frozen=True, slots=True)
class _View:
    """One policy as the tickets of one team see it, at each of these moments."""

    rules: Rules
    team: Team
    policy: Policy
    moments: Sequence[datetime]

    def reaches(self, who: Sequence[Who], *, by_name: bool = False) -> bool:
        """Whether anybody is ever reached by these words; who is in a calendar elsewhere is not known, and may be."""
        if any(self._is_unknown(one) for one in who):
            return True
        step = Step(timedelta(), tuple(who))
        for at in self.moments:
            reach = reached_by(step, self.team, self.rules, at)
            if any(_has_a_way(one, self.rules) for one in reach.people) or (reach.channel and not by_name):
                return True
        return False

    def _is_unknown(self, who: Who) -> bool:
        rotas: tuple[RotaId, ...] = ()
        if who.kind is WhoKind.ROTA:
            rotas = (RotaId(who.value),)
        elif who.kind is WhoKind.ON_CALL:
            rotas = self.team.rotas
        elif who.kind is WhoKind.TEAM:
            rotas = self.rules.teams[TeamId(who.value)].rotas
        return any(is_address(self.rules.rotas[one].feed) for one in rotas if one in self.rules.rotas)


def _of_a_level(written: Written, view: _View, place: int) -> Iterator[Problem]:
    """A level that reaches nobody; the last, which repeats, must reach somebody by name; otherwise words in it that
    reach nobody."""
    policy, team, step = view.policy, view.team, view.policy.steps[place]
    loc: Loc = (policy.id, "steps", place)
    if not view.reaches(step.who):
        what = f"level {place + 1} of `{policy.id}` reaches nobody of team `{team.id}`"
        yield written.policies.problem(loc, what, _LONGER, warning=True)
    elif place == len(policy.steps) - 1 and not view.reaches(step.who, by_name=True):
        what = f"the last level of `{policy.id}` reaches nobody of team `{team.id}` by name"
        yield written.policies.problem(loc, what, _LONGER, warning=True)
    else:
        for one in step.who:
            if not view.reaches([one]):
                what = f"`{_said(one)}` in level {place + 1} of `{policy.id}` is nobody for team `{team.id}`"
                advice = "the others of the level are called; remove it, or add it to the team"
                yield written.policies.problem((*loc, "call"), what, advice, warning=True)


def _of_the_last_resort(written: Written, view: _View) -> Iterator[Problem]:
    policy, team = view.policy, view.team
    if policy.last_resort and not view.reaches(policy.last_resort):
        what = f"the last resort of `{policy.id}` is nobody for team `{team.id}`"
        advice = "name a person who can always be called, like `person lin-xia`"
        yield written.policies.problem((policy.id, "last_resort"), what, advice, warning=True)


def _of_conditions(written: Written, rules: Rules, now: datetime) -> Iterator[Problem]:
    """Levels whose condition holds for no ticket that there can be."""
    for policy in rules.policies.values():
        for place, step in enumerate(policy.steps):
            why = "" if step.only is None else _why_never(step.only, policy, rules, now)
            if why:
                what = f"level {place + 1} of `{policy.id}` is never called: {why}"
                loc = (policy.id, "steps", place, "only")
                yield written.policies.problem(loc, what, "correct it, or remove the level", warning=True)


def _why_never(only: Condition, policy: Policy, rules: Rules, now: datetime) -> str:
    uses = [
        (team, priority) for team in rules.teams.values() for priority, one in team.policies.items() if one == policy.id
    ]
    if not uses:
        return ""
    priorities = {priority for _, priority in uses}
    if only.priorities and not only.priorities & priorities:
        return f"no team uses the policy for {', '.join(sorted(only.priorities))}"
    teams = {team.id for team, _ in uses}
    if only.services and not any(rules.services[one].team in teams for one in only.services):
        return f"no team that uses the policy answers for {', '.join(sorted(only.services))}"
    calendar = None if only.hours is None else rules.calendars.get(only.hours)
    if calendar is None:
        return ""
    open_time = calendar.between(now, now + LOOKED_AHEAD)
    if only.outside and open_time == LOOKED_AHEAD:
        return f"`{calendar.id}` is always open"
    if not only.outside and not open_time:
        return f"`{calendar.id}` does not open in the next {LOOKED_AHEAD.days} days"
    return ""


def _of_people(written: Written, rules: Rules) -> Iterator[Problem]:
    """Those who may be called, and whom no call would reach."""
    for person in _may_be_called(rules):
        if person in rules.people and not _has_a_way(person, rules):
            what = f"`{person}` may be called, and there is no way to reach them"
            advice = "write an address, or let them link their chat"
            yield written.people.problem((person,), what, advice, warning=True)


def _may_be_called(rules: Rules) -> Iterator[PersonId]:
    named = [rules.manner.last_resort]
    for team in rules.teams.values():
        named += [*standby.everybody(team, rules), team.lead, team.manager]
    for policy in rules.policies.values():
        called = [*policy.last_resort, *(who for step in policy.steps for who in step.who)]
        called += [who for reaction in policy.reactions for who in reaction.call]
        named += [PersonId(who.value) for who in called if who.kind is WhoKind.PERSON]
    return (one for one in dict.fromkeys(named) if one is not None)


def _of_circles(written: Written, rules: Rules, now: datetime) -> Iterator[Problem]:
    """Private tickets whose circle is called by no level: only the last resort would hear of them, without a word."""
    for service in rules.services.values():
        group = None if service.group is None else rules.groups.get(service.group)
        if group is None:
            continue
        team = rules.team_of(service.id)
        for policy in dict.fromkeys(rules.policies[one] for one in team.policies.values()):
            called = {one for step in policy.steps for one in _ever(step.who, team, rules, now)}
            if not called & group.members:
                what = f"nobody of group `{group.id}` is ever called by `{policy.id}` for team `{team.id}`"
                advice = "put somebody of the group on call, or call one of them by name"
                yield written.services.problem((service.id, "private"), what, advice, warning=True)


def _ever(who: Sequence[Who], team: Team, rules: Rules, now: datetime) -> Iterator[PersonId]:
    for one in who:
        match one.kind:
            case WhoKind.ON_CALL:
                yield from standby.everybody(team, rules)
            case WhoKind.ROTA:
                yield from oncall.people_in(rules.rotas[RotaId(one.value)])
            case WhoKind.TEAM:
                yield from standby.everybody(rules.teams[TeamId(one.value)], rules)
            case _:
                yield from reached_by(Step(timedelta(), (one,)), team, rules, now).people


def _has_a_way(person: PersonId, rules: Rules) -> bool:
    known = rules.people.get(person)
    if known is None:
        return False
    weights = {weight_of(priority) for priority in Priority}
    return all(any(_leads_somewhere(way.to) for way in ways_of(known, weight)) for weight in weights)


def _leads_somewhere(address: str) -> bool:
    return address.partition(":")[0] not in NOWHERE


def _said(who: Who) -> str:
    """As it is written."""
    return f"{who.kind} {who.value}".strip()
