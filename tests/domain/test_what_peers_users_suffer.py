"""What users of other on-call tools have suffered from, each as a life of a ticket here. The names are those of the
threads in which they say so; OnCall is grafana/oncall, GoAlert target/goalert, Amixr alertmixer/amixr."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot.domain.announce import About, ToPerson, announce
from bot.domain.commands import Acknowledge, Cancel, Command, Downtime, PassOn, Resolve, Start, Tick, Unreached
from bot.domain.events import AnyEvent, AskedWhetherForgotten, Called, Lapsed, NobodyThere, NotReached
from bot.domain.ids import DESK, PersonId, PolicyId, TicketId
from bot.domain.lifecycle import decide
from bot.domain.passing import wake_at
from bot.domain.rules import Manner, Policy, Rules, Step, Who, WhoKind
from bot.domain.ticket import Ticket
from tests.domain.small_desk import CHEN, LIN, MEI, MON_9, OLGA, WANG, ZHOU, minutes, raising, small_rules

ONE = TicketId(1)
RULES = small_rules()
TICK = Tick(by=DESK, ticket=ONE)
Said = list[tuple[float, AnyEvent]]


class Life:
    """A ticket, and all that happened to it with its minute."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.rules = rules
        self.now = MON_9
        decision = decide(None, raising(), rules, MON_9)
        self.ticket: Ticket = decision.ticket
        self.said: Said = [(0, one) for one in decision.events]
        self.letters = list(announce(decision.ticket, decision.events, rules))

    def do(self, command: Command, at: float) -> Life:
        """Time does what is due before; then somebody does this."""
        self.until(at)
        return self._obey(command, MON_9 + minutes(at))

    def until(self, minute: float) -> Life:
        """Time does what it has to do by then."""
        while (moment := wake_at(self.ticket, self.rules, self.now)) is not None and moment < MON_9 + minutes(minute):
            self._obey(TICK, moment)
        return self

    def _obey(self, command: Command, at: datetime) -> Life:
        self.now = at
        decision = decide(self.ticket, command, self.rules, at)
        self.ticket = decision.ticket
        self.said += [((at - MON_9) / minutes(1), one) for one in decision.events]
        self.letters += announce(decision.ticket, decision.events, self.rules)
        return self

    def calls(self, *, since: float = -1) -> list[tuple[float, tuple[PersonId, ...]]]:
        return [(minute, one.people) for minute, one in self.said if isinstance(one, Called) and minute > since]

    def heard(self, person: PersonId, about: About) -> int:
        return sum(one.to == ToPerson(person) and one.about is about for one in self.letters)


def policy(steps: Iterable[tuple[float, Who]], **more: object) -> Rules:
    chain = Policy(PolicyId("urgent"), tuple(Step(minutes(after), (who,)) for after, who in steps), minutes(10))
    return replace(RULES, policies={**RULES.policies, chain.id: chain}, **more)  # type: ignore[arg-type]  # for replace


FIRST, THIRD, LEAD = Who(WhoKind.ON_CALL, "1"), Who(WhoKind.ON_CALL, "3"), Who(WhoKind.LEAD)


# --- 1: escalation stops with the process ----------------------------------------------------------------------------


@pytest.mark.parametrize("thread", ["OnCall#1206", "OnCall#1187"])
def test_an_escalation_goes_on_after_every_restart(thread: str) -> None:
    """The process is gone from minute 1 to minute 7, and again until minute 330: each start calls who is due then."""
    life = Life()

    for minute in (7, 330):
        assert life.ticket.chase is not None, thread
        decision = decide(
            life.ticket, replace(TICK, down=Downtime(MON_9, MON_9 + minutes(minute))), RULES, MON_9 + minutes(minute)
        )
        life.ticket = decision.ticket
        called = [one for one in decision.events if isinstance(one, Called)]
        assert len(called) == 1
        assert called[0].late
    assert wake_at(life.ticket, RULES, MON_9 + minutes(330)) == MON_9 + minutes(340)


# --- 5: acknowledged and forgotten -----------------------------------------------------------------------------------


@pytest.mark.parametrize("thread", ["GoAlert#3378", "OnCall#1792"])
def test_what_was_acknowledged_at_night_and_forgotten_comes_back(thread: str) -> None:
    life = Life().do(Acknowledge(by=LIN, ticket=ONE), 3).until(60)

    asked = [minute for minute, one in life.said if isinstance(one, AskedWhetherForgotten)]
    lapsed = [minute for minute, one in life.said if isinstance(one, Lapsed)]

    assert (asked, lapsed) == ([33], [43]), thread
    assert life.calls(since=3)[0] == (43, (LIN,))
    assert life.heard(LIN, About.STILL_ON_IT) == 1


# --- 6: nobody on call -----------------------------------------------------------------------------------------------


