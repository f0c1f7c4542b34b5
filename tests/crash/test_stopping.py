"""An orderly stop is not a small crash: what is under way arrives, and nothing is left in doubt."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.crash.desk_process import Nursery
from tests.crash.faulty_street import Fault
from tests.crash.lives import placed
from tests.crash.policy import ANN, none_due

pytestmark = pytest.mark.crash


async def test_letters_that_are_under_way_at_an_orderly_stop_arrive(nursery: Nursery, tmp_path: Path) -> None:
    async with placed(tmp_path, nursery, seed=1, digests=none_due(), faulty=False) as place:
        place.street.faults.script = [Fault.SLOW] * 20
        assert await place.start()
        for _ in range(3):
            await place.town.raise_ticket(ANN)

        assert await place.street.until(lambda street: bool(street.deliveries), 20.0)
        assert await place.desk.stop() == 0

        assert "letter_botched" not in place.desk.log
        assert _in_doubt(place.desk.database) == []


def _in_doubt(database: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return [row[0] for row in connection.execute("SELECT key FROM outbox WHERE maybe_sent = 1")]
