"""A database on a real file for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from storage.engine import SqlStore, open_store
from tests.domain.small_desk import MON_9


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that was made and closed; copying it is quicker than making one."""
    path = tmp_path_factory.mktemp("empty") / "desk.db"

    async def make() -> None:
        await (await open_store(path, now=MON_9)).close()

    asyncio.run(make())
    return path


@pytest.fixture
def database(empty_database: Path, tmp_path: Path) -> Path:
    path = tmp_path / "desk.db"
    shutil.copy(empty_database, path)
    return path


@pytest.fixture
def new_database(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """For properties, which need one for each example."""

    def make() -> Path:
        path = tmp_path_factory.mktemp("example") / "desk.db"
        shutil.copy(empty_database, path)
        return path

    return make


@pytest.fixture
async def store(database: Path) -> AsyncIterator[SqlStore]:
    opened = await open_store(database, now=MON_9)
    yield opened
    await opened.close()
