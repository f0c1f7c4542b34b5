"""One message a second into one conversation, whatever thread it goes to: then Slack need not tell us to wait
(docs.slack.dev, rate limits)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.chat.port import Undelivered

EVERY_S = 1.0
WAIT_AT_MOST_S = 2.0
"""Who would have to wait longer is sent away with the time to come back at."""
MOST_IN_MIND = 2000


class Pace:
    """Turns, conversation by conversation."""

    def __init__(self, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._next_s: dict[str, float] = {}

    async def turn(self, conversation: str) -> None:
        """It is this one's turn. Raises Undelivered with the time to wait when there are too many before it."""
        now_s = asyncio.get_running_loop().time()
        at_s = max(now_s, self._next_s.get(conversation, 0.0))
        if at_s - now_s > WAIT_AT_MOST_S:
            wait = timedelta(seconds=at_s - now_s)
            raise Undelivered("one message a second into one conversation", retry_after=wait)
        self._next_s[conversation] = at_s + self._every_s
        if len(self._next_s) > MOST_IN_MIND:
            self._next_s = {name: when_s for name, when_s in self._next_s.items() if when_s > now_s}
        if at_s > now_s:
            await asyncio.sleep(at_s - now_s)

    def rest(self, conversation: str, wait: timedelta) -> None:
        """Slack wants silence there for so long."""
        until_s = asyncio.get_running_loop().time() + wait.total_seconds()
        self._next_s[conversation] = max(until_s, self._next_s.get(conversation, 0.0))
