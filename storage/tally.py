"""What a period brought one team, counted for its digest."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.commands import Downtime
from bot.domain.events import Acknowledged, Assigned, Broken, Commented, Moved, Raised, Rated
from bot.domain.ids import DONE, Status, TeamId
from bot.domain.kinds import DRILL
from bot.domain.sla import Clock, MarkKind
from bot.domain.ticket import Ticket
from bot.services.ports import Tally
from storage import codec, outbox, schema
from storage.codec import AnyRow

T = TypeVar("T")

_t, _h, _x, _o = schema.tickets.c, schema.history.c, schema.outages.c, schema.outbox.c
_SINCE = bindparam("since", type_=_h.at.type)
_UNTIL = bindparam("until", type_=_h.at.type)
_IN_PERIOD = (_h.at >= _SINCE, _h.at < _UNTIL)

OPEN = (
    select(schema.tickets)
    .where(
        _t.team == bindparam("team"), _t.is_open == literal_column("1"), _t.kind != literal_column(f"'{DRILL.code}'")
    )
    .order_by(_t.priority, _t.id)
)
_IS_WORK = _t.kind != literal_column(f"'{DRILL.code}'")
"""Drills are no part of any figure."""

_ITS_TEAM = select(_t.team).where(_t.id == _h.ticket, _IS_WORK).correlate(schema.history).scalar_subquery()
"""Asked line by line of the period. As a join it would be answered by going through all tickets of the team."""

HAPPENED = (
    select(_h.name, _h.facts)
    .where(
        *_IN_PERIOD,
        _h.name.in_([Raised.name, Moved.name, Broken.name, Rated.name]),
        bindparam("team") == _ITS_TEAM,
    )
    .order_by(_h.seq)
)
_WORK = [Acknowledged.name, Assigned.name, Commented.name, Moved.name]
"""The events in which a promise can be kept."""

TOUCHED = select(schema.tickets).where(
    _t.id.in_(select(_h.ticket).where(*_IN_PERIOD, _h.name.in_(_WORK))), _t.team == bindparam("team")
)
DOWN = select(_x.since, _x.until).where(_x.until > _SINCE, _x.since < _UNTIL).order_by(_x.since)
DIED = (
    select(func.count())
    .select_from(schema.outbox)
    .where(outbox.in_state(schema.DEAD), _o.settled_at >= _SINCE, _o.settled_at < _UNTIL)
)
SEAL = select(schema.instance.c.head_seal)

ROWS_AT_ONCE = 200

_ANSWERS = frozenset({MarkKind.RESPOND, MarkKind.REPLY, MarkKind.RESOLVE})


async def count(connection: AsyncConnection, team: TeamId, since: datetime, until: datetime) -> Tally:
    """The tickets are those the team has now. Dead letters are those of the whole desk; a downtime is cut to the
    period."""
    period: Mapping[str, Any] = {"since": codec.to_ms(since), "until": codec.to_ms(until)}
    of_team = {**period, "team": team}
    happened = [(row.name, codec.from_json(row.facts)) for row in (await connection.execute(HAPPENED, of_team)).all()]
    moved_to = Counter(Status(facts["to"]) for name, facts in happened if name == Moved.name)
    touched = await _read((await connection.execute(TOUCHED, of_team)).all(), codec.touched_of)
    waiting = await _read((await connection.execute(OPEN, {"team": team})).all(), codec.filed_of)
    return Tally(
        open_tickets=tuple(waiting),
        raised=sum(name == Raised.name for name, _ in happened),
        done=sum(moved_to[status] for status in DONE),
        kept=Counter(clock for ticket, promised in touched for clock in _kept(ticket, promised, since, until)),
        broken=Counter(facts["clock"] for name, facts in happened if name == Broken.name),
        cancelled=moved_to[Status.CANCELLED],
        ratings=tuple(facts["stars"] for name, facts in happened if name == Rated.name),
        outages=tuple(_cut(row, since, until) for row in (await connection.execute(DOWN, period)).all()),
        dead_letters=(await connection.execute(DIED, period)).scalar_one(),
        seal=(await connection.execute(SEAL)).scalar_one(),
    )


async def _read(rows: Sequence[AnyRow], read: Callable[[AnyRow], T]) -> list[T]:
    """In parts, so that a team with very many tickets holds up nobody else."""
    values: list[T] = []
    for first in range(0, len(rows), ROWS_AT_ONCE):
        values += map(read, rows[first : first + ROWS_AT_ONCE])
        await asyncio.sleep(0)
    return values


def _kept(ticket: Ticket, promised: int, since: datetime, until: datetime) -> Iterable[str]:
    """The first response and the resolution, when they were promised, came in the period and no breach of them is on
    record. Reopened again is not resolved."""
    answered = next((mark.at for mark in ticket.marks if mark.what in _ANSWERS), None)
    if promised & codec.RESPONSE and _is_in(answered, since, until) and not _is_broken(ticket, Clock.RESPONSE):
        yield Clock.RESPONSE.value
    ends = [mark for mark in ticket.marks if mark.what in (MarkKind.RESOLVE, MarkKind.REOPEN)]
    resolved = ends[-1].at if ends and ends[-1].what is MarkKind.RESOLVE else None
    if promised & codec.RESOLUTION and _is_in(resolved, since, until) and not _is_broken(ticket, Clock.RESOLUTION):
        yield Clock.RESOLUTION.value


def _is_in(moment: datetime | None, since: datetime, until: datetime) -> bool:
    return moment is not None and since <= moment < until


def _is_broken(ticket: Ticket, clock: Clock) -> bool:
    return any(said.startswith(f"broken:{clock}:") for said in ticket.said)


def _cut(row: AnyRow, since: datetime, until: datetime) -> Downtime:
    return Downtime(max(codec.from_ms(row.since), since), min(codec.from_ms(row.until), until))
