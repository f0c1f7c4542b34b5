"""Which digests are taken, and when the desk was not there."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.commands import Downtime
from bot.domain.ids import TeamId
from storage import codec, schema
from storage.dialect import or_ignore

_TAKE = or_ignore(insert(schema.digests)).returning(schema.digests.c.day)
_OUTAGE = insert(schema.outages)


async def mark(connection: AsyncConnection, team: TeamId, day: date) -> bool:
    taken = await connection.execute(_TAKE, {"team": team, "day": day.isoformat()})
    return taken.first() is not None


async def add_outage(connection: AsyncConnection, down: Downtime) -> None:
    await connection.execute(_OUTAGE, {"since": codec.to_ms(down.since), "until": codec.to_ms(down.until)})
