"""When each way in and out was last seen to work, and last seen to fail."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services.ports import Road
from storage import codec, schema
from storage.codec import AnyRow

_r = schema.roads.c

ALL = select(schema.roads).order_by(_r.road)
_FORGET = delete(schema.roads).where(_r.road.in_(bindparam("roads", expanding=True)))
_INSERT = insert(schema.roads)


async def keep(connection: AsyncConnection, roads: Sequence[Road]) -> None:
    """These roads as they are known now, whatever stood there before."""
    if not roads:
        return
    await connection.execute(_FORGET, {"roads": [road.name for road in roads]})
    await connection.execute(_INSERT, [_row(road) for road in roads])


def road_of(row: AnyRow) -> Road:
    return Road(row.road, codec.maybe_moment(row.proved_at), codec.maybe_moment(row.failed_at), row.why or "")


def _row(road: Road) -> codec.Raw:
    return {
        "road": road.name,
        "proved_at": codec.maybe_ms(road.proved_at),
        "failed_at": codec.maybe_ms(road.failed_at),
        "why": road.why or None,
    }
