"""Questions are answered from what is committed: lists, times, and what a period brought."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.commands import Downtime
from bot.domain.events import Broken, Moved, Rated
from bot.domain.ids import DESK, PersonId, Priority, Status, TicketId
from bot.domain.sla import Mark, MarkKind
from bot.domain.ticket import Ticket
from bot.services.ports import Buried, Change, Dues, Filed, Tally, Wake
from storage.engine import SqlStore
from storage.history import FIRST_SEAL
from tests.storage.values import BO, HOUR, HR, IT, MEI, MINUTE, NOW, a_letter, a_ticket, changed, new

P1, P3 = Priority.P1, Priority.P3


async def save(store: SqlStore, *changes: Change) -> None:
    async with store.transaction() as unit:
        await unit.save(changes)


async def fill(store: SqlStore) -> None:
    await save(
        store,
        new(a_ticket(1, priority=P3)),
        new(a_ticket(2, priority=P1, holder=BO)),
        new(a_ticket(3, priority=P3, requester=BO, team=HR)),
        new(a_ticket(4, priority=P1, status=Status.RESOLVED)),
        new(a_ticket(5, priority=P1, status=Status.CLOSED, holder=BO)),
        new(a_ticket(6, priority=P1)),
    )


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({}, [2, 6, 1, 3]),
        ({"only_open": False}, [6, 5, 4, 3, 2, 1]),
        ({"team": IT}, [2, 6, 1]),
        ({"team": IT, "only_open": False}, [6, 5, 4, 2, 1]),
        ({"requester": MEI}, [2, 6, 1]),
        ({"requester": BO, "only_open": False}, [3]),
        ({"holder": BO}, [2]),
        ({"holder": BO, "only_open": False}, [5, 2]),
        ({"requester": MEI, "team": IT, "holder": BO}, [2]),
        ({"requester": PersonId("nobody")}, []),
        ({"limit": 2}, [2, 6]),
        ({"only_open": False, "limit": 2}, [6, 5]),
    ],
)
async def test_lists(store: SqlStore, asked: dict[str, Any], numbers: list[int]) -> None:
    await fill(store)

    assert [filed.ticket.id for filed in await store.reads.tickets(**asked)] == numbers


async def test_a_ticket_is_found_with_its_times(store: SqlStore) -> None:
    dues = Dues(NOW + HOUR, NOW + 2 * HOUR, NOW + 8 * HOUR)
    await save(store, new(a_ticket(), wake_at=NOW + MINUTE, dues=dues))

    assert await store.reads.ticket(TicketId(1)) == Filed(a_ticket(), NOW + MINUTE, dues)
    assert await store.reads.ticket(TicketId(2)) is None


async def test_the_history_of_a_ticket_is_its_own(store: SqlStore) -> None:
    await save(store, new(a_ticket(1)), new(a_ticket(2)))
    await save(store, changed(a_ticket(1)))

    lines = await store.reads.history(TicketId(1))

    assert [(line.entry, line.name) for line in lines] == [(1, "raised"), (2, "commented")]
    assert await store.reads.history(TicketId(3)) == []


async def test_the_longest_due_are_woken_first(store: SqlStore) -> None:
    moments = {1: NOW + HOUR, 2: NOW, 3: None, 4: NOW - HOUR, 5: NOW}
    await save(store, *(new(a_ticket(number), wake_at=at) for number, at in moments.items()))

    due = await store.reads.due(NOW, 10)

    assert due == [Wake(TicketId(4), NOW - HOUR), Wake(TicketId(2), NOW), Wake(TicketId(5), NOW)]
    assert await store.reads.due(NOW, 1) == due[:1]
    assert await store.reads.next_wake() == NOW - HOUR


async def test_with_nothing_to_wait_for_there_is_no_next_moment(store: SqlStore) -> None:
    await save(store, new(a_ticket()))

    assert await store.reads.next_wake() is None
    assert await store.reads.due(NOW + 1000 * HOUR, 10) == []


async def test_a_digest_is_taken_once_for_each_team_and_day(store: SqlStore) -> None:
    async with store.transaction() as unit:
        taken = [
            await unit.mark_digest(team, day)
            for team, day in [
                (IT, date(2026, 9, 30)),
                (IT, date(2026, 10, 1)),
                (IT, date(2026, 9, 30)),
                (HR, date(2026, 9, 30)),
            ]
        ]

    assert taken == [True, True, False, True]
    assert await store.reads.last_digest(IT) == date(2026, 10, 1)
    assert await store.reads.last_digest(HR) == date(2026, 9, 30)


async def test_before_the_first_there_is_no_last(store: SqlStore) -> None:
    assert await store.reads.last_digest(IT) is None
    assert await store.reads.last_seen() is None


# --- what a period brought -------------------------------------------------------------------------------------------

SINCE, UNTIL = NOW - 24 * HOUR, NOW
PROMISED = Dues(response=NOW + HOUR, resolution=NOW + 8 * HOUR)


async def tally(store: SqlStore) -> Tally:
    return await store.reads.tally(IT, SINCE, UNTIL)


def answered(ticket: Ticket, ago: timedelta, **parts: Any) -> Change:
    """Somebody took it up so long before the end of the period."""
    mark = Mark(UNTIL - ago, MarkKind.RESPOND)
    moved = Moved(at=UNTIL - ago, by=BO, verb="start", was=ticket.status, to=Status.IN_PROGRESS)
    return changed(ticket, moved, marks=(*ticket.marks, mark), status=Status.IN_PROGRESS, dues=PROMISED, **parts)


def resolved(ticket: Ticket, ago: timedelta, **parts: Any) -> Change:
    mark = Mark(UNTIL - ago, MarkKind.RESOLVE)
    moved = Moved(at=UNTIL - ago, by=BO, verb="resolve", was=ticket.status, to=Status.RESOLVED)
    return changed(ticket, moved, marks=(*ticket.marks, mark), status=Status.RESOLVED, **parts)


async def test_a_quiet_period_brought_nothing(store: SqlStore) -> None:
    assert await tally(store) == Tally((), 0, 0, {}, {}, 0, (), (), 0, FIRST_SEAL)


async def test_the_open_tickets_are_all_there_by_priority(store: SqlStore) -> None:
    await fill(store)

    assert [filed.ticket.id for filed in (await tally(store)).open_tickets] == [2, 6, 1]


async def test_the_beginning_counts_and_the_end_does_not(store: SqlStore) -> None:
    for number, at in enumerate((SINCE - MINUTE, SINCE, UNTIL - MINUTE, UNTIL), start=1):
        ticket = a_ticket(number)
        change = new(ticket)
        await save(store, replace(change, events=tuple(replace(event, at=at) for event in change.events)))

    assert (await tally(store)).raised == 2


async def test_what_others_did_is_not_counted(store: SqlStore) -> None:
    ticket = a_ticket(team=HR)
    await save(store, replace(new(ticket), dues=PROMISED))
    await save(store, resolved(ticket, HOUR))

    counted = await tally(store)

    assert (counted.raised, counted.done, counted.kept, counted.open_tickets) == (0, 0, {}, ())


async def test_promises_that_were_kept_are_counted_by_clock(store: SqlStore) -> None:
    ticket = a_ticket()
    await save(store, new(ticket, dues=PROMISED))
    first = answered(ticket, 2 * HOUR)
    await save(store, first)
    await save(store, resolved(first.ticket, HOUR))

    counted = await tally(store)

    assert counted.kept == {"response": 1, "resolution": 1}
    assert (counted.done, counted.broken) == (1, {})


async def test_what_was_never_promised_cannot_be_kept(store: SqlStore) -> None:
    await save(store, new(a_ticket()))
    await save(store, resolved(a_ticket(), HOUR))

    counted = await tally(store)

    assert (counted.done, counted.kept) == (1, {})


async def test_a_broken_promise_is_not_kept_though_the_work_was_done(store: SqlStore) -> None:
    ticket = a_ticket()
    await save(store, new(ticket, dues=PROMISED))
    late = changed(
        ticket,
        Broken(at=UNTIL - HOUR, by=DESK, clock="resolution", cycle=1, due=UNTIL - HOUR),
        said=frozenset({"broken:resolution:1"}),
    )
    await save(store, late)
    await save(store, resolved(late.ticket, MINUTE))

    counted = await tally(store)

    assert counted.broken == {"resolution": 1}
    assert counted.kept == {"response": 1}


async def test_a_resolution_that_did_not_last_is_not_kept(store: SqlStore) -> None:
    ticket = a_ticket()
    await save(store, new(ticket, dues=PROMISED))
    done = resolved(ticket, 2 * HOUR)
    again = Moved(at=UNTIL - HOUR, by=MEI, verb="reopen", was=Status.RESOLVED, to=Status.IN_PROGRESS)
    marks = (*done.ticket.marks, Mark(UNTIL - HOUR, MarkKind.REOPEN))
    await save(store, done)
    await save(store, changed(done.ticket, again, marks=marks, status=Status.IN_PROGRESS))

    assert (await tally(store)).kept == {"response": 1}


async def test_what_was_answered_before_the_period_is_not_counted_again(store: SqlStore) -> None:
    ticket = a_ticket()
    await save(store, new(ticket, dues=PROMISED))
    first = answered(ticket, 30 * HOUR)
    await save(store, first)
    await save(store, resolved(first.ticket, HOUR))

    assert (await tally(store)).kept == {"resolution": 1}


async def test_cancellations_and_ratings_are_counted(store: SqlStore) -> None:
    await save(store, new(a_ticket(1)), new(a_ticket(2)))
    cancelled = Moved(at=UNTIL - HOUR, by=MEI, verb="cancel", was=Status.NEW, to=Status.CANCELLED)
    await save(store, changed(a_ticket(1), cancelled, status=Status.CANCELLED))
    ratings = (Rated(at=UNTIL - MINUTE, by=MEI, stars=stars) for stars in (5, 1))
    await save(store, changed(a_ticket(2), *ratings))

    counted = await tally(store)

    assert (counted.cancelled, counted.ratings) == (1, (5, 1))


async def test_a_downtime_is_cut_to_the_period(store: SqlStore) -> None:
    async with store.transaction() as unit:
        await unit.outage(Downtime(SINCE - 2 * HOUR, SINCE - HOUR))
        await unit.outage(Downtime(SINCE - HOUR, SINCE + MINUTE))
        await unit.outage(Downtime(SINCE + HOUR, SINCE + 2 * HOUR))
        await unit.outage(Downtime(UNTIL - MINUTE, UNTIL + HOUR))

    assert (await tally(store)).outages == (
        Downtime(SINCE, SINCE + MINUTE),
        Downtime(SINCE + HOUR, SINCE + 2 * HOUR),
        Downtime(UNTIL - MINUTE, UNTIL),
    )


async def test_letters_that_died_in_the_period_are_counted(store: SqlStore) -> None:
    async with store.transaction() as unit:
        await unit.post([a_letter("1"), a_letter("2"), a_letter("3", "elsewhere")], SINCE)
        claimed = await unit.claim(SINCE, 10, ())
        await unit.settle([Buried(claimed[0], "gone")], UNTIL - MINUTE)
        await unit.settle([Buried(claimed[1], "gone")], UNTIL)

    assert (await tally(store)).dead_letters == 1
