"""Who a level is, when it is meant at all, and who is called when it is nobody: never nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.domain.commands import Acknowledge, HandOver, Reopen, Resolve, Tick
from bot.domain.events import AnyEvent, Called, NobodyReached, NobodyThere
from bot.domain.ids import (
    DESK,
    CalendarId,
    CoverId,
    GroupId,
    PersonId,
    PolicyId,
    Priority,
    RotaId,
    ServiceId,
    TeamId,
    TicketId,
)
from bot.domain.lifecycle import Decision, decide
from bot.domain.oncall import Cover, Layer, Rota
from bot.domain.passing import wake_at
from bot.domain.rules import Condition, Group, Manner, Policy, Rules, Step, Who, WhoKind
from bot.domain.ticket import Ticket
from tests.domain.small_desk import (
    CHEN,
    LIN,
    MEI,
    MON_9,
    OLGA,
    STRANGER,
    WANG,
    ZHOU,
    minutes,
    raised,
    raising,
    small_rules,
)

ONE = TicketId(1)
DESK_TEAM, NETWORK = TeamId("desk"), TeamId("network")
FIRST, SECOND, LEAD, MANAGER = (
    Who(WhoKind.ON_CALL, "1"),
    Who(WhoKind.ON_CALL, "2"),
    Who(WhoKind.LEAD),
    Who(WhoKind.MANAGER),
)
CHANNEL = Who(WhoKind.CHANNEL)
TICK = Tick(by=DESK, ticket=ONE)
NIGHT = MON_9 + timedelta(hours=13)


def by_name(person: PersonId) -> Who:
    return Who(WhoKind.PERSON, person)


def policy(*steps: Step, last_resort: tuple[Who, ...] = (), version: str = "") -> Policy:
    return Policy(PolicyId("urgent"), steps, minutes(10), last_resort=last_resort, version=version)


def rules_with(chain: Policy, rules: Rules | None = None) -> Rules:
    rules = rules or small_rules()
    return replace(rules, policies={**rules.policies, chain.id: chain})


def chain_of(rules: Rules, at: datetime = MON_9, hours: float = 1) -> list[tuple[float, tuple[PersonId, ...]]]:
    """Who is called at which minute when nobody does anything."""
    decision = decide(None, raising(), rules, at)
    found, now, ticket = list(decision.events), at, decision.ticket
    while (moment := wake_at(ticket, rules, now)) is not None and moment <= at + timedelta(hours=hours):
        now = moment
        decision = decide(ticket, TICK, rules, now)
        ticket = decision.ticket
        found += decision.events
    return [((one.at - at) / minutes(1), one.people) for one in found if isinstance(one, Called)]


def first_call(rules: Rules, at: datetime = MON_9, service: str = "email") -> tuple[Called, list[AnyEvent]]:
    events = list(decide(None, raising(service=service), rules, at).events)
    return next(one for one in events if isinstance(one, Called)), events


# --- who -------------------------------------------------------------------------------------------------------------


def a_rota(name: str, *people: PersonId) -> Rota:
    """People who take turns, a week each, from Sunday, the first of March, at nine on."""
    turns = tuple((one,) for one in people)
    return Rota(RotaId(name), {"en": name}, (Layer("only", "UTC", turns, date(2026, 3, 1), time(9)),))


def with_rotas(*rotas: Rota, covers: tuple[Cover, ...] = ()) -> Rules:
    rules = small_rules(on_call=())
    team = replace(rules.teams[DESK_TEAM], rotas=tuple(one.id for one in rotas))
    return replace(rules, teams={**rules.teams, DESK_TEAM: team}, rotas={one.id: one for one in rotas}, covers=covers)


def test_whoever_is_on_call_is_looked_up_at_the_moment_of_the_call() -> None:
    rules = with_rotas(a_rota("front", LIN, CHEN))
    next_week = MON_9 + timedelta(days=7)

    assert first_call(rules)[0].people == (LIN,)
    assert first_call(rules, next_week)[0].people == (CHEN,)


def test_a_cover_that_was_agreed_is_called() -> None:
    cover = Cover(CoverId(1), RotaId("front"), OLGA, MON_9 - minutes(60), MON_9 + minutes(60))
    rules = with_rotas(a_rota("front", LIN, CHEN), covers=(cover,))

    assert first_call(rules)[0].people == (OLGA,)
    assert first_call(rules, MON_9 + minutes(60))[0].people == (LIN,)


def test_another_rota_or_another_team_can_be_a_level() -> None:
    rules = with_rotas(a_rota("front", LIN), a_rota("network", CHEN, WANG))
    of_rota = rules_with(policy(Step(minutes(0), (Who(WhoKind.ROTA, "network"),))), rules)
    of_team = rules_with(policy(Step(minutes(0), (Who(WhoKind.TEAM, "network"),))), rules)

    assert first_call(of_rota)[0].people == (CHEN,)
    assert first_call(of_team)[0].people == (CHEN,)


@pytest.mark.parametrize("gone", [Who(WhoKind.ROTA, "gone"), Who(WhoKind.TEAM, "gone"), by_name(PersonId("gone"))])
def test_a_level_whose_rota_team_or_person_is_gone_gives_way(gone: Who) -> None:
    rules = rules_with(policy(Step(minutes(0), (gone,)), Step(minutes(5), (LEAD,))))

    call, events = first_call(rules)

    assert (call.people, call.level) == ((WANG,), 2)
    assert [one.level for one in events if isinstance(one, NobodyThere)] == [1]


# --- when ------------------------------------------------------------------------------------------------------------

OFFICE_ONLY = Condition(hours=CalendarId("office"))
NIGHTS_ONLY = Condition(hours=CalendarId("office"), outside=True)


def test_a_level_that_is_not_meant_now_is_passed_over_without_waiting() -> None:
    rules = rules_with(
        policy(
            Step(minutes(0), (FIRST,), only=OFFICE_ONLY),
            Step(minutes(5), (SECOND,), only=NIGHTS_ONLY),
            Step(minutes(10), (LEAD,)),
        )
    )

    assert chain_of(rules)[:3] == [(0, (LIN,)), (5, (WANG,)), (15, (WANG,))]
    assert chain_of(rules, NIGHT)[:3] == [(0, (CHEN,)), (10, (WANG,)), (20, (WANG,))]


def test_priority_and_service_decide_as_well() -> None:
    step = Step(minutes(0), (MANAGER,), only=Condition(priorities=frozenset({Priority.P2})))
    vpn = Step(minutes(0), (MANAGER,), only=Condition(services=frozenset({ServiceId("vpn")})))
    email = Step(minutes(0), (MANAGER,), only=Condition(services=frozenset({ServiceId("email")})))

    found = [first_call(rules_with(policy(one, Step(minutes(5), (LEAD,)))))[0].people for one in (step, vpn, email)]

    assert found == [(WANG,), (WANG,), (ZHOU,)]


def test_where_the_higher_levels_are_for_other_hours_the_highest_that_is_not_repeats() -> None:
    rules = rules_with(policy(Step(minutes(0), (FIRST,)), Step(minutes(5), (LEAD,), only=OFFICE_ONLY)))

    assert chain_of(rules, NIGHT, 0.5) == [(0, (LIN,)), (5, (LIN,)), (15, (LIN,)), (25, (LIN,))]


def test_a_level_for_hours_that_have_begun_meanwhile_is_called() -> None:
    half_past_eight = MON_9 + timedelta(hours=23, minutes=30)
    rules = rules_with(policy(Step(minutes(0), (FIRST,)), Step(minutes(5), (LEAD,), only=OFFICE_ONLY)))

    assert chain_of(rules, half_past_eight, 0.6)[-1] == (35, (WANG,))


def test_a_condition_on_hours_nobody_knows_any_more_calls_rather_too_many() -> None:
    rules = rules_with(policy(Step(minutes(0), (MANAGER,), only=Condition(hours=CalendarId("gone")))))

    assert first_call(rules)[0].people == (ZHOU,)


# --- never nobody ----------------------------------------------------------------------------------------------------

EMPTY = Step(minutes(0), (Who(WhoKind.ON_CALL, "9"),))


def test_at_the_end_the_policys_own_last_resort_is_called() -> None:
    rules = rules_with(policy(EMPTY, last_resort=(by_name(OLGA),)))

    call, events = first_call(replace(rules, manner=Manner(last_resort=ZHOU)))

    assert (call.people, call.last_resort) == ((OLGA,), True)
    assert [type(one) for one in events[1:]] == [NobodyThere, Called]


def test_without_one_it_is_the_desks() -> None:
    rules = replace(rules_with(policy(EMPTY)), manner=Manner(last_resort=ZHOU))

    assert first_call(rules)[0].people == (ZHOU,)


def test_without_any_it_is_everybody_of_the_team_and_its_channel() -> None:
    call, _ = first_call(rules_with(policy(EMPTY)))

    assert (call.people, call.channel) == ((LIN, CHEN, WANG, ZHOU), True)


def test_a_team_in_which_nobody_is_left_is_answered_for_by_the_desk_of_the_default_service() -> None:
    rules = rules_with(policy(EMPTY))
    bare = replace(rules.teams[NETWORK], members=(), lead=None, on_call=(), channel=None)
    rules = replace(rules, teams={**rules.teams, NETWORK: bare})

    call, _ = first_call(rules, service="vpn")

    assert (call.elsewhere, call.people, call.channel) == (DESK_TEAM, (WANG,), True)


def test_when_there_is_really_nobody_the_requester_is_told_and_the_desk_goes_on_trying() -> None:
    rules = rules_with(policy(EMPTY))
    silent = {key: replace(one, channel=None) for key, one in rules.teams.items()}
    mute = {key: replace(one, addresses=()) for key, one in rules.people.items()}
    rules = replace(rules, teams=silent, people=mute)

    decision = decide(None, raising(), rules, MON_9)
    later = decide(decision.ticket, TICK, rules, MON_9 + minutes(10))

    assert any(isinstance(one, NobodyReached) for one in decision.events)
    assert wake_at(decision.ticket, rules, MON_9) == MON_9 + minutes(10)
    assert [type(one) for one in later.events if isinstance(one, NobodyReached | Called)] == [Called]


def test_the_empty_level_is_said_once_and_not_with_every_repetition() -> None:
    rules = rules_with(policy(EMPTY))
    ticket = decide(None, raising(), rules, MON_9).ticket

    events = decide(ticket, TICK, rules, MON_9 + minutes(10)).events

    assert not any(isinstance(one, NobodyThere) for one in events)
    assert any(isinstance(one, Called) for one in events)


# --- private tickets -------------------------------------------------------------------------------------------------

CIRCLE = Group(GroupId("hr"), {"en": "HR"}, frozenset({CHEN, OLGA}))


def private_rules(chain: Policy, *, group: bool = True) -> Rules:
    rules = rules_with(chain)
    email = replace(rules.services[ServiceId("email")], private=True, group=CIRCLE.id if group else None)
    return replace(rules, services={**rules.services, email.id: email}, groups={CIRCLE.id: CIRCLE})


def test_for_a_private_ticket_nobody_outside_its_group_is_called() -> None:
    rules = private_rules(
        policy(Step(minutes(0), (FIRST, CHANNEL)), Step(minutes(5), (SECOND, LEAD)), Step(minutes(9), (by_name(OLGA),)))
    )

    call, events = first_call(rules)

    assert (call.people, call.channel, call.level) == ((CHEN,), False, 2)
    assert [one.level for one in events if isinstance(one, NobodyThere)] == [1]
    assert {person for _, found in chain_of(rules) for person in found} == {CHEN, OLGA}


def test_when_no_level_of_a_private_ticket_reaches_its_group_the_last_resort_is_called_with_the_group() -> None:
    rules = private_rules(policy(Step(minutes(0), (FIRST,)), last_resort=(by_name(ZHOU),)))

    call, _ = first_call(rules)

    assert call.people == (ZHOU, CHEN, OLGA)


def test_a_private_ticket_without_a_group_calls_the_members_and_the_lead_alone() -> None:
    rules = private_rules(policy(Step(minutes(0), (MANAGER,)), Step(minutes(5), (FIRST, LEAD))), group=False)

    assert first_call(rules)[0].people == (LIN, WANG)


# --- versions --------------------------------------------------------------------------------------------------------


def test_a_chase_goes_on_by_the_version_with_which_it_began() -> None:
    old = policy(Step(minutes(0), (FIRST,)), Step(minutes(5), (SECOND,)), version="a")
    new = policy(Step(minutes(0), (LEAD,)), Step(minutes(5), (MANAGER,)), version="b")
    ticket = raised(rules_with(old))
    assert ticket.chase is not None
    assert ticket.chase.policy == "urgent@a"
    now = replace(rules_with(new), kept_policies={old.key: old})

    running = decide(ticket, TICK, now, MON_9 + minutes(5))

    assert [one.people for one in running.events if isinstance(one, Called)] == [(CHEN,)]
    assert first_call(now)[0].people == (WANG,)


AGAIN: dict[str, Callable[[Ticket, Rules], Decision]] = {
    "it is reopened": lambda ticket, rules: decide(
        decide(ticket, Resolve(by=LIN, ticket=ONE, solution="x"), rules, MON_9 + minutes(1)).ticket,
        Reopen(by=MEI, ticket=ONE, words="no"),
        rules,
        MON_9 + minutes(2),
    ),
    "a promise lapses": lambda ticket, rules: decide(
        decide(ticket, Acknowledge(by=LIN, ticket=ONE, until=MON_9 + minutes(2)), rules, MON_9 + minutes(1)).ticket,
        TICK,
        rules,
        MON_9 + minutes(2),
    ),
}


@pytest.mark.parametrize("how", AGAIN.values(), ids=AGAIN.keys())
def test_a_chase_that_begins_anew_takes_the_version_in_force(how: Callable[[Ticket, Rules], Decision]) -> None:
    old = policy(Step(minutes(0), (FIRST,)), version="a")
    new = policy(Step(minutes(0), (MANAGER,)), version="b")
    now = replace(rules_with(new), kept_policies={old.key: old})

    decision = how(raised(rules_with(old)), now)

    assert [one.people for one in decision.events if isinstance(one, Called)] == [(ZHOU,)]
    assert decision.ticket.chase is not None
    assert decision.ticket.chase.policy == "urgent@b"


def test_a_version_that_was_not_kept_is_followed_as_it_is_now_and_a_policy_that_is_gone_is_replaced() -> None:
    old = policy(Step(minutes(0), (FIRST,)), Step(minutes(5), (SECOND,)), version="a")
    new = policy(Step(minutes(0), (FIRST,)), Step(minutes(5), (MANAGER,)), version="b")
    ticket = raised(rules_with(old))

    lost = decide(ticket, TICK, rules_with(new), MON_9 + minutes(5))

    assert [one.people for one in lost.events if isinstance(one, Called)] == [(ZHOU,)]


def test_a_hand_over_begins_the_chase_of_the_other_team() -> None:
    rules = rules_with(policy(Step(minutes(0), (FIRST,)), Step(minutes(5), (LEAD,))))
    ticket: Ticket = raised(rules)

    over = decide(ticket, HandOver(by=LIN, ticket=ONE, to=NETWORK, why="theirs"), rules, MON_9 + minutes(1)).ticket

    assert over.chase is not None
    assert (over.chase.level, over.chase.calls, over.chase.next_at) == (1, 1, MON_9 + minutes(6))


def test_somebody_without_any_way_is_left_out_of_a_level_in_which_others_are() -> None:
    rules = rules_with(policy(Step(minutes(0), (FIRST, LEAD))))
    mute = replace(rules, people={**rules.people, LIN: replace(rules.people[LIN], addresses=())})

    assert first_call(mute)[0].people == (WANG,)
    assert STRANGER not in first_call(mute)[0].people


def test_levels_without_a_delay_between_them_are_all_called_one_at_once_after_the_other() -> None:
    rules = rules_with(policy(Step(minutes(0), (FIRST,)), Step(minutes(0), (SECOND,)), Step(minutes(5), (LEAD,))))

    found = chain_of(rules)

    assert [people for _, people in found[:4]] == [(LIN,), (CHEN,), (WANG,), (WANG,)]
    assert found[1][0] == pytest.approx(0, abs=0.001)
    assert found[2][0] == pytest.approx(5, abs=0.001)


def test_when_the_desk_wakes_up_late_to_such_levels_the_first_of_them_is_called() -> None:
    rules = rules_with(policy(Step(minutes(1), (FIRST,)), Step(minutes(5), (SECOND,)), Step(minutes(0), (LEAD,))))

    (late,) = (one for one in decide(raised(rules), TICK, rules, MON_9 + minutes(30)).events if isinstance(one, Called))

    assert (late.people, late.missed) == ((CHEN,), (1,))
