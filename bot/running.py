"""`deskbell run`: the desk on a lasting database and the real clock."""

from __future__ import annotations

import webbrowser
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import logs, office
from bot.domain.rules import Rules
from bot.local_house import new_key, opened, page_of, put_together, until_told_to_stop
from bot.services import failpoint
from bot.services.ports import Fenced
from bot.services.timepiece import DeskTime
from bot.settings import Settings
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
    house = await put_together(
        rules, store, time, out=settings.local_out or "", patience_s=settings.local_patience_s, sweep=settings.sweep
    )
    key = settings.local_key.get_secret_value() if settings.local_key else new_key()
    page = page_of(house, RealClock(time), key)
    async with opened(house, page, settings.local_host, settings.local_port) as address:
        print(f"The desk is open: {address}/?key={key}", flush=True)
        print(f"It keeps everything in {settings.database}. Stop it with Ctrl-C.", flush=True)
        if open_browser:
            webbrowser.open(f"{address}/?key={key}")
        await until_told_to_stop(house.app)


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
