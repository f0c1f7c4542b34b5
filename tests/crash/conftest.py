"""One nursery for all crash tests of a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.desk_process import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """It has done the imports."""
    made = Nursery()
    yield made
    made.close()
