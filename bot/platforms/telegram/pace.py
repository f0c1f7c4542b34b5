"""Telegram's manners, kept by us so that it need not remind us: one message a second into one chat, twenty a minute
into a group, thirty a second in all (core.telegram.org/bots/faq, broadcasting)."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import timedelta

from bot.chat.port import Undelivered

WAIT_AT_MOST_S = 3.0
"""Who would have to wait longer is sent away with the time to come back at."""
MOST_IN_MIND = 2000


@dataclass(frozen=True, slots=True)
class Limits:
    """How many in how many seconds; a little less than allowed, as what leaves us evenly does not arrive so."""

    each_s: float = 1.05
    group: int = 20
    group_s: float = 61.0
    overall: int = 30
    overall_s: float = 1.05


class Pace:
    """Turns, chat by chat, and then all together. A chat that has to wait holds up no other."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._said: dict[int, deque[float]] = {}
        self._rests: dict[int, float] = {}
        self._all: deque[float] = deque(maxlen=max(limits.overall, 1))

    async def turn(self, chat: int) -> None:
        """It is this chat's turn. Raises Undelivered with the time to wait when there are too many before it."""
        now_s = _now_s()
        at_s = max(now_s, self._free_s(chat), self._rests.get(chat, 0.0))
        _refuse_beyond(at_s - now_s, "one message a second into one chat, twenty a minute into a group")
        self._said.setdefault(chat, deque(maxlen=self._limits.group)).append(at_s)
        if len(self._said) > MOST_IN_MIND:
            self._forget(now_s)
        if at_s > now_s:
            await asyncio.sleep(at_s - now_s)
        await self.any_turn()

    async def any_turn(self) -> None:
        """It is somebody's turn: for what counts only among all. Raises Undelivered."""
        now_s = _now_s()
        is_full = len(self._all) == self._all.maxlen
        at_s = max(now_s, self._all[0] + self._limits.overall_s) if is_full else now_s
        _refuse_beyond(at_s - now_s, "thirty messages a second")
        self._all.append(at_s)
        if at_s > now_s:
            await asyncio.sleep(at_s - now_s)

    def rest(self, chat: int, wait: timedelta) -> None:
        """Telegram wants silence there for so long."""
        self._rests[chat] = _now_s() + wait.total_seconds()

    def _free_s(self, chat: int) -> float:
        said = self._said.get(chat)
        if not said:
            return 0.0
        after_last = said[-1] + self._limits.each_s
        is_full = chat < 0 and len(said) == said.maxlen
        return max(after_last, said[0] + self._limits.group_s) if is_full else after_last

    def _forget(self, now_s: float) -> None:
        self._said = {chat: said for chat, said in self._said.items() if said[-1] + self._limits.group_s > now_s}
        self._rests = {chat: until_s for chat, until_s in self._rests.items() if until_s > now_s}


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _refuse_beyond(wait_s: float, why: str) -> None:
    if wait_s > WAIT_AT_MOST_S:
        raise Undelivered(why, retry_after=timedelta(seconds=wait_s))
