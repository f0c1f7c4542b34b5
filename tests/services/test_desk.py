"""Everybody goes through one door: together in a transaction, each with an answer of their own."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import UserDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.commands import Acknowledge, Cancel, Nudge, Say, Start, Tick
from bot.domain.ids import DESK, Level, PersonId, ServiceId, Status, TicketId
from bot.domain.refusals import AlreadyDone, Empty, NotAllowed, NotFound
from bot.domain.rules import Service
from bot.services.desk import MOST_AT_ONCE, Committed, Desk, Outcome
from bot.services.directory import AddressBook
from bot.services.ports import Fenced, Letter, NotSaved, Unit
from bot.services.timepiece import DemoTime
from bot.services.watch import Saw
from storage.engine import SqlStore
from storage.unit_of_work import SqlUnit
from tests.domain.small_desk import CHEN, LIN, MEI, MON_9, OLGA, minutes, raising
from tests.services.open_desk import (
    RULES,
    AllLetters,
    AllPending,
    Broken,
    an_arrival,
    at_work,
    happened,
    keep,
    numbers,
    opened,
    standing,
    together,
)

ONE = TicketId(1)


def a_letter(key: str) -> Letter:
    return Letter(key=key, to="local:dm:mei", reader="person:mei", about="card", urgency=2)


@dataclass(frozen=True, slots=True)
class Twice:
    """A chore whose write the database refuses when it is already under way: one row, two times."""

    key: str
    error = IntegrityError

    async def apply(self, unit: Unit) -> None:
        assert isinstance(unit, SqlUnit)
        for _ in range(2):
            await unit.connection.exec_driver_sql(
                "INSERT INTO digests (team, day) VALUES (?, '2026-03-02')", (self.key,)
            )


class Unruly(UserDict[ServiceId, Service]):
    """Services, one of which leads to a bug."""

    def __getitem__(self, name: ServiceId) -> Service:
        if name == "vpn":
            raise ZeroDivisionError("a bug in a decision")
        return super().__getitem__(name)


UNRULY = replace(RULES, services=Unruly(RULES.services))


# --- many at once ----------------------------------------------------------------------------------------------------


async def test_many_callers_share_a_transaction_and_each_gets_an_answer_of_their_own(store: SqlStore) -> None:
    people = (MEI, OLGA, LIN, CHEN)

    async with at_work(store) as here:
        outcomes = await together(*(here.desk.do(raising(by=people[n % 4], words=f"words {n}")) for n in range(40)))

    assert [(one.ticket.requester, one.ticket.words) for one in outcomes] == [
        (people[n % 4], f"words {n}") for n in range(40)
    ]
    assert len(here.batches) == 1
    assert await numbers(store) == list(range(1, 41))


async def test_two_hundred_raised_at_once_have_two_hundred_numbers_without_a_gap(store: SqlStore) -> None:
    async with at_work(store) as here:

        async def caller(number: int) -> list[TicketId]:
            found = []
            for turn in range(4):
                outcome = await here.desk.do(raising(words=f"{number}/{turn}"))
                found.append(outcome.ticket.id)
            return found

        found = await asyncio.gather(*(caller(number) for number in range(50)))

    given = [number for one in found for number in one]
    assert sorted(given) == list(range(1, 201))
    assert all(one == sorted(one) for one in found)
    assert await numbers(store) == list(range(1, 201))
    assert (await store.verify_history()).broken is None


async def test_numbers_go_on_after_a_restart(database: Path) -> None:
    found = []

    for _ in range(2):
        async with opened(database) as here:
            await here.desk.do(raising())
            await here.desk.do(raising())
            found.append(await numbers(here.store))

    assert found == [[1, 2], [1, 2, 3, 4]]


async def test_more_than_a_batch_holds_is_served_in_several_in_the_order_of_knocking(store: SqlStore) -> None:
    async with at_work(store) as here:
        outcomes = await together(*(here.desk.do(raising()) for _ in range(MOST_AT_ONCE + 44)))

    assert [one.ticket.id for one in outcomes] == list(range(1, MOST_AT_ONCE + 45))
    assert len(here.batches) == 2


async def test_two_commands_on_one_ticket_in_a_batch_are_decided_one_after_another(store: SqlStore) -> None:
    async with at_work(store) as here:
        await here.desk.do(raising())
        first, second, third = await together(
            here.desk.do(Acknowledge(by=LIN, ticket=ONE)),
            here.desk.do(Acknowledge(by=CHEN, ticket=ONE)),
            here.desk.do(Start(by=LIN, ticket=ONE)),
        )

    assert isinstance(first, Outcome)
    assert first.ticket.status is Status.ACCEPTED
    assert isinstance(second, AlreadyDone)
    assert second.facts["by"] == LIN
    assert third.ticket.status is Status.IN_PROGRESS
    assert (third.ticket.version, len(here.batches)) == (3, 2)
    assert await happened(store) == ["raised", "called", "acknowledged", "assigned", "moved", "moved"]


async def test_a_ticket_raised_and_worked_on_in_one_batch_is_committed_as_it_ended(store: SqlStore) -> None:
    async with at_work(store) as here:
        await together(here.desk.do(raising()), here.desk.do(Cancel(by=MEI, ticket=ONE, why="found it")))

    filed = await store.reads.ticket(ONE)
    assert filed is not None
    assert (filed.ticket.status, filed.wake_at) == (Status.CANCELLED, None)
    assert await happened(store) == ["raised", "called", "moved"]


# --- one goes wrong --------------------------------------------------------------------------------------------------


async def test_the_refused_leave_their_neighbours_committed_and_no_gap_in_the_numbers(store: SqlStore) -> None:
    async with at_work(store) as here:
        await here.desk.do(raising())
        answers = await together(
            here.desk.do(raising()),
            here.desk.do(raising(words="  ")),
            here.desk.do(Start(by=OLGA, ticket=ONE)),
            here.desk.do(Nudge(by=LIN, ticket=ONE)),
            here.desk.do(Nudge(by=MEI, ticket=TicketId(77))),
            here.desk.do(raising()),
        )

    assert [type(one) for one in answers] == [Outcome, Empty, NotFound, NotAllowed, NotFound, Outcome]
    assert await numbers(store) == [1, 2, 3]
    assert len(here.batches) == 2


async def test_a_bug_in_one_decision_is_told_to_the_one_who_asked_and_to_nobody_else(store: SqlStore) -> None:
    async with at_work(store, rules=UNRULY) as here:
        answers = await together(here.desk.do(raising()), here.desk.do(raising(service="vpn")), here.desk.do(raising()))

    assert [type(one) for one in answers] == [Outcome, ZeroDivisionError, Outcome]
    assert await numbers(store) == [1, 2]
    assert len(here.batches) == 1


@pytest.mark.parametrize("chore", [Broken(), Twice("desk")])
async def test_when_a_batch_cannot_be_written_only_the_one_to_blame_fails(
    store: SqlStore, chore: Broken | Twice
) -> None:
    async with at_work(store) as here:
        first, kept, bad, second, refused, seen = await together(
            here.desk.do(raising()),
            here.desk.keep(an_arrival("k1")),
            here.desk.chore(chore),
            here.desk.do(raising()),
            here.desk.do(Start(by=LIN, ticket=TicketId(9))),
            here.desk.chore(Saw(MON_9)),
        )

    assert (first.ticket.id, second.ticket.id) == (1, 2)
    assert (kept, seen) == (True, None)
    assert isinstance(bad, chore.error)
    assert isinstance(refused, NotFound)
    assert await numbers(store) == [1, 2]
    assert await store.reads.waiting_arrivals() == 1
    assert await store.reads.last_seen() == MON_9
    assert (await store.verify_history()).broken is None


async def test_what_cannot_be_written_leaves_nothing_of_its_own(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the letters and the end of the arrival something breaks: the ticket is not there either."""
    await keep(store, an_arrival("bad"), an_arrival("good"))
    handled = SqlUnit.handled

    async def fails(unit: SqlUnit, keys: Sequence[str]) -> None:
        if "bad" in keys:
            raise LookupError("gone in the middle")
        await handled(unit, keys)

    monkeypatch.setattr(SqlUnit, "handled", fails)
    async with at_work(store) as here:
        bad, good, settled = await together(
            here.desk.do(raising(words="bad"), cause="bad", letters=[a_letter("of bad")]),
            here.desk.do(raising(words="good"), cause="good", letters=[a_letter("of good")]),
            here.desk.settle_arrival("bad", [a_letter("also of bad")]),
        )
        letters = {one.letter.key for one in await here.desk.chore(AllLetters())}
        pending = [one.arrival.key for one in await here.desk.chore(AllPending())]

    assert isinstance(bad, LookupError)
    assert isinstance(settled, LookupError)
    assert good.ticket.id == 1
    assert await numbers(store) == [1]
    assert letters == {"of good", "1:1:receipt:person:mei", "1:1:team_card:team:desk", "1:2:page:person:lin"}
    assert pending == ["bad"]


