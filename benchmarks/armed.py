"""A database full of open tickets whose next moment is set: written raw, so that a million of them take seconds."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.commands import Raise
from bot.domain.ids import Level, PersonId, ServiceId, TicketId
from bot.domain.lifecycle import decide
from bot.domain.rules import Rules
from bot.domain.ticket import Ticket
from bot.services.ports import Change, Dues
from storage import codec
from storage.engine import open_store

FAR = timedelta(days=30)


def one_ticket(rules: Rules, at: datetime) -> Ticket:
    """A P1 incident that nobody has acknowledged."""
    command = Raise(
        by=PersonId("lin-xia"),
        ticket=TicketId(1),
        words="全公司的邮箱都登不上去了，急！",
        language="zh",
        kind="incident",
        service=ServiceId("email"),
        impact=Level.HIGH,
        urgency=Level.HIGH,
        origin="local:dm:lin-xia",
    )
    return decide(None, command, rules, at).ticket


async def fill(file: Path, rules: Rules, *, now: datetime, far: int, due: int, due_at: datetime) -> None:
    """`file` holds `far` tickets that nothing happens to for a month, and `due` whose second level is called at
    `due_at`."""
    store = await open_store(file, now=now)
    await store.close()
    chased = one_ticket(rules, now)
    assert chased.chase is not None
    calm = replace(chased, chase=replace(chased.chase, next_at=now + FAR), said=_all_said())
    called = replace(chased, chase=replace(chased.chase, next_at=due_at), said=_all_said())
    connection = sqlite3.connect(file)
    _insert(connection, calm, now + FAR, range(1, far + 1))
    _insert(connection, called, due_at, range(far + 1, far + due + 1))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _all_said() -> frozenset[str]:
    """Nothing but the chase is left to happen."""
    return frozenset(
        f"{what}:{clock}:1" for what in ("warn", "broken") for clock in ("response", "update", "resolution")
    )


def _insert(connection: sqlite3.Connection, ticket: Ticket, wake_at: datetime, numbers: range) -> None:
    row = codec.ticket_row(Change(ticket, True, (), wake_at, Dues()))
    columns = ",".join(row)
    marks = ",".join(f":{name}" for name in row)
    connection.executemany(
        f"INSERT INTO tickets ({columns}) VALUES ({marks})",  # names of our own
        ({**row, "id": number} for number in numbers),
    )
    connection.commit()
