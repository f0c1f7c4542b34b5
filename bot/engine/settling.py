"""What became of letters is told to the door: whatever is known at the same time, in one chore."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import structlog

from bot.services import failpoint
from bot.services.chores import SettleLetters
from bot.services.desk import Chore
from bot.services.ports import Fate, Fenced, NotSaved, Timepiece

BEFORE_SETTLE = failpoint.declare("relay.before_settle")
AFTER_SETTLE = failpoint.declare("relay.after_settle")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Door(Protocol):
    """The desk, as far as the relay uses it."""

    async def chore(self, chore: Chore[T]) -> T:
        """The chore is committed."""


@dataclass(frozen=True, slots=True)
class _Share:
    fates: Sequence[Fate]
    settled: asyncio.Future[None]


class Settling:
    """Collects while the door is busy."""

    def __init__(self, door: Door, timepiece: Timepiece) -> None:
        self._door = door
        self._time = timepiece
        self._waiting: list[_Share] = []
        self._rung = asyncio.Event()
        self._closing = False

    async def settle(self, fates: Sequence[Fate]) -> None:
        """They are on record, however long the store cannot write."""
        pause_s = FIRST_PAUSE_S
        while fates:
            share = _Share(fates, asyncio.get_running_loop().create_future())
            self._waiting.append(share)
            self._rung.set()
            try:
                return await share.settled
            except NotSaved as trouble:
                log.warning("fates_wait", fates=len(fates), why=str(trouble), pause_s=pause_s)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def run(self) -> None:
        """Writes until `close`, and then what is left. Raises Fenced when another instance has taken over."""
        while not (self._closing and not self._waiting):
            await self._rung.wait()
            if not self._closing:
                self._rung.clear()
            shares, self._waiting = self._waiting, []
            if shares:
                await self._write(shares)

    def close(self) -> None:
        """Nothing more comes."""
        self._closing = True
        self._rung.set()

    async def _write(self, shares: Sequence[_Share]) -> None:
        """Together; when that fails, each alone, so that one that cannot be written does not hold up the others."""
        failpoint.hit(BEFORE_SETTLE)
        fates = [fate for share in shares for fate in share.fates]
        chore = self._door.chore(SettleLetters(fates, self._time.now()))
        (failure,) = await asyncio.gather(chore, return_exceptions=True)
        if isinstance(failure, Fenced | asyncio.CancelledError):
            raise failure
        if isinstance(failure, Exception) and len(shares) > 1:
            for share in shares:
                await self._write([share])
            return
        failpoint.hit(AFTER_SETTLE)
        for share in shares:
            if share.settled.done():
                continue  # whoever waited has gone
            if isinstance(failure, Exception):
                share.settled.set_exception(failure)
            else:
                share.settled.set_result(None)
