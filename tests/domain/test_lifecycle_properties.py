"""What holds of every life of a ticket, whatever people and time do to it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.commands import (
    Acknowledge,
    Assign,
    Cancel,
    Close,
    Command,
    Confirm,
    Nudge,
    Overrule,
    Rate,
    Reclassify,
    Reopen,
    Resolve,
    Say,
    Schedule,
    Start,
    Tick,
    WaitForApproval,
    WaitForRequester,
    WaitForSupplier,
)
from bot.domain.events import AnyEvent, Broken, Called, Lapsed, Warned
from bot.domain.ids import DESK, Level, Priority, TicketId
from bot.domain.lifecycle import decide
from bot.domain.passing import wake_at
from bot.domain.refusals import Refusal
from bot.domain.ticket import Ticket
from tests.domain.small_desk import CHEN, LIN, MEI, MON_9, OLGA, WANG, ZHOU, minutes, raising, small_rules

ONE = TicketId(1)
RULES = small_rules()

people = st.sampled_from([MEI, OLGA, LIN, CHEN, WANG, ZHOU])
levels = st.sampled_from(list(Level))
orders: st.SearchStrategy[Command] = people.flatmap(
    lambda by: st.one_of(
        st.sampled_from(
            [
                Confirm(by=by, ticket=ONE),
                Acknowledge(by=by, ticket=ONE),
                Start(by=by, ticket=ONE),
                WaitForRequester(by=by, ticket=ONE, why="which?"),
                WaitForSupplier(by=by, ticket=ONE, why="part"),
                WaitForApproval(by=by, ticket=ONE, why="boss"),
                Schedule(by=by, ticket=ONE, why="Friday"),
                Schedule(by=by, ticket=ONE, why="in the afternoon", until=MON_9 + minutes(240)),
                WaitForSupplier(by=by, ticket=ONE, why="delivery", until=MON_9 + minutes(2000)),
                Resolve(by=by, ticket=ONE, solution="done"),
                Close(by=by, ticket=ONE),
                Reopen(by=by, ticket=ONE, words="again"),
                Cancel(by=by, ticket=ONE),
                Say(by=by, ticket=ONE, words="hello"),
                Nudge(by=by, ticket=ONE),
                Rate(by=by, ticket=ONE, stars=3),
                Reclassify(by=by, ticket=ONE, kind="request"),
                Overrule(by=by, ticket=ONE, priority=Priority.P1, why="boss says"),
            ]
        ),
        st.builds(lambda to: Assign(by=by, ticket=ONE, to=to), people),
        st.builds(lambda level: Reclassify(by=by, ticket=ONE, urgency=level), levels),
        st.just(Tick(by=DESK, ticket=ONE)),
    )
)
lives = st.lists(st.tuples(st.integers(0, 600), orders), max_size=25)
beginnings = st.builds(raising, impact=levels, urgency=levels, doubtful=st.booleans())


@settings(max_examples=200, deadline=None)
@given(beginnings, lives)
def test_every_life_keeps_its_promises(beginning: Command, life: list[tuple[int, Command]]) -> None:
    decision = decide(None, beginning, RULES, MON_9)
    ticket, events, now = decision.ticket, list(decision.events), MON_9
    for pause, command in life:
        now += minutes(pause)
        ticket = _lived(ticket, command, now, events)
        _never_dropped(ticket)

    said = Counter((type(one), one.clock, one.cycle) for one in events if isinstance(one, Warned | Broken))
    assert all(count == 1 for count in said.values())
    assert ticket.entries == len(events)
    assert all(earlier.at <= later.at for earlier, later in zip(ticket.marks, ticket.marks[1:], strict=False))


def _lived(ticket: Ticket, command: Command, now: datetime, events: list[AnyEvent]) -> Ticket:
    try:
        decision = decide(ticket, command, RULES, now)
    except Refusal:
        return ticket
    events.extend(decision.events)
    if decision.events:
        assert decision.ticket.version == ticket.version + 1
    else:
        assert decision.ticket == ticket
    lapsed = any(isinstance(one, Lapsed) for one in decision.events)
    if ticket.acknowledged_by is not None and decision.ticket.cycle == ticket.cycle and not lapsed:
        assert not any(isinstance(one, Called) for one in decision.events)
    if isinstance(command, Tick):
        woken = wake_at(decision.ticket, RULES, now)
        assert woken is None or woken > now
    return decision.ticket


def _never_dropped(ticket: Ticket) -> None:
    """Whatever is open and was acknowledged by nobody has somebody still to be called, where the team calls at all."""
    if ticket.is_open and ticket.acknowledged_by is None and RULES.policy_for(ticket.team, ticket.priority):
        assert ticket.chase is not None
