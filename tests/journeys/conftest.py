"""What every journey has in common: what the desk notes for its operator is not printed, words are read once,
and no disk is waited for."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot import local_house
from tests.journeys import life

IN_MEMORY = Path("/dev/shm")


@pytest.fixture(autouse=True)
def _quiet_logs() -> Iterator[None]:
    """Only critical lines; afterwards logging is as it was."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)


@pytest.fixture(autouse=True)
def _same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading the catalogues takes half the time of a start, and they are the same for all."""
    monkeypatch.setattr(local_house, "load_texts", life.the_texts)


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A folder whose disk is never slow, where there is one: each life commits some hundred times, and what a slow
    disk or a pulled plug does is proved elsewhere."""
    if not (IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK)):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=IN_MEMORY, prefix="deskbell-") as folder:
        yield Path(folder)
