"""`deskbell run`: the desk on a lasting database and the real clock."""

from __future__ import annotations

import asyncio
import shutil
import webbrowser
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot import logs, office
from bot.beacon import Beacon
from bot.control import listening, site
from bot.domain.rules import Rules
from bot.gateways.calendar_feed import fetched
from bot.gateways.heartbeat import Heartbeat
from bot.local_house import beacon_of, new_key, opened, page_of, put_together, until_told_to_stop
from bot.platforms.local.serve import Server
from bot.services import failpoint
from bot.services.auditor import Machine
from bot.services.ports import Fenced
from bot.services.timepiece import DeskTime
from bot.settings import Settings
from bot.shifts_page import ShiftsPage, key_beside
from handlers.speech import load_texts
from storage.engine import SqlStore, open_store
from storage.errors import StorageError


async def run_desk(*, open_browser: bool) -> int:
    """Works until SIGTERM or Ctrl-C. The exit code: 0 after a clean stop, 1 when it could not start or go on."""
    settings = office.settings_or_exit()
    logs.set_up(settings.log_level, settings.log_format)
    rules = office.rules_or_exit(settings.rules)
    failpoint.arm(settings.failpoint or "")
    try:
        store = await open_store(settings.database, now=office.now())
    except StorageError as trouble:
        office.complain(str(trouble))
        return 1
    try:
        await _work(settings, rules, store, open_browser=open_browser)
    except OSError as trouble:
        office.complain(f"The page cannot be served on {settings.local_host}:{settings.local_port}: {trouble}.")
        return 1
    except ExceptionGroup as several:
        if several.subgroup(Fenced) is None:
            raise
        office.complain("Another desk has opened this database; this one has stopped and wrote nothing more.")
        return 1
    finally:
        await store.close()
    return 0


async def _work(settings: Settings, rules: Rules, store: SqlStore, *, open_browser: bool) -> None:
    time = DeskTime(high_water=await store.reads.last_seen())
    heart = heart_of(settings, time)
    house = await put_together(
        rules,
        store,
        time,
        out=settings.local_out or "",
        patience_s=settings.local_patience_s,
        sweep=settings.sweep,
        machine=lambda: machine_under(settings.database, time),
        audited=heart.told if heart is not None else lambda _: None,
        fetch=fetched,
    )
    beacon = beacon_of(house.app, lambda: None if heart is None else heart.last)
    key = settings.local_key.get_secret_value() if settings.local_key else new_key()
    own_shifts = ShiftsPage(house.app.desk, time, load_texts(), key_beside(settings.database)).routes()
    page = page_of(house, RealClock(time), key, beacon, own_shifts)
    async with (
        beating(heart),
        lit(beacon, settings, own_shifts),
        listening(site(house.app, beacon.routes()), settings.database),
        opened(house, page, settings.local_host, settings.local_port) as address,
    ):
        print(f"The desk is open: {address}/?key={key}", flush=True)
        print(f"It keeps everything in {settings.database}. Stop it with Ctrl-C.", flush=True)
        if open_browser:
            webbrowser.open(f"{address}/?key={key}")
        await until_told_to_stop(house.app)


def heart_of(settings: Settings, time: DeskTime) -> Heartbeat | None:
    """The outward heartbeat, when there is somebody to hear it."""
    url = settings.heartbeat_url
    return None if url is None else Heartbeat(url.get_secret_value(), time)


@asynccontextmanager
async def beating(heart: Heartbeat | None) -> AsyncIterator[None]:
    """The heartbeat is sent within the block."""
    if heart is None:
        yield
        return
    running = asyncio.ensure_future(heart.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait({running})


@asynccontextmanager
async def lit(beacon: Beacon, settings: Settings, more: Sequence[BaseRoute] = ()) -> AsyncIterator[None]:
    """/health, /metrics and `more` have a port of their own within the block, if they shall. Raises OSError when it
    is taken."""
    if settings.health_port is None:
        yield
        return
    server = Server(Starlette(routes=[*beacon.routes(), *more]), host=settings.health_host, port=settings.health_port)
    running = asyncio.ensure_future(server.run())
    try:
        yield
    finally:
        server.stop()
        await running


def machine_under(database: str, time: DeskTime) -> Machine:
    """The disk on which the database file lies, and the clock."""
    scheme, is_url, place = database.partition("://")
    if is_url and not scheme.startswith("sqlite"):
        return Machine(skew=time.skew)
    file = Path(place.removeprefix("/") if is_url else database).resolve()
    log = file.with_name(f"{file.name}-wal")
    return Machine(shutil.disk_usage(file.parent).free, log.stat().st_size if log.exists() else 0, time.skew)


@dataclass(frozen=True, slots=True)
class RealClock:
    """The desk's time as the page shows it: nobody can move it."""

    time: DeskTime
    speed: float = 1.0
    can_move: bool = False

    def now(self) -> datetime:
        return self.time.now()

    def set_speed(self, speed: float) -> None:
        raise ValueError(f"the real time has one speed, and it is not {speed}")

    async def jump_to_next(self) -> datetime | None:
        return None

    async def jump(self, by: timedelta) -> None:
        raise ValueError(f"the real time cannot be moved, not even by {by}")
