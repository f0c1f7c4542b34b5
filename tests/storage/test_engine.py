"""Opening: one desk at a time, nothing readable by others, nothing older or newer touched."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bot.domain.ids import TicketId
from bot.services.ports import Fenced, Reads, Store, Unit
from storage import dialect, migrations
from storage.engine import SqlStore, open_store, open_to_read
from storage.errors import AlreadyOpen, Damaged, NewerSchema, NoDatabase, OlderSchema, Unreachable
from storage.unit_of_work import SqlUnit
from tests.storage.values import HOUR, NOW, a_ticket, new


def stamped(database: Path, step: str) -> None:
    with sqlite3.connect(database) as raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (step,))
    raw.close()


def modes_in(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def share(path: Path) -> None:
    path.chmod(0o644)


def make_folder(path: Path) -> None:
    path.mkdir()


def content_of(path: Path) -> bytes:
    return path.read_bytes()


def smash(path: Path) -> bytes:
    """Noise in the middle; what the file holds then."""
    whole = bytearray(path.read_bytes())
    whole[20_000:60_000] = os.urandom(40_000)
    path.write_bytes(whole)
    return bytes(whole)


async def test_it_keeps_the_contract(store: SqlStore) -> None:
    as_store: Store = store
    as_reads: Reads = store.reads

    async with as_store.transaction() as unit:
        assert isinstance(unit, SqlUnit)
        as_unit: Unit = unit
        assert await as_unit.last_number() == 0
    assert await as_reads.next_wake() is None


async def test_a_database_is_made_where_there_was_none(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "desk.db", now=NOW)

    assert store.epoch == 1
    assert await store.reads.tickets() == []
    await store.close()


async def test_a_url_opens_the_same_database(database: Path) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{database}", now=NOW)

    async with store.transaction() as unit:
        await unit.save([new(a_ticket())])

    assert await store.reads.ticket(TicketId(1)) is not None
    await store.close()


async def test_only_the_owner_can_read_any_of_its_files(tmp_path: Path) -> None:
    careless = os.umask(0)
    try:
        store = await open_store(tmp_path / "desk.db", now=NOW)
        async with store.transaction() as unit:
            await unit.save([new(a_ticket())])
        modes = modes_in(tmp_path)
        await store.close()
    finally:
        os.umask(careless)

    assert modes == dict.fromkeys(("desk.db", "desk.db-wal", "desk.db-shm", "desk.db.lock"), 0o600)


async def test_a_file_that_others_could_read_is_shut(database: Path) -> None:
    share(database)

    store = await open_store(database, now=NOW)

    assert modes_in(database.parent)[database.name] == 0o600
    await store.close()


async def test_every_commit_is_on_the_disk(store: SqlStore) -> None:
    async with store.transaction() as unit:
        found = {
            name: (await unit.connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_a_second_desk_is_refused_and_told_who_has_it(store: SqlStore, database: Path) -> None:
    with pytest.raises(AlreadyOpen, match=f"process {os.getpid()}") as refused:
        await open_store(database, now=NOW)

    assert refused.value.lock == database.with_name("desk.db.lock")


async def test_another_name_of_the_same_file_is_no_way_around_the_lock(store: SqlStore, database: Path) -> None:
    alias = database.with_name("alias.db")
    alias.symlink_to(database)

    with pytest.raises(AlreadyOpen):
        await open_store(alias, now=NOW)


async def test_a_closed_database_can_be_opened_again(database: Path) -> None:
    epochs = []
    for _ in range(3):
        store = await open_store(database, now=NOW)
        epochs.append(store.epoch)
        await store.close()

    assert epochs == [epochs[0], epochs[0] + 1, epochs[0] + 2]


async def test_whoever_opened_last_wins(database: Path) -> None:
    first = await open_store(database, now=NOW)
    database.with_name("desk.db.lock").unlink()  # somebody tidied up
    second = await open_store(database, now=NOW + HOUR)

    with pytest.raises(Fenced):
        async with first.transaction() as unit:
            await unit.save([new(a_ticket(1))])
    async with second.transaction() as unit:
        await unit.save([new(a_ticket(2))])

    assert [filed.ticket.id for filed in await second.reads.tickets()] == [2]
    await first.close()
    await second.close()


async def test_a_desk_that_is_fenced_within_its_transaction_has_written_before(database: Path) -> None:
    first = await open_store(database, now=NOW)
    async with first.transaction() as unit:
        await unit.save([new(a_ticket(1))])
    database.with_name("desk.db.lock").unlink()
    second = await open_store(database, now=NOW)

    assert await second.reads.ticket(TicketId(1)) is not None
    await second.close()
    await first.close()


async def test_a_newer_schema_is_not_touched(database: Path) -> None:
    stamped(database, "9999")
    before = content_of(database)

    with pytest.raises(NewerSchema, match="9999"):
        await open_store(database, now=NOW)

    assert content_of(database) == before


async def test_a_damaged_file_is_not_touched(database: Path) -> None:
    whole = smash(database)

    with pytest.raises(Damaged, match="restore"):
        await open_store(database, now=NOW)

    assert content_of(database) == whole


async def test_a_file_that_is_no_database_is_not_touched(tmp_path: Path) -> None:
    letter = tmp_path / "desk.db"
    letter.write_text("Dear desk, " * 1000)

    with pytest.raises(Damaged):
        await open_store(letter, now=NOW)

    assert letter.read_text() == "Dear desk, " * 1000


async def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "lib" / "deskbell" / "desk.db", now=NOW)
    await store.close()

    assert modes_in(tmp_path / "lib") == {"deskbell": 0o700}


async def test_a_place_where_no_file_can_be_is_named(tmp_path: Path) -> None:
    occupied = tmp_path / "desk.db"
    make_folder(occupied)

    with pytest.raises(Unreachable, match="cannot be opened"):
        await open_store(occupied, now=NOW)


async def test_a_file_held_by_another_tool_is_not_waited_for_for_ever(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialect, "BUSY_TIMEOUT_MS", 50)
    monkeypatch.setattr(dialect, "_SQLITE_PRAGMAS", ("PRAGMA busy_timeout = 50",))
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unreachable, match="locked"):
        await open_store(database, now=NOW)

    other.close()
    await (await open_store(database, now=NOW)).close()


async def test_a_refused_opening_leaves_no_lock(database: Path) -> None:
    stamped(database, "9999")
    with pytest.raises(NewerSchema):
        await open_store(database, now=NOW)
    stamped(database, migrations.NEWEST)

    store = await open_store(database, now=NOW)

    await store.close()


async def test_it_can_be_read_beside_the_desk_that_has_it(store: SqlStore, database: Path) -> None:
    async with store.transaction() as unit:
        await unit.save([new(a_ticket())])

    beside = await open_to_read(database)
    found = await beside.reads.ticket(TicketId(1))
    await beside.close()

    assert found is not None
    async with store.transaction() as unit:  # and it is not fenced by that
        assert await unit.last_number() == 1


async def test_reading_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase):
        await open_to_read(tmp_path / "desk.db")

    assert modes_in(tmp_path) == {}


async def test_reading_migrates_nothing(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "desk.db").execute("CREATE TABLE strange (x)").connection.close()

    with pytest.raises(OlderSchema):
        await open_to_read(tmp_path / "desk.db")


async def test_a_reader_cannot_write(store: SqlStore) -> None:
    async with store._reading.connect() as connection:
        with pytest.raises(Exception, match="readonly"):
            await connection.exec_driver_sql("DELETE FROM tickets")


CHILD = """
import asyncio, os, signal, sys
from pathlib import Path
from storage.engine import open_store
from tests.storage.values import NOW, a_letter, a_ticket, an_arrival, new