async def test_a_command_its_letters_and_the_end_of_its_arrival_are_committed_together(store: SqlStore) -> None:
    await keep(store, an_arrival("k1"), an_arrival("k2"))

    async with at_work(store) as here:
        await here.desk.do(raising(), cause="k1", letters=[a_letter("whisper")])
        with pytest.raises(NotFound):
            await here.desk.do(Start(by=LIN, ticket=TicketId(9)), cause="k2", letters=[a_letter("never")])
        refused = [one.arrival.key for one in await here.desk.chore(AllPending())]
        await here.desk.settle_arrival("k2", [a_letter("sorry")])
        letters = {one.letter.key for one in await here.desk.chore(AllLetters())}

    assert refused == ["k2"]
    assert await store.reads.waiting_arrivals() == 0
    assert {"whisper", "sorry"} <= letters
    assert "never" not in letters


async def test_an_arrival_is_kept_once_also_within_a_batch(store: SqlStore) -> None:
    async with at_work(store) as here:
        told = await together(*(here.desk.keep(an_arrival(key)) for key in ("a", "b", "a")))
        again = await here.desk.keep(an_arrival("b"))

    assert told == [True, True, False]
    assert not again
    assert [one.key for one in here.batches[0].arrivals] == ["a", "b"]


async def test_a_listener_that_breaks_is_not_a_reason_to_write_everything_again(store: SqlStore) -> None:
    def breaks(_: Committed) -> None:
        raise LookupError("a bug in a bell")

    desk = Desk(store, RULES, standing(), AddressBook(RULES.people), on_commit=breaks)
    running = asyncio.create_task(desk.run())

    answers = await together(desk.do(raising()), desk.do(raising()))

    with pytest.raises(LookupError):
        await running
    assert [one.ticket.id for one in answers] == [1, 2]
    assert await numbers(store) == [1, 2]


