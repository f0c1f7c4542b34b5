"""How far a platform has been read, and forms half filled in, stand after a restart as they were put."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.services.ports import Cursor, Sheet
from storage.engine import SqlStore, open_store
from tests.storage.values import NOW

MEI, BO = "telegram:7", "telegram:8"


async def put(store: SqlStore, *cursors: Cursor, sheets: tuple[Sheet, ...] = ()) -> None:
    async with store.transaction() as unit:
        await unit.put_cursors(cursors, NOW)
        await unit.put_sheets(sheets)


async def test_a_name_nobody_has_put_stands_for_nothing(store: SqlStore) -> None:
    assert await store.reads.cursor("telegram:1:offset") is None


async def test_the_last_value_counts_within_one_commit_and_after_it(store: SqlStore) -> None:
    await put(store, Cursor("offset", "1"), Cursor("other", "x"), Cursor("offset", "2"))
    assert await store.reads.cursor("offset") == "2"

    await put(store, Cursor("offset", "3"))

    assert await store.reads.cursor("offset") == "3"
    assert await store.reads.cursor("other") == "x"


async def test_a_form_half_filled_in_stands_after_a_restart(database: Path) -> None:
    sheet = Sheet(MEI, MEI, '{"step": 1}', NOW)
    store = await open_store(database, now=NOW)
    await put(store, sheets=(sheet,))
    await store.close()

    again = await open_store(database, now=NOW)

    assert await again.reads.sheets("telegram") == [sheet]
    await again.close()


async def test_one_form_for_each_person_at_each_place_the_oldest_first(store: SqlStore) -> None:
    later = NOW + timedelta(minutes=1)
    await put(
        store, sheets=(Sheet(BO, BO, "b", later), Sheet(MEI, MEI, "old", NOW), Sheet(MEI, "telegram:-5", "m", NOW))
    )

    await put(store, sheets=(Sheet(MEI, MEI, "new", later), Sheet("slack:U1", "slack:D1", "s", NOW)))

    found = await store.reads.sheets("telegram")
    assert [(sheet.who, sheet.place, sheet.body) for sheet in found] == [
        (MEI, "telegram:-5", "m"),
        (MEI, MEI, "new"),
        (BO, BO, "b"),
    ]


async def test_an_empty_form_is_gone(store: SqlStore) -> None:
    await put(store, sheets=(Sheet(MEI, MEI, "m", NOW),))

    await put(store, sheets=(Sheet(MEI, MEI, "", NOW),))

    assert await store.reads.sheets("telegram") == []