def test_goalert_4548_an_empty_step_does_not_wait_its_delay() -> None:
    life = Life(policy([(0, THIRD), (30, THIRD), (30, LEAD)]))

    assert life.calls() == [(0, (WANG,))]
    assert [one.level for _, one in life.said if isinstance(one, NobodyThere)] == [1, 2]


def test_goalert_4548_when_every_step_is_empty_the_incident_is_not_dropped() -> None:
    life = Life(policy([(0, THIRD), (30, THIRD)], manner=Manner(last_resort=OLGA))).until(35)

    assert life.calls() == [(0, (OLGA,)), (10, (OLGA,)), (20, (OLGA,)), (30, (OLGA,))]


# --- 7: the calling stops too early ----------------------------------------------------------------------------------


@pytest.mark.parametrize("thread", ["Amixr#78", "OnCall#3760", "OnCall#275"])
def test_nobody_is_forgotten_after_so_and_so_many_repetitions(thread: str) -> None:
    """A week of silence."""
    life = Life().until(7 * 24 * 60)

    times = [minute for minute, _ in life.calls()]
    assert len(times) > 1000, thread
    assert max(later - earlier for earlier, later in pairwise(times)) == 10
    assert life.ticket.chase is not None


def test_oncall_1553_the_hundredth_call_says_that_it_is_one_so_that_it_can_be_drawn_short() -> None:
    life = Life().until(60)

    again = [one.facts.get("again") for one in life.letters if one.to == ToPerson(WANG) and one.about is About.PAGE]

    assert again == [None, "4", "5", "6", "7"]


# --- 8: pages after acknowledgement ----------------------------------------------------------------------------------

ENDS: dict[str, Command] = {
    "acknowledged": Acknowledge(by=CHEN, ticket=ONE),
    "begun": Start(by=CHEN, ticket=ONE),
    "resolved": Resolve(by=CHEN, ticket=ONE, solution="restarted"),
    "cancelled": Cancel(by=MEI, ticket=ONE),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
@pytest.mark.parametrize("minute", [4.999, 5, 15, 25])
def test_oncall_4654_oneuptime_1690_nothing_is_called_from_then_on(end: Command, minute: float) -> None:
    """Also where somebody looked in the very moment in which the next call was due."""
    rules = replace(RULES, manner=Manner(forgotten_after={}))

    life = Life(rules).do(end, minute).until(minute + 24 * 60)

    assert life.calls(since=minute) == []
    late = Unreached(by=DESK, ticket=ONE, person=LIN, entry=2, why="buried")
    assert decide(life.ticket, late, rules, life.now + timedelta(minutes=1)).events == ()


# --- 10: the one on call cannot be reached ---------------------------------------------------------------------------


def without_ways(*people: PersonId) -> Rules:
    mute = {one: replace(RULES.people[one], addresses=()) for one in people}
    return replace(RULES, people={**RULES.people, **mute})


def test_oncall_1326_somebody_on_call_without_any_way_is_not_waited_for() -> None:
    assert Life(without_ways(LIN)).calls() == [(0, (CHEN,))]
    assert Life(without_ways(LIN, CHEN)).calls() == [(0, (WANG, ZHOU))]


def test_oncall_1511_a_page_that_goes_nowhere_wakes_the_next_one_and_not_the_directors() -> None:
    life = Life().do(Unreached(by=DESK, ticket=ONE, person=LIN, entry=2, why="blocked"), 1)

    assert life.calls() == [(0, (LIN,)), (1, (CHEN,))]


def test_oncall_2141_that_somebody_was_not_reached_is_no_secret() -> None:
    life = Life().do(Unreached(by=DESK, ticket=ONE, person=LIN, entry=2, why="blocked"), 1)

    assert [(one.person, one.why) for _, one in life.said if isinstance(one, NotReached)] == [(LIN, "blocked")]
    told = [one for one in life.letters if one.about is About.NOT_REACHED]
    assert {one.facts["person"] for one in told} == {LIN}
    assert life.heard(WANG, About.NOT_REACHED) == 1


def test_oncall_2141_the_requester_is_told_when_nobody_at_all_can_be_reached() -> None:
    life = Life()
    for minute in range(1, 6):
        chase = life.ticket.chase
        assert chase is not None
        for person in chase.pending:
            life.do(Unreached(by=DESK, ticket=ONE, person=person, entry=chase.entry, why="network down"), minute)

    assert life.heard(MEI, About.NOBODY_REACHED) == 1


# --- and what none of them has ---------------------------------------------------------------------------------------


def test_not_me_is_an_answer() -> None:
    life = Life().do(PassOn(by=LIN, ticket=ONE), 1)

    assert life.calls() == [(0, (LIN,)), (1, (CHEN,))]
