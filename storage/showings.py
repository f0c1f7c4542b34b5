"""Messages that stand in a chat and are edited whenever their ticket changes; only the last state counts."""

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

from bot.services.ports import LEASE, Buried, Change, Fate, Moot, Outgoing, Postponed, Sent
from storage import codec, schema
from storage.codec import AnyRow, Raw
from storage.dialect import Many, or_ignore

_s = schema.showings.c

IS_STALE = and_(_s.wanted > _s.drawn, _s.given_up == literal_column("0"))
"""Shows less than its ticket has; word for word the condition of its index."""

_WANT = Many(update(schema.showings).where(_s.ticket == bindparam("of")).values(wanted=bindparam("version")))

_VERSION_NOW = select(schema.tickets.c.version).where(schema.tickets.c.id == bindparam("its_ticket")).scalar_subquery()
_INSERT = Many(
    or_ignore(
        insert(schema.showings).values(
            message=bindparam("message"),
            key=bindparam("key"),
            address=bindparam("address"),
            urgency=bindparam("urgency"),
            about=bindparam("about"),
            ticket=bindparam("its_ticket"),
            wanted=func.coalesce(_VERSION_NOW, bindparam("drawn_version", type_=Integer)),
            drawn=bindparam("drawn_version", type_=Integer),
            drawn_hash=bindparam("drawn_hash"),
            given_up=0,
            attempts=0,
            maybe_sent=0,
            posted_at=bindparam("posted_at"),
            body=bindparam("body"),
        )
    )
)


def _claim() -> Any:
    now = bindparam("now", type_=_s.next_at.type)
    is_free = or_(
        _s.leased_at.is_(None),
        _s.epoch != bindparam("epoch_now"),
        _s.leased_at <= bindparam("lapsed", type_=_s.leased_at.type),
    )
    chosen = (
        select(_s.id)
        .where(
            IS_STALE,
            or_(_s.next_at.is_(None), _s.next_at <= now),
            is_free,
            _s.address.not_in(bindparam("busy", expanding=True)),
        )
        .order_by(_s.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(of=schema.showings, skip_locked=True)
    )
    return (
        update(schema.showings)
        .where(_s.id.in_(chosen))
        .values(
            attempts=_s.attempts + 1,
            next_at=null(),
            maybe_sent=case((_s.leased_at.is_not(None), 1), else_=_s.maybe_sent),
            epoch=bindparam("epoch_now"),
            leased_at=now,
        )
        .returning(*schema.showings.c)
    )


_CLAIM = _claim()

_THIS_TRY = and_(_s.id == bindparam("of"), _s.attempts == bindparam("tries"))
_DRAWN = case((bindparam("version", type_=Integer) == 0, _s.wanted), else_=bindparam("version", type_=Integer))
"""Version 0 is said when nothing needs to be drawn whatever the version: then all that is wanted is drawn."""

_FREE: Raw = {"epoch": null(), "leased_at": null()}
_SETTLED: Raw = {**_FREE, "drawn": _DRAWN, "attempts": 0, "maybe_sent": 0, "next_at": null(), "reason": null()}

_SENT = Many(
    update(schema.showings)
    .where(_THIS_TRY)
    .values(**_SETTLED, message=bindparam("posted"), drawn_hash=bindparam("shows"))
)
_MOOT = Many(update(schema.showings).where(_THIS_TRY).values(**_SETTLED))
_POSTPONED = Many(
    update(schema.showings)
    .where(_THIS_TRY)
    .values(
        **_FREE,
        next_at=bindparam("until"),
        maybe_sent=_s.maybe_sent.bitwise_or(bindparam("maybe", type_=SmallInteger)),
        reason=bindparam("why"),
    )
)
_BURIED = Many(update(schema.showings).where(_THIS_TRY).values(**_FREE, given_up=1, reason=bindparam("why")))


async def want(connection: AsyncConnection, changes: Sequence[Change]) -> None:
    """Every showing of a ticket that changed is to be drawn anew."""
    moved = [
        {"of": change.ticket.id, "version": change.ticket.version}
        for change in changes
        if change.events and not change.is_new
    ]
    await _WANT.run(connection, moved)


async def claim(
    connection: AsyncConnection, now: datetime, limit: int, busy: Collection[str], epoch: int
) -> list[Outgoing]:
    given = {
        "epoch_now": epoch,
        "now": codec.to_ms(now),
        "lapsed": codec.to_ms(now - LEASE),
        "busy": list(busy),
        "most": limit,
    }
    rows = (await connection.execute(_CLAIM, given)).all()
    return [_outgoing(row) for row in sorted(rows, key=lambda row: row.id)]


async def add(connection: AsyncConnection, posts: Sequence[Sent], now: datetime) -> None:
    """The live letters among these stand now; one whose ticket has moved on meanwhile is stale at once."""
    at = codec.to_ms(now)
    rows = [_row(sent, at) for sent in posts if sent.outgoing.letter.live]
    await _INSERT.run(connection, rows)


async def settle(connection: AsyncConnection, fates: Sequence[Fate]) -> None:
    """Fates of edits."""
    sent: list[Raw] = []
    moot: list[Raw] = []
    postponed: list[Raw] = []
    buried: list[Raw] = []
    for fate in fates:
        one: Raw = {"of": fate.outgoing.id, "tries": fate.outgoing.attempts}
        match fate:
            case Sent():
                sent.append({**one, "version": fate.version, "posted": fate.message, "shows": fate.drawn_hash})
            case Moot():
                moot.append({**one, "version": fate.version})
            case Postponed():
                until = codec.to_ms_after(fate.until)
                postponed.append({**one, "until": until, "maybe": int(fate.maybe_sent), "why": fate.reason})
            case Buried():
                buried.append({**one, "why": fate.reason})
    for statement, rows in ((_SENT, sent), (_MOOT, moot), (_POSTPONED, postponed), (_BURIED, buried)):
        await statement.run(connection, rows)


def _row(sent: Sent, at: int) -> Raw:
    columns = codec.letter_columns(sent.outgoing.letter)
    return {
        **columns,
        "its_ticket": columns.pop("ticket"),
        "message": sent.message,
        "drawn_version": sent.version,
        "drawn_hash": sent.drawn_hash,
        "posted_at": at,
    }


def _outgoing(row: AnyRow) -> Outgoing:
    return Outgoing(
        id=row.id,
        letter=codec.letter_of(row),
        written_at=codec.from_ms(row.posted_at),
        attempts=row.attempts,
        maybe_sent=bool(row.maybe_sent),
        message=row.message,
        drawn_hash=row.drawn_hash,
    )
