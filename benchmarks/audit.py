"""What one look of the auditor costs with a hundred thousand open tickets, against the smallest query there is.

python -m benchmarks.audit
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.armed import fill
from bot.house_rules import load
from bot.services.auditor import Auditor, Machine
from bot.services.desk import Desk
from bot.services.directory import AddressBook
from bot.services.roads import Roads
from bot.services.timepiece import DeskTime
from storage.engine import open_store

OPEN_TICKETS = 100_000
LOOKS = 50


def main() -> int:
    """Prints the table."""
    folder = Path(tempfile.mkdtemp(prefix="deskbell-bench-"))
    try:
        looks_ms, floor_ms = asyncio.run(_measure(folder / "desk.db"))
    finally:
        shutil.rmtree(folder)
    print("| what | median | slowest |\n|---|---|---|")
    print(
        f"| one look at {OPEN_TICKETS:,} open tickets | {statistics.median(looks_ms):.1f} ms | {max(looks_ms):.1f} ms |"
    )
    print(f"| raw sqlite3, one row by its key | {floor_ms:.3f} ms | |")
    return 0


async def _measure(file: Path) -> tuple[list[float], float]:
    now = datetime.now(UTC)
    rules = load(None, now=now)
    await fill(file, rules, now=now, far=OPEN_TICKETS, due=0, due_at=now + timedelta(days=29))
    store = await open_store(file, now=now)
    time_of_desk = DeskTime()
    desk = Desk(store, rules, time_of_desk, AddressBook(rules.people))
    auditor = Auditor(desk, store.reads, time_of_desk, Roads(), machine=Machine, ring=lambda: None)
    looks = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        await auditor.look()
        looks.append((time.perf_counter() - began) * 1e3)
    assert auditor.last is not None
    assert auditor.last.is_well
    await store.close()
    return looks, _floor_ms(file)


def _floor_ms(file: Path) -> float:
    connection = sqlite3.connect(file)
    began = time.perf_counter()
    for number in range(1, 1001):
        connection.execute("SELECT body FROM tickets WHERE id = ?", (number,)).fetchone()
    return time.perf_counter() - began


if __name__ == "__main__":
    raise SystemExit(main())
