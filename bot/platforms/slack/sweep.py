"""Reads what was said while nobody told us: Slack drops events for good when things go wrong at its side or ours.

After every new connection and every few minutes the history is read on from where it was read to. What is found there
has the same keys as the events, so that it can only be new or known."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.chat.port import Undelivered
from bot.platforms.slack import places
from bot.platforms.slack.api import Body, WebApi
from bot.platforms.slack.knock import Me, as_edit, as_event
from bot.platforms.slack.memory import Memory
from bot.platforms.slack.trouble import UNSAID_WAIT

OVERLAP = timedelta(seconds=30)
"""What Slack shows late is not missed; what is read twice is known."""
LATE = timedelta(seconds=20)
"""Whoever hears of a message only from the history, so long after it was said, was not told of it."""
MOST_PAGES = 50
IN_A_ROW, BETWEEN_S = 40, 1.3
"""Slack allows about fifty such questions a minute."""
MOST_WAITS = 5

Take = Callable[[Body], Awaitable[bool]]
"""Brings one payload to where the events go; True when it was new."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Swept:
    """What one sweep brought."""

    conversations: int = 0
    read: int = 0
    found: int = 0
    """Messages that nobody had told us of."""
    late: int = 0
    """Those among them that an event should have told of by then."""
    failed: int = 0


class Sweep:
    """One sweep at a time; the first one begins at the moment it was made, not in the past."""

    def __init__(
        self,
        api: WebApi,
        memory: Memory,
        take: Take,
        now: Callable[[], datetime],
        *,
        watched: Collection[str],
        between_s: float = BETWEEN_S,
    ) -> None:
        self._api = api
        self._memory = memory
        self._take = take
        self._now = now
        self._watched = tuple(dict.fromkeys(watched))
        self._between_s = between_s
        self._asked = 0
        self.last: Swept | None = None
        self.at: datetime | None = None

    async def run(self, me: Me) -> Swept:
        """The history is read up to now, as far as Slack lets us."""
        swept, self._asked = Swept(), 0
        begun = places.ts_of(self._now())
        floor = await self._memory.read_to("*") or begun
        for conversation in (*self._watched, *await self._directs(swept)):
            await self._read(conversation, floor, me, swept)
        for conversation, thread in await self._memory.followed():
            await self._read_thread(conversation, thread, floor, me, swept)
        await self._memory.save()
        if not swept.failed:
            await self._memory.has_read("*", begun)
        self.last, self.at = swept, self._now()
        if swept.late or swept.failed:
            log.warning("slack_swept", found=swept.found, late=swept.late, failed=swept.failed)
        return swept

    async def _directs(self, swept: Swept) -> list[str]:
        """Everybody's direct conversation with the desk."""
        listed = self._api.pages("conversations.list", "channels", types="im", most=MOST_PAGES)
        try:
            return [one["id"] async for one in listed if isinstance(one.get("id"), str) and not _is_left(one)]
        except Undelivered as no:
            self._failed("directs", no, swept)
            return []

    async def _read(self, conversation: str, floor: str, me: Me, swept: Swept) -> None:
        since = await self._memory.read_to(conversation) or floor
        try:
            messages = await self._asked_for("conversations.history", since, channel=conversation)
        except Undelivered as no:
            self._failed(conversation, no, swept)
            return
        swept.conversations += 1
        for message in messages:
            await self._bring(message, conversation, me, swept)
            if message.get("reply_count") and str(message.get("latest_reply") or "") > since:
                await self._read_thread(conversation, message["ts"], since, me, swept)
        if messages:
            await self._memory.has_read(conversation, messages[-1]["ts"])

    async def _read_thread(self, conversation: str, thread: str, since: str, me: Me, swept: Swept) -> None:
        try:
            messages = await self._asked_for("conversations.replies", since, channel=conversation, ts=thread)
        except Undelivered as no:
            self._failed(conversation, no, swept)
            return
        for message in messages:
            if message["ts"] != thread:
                await self._bring(message, conversation, me, swept)

    async def _bring(self, message: Body, conversation: str, me: Me, swept: Swept) -> None:
        """New, or known; a known one that was changed since is brought as a change."""
        swept.read += 1
        if await self._take(as_event(message, conversation, me)):
            swept.found += 1
            swept.late += self._now() - places.moment(message["ts"]) > LATE
        elif message.get("edited"):
            await self._take(as_edit(message, conversation, me))

    async def _asked_for(self, method: str, since: str, **where: str) -> list[Body]:
        """The messages since then, oldest first; waits when Slack asks to."""
        oldest = places.ts_of(places.moment(since) - OVERLAP)
        for _ in range(MOST_WAITS):
            await self._breathe()
            try:
                found = self._api.pages(method, "messages", most=MOST_PAGES, oldest=oldest, inclusive=True, **where)
                return sorted([one async for one in found if _has_ts(one)], key=lambda one: str(one["ts"]))
            except Undelivered as no:
                if no.retry_after is None:
                    raise
                await asyncio.sleep(min(no.retry_after, UNSAID_WAIT).total_seconds())
        raise Undelivered("Slack asks us to wait", retry_after=UNSAID_WAIT)

    async def _breathe(self) -> None:
        self._asked += 1
        if self._asked > IN_A_ROW:
            await asyncio.sleep(self._between_s)

    def _failed(self, conversation: str, no: Undelivered, swept: Swept) -> None:
        """What Slack will never let us read does not keep us from knowing how far the rest was read."""
        log.warning("slack_history_unread", conversation=conversation, why=no.reason)
        swept.failed += not no.forever


def _has_ts(message: Body) -> bool:
    return isinstance(message.get("ts"), str) and places.is_ts(message["ts"])


def _is_left(conversation: Body) -> bool:
    """The person is gone for good."""
    return bool(conversation.get("is_user_deleted"))
