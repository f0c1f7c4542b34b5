"""Calls that do not get out: letters that wait too long or were given up, with the other ways of their call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.announce import CALLS
from bot.domain.ids import PersonId, TicketId
from bot.services.ports import Call, CallLetter, CallState, Letter
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
_OF_CALL = select(schema.outbox).where(_o.key >= bindparam("first"), _o.key < bindparam("beyond"))
_TO_HASTEN = select(schema.outbox).where(
    _o.key.in_(bindparam("keys", expanding=True)), outbox.in_state(schema.QUEUED), _o.holds == literal_column("0")
)
_HASTEN = (
    update(schema.outbox)
    .where(_o.id == bindparam("of"))
    .values(next_at=bindparam("at", type_=_o.next_at.type), body=bindparam("written_anew"))
)


async def in_trouble(
    connection: AsyncConnection, waiting_since: datetime, buried_since: datetime, now: datetime
) -> list[Call]:
    """Each call once, with all its ways."""
    waiting = {"waiting_since": codec.to_ms(waiting_since)}
    asked = (
        (_WAITING, {**waiting, "now": codec.to_ms(now)}),
        (_SENDING, waiting),
        (_BURIED, {"buried_since": codec.to_ms(buried_since)}),
    )
    keys: list[str] = []
    for question, given in asked:
        keys += (await connection.execute(question, given)).scalars()
    return [await _read(connection, base) for base in dict.fromkeys(_way_of(key)[0] for key in keys)]


async def hasten(connection: AsyncConnection, keys: Sequence[str], now: datetime) -> None:
    """The time of those that wait for it is now; what a platform asked to wait for still waits."""
    rows = (await connection.execute(_TO_HASTEN, {"keys": list(keys)})).all() if keys else ()
    if rows:
        at = codec.to_ms(now)
        changes = [
            {"of": row.id, "at": at, "written_anew": codec.letter_columns(_at(row, now))["body"]} for row in rows
        ]
        await connection.execute(_HASTEN, changes)


def _at(row: AnyRow, now: datetime) -> Letter:
    return replace(codec.letter_of(row), not_before=now)


async def _read(connection: AsyncConnection, base: str) -> Call:
    # ";" is the character after ":", so the range holds the call's own key and those of its further ways
    rows = (await connection.execute(_OF_CALL, {"first": base, "beyond": f"{base};"})).all()
    own = sorted((row for row in rows if _way_of(row.key)[0] == base), key=lambda row: _way_of(row.key)[1])
    ticket, entry, _, reader = base.split(":", 3)
    person = PersonId(reader.partition(":")[2])
    return Call(TicketId(int(ticket)), int(entry), person, tuple(_letter(row) for row in own))


def _way_of(key: str) -> tuple[str, int]:
    """The call that a letter belongs to, and which of its ways it is."""
    base, is_way, number = key.rpartition(":w")
    return (base, int(number)) if is_way and number.isdigit() else (key, 0)


def _letter(row: AnyRow) -> CallLetter:
    return CallLetter(row.key, _STATES[row.state], codec.letter_of(row).not_before or codec.from_ms(row.written_at))
