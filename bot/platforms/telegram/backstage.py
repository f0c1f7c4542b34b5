"""Small things done after an update is kept: a button answered, a question asked; in order within one lane."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)

Work = Callable[[], Coroutine[Any, Any, None]]


class Backstage:
    """Runs what it is given, until it is closed."""

    def __init__(self) -> None:
        self._last: dict[str, asyncio.Task[None]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def do(self, lane: str, work: Work) -> None:
        """It is done after everything that was given for the same lane before."""
        task = asyncio.create_task(_after(self._last.get(lane), work), name=f"telegram {lane}")
        self._last[lane] = task
        self._running.add(task)
        task.add_done_callback(lambda _: self._done(lane, task))

    async def close(self, within_s: float) -> None:
        """What was begun is done, or given up after so long."""
        if self._running:
            _, late = await asyncio.wait(tuple(self._running), timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    @property
    def is_busy(self) -> bool:
        """Something is still to be done."""
        return bool(self._running)

    def _done(self, lane: str, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._last.get(lane) is task:
            del self._last[lane]
        if not task.cancelled() and (bug := task.exception()) is not None:
            log.error("telegram_stumbled", bug=type(bug).__name__)


async def _after(before: asyncio.Task[None] | None, work: Work) -> None:
    if before is not None:
        await asyncio.wait((before,))
    await work()
