"""Letters on their way: written with what caused them, claimed to be sent, settled when their fate is known."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Integer,
    SmallInteger,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.announce import Urgency
from bot.services.ports import LEASE, Buried, DeadLetter, Fate, Letter, Moot, Outgoing, Postponed, Sent
from storage import codec, schema
from storage.codec import AnyRow, Raw
from storage.dialect import Many, or_ignore

_o = schema.outbox.c


def in_state(state: str) -> Any:
    """Written out in the statement, because an index over a part of the table is used only when the condition says
    word for word that it is in that part."""
    return _o.state == literal_column(f"'{state}'")


_INSERT = Many(or_ignore(insert(schema.outbox)))

_LAPSE = (
    update(schema.outbox)
    .where(
        in_state(schema.SENDING),
        or_(_o.epoch != bindparam("epoch_now"), _o.leased_at <= bindparam("lapsed", type_=_o.leased_at.type)),
    )
    .values(state=schema.QUEUED, maybe_sent=1, next_at=null(), epoch=null(), leased_at=null())
)


def _claim() -> Any:
    """Held back is what was written after a letter that is being sent or was postponed, at the same address; only
    pages pass, unless it was a page."""
    now = bindparam("now", type_=_o.next_at.type)
    page = case((_o.turn == 0, _o.id))
    sending = select(_o.address, _o.turn, _o.id).where(in_state(schema.SENDING))
    postponed = select(_o.address, _o.turn, _o.id).where(
        _o.next_at.is_not(None), _o.next_at > now, _o.holds == literal_column("1")
    )
    blocks = sending.union_all(postponed).subquery("blocks")
    page = case((blocks.c.turn == 0, blocks.c.id))
    held = (
        select(blocks.c.address, func.min(page).label("page"), func.min(blocks.c.id).label("any"))
        .group_by(blocks.c.address)
        .cte("held")
    )
    may_go = or_(
        held.c.address.is_(None),
        and_(_o.turn == 0, or_(held.c.page.is_(None), _o.id < held.c.page)),
        and_(_o.turn != 0, _o.id < held.c.any),
    )
    chosen = (
        select(_o.id)
        .select_from(schema.outbox.outerjoin(held, held.c.address == _o.address))
        .where(
            in_state(schema.QUEUED),
            or_(_o.next_at.is_(None), _o.next_at <= now),
            _o.address.not_in(bindparam("busy", expanding=True)),
            may_go,
        )
        .order_by(_o.turn, _o.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(of=schema.outbox, skip_locked=True)
    )
    return (
        update(schema.outbox)
        .where(_o.id.in_(chosen))
        .values(
            state=schema.SENDING,
            next_at=null(),
            attempts=_o.attempts + 1,
            epoch=bindparam("epoch_now"),
            leased_at=now,
        )
        .returning(*schema.outbox.c)
    )


_CLAIM = _claim()

_THIS_TRY = and_(_o.id == bindparam("of"), in_state(schema.SENDING), _o.attempts == bindparam("tries"))
"""A fate that comes after the lease has lapsed and another try has begun does not disturb that one."""

_SENT = Many(
    update(schema.outbox)
    .where(_o.id == bindparam("of"), _o.state != schema.SENT)
    .values(
        state=schema.SENT,
        settled_at=bindparam("now"),
        message=bindparam("posted"),
        next_at=null(),
        reason=null(),
    )
)
_POSTPONED = Many(
    update(schema.outbox)
    .where(_THIS_TRY)
    .values(
        state=schema.QUEUED,
        next_at=bindparam("until"),
        holds=1,
        maybe_sent=_o.maybe_sent.bitwise_or(bindparam("maybe", type_=SmallInteger)),
        reason=bindparam("why"),
        epoch=null(),
        leased_at=null(),
    )
)
_MOOT = Many(update(schema.outbox).where(_THIS_TRY).values(state=schema.MOOT, settled_at=bindparam("now")))
_BURIED = Many(
    update(schema.outbox)
    .where(_THIS_TRY)
    .values(state=schema.DEAD, settled_at=bindparam("now"), reason=bindparam("why"))
)
_REPLAY = (
    update(schema.outbox)
    .where(_o.id.in_(bindparam("dead", expanding=True)), in_state(schema.DEAD))
    .values(
        state=schema.QUEUED,
        next_at=null(),
        attempts=0,
        epoch=null(),
        leased_at=null(),
        settled_at=null(),
        written_at=bindparam("now"),
    )
    .returning(_o.id)
)


async def post(connection: AsyncConnection, letters: Sequence[Letter], now: datetime) -> None:
    written_at = codec.to_ms(now)
    await _INSERT.run(connection, [_row(letter, written_at) for letter in letters])


async def claim(
    connection: AsyncConnection, now: datetime, limit: int, busy: Collection[str], epoch: int
) -> list[Outgoing]:
    """Pages first, then in the order written. What an earlier instance or a vanished task had begun is claimed anew,
    marked as perhaps delivered."""
    await connection.execute(_LAPSE, {"epoch_now": epoch, "lapsed": codec.to_ms(now - LEASE)})
    rows = (
        await connection.execute(
            _CLAIM, {"epoch_now": epoch, "now": codec.to_ms(now), "busy": list(busy), "most": limit}
        )
    ).all()
    return [_outgoing(row) for row in sorted(rows, key=lambda row: (row.turn, row.id))]


async def settle(connection: AsyncConnection, fates: Sequence[Fate], now: datetime) -> None:
    """Fates of letters, not of edits."""
    at = codec.to_ms(now)
    sent: list[Raw] = []
    postponed: list[Raw] = []
    moot: list[Raw] = []
    buried: list[Raw] = []
    for fate in fates:
        one: Raw = {"of": fate.outgoing.id, "tries": fate.outgoing.attempts}
        match fate:
            case Sent():
                sent.append({"of": fate.outgoing.id, "posted": fate.message, "now": at})
            case Postponed():
                until = codec.to_ms_after(fate.until)
                postponed.append({**one, "until": until, "maybe": int(fate.maybe_sent), "why": fate.reason})
            case Moot():
                moot.append({**one, "now": at})
            case Buried():
                buried.append({**one, "now": at, "why": fate.reason})
    for statement, rows in ((_SENT, sent), (_POSTPONED, postponed), (_MOOT, moot), (_BURIED, buried)):
        await statement.run(connection, rows)


async def replay(connection: AsyncConnection, dead: Collection[int], now: datetime) -> int:
    """They count as written now, so that they are not too old at once; that they were perhaps delivered stays."""
    found = await connection.execute(_REPLAY, {"dead": list(dead), "now": codec.to_ms(now)})
    return len(found.all())


def dead_letter_of(row: AnyRow) -> DeadLetter:
    return DeadLetter(
        id=row.id,
        key=row.key,
        to=row.address,
        about=row.about,
        ticket=row.ticket,
        attempts=row.attempts,
        reason=row.reason or "",
        written_at=codec.from_ms(row.written_at),
        died_at=codec.from_ms(row.settled_at),
    )


def _row(letter: Letter, written_at: int) -> Raw:
    return {
        **codec.letter_columns(letter),
        "turn": 0 if letter.urgency <= Urgency.PAGE else 1,
        "state": schema.QUEUED,
        "next_at": None if letter.not_before is None else codec.to_ms_after(letter.not_before),
        "holds": 0,
        "attempts": 0,
        "maybe_sent": 0,
        "written_at": written_at,
    }


def _outgoing(row: AnyRow) -> Outgoing:
    return Outgoing(
        id=row.id,
        letter=codec.letter_of(row),
        written_at=codec.from_ms(row.written_at),
        attempts=row.attempts,
        maybe_sent=bool(row.maybe_sent),
    )
