"""What holds of every escalation, whatever people, time and broken networks do to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.commands import (
    Acknowledge,
    AddResponder,
    Assign,
    CallUp,
    Cancel,
    Command,
    HandOver,
    KeepOn,
    PassOn,
    Reclassify,
    Reopen,
    Resolve,
    Say,
    Schedule,
    Start,
    Tick,
    Unreached,
    WaitForSupplier,
)
from bot.domain.events import (
    Acknowledged,
    AnyEvent,
    AskedWhetherForgotten,
    Called,
    HandedOver,
    Lapsed,
    Moved,
    Reclassified,
)
from bot.domain.ids import DESK, WAITING, CalendarId, Level, PersonId, PolicyId, Priority, ServiceId, TeamId, TicketId
from bot.domain.lifecycle import decide
from bot.domain.passing import wake_at
from bot.domain.refusals import AlreadyDone, Refusal
from bot.domain.rules import Condition, Manner, Moment, Policy, Reaction, Rules, Step, Who, WhoKind
from bot.domain.ticket import Ticket
from tests.domain.small_desk import CHEN, LIN, MEI, MON_9, OLGA, WANG, ZHOU, minutes, raising, small_rules

ONE = TicketId(1)
TICK = Tick(by=DESK, ticket=ONE)
DESK_TEAM, NETWORK = TeamId("desk"), TeamId("network")

people = st.sampled_from([MEI, OLGA, LIN, CHEN, WANG, ZHOU])
whom = st.sampled_from(
    [
        Who(WhoKind.ON_CALL, "1"),
        Who(WhoKind.ON_CALL, "2"),
        Who(WhoKind.ON_CALL, "7"),
        Who(WhoKind.LEAD),
        Who(WhoKind.MANAGER),
        Who(WhoKind.CHANNEL),
        Who(WhoKind.TEAM, "network"),
        Who(WhoKind.PERSON, "olga"),
        Who(WhoKind.PERSON, "gone"),
    ]
)
conditions = st.sampled_from(
    [
        None,
        Condition(hours=CalendarId("office")),
        Condition(hours=CalendarId("office"), outside=True),
        Condition(priorities=frozenset({Priority.P1})),
        Condition(services=frozenset({ServiceId("vpn")})),
    ]
)
steps = st.builds(
    Step, st.integers(0, 30).map(minutes), st.lists(whom, max_size=3).map(tuple), st.booleans(), conditions
)
reactions = st.builds(
    Reaction,
    st.sampled_from(list(Moment)),
    call=st.lists(whom, max_size=1).map(tuple),
    hand_to=st.sampled_from([None, None, NETWORK, DESK_TEAM]),
    again=st.booleans(),
)
policies = st.builds(
    Policy,
    st.just(PolicyId("urgent")),
    st.lists(steps, min_size=1, max_size=4).map(tuple),
    st.integers(1, 30).map(minutes),
    last_resort=st.lists(whom, max_size=1).map(tuple),
    reactions=st.lists(reactions, max_size=2).map(tuple),
)
levels = st.sampled_from(list(Level))


@st.composite
def rules_of_any_kind(draw: st.DrawFn) -> Rules:
    """A policy of any shape for every priority, people without ways, and a team nobody is left of."""
    chain = draw(policies)
    rules = small_rules(on_call=draw(st.sampled_from([(LIN, CHEN), (OLGA,), ()])))
    mute = draw(st.sets(people, max_size=4))
    known = {key: replace(one, addresses=() if key in mute else one.addresses) for key, one in rules.people.items()}
    called = dict.fromkeys(Priority, chain.id)
    teams = {key: replace(one, policies=called) for key, one in rules.teams.items()}
    manner = Manner(last_resort=draw(st.sampled_from([None, WANG])))
    return replace(rules, policies={chain.id: chain}, teams=teams, people=known, manner=manner)


def orders(by: PersonId) -> st.SearchStrategy[Command]:
    return st.one_of(
        st.sampled_from(
            [
                Acknowledge(by=by, ticket=ONE),
                KeepOn(by=by, ticket=ONE),
                PassOn(by=by, ticket=ONE),
                CallUp(by=by, ticket=ONE, why="now"),
                HandOver(by=by, ticket=ONE, to=NETWORK, why="theirs"),
                HandOver(by=by, ticket=ONE, to=DESK_TEAM, why="yours"),
                Start(by=by, ticket=ONE),
                WaitForSupplier(by=by, ticket=ONE, why="a part"),
                Schedule(by=by, ticket=ONE, why="later", until=MON_9 + minutes(500)),
                Say(by=by, ticket=ONE, words="hello"),
                Resolve(by=by, ticket=ONE, solution="done"),
                Reopen(by=by, ticket=ONE),
                Cancel(by=by, ticket=ONE),
                Reclassify(by=by, ticket=ONE, service=ServiceId("vpn")),
            ]
        ),
        st.builds(lambda level: Reclassify(by=by, ticket=ONE, urgency=level), levels),
        st.builds(lambda to: Assign(by=by, ticket=ONE, to=to), people),
        st.builds(lambda to: AddResponder(by=by, ticket=ONE, to=to), people),
        st.builds(lambda to, entry: Unreached(by=DESK, ticket=ONE, person=to, entry=entry, why="x"), people, entries),
    )


entries = st.integers(-1, 12)
"""-1 stands for the line of the last call."""
moves = st.one_of(people.flatmap(orders), st.just(TICK))
lives = st.lists(st.tuples(st.integers(0, 90), moves, st.integers(0, 60)), max_size=20)


@settings(max_examples=100, deadline=None)
@given(rules_of_any_kind(), st.builds(raising, impact=levels, urgency=levels), lives)
def test_no_escalation_is_dropped_doubled_or_goes_on_after_somebody_has_it(
    rules: Rules, beginning: Command, life: list[tuple[int, Command, int]]
) -> None:
    watched = _Watched(rules, decide(None, beginning, rules, MON_9).ticket)

    for pause, command, promised in life:
        watched.passes(minutes(pause))
        watched.gives(command, promised)


class _Watched:
    """A ticket, and whether everything promised still holds."""

    def __init__(self, rules: Rules, ticket: Ticket) -> None:
        self.rules = rules
        self.ticket = ticket
        self.now = MON_9
        self._has_it = False

    def passes(self, span: timedelta) -> None:
        """Time does what it has to, moment by moment."""
        end = self.now + span
        while (moment := wake_at(self.ticket, self.rules, self.now)) is not None and moment <= end:
            self._decided(TICK, max(moment, self.now))
            following = wake_at(self.ticket, self.rules, self.now)
            assert following is None or following > self.now
        self.now = end

    def gives(self, command: Command, promised: int) -> None:
        """Somebody wants this; they may be refused."""
        if isinstance(command, Acknowledge | KeepOn) and promised:
            command = replace(command, until=self.now + minutes(promised))
        if isinstance(command, Unreached) and command.entry == -1 and self.ticket.chase is not None:
            command = replace(command, entry=self.ticket.chase.entry)
        taken, refused = self.ticket.acknowledged_by, None
        try:
            self._decided(command, self.now)
        except Refusal as no:
            refused = no
        if isinstance(command, Acknowledge) and isinstance(refused, AlreadyDone):
            assert refused.facts["by"] == taken

    def _decided(self, command: Command, at: datetime) -> None:
        decision = decide(self.ticket, command, self.rules, at)
        self.ticket, self.now = decision.ticket, at
        for event in decision.events:
            self._follows(event)
        self._is_not_dropped()

    def _follows(self, event: AnyEvent) -> None:
        match event:
            case Acknowledged():
                assert not self._has_it
                self._has_it = True
            case Lapsed() | HandedOver() | Reclassified():
                self._has_it = False
            case Moved(verb="reopen"):
                self._has_it = False
            case Called():
                assert not self._has_it
                assert set(event.people) <= set(self.ticket.called)
            case AskedWhetherForgotten():
                assert self._has_it
            case _:
                pass
        if isinstance(event, Reclassified):
            self._has_it = self.ticket.acknowledged_by is not None

    def _is_not_dropped(self) -> None:
        """What is open and nobody has is called for; what is important and somebody has is asked about."""
        ticket = self.ticket
        if not ticket.is_open:
            assert ticket.chase is None
            return
        woken = wake_at(ticket, self.rules, self.now)
        if ticket.acknowledged_by is None:
            assert ticket.chase is not None
            assert woken is not None
            assert woken <= ticket.chase.next_at
        else:
            assert ticket.chase is None
            if ticket.priority in (Priority.P1, Priority.P2) and ticket.status not in WAITING:
                assert woken is not None
