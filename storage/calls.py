"""Calls that do not get out: letters that wait too long or were given up, with the other ways of their call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal_column, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.announce import CALLS
from bot.domain.ids import TicketId
from bot.services.ports import CallLetter, CallState
from storage import codec, outbox, schema
from storage.codec import AnyRow

_o = schema.outbox.c
_IS_CALL = _o.about.in_([about.value for about in CALLS])
_IS_PAGE = _o.turn == literal_column("0")
_NOW = bindparam("now", type_=_o.next_at.type)

_STATES = {
    schema.QUEUED: CallState.WAITING,
    schema.SENDING: CallState.WAITING,
    schema.SENT: CallState.SENT,
    schema.MOOT: CallState.MOOT,
    schema.DEAD: CallState.DEAD,
}

_WAITING = (
    select(_o.key)
    .where(
        outbox.in_state(schema.QUEUED),
        _IS_PAGE,
        _IS_CALL,
        _o.written_at <= bindparam("waiting_since", type_=_o.written_at.type),
        or_(_o.next_at.is_(None), _o.next_at <= _NOW, _o.holds == literal_column("1")),
    )
    .limit(1000)
)
_SENDING = (
    select(_o.key)
    .where(
        outbox.in_state(schema.SENDING),
        _IS_CALL,
        _o.written_at <= bindparam("waiting_since", type_=_o.written_at.type),
    )
    .limit(1000)
)
_BURIED = (
    select(_o.key)
    .where(
        outbox.in_state(schema.DEAD),
        _IS_CALL,
        _o.settled_at >= bindparam("buried_since", type_=_o.settled_at.type),
    )
    .limit(1000)
)
_OF_CALL = select(_o.key, _o.state, _o.ticket, _o.next_at, _o.holds, _o.written_at, _o.body).where(
    _o.key >= bindparam("first"), _o.key < bindparam("beyond")
)
_HASTEN = (
    update(schema.outbox)
    .where(
        _o.key.in_(bindparam("keys", expanding=True)), outbox.in_state(schema.QUEUED), _o.holds == literal_column("0")
    )
    .values(next_at=null())
)


async def in_trouble(
    connection: AsyncConnection, now: datetime, waiting_since: datetime, buried_since: datetime
) -> list[CallLetter]:
    """Each found once, together with all letters of its call."""
    given = {
        "now": codec.to_ms(now),
        "waiting_since": codec.to_ms(waiting_since),
        "buried_since": codec.to_ms(buried_since),
    }
    keys: list[str] = []
    for question, names in (
        (_WAITING, ("now", "waiting_since")),
        (_SENDING, ("waiting_since",)),
        (_BURIED, ("buried_since",)),
    ):
        keys += (await connection.execute(question, {name: given[name] for name in names})).scalars()
    letters: list[CallLetter] = []
    for base in dict.fromkeys(_call(key) for key in keys):
        # ";" is the character after ":", so the range holds the call's own key and those of its further ways
        rows = (await connection.execute(_OF_CALL, {"first": base, "beyond": f"{base};"})).all()
        letters += [_letter(row, now) for row in rows if _call(row.key) == base]
    return letters


async def hasten(connection: AsyncConnection, keys: Sequence[str]) -> None:
    """Those that wait for their time may go at once; what a platform asked to wait for still waits."""
    if keys:
        await connection.execute(_HASTEN, {"keys": list(keys)})


def _call(key: str) -> str:
    base, is_way, number = key.rpartition(":w")
    return base if is_way and number.isdigit() else key


def _letter(row: AnyRow, now: datetime) -> CallLetter:
    written = codec.from_ms(row.written_at)
    waits = row.next_at is not None and not row.holds and codec.from_ms(row.next_at) > now
    due = codec.from_ms(row.next_at) if waits else written
    return CallLetter(row.key, TicketId(row.ticket), _reader(row), _STATES[row.state], due)


def _reader(row: Any) -> str:
    return str(codec.from_json(row.body)["reader"])