# --- callers who go away ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [0, 1, 2, 5, 20, 60])
async def test_what_a_cancelled_caller_asked_for_happens_all_the_same_and_whole(store: SqlStore, steps: int) -> None:
    await keep(store, an_arrival("k1"))

    async with at_work(store) as here:
        caller = asyncio.create_task(here.desk.do(raising(), cause="k1", letters=[a_letter("whisper")]))
        await asyncio.sleep(0)
        for _ in range(steps):
            await asyncio.sleep(0)
        caller.cancel()
        await asyncio.wait([caller])
        await here.desk.do(raising())
        letters = {one.letter.key for one in await here.desk.chore(AllLetters())}

    assert await numbers(store) == [1, 2]
    assert await store.reads.waiting_arrivals() == 0
    assert "whisper" in letters


# --- the end ---------------------------------------------------------------------------------------------------------


async def test_closing_serves_those_inside_and_lets_nobody_in(store: SqlStore) -> None:
    async with at_work(store) as here:
        inside = [asyncio.create_task(here.desk.do(raising())) for _ in range(MOST_AT_ONCE + 3)]
        await asyncio.sleep(0)
        here.desk.close()
        with pytest.raises(RuntimeError, match="closed"):
            await here.desk.do(raising())
        await here.running

        outcomes = await asyncio.gather(*inside)

    assert len(outcomes) == MOST_AT_ONCE + 3
    assert len(await numbers(store)) == MOST_AT_ONCE + 3


