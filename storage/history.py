"""The record of everything that happened: one chain over all tickets, in which a change to the past shows.

The seal of a line is the SHA-256 of the seal before it and of the line as canonical JSON, so that each line answers for
all before it. Where the chain ends is kept in `instance`, so that a tail cannot be cut off unseen; and whoever wrote
down a seal (every digest shows one) can prove more than the file itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

import orjson
from sqlalchemy import Integer, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import TicketId
from bot.services.ports import Change
from storage import codec, schema
from storage.codec import AnyRow, Raw
from storage.dialect import Many

FIRST_SEAL = "0" * 64
"""What stands before the first line."""

LINES_AT_ONCE = 2000

INSERT = Many(insert(schema.history))

_AFTER = (
    select(schema.history)
    .where(schema.history.c.seq > bindparam("after"))
    .order_by(schema.history.c.seq)
    .limit(bindparam("most", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends: the number and the seal of its last line."""

    seq: int = 0
    seal: str = FIRST_SEAL


class Fault(StrEnum):
    """What is wrong with the first line that is wrong."""

    CHANGED = "changed"
    MISSING = "missing"
    OUT_OF_ORDER = "out_of_order"


@dataclass(frozen=True, slots=True)
class Break:
    """The first broken link: line `seq` of the whole chain. Ticket and entry are those found there, if any line is."""

    fault: Fault
    seq: int
    ticket: TicketId | None = None
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: so many lines are whole, and the first that is not."""

    lines: int
    seal: str
    """The seal of the last line that is whole."""
    broken: Break | None


def chain(head: Head, changes: Iterable[Change]) -> tuple[list[Raw], Head]:
    """The lines for these changes as rows, and where the chain ends then."""
    rows: list[Raw] = []
    seq, seal = head.seq, head.seal
    for change in changes:
        ticket = change.ticket
        entry = ticket.entries - len(change.events)
        for event in change.events:
            seq, entry = seq + 1, entry + 1
            row: Raw = {
                "seq": seq,
                "ticket": ticket.id,
                "entry": entry,
                "at": codec.to_ms(event.at),
                "by": event.by,
                "name": event.name,
                "facts": codec.event_facts(event),
            }
            seal = sealed(seal, row)
            row["seal"] = seal
            rows.append(row)
    return rows, Head(seq, seal)


def sealed(before: str, row: Raw) -> str:
    """The seal of a line. It covers every column, the facts exactly as they are written."""
    line = orjson.dumps({**row, "facts": orjson.Fragment(row["facts"])}, option=orjson.OPT_SORT_KEYS)
    return sha256(before.encode() + line).hexdigest()


async def verify(connection: AsyncConnection) -> Verdict:
    """The whole chain is walked; it may be long, but only a part of it is in memory at a time. The connection reads
    one moment."""
    one = schema.instance.c
    head = (await connection.execute(select(one.head_seq, one.head_seal))).one()
    walk = _Walk()
    while rows := (await connection.execute(_AFTER, {"after": walk.seq, "most": LINES_AT_ONCE})).all():
        for row in rows:
            broken = walk.step(row)
            if broken is not None:
                return Verdict(walk.seq, walk.seal, broken)
    return Verdict(walk.seq, walk.seal, _end(walk, Head(head.head_seq, head.head_seal)))


class _Walk:
    """Line after line from the beginning."""

    def __init__(self) -> None:
        self.seq = 0
        self.seal = FIRST_SEAL
        self._entries: dict[int, int] = {}

    def step(self, row: AnyRow) -> Break | None:
        if row.seq != self.seq + 1:
            return Break(Fault.MISSING, self.seq + 1)
        in_order = row.entry == self._entries.get(row.ticket, 0) + 1
        if not _is_whole(self.seal, row):
            fault = Fault.CHANGED if in_order else Fault.OUT_OF_ORDER
            return Break(fault, row.seq, TicketId(row.ticket), row.entry)
        if not in_order:
            return Break(Fault.OUT_OF_ORDER, row.seq, TicketId(row.ticket), row.entry)
        self.seq, self.seal = row.seq, row.seal
        self._entries[row.ticket] = row.entry
        return None


def _is_whole(before: str, row: AnyRow) -> bool:
    line = {name: getattr(row, name) for name in ("seq", "ticket", "entry", "at", "by", "name", "facts")}
    try:
        return bool(sealed(before, line) == row.seal)
    except (TypeError, ValueError):  # what stands there cannot have come from us
        return False


def _end(walk: _Walk, head: Head) -> Break | None:
    if walk.seq < head.seq:
        return Break(Fault.MISSING, walk.seq + 1)
    if (walk.seq, walk.seal) != (head.seq, head.seal):
        return Break(Fault.CHANGED, walk.seq)
    return None
