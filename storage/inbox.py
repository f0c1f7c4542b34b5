"""What came in, kept before anybody is told that it arrived, until it is handled."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Integer, bindparam, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services.ports import Arrival, Pending
from storage import codec, schema
from storage.dialect import Many, or_ignore

_i = schema.inbox.c

IS_NEW = _i.state == literal_column(f"'{schema.NEW}'")

_INSERT = or_ignore(insert(schema.inbox)).returning(_i.key)
_PENDING = (
    select(schema.inbox)
    .where(IS_NEW, _i.id > bindparam("after"))
    .order_by(_i.id)
    .limit(bindparam("most", type_=Integer))
)
_BEGUN = (
    update(schema.inbox).where(_i.key == bindparam("begun_key")).values(attempts=_i.attempts + 1).returning(_i.attempts)
)
_HANDLED = Many(update(schema.inbox).where(_i.key == bindparam("done_key")).values(state=schema.DONE))
_ASIDE = (
    update(schema.inbox)
    .where(_i.key == bindparam("aside_key"), IS_NEW)
    .values(state=schema.ASIDE, reason=bindparam("why"))
)


async def keep(connection: AsyncConnection, arrivals: Sequence[Arrival]) -> list[bool]:
    """True for those that were not known; of two with one key in the same breath only the first."""
    if not arrivals:
        return []
    rows = [codec.arrival_row(arrival, schema.NEW) for arrival in arrivals]
    fresh = set((await connection.execute(_INSERT, rows)).scalars())
    news = []
    for arrival in arrivals:
        news.append(arrival.key in fresh)
        fresh.discard(arrival.key)
    return news


async def pending(connection: AsyncConnection, limit: int, after: int) -> list[Pending]:
    rows = (await connection.execute(_PENDING, {"most": limit, "after": after})).all()
    return [Pending(row.id, codec.arrival_of(row), row.attempts) for row in rows]


async def begun(connection: AsyncConnection, key: str) -> int:
    """0 for an arrival that nobody knows."""
    return (await connection.execute(_BEGUN, {"begun_key": key})).scalar() or 0


async def handled(connection: AsyncConnection, keys: Collection[str]) -> None:
    await _HANDLED.run(connection, [{"done_key": key} for key in keys])


async def quarantine(connection: AsyncConnection, key: str, reason: str) -> None:
    await connection.execute(_ASIDE, {"aside_key": key, "why": reason})