async def test_a_desk_nobody_is_at_closes_at_once(store: SqlStore) -> None:
    async with at_work(store) as here:
        here.desk.close()
        await here.running

    assert here.batches == []


async def test_a_fenced_desk_answers_everybody_so_and_stops(store: SqlStore, database: Path) -> None:
    async with at_work(store) as here:
        await here.desk.do(raising())
        with sqlite3.connect(database) as other:
            other.execute("UPDATE instance SET epoch = epoch + 1")
        other.close()

        answers = await together(
            *(here.desk.do(raising()) for _ in range(MOST_AT_ONCE + 2)),
            here.desk.keep(an_arrival("k1")),
            here.desk.settle_arrival("k0"),
            here.desk.chore(Saw(MON_9)),
        )
        with pytest.raises(Fenced):
            await here.running
        with pytest.raises(RuntimeError, match="closed"):
            await here.desk.do(raising())

    assert {type(one) for one in answers} == {Fenced}
    assert await numbers(store) == [1]
    assert await store.reads.waiting_arrivals() == 0


async def test_a_desk_is_busy_from_the_first_knock_to_the_last_answer(store: SqlStore) -> None:
    async with at_work(store) as here:
        before = here.desk.is_busy
        caller = asyncio.create_task(here.desk.do(raising()))
        await asyncio.sleep(0)
        waiting = here.desk.is_busy
        await asyncio.sleep(0)
        serving = here.desk.is_busy
        await caller
        await here.desk.chore(Saw(MON_9))
        await asyncio.sleep(0)

        assert (before, waiting, serving, here.desk.is_busy) == (False, True, True, False)


async def test_a_full_disk_refuses_everybody_and_the_desk_goes_on_when_there_is_room(store: SqlStore) -> None:
    async with store.transaction() as unit:
        await unit.connection.exec_driver_sql("PRAGMA max_page_count = 1")

    async with at_work(store) as here:
        full = await together(*(here.desk.do(raising(words="x" * 300_000)) for _ in range(3)))
        async with store.transaction() as unit:
            await unit.connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        later = await here.desk.do(raising())

    assert {type(one) for one in full} == {NotSaved}
    assert later.ticket.id == 1


# --- what is written beside the ticket -------------------------------------------------------------------------------


async def test_who_is_told_is_written_with_the_ticket(store: SqlStore) -> None:
    async with at_work(store) as here:
        await here.desk.do(raising())
        letters = [one.letter for one in await here.desk.chore(AllLetters())]

    assert [(one.key, one.to, one.reader, one.about, one.urgency, one.live, one.ticket) for one in letters] == [
        ("1:2:page:person:lin", "local:dm:lin", "person:lin", "page", 0, True, 1),
        ("1:1:receipt:person:mei", "local:dm:mei", "person:mei", "receipt", 1, True, 1),
        ("1:1:team_card:team:desk", "local:channel:desk", "team:desk", "team_card", 2, True, 1),
    ]


async def test_words_of_one_moment_are_not_edited_later_when_the_ticket_changes(store: SqlStore) -> None:
    async with at_work(store) as here:
        await here.desk.do(raising())
        await here.desk.do(Say(by=LIN, ticket=ONE, words="which floor?"))
    letter = await store.reads.letter("1:3:reply:person:mei")

    assert letter is not None
    assert (letter.about, letter.live, letter.to) == ("reply", False, "local:dm:mei")
    assert letter.facts == {"by": LIN, "words": "which floor?"}


async def test_a_breach_noticed_at_night_is_told_when_the_office_opens(store: SqlStore) -> None:
    evening, morning = MON_9 + timedelta(hours=13), MON_9 + timedelta(days=1)
    time = standing()

    async with at_work(store, time=time) as here:
        await here.desk.do(raising(impact=Level.LOW, urgency=Level.LOW))
        time.jump_to(evening)
        await here.desk.do(Tick(by=DESK, ticket=ONE))
        at_night = {one.letter.about for one in await here.desk.chore(AllLetters(evening))}
        in_the_morning = {(one.letter.about, one.letter.to) for one in await here.desk.chore(AllLetters(morning))}

    assert "breach" not in at_night
    assert {("breach", "local:channel:desk"), ("breach", "local:dm:wang")} <= in_the_morning


