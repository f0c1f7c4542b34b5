"""A desk that is open: the real door on a real file, and a time that stands still unless it is moved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.domain.ids import TicketId
from bot.domain.rules import Rules
from bot.services.desk import Committed, Desk
from bot.services.directory import AddressBook
from bot.services.ports import Arrival, Fenced, Outgoing, Pending, Timepiece, Unit
from bot.services.timepiece import DemoTime
from storage.engine import SqlStore, open_store
from tests.domain.small_desk import MON_9, small_rules

RULES = small_rules()


def standing(at: datetime = MON_9) -> DemoTime:
    """A time that does not pass by itself."""
    return DemoTime(at, lambda: 0.0)


@dataclass(slots=True)
class Open:
    """A desk at work, and what it committed, batch by batch."""

    desk: Desk
    store: SqlStore
    running: asyncio.Task[None]
    time: Timepiece
    batches: list[Committed] = field(default_factory=list)


@asynccontextmanager
async def at_work(
    store: SqlStore,
    *,
    rules: Rules = RULES,
    time: Timepiece | None = None,
    people: AddressBook | None = None,
    patience_s: float | None = 20,
) -> AsyncIterator[Open]:
    """The desk answers the door within the block. Being fenced or killed is a way to end, too. A test that hangs fails
    when the patience is over."""
    batches: list[Committed] = []
    desk = Desk(store, rules, time or standing(), people or AddressBook(rules.people), on_commit=batches.append)
    running = asyncio.create_task(desk.run())
    await asyncio.sleep(0)  # it waits for the first knock
    async with asyncio.timeout(patience_s):
        try:
            yield Open(desk, store, running, time or standing(), batches)
        finally:
            desk.close()
            with suppress(Fenced, asyncio.CancelledError):
                await running


@asynccontextmanager
async def opened(database: Path, *, rules: Rules = RULES, time: DemoTime | None = None) -> AsyncIterator[Open]:
    """As after a start of the process: the database is opened, and then the desk."""
    time = time or standing()
    store = await open_store(database, now=time.now())
    try:
        async with at_work(store, rules=rules, time=time, patience_s=None) as here:
            yield here
    finally:
        await store.close()


async def together(*knocks: Coroutine[Any, Any, Any]) -> list[Any]:
    """All of them knock before the desk has taken a step: they are one batch. Errors are returned."""
    return await asyncio.gather(*knocks, return_exceptions=True)


async def numbers(store: SqlStore) -> list[int]:
    return sorted(filed.ticket.id for filed in await store.reads.tickets(only_open=False, limit=10_000))


async def happened(store: SqlStore, ticket: int = 1) -> list[str]:
    """The history of the ticket, by name and in order."""
    return [line.name for line in await store.reads.history(TicketId(ticket))]


def an_arrival(key: str, lane: str = "dm:mei") -> Arrival:
    return Arrival(key, "local", lane, '{"text": "help"}', MON_9)


async def keep(store: SqlStore, *arrivals: Arrival) -> None:
    """They are on the disk from before, and nobody has handled them."""
    async with store.transaction() as unit:
        await unit.keep(arrivals)


@dataclass(frozen=True, slots=True)
class AllPending:
    """A chore: what waits in the inbox."""

    async def apply(self, unit: Unit) -> list[Pending]:
        return await unit.pending(10_000)


@dataclass(frozen=True, slots=True)
class AllLetters:
    """A chore: every letter that waits, taken out of the outbox."""

    now: datetime = MON_9

    async def apply(self, unit: Unit) -> list[Outgoing]:
        return await unit.claim(self.now, 10_000, ())


@dataclass(frozen=True, slots=True)
class Broken:
    """A chore that cannot be done."""

    error = LookupError

    async def apply(self, unit: Unit) -> None:
        raise LookupError("a bug in a chore")
