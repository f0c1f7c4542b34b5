"""Causes an event now and then, to hear whether events still come when nobody says anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.chat.port import Undelivered
from bot.platforms.slack.api import WebApi
from bot.platforms.slack.memory import Cursors
from bot.platforms.slack.places import PLATFORM

ANSWER_WITHIN = timedelta(seconds=30)
SIGN = "\N{BELLHOP BELL}\N{VARIATION SELECTOR-16}"


class Probe:
    """One message of the desk in one channel, edited again and again: each edit is an event. Any event that is heard
    after it proves that the road is open."""

    def __init__(self, api: WebApi, cursors: Cursors, channel: str, now: Callable[[], datetime]) -> None:
        self._api = api
        self._cursors = cursors
        self._channel = channel
        self._now = now
        self.sent_at: datetime | None = None

    async def send(self) -> None:
        """The message was edited, or posted anew where it is gone."""
        sent_at = self._now()
        text = f"{SIGN} {sent_at:%Y-%m-%d %H:%M:%S} UTC"
        name = f"{PLATFORM}:probe:{self._channel}"
        ts = await self._cursors.get(name)
        try:
            if ts:
                await self._api.do("chat.update", channel=self._channel, ts=ts, text=text)
            else:
                await self._post(name, text)
        except Undelivered as no:
            if no.gone:
                await self._cursors.put(name, "")
            return
        self.sent_at = sent_at

    def is_late(self, heard_at: datetime | None) -> bool:
        """An event was caused, and none at all has been heard since."""
        if self.sent_at is None or self._now() - self.sent_at < ANSWER_WITHIN:
            return False
        return heard_at is None or heard_at < self.sent_at

    async def _post(self, name: str, text: str) -> None:
        answer = await self._api.do("chat.postMessage", channel=self._channel, text=text)
        await self._cursors.put(name, str(answer.get("ts") or ""))
