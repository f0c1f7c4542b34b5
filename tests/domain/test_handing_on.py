"""What people do with a call besides taking it: pass it on, call help, call above, hand over; who is out of reach."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.access import Stand, stands
from bot.domain.commands import (
    Acknowledge,
    AddResponder,
    Assign,
    CallUp,
    Command,
    HandOver,
    PassOn,
    Reclassify,
    Resolve,
    Start,
    Tick,
    Unreached,
)
from bot.domain.events import AnyEvent, Called, CalledUp, HandedOver, NobodyReached, NotReached, ResponderAdded
from bot.domain.ids import DESK, Level, PersonId, ServiceId, TeamId, TicketId
from bot.domain.lifecycle import decide
from bot.domain.passing import wake_at
from bot.domain.refusals import AlreadyDone, Missing, NotAllowed, NotCalled, NotFound, NotFromHere, TooSoon, Unknown
from bot.domain.rules import Manner, Rules
from bot.domain.sla import promises
from bot.domain.ticket import Ticket
from tests.domain.small_desk import CHEN, LIN, MEI, MON_9, OLGA, STRANGER, WANG, ZHOU, minutes, raised, small_rules

ONE = TicketId(1)
RULES = small_rules()
DESK_TEAM, NETWORK = TeamId("desk"), TeamId("network")
TICK = Tick(by=DESK, ticket=ONE)


def ordered(
    ticket: Ticket, minute: float, command: Command, rules: Rules = RULES
) -> tuple[Ticket, tuple[AnyEvent, ...]]:
    decision = decide(ticket, command, rules, MON_9 + minutes(minute))
    return decision.ticket, tuple(decision.events)


def people(events: tuple[AnyEvent, ...]) -> list[tuple[PersonId, ...]]:
    return [one.people for one in events if isinstance(one, Called | CalledUp)]


def out_of_reach(
    ticket: Ticket, minute: float, person: PersonId, rules: Rules = RULES
) -> tuple[Ticket, list[AnyEvent]]:
    """No way to that person worked for the last call."""
    assert ticket.chase is not None
    command = Unreached(by=DESK, ticket=ONE, person=person, entry=ticket.chase.entry, why="buried")
    after, events = ordered(ticket, minute, command, rules)
    return after, list(events)


# --- not me ----------------------------------------------------------------------------------------------------------


def test_not_me_calls_the_next_level_at_once_and_its_own_successor_in_its_time() -> None:
    ticket, events = ordered(raised(RULES), 1, PassOn(by=LIN, ticket=ONE))

    assert [one.name for one in events] == ["passed_on", "called"]
    assert people(events) == [(CHEN,)]
    assert wake_at(ticket, RULES, MON_9 + minutes(1)) == MON_9 + minutes(11)


def test_while_another_of_the_same_level_may_still_answer_nobody_else_is_called() -> None:
    ticket, _ = ordered(raised(RULES), 15, TICK)
    assert ticket.chase is not None
    assert ticket.chase.pending == (WANG, ZHOU)

    first, told = ordered(ticket, 16, PassOn(by=WANG, ticket=ONE))
    _, last = ordered(first, 17, PassOn(by=ZHOU, ticket=ONE))

    assert people(told) == []
    assert people(last) == [(LIN, CHEN, WANG, ZHOU)]


def test_who_has_passed_is_left_in_peace_until_nobody_else_is_left() -> None:
    ticket, _ = ordered(raised(RULES), 15, TICK)
    ticket, _ = ordered(ticket, 16, PassOn(by=WANG, ticket=ONE))

    _, again = ordered(ticket, 25, TICK)
    ticket, _ = ordered(ticket, 17, PassOn(by=ZHOU, ticket=ONE))

    assert people(again) == [(ZHOU,)]
    assert set(ticket.called) == {LIN, CHEN, WANG, ZHOU}
    assert ticket.chase is not None
    assert ticket.chase.pending == (LIN, CHEN, WANG, ZHOU)


def test_even_when_everybody_has_passed_it_the_calling_goes_on() -> None:
    ticket, _ = ordered(raised(RULES), 15, TICK)
    for minute, person in ((16, WANG), (17, ZHOU), (18, LIN), (19, CHEN)):
        ticket, _ = ordered(ticket, minute, PassOn(by=person, ticket=ONE))

    wake = wake_at(ticket, RULES, MON_9 + minutes(20))
    _, later = ordered(ticket, 27, TICK)

    assert wake is not None
    assert people(later) == [(LIN, CHEN, WANG, ZHOU)]


def test_not_me_is_said_once_and_only_by_somebody_who_was_called_for_something_nobody_has() -> None:
    ticket = raised(RULES)
    passed, _ = ordered(ticket, 1, PassOn(by=LIN, ticket=ONE))
    taken, _ = ordered(ticket, 1, Acknowledge(by=CHEN, ticket=ONE))
    done, _ = ordered(ticket, 1, Resolve(by=CHEN, ticket=ONE, solution="restarted"))

    with pytest.raises(NotCalled):
        ordered(ticket, 2, PassOn(by=WANG, ticket=ONE))
    with pytest.raises(AlreadyDone):
        ordered(passed, 2, PassOn(by=LIN, ticket=ONE))
    with pytest.raises(AlreadyDone) as taken_by:
        ordered(taken, 2, PassOn(by=LIN, ticket=ONE))
    with pytest.raises(NotFromHere):
        ordered(done, 2, PassOn(by=LIN, ticket=ONE))
    with pytest.raises(NotAllowed):
        ordered(ticket, 2, PassOn(by=MEI, ticket=ONE))
    assert taken_by.value.facts["by"] == CHEN


# --- out of reach ----------------------------------------------------------------------------------------------------


def test_when_no_way_to_the_one_who_was_called_works_the_next_is_called_at_once() -> None:
    _, events = out_of_reach(raised(RULES), 1, LIN)

    assert [one.name for one in events] == ["not_reached", "called"]
    assert people(tuple(events)) == [(CHEN,)]


def test_the_next_level_is_not_called_while_somebody_of_this_one_was_reached() -> None:
    ticket, _ = ordered(raised(RULES), 15, TICK)

    ticket, first = out_of_reach(ticket, 16, WANG)
    _, second = out_of_reach(ticket, 17, ZHOU)

    assert people(tuple(first)) == []
    assert people(tuple(second)) == [(LIN, CHEN, WANG, ZHOU)]


def test_the_requester_is_told_once_when_nobody_at_all_can_be_reached() -> None:
    ticket = raised(RULES)
    told: list[AnyEvent] = []
    for minute, person in enumerate((LIN, CHEN, WANG, ZHOU, LIN, CHEN, WANG, ZHOU), start=1):
        ticket, events = out_of_reach(ticket, minute, person)
        told += events
    assert ticket.chase is not None

    assert sum(isinstance(one, NobodyReached) for one in told) == 1
    assert sum(isinstance(one, Called) for one in told) == 3  # the second, the lead and manager, everybody
    assert wake_at(ticket, RULES, MON_9 + minutes(9)) is not None


def test_a_network_that_is_down_is_not_called_without_end() -> None:
    ticket = raised(RULES)
    for _ in range(20):
        assert ticket.chase is not None
        for person in ticket.chase.pending:
            ticket, _ = out_of_reach(ticket, 1, person)

    assert ticket.chase is not None
    assert ticket.chase.calls == 4
    assert ticket.chase.next_at > MON_9 + minutes(1)


def test_the_same_thing_is_not_told_twice() -> None:
    ticket = raised(RULES)
    command = Unreached(by=DESK, ticket=ONE, person=LIN, entry=2, why="buried")

    after, first = ordered(ticket, 1, command)
    again, second = ordered(after, 2, command)

    assert len(first) == 2
    assert (again, second) == (after, ())


def test_of_an_earlier_call_it_is_noted_and_calls_nobody() -> None:
    ticket, _ = ordered(raised(RULES), 5, TICK)

    _, events = ordered(ticket, 6, Unreached(by=DESK, ticket=ONE, person=LIN, entry=2, why="buried"))

    assert [one.name for one in events] == ["not_reached"]


@pytest.mark.parametrize("settled", [Acknowledge(by=CHEN, ticket=ONE), Resolve(by=CHEN, ticket=ONE, solution="done")])
def test_it_is_nothing_once_somebody_has_it(settled: Command) -> None:
    ticket, _ = ordered(raised(RULES), 1, settled)

    after, events = ordered(ticket, 2, Unreached(by=DESK, ticket=ONE, person=LIN, entry=2, why="buried"))

    assert (after, events) == (ticket, ())


def test_only_the_desk_knows_who_is_out_of_reach() -> None:
    for person, refusal in ((LIN, NotAllowed), (MEI, NotAllowed), (OLGA, NotFound)):
        with pytest.raises(refusal):
            ordered(raised(RULES), 1, Unreached(by=person, ticket=ONE, person=LIN, entry=2, why="spite"))


# --- help ------------------------------------------------------------------------------------------------------------


def test_a_responder_is_called_may_work_on_it_and_the_holder_stays() -> None:
    ticket, _ = ordered(raised(RULES), 1, Acknowledge(by=LIN, ticket=ONE))

    helped, events = ordered(ticket, 2, AddResponder(by=LIN, ticket=ONE, to=OLGA))
    working, _ = ordered(helped, 3, Start(by=OLGA, ticket=ONE))

    assert events == (ResponderAdded(at=MON_9 + minutes(2), by=LIN, to=OLGA),)
    assert (working.holder, working.acknowledged_by, working.responders) == (LIN, LIN, (OLGA,))
    assert Stand.ON_CALL in stands(OLGA, helped, RULES, MON_9)


def test_that_a_responder_cannot_be_reached_is_noted_although_somebody_has_it() -> None:
    ticket, _ = ordered(raised(RULES), 1, Acknowledge(by=LIN, ticket=ONE))
    ticket, _ = ordered(ticket, 2, AddResponder(by=LIN, ticket=ONE, to=OLGA))

    _, events = ordered(ticket, 3, Unreached(by=DESK, ticket=ONE, person=OLGA, entry=ticket.entries, why="blocked"))

    assert [type(one) for one in events] == [NotReached]


def test_nobody_is_called_to_help_twice_or_without_a_way_to_them_or_with_their_own_ticket() -> None:
    ticket, _ = ordered(raised(RULES), 1, AddResponder(by=LIN, ticket=ONE, to=OLGA))
    mute = replace(RULES, people={**RULES.people, STRANGER: replace(RULES.people[STRANGER], addresses=())})

    with pytest.raises(AlreadyDone):
        ordered(ticket, 2, AddResponder(by=LIN, ticket=ONE, to=OLGA))
    for nobody in (STRANGER, MEI, PersonId("who")):
        with pytest.raises(Unknown):
            ordered(ticket, 2, AddResponder(by=LIN, ticket=ONE, to=nobody), mute)
    with pytest.raises(NotAllowed):
        ordered(ticket, 2, AddResponder(by=MEI, ticket=ONE, to=STRANGER))


# --- above -----------------------------------------------------------------------------------------------------------


def test_first_the_lead_is_called_up_then_the_manager_and_then_the_manager_again() -> None:
    ticket, _ = ordered(raised(RULES), 1, Acknowledge(by=LIN, ticket=ONE))
    found = []
    for minute in (2, 3, 4):
        ticket, events = ordered(ticket, minute, CallUp(by=LIN, ticket=ONE, why="the whole site is down"))
        found += people(events)

    assert found == [(WANG,), (ZHOU,), (ZHOU,)]
    assert ticket.acknowledged_by == LIN


def test_the_lead_who_asks_calls_the_manager() -> None:
    _, events = ordered(raised(RULES), 1, CallUp(by=WANG, ticket=ONE, why="too big for us"))

    assert people(events) == [(ZHOU,)]


def test_where_there_is_nobody_above_the_last_resort_is_called() -> None:
    rules = small_rules(lead=None)
    team = replace(rules.teams[DESK_TEAM], manager=None)
    rules = replace(rules, teams={**rules.teams, DESK_TEAM: team}, manner=Manner(last_resort=OLGA))

    _, events = ordered(raised(rules), 1, CallUp(by=LIN, ticket=ONE, why="help"), rules)

    assert people(events) == [(OLGA,)]


def test_the_requester_can_call_above_once_in_a_quarter_of_an_hour() -> None:
    ticket, events = ordered(raised(RULES), 1, CallUp(by=MEI, ticket=ONE, why="nobody answers"))
    assert people(events) == [(WANG,)]

    with pytest.raises(TooSoon) as refusal:
        ordered(ticket, 15.9, CallUp(by=MEI, ticket=ONE, why="hello?"))
    _, crew = ordered(ticket, 2, CallUp(by=LIN, ticket=ONE, why="needed"))
    _, later = ordered(ticket, 16, CallUp(by=MEI, ticket=ONE, why="still nobody"))

    assert refusal.value.facts["when"] == (MON_9 + minutes(16)).isoformat()
    assert people(crew) == people(later)[-1:] == [(ZHOU,)]


def test_others_do_not_learn_that_there_is_something_to_call_anybody_for() -> None:
    with pytest.raises(NotFound):
        ordered(raised(RULES), 1, CallUp(by=OLGA, ticket=ONE, why="curious"))


# --- another team ----------------------------------------------------------------------------------------------------

OVER = HandOver(by=LIN, ticket=ONE, to=NETWORK, why="it is the switch")


def test_another_team_is_called_and_whoever_held_it_is_free() -> None:
    held, _ = ordered(raised(RULES), 1, Acknowledge(by=LIN, ticket=ONE))

    ticket, events = ordered(held, 2, OVER)

    assert [one.name for one in events] == ["handed_over", "called"]
    assert people(events) == [(CHEN,)]
    assert (ticket.team, ticket.holder, ticket.acknowledged_by) == (NETWORK, None, None)
    assert (ticket.service, ticket.priority) == (held.service, held.priority)
    over = events[0]
    assert isinstance(over, HandedOver)
    assert (over.was, over.to, over.why) == (DESK_TEAM, NETWORK, "it is the switch")


def test_promises_to_the_requester_do_not_move_with_the_ticket() -> None:
    before = raised(RULES)
    after, _ = ordered(before, 2, OVER)

    at = MON_9 + minutes(3)
    assert promises(after.marks, RULES.terms_of, at) == promises(before.marks, RULES.terms_of, at)


def test_who_works_in_both_teams_keeps_it_and_is_called_again_with_their_new_team() -> None:
    held, _ = ordered(raised(RULES), 1, Assign(by=CHEN, ticket=ONE, to=CHEN))

    ticket, events = ordered(held, 2, OVER)

    assert ticket.holder == CHEN
    assert people(events) == [(CHEN,)]


def test_a_new_reading_of_how_urgent_it_is_leaves_it_with_the_team_that_has_it_now() -> None:
    ticket, _ = ordered(raised(RULES), 2, OVER)

    calmer, _ = ordered(ticket, 3, Reclassify(by=CHEN, ticket=ONE, urgency=Level.MEDIUM))
    elsewhere, _ = ordered(ticket, 3, Reclassify(by=CHEN, ticket=ONE, service=ServiceId("other")))

    assert calmer.team == NETWORK
    assert elsewhere.team == DESK_TEAM


def test_a_hand_over_needs_another_team_that_exists_and_a_reason() -> None:
    ticket = raised(RULES)
    with pytest.raises(Missing):
        ordered(ticket, 1, replace(OVER, why=" "))
    with pytest.raises(Unknown):
        ordered(ticket, 1, replace(OVER, to=TeamId("nowhere")))
    with pytest.raises(AlreadyDone):
        ordered(ticket, 1, replace(OVER, to=DESK_TEAM))
    with pytest.raises(NotAllowed):
        ordered(ticket, 1, replace(OVER, by=MEI))
    done, _ = ordered(ticket, 1, Resolve(by=LIN, ticket=ONE, solution="done"))
    with pytest.raises(NotFromHere):
        ordered(done, 2, OVER)
