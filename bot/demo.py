"""`deskbell demo`: the real desk on a temporary file, with a clock that can be turned."""

from __future__ import annotations

import asyncio
import tempfile
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot import logs, office
from bot.app import App
from bot.domain.rules import Rules
from bot.local_house import LocalHouse, opened, page_of, put_together, until_told_to_stop
from bot.services.timepiece import DemoTime
from storage.engine import open_store

BEGINS_AT = time(14, 35)
"""In the afternoon of the first team, when the morning of those in the west begins."""

PATIENCE_S = 20.0
"""A demonstration whose desk does not come to rest within this time has a fault, and says so."""


class Restless(RuntimeError):
    """The desk did not come to rest."""


@dataclass(frozen=True, slots=True)
class TurnableClock:
    """A clock for the page: when it is moved on, everything on the way happens at its own moment."""

    time: DemoTime
    app: App

    @property
    def speed(self) -> float:
        return self.time.speed

    @property
    def can_move(self) -> bool:
        return True

    def now(self) -> datetime:
        return self.time.now()

    def set_speed(self, speed: float) -> None:
        self.time.set_speed(speed)

    async def jump_to_next(self) -> datetime | None:
        """It is the moment of the next thing that happens by itself, and it has happened."""
        await self._rest()
        moment = await self.app.next_moment()
        if moment is not None:
            await self._reach(moment)
        return moment

    async def jump(self, by: timedelta) -> None:
        """It is later by this much, and all that lay between has happened."""
        until = self.time.now() + by
        await self._rest()
        while (moment := await self.app.next_moment()) is not None and moment < until:
            await self._reach(moment)
        await self._reach(until)

    async def _reach(self, moment: datetime) -> None:
        self.time.jump_to(moment)
        self.app.alarm.ring()
        self.app.relay.ring()
        await self._rest()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self.app.until_at_rest()
        except TimeoutError:
            raise Restless("the desk has not come to rest; please tell its makers") from None


async def in_browser(port: int, *, open_browser: bool) -> int:
    """The demonstration in the browser, until Ctrl-C."""
    logs.set_up("WARNING", "console")
    async with demonstration() as (house, clock):
        page = page_of(house, clock, None)
        try:
            async with opened(house, page, "127.0.0.1", port) as address:
                print(f"The desk is open: {address}", flush=True)
                print("Nothing of it is kept. Stop it with Ctrl-C.", flush=True)
                if open_browser and not webbrowser.open(address):
                    print("There is no browser here to open it in: copy the address into yours.", flush=True)
                await until_told_to_stop(house.app)
        except OSError as trouble:
            office.complain(f"The page cannot be served on port {port}: {trouble}.")
            return 1
    return 0


@asynccontextmanager
async def demonstration() -> AsyncIterator[tuple[LocalHouse, TurnableClock]]:
    """A desk with the packaged policy on a file that is gone afterwards. Nothing runs yet."""
    rules = unhurried(office.rules_or_exit(None))
    demo_time = DemoTime(beginning_of(rules))
    with tempfile.TemporaryDirectory(prefix="deskbell-demo-") as folder:
        store = await open_store(Path(folder) / "demo.db", now=demo_time.now())
        try:
            house = await put_together(rules, store, demo_time)
            demo_time.on_move(house.app.alarm.rearm)
            yield house, TurnableClock(demo_time, house.app)
        finally:
            await store.close()


def unhurried(rules: Rules) -> Rules:
    """At 600 times the real speed a tenth of a second is a minute: nothing is called late that is not."""
    return replace(rules, manner=replace(rules.manner, late_after=timedelta(minutes=15)))


def beginning_of(rules: Rules) -> datetime:
    """That time on the team's next working day, today if it is one."""
    team = next(one for one in rules.teams.values() if one.digest_at is not None)
    zone, calendar = ZoneInfo(team.zone), rules.calendars[team.calendar]
    day = office.now().astimezone(zone).date()
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, BEGINS_AT, zone).astimezone(office.now().tzinfo)
