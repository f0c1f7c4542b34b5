"""Durable tickets a second through the door, beside raw sqlite3 and the usual way.

    python -m benchmarks.door

Every contender writes the same rows (a ticket, its history, its letters) at synchronous=FULL, in turn, five rounds.
*raw* is sqlite3 with executemany in batches as large as the number of callers; the rows are ready, nothing is decided.
*usual* is one aiosqlite connection, a lock, and a transaction for each caller; its rows are ready too.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import aiosqlite

from bot.app import quiet_collector
from bot.domain.commands import Raise
from bot.domain.ids import Level, PersonId, ServiceId, TicketId
from bot.domain.rules import Rules
from bot.house_rules import load
from bot.services.desk import Desk
from bot.services.directory import AddressBook
from bot.services.timepiece import DeskTime
from storage.engine import open_store

ROUNDS = 5
CALLERS = {1: 300, 10: 2_000, 100: 8_000}
"""Callers to tickets in a round."""

TABLES = {"tickets": "id", "history": "ticket", "outbox": "ticket"}
"""What a new ticket writes, and the column that names it."""

Rows = list[dict[str, list[tuple[object, ...]]]]
"""For each ticket, for each table, its rows."""


@dataclass(frozen=True, slots=True)
class Run:
    """One contender's round."""

    tickets_per_s: float
    p50_ms: float
    p99_ms: float


def main() -> int:
    """Prints the table."""
    rules = load(None, now=datetime.now(UTC))
    print("| callers | the door, tickets/s | p50 / p99 ms | raw sqlite3 | usual way | p50 / p99 ms | / usual | / raw |")
    print("|---|---|---|---|---|---|---|---|")
    for callers, tickets in CALLERS.items():
        print(_row(callers, [_round(rules, callers, tickets) for _ in range(ROUNDS)]), flush=True)
    return 0


def _row(callers: int, rounds: Sequence[tuple[Run, Run, Run]]) -> str:
    door, raw, usual = (_median([one[place] for one in rounds]) for place in range(3))
    to_usual = statistics.median(one[0].tickets_per_s / one[2].tickets_per_s for one in rounds)
    to_raw = statistics.median(one[0].tickets_per_s / one[1].tickets_per_s for one in rounds)
    return (
        f"| {callers} | {door.tickets_per_s:,.0f} | {door.p50_ms:.2f} / {door.p99_ms:.2f} | {raw.tickets_per_s:,.0f}"
        f" (commit p50 {raw.p50_ms:.2f} ms) | {usual.tickets_per_s:,.0f} | {usual.p50_ms:.2f} / {usual.p99_ms:.2f}"
        f" | {to_usual:.1f} | 1/{1 / to_raw:.1f} |"
    )


def _median(runs: Sequence[Run]) -> Run:
    return Run(
        statistics.median(one.tickets_per_s for one in runs),
        statistics.median(one.p50_ms for one in runs),
        statistics.median(one.p99_ms for one in runs),
    )


def _round(rules: Rules, callers: int, tickets: int) -> tuple[Run, Run, Run]:
    with _folder() as folder:
        door = asyncio.run(_through_the_door(rules, folder, callers, tickets))
        rows = _rows_of(folder / "door.db")
        raw = _raw(folder, rows, callers)
        usual = asyncio.run(_usual(folder, rows, callers))
    return door, raw, usual


async def _through_the_door(rules: Rules, folder: Path, callers: int, tickets: int) -> Run:
    now = DeskTime()
    store = await open_store(folder / "door.db", now=now.now())
    with sqlite3.connect(folder / "door.db") as beside:
        beside.execute("VACUUM INTO ?", (str(folder / "empty.db"),))
    desk = Desk(store, rules, now, AddressBook(rules.people))
    working = asyncio.ensure_future(desk.run())
    command = Raise(
        by=PersonId("lin-xia"),
        ticket=TicketId(0),
        words="全公司的邮箱都登不上去了，客户在等我们的报价，急！",
        language="zh",
        kind="incident",
        service=ServiceId("email"),
        impact=Level.HIGH,
        urgency=Level.HIGH,
        origin="local:dm:lin-xia",
    )

    commands = [replace(command, words=f"{command.words} {place}") for place in range(tickets)]

    async def call(place: int) -> None:
        await desk.do(commands[place])

    await desk.do(command)
    quiet_collector()
    run = await _crowd(call, callers, tickets)
    desk.close()
    await working
    await store.close()
    return run


def _rows_of(file: Path) -> Rows:
    with sqlite3.connect(file) as connection:
        count = connection.execute("SELECT count(*) FROM tickets").fetchone()[0]
        rows: Rows = [{table: [] for table in TABLES} for _ in range(count)]
        for table, column in TABLES.items():
            for number, *row in connection.execute(f"SELECT {column}, * FROM {table}"):  # names of our own
                rows[number - 1][table].append(tuple(row))
    return rows


def _inserts(connection: sqlite3.Connection) -> dict[str, str]:
    columns = {
        table: len(connection.execute(f"PRAGMA table_info({table})").fetchall())  # names of our own
        for table in TABLES
    }
    return {table: f"INSERT INTO {table} VALUES ({','.join('?' * count)})" for table, count in columns.items()}


def _raw(folder: Path, rows: Rows, batch: int) -> Run:
    shutil.copy(folder / "empty.db", folder / "raw.db")
    connection = sqlite3.connect(folder / "raw.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    inserts = _inserts(connection)
    waits: list[float] = []
    began = time.perf_counter()
    for some in _batches(rows, batch):
        start = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for table, insert in inserts.items():
            connection.executemany(insert, [row for ticket in some for row in ticket[table]])
        connection.execute("COMMIT")
        waits += [time.perf_counter() - start] * len(some)
    run = _run(waits, time.perf_counter() - began)
    connection.close()
    return run


async def _usual(folder: Path, rows: Rows, callers: int) -> Run:
    shutil.copy(folder / "empty.db", folder / "usual.db")
    connection = await aiosqlite.connect(folder / "usual.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        await connection.execute(f"PRAGMA {pragma}")
    with sqlite3.connect(folder / "empty.db") as empty:
        inserts = _inserts(empty)
    lock = asyncio.Lock()

    async def call(place: int) -> None:
        async with lock:
            await connection.execute("BEGIN IMMEDIATE")
            for table, insert in inserts.items():
                for row in rows[place][table]:
                    await connection.execute(insert, row)
            await connection.execute("COMMIT")

    run = await _crowd(call, callers, min(len(rows), max(300, len(rows) // 4)))
    await connection.close()
    return run


async def _crowd(call: Callable[[int], Awaitable[None]], callers: int, tickets: int) -> Run:
    """So many callers, each awaiting its own commit before the next."""
    places = iter(range(tickets))
    waits: list[float] = []

    async def caller() -> None:
        for place in places:
            start = time.perf_counter()
            await call(place)
            waits.append(time.perf_counter() - start)

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return _run(waits, time.perf_counter() - began)


def _run(waits: list[float], took_s: float) -> Run:
    waits.sort()
    at = len(waits)
    return Run(at / took_s, waits[at // 2] * 1000, waits[int(at * 0.99)] * 1000)


def _batches(rows: Rows, size: int) -> Iterator[Rows]:
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="deskbell-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    raise SystemExit(main())
