"""What every journey has in common: what the desk notes for its operator is not printed, and words are read once."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import local_house
from tests.journeys import life


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
