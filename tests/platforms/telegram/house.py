"""The Telegram adapter at work against the fake Telegram, with an inbox and a drawer that fail on demand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.chat.incoming import Besides, Incoming
from bot.chat.port import RawIncoming
from bot.platforms.telegram.adapter import TelegramPlatform
from bot.platforms.telegram.pace import Limits
from bot.platforms.telegram.parse import parse
from bot.platforms.telegram.poll import Rhythm
from bot.services.ports import NotSaved, Sheet
from tests.street.telegram import TOKEN, FakeTelegram

NOW = datetime(2026, 2, 25, 6, 13, 20, tzinfo=UTC)

QUICK = Rhythm(
    long_poll=timedelta(seconds=20),
    refused=timedelta(seconds=0.05),
    conflict=timedelta(seconds=0.02),
    first_pause=timedelta(seconds=0.02),
    longest_pause=timedelta(seconds=0.1),
    look_around=timedelta(seconds=0.2),
)
NO_LIMITS = Limits(each_s=0.0, group=1000, group_s=0.0, overall=10_000, overall_s=0.0)
LOOK_S = 0.005


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Disk:
    """Keeps like the desk: all of a batch or nothing, the same key once. It outlives the adapter."""

    def __init__(self) -> None:
        self.kept: dict[str, RawIncoming] = {}
        self.cursors: dict[str, str] = {}
        self.forms: dict[tuple[str, str], Sheet] = {}
        self.again = 0
        self.refuses = 0
        self.before: Callable[[], None] = lambda: None
        self.commits = 0

    async def keep(self, raw: RawIncoming) -> bool:
        return (await self.keep_with_cursors([raw], {}, ()))[0]

    async def keep_with_cursors(
        self, raws: Sequence[RawIncoming], cursors: Mapping[str, str], sheets: Sequence[Sheet]
    ) -> Sequence[bool]:
        await asyncio.sleep(0)
        self._may_write()
        for raw in raws:
            raw.body.encode()  # as SQLite would: no half letters
        self.again += sum(raw.key in self.kept for raw in raws)
        news = [self.kept.setdefault(raw.key, raw) is raw for raw in raws]
        self.cursors |= cursors
        for sheet in sheets:
            self._put(sheet)
        self.commits += 1
        await asyncio.sleep(0)
        return news

    async def get(self, name: str) -> str | None:
        return self.cursors.get(name)

    async def put(self, name: str, value: str) -> None:
        self._may_write()
        self.cursors[name] = value

    async def sheets(self, platform: str) -> list[Sheet]:
        return list(self.forms.values())

    async def put_sheet(self, sheet: Sheet) -> None:
        self._may_write()
        self._put(sheet)

    @property
    def incoming(self) -> list[Incoming | Besides]:
        """What all of it means, in the order it was kept; what cannot be read is left out."""
        found = []
        for raw in self.kept.values():
            try:
                found.append(parse(raw))
            except ValueError:
                continue
        return [one for one in found if one is not None]

    @property
    def unreadable(self) -> list[str]:
        """The keys of what would be put aside."""
        return [raw.key for raw in self.kept.values() if not _is_readable(raw)]

    def _may_write(self) -> None:
        self.before()
        if self.refuses:
            self.refuses -= 1
            raise NotSaved("disk full")

    def _put(self, sheet: Sheet) -> None:
        if sheet.body:
            self.forms[sheet.who, sheet.place] = sheet
        else:
            self.forms.pop((sheet.who, sheet.place), None)


def _is_readable(raw: RawIncoming) -> bool:
    try:
        parse(raw)
    except ValueError:
        return False
    return True


@asynccontextmanager
async def at_work(telegram: FakeTelegram, disk: Disk | None = None, **more: Any) -> AsyncIterator[TelegramPlatform]:
    """The adapter is listening within the block."""
    disk = disk or Disk()
    told: dict[str, Any] = {"now": lambda: NOW, "rhythm": QUICK, "limits": NO_LIMITS, **more}
    desk = TelegramPlatform(token=TOKEN, drawer=disk, base_url=telegram.url, **told)
    await desk.start(disk)
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
