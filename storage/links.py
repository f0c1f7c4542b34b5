"""One-time codes, as hashes, and wrong tries at them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import PersonId
from bot.domain.linking import LinkCode
from storage import codec, schema
from storage.codec import AnyRow

_c, _w = schema.link_codes.c, schema.link_tries.c

CODES = select(schema.link_codes).where(_c.expires_at > bindparam("after")).order_by(_c.id)
WRONG = select(_w.at).where(_w.identity == bindparam("of"), _w.at > bindparam("after")).order_by(_w.at, _w.id)
_VOID = (
    update(schema.link_codes)
    .where(_c.person == bindparam("of"), _c.used_at.is_(None))
    .values(used_at=bindparam("when"), used_by="")
)
_INSERT = insert(schema.link_codes)
_USE = update(schema.link_codes).where(_c.id == bindparam("of"), _c.used_at.is_(None))
_TRIED = insert(schema.link_tries)
_FORGET = delete(schema.link_tries).where(_w.identity == bindparam("of"), _w.at <= bindparam("before"))


async def add(connection: AsyncConnection, code: LinkCode) -> None:
    """What that person was given before counts no more."""
    at = codec.to_ms(code.made_at)
    await connection.execute(_VOID, {"of": code.person, "when": at})
    row = {"code_hash": code.hash, "person": code.person, "made_at": at, "expires_at": codec.to_ms(code.expires_at)}
    await connection.execute(_INSERT, row)


async def codes(connection: AsyncConnection, after: datetime) -> list[LinkCode]:
    return [code_of(row) for row in (await connection.execute(CODES, {"after": codec.to_ms(after)})).all()]


async def use(connection: AsyncConnection, code: int, by: str, at: datetime) -> bool:
    """False when it was used or void before."""
    done = await connection.execute(_USE.values(used_at=codec.to_ms(at), used_by=by), {"of": code})
    return done.rowcount == 1


async def wrong(connection: AsyncConnection, identity: str, after: datetime) -> list[datetime]:
    asked = {"of": identity, "after": codec.to_ms(after)}
    return wrong_of((await connection.execute(WRONG, asked)).all())


async def add_wrong(connection: AsyncConnection, identity: str, at: datetime, forget: datetime) -> None:
    """Tries of this identity up to `forget` are of no more use."""
    await connection.execute(_FORGET, {"of": identity, "before": codec.to_ms(forget)})
    await connection.execute(_TRIED, {"identity": identity, "at": codec.to_ms(at)})


def code_of(row: AnyRow) -> LinkCode:
    return LinkCode(
        id=row.id,
        hash=row.code_hash,
        person=PersonId(row.person),
        made_at=codec.from_ms(row.made_at),
        expires_at=codec.from_ms(row.expires_at),
        used_at=codec.maybe_moment(row.used_at),
        used_by=row.used_by or "",
    )


def wrong_of(rows: Sequence[AnyRow]) -> list[datetime]:
    return [codec.from_ms(row.at) for row in rows]
