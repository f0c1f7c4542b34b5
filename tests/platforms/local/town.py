"""A small town with a chat, an inbox that only remembers, and a clock that a test turns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
from starlette.applications import Starlette

from bot.chat.port import RawIncoming
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.street import Inhabitant, Place, Street, channel
from bot.platforms.local.web import build
from bot.platforms.local.wire import InHouse
from tests.platforms.local.memory import Memory

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)

MEI = Inhabitant("mei", "陈美", "zh", ZoneInfo("Asia/Shanghai"), "财务专员", "美", 340, ("打印机又卡纸了",))
TOM = Inhabitant("tom", "Tom Hall", "en", ZoneInfo("Europe/London"), "Accountant", "TH", 200)
WEI = Inhabitant("wei", "王伟", "zh", ZoneInfo("Asia/Shanghai"), "值班工程师", "伟", 150)
IT = Place(channel("it"), "it-ops", "channel", ("wei", "tom"))


@dataclass
class TurnedClock:
    moment: datetime = NOON
    speed: float = 1.0
    can_move: bool = True
    next_thing: datetime | None = None

    def now(self) -> datetime:
        return self.moment

    def set_speed(self, speed: float) -> None:
        self.speed = speed

    async def jump_to_next(self) -> datetime | None:
        self.moment = self.next_thing or self.moment
        return self.next_thing

    async def jump(self, by: timedelta) -> None:
        self.moment += by


@dataclass
class Inbox:
    kept: dict[str, RawIncoming] = field(default_factory=dict)

    async def keep(self, raw: RawIncoming) -> bool:
        is_new = raw.key not in self.kept
        self.kept.setdefault(raw.key, raw)
        return is_new

    @property
    def last(self) -> RawIncoming:
        return list(self.kept.values())[-1]


class Town:
    def __init__(self, *, key: str | None = None, can_move: bool = True) -> None:
        self.clock = TurnedClock(can_move=can_move)
        self.inbox = Inbox()
        self.street = Street([MEI, TOM, WEI], [IT], Memory(), self.clock.now)
        self.desk = LocalPlatform(InHouse(self.street))
        self.app: Starlette = build(self.street, self.inbox, self.clock, key=key)

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """A client that would follow no redirect and raises nothing of the server."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", headers=headers)
