"""What the adapter remembers between two starts: how far it has read, which threads are the desk's, who is where."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from bot.platforms.slack.places import PLATFORM

MOST_IN_MIND = 5000
MOST_FOLLOWED = 60
"""Threads whose answers the sweep looks for: those in which something happened last."""


_FOLLOWED = f"{PLATFORM}:followed"


class Cursors(Protocol):
    """A durable drawer of short texts by name."""

    async def get(self, name: str) -> str | None:
        """What was put there last."""

    async def put(self, name: str, value: str) -> None:
        """It is on the disk."""


class Memory:
    """On the disk through `Cursors`, with what was used last kept at hand."""

    def __init__(self, cursors: Cursors) -> None:
        self._cursors = cursors
        self._threads: OrderedDict[tuple[str, str], bool] = OrderedDict()
        self._directs: OrderedDict[str, str] = OrderedDict()
        self._followed: list[tuple[str, str]] | None = None
        self._news: OrderedDict[tuple[str, str], None] = OrderedDict()

    # --- how far -----------------------------------------------------------------------------------------------------

    async def read_to(self, conversation: str) -> str | None:
        """The `ts` up to which the history of the conversation was read."""
        return await self._cursors.get(f"{PLATFORM}:read:{conversation}")

    async def has_read(self, conversation: str, ts: str) -> None:
        """The history was read up to there."""
        await self._cursors.put(f"{PLATFORM}:read:{conversation}", ts)

    # --- threads -----------------------------------------------------------------------------------------------------

    async def is_ours(self, conversation: str, thread: str) -> bool:
        """The desk has written in the thread, or under the message."""
        spot = (conversation, thread)
        if spot not in self._threads:
            found = await self._cursors.get(_thread_name(spot))
            if found is None:
                return False  # not kept in mind: it may become ours
            self._keep_in_mind(spot)
        return True

    async def adopt(self, conversation: str, thread: str) -> None:
        """The thread is the desk's from now on, also after a restart."""
        spot = (conversation, thread)
        if spot not in self._threads:
            await self._cursors.put(_thread_name(spot), "1")
            self._keep_in_mind(spot)
        self.follow(conversation, thread)

    def follow(self, conversation: str, thread: str) -> None:
        """Something happens there: the sweep looks for answers in it. On the disk with the next `save`."""
        self._news[conversation, thread] = None
        self._news.move_to_end((conversation, thread))

    def has_answers(self, conversation: str, thread: str) -> bool:
        """As far as is known there is something in the thread besides the message it hangs from."""
        return (conversation, thread) in self._threads

    async def followed(self) -> Sequence[tuple[str, str]]:
        """The threads in which something happened last, the latest first."""
        if self._followed is None:
            kept = json.loads(await self._cursors.get(_FOLLOWED) or "[]")
            self._followed = [(one[0], one[1]) for one in kept]
        fresh = list(reversed(self._news))
        return [*fresh, *(spot for spot in self._followed if spot not in self._news)][:MOST_FOLLOWED]

    async def save(self) -> None:
        """What is followed is on the disk."""
        followed = await self.followed()
        if followed != self._followed:
            self._followed = list(followed)
            await self._cursors.put(_FOLLOWED, json.dumps(followed))
        self._news.clear()

    def _keep_in_mind(self, spot: tuple[str, str]) -> None:
        self._threads[spot] = True
        if len(self._threads) > MOST_IN_MIND:
            self._threads.popitem(last=False)

    # --- direct conversations ----------------------------------------------------------------------------------------

    async def direct_with(self, user: str) -> str | None:
        """The id of the direct conversation with this user."""
        if user not in self._directs:
            found = await self._cursors.get(f"{PLATFORM}:direct:{user}")
            if found is None:
                return None
            self._directs[user] = found
        return self._directs[user]

    async def learn_direct(self, user: str, conversation: str) -> None:
        """The direct conversation with this user has this id."""
        if self._directs.get(user) == conversation:
            return
        self._directs[user] = conversation
        await self._cursors.put(f"{PLATFORM}:direct:{user}", conversation)
        if len(self._directs) > MOST_IN_MIND:
            self._directs.popitem(last=False)

    def forget_direct(self, user: str) -> None:
        """What was known of it is doubtful; it is asked for anew."""
        self._directs.pop(user, None)


def _thread_name(spot: tuple[str, str]) -> str:
    return f"{PLATFORM}:thread:{spot[0]}:{spot[1]}"
