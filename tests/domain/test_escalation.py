"""Whom a chase calls, and when it calls again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain import escalation
from bot.domain.commands import Downtime
from bot.domain.escalation import Reach, call_due, first_chase, reached_by
from bot.domain.events import Called
from bot.domain.ids import PolicyId, Priority, TeamId
from bot.domain.rules import Policy, Rules, Step, Who, WhoKind
from bot.domain.ticket import Ticket
from tests.domain.small_desk import CHEN, LIN, MON_9, OLGA, WANG, ZHOU, minutes, raised, small_rules

DESK_TEAM = TeamId("desk")
FIRST, SECOND, LEAD = Who(WhoKind.ON_CALL, "1"), Who(WhoKind.ON_CALL, "2"), Who(WhoKind.LEAD)
CHANNEL = Who(WhoKind.CHANNEL)
INSTANT = timedelta(milliseconds=1)

STEEP = Policy(
    PolicyId("steep"),
    (Step(minutes(0), (FIRST,)), Step(minutes(5), (SECOND,)), Step(minutes(20), (LEAD, CHANNEL))),
    repeat=minutes(7),
)
"""No two of its waits are alike."""


def rules_with(policy: Policy, *, channel: str | None = "local:channel:desk") -> Rules:
    rules = small_rules()
    team = replace(rules.teams[DESK_TEAM], channel=channel, policies=dict.fromkeys(Priority, policy.id))
    return replace(rules, teams={**rules.teams, DESK_TEAM: team}, policies={policy.id: policy})


def called_at(ticket: Ticket, rules: Rules, now: datetime, down: Downtime | None = None) -> tuple[Ticket, list[Called]]:
    after, events = call_due(ticket, rules, now, down=down)
    return after, [one for one in events if isinstance(one, Called)]


def test_each_level_waits_its_own_time_and_the_last_one_its_repeat() -> None:
    rules = rules_with(STEEP)
    ticket, now = raised(rules), MON_9
    found: list[tuple[timedelta, int, int, int]] = []

    for _ in range(5):
        assert ticket.chase is not None
        early, _ = call_due(ticket, rules, ticket.chase.next_at - INSTANT)
        assert early == ticket
        now = ticket.chase.next_at
        ticket, (call,) = called_at(ticket, rules, now)
        assert ticket.chase is not None
        found.append((now - MON_9, call.level, call.round, ticket.chase.calls))

    assert found == [
        (minutes(5), 2, 2, 2),
        (minutes(25), 3, 3, 3),
        (minutes(32), 3, 4, 4),
        (minutes(39), 3, 5, 5),
        (minutes(46), 3, 6, 6),
    ]


def test_whoever_is_called_again_and_again_stands_once_among_those_called() -> None:
    rules = rules_with(STEEP)
    ticket = raised(rules)

    for minute in (5, 25, 32, 39):
        ticket, _ = called_at(ticket, rules, MON_9 + minutes(minute))

    assert ticket.called == (LIN, CHEN, WANG)


LOOKED_AT = {
    # the minute at which somebody looks, the level called, the levels missed, the minute at which it was due
    "at its moment": (5, 2, (), 5),
    "just before the next falls due": (24.99, 2, (), 5),
    "exactly when the next falls due": (25, 3, (2,), 25),
    "long after all of them": (300, 3, (2,), 25),
}


@pytest.mark.parametrize(("minute", "level", "missed", "due"), LOOKED_AT.values(), ids=LOOKED_AT.keys())
def test_of_several_levels_due_the_highest_is_called(
    minute: float, level: int, missed: tuple[int, ...], due: float
) -> None:
    rules = rules_with(STEEP)

    _, (call,) = called_at(raised(rules), rules, MON_9 + minutes(minute))

    assert (call.level, call.missed, call.due) == (level, missed, MON_9 + minutes(due))


@pytest.mark.parametrize(("by", "late"), [(timedelta(0), False), (minutes(1), False), (minutes(1) + INSTANT, True)])
def test_a_call_more_than_a_minute_late_says_so_and_why(by: timedelta, late: bool) -> None:
    rules = rules_with(STEEP)
    now = MON_9 + minutes(5) + by
    down = Downtime(MON_9 + minutes(1), now)

    _, (call,) = called_at(raised(rules), rules, now, down)
    _, (without,) = called_at(raised(rules), rules, now)

    assert call.late is late
    assert (call.down_since, call.down_until) == ((down.since, down.until) if late else (None, None))
    assert (without.late, without.down_since, without.down_until) == (late, None, None)


def test_a_policy_that_became_shorter_is_followed_from_its_last_level() -> None:
    long = rules_with(STEEP)
    ticket, _ = called_at(raised(long), long, MON_9 + minutes(5))
    short = rules_with(replace(STEEP, steps=STEEP.steps[:1]))

    after, (call,) = called_at(ticket, short, MON_9 + minutes(25))

    assert (call.level, call.people) == (1, (LIN,))
    assert after.chase is not None
    assert (after.chase.next_at, after.chase.calls) == (MON_9 + minutes(32), 3)


def test_a_policy_that_lost_its_levels_calls_nobody_any_more() -> None:
    ticket = raised(rules_with(STEEP))

    after, events = call_due(ticket, rules_with(replace(STEEP, steps=())), MON_9 + minutes(5))

    assert after.chase is None
    assert events == ()


SETTLING = {
    # how long the first level waits, how long the author is given, when the first call goes out
    "no doubt": (0, 0, 0),
    "in doubt": (0, 1, 1),
    "the first level waits anyway": (5, 1, 5),
    "the author is given longer": (1, 5, 5),
}


@pytest.mark.parametrize(("first", "settle", "at"), SETTLING.values(), ids=SETTLING.keys())
def test_the_authors_word_and_the_first_level_are_waited_for_side_by_side(first: int, settle: int, at: int) -> None:
    steps = (Step(minutes(first), (FIRST,)), *STEEP.steps[1:])
    rules = rules_with(replace(STEEP, steps=steps))

    chase = first_chase(DESK_TEAM, Priority.P1, rules, MON_9, settle=minutes(settle))

    assert chase is not None
    assert chase.next_at == MON_9 + minutes(at)


def test_a_team_that_calls_nobody_for_that_priority_has_no_chase() -> None:
    assert first_chase(DESK_TEAM, Priority.P4, small_rules(), MON_9) is None


REACHED = {
    "the first on call": ((FIRST,), Reach((LIN,), False)),
    "both on call": ((FIRST, SECOND), Reach((LIN, CHEN), False)),
    "a place nobody has": ((Who(WhoKind.ON_CALL, "3"),), Reach((), False)),
    "nobody twice": ((LEAD, Who(WhoKind.PERSON, "wang"), LEAD), Reach((WANG,), False)),
    "lead and manager": ((LEAD, Who(WhoKind.MANAGER)), Reach((WANG, ZHOU), False)),
    "somebody by name": ((Who(WhoKind.PERSON, "olga"),), Reach((OLGA,), False)),
    "the channel": ((CHANNEL,), Reach((), True)),
    "the channel and somebody": ((CHANNEL, FIRST, CHANNEL), Reach((LIN,), True)),
}


@pytest.mark.parametrize(("who", "reach"), REACHED.values(), ids=REACHED.keys())
def test_whom_a_level_reaches(who: tuple[Who, ...], reach: Reach) -> None:
    rules = small_rules()

    found = reached_by(Step(minutes(0), who), rules.teams[DESK_TEAM], rules, MON_9)

    assert found == reach
    assert bool(found) is bool(reach.people or reach.channel)


def test_a_team_without_a_channel_is_not_reached_there() -> None:
    team = replace(small_rules().teams[DESK_TEAM], channel=None)

    assert reached_by(Step(minutes(0), (CHANNEL,)), team, small_rules(), MON_9) == Reach((), False)


def test_when_the_last_level_is_empty_whoever_is_left_is_called() -> None:
    only_channel = replace(STEEP, steps=(Step(minutes(0), (CHANNEL,)),))

    ticket = raised(rules_with(only_channel, channel=None))

    assert ticket.called == (LIN, CHEN, WANG, ZHOU)


def test_stopping_is_nothing_where_nobody_is_called() -> None:
    ticket = raised(rules_with(STEEP))

    stopped = escalation.stop(ticket)

    assert stopped.chase is None
    assert escalation.stop(stopped) is stopped
