"""What a policy may mean but will surprise people with: late escalations, names of two things, missing holidays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from bot.domain.ids import Level, Priority, TeamId
from bot.domain.kinds import KINDS
from bot.domain.known_years import years_missing
from bot.domain.rules import Policy, Rules, Team
from bot.domain.sla import Clock, Target
from bot.domain.worktime import Calendar
from bot.house_rules.agreements import Source, sources
from bot.house_rules.calendars import Calendars
from bot.house_rules.problems import Problem
from bot.house_rules.reading import Policy as Written

_A_WEEK = timedelta(days=7)


def holiday_warnings(written: Written, calendars: Calendars, now: datetime) -> Iterator[Problem]:
    """Years whose holidays are not known although promises reach into them."""
    for name, calendar in calendars.items():
        for year in years_missing(calendar, now):
            what = f"the holidays of {year} are not known, so deadlines in it are provisional"
            advice = f"put the published list into `holidays/{year}.json`, or update the `holidays` library"
            yield written.calendars.problem((name, "holidays"), what, advice, warning=True)


def rule_warnings(written: Written, rules: Rules, now: datetime) -> Iterator[Problem]:
    """Everything else; needs rules that can be used."""
    for team in rules.teams.values():
        yield from _unguarded(written, team)
        yield from _late_escalations(written, rules, team, now)
        if team.digest_at is not None and team.channel is None:
            what, advice = "there is no channel for the digest", "add `channel:`, or remove `digest_at:`"
            yield written.teams.problem((team.id, "digest_at"), what, advice, warning=True)
    yield from _falling_matrix(written, rules)
    yield from _shared_names(written)


def _unguarded(written: Written, team: Team) -> Iterator[Problem]:
    for priority in Priority:
        if priority not in team.policies:
            what = f"nobody is called when a {priority} of team `{team.id}` is not taken"
            yield written.teams.problem((team.id, "policies"), what, f"add `{priority}:` and a policy", warning=True)


def _late_escalations(written: Written, rules: Rules, team: Team, now: datetime) -> Iterator[Problem]:
    """Policies whose last level is called only after the answer is overdue, seen from the edges of a week's hours."""
    calendar = rules.calendar_of(team.id)
    first = calendar.next_opening(now)  # a week of holidays has no edges
    starts = [at for span in calendar.spans(first, first + _A_WEEK) for at in (span.opens, span.closes)]
    for source, priority, target in _answers(written, rules, team.id):
        policy = rules.policy_for(team.id, priority)
        if policy is None:
            continue
        if any(_last_call(policy, calendar, at) > _due(target, at) for at in starts):
            what = (
                f"an answer to {source.kind} {priority} can be overdue "
                f"before the last level of `{policy.id}` is called for team `{team.id}`"
            )
            advice = "promise more time, or shorten the delays of the policy"
            loc = (*source.loc, Clock.RESPONSE.value)
            yield written.agreements.problem(loc, what, advice, warning=True)


def _falling_matrix(written: Written, rules: Rules) -> Iterator[Problem]:
    """More impact or urgency with a lower priority."""
    order = list(Priority)
    for level in Level:
        for higher, lower in pairwise(Level):
            if order.index(rules.matrix[level, higher]) > order.index(rules.matrix[level, lower]):
                what = f"for impact {level} urgency {higher} has a lower priority than {lower}"
                yield written.matrix.problem((level.value, higher.value), what, "exchange them", warning=True)
            if order.index(rules.matrix[higher, level]) > order.index(rules.matrix[lower, level]):
                what = f"for urgency {level} impact {higher} has a lower priority than {lower}"
                yield written.matrix.problem((higher.value, level.value), what, "exchange them", warning=True)


def _shared_names(written: Written) -> Iterator[Problem]:
    """One name of two services: the desk cannot tell them apart by it."""
    owners: dict[str, str] = {}
    for service, entry in written.services.entries.items():
        for place, alias in enumerate(entry.aliases):
            owner = owners.setdefault(alias.casefold(), service)
            if owner != service:
                what = f"`{alias}` is also a name of `{owner}`"
                yield written.services.problem(
                    (service, "aliases", place), what, "keep it at one of them", warning=True
                )


def _answers(written: Written, rules: Rules, team: TeamId) -> Iterator[tuple[Source, Priority, Target]]:
    """Every promise of an answer that this team gives, with the place where it is written."""
    agreements = dict.fromkeys(service.agreement for service in rules.services.values() if service.team == team)
    for agreement in agreements:
        places = sources(agreement, written.agreements.entries)
        for kind in KINDS:
            for priority in Priority:
                target = rules.terms[f"{agreement}/{kind}/{priority}"].targets.get(Clock.RESPONSE)
                if target is not None:
                    yield places[kind, priority], priority, target


def _last_call(policy: Policy, calendar: Calendar, start: datetime) -> datetime:
    at = start
    for step in policy.steps:
        at = calendar.add(at, step.after) if step.working else at + step.after
    return at


def _due(target: Target, start: datetime) -> datetime:
    if isinstance(target.budget, timedelta):
        return target.calendar.add(start, target.budget)
    return target.calendar.add_working_days(start, target.budget.count, end_of_day=target.budget.end_of_day)
