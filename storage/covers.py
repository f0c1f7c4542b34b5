"""Exceptions to the rotas: what was asked for, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.covers import CoverRequest, CoverState
from bot.domain.ids import CoverId, PersonId, RotaId
from storage import codec, schema
from storage.codec import AnyRow, Raw

_c = schema.covers.c

ENDING_AFTER = select(schema.covers).where(_c.ends > bindparam("moment", type_=_c.ends.type))
ONE = select(schema.covers).where(_c.id == bindparam("of"))
_ADD = insert(schema.covers).returning(_c.id)
_CHANGE = (
    update(schema.covers)
    .where(_c.id == bindparam("of"))
    .values({column: bindparam(f"new_{column.name}") for column in _c if column.name != "id"})
)


async def add(connection: AsyncConnection, requests: Sequence[CoverRequest]) -> list[CoverId]:
    """One after another, so that the numbers are in the order asked."""
    return [CoverId((await connection.execute(_ADD, _row(one))).scalar_one()) for one in requests]


async def change(connection: AsyncConnection, requests: Sequence[CoverRequest]) -> None:
    for one in requests:
        row = {f"new_{name}": value for name, value in _row(one).items()}
        await connection.execute(_CHANGE, {"of": one.id, **row})


def requests_of(rows: Sequence[AnyRow]) -> list[CoverRequest]:
    """The oldest first. They are put in order here: asked to do it, SQLite would walk all there ever were by number."""
    return sorted(map(request_of, rows), key=lambda one: one.id)


def request_of(row: AnyRow) -> CoverRequest:
    return CoverRequest(
        id=CoverId(row.id),
        rota=RotaId(row.rota),
        person=PersonId(row.person),
        starts=codec.from_ms(row.starts),
        ends=codec.from_ms(row.ends),
        instead_of=_maybe_person(row.instead_of),
        asked_by=PersonId(row.asked_by),
        asked_at=codec.from_ms(row.asked_at),
        state=CoverState(row.state),
        settled_by=_maybe_person(row.settled_by),
        settled_at=codec.maybe_moment(row.settled_at),
    )


def _row(request: CoverRequest) -> Raw:
    return {
        "rota": request.rota,
        "person": request.person,
        "instead_of": request.instead_of,
        "starts": codec.to_ms(request.starts),
        "ends": codec.to_ms(request.ends),
        "state": request.state,
        "asked_by": request.asked_by,
        "asked_at": codec.to_ms(request.asked_at),
        "settled_by": request.settled_by,
        "settled_at": codec.maybe_ms(request.settled_at),
    }


def _maybe_person(written: str | None) -> PersonId | None:
    return None if written is None else PersonId(written)
