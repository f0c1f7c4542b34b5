"""All of a transaction or nothing, whatever interrupts it; and the next one finds a good connection."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.ids import TicketId
from bot.services.ports import Fenced, NotSaved
from storage.engine import SqlStore, open_store
from tests.storage.values import HOUR, NOW, a_letter, a_ticket, an_arrival, changed, new

PATIENCE_MS = 50


async def numbers(store: SqlStore) -> list[int]:
    return sorted(filed.ticket.id for filed in await store.reads.tickets(limit=10_000))


async def save(store: SqlStore, number: int, **parts: object) -> None:
    async with store.transaction() as unit:
        await unit.save([new(a_ticket(number, **parts))])


async def save_twice(store: SqlStore, number: int) -> None:
    """Which cannot be: the second time fails when the first is written already."""
    async with store.transaction() as unit:
        await unit.save([new(a_ticket(number))])
        await unit.save([new(a_ticket(number))])


async def pragma(store: SqlStore, setting: str) -> None:
    async with store.transaction() as unit:
        await unit.connection.exec_driver_sql(f"PRAGMA {setting}")


@contextmanager
def held_by_another(database: Path) -> Iterator[None]:
    """Some tool has the file open for writing."""
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def test_what_was_written_is_there_after_the_block_and_not_before(store: SqlStore) -> None:
    async with store.transaction() as unit:
        await unit.save([new(a_ticket())])
        during = await numbers(store)

    assert during == []
    assert await numbers(store) == [1]


async def test_an_error_in_the_block_undoes_all_of_it(store: SqlStore) -> None:
    async def fail_late() -> None:
        async with store.transaction() as unit:
            await unit.keep([an_arrival("k1")])
            await unit.save([new(a_ticket())])
            await unit.post([a_letter("1:1")], NOW)
            await unit.saw(NOW)
            raise LookupError("bug")

    with pytest.raises(LookupError):
        await fail_late()

    assert await numbers(store) == []
    assert await store.reads.waiting_arrivals() == await store.reads.waiting_letters() == 0
    assert await store.reads.last_seen() is None
    assert (await store.verify_history()).lines == 0


async def test_the_chain_goes_on_where_it_was_after_an_undone_transaction(store: SqlStore) -> None:
    await save(store, 1)
    with pytest.raises(IntegrityError):
        await save_twice(store, 2)
    await save(store, 3)

    verdict = await store.verify_history()

    assert (verdict.lines, verdict.broken) == (2, None)


async def test_a_statement_that_fails_undoes_the_others(store: SqlStore) -> None:
    await save(store, 1)

    with pytest.raises(IntegrityError):
        await save_twice(store, 2)

    assert await numbers(store) == [1]
    await save(store, 2)
    assert await numbers(store) == [1, 2]


async def test_text_that_no_file_can_hold_is_an_error_of_that_transaction_alone(store: SqlStore) -> None:
    with pytest.raises((UnicodeEncodeError, TypeError)):
        await save(store, 1, words="half a character: \ud83d")

    await save(store, 2)

    assert await numbers(store) == [2]


async def test_transactions_wait_for_each_other(store: SqlStore) -> None:
    await asyncio.gather(*(save(store, number) for number in range(1, 31)))

    assert await numbers(store) == list(range(1, 31))
    assert (await store.verify_history()).broken is None


async def test_a_caller_cancelled_anywhere_leaves_nothing_and_harms_nobody(store: SqlStore) -> None:
    dice = random.Random(11)
    sure: list[int] = []

    async def one(number: int) -> None:
        async with store.transaction() as unit:
            await unit.load([TicketId(number)])
            await unit.save([new(a_ticket(number))])
            await unit.post([a_letter(f"{number}:1", ticket=TicketId(number))], NOW)
        sure.append(number)

    for number in range(1, 161):
        task = asyncio.create_task(one(number))
        for _ in range(dice.randrange(40)):
            await asyncio.sleep(0)
        if dice.random() < 0.6:
            task.cancel()
        await asyncio.wait([task])

    found = await numbers(store)
    assert set(sure) <= set(found)
    assert len(sure) < 160
    assert await store.reads.waiting_letters() == len(found)
    verdict = await store.verify_history()
    assert (verdict.lines, verdict.broken) == (len(found), None)


async def test_a_caller_cancelled_while_it_waits_for_its_turn_harms_nobody(store: SqlStore) -> None:
    async with store.transaction() as unit:
        waiting = asyncio.create_task(save(store, 2))
        await asyncio.sleep(0)
        waiting.cancel()
        await unit.save([new(a_ticket(1))])

    assert await numbers(store) == [1]


async def test_a_full_disk_undoes_the_transaction_and_the_desk_goes_on_when_there_is_room(store: SqlStore) -> None:
    await save(store, 1)
    await pragma(store, "max_page_count = 1")  # SQLite takes the present size, so that no page can be added

    with pytest.raises(NotSaved, match="full"):
        await save(store, 2, words="x" * 500_000)
    read_meanwhile = await numbers(store)
    await pragma(store, "max_page_count = 1000000")
    await save(store, 3, words="x" * 500_000)

    assert read_meanwhile == [1]
    assert await numbers(store) == [1, 3]
    assert (await store.verify_history()).broken is None


async def test_a_file_locked_by_another_tool_undoes_nothing_else(store: SqlStore, database: Path) -> None:
    await pragma(store, f"busy_timeout = {PATIENCE_MS}")

    with held_by_another(database):
        with pytest.raises(NotSaved, match="locked"):
            await save(store, 1)
        read_meanwhile = await numbers(store)
    await save(store, 2)

    assert read_meanwhile == []
    assert await numbers(store) == [2]


async def test_a_lock_that_goes_away_in_time_is_waited_for(store: SqlStore, database: Path) -> None:
    with held_by_another(database):
        saving = asyncio.create_task(save(store, 1))
        await asyncio.wait([saving], timeout=0.05)
        early = saving.done()
    await saving

    assert not early
    assert await numbers(store) == [1]


async def test_a_refused_transaction_of_a_fenced_desk_writes_nothing(database: Path) -> None:
    store = await open_store(database, now=NOW)
    with sqlite3.connect(database) as other:
        other.execute("UPDATE instance SET epoch = epoch + 1")
    other.close()

    for number in (1, 2):
        with pytest.raises(Fenced, match=f"instance {store.epoch + 1}"):
            await save(store, number)

    assert await numbers(store) == []
    await store.close()


async def test_what_is_loaded_is_what_was_saved(store: SqlStore) -> None:
    tickets = {TicketId(number): a_ticket(number, words=f"number {number}") for number in range(1, 8)}
    async with store.transaction() as unit:
        await unit.save([new(ticket) for ticket in tickets.values()])

    async with store.transaction() as unit:
        found = await unit.load([*tickets, TicketId(99)])
        highest = await unit.last_number()

    assert found == tickets
    assert highest == 7


async def test_many_tickets_are_loaded_at_once(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.unit_of_work.MOST_IN_ONE_QUESTION", 10)
    async with store.transaction() as unit:
        await unit.save([new(a_ticket(number)) for number in range(1, 36)])

        found = await unit.load([TicketId(number) for number in range(1, 36)])

    assert sorted(found) == list(range(1, 36))


async def test_a_ticket_raised_and_changed_in_one_batch_ends_as_changed(store: SqlStore) -> None:
    ticket = a_ticket()
    change = changed(ticket, wake_at=NOW + HOUR, holder="bo")

    async with store.transaction() as unit:
        assert await unit.last_number() == 0
        await unit.save([new(ticket), change])

    filed = await store.reads.ticket(TicketId(1))
    assert filed is not None
    assert (filed.ticket, filed.wake_at) == (change.ticket, NOW + HOUR)
    assert [line.entry for line in await store.reads.history(TicketId(1))] == [1, 2]


async def test_when_only_the_wake_up_moves_nothing_is_written_into_the_history(store: SqlStore) -> None:
    await save(store, 1)
    moved = changed(a_ticket(), wake_at=NOW + HOUR)
    quiet = type(moved)(a_ticket(), False, (), moved.wake_at, moved.dues)

    async with store.transaction() as unit:
        await unit.save([quiet])

    assert await store.reads.next_wake() == NOW + HOUR
    assert len(await store.reads.history(TicketId(1))) == 1


async def test_the_mark_of_the_desks_time_never_goes_back(store: SqlStore) -> None:
    for moment in (NOW, NOW + HOUR, NOW + HOUR / 2):
        async with store.transaction() as unit:
            await unit.saw(moment)

    assert await store.reads.last_seen() == NOW + HOUR
