"""One transaction on the writing connection: everything a batch writes, set by set, and what it reads for that."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.commands import Downtime
from bot.domain.covers import CoverRequest
from bot.domain.ids import CoverId, PersonId, PolicyId, TeamId, TicketId
from bot.domain.linking import REMEMBERED_FOR, LinkCode
from bot.domain.rules import Policy
from bot.domain.ticket import Ticket
from bot.services.ports import (
    Arrival,
    Change,
    Cursor,
    Fate,
    Fenced,
    Letter,
    Outgoing,
    Pending,
    Profile,
    Road,
    Sent,
    Sheet,
)
from storage import (
    calls,
    codec,
    covers,
    cursors,
    digests,
    history,
    inbox,
    links,
    outbox,
    people,
    roads,
    schema,
    sheets,
    showings,
)
from storage import policies as kept
from storage.codec import Raw
from storage.dialect import Many
from storage.history import Head

MOST_IN_ONE_QUESTION = 5000
"""Keys asked for in one statement; databases have a limit on their number."""

_t = schema.tickets.c
_one = schema.instance.c

_LOAD = select(schema.tickets).where(_t.id.in_(bindparam("ids", expanding=True)))
_LAST_NUMBER = select(func.max(_t.id))
_INSERT = Many(insert(schema.tickets))

_INSTANCE = select(_one.epoch, _one.head_seq, _one.head_seal, _one.last_seen).with_for_update()
"""Where several could write at once, they queue here; in SQLite the transaction has the right to write already."""
_UPDATE_INSTANCE = update(schema.instance).where(_one.id == schema.THE_ONE)


def _replace() -> Any:
    written: dict[Any, Any] = {
        column: bindparam(f"new_{column.name}") for column in schema.tickets.c if column.name != "id"
    }
    promised = _t.promised.bitwise_or(bindparam("new_promised", type_=_t.promised.type))
    return update(schema.tickets).where(_t.id == bindparam("of")).values(written | {_t.promised: promised})


_REPLACE = Many(_replace())


class SqlUnit:
    """`bot.services.ports.Unit`."""

    def __init__(self, connection: AsyncConnection, epoch: int, head: Head, last_seen: int | None) -> None:
        self.connection = connection
        self._epoch = epoch
        self._head = head
        self._last_seen = last_seen
        self._moved: Raw = {}

    @classmethod
    async def begin(cls, connection: AsyncConnection, epoch: int) -> SqlUnit:
        """Raises Fenced when another instance has opened the database after `epoch`."""
        row = (await connection.execute(_INSTANCE)).one()
        if row.epoch != epoch:
            raise Fenced(f"this is instance {epoch} of the database; instance {row.epoch} has opened it since")
        return cls(connection, epoch, Head(row.head_seq, row.head_seal), row.last_seen)

    async def finish(self) -> None:
        """What belongs to the whole batch is written; only the commit is missing."""
        if self._moved:
            await self.connection.execute(_UPDATE_INSTANCE, self._moved)

    async def load(self, tickets: Collection[TicketId]) -> dict[TicketId, Ticket]:
        wanted = list(tickets)
        found: dict[TicketId, Ticket] = {}
        for first in range(0, len(wanted), MOST_IN_ONE_QUESTION):
            asked = {"ids": wanted[first : first + MOST_IN_ONE_QUESTION]}
            for row in (await self.connection.execute(_LOAD, asked)).all():
                found[TicketId(row.id)] = codec.ticket_of(row)
        return found

    async def last_number(self) -> int:
        return (await self.connection.execute(_LAST_NUMBER)).scalar_one() or 0

    async def save(self, changes: Sequence[Change]) -> None:
        new = [codec.ticket_row(change) for change in changes if change.is_new]
        await _INSERT.run(self.connection, new)
        old = [_for_update(codec.ticket_row(change)) for change in changes if not change.is_new]
        await _REPLACE.run(self.connection, old)
        lines, head = history.chain(self._head, changes)
        if lines:
            await history.INSERT.run(self.connection, lines)
            self._head = head
            self._moved |= {"head_seq": head.seq, "head_seal": head.seal}
        await showings.want(self.connection, changes)

    async def post(self, letters: Sequence[Letter], now: datetime) -> None:
        await outbox.post(self.connection, letters, now)

    async def keep(self, arrivals: Sequence[Arrival]) -> list[bool]:
        return await inbox.keep(self.connection, arrivals)

    async def pending(self, limit: int, after: int = 0) -> list[Pending]:
        return await inbox.pending(self.connection, limit, after)

    async def begun(self, arrival: str) -> int:
        return await inbox.begun(self.connection, arrival)

    async def handled(self, arrivals: Collection[str]) -> None:
        await inbox.handled(self.connection, arrivals)

    async def quarantine(self, arrival: str, reason: str) -> None:
        await inbox.quarantine(self.connection, arrival, reason)

    async def put_cursors(self, marks: Sequence[Cursor], now: datetime) -> None:
        await cursors.put(self.connection, marks, now)

    async def put_sheets(self, filled: Sequence[Sheet]) -> None:
        await sheets.put(self.connection, filled)

    async def claim(self, now: datetime, limit: int, busy: Collection[str]) -> list[Outgoing]:
        posts = await outbox.claim(self.connection, now, limit, busy, self._epoch)
        if len(posts) >= limit:
            return posts
        return [*posts, *await showings.claim(self.connection, now, limit - len(posts), busy, self._epoch)]

    async def settle(self, fates: Sequence[Fate], now: datetime) -> None:
        posts = [fate for fate in fates if fate.outgoing.message is None]
        await outbox.settle(self.connection, posts, now)
        await showings.add(self.connection, [fate for fate in posts if isinstance(fate, Sent)], now)
        await showings.settle(self.connection, [fate for fate in fates if fate.outgoing.message is not None])

    async def replay(self, dead: Collection[int], now: datetime) -> int:
        return await outbox.replay(self.connection, dead, now)

    async def remember(self, profiles: Sequence[Profile]) -> None:
        await people.remember(self.connection, profiles)

    async def profiles_of(self, wanted: Collection[PersonId]) -> dict[PersonId, Profile]:
        return await people.known(self.connection, wanted)

    async def register(self, profiles: Sequence[Profile]) -> None:
        await people.register(self.connection, profiles)

    async def give_code(self, code: LinkCode) -> None:
        await links.add(self.connection, code)

    async def codes(self, now: datetime) -> list[LinkCode]:
        return await links.codes(self.connection, now)

    async def use_code(self, code: int, by: str, now: datetime) -> bool:
        return await links.use(self.connection, code, by, now)

    async def wrong_codes(self, identity: str, after: datetime) -> list[datetime]:
        return await links.wrong(self.connection, identity, after)

    async def wrong_code(self, identity: str, now: datetime) -> None:
        await links.add_wrong(self.connection, identity, now, now - REMEMBERED_FOR)

    async def saw(self, now: datetime) -> None:
        at = codec.to_ms(now)
        if self._last_seen is None or at > self._last_seen:
            self._last_seen = at
            self._moved["last_seen"] = at

    async def hasten(self, keys: Sequence[str], now: datetime) -> None:
        await calls.hasten(self.connection, keys, now)

    async def keep_roads(self, known: Sequence[Road]) -> None:
        await roads.keep(self.connection, known)

    async def covers(self, ending_after: datetime) -> list[CoverRequest]:
        rows = await self.connection.execute(covers.ENDING_AFTER, {"moment": codec.to_ms(ending_after)})
        return covers.requests_of(rows.all())

    async def cover(self, cover: CoverId) -> CoverRequest | None:
        row = (await self.connection.execute(covers.ONE, {"of": cover})).first()
        return None if row is None else covers.request_of(row)

    async def add_covers(self, requests: Sequence[CoverRequest]) -> list[CoverId]:
        return await covers.add(self.connection, requests)

    async def change_covers(self, requests: Sequence[CoverRequest]) -> None:
        await covers.change(self.connection, requests)

    async def outage(self, down: Downtime) -> None:
        await digests.add_outage(self.connection, down)

    async def keep_policies(self, policies: Sequence[Policy]) -> None:
        await kept.keep(self.connection, policies)

    async def kept_policies(self) -> dict[PolicyId, Policy]:
        return await kept.kept(self.connection)

    async def mark_digest(self, team: TeamId, day: date) -> bool:
        return await digests.mark(self.connection, team, day)


def _for_update(row: Raw) -> Raw:
    return {"of": row.pop("id"), **{f"new_{name}": value for name, value in row.items()}}
