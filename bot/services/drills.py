"""Drills: a marked test page to whoever is on call, on a schedule or on request, raised like everything else."""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.commands import Raise
from bot.domain.ids import DESK, Level, PersonId, TeamId
from bot.domain.kinds import DRILL
from bot.domain.rules import DrillPlan, Rules, Team
from bot.services.ports import Arrival

OURS = "desk"
"""The platform of what the desk brings in itself: it stands in the inbox like what people say, so that it
happens once."""

LATE_BY = timedelta(hours=8)
"""A drill that was missed by more than this is left out: nobody wants the test page of a working day at night."""


@dataclass(frozen=True, slots=True)
class DrillRequest:
    """A drill that shall happen: `name` makes it the only one of its kind."""

    team: TeamId
    by: PersonId
    name: str
    at: datetime

    def arrival(self) -> Arrival:
        """What is kept in the inbox, and handled as `drill_of`."""
        body = json.dumps({"drill": self.team, "by": self.by})
        return Arrival(f"drill:{self.team}:{self.name}", OURS, f"drill:{self.team}", body, self.at)


def due_drills(rules: Rules, now: datetime) -> Iterator[DrillRequest]:
    """The drills of this month whose moment has come, each with the month as its name."""
    plan = rules.manner.drills
    if plan is None:
        return
    for team in _teams_on_call(rules):
        moment = drill_moment(plan, team, now.astimezone(ZoneInfo(team.zone)).date())
        if moment <= now <= moment + LATE_BY:
            month = moment.astimezone(ZoneInfo(team.zone)).strftime("%Y-%m")
            yield DrillRequest(team.id, DESK, month, now)


def next_drill_at(rules: Rules, now: datetime) -> datetime | None:
    """The first moment after `now` at which a drill is due."""
    plan = rules.manner.drills
    if plan is None:
        return None
    moments = (_next_moment(plan, team, now) for team in _teams_on_call(rules))
    return min(moments, default=None)


def drill_moment(plan: DrillPlan, team: Team, day: date) -> datetime:
    """When the drill of that day's month is, on the clock of the team's zone."""
    first = day.replace(day=1)
    chosen = first + timedelta(days=(plan.weekday - first.weekday()) % 7)
    return datetime.combine(chosen, plan.at, ZoneInfo(team.zone)).astimezone(UTC)


def drill_of(body: str, rules: Rules) -> Raise:
    """The command for an arrival of ours. Raises ValueError when it is none, or when its team is gone."""
    told = json.loads(body)
    if not isinstance(told, dict) or told.get("drill") not in rules.teams:
        raise ValueError("no drill of a team there is")
    team = rules.teams[TeamId(told["drill"])]
    service = next((one.id for one in rules.services.values() if one.team == team.id), rules.manner.default_service)
    return Raise(
        by=PersonId(str(told.get("by", DESK))),
        words="drill",
        language=team.language,
        kind=DRILL.code,
        service=service,
        impact=Level.HIGH,
        urgency=Level.HIGH,
        origin=OURS,
        confirmed=True,
    )


def _next_moment(plan: DrillPlan, team: Team, now: datetime) -> datetime:
    today = now.astimezone(ZoneInfo(team.zone)).date()
    this_month = drill_moment(plan, team, today)
    if this_month > now:
        return this_month
    return drill_moment(plan, team, today.replace(day=monthrange(today.year, today.month)[1]) + timedelta(days=1))


def _teams_on_call(rules: Rules) -> Iterator[Team]:
    """A team that calls nobody has nobody to drill."""
    return (team for team in rules.teams.values() if team.on_call or team.rotas)
