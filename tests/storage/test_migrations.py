"""The steps lead to the tables that the code expects, and a copy is kept of what was before."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from bot.domain.ids import TicketId
from storage import migrations
from storage.engine import open_store
from storage.schema import metadata
from tests.storage.values import NOW, a_ticket, new

OURS = ("sqlite_%", "alembic_%")


def layout(database: Path) -> dict[str, str]:
    """The SQL of every table and index, without what differs in spacing and quotes."""
    raw = sqlite3.connect(database)
    rows = raw.execute(
        "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL"
        " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'alembic_%'"
    ).fetchall()
    raw.close()
    return {name: re.sub(r"\s+", " ", sql.replace('"', "")) for name, sql in rows}


def test_the_steps_lead_to_the_tables_of_the_code(database: Path, tmp_path: Path) -> None:
    expected = create_engine(f"sqlite:///{tmp_path / 'expected.db'}")
    metadata.create_all(expected)
    expected.dispose()

    assert layout(database) == layout(tmp_path / "expected.db")


def test_the_list_of_steps_is_complete() -> None:
    settings = Config()
    settings.set_main_option("script_location", str(Path(migrations.__file__).parent))
    settings.set_main_option("path_separator", "os")

    scripts = ScriptDirectory.from_config(settings)

    steps = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(steps)) == migrations.REVISIONS
    assert scripts.get_current_head() == migrations.NEWEST


async def test_before_a_migration_a_copy_is_kept(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = await open_store(database, now=NOW)
    async with store.transaction() as unit:
        await unit.save([new(a_ticket())])
    await store.close()
    with sqlite3.connect(database) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0000'")
    raw.close()
    monkeypatch.setattr(migrations, "REVISIONS", ("0000", *migrations.REVISIONS))
    monkeypatch.setattr(migrations, "upgrade", lambda connection: connection.exec_driver_sql("DELETE FROM digests"))

    store = await open_store(database, now=NOW)
    await store.close()

    copy = database.with_name(f"desk.db.before-{migrations.NEWEST}-from-0000")
    assert copy.stat().st_mode & 0o777 == 0o600
    kept = sqlite3.connect(copy)
    assert kept.execute("SELECT id FROM tickets").fetchall() == [(TicketId(1),)]
    assert kept.execute("SELECT version_num FROM alembic_version").fetchall() == [("0000",)]
    kept.close()


async def test_a_failed_migration_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half_way(connection: object) -> None:
        migrations_upgrade(connection)  # type: ignore[arg-type]
        raise RuntimeError("power cut")

    migrations_upgrade = migrations.upgrade
    monkeypatch.setattr(migrations, "upgrade", half_way)
    with pytest.raises(RuntimeError, match="power cut"):
        await open_store(tmp_path / "desk.db", now=NOW)
    monkeypatch.undo()

    assert layout(tmp_path / "desk.db") == {}
    store = await open_store(tmp_path / "desk.db", now=NOW)
    assert store.epoch == 1
    await store.close()