async def main():
    store = await open_store(Path(sys.argv[1]), now=NOW)
    async with store.transaction() as unit:
        await unit.keep([an_arrival("k1")])
    async with store.transaction() as unit:
        await unit.save([new(a_ticket(7))])
        await unit.post([a_letter("7:1", ticket=7)], NOW)
        await unit.handled(["k1"])
        if sys.argv[2] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.mark.parametrize(("moment", "tickets", "arrivals"), [("before", 0, 1), ("after", 1, 0)])
async def test_a_killed_desk_leaves_all_of_a_transaction_or_nothing(
    database: Path, moment: str, tickets: int, arrivals: int
) -> None:
    killed = subprocess.run([sys.executable, "-c", CHILD, str(database), moment], check=False)  # noqa: ASYNC221

    store = await open_store(database, now=NOW)

    assert killed.returncode == -signal.SIGKILL
    assert len(await store.reads.tickets()) == await store.reads.waiting_letters() == tickets
    assert await store.reads.waiting_arrivals() == arrivals
    assert (await store.verify_history()).lines == tickets
    await store.close()


def test_a_start_with_nothing_to_migrate_does_not_load_the_migrations(database: Path) -> None:
    start = (
        "import asyncio, sys\n"
        "from storage.engine import open_store\n"
        "from tests.storage.values import NOW\n"
        "async def main():\n"
        "    await (await open_store(sys.argv[1], now=NOW)).close()\n"
        "asyncio.run(main())\n"
        "sys.exit('alembic' in sys.modules)\n"
    )

    ended = subprocess.run([sys.executable, "-c", start, str(database)], check=False)

    assert ended.returncode == 0
