"""What a move leaves as it was, and whose name it mentions."""

from __future__ import annotations

import pytest

from bot.domain.commands import Acknowledge, Assign, Command, Rate, Reopen, Resolve, Start, WaitForSupplier
from bot.domain.events import Acknowledged, AnyEvent
from bot.domain.ids import DESK, Status, TicketId
from bot.domain.lifecycle import decide
from bot.domain.refusals import AlreadyDone
from bot.domain.ticket import Ticket
from tests.domain.small_desk import CHEN, LIN, MEI, MON_9, WANG, minutes, names, raised, small_rules

ONE = TicketId(1)
RULES = small_rules()
SOLVED = Resolve(by=LIN, ticket=ONE, solution="restarted")


def lived(*commands: Command) -> tuple[Ticket, list[AnyEvent]]:
    """A ticket that was given these commands, one each minute, and what happened."""
    ticket, events = raised(RULES), list[AnyEvent]()
    for minute, command in enumerate(commands, start=1):
        decision = decide(ticket, command, RULES, MON_9 + minutes(minute))
        ticket = decision.ticket
        events += decision.events
    return ticket, events


def test_it_stays_with_its_holder_when_a_colleague_lends_a_hand() -> None:
    ticket, _ = lived(Assign(by=CHEN, ticket=ONE, to=CHEN))

    decision = decide(ticket, Start(by=LIN, ticket=ONE), RULES, MON_9 + minutes(2))

    assert decision.ticket.holder == CHEN
    assert names(decision) == ["moved"]


def test_an_acknowledgement_says_after_how_many_calls_it_came() -> None:
    _, at_once = lived(Acknowledge(by=LIN, ticket=ONE))
    _, given = lived(Assign(by=WANG, ticket=ONE, to=CHEN), Start(by=CHEN, ticket=ONE))

    assert [one.after_calls for one in (*at_once, *given) if isinstance(one, Acknowledged)] == [1, 1]


def test_whoever_comes_second_is_told_who_holds_it() -> None:
    begun, _ = lived(Start(by=LIN, ticket=ONE), WaitForSupplier(by=LIN, ticket=ONE, why="a part"))
    solved, _ = lived(SOLVED)

    for ticket, command in (
        (begun, WaitForSupplier(by=CHEN, ticket=ONE, why="another part")),
        (solved, Resolve(by=CHEN, ticket=ONE, solution="rebooted")),
    ):
        with pytest.raises(AlreadyDone) as refusal:
            decide(ticket, command, RULES, MON_9 + minutes(9))
        assert refusal.value.facts["by"] == LIN
        assert refusal.value.facts["by"] != DESK


def test_what_was_rated_and_reopened_can_be_rated_again() -> None:
    ticket, _ = lived(SOLVED, Rate(by=MEI, ticket=ONE, stars=1), Reopen(by=MEI, ticket=ONE, words="还是不行"))
    assert (ticket.rating, ticket.status, ticket.cycle) == (None, Status.IN_PROGRESS, 2)

    again = decide(ticket, SOLVED, RULES, MON_9 + minutes(10)).ticket
    rated = decide(again, Rate(by=MEI, ticket=ONE, stars=5), RULES, MON_9 + minutes(11)).ticket

    assert (rated.rating, rated.status) == (5, Status.CLOSED)


def test_a_reopened_ticket_is_nobodys_answer_yet_and_somebody_is_called() -> None:
    ticket, _ = lived(SOLVED, Reopen(by=MEI, ticket=ONE))

    assert (ticket.acknowledged_by, ticket.acknowledged_at, ticket.done_at) == (None, None, None)
    assert ticket.holder == LIN
    assert ticket.chase is not None
    assert ticket.chase.calls == 1
