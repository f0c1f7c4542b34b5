"""How far each platform has been read, and what else adapters want back after a restart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services.ports import Cursor
from storage import codec, schema

_c = schema.cursors.c

ONE = select(_c.value).where(_c.name == bindparam("of"))
_FORGET = delete(schema.cursors).where(_c.name.in_(bindparam("names", expanding=True)))
_INSERT = insert(schema.cursors)


async def put(connection: AsyncConnection, cursors: Sequence[Cursor], now: datetime) -> None:
    """Of two with one name the last counts."""
    if not cursors:
        return
    values = {cursor.name: cursor.value for cursor in cursors}
    await connection.execute(_FORGET, {"names": list(values)})
    at = codec.to_ms(now)
    await connection.execute(_INSERT, [{"name": name, "value": value, "at": at} for name, value in values.items()])
