"""Questions to the database, each answered by an index, from what is committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.domain.covers import CoverRequest
from bot.domain.ids import CoverId, PersonId, Priority, TeamId, TicketId
from bot.domain.linking import LinkCode
from bot.services.ports import (
    LEASE,
    Call,
    DeadLetter,
    Entry,
    Filed,
    Letter,
    OpenCount,
    Profile,
    Road,
    Sheet,
    Tally,
    Vitals,
    Wake,
)
from storage import calls, codec, covers, cursors, inbox, links, outbox, roads, schema, sheets, showings, tally, vitals
from storage.codec import AnyRow
from storage.dialect import snapshot

Question = Select[*tuple[Any, ...]]

_t, _h, _o, _s, _i = (
    schema.tickets.c,
    schema.history.c,
    schema.outbox.c,
    schema.showings.c,
    schema.inbox.c,
)


def _at_once(*questions: Question) -> Question:
    """The answers of several questions as one row."""
    return select(*(question.scalar_subquery().label(f"answer_{n}") for n, question in enumerate(questions)))


_MOST = bindparam("most", type_=Integer)
_NOW = bindparam("now", type_=_t.wake_at.type)

_TICKET = select(schema.tickets).where(_t.id == bindparam("of"))
_OF_MESSAGE = (
    select(_s.ticket).where(_s.message == bindparam("message"), _s.ticket.is_not(None)).order_by(_s.id.desc()).limit(1)
)
_LETTER = select(schema.outbox).where(_o.key == bindparam("key"))
_HISTORY = select(schema.history).where(_h.ticket == bindparam("of")).order_by(_h.entry)
_DUE = select(_t.id, _t.wake_at).where(_t.wake_at <= _NOW).order_by(_t.wake_at, _t.id).limit(_MOST)
_NEXT_WAKE = select(func.min(_t.wake_at)).where(_t.wake_at.is_not(None))
_LEASE_MS = LEASE // codec.MS
_NEXT_LETTER = _at_once(
    select(func.min(_o.next_at)).where(_o.next_at.is_not(None), _o.next_at > _NOW),
    select(func.min(_o.leased_at) + _LEASE_MS).where(outbox.in_state(schema.SENDING), _o.leased_at > _NOW - _LEASE_MS),
    select(func.min(_s.next_at)).where(showings.IS_STALE, _s.next_at > _NOW),
    select(func.min(_s.leased_at) + _LEASE_MS).where(showings.IS_STALE, _s.leased_at > _NOW - _LEASE_MS),
)
_WAITING_ARRIVALS = select(func.count()).select_from(schema.inbox).where(inbox.IS_NEW)
_WAITING_LETTERS = _at_once(
    select(func.count()).select_from(schema.outbox).where(outbox.in_state(schema.QUEUED)),
    select(func.count()).select_from(schema.outbox).where(outbox.in_state(schema.SENDING)),
    select(func.count()).select_from(schema.showings).where(showings.IS_STALE),
)
_DEAD = (
    select(schema.outbox).where(outbox.in_state(schema.DEAD)).order_by(_o.settled_at.desc(), _o.id.desc()).limit(_MOST)
)
_PROFILES = select(schema.people).order_by(schema.people.c.person)
_OPEN_HELD = (
    select(func.count())
    .select_from(schema.tickets)
    .where(_t.is_open == literal_column("1"), _t.holder == bindparam("holder"))
)
_LAST_SEEN = select(schema.instance.c.last_seen)
_LAST_DIGEST = select(func.max(schema.digests.c.day)).where(schema.digests.c.team == bindparam("team"))


_OUTDATED = (
    select(schema.tickets)
    .where(
        _t.is_open == literal_column("1"),
        or_(_t.rules_version < bindparam("now_in_force"), _t.rules_version > bindparam("now_in_force")),
    )
    .order_by(_t.id)
    .limit(_MOST)
)


@cache
def listing(requester: bool, team: bool, holder: bool, only_open: bool) -> Question:
    """The question for a list with these filters."""
    asked = select(schema.tickets)
    if requester:
        asked = asked.where(_t.requester == bindparam("requester"))
    if team:
        asked = asked.where(_t.team == bindparam("team"))
    if holder:
        asked = asked.where(_t.holder == bindparam("holder"))
    if only_open:
        return asked.where(_t.is_open == literal_column("1")).order_by(_t.priority, _t.id).limit(_MOST)
    return asked.order_by(_t.id.desc()).limit(_MOST)


class SqlReads:
    """`bot.services.ports.Reads`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def ticket(self, ticket: TicketId) -> Filed | None:
        row = await self._first(_TICKET, {"of": ticket})
        return None if row is None else codec.filed_of(row)

    async def tickets(
        self,
        *,
        requester: PersonId | None = None,
        team: TeamId | None = None,
        holder: PersonId | None = None,
        only_open: bool = True,
        limit: int = 50,
    ) -> list[Filed]:
        """Open ones by priority, the oldest first; all of them the newest first."""
        asked = {"requester": requester, "team": team, "holder": holder}
        question = listing(requester is not None, team is not None, holder is not None, only_open)
        given = {name: value for name, value in asked.items() if value is not None}
        return [codec.filed_of(row) for row in await self._all(question, {**given, "most": limit})]

    async def outdated(self, rules_version: str, limit: int) -> list[Filed]:
        return [
            codec.filed_of(row) for row in await self._all(_OUTDATED, {"now_in_force": rules_version, "most": limit})
        ]

    async def ticket_of_message(self, message: str) -> TicketId | None:
        row = await self._first(_OF_MESSAGE, {"message": message})
        return None if row is None else TicketId(row.ticket)

    async def letter(self, key: str) -> Letter | None:
        row = await self._first(_LETTER, {"key": key})
        return None if row is None else codec.letter_of(row)

    async def history(self, ticket: TicketId) -> list[Entry]:
        return [codec.entry_of(row) for row in await self._all(_HISTORY, {"of": ticket})]

    async def due(self, now: datetime, limit: int) -> list[Wake]:
        rows = await self._all(_DUE, {"now": codec.to_ms(now), "most": limit})
        return [Wake(TicketId(row.id), codec.from_ms(row.wake_at)) for row in rows]

    async def next_wake(self) -> datetime | None:
        return codec.maybe_moment(await self._one(_NEXT_WAKE))

    async def next_letter(self, now: datetime) -> datetime | None:
        """Of a letter that is being sent, the moment at which its lease lapses."""
        rows = await self._all(_NEXT_LETTER, {"now": codec.to_ms(now)})
        return codec.maybe_moment(min((at for at in rows[0] if at is not None), default=None))

    async def waiting_arrivals(self) -> int:
        return int(await self._one(_WAITING_ARRIVALS))

    async def cursor(self, name: str) -> str | None:
        row = await self._first(cursors.ONE, {"of": name})
        return None if row is None else str(row.value)

    async def sheets(self, platform: str) -> list[Sheet]:
        return [sheets.sheet_of(row) for row in await self._all(sheets.OF_PLATFORM, {"theirs": f"{platform}:%"})]

    async def waiting_letters(self) -> int:
        """Letters that are not settled, and edits that are owed."""
        return sum((await self._all(_WAITING_LETTERS))[0])

    async def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """The latest dead first."""
        return [outbox.dead_letter_of(row) for row in await self._all(_DEAD, {"most": limit})]

    async def profiles(self) -> list[Profile]:
        return [codec.profile_of(row) for row in await self._all(_PROFILES)]

    async def codes(self, now: datetime) -> list[LinkCode]:
        return [links.code_of(row) for row in await self._all(links.CODES, {"after": codec.to_ms(now)})]

    async def wrong_codes(self, identity: str, after: datetime) -> list[datetime]:
        return links.wrong_of(await self._all(links.WRONG, {"of": identity, "after": codec.to_ms(after)}))

    async def last_seen(self) -> datetime | None:
        return codec.maybe_moment(await self._one(_LAST_SEEN))

    async def covers(self, ending_after: datetime) -> list[CoverRequest]:
        rows = await self._all(covers.ENDING_AFTER, {"moment": codec.to_ms(ending_after)})
        return covers.requests_of(rows)

    async def cover(self, cover: CoverId) -> CoverRequest | None:
        row = await self._first(covers.ONE, {"of": cover})
        return None if row is None else covers.request_of(row)

    async def open_held(self, holder: PersonId) -> int:
        return int(await self._one(_OPEN_HELD, {"holder": holder}))

    async def roads(self) -> list[Road]:
        return [roads.road_of(row) for row in await self._all(roads.ALL)]

    async def calls_in_trouble(self, now: datetime, *, waiting_since: datetime, buried_since: datetime) -> list[Call]:
        async with self._engine.connect() as connection:
            return await calls.in_trouble(connection, waiting_since, buried_since, now)

    async def open_counts(self) -> list[OpenCount]:
        rows = await self._all(vitals.OPEN_COUNTS)
        return [OpenCount(TeamId(row.team), Priority(row.priority), row.amount) for row in rows]

    async def vitals(self, now: datetime, *, late: timedelta, late_pages: timedelta, late_letters: timedelta) -> Vitals:
        """All of it seen at one moment."""
        async with self._engine.connect() as connection:
            return await vitals.read(connection, now, late, late_pages, late_letters)

    async def to_check(self, *, asleep_after: TicketId, after: TicketId, limit: int) -> list[Filed]:
        async with self._engine.connect() as connection:
            return await vitals.to_check(connection, asleep_after=asleep_after, after=after, limit=limit)

    async def last_digest(self, team: TeamId) -> date | None:
        day = await self._one(_LAST_DIGEST, {"team": team})
        return None if day is None else date.fromisoformat(day)

    async def tally(self, team: TeamId, since: datetime, until: datetime) -> Tally:
        """All of it seen at one moment."""
        async with self._engine.connect() as connection:
            await snapshot(connection)
            return await tally.count(connection, team, since, until)

    async def _all(self, question: Question, given: Mapping[str, Any] | None = None) -> Sequence[AnyRow]:
        async with self._engine.connect() as connection:
            return (await connection.execute(question, given or {})).all()

    async def _first(self, question: Question, given: Mapping[str, Any]) -> AnyRow | None:
        async with self._engine.connect() as connection:
            return (await connection.execute(question, given)).first()

    async def _one(self, question: Question, given: Mapping[str, Any] | None = None) -> Any:
        async with self._engine.connect() as connection:
            return (await connection.execute(question, given or {})).scalar_one()
