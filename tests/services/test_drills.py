"""When drills are due: once a month, on the clock of the team, and never in the middle of the night."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.anew import anew
from bot.domain.ids import TeamId
from bot.domain.rules import DrillPlan, Rules
from bot.services.drills import drill_moment, drill_of, due_drills, next_drill_at
from tests.domain.small_desk import small_rules

PLAN = DrillPlan(weekday=0, at=time(10, 0))


def rules_with(plan: DrillPlan | None = PLAN) -> Rules:
    rules = small_rules()
    first = the_team(rules)
    return anew(rules, teams={first: rules.teams[first]}, manner=anew(rules.manner, drills=plan))


def the_team(rules: Rules) -> TeamId:
    return next(iter(rules.teams))


def moment_of(rules: Rules, month: int) -> datetime:
    return drill_moment(PLAN, rules.teams[the_team(rules)], datetime(2026, month, 15, tzinfo=UTC).date())


@pytest.mark.parametrize("month", range(1, 13))
def test_it_is_on_the_first_such_day_of_the_month_at_that_time_of_the_team(month: int) -> None:
    rules = rules_with()
    local = moment_of(rules, month).astimezone(ZoneInfo(rules.teams[the_team(rules)].zone))

    assert (local.weekday(), local.hour, local.minute) == (0, 10, 0)
    assert local.day <= 7
    assert local.month == month


def test_it_is_due_from_its_moment_for_a_working_day_and_not_in_the_night() -> None:
    rules = rules_with()
    moment = moment_of(rules, 3)

    def due(after: timedelta) -> list[str]:
        return [one.name for one in due_drills(rules, moment + after)]

    assert due(timedelta(seconds=-1)) == []
    assert due(timedelta(0)) == due(timedelta(hours=8)) == ["2026-03"]
    assert due(timedelta(hours=8, seconds=1)) == []


def test_the_same_drill_is_the_same_arrival_whenever_it_is_asked_for() -> None:
    rules = rules_with()
    moment = moment_of(rules, 3)

    keys = {
        one.arrival().key for minutes in (0, 1, 200) for one in due_drills(rules, moment + timedelta(minutes=minutes))
    }

    assert keys == {f"drill:{the_team(rules)}:2026-03"}


def test_the_next_one_is_this_months_or_the_next_months() -> None:
    rules = rules_with()

    assert next_drill_at(rules, moment_of(rules, 3) - timedelta(days=1)) == moment_of(rules, 3)
    assert next_drill_at(rules, moment_of(rules, 3)) == moment_of(rules, 4)


def test_without_a_plan_or_without_anybody_on_call_there_is_none() -> None:
    nobody = anew(rules_with(), teams={one.id: anew(one, on_call=()) for one in rules_with().teams.values()})
    moment = moment_of(rules_with(), 3)

    assert list(due_drills(rules_with(None), moment)) == list(due_drills(nobody, moment)) == []
    assert next_drill_at(rules_with(None), moment) is next_drill_at(nobody, moment) is None


@pytest.mark.parametrize("body", ['{"drill": "nobody-knows"}', "[]", "{}"])
def test_what_is_no_drill_of_a_team_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match="no drill"):
        drill_of(body, rules_with())
