"""Serves the page with made-up messages, to look at it: `python -m tests.platforms.local.preview 8123`.

A toy stands in for the desk: it answers what is said, and opens a form when asked for one."""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.chat.card import Action, Card, Fact, Gauge, Tone
from bot.chat.incoming import Incoming, Pressed, Said, Submitted
from bot.chat.port import RawIncoming
from bot.platforms.local.adapter import LocalPlatform, address, identity
from bot.platforms.local.serve import Server
from bot.platforms.local.street import Inhabitant, Place, Street, channel
from bot.platforms.local.web import build
from bot.platforms.local.wire import InHouse
from tests.platforms.local import samples
from tests.platforms.local.memory import Memory

SHANGHAI, LONDON = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/London")
MORNING = datetime(2026, 3, 4, 2, 55, tzinfo=UTC)

PEOPLE = [
    Inhabitant(
        "mei",
        "陈美",
        "zh",
        SHANGHAI,
        "财务专员",
        "美",
        10,
        ("财务系统登录不上，我们组都进不去", "打印机又卡纸了，三楼靠窗那台", "想申请一个共享文件夹的权限"),
    ),
    Inhabitant(
        "tom",
        "Tom Hall",
        "en",
        LONDON,
        "Second engineer",
        "TH",
        250,
        ("The VPN drops every ten minutes", "I need access to the design drive", "My screen stays black"),
    ),
    Inhabitant("wei", "张伟", "zh", SHANGHAI, "值班工程师", "伟", 150),
    Inhabitant("anna", "Anna Lindqvist", "en", ZoneInfo("Europe/Stockholm"), "Service manager", "AL", 310),
    Inhabitant("sam", "Sam Okafor", "en", LONDON, "Product designer", "SO", 60, ("Hello?",)),
]
OPS = Place(channel("it"), "it-运维", "channel", ("wei", "tom", "anna"))


class PlayClock:
    def __init__(self, start: datetime, monotonic: Callable[[], float]) -> None:
        self.speed = 1.0
        self.can_move = True
        self._start, self._monotonic, self._read = start, monotonic, monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(self._monotonic() - self._read) * self.speed)

    def set_speed(self, speed: float) -> None:
        self._start, self._read, self.speed = self.now(), self._monotonic(), speed

    async def jump_to_next(self) -> datetime | None:
        await self.jump(timedelta(minutes=15))
        return self.now()

    async def jump(self, by: timedelta) -> None:
        self._start += by


class Toy:
    """Answers at once, and thinks nothing."""

    def __init__(self) -> None:
        self.desk: LocalPlatform | None = None
        self._keys: set[str] = set()
        self._waiting: asyncio.Queue[Incoming] = asyncio.Queue()
        self._numbers = itertools.count(43)

    async def keep(self, raw: RawIncoming) -> bool:
        is_new = raw.key not in self._keys
        self._keys.add(raw.key)
        if is_new and self.desk and (came := self.desk.parse(raw)):
            self._waiting.put_nowait(came)
        return is_new

    async def run(self, desk: LocalPlatform) -> None:
        self.desk = desk
        while True:
            came = await self._waiting.get()
            await self._answer(desk, came)

    async def _answer(self, desk: LocalPlatform, came: Incoming) -> None:
        match came:
            case Said():
                number = f"INC-{next(self._numbers)}"
                card = Card(
                    title=f"{number} {came.text[:40]}",
                    quote=came.text,
                    facts=(Fact("No.", number), Fact("Priority", "P3")),
                    gauges=(Gauge("Response", 0.02, "30 min left"),),
                    actions=(Action("amend", number, "补充说明 / Add"),),
                )
                await desk.post(came.place, card, key=came.key, repeat=False, quiet=False)
            case Pressed():
                is_chinese = came.author in {"local:mei", "local:wei"}
                form = samples.FORM_ZH if is_chinese else samples.FORM_EN
                await desk.ask(came.author, came.place, came.trigger, form)
            case Submitted():
                card = Card(title="OK", tone=Tone.GOOD, lines=tuple(f"{k}: {v}" for k, v in came.answers.items()))
                await desk.post(came.place, card, key=came.key, repeat=False, quiet=False)


async def furnish(street: Street, desk: LocalPlatform, clock: PlayClock) -> None:
    mei, tom, sam = address("dm:mei"), address("dm:tom"), address("dm:sam")
    ops = address(OPS.id)
    await street.post("dm:mei", "mei", {"text": samples.RECEIPT_ZH.quote}, key="mei:1")
    receipt = await desk.post(mei, replace(samples.RECEIPT_ZH, gauges=()), key="1", repeat=False, quiet=False)
    await desk.post(ops, samples.DIGEST_ZH, key="2", repeat=False, quiet=True)
    await clock.jump(timedelta(minutes=12))
    await street.post("dm:sam", "sam", {"text": "Could we get a laptop for Priya? She starts on Monday."}, key="sam:1")
    await desk.post(sam, samples.RECEIPT_EN, key="3", repeat=False, quiet=False)
    await desk.edit(receipt, samples.RECEIPT_ZH)
    await clock.jump(timedelta(minutes=20))
    await street.post(OPS.id, "wei", {"text": "我先看一下日志，怀疑是今早的证书更新。"}, key="wei:1")
    await street.post(OPS.id, "tom", {"text": "Thanks, I can take the certificate chain."}, key="tom:1")
    await desk.post(ops, samples.PAGE_ZH, key="4", repeat=False, quiet=False)
    await desk.whisper(ops, identity("tom"), samples.WHISPER_EN, key="5")
    await desk.post(mei, samples.BREACH_ZH, key="6", repeat=False, quiet=False)
    await desk.post(tom, samples.PAGE_EN, key="7", repeat=False, quiet=False)
    await desk.ask(identity("tom"), tom, "shown", samples.FORM_EN)
    await clock.jump(timedelta(hours=3))
    await desk.post(sam, samples.RESOLVED_EN, key="8", repeat=False, quiet=False)


async def main(port: int) -> None:
    clock = PlayClock(MORNING, asyncio.get_running_loop().time)
    street = Street(PEOPLE, [OPS], Memory(), clock.now)
    desk = LocalPlatform(InHouse(street))
    toy = Toy()
    await furnish(street, desk, clock)
    server = Server(build(street, toy, clock), street, port=port)
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    async with asyncio.TaskGroup() as house:
        house.create_task(toy.run(desk))
        house.create_task(server.run())


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
