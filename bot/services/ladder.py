"""The ladder: a call that does not get out goes the next way of that person; with no way left, to the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.commands import Unreached
from bot.domain.ids import DESK
from bot.services.desk import Desk
from bot.services.ports import Call, CallLetter, CallState, Reads, Timepiece, Unit

BURIED_WITHIN = timedelta(hours=1)
"""How far back letters that were given up are looked at: further back it has been seen to."""

REFUSED, NOT_IN_TIME = "refused", "not_sent_in_time"
"""Why somebody counts as not reached."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Hasten:
    """A chore: the time of these letters is now."""

    keys: tuple[str, ...]
    now: datetime

    async def apply(self, unit: Unit) -> None:
        await unit.hasten(self.keys, self.now)


def is_stuck(call: Call, patience: timedelta, now: datetime) -> bool:
    """No letter of it has got out, and every way whose time has come was refused or has had its time."""
    if any(one.state in (CallState.SENT, CallState.MOOT) for one in call.letters):
        return False
    tried = [one for one in call.letters if _is_tried(one, now)]
    return bool(tried) and all(one.state is CallState.DEAD or one.due + patience <= now for one in tried)


def next_way(call: Call, now: datetime) -> CallLetter | None:
    """The first way whose time has not come yet; None when there is none."""
    return next((one for one in call.letters if not _is_tried(one, now)), None)


class Ladder:
    """Looks at calls that do not get out. What it has done stands in the outbox and in the history; looking twice does
    nothing twice."""

    def __init__(self, desk: Desk, reads: Reads, timepiece: Timepiece, *, on_letters: Callable[[], None]) -> None:
        """`on_letters` is told that there is something to send now."""
        self._desk = desk
        self._reads = reads
        self._time = timepiece
        self._on_letters = on_letters
        self._given_up: frozenset[Call] = frozenset()

    async def look(self) -> None:
        """Every call that is stuck has gone its next way, or its person counts as not reached."""
        now, patience = self._time.now(), self._desk.rules.manner.unsent_after
        shortest = min(patience.values())
        found = await self._reads.calls_in_trouble(now, waiting_since=now - shortest, buried_since=now - BURIED_WITHIN)
        hastened: list[str] = []
        given_up: set[Call] = set()
        for call in found:
            filed = await self._reads.ticket(call.ticket)
            if filed is None or not filed.ticket.is_open or not is_stuck(call, patience[filed.ticket.priority], now):
                continue
            way = next_way(call, now)
            if way is not None:
                hastened.append(way.key)
                continue
            given_up.add(call)
            if call not in self._given_up:
                await self._give_up(call)
        self._given_up = frozenset(given_up)
        if hastened:
            await self._desk.chore(Hasten(tuple(hastened), now))
            self._on_letters()

    async def _give_up(self, call: Call) -> None:
        is_refused = all(one.state is CallState.DEAD for one in call.letters)
        why = REFUSED if is_refused else NOT_IN_TIME
        log.error("person_not_reached", ticket=call.ticket, person=call.person, why=why)
        await self._desk.do(Unreached(by=DESK, ticket=call.ticket, person=call.person, entry=call.entry, why=why))


def _is_tried(letter: CallLetter, now: datetime) -> bool:
    return letter.state is CallState.DEAD or letter.due <= now
