"""Escalation policies as they were when some ticket began with them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import PolicyId
from bot.domain.rules import Policy
from storage import codec, schema
from storage.codec import Record
from storage.dialect import or_ignore

_k = schema.kept_policies.c

_KEEP = or_ignore(insert(schema.kept_policies))
_ALL = select(_k.key, _k.body)
_POLICY = Record(Policy)


async def keep(connection: AsyncConnection, policies: Sequence[Policy]) -> None:
    """A version that is kept already stays as it is."""
    if policies:
        rows = [{"key": one.key, "body": codec.to_json(_POLICY.dump(one))} for one in policies]
        await connection.execute(_KEEP, rows)


async def kept(connection: AsyncConnection) -> dict[PolicyId, Policy]:
    """Every version there ever was, by `name@version`."""
    rows = (await connection.execute(_ALL)).all()
    return {PolicyId(row.key): _POLICY.load(codec.from_json(row.body)) for row in rows}
