"""What each command does to a ticket, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.commands import (
    Acknowledge,
    Assign,
    Cancel,
    Close,
    Command,
    Confirm,
    Downtime,
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
from bot.domain.events import Broken, Called
from bot.domain.ids import DESK, DONE, OVER, Level, PersonId, Priority, Status, TicketId
from bot.domain.kinds import KINDS
from bot.domain.lifecycle import decide
from bot.domain.moves import reopen_until
from bot.domain.passing import wake_at
from bot.domain.refusals import (
    AlreadyDone,
    Empty,
    Missing,
    NotAllowed,
    NotFound,
    NotFromHere,
    Refusal,
    TooLate,
    Unknown,
)
from bot.domain.rules import Rules
from bot.domain.sla import Clock, Promise, PromiseState, promises
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
    names,
    raised,
    raising,
    small_rules,
)

ONE = TicketId(1)
RULES = small_rules()


def after(ticket: Ticket, *commands: Command, rules: Rules = RULES) -> Ticket:
    """The ticket after these commands, one each minute."""
    now = ticket.created_at
    for command in commands:
        now += minutes(1)
        ticket = decide(ticket, command, rules, now).ticket
    return ticket


def resolved(ticket: Ticket) -> Ticket:
    """The ticket after Lin acknowledged and resolved it."""
    return after(ticket, Acknowledge(by=LIN, ticket=ONE), Resolve(by=LIN, ticket=ONE, solution="restarted"))


def test_a_raised_ticket_has_its_priority_from_the_matrix_and_calls_the_first_on_call_at_once() -> None:
    decision = decide(None, raising(), RULES, MON_9)

    assert names(decision) == ["raised", "called"]
    assert decision.ticket.priority is Priority.P1
    assert decision.ticket.called == (LIN,)
    assert decision.ticket.ref == "INC-1"
    assert decision.ticket.version == 1
    assert decision.ticket.entries == 2


def test_words_are_kept_exactly_as_written() -> None:
    words = "  打印机 \u202e坏了\u200b!!\n<!channel> \U0001f469\u200d\U0001f4bb  "

    assert decide(None, raising(words=words), RULES, MON_9).ticket.words == words


def test_nothing_but_blanks_is_no_request() -> None:
    with pytest.raises(Empty):
        decide(None, raising(words=" \n\t　"), RULES, MON_9)


def test_a_doubtful_ticket_waits_a_minute_for_its_authors_word_before_it_calls_anybody() -> None:
    ticket = raised(RULES, doubtful=True)

    assert ticket.called == ()
    assert wake_at(ticket, RULES, MON_9) == MON_9 + minutes(1)

    confirmed = decide(ticket, Confirm(by=MEI, ticket=ONE), RULES, MON_9 + timedelta(seconds=20))
    assert names(confirmed) == ["confirmed", "called"]
    silent = decide(ticket, Tick(by=DESK, ticket=ONE), RULES, MON_9 + minutes(1))
    assert names(silent) == ["called"]


def test_correcting_the_kind_keeps_number_and_history_and_changes_the_name() -> None:
    ticket = raised(RULES)

    decision = decide(ticket, Reclassify(by=MEI, ticket=ONE, kind="request"), RULES, MON_9 + minutes(1))

    assert names(decision) == ["reclassified"]
    assert decision.ticket.ref == "REQ-1"
    assert decision.ticket.created_at == MON_9
    assert decision.ticket.confirmed


def test_raising_the_urgency_calls_at_once_under_the_stricter_policy() -> None:
    ticket = raised(RULES, impact=Level.HIGH, urgency=Level.LOW)
    assert ticket.priority is Priority.P3
    assert ticket.called == ()

    decision = decide(ticket, Reclassify(by=MEI, ticket=ONE, urgency=Level.HIGH), RULES, MON_9 + minutes(2))

    assert decision.ticket.priority is Priority.P1
    assert decision.ticket.called == (LIN,)


def test_the_requester_may_correct_only_until_somebody_has_it() -> None:
    ticket = after(raised(RULES), Acknowledge(by=LIN, ticket=ONE))

    with pytest.raises(NotAllowed):
        decide(ticket, Reclassify(by=MEI, ticket=ONE, urgency=Level.LOW), RULES, MON_9 + minutes(3))


def test_a_priority_against_the_matrix_needs_a_reason_and_keeps_the_name() -> None:
    ticket = raised(RULES)
    with pytest.raises(Missing):
        decide(ticket, Overrule(by=WANG, ticket=ONE, priority=Priority.P3, why=" "), RULES, MON_9)
    with pytest.raises(NotAllowed):
        decide(ticket, Overrule(by=MEI, ticket=ONE, priority=Priority.P3, why="because"), RULES, MON_9)

    decision = decide(ticket, Overrule(by=WANG, ticket=ONE, priority=Priority.P3, why="test system"), RULES, MON_9)

    assert decision.ticket.override is not None
    assert (decision.ticket.override.by, decision.ticket.override.why) == (WANG, "test system")
    back = decide(decision.ticket, Overrule(by=WANG, ticket=ONE, priority=None, why="it is live"), RULES, MON_9)
    assert back.ticket.override is None
    assert back.ticket.priority is Priority.P1


def test_acknowledging_stops_the_calls_and_names_the_holder_but_is_not_yet_a_response() -> None:
    ticket = after(raised(RULES), Acknowledge(by=LIN, ticket=ONE))

    assert ticket.chase is None
    assert (ticket.holder, ticket.acknowledged_by, ticket.status) == (LIN, LIN, Status.ACCEPTED)
    (response,) = (one for one in promises(ticket.marks, RULES.terms_of, MON_9) if one.clock is Clock.RESPONSE)
    assert response.state is PromiseState.RUNNING


def test_the_second_to_acknowledge_is_told_who_was_first() -> None:
    ticket = after(raised(RULES), Acknowledge(by=LIN, ticket=ONE))

    with pytest.raises(AlreadyDone) as refusal:
        decide(ticket, Acknowledge(by=CHEN, ticket=ONE), RULES, MON_9 + minutes(2))

    assert refusal.value.facts["by"] == LIN


def test_giving_it_to_a_colleague_does_not_stop_the_calls_until_the_colleague_acts() -> None:
    ticket = after(raised(RULES), Assign(by=WANG, ticket=ONE, to=CHEN))

    assert ticket.holder == CHEN
    assert ticket.chase is not None


def test_taking_it_oneself_is_an_acknowledgement() -> None:
    ticket = after(raised(RULES), Assign(by=CHEN, ticket=ONE, to=CHEN))

    assert ticket.chase is None
    assert ticket.status is Status.ACCEPTED


def test_it_cannot_be_given_to_somebody_outside_the_team() -> None:
    with pytest.raises(Unknown):
        decide(raised(RULES), Assign(by=WANG, ticket=ONE, to=OLGA), RULES, MON_9)


def test_starting_work_is_a_response() -> None:
    ticket = after(raised(RULES), Start(by=LIN, ticket=ONE))

    (response,) = (one for one in promises(ticket.marks, RULES.terms_of, MON_9) if one.clock is Clock.RESPONSE)
    assert response.state is PromiseState.KEPT
    assert ticket.chase is None


def test_waiting_for_the_requester_stops_the_resolution_clock_and_their_answer_starts_it() -> None:
    ticket = after(raised(RULES), Start(by=LIN, ticket=ONE), WaitForRequester(by=LIN, ticket=ONE, why="which floor?"))
    paused = current(ticket, Clock.RESOLUTION)
    assert paused.state is PromiseState.PAUSED
    assert ticket.waiting_for == "which floor?"

    answered = decide(ticket, Say(by=MEI, ticket=ONE, words="三楼"), RULES, MON_9 + minutes(32))

    assert names(answered) == ["commented", "moved"]
    assert answered.ticket.status is Status.IN_PROGRESS
    assert answered.ticket.waiting_for == ""
    assert current(answered.ticket, Clock.RESOLUTION, at=32).due == MON_9 + minutes(240 + 30)


def test_waiting_for_a_supplier_stops_nothing() -> None:
    ticket = after(raised(RULES), Start(by=LIN, ticket=ONE), WaitForSupplier(by=LIN, ticket=ONE, why="new switch"))

    assert current(ticket, Clock.RESOLUTION).state is PromiseState.RUNNING


def current(ticket: Ticket, clock: Clock, at: float = 3) -> Promise:
    """The promise of that clock as it stands so many minutes after nine."""
    return [one for one in promises(ticket.marks, RULES.terms_of, MON_9 + minutes(at)) if one.clock is clock][-1]


def test_an_agents_note_does_not_reach_the_requesters_clock() -> None:
    ticket = after(raised(RULES), Say(by=LIN, ticket=ONE, words="looks like DNS", public=False))

    assert current(ticket, Clock.RESPONSE).state is PromiseState.RUNNING
    with pytest.raises(NotAllowed):
        decide(ticket, Say(by=MEI, ticket=ONE, words="psst", public=False), RULES, MON_9 + minutes(2))


def test_resolving_needs_a_solution() -> None:
    with pytest.raises(Missing):
        decide(raised(RULES), Resolve(by=LIN, ticket=ONE, solution="  "), RULES, MON_9 + minutes(1))


def test_a_request_is_fulfilled_where_an_incident_is_resolved() -> None:
    assert resolved(raised(RULES)).status is Status.RESOLVED
    assert resolved(raised(RULES, kind="request")).status is Status.FULFILLED


def test_a_rating_is_the_requesters_word_that_it_is_done() -> None:
    done = resolved(raised(RULES))

    decision = decide(done, Rate(by=MEI, ticket=ONE, stars=5), RULES, MON_9 + minutes(9))

    assert names(decision) == ["rated", "moved"]
    assert decision.ticket.status is Status.CLOSED
    with pytest.raises(AlreadyDone):
        decide(decision.ticket, Rate(by=MEI, ticket=ONE, stars=1), RULES, MON_9 + minutes(10))


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_there_are_one_to_five_stars(stars: int) -> None:
    with pytest.raises(Unknown):
        decide(resolved(raised(RULES)), Rate(by=MEI, ticket=ONE, stars=stars), RULES, MON_9 + minutes(9))


def test_reopening_within_the_grace_continues_the_same_ticket_and_calls_again() -> None:
    done = resolved(raised(RULES))

    decision = decide(done, Reopen(by=MEI, ticket=ONE, words="还是不行"), RULES, MON_9 + minutes(60))

    assert names(decision) == ["moved", "commented", "called"]
    assert decision.ticket.cycle == 2
    assert decision.ticket.status is Status.IN_PROGRESS
    assert decision.ticket.acknowledged_by is None
    assert decision.ticket.holder == LIN


def test_after_the_grace_it_is_too_late_to_reopen() -> None:
    done = resolved(raised(RULES))
    end = reopen_until(done, RULES)

    decide(done, Reopen(by=MEI, ticket=ONE), RULES, end)
    with pytest.raises(TooLate):
        decide(done, Reopen(by=MEI, ticket=ONE), RULES, end + timedelta(seconds=1))


def test_silence_closes_what_was_resolved() -> None:
    done = resolved(raised(RULES))
    end = wake_at(done, RULES, MON_9)
    assert end is not None

    decision = decide(done, Tick(by=DESK, ticket=ONE), RULES, end)

    assert decision.ticket.status is Status.CLOSED
    assert decision.ticket.rating is None
    assert wake_at(decision.ticket, RULES, end) is None


def test_a_cancelled_ticket_calls_nobody_and_wants_nothing() -> None:
    ticket = after(raised(RULES), Cancel(by=MEI, ticket=ONE, why="found it"))

    assert ticket.chase is None
    assert wake_at(ticket, RULES, MON_9 + minutes(2)) is None
    assert decide(ticket, Tick(by=DESK, ticket=ONE), RULES, MON_9 + minutes(999)).events == ()


def test_a_nudge_is_heard_and_changes_no_priority() -> None:
    ticket = raised(RULES, impact=Level.LOW, urgency=Level.LOW)

    decision = decide(ticket, Nudge(by=MEI, ticket=ONE), RULES, MON_9 + minutes(5))

    assert names(decision) == ["nudged"]
    assert decision.ticket.priority is Priority.P4


def test_a_ticket_of_others_does_not_exist() -> None:
    for command in (
        Acknowledge(by=OLGA, ticket=ONE),
        Say(by=STRANGER, ticket=ONE, words="hi"),
        Cancel(by=OLGA, ticket=ONE),
    ):
        with pytest.raises(NotFound) as hidden:
            decide(raised(RULES), command, RULES, MON_9)
        with pytest.raises(NotFound) as absent:
            decide(None, command, RULES, MON_9)
        assert hidden.value.facts == absent.value.facts


def test_a_promise_that_ran_out_unseen_is_recorded_with_its_own_instant_by_whoever_comes_next() -> None:
    ticket = raised(RULES)

    decision = decide(ticket, Start(by=LIN, ticket=ONE), RULES, MON_9 + minutes(40))

    broken = [event for event in decision.events if isinstance(event, Broken)]
    assert [(one.clock, one.due) for one in broken] == [
        ("response", MON_9 + minutes(15)),
        ("update", MON_9 + minutes(30)),
    ]


def test_a_refused_command_leaves_the_ticket_as_it_was() -> None:
    ticket = raised(RULES)
    before = replace(ticket)

    with pytest.raises(Refusal):
        decide(ticket, Close(by=MEI, ticket=ONE), RULES, MON_9 + minutes(50))

    assert ticket == before


_HOW: dict[str, Command] = {
    "acknowledge": Acknowledge(by=LIN, ticket=ONE),
    "start": Start(by=LIN, ticket=ONE),
    "wait_requester": WaitForRequester(by=LIN, ticket=ONE, why="w"),
    "wait_supplier": WaitForSupplier(by=LIN, ticket=ONE, why="w"),
    "wait_approval": WaitForApproval(by=LIN, ticket=ONE, why="w"),
    "schedule": Schedule(by=LIN, ticket=ONE, why="w"),
    "resolve": Resolve(by=LIN, ticket=ONE, solution="s"),
    "close": Close(by=MEI, ticket=ONE),
    "reopen": Reopen(by=MEI, ticket=ONE),
    "cancel": Cancel(by=MEI, ticket=ONE),
}


def standing_at(kind: str, status: Status) -> Ticket:
    """A ticket of that kind which has just come to that status."""
    ticket = raised(RULES, kind=kind)
    way: dict[Status, tuple[str, ...]] = {
        Status.NEW: (),
        Status.ACCEPTED: ("acknowledge",),
        Status.IN_PROGRESS: ("start",),
        Status.WAITING_REQUESTER: ("wait_requester",),
        Status.WAITING_SUPPLIER: ("wait_supplier",),
        Status.WAITING_APPROVAL: ("wait_approval",),
        Status.SCHEDULED: ("schedule",),
        Status.RESOLVED: ("resolve",),
        Status.FULFILLED: ("resolve",),
        Status.CLOSED: ("resolve", "close"),
        Status.CANCELLED: ("cancel",),
    }
    return after(ticket, *(_HOW[verb] for verb in way[status]))


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("verb", sorted(_HOW))
@pytest.mark.parametrize("status", sorted(Status))
def test_the_move_table_is_the_whole_truth(kind: str, verb: str, status: Status) -> None:
    if status in DONE and status is not KINDS[kind].done:
        return
    ticket = standing_at(kind, status)
    assert ticket.status is status
    command = _HOW[verb]

    if KINDS[kind].may_move(verb, status):
        assert decide(ticket, command, RULES, MON_9 + minutes(5)).ticket.status is KINDS[kind].moves[verb].to
    else:
        with pytest.raises((NotFromHere, AlreadyDone)):
            decide(ticket, command, RULES, MON_9 + minutes(5))


def test_every_open_status_has_a_way_to_its_end() -> None:
    for kind in KINDS.values():
        for status in set(Status) - OVER - DONE:
            assert kind.may_move("resolve", status)
            assert kind.may_move("cancel", status)


def test_a_level_without_anybody_falls_through_at_once_to_the_next() -> None:
    rules = small_rules(on_call=())

    decision = decide(None, raising(), rules, MON_9)

    assert names(decision) == ["raised", "nobody_there", "nobody_there", "called"]
    assert decision.ticket.called == (WANG, ZHOU)


def test_when_no_level_has_anybody_whoever_is_left_of_the_team_is_called() -> None:
    rules = small_rules(on_call=(), lead=None)
    desk = rules.teams[next(iter(rules.teams))]
    rules = replace(rules, teams={**rules.teams, desk.id: replace(desk, manager=None)})

    decision = decide(None, raising(), rules, MON_9)

    assert set(decision.ticket.called) == {LIN, CHEN, WANG}


def test_the_last_level_is_called_again_and_again_until_somebody_acknowledges() -> None:
    ticket = raised(RULES)
    called: list[tuple[float, tuple[PersonId, ...]]] = []
    for minute in range(1, 60):
        decision = decide(ticket, Tick(by=DESK, ticket=ONE), RULES, MON_9 + minutes(minute))
        called += [(minute, event.people) for event in decision.events if isinstance(event, Called)]
        ticket = decision.ticket

    assert called == [
        (5, (CHEN,)),
        (15, (WANG, ZHOU)),
        (25, (WANG, ZHOU)),
        (35, (WANG, ZHOU)),
        (45, (WANG, ZHOU)),
        (55, (WANG, ZHOU)),
    ]
    quiet = decide(ticket, Acknowledge(by=WANG, ticket=ONE), RULES, MON_9 + minutes(60)).ticket
    assert decide(quiet, Tick(by=DESK, ticket=ONE), RULES, MON_9 + minutes(61)).events == ()


def test_after_an_outage_only_the_highest_missed_level_is_called_once_and_says_what_it_missed() -> None:

    ticket = raised(RULES)
    now = MON_9 + minutes(47)
    down = Downtime(MON_9 + minutes(1), now)

    decision = decide(ticket, Tick(by=DESK, ticket=ONE, down=down), RULES, now)

    (called,) = (event for event in decision.events if isinstance(event, Called))
    assert called.people == (WANG, ZHOU)
    assert called.missed == (2,)
    assert called.late
    assert (called.down_since, called.down_until) == (down.since, down.until)
    assert wake_at(decision.ticket, RULES, now) == now + minutes(10)


def test_looking_more_often_changes_neither_what_breaks_nor_when() -> None:
    def breaks(every: int) -> list[tuple[str, int, object]]:
        ticket = raised(RULES)
        found: list[tuple[str, int, object]] = []
        for minute in range(every, 301, every):
            decision = decide(ticket, Tick(by=DESK, ticket=ONE), RULES, MON_9 + minutes(minute))
            found += [(one.clock, one.cycle, one.due) for one in decision.events if isinstance(one, Broken)]
            ticket = decision.ticket
        return found

    assert breaks(1) == breaks(7) == breaks(300)
    assert len(breaks(1)) == 3
