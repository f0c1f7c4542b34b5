"""The Slack adapter at work against the fake Slack."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.chat.port import RawIncoming
from bot.platforms.slack.adapter import Rhythm, SlackPlatform
from bot.platforms.slack.sockets import Watching
from bot.services.ports import NotSaved
from tests.street.slack import APP_TOKEN, BOT_TOKEN, FakeSlack

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = datetime(2026, 2, 25, 6, 13, 20, tzinfo=UTC)
"""The moment at which the fake Slack's messages begin."""

QUICK = Rhythm(
    sweep_every=timedelta(seconds=30),
    probe_every=timedelta(seconds=30),
    event_probe_every=timedelta(seconds=30),
    try_again_after=timedelta(seconds=0.05),
    sweep_again_after=timedelta(seconds=0),
    between_s=0.0,
    posts_every_s=0.0,
    watching=Watching(ping_s=0.2, look_every=timedelta(seconds=0.05)),
)


LOOK_S = 0.005


class Inbox:
    """Keeps like the desk: the same key once. `refuses` makes it fail as a full disk would."""

    def __init__(self) -> None:
        self.kept: dict[str, RawIncoming] = {}
        self.again = 0
        self.refuses = 0
        self.delay_s = 0.0

    async def keep(self, raw: RawIncoming) -> bool:
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        if self.refuses:
            self.refuses -= 1
            raise NotSaved("disk full")
        raw.body.encode()  # as SQLite would: no half letters
        self.again += raw.key in self.kept
        return self.kept.setdefault(raw.key, raw) is raw


class Drawer:
    """Cursors, in memory: what is tested is what is asked of it."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        return self.values.get(name)

    async def put(self, name: str, value: str) -> None:
        self.values[name] = value


@asynccontextmanager
async def at_work(
    slack: FakeSlack, inbox: Inbox | None = None, drawer: Drawer | None = None, **more: Any
) -> AsyncIterator[SlackPlatform]:
    """The adapter is listening within the block."""
    told = {"app_token": APP_TOKEN, "now": lambda: NOW, "rhythm": QUICK, **more}
    desk = SlackPlatform(bot_token=BOT_TOKEN, cursors=drawer or Drawer(), api_url=slack.url, **told)
    await desk.start(inbox or Inbox())
    try:
        yield desk
    finally:
        await desk.stop()


async def until(holds: Callable[[], object], within_s: float = 5.0) -> None:
    """It holds before the time is over. Real sockets tell nobody when they are done: this looks again and again."""
    for _ in range(int(within_s / LOOK_S)):
        if holds():
            return
        await asyncio.sleep(LOOK_S)
    assert holds()


def payload(raw: RawIncoming) -> Any:
    """What was kept."""
    return json.loads(raw.body)
