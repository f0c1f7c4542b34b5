"""What an auditor wants to know of the database, each question answered by an index over what is still to do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, bindparam, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import TicketId
from bot.services.ports import Filed, Lag, Vitals
from storage import codec, inbox, outbox, schema
from storage.dialect import snapshot

_t, _o, _i = schema.tickets.c, schema.outbox.c, schema.inbox.c

_NOW = bindparam("now", type_=_t.wake_at.type)
_MOST = bindparam("most", type_=Integer)
_IS_OPEN = _t.is_open == literal_column("1")

_OVERDUE = select(func.count(), func.min(_t.wake_at)).where(_t.wake_at < bindparam("due_by", type_=_t.wake_at.type))
_UNHANDLED = select(func.count(), func.min(_i.at)).where(inbox.IS_NEW, _i.at < bindparam("came_by", type_=_i.at.type))
_ASIDE = select(func.count()).select_from(schema.inbox).where(_i.state == literal_column(f"'{schema.ASIDE}'"))
_BURIED = (
    select(func.count())
    .select_from(schema.outbox)
    .where(outbox.in_state(schema.DEAD), _o.settled_at >= bindparam("died_since", type_=_o.settled_at.type))
)

OPEN_COUNTS = (
    select(_t.team, _t.priority, func.count().label("amount"))
    .where(_IS_OPEN)
    .group_by(_t.team, _t.priority)
    .order_by(_t.team, _t.priority)
)
NOTHING_AHEAD = select(schema.tickets).where(_IS_OPEN, _t.wake_at.is_(None), _t.id > bindparam("after")).order_by(_t.id)
OPEN_AFTER = select(schema.tickets).where(_IS_OPEN, _t.id > bindparam("after")).order_by(_t.id)


def _unsent(turn: int) -> Any:
    """Letters that may go and are older than they should be."""
    return select(func.count(), func.min(_o.written_at)).where(
        outbox.in_state(schema.QUEUED),
        _o.turn == literal_column(str(turn)),
        _o.written_at < bindparam("written_by", type_=_o.written_at.type),
        or_(_o.next_at.is_(None), _o.holds == literal_column("1"), _o.next_at < bindparam("written_by")),
    )


_UNSENT_PAGES, _UNSENT_LETTERS = _unsent(0), _unsent(1)


async def read(
    connection: AsyncConnection, now: datetime, late: timedelta, late_pages: timedelta, late_letters: timedelta
) -> Vitals:
    """All of it seen at one moment."""
    await snapshot(connection)

    async def lag(question: Any, given: dict[str, Any]) -> Lag:
        count, since = (await connection.execute(question, given)).one()
        return Lag(count, codec.maybe_moment(since))

    by = codec.to_ms(now - late)
    return Vitals(
        overdue=await lag(_OVERDUE, {"due_by": by}),
        unhandled=await lag(_UNHANDLED, {"came_by": by}),
        unsent_pages=await lag(_UNSENT_PAGES, {"written_by": codec.to_ms(now - late_pages)}),
        unsent_letters=await lag(_UNSENT_LETTERS, {"written_by": codec.to_ms(now - late_letters)}),
        buried=(await connection.execute(_BURIED, {"died_since": codec.to_ms(now - timedelta(hours=1))})).scalar_one(),
        aside=(await connection.execute(_ASIDE)).scalar_one(),
    )


async def to_check(connection: AsyncConnection, *, asleep_after: TicketId, after: TicketId, limit: int) -> list[Filed]:
    """Open tickets to work out anew: those that nothing will wake come first, then the next of all."""
    asleep = await connection.execute(NOTHING_AHEAD.limit(_MOST), {"after": asleep_after, "most": limit})
    others = await connection.execute(OPEN_AFTER.limit(_MOST), {"after": after, "most": limit})
    return [codec.filed_of(row) for row in (*asleep.all(), *others.all())]
