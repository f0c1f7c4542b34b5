"""A policy that is changed while somebody is being called: the calling goes on by the version with which it began."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.commands import Reopen, Resolve, Tick
from bot.domain.events import Called
from bot.domain.ids import DESK, PersonId, PolicyId, Priority, ServiceId, TicketId
from bot.domain.rules import Condition, Moment, Policy, Reaction, Rules, Step, Who, WhoKind
from bot.domain.sla import Clock
from bot.services.desk import Outcome
from bot.services.policies import KeepPolicies
from storage.engine import SqlStore
from tests.domain.small_desk import CHEN, LIN, MEI, MON_9, WANG, ZHOU, minutes, raising, small_rules
from tests.services.open_desk import Open, at_work, opened, standing

ONE = TicketId(1)
TICK = Tick(by=DESK, ticket=ONE)
FIRST, SECOND = Who(WhoKind.ON_CALL, "1"), Who(WhoKind.ON_CALL, "2")

RICH = Policy(
    PolicyId("urgent"),
    (
        Step(minutes(0), (FIRST,)),
        Step(minutes(5), (SECOND,), working=True, only=Condition(priorities=frozenset({Priority.P1, Priority.P2}))),
    ),
    repeat=minutes(10),
    last_resort=(Who(WhoKind.PERSON, "zhou"),),
    reactions=(Reaction(Moment.BROKEN, frozenset({Clock.UPDATE, Clock.RESPONSE}), call=(Who(WhoKind.MANAGER),)),),
    version="a",
)


def rules_with(policy: Policy) -> Rules:
    rules = small_rules()
    return replace(rules, policies={**rules.policies, policy.id: policy})


CHANGED = replace(RICH, steps=(Step(minutes(0), (Who(WhoKind.LEAD),)), Step(minutes(5), (FIRST,))), version="b")


async def starts(here: Open) -> None:
    """As the app does when it starts."""
    kept = await here.desk.chore(KeepPolicies(here.desk.rules))
    here.desk.renew(replace(here.desk.rules, kept_policies=kept))


def called(outcome: Outcome) -> list[tuple[PersonId, ...]]:
    return [one.people for one in outcome.events if isinstance(one, Called)]


async def test_after_a_restart_under_a_changed_policy_the_old_chase_goes_on_and_new_ones_follow_the_new(
    database: Path,
) -> None:
    async with opened(database, rules=rules_with(RICH)) as here:
        await starts(here)
        await here.desk.do(raising())
    async with opened(database, rules=rules_with(CHANGED), time=standing(MON_9 + minutes(5))) as here:
        await starts(here)
        running = await here.desk.do(TICK)
        fresh = await here.desk.do(raising())
        await here.desk.do(Resolve(by=LIN, ticket=ONE, solution="restarted"))
        anew = await here.desk.do(Reopen(by=MEI, ticket=ONE))

    assert (called(running), running.ticket.chase and running.ticket.chase.policy) == ([(CHEN,)], "urgent@a")
    assert (called(fresh), fresh.ticket.chase and fresh.ticket.chase.policy) == ([(WANG,)], "urgent@b")
    assert (called(anew), anew.ticket.chase and anew.ticket.chase.policy) == ([(WANG,)], "urgent@b")


async def test_a_version_comes_back_from_the_disk_as_it_was_and_stays_so(store: SqlStore) -> None:
    async with at_work(store, rules=rules_with(RICH)) as here:
        first = await here.desk.chore(KeepPolicies(rules_with(RICH)))
        forged = replace(RICH, steps=())
        second = await here.desk.chore(KeepPolicies(rules_with(forged)))
        third = await here.desk.chore(KeepPolicies(rules_with(CHANGED)))

    assert first == second == {PolicyId("urgent@a"): RICH}
    assert third == {PolicyId("urgent@a"): RICH, PolicyId("urgent@b"): CHANGED}


@pytest.mark.parametrize("condition", [Condition(services=frozenset({ServiceId("vpn")})), Condition(outside=True)])
async def test_every_part_of_a_policy_is_kept(store: SqlStore, condition: Condition) -> None:
    policy = replace(RICH, repeat_working=True, steps=(Step(minutes(1), (FIRST, SECOND), only=condition),), version="c")

    async with at_work(store) as here:
        kept = await here.desk.chore(KeepPolicies(rules_with(policy)))

    assert kept == {policy.key: policy}
    assert policy.last_resort[0].value == ZHOU
