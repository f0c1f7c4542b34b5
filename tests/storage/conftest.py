"""A store on a real file for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.engine import SqlStore, open_store
from tests.storage.values import NOW


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that was made and closed; copying it is quicker than making one."""
    path = tmp_path_factory.mktemp("empty") / "desk.db"

    async def make() -> None:
        await (await open_store(path, now=NOW)).close()

    asyncio.run(make())
    return path


@pytest.fixture
def database(empty_database: Path, tmp_path: Path) -> Path:
    path = tmp_path / "desk.db"
    shutil.copy(empty_database, path)
    return path


@pytest.fixture
async def store(database: Path) -> AsyncIterator[SqlStore]:
    opened = await open_store(database, now=NOW)
    yield opened
    await opened.close()
