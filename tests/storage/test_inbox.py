"""What came in is kept once, handled once, and not tried for ever."""

from __future__ import annotations

from pathlib import Path

from storage.engine import SqlStore, open_store
from tests.storage.values import NOW, an_arrival


async def keep(store: SqlStore, *keys: str) -> list[bool]:
    async with store.transaction() as unit:
        return await unit.keep([an_arrival(key) for key in keys])


async def pending(store: SqlStore, limit: int = 100) -> list[tuple[str, int]]:
    async with store.transaction() as unit:
        return [(one.arrival.key, one.attempts) for one in await unit.pending(limit)]


async def test_an_arrival_comes_back_as_it_was(store: SqlStore) -> None:
    await keep(store, "k1")

    async with store.transaction() as unit:
        (one,) = await unit.pending(10)

    assert one.arrival == an_arrival("k1")


async def test_a_redelivery_is_known(store: SqlStore) -> None:
    first = await keep(store, "k1", "k2", "k1")
    second = await keep(store, "k2", "k3")

    assert first == [True, True, False]
    assert second == [False, True]
    assert [key for key, _ in await pending(store)] == ["k1", "k2", "k3"]


async def test_nothing_kept_is_nothing_asked(store: SqlStore) -> None:
    assert await keep(store) == []


async def test_a_redelivery_of_what_was_handled_is_known_too(store: SqlStore) -> None:
    await keep(store, "k1")
    async with store.transaction() as unit:
        await unit.handled(["k1"])

    assert await keep(store, "k1") == [False]
    assert await pending(store) == []


async def test_the_oldest_wait_first(store: SqlStore) -> None:
    await keep(store, "z", "a", "m")

    assert await pending(store, 2) == [("z", 0), ("a", 0)]


async def test_tries_are_counted_before_the_work_over_restarts(database: Path) -> None:
    seen = []
    for _ in range(3):
        store = await open_store(database, now=NOW)
        await keep(store, "poison", "in line behind it")
        async with store.transaction() as unit:
            seen.append(await unit.begun("poison"))
        await store.close()

    assert seen == [1, 2, 3]


async def test_who_waits_behind_a_poisoned_one_is_not_to_blame(store: SqlStore) -> None:
    await keep(store, "poison", "innocent")

    async with store.transaction() as unit:
        await unit.begun("poison")

    assert await pending(store) == [("poison", 1), ("innocent", 0)]


async def test_a_long_line_is_read_piece_by_piece(store: SqlStore) -> None:
    await keep(store, "a", "b", "c")

    async with store.transaction() as unit:
        first = await unit.pending(2)
        rest = await unit.pending(2, first[-1].id)

    assert [one.arrival.key for one in (*first, *rest)] == ["a", "b", "c"]


async def test_what_is_put_aside_is_not_tried_again_nor_kept_anew(store: SqlStore) -> None:
    await keep(store, "poison", "k2")

    async with store.transaction() as unit:
        await unit.quarantine("poison", "took the desk down three times")

    assert await keep(store, "poison") == [False]
    assert await pending(store) == [("k2", 0)]
    assert await store.reads.waiting_arrivals() == 1


async def test_what_is_handled_does_not_wait(store: SqlStore) -> None:
    await keep(store, "k1", "k2", "k3")
    async with store.transaction() as unit:
        await unit.handled(["k1", "k3", "never came"])

    assert await store.reads.waiting_arrivals() == 1
    assert await pending(store) == [("k2", 0)]
