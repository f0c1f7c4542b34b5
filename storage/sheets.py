"""Forms that somebody fills in step by step, until they are sent or given up."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services.ports import Sheet
from storage import codec, schema
from storage.codec import AnyRow

_d = schema.drafts.c

OF_PLATFORM = select(schema.drafts).where(_d.identity.like(bindparam("theirs"))).order_by(_d.at, _d.identity, _d.place)
_FORGET = delete(schema.drafts).where(_d.identity == bindparam("who"), _d.place == bindparam("there"))
_INSERT = insert(schema.drafts)


async def put(connection: AsyncConnection, sheets: Sequence[Sheet]) -> None:
    """Of two of one person at one place the last counts; an empty one leaves nothing behind."""
    last = {(sheet.who, sheet.place): sheet for sheet in sheets}
    if not last:
        return
    await connection.execute(_FORGET, [{"who": who, "there": place} for who, place in last])
    rows = [_row(sheet) for sheet in last.values() if sheet.body]
    if rows:
        await connection.execute(_INSERT, rows)


def sheet_of(row: AnyRow) -> Sheet:
    return Sheet(row.identity, row.place, row.body, codec.from_ms(row.at))


def _row(sheet: Sheet) -> codec.Raw:
    return {"identity": sheet.who, "place": sheet.place, "at": codec.to_ms(sheet.at), "body": sheet.body}
