"""The ladder: a call that does not get out goes the next way of that person; with no way left, to the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from bot.domain.commands import Unreached
from bot.domain.ids import DESK, PersonId, TicketId
from bot.services.desk import Desk
from bot.services.ports import CallLetter, CallState, Reads, Timepiece, Unit

BURIED_WITHIN = timedelta(hours=1)
"""How far back letters that were given up are looked at: further back it has been seen to."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Hasten:
    """A chore: these letters need not wait for their time any more."""

    keys: tuple[str, ...]

    async def apply(self, unit: Unit) -> None:
        await unit.hasten(self.keys)


@dataclass(frozen=True, slots=True)
class Stuck:
    """A call of which no letter has got out in time: the next way to take, or none that is left."""

    ticket: TicketId
    entry: int
    person: PersonId
    next_way: str | None
    why: str


def stuck(letters: Sequence[CallLetter], patience: timedelta, now: datetime) -> Stuck | None:
    """What to do about one call, given all its letters in the order of the ways; None when one got out, when nothing
    is to be said any more, or when there is still time."""
    if not letters or any(one.state in (CallState.SENT, CallState.MOOT) for one in letters):
        return None
    tried = [one for one in letters if one.state is CallState.DEAD or one.due <= now]
    if any(one.state is CallState.WAITING and one.due + patience > now for one in tried):
        return None
    if not tried:
        return None
    left = next((one.key for one in letters if one not in tried), None)
    first = letters[0]
    ticket, entry, *_ = first.key.split(":")
    dead = all(one.state is CallState.DEAD for one in tried)
    why = "refused" if dead else "not_sent_in_time"
    return Stuck(TicketId(int(ticket)), int(entry), PersonId(first.reader.partition(":")[2]), left, why)


class Ladder:
    """Looks at calls that do not get out. What it has done stands in the outbox and in the history; looking twice does
    nothing twice."""

    def __init__(self, desk: Desk, reads: Reads, timepiece: Timepiece, *, on_letters: Callable[[], None]) -> None:
        """`on_letters` is told that there is something to send now."""
        self._desk = desk
        self._reads = reads
        self._time = timepiece
        self._on_letters = on_letters
        self._seen_to: set[tuple[int, int, str]] = set()

    async def look(self) -> None:
        """Every call that is stuck has gone its next way, or its person counts as not reached."""
        now = self._time.now()
        patience = self._desk.rules.manner.unsent_after
        shortest = min(patience.values(), default=timedelta(minutes=1))
        found = await self._reads.calls_in_trouble(now, waiting_since=now - shortest, buried_since=now - BURIED_WITHIN)
        hastened: list[str] = []
        for letters in _by_call(found):
            filed = await self._reads.ticket(letters[0].ticket)
            if filed is None or not filed.ticket.is_open:
                continue
            trouble = stuck(letters, patience.get(filed.ticket.priority, shortest), now)
            if trouble is None:
                continue
            if trouble.next_way is not None:
                hastened.append(trouble.next_way)
            else:
                await self._give_up(trouble)
        if hastened:
            await self._desk.chore(Hasten(tuple(hastened)))
            self._on_letters()

    async def _give_up(self, trouble: Stuck) -> None:
        name = (trouble.ticket, trouble.entry, str(trouble.person))
        if name in self._seen_to:
            return
        self._seen_to.add(name)
        log.error("person_not_reached", ticket=trouble.ticket, person=trouble.person, why=trouble.why)
        await self._desk.do(
            Unreached(by=DESK, ticket=trouble.ticket, person=trouble.person, entry=trouble.entry, why=trouble.why)
        )


def _by_call(letters: Iterable[CallLetter]) -> Iterator[list[CallLetter]]:
    for _, group in groupby(sorted(letters, key=_place), key=lambda one: _place(one)[0]):
        yield list(group)


def _place(letter: CallLetter) -> tuple[str, int]:
    """The call it belongs to, and which way it is."""
    base, is_way, number = letter.key.rpartition(":w")
    if is_way and number.isdigit():
        return base, int(number)
    return letter.key, 0
