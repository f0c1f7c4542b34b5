"""Long polling of our own: what came is on the disk before Telegram is asked for more, which is how it is confirmed.

The library's poller confirms what it only holds in memory, and one odd update or refused token ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from telegram.error import Conflict, InvalidToken

from bot.platforms.telegram.api import AT_MOST, Api
from bot.platforms.telegram.knock import number_in
from bot.platforms.telegram.listen import Listener, WholeIntake
from bot.platforms.telegram.memory import Memory
from bot.platforms.telegram.trouble import FAULTS, Flooded, Unreadable
from bot.services.ports import NotSaved

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often what is tried, and how long what is waited for."""

    long_poll: timedelta = timedelta(seconds=25)
    refused: timedelta = timedelta(seconds=30)
    """After a token was not accepted."""
    conflict: timedelta = timedelta(seconds=3)
    first_pause: timedelta = timedelta(seconds=1)
    longest_pause: timedelta = timedelta(seconds=30)
    look_around: timedelta = timedelta(minutes=1)
    """How often Telegram is asked what it thinks of us."""
    two_pollers_after: timedelta = timedelta(seconds=60)


@dataclass(slots=True)
class State:
    """What is known of the way in."""

    ok_at: datetime | None = None
    """When Telegram answered last."""
    conflict_since: datetime | None = None
    refused_since: datetime | None = None
    failing_since: datetime | None = None
    trouble: str = ""

    def fine(self, now: datetime) -> None:
        """Telegram answers."""
        self.ok_at, self.trouble = now, ""
        self.conflict_since = self.refused_since = self.failing_since = None

    def failed(self, fault: Exception, now: datetime) -> None:
        """It does not, or not to us."""
        self.failing_since = self.failing_since or now
        self.conflict_since = (self.conflict_since or now) if isinstance(fault, Conflict) else None
        self.refused_since = (self.refused_since or now) if isinstance(fault, InvalidToken) else None
        trouble = _named(fault)
        if trouble != self.trouble:
            log.error("telegram_does_not_answer_us", why=trouble)
        self.trouble = trouble


class Poller:
    """Asks again and again; nothing but being cancelled ends it."""

    def __init__(
        self, api: Api, listener: Listener, memory: Memory, state: State, rhythm: Rhythm, now: Callable[[], datetime]
    ) -> None:
        self._api = api
        self._listener = listener
        self._memory = memory
        self._state = state
        self._rhythm = rhythm
        self._now = now
        self._limit = AT_MOST
        self._failures = 0

    async def run(self, intake: WholeIntake) -> None:
        """For ever. An update is confirmed by the next question only, and that comes after the commit."""
        while True:
            try:
                await self._round(intake)
            except NotSaved as trouble:
                log.warning("telegram_not_kept", why=type(trouble).__name__)
                self._failures += 1
                await asyncio.sleep(self._doubled().total_seconds())

    async def _round(self, intake: WholeIntake) -> None:
        offset = await self._memory.offset(self._listener.me.id, self._now())
        try:
            updates = await self._api.updates(offset, self._rhythm.long_poll, self._limit)
        except Unreadable as odd:
            await self._one_by_one(odd, intake)
        except FAULTS as fault:
            await self._failed(fault)
        else:
            self._state.fine(self._now())
            await self._listener.take(updates, intake, self._now())
            self._limit, self._failures = AT_MOST, 0

    async def _one_by_one(self, odd: Unreadable, intake: WholeIntake) -> None:
        """An answer that is no JSON: asked for one update at a time, the one to blame is found and put aside."""
        if self._limit > 1:
            self._limit = 1
            return
        number = number_in(odd.text)
        if number is None:
            await self._failed(odd)
            return
        self._limit = AT_MOST
        await self._listener.take_unreadable(odd.text, number, intake, self._now())

    async def _failed(self, fault: Exception) -> None:
        self._failures += 1
        self._state.failed(fault, self._now())
        await asyncio.sleep(self._pause(fault).total_seconds())

    def _pause(self, fault: Exception) -> timedelta:
        match fault:
            case InvalidToken():
                return self._rhythm.refused
            case Conflict():
                return self._rhythm.conflict
            case Flooded(wait=wait):
                return wait
            case _:
                return self._doubled()

    def _doubled(self) -> timedelta:
        doubled = self._rhythm.first_pause * float(1 << min(self._failures - 1, 10))
        return min(doubled, self._rhythm.longest_pause)


def _named(fault: Exception) -> str:
    match fault:
        case InvalidToken():
            return "Telegram does not accept the token"
        case Conflict():
            return "somebody else reads for the same bot"
        case _:
            return f"no answer: {type(fault).__name__}"
