"""The messages of the local chat, kept beside the tickets. Written through the one writer like everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Integer, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.services.ports import Unit
from bot.services.transcript import Body, Draft, Posted
from storage import codec, schema
from storage.codec import AnyRow
from storage.dialect import or_ignore
from storage.unit_of_work import SqlUnit

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_c = schema.transcript.c

_NEXT_VERSION = select(func.coalesce(func.max(_c.version), 0) + 1).scalar_subquery()
_APPEND = or_ignore(insert(schema.transcript).values(version=_NEXT_VERSION)).returning(*_c)
_REPLACE = (
    update(schema.transcript)
    .where(_c.id == bindparam("message"))
    .values(body=bindparam("new_body"), edited_at=bindparam("edited"), version=_NEXT_VERSION)
    .returning(*_c)
)
_GET = select(schema.transcript).where(_c.id == bindparam("message"))
_VISIBLE = and_(
    _c.place.in_(bindparam("places", expanding=True)), or_(_c.only.is_(None), _c.only == bindparam("reader"))
)
_MOST = bindparam("most", type_=Integer)
_SINCE = select(schema.transcript).where(_VISIBLE, _c.version > bindparam("after")).order_by(_c.version).limit(_MOST)
_BEFORE = select(schema.transcript).where(_VISIBLE, _c.seq < bindparam("seq")).order_by(_c.seq.desc()).limit(_MOST)
_BEYOND_ALL = 2**62


class Chore(Protocol[T_co]):
    """A small write that somebody with a transaction does for us."""

    async def apply(self, unit: Unit) -> T_co:
        """Done within that transaction; it may be applied again after a rollback."""


class Door(Protocol):
    """Whoever has the one writing connection, as a function: the chore is committed when it returns."""

    async def __call__(self, chore: Chore[T], /) -> T: ...


class SqlTranscript:
    """`bot.services.transcript.Transcript`."""

    def __init__(self, door: Door, reading: AsyncEngine) -> None:
        self._door = door
        self._reading = reading

    async def append(self, draft: Draft) -> Posted:
        return await self._door(_Append(draft))

    async def replace(self, message: str, body: Body, at: datetime) -> Posted | None:
        return await self._door(_Replace(message, body, at))

    async def get(self, message: str) -> Posted | None:
        found = await self._ask(_GET, {"message": message})
        return found[0] if found else None

    async def since(self, places: Sequence[str], reader: str, after: int, limit: int) -> Sequence[Posted]:
        given = {"places": list(places), "reader": reader, "after": after, "most": limit}
        return await self._ask(_SINCE, given)

    async def before(self, places: Sequence[str], reader: str, seq: int | None, limit: int) -> Sequence[Posted]:
        given = {
            "places": list(places),
            "reader": reader,
            "seq": _BEYOND_ALL if seq is None else seq,
            "most": limit,
        }
        return (await self._ask(_BEFORE, given))[::-1]

    async def _ask(self, question: Any, given: dict[str, Any]) -> list[Posted]:
        async with self._reading.connect() as connection:
            return [_posted(row) for row in (await connection.execute(question, given)).all()]


@dataclass(frozen=True, slots=True)
class _Append:
    draft: Draft

    async def apply(self, unit: Unit) -> Posted:
        draft, connection = self.draft, _sql(unit).connection
        row = {
            "id": draft.id,
            "place": draft.place,
            "author": draft.author,
            "only": draft.only,
            "key": draft.key,
            "at": codec.to_ms(draft.at),
            "body": codec.to_json_as_is(draft.body),
        }
        added = (await connection.execute(_APPEND, row)).first()
        return _posted(added or (await connection.execute(_GET, {"message": draft.id})).one())


@dataclass(frozen=True, slots=True)
class _Replace:
    message: str
    body: Body
    at: datetime

    async def apply(self, unit: Unit) -> Posted | None:
        given = {
            "message": self.message,
            "new_body": codec.to_json_as_is(self.body),
            "edited": codec.to_ms(self.at),
        }
        row = (await _sql(unit).connection.execute(_REPLACE, given)).first()
        return None if row is None else _posted(row)


def _sql(unit: Unit) -> SqlUnit:
    if not isinstance(unit, SqlUnit):
        raise TypeError("the transcript is written in the database's own transaction")
    return unit


def _posted(row: AnyRow) -> Posted:
    return Posted(
        seq=row.seq,
        id=row.id,
        place=row.place,
        author=row.author,
        at=codec.from_ms(row.at),
        body=codec.from_json(row.body),
        key=row.key,
        only=row.only,
        edited_at=codec.maybe_moment(row.edited_at),
        version=row.version,
    )
