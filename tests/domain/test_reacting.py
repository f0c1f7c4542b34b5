"""What a warning or a breach sets off besides being said: calls, a hand-over, or the calling again; each once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.commands import Acknowledge, Resolve, Start, Tick
from bot.domain.events import AnyEvent, Broken, Called, CalledUp, HandedOver, Lapsed, Warned
from bot.domain.ids import DESK, PolicyId, TeamId, TicketId
from bot.domain.lifecycle import decide
from bot.domain.passing import wake_at
from bot.domain.rules import Manner, Moment, Reaction, Rules, Who, WhoKind
from bot.domain.sla import Clock
from bot.domain.ticket import Ticket
from tests.domain.small_desk import CHEN, LIN, MON_9, OLGA, ZHOU, minutes, raised, small_rules

ONE = TicketId(1)
NETWORK = TeamId("network")
TICK = Tick(by=DESK, ticket=ONE)
RESPONSE = frozenset({Clock.RESPONSE})
MANAGER = (Who(WhoKind.MANAGER),)


def rules_with(*reactions: Reaction) -> Rules:
    """Nobody is asked whether they have forgotten it, so that only promises make things happen."""
    rules = small_rules()
    urgent = replace(rules.policies[PolicyId("urgent")], reactions=reactions)
    manner = Manner(forgotten_after={})
    return replace(rules, policies={**rules.policies, urgent.id: urgent}, manner=manner)


def through(ticket: Ticket, rules: Rules, until: float) -> list[AnyEvent]:
    found: list[AnyEvent] = []
    now = MON_9 + minutes(1)
    while (moment := wake_at(ticket, rules, now)) is not None and moment <= MON_9 + minutes(until):
        now = moment
        decision = decide(ticket, TICK, rules, now)
        ticket = decision.ticket
        found += decision.events
    return found


def in_hand(rules: Rules) -> Ticket:
    return decide(raised(rules), Acknowledge(by=LIN, ticket=ONE), rules, MON_9 + minutes(1)).ticket


def test_a_warning_can_call_somebody_although_the_ticket_is_in_hand_and_does_so_once() -> None:
    rules = rules_with(Reaction(Moment.WARNED, RESPONSE, call=MANAGER))

    found = through(in_hand(rules), rules, 600)

    (call,) = (one for one in found if isinstance(one, CalledUp))
    warning = next(one for one in found if isinstance(one, Warned) and one.clock == "response")
    assert (call.people, call.why, call.by, call.at) == ((ZHOU,), "warned:response", DESK, warning.at)


def test_a_reaction_without_clocks_is_for_every_promise() -> None:
    rules = rules_with(Reaction(Moment.BROKEN, call=MANAGER))

    found = through(in_hand(rules), rules, 600)

    broken = [f"broken:{one.clock}" for one in found if isinstance(one, Broken)]
    assert [one.why for one in found if isinstance(one, CalledUp)] == broken
    assert {"broken:response", "broken:resolution"} <= set(broken)


def test_a_call_to_somebody_who_is_not_there_reaches_the_last_resort() -> None:
    rules = rules_with(Reaction(Moment.WARNED, RESPONSE, call=(Who(WhoKind.ON_CALL, "9"),)))
    rules = replace(rules, manner=replace(rules.manner, last_resort=OLGA))

    found = through(in_hand(rules), rules, 14)

    assert [one.people for one in found if isinstance(one, CalledUp)] == [(OLGA,)]


def test_a_breach_can_hand_the_ticket_to_another_team() -> None:
    rules = rules_with(Reaction(Moment.BROKEN, RESPONSE, hand_to=NETWORK))

    decision = decide(in_hand(rules), TICK, rules, MON_9 + minutes(16))

    (over,) = (one for one in decision.events if isinstance(one, HandedOver))
    assert (over.to, over.why, over.by) == (NETWORK, "broken:response", DESK)
    assert [one.people for one in decision.events if isinstance(one, Called)] == [(CHEN,)]
    assert (decision.ticket.team, decision.ticket.holder) == (NETWORK, None)


def test_it_is_not_handed_to_a_team_that_has_it_or_is_gone() -> None:
    for to in (TeamId("desk"), TeamId("gone")):
        rules = rules_with(Reaction(Moment.BROKEN, RESPONSE, hand_to=to))

        events = decide(in_hand(rules), TICK, rules, MON_9 + minutes(16)).events

        assert not any(isinstance(one, HandedOver) for one in events)


def test_a_breach_can_take_it_from_whoever_has_it_and_call_again() -> None:
    rules = rules_with(Reaction(Moment.BROKEN, RESPONSE, again=True))

    decision = decide(in_hand(rules), TICK, rules, MON_9 + minutes(16))

    (lapse,) = (one for one in decision.events if isinstance(one, Lapsed))
    assert (lapse.person, lapse.why) == (LIN, "broken:response")
    assert [one.people for one in decision.events if isinstance(one, Called)] == [(LIN,)]
    assert (decision.ticket.acknowledged_by, decision.ticket.holder) == (None, LIN)


def test_a_chase_that_runs_is_not_thrown_back_to_its_beginning() -> None:
    rules = rules_with(Reaction(Moment.BROKEN, RESPONSE, again=True))
    ticket = raised(rules)

    events = through(ticket, rules, 16)

    assert [one.level for one in events if isinstance(one, Called)] == [2, 3]


def test_whoever_comes_first_after_the_breach_sets_it_off_and_not_only_time() -> None:
    rules = rules_with(Reaction(Moment.BROKEN, RESPONSE, call=MANAGER))

    decision = decide(in_hand(rules), Start(by=LIN, ticket=ONE), rules, MON_9 + minutes(16))
    later = decide(decision.ticket, TICK, rules, MON_9 + minutes(17))

    assert [type(one) for one in decision.events[:2]] == [Broken, CalledUp]
    assert not any(isinstance(one, CalledUp) for one in later.events)


@pytest.mark.parametrize("moment", list(Moment))
def test_what_is_done_sets_off_nothing(moment: Moment) -> None:
    rules = rules_with(Reaction(moment, call=MANAGER, again=True))
    done = decide(in_hand(rules), Resolve(by=LIN, ticket=ONE, solution="done"), rules, MON_9 + minutes(2)).ticket

    assert not any(isinstance(one, CalledUp | Called | Lapsed) for one in through(done, rules, 600))