async def test_who_has_no_address_is_not_written_to(store: SqlStore) -> None:
    async with at_work(store) as here:
        outcome = await here.desk.do(raising(by=PersonId("somebody new")))
        readers = {one.letter.reader for one in await here.desk.chore(AllLetters())}

    assert outcome.ticket.requester == "somebody new"
    assert readers == {"person:lin", "team:desk"}


async def test_when_to_look_again_is_filed_with_the_ticket_and_told(store: SqlStore) -> None:
    async with at_work(store) as here:
        await here.desk.do(raising())
        await together(
            here.desk.do(Start(by=LIN, ticket=ONE)),
            here.desk.do(raising()),
            here.desk.do(raising(service="vpn")),
        )

    filed = [await store.reads.ticket(TicketId(number)) for number in (1, 2)]
    assert filed[0] is not None
    assert filed[1] is not None
    assert filed[1].wake_at == MON_9 + minutes(5)
    assert here.batches[0] == Committed(letters=True, arrivals=[], wake_at=MON_9 + minutes(5))
    assert here.batches[1].wake_at == MON_9 + minutes(5)
    assert filed[0].wake_at is not None
    assert filed[0].wake_at > MON_9 + minutes(5)


async def test_running_promises_are_filed_with_their_deadlines(store: SqlStore) -> None:
    time = standing()
    async with at_work(store, time=time) as here:
        await here.desk.do(raising())
        new = await store.reads.ticket(ONE)
        time.jump(minutes(20))
        await here.desk.do(Tick(by=DESK, ticket=ONE))
        late = await store.reads.ticket(ONE)
        await here.desk.do(Start(by=LIN, ticket=ONE))
        begun = await store.reads.ticket(ONE)

    assert new is not None
    assert late is not None
    assert begun is not None
    dues = new.dues
    assert (dues.response, dues.update, dues.resolution) == tuple(MON_9 + minutes(m) for m in (15, 30, 240))
    assert late.dues.response == MON_9 + minutes(15)
    assert begun.dues.response is None
    assert begun.dues.resolution == MON_9 + minutes(240)


async def test_letters_are_rung_for_only_when_there_may_be_some(store: SqlStore) -> None:
    async with at_work(store) as here:
        await here.desk.do(raising())
        await here.desk.keep(an_arrival("k1"))
        await here.desk.settle_arrival("k1")
        await here.desk.keep(an_arrival("k2"))
        await here.desk.settle_arrival("k2", [a_letter("answer")])
        await here.desk.do(Tick(by=DESK, ticket=ONE))

    assert [one.letters for one in here.batches] == [True, False, False, False, True, True]
    assert [[arrival.key for arrival in one.arrivals] for one in here.batches] == [[], ["k1"], [], ["k2"], [], []]


async def test_what_was_committed_is_never_later_than_the_desk_is_known_to_have_lived(store: SqlStore) -> None:
    time = standing()
    async with at_work(store, time=time) as here:
        time.jump(timedelta(seconds=3))
        await here.desk.do(raising())

    assert await store.reads.last_seen() == MON_9 + timedelta(seconds=3)


async def test_a_batch_is_decided_at_one_moment(store: SqlStore) -> None:
    seconds = count()
    running = DemoTime(MON_9, lambda: float(next(seconds)))  # every look at it takes a second

    async with at_work(store, time=running) as here:
        outcomes = await together(here.desk.do(raising()), here.desk.do(raising()))

    assert outcomes[0].ticket.created_at == outcomes[1].ticket.created_at


async def test_when_the_disk_is_full_everybody_is_told_at_once_and_not_tried_one_by_one(store: SqlStore) -> None:
    tries = count(1)

    @dataclass(frozen=True)
    class Full:
        """A chore that a full disk refuses."""

        async def apply(self, unit: Unit) -> None:
            next(tries)
            raise NotSaved("disk full")

    async with at_work(store) as there:
        answers = await asyncio.gather(*(there.desk.chore(Full()) for _ in range(5)), return_exceptions=True)

    assert [type(one) for one in answers] == [NotSaved] * 5
    assert next(tries) == 2
