"""How late the desk is when many tickets fall due at one instant, beside APScheduler's own stores.

    python -m benchmarks.alarms              the table
    python -m benchmarks.alarms --ten        10,000 tickets at one instant

Lateness is counted from the instant to the committed decision (ticket, history, letters, next moment): what is sent
afterwards is the chat's affair. APScheduler's jobs only note that they ran; nothing of theirs is committed.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

from apscheduler.jobstores.base import BaseJobStore
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from benchmarks.armed import fill
from bot import logs
from bot.app import quiet_collector
from bot.domain.rules import Rules
from bot.engine.alarm import Alarm
from bot.house_rules import load
from bot.services.desk import Committed, Desk
from bot.services.directory import AddressBook
from bot.services.timepiece import DeskTime
from bot.services.watch import Watch
from storage.engine import open_store

ROUNDS = 5
AT_ONCE = 1_000
ARMED = (1_000, 100_000, 1_000_000)
LEAD = timedelta(seconds=2)

P = ParamSpec("P")
R = TypeVar("R")

late_ms: list[float] = []


@dataclass(frozen=True, slots=True)
class Lateness:
    """Milliseconds after the instant, and how many never came."""

    p50: float
    p99: float
    last: float
    lost: int


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ten", action="store_true", help="10,000 tickets at one instant, and nothing else")
    chosen = parser.parse_args()
    logs.set_up("ERROR", "console")
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # it tells each job that it drops
    rules = load(None, now=datetime.now(UTC))
    print("| who | armed | due at once | p50 ms | p99 ms | last ms | lost |\n|---|---|---|---|---|---|---|")
    if chosen.ten:
        _show("the desk", 1_000, 10_000, [_desk(rules, 1_000, 10_000) for _ in range(ROUNDS)])
        return 0
    rounds: dict[str, list[Lateness]] = {}
    for _ in range(ROUNDS):
        for armed in ARMED:
            rounds.setdefault(f"the desk|{armed}", []).append(_desk(rules, armed, AT_ONCE))
        rounds.setdefault("APScheduler, memory|1000", []).append(asyncio.run(_apscheduler(MemoryJobStore(), 1_000)))
        with tempfile.TemporaryDirectory() as folder:
            store = SQLAlchemyJobStore(url=f"sqlite:///{folder}/jobs.db")
            rounds.setdefault("APScheduler, SQLAlchemy|1000", []).append(asyncio.run(_apscheduler(store, 1_000)))
    for name, found in rounds.items():
        who, armed_text = name.split("|")
        _show(who, int(armed_text), AT_ONCE, found)
    return 0


def _show(who: str, armed: int, due: int, found: Sequence[Lateness]) -> None:
    p50, p99, last = (statistics.median(getattr(one, name) for one in found) for name in ("p50", "p99", "last"))
    lost = statistics.median(one.lost for one in found)
    print(f"| {who} | {armed:,} | {due:,} | {p50:,.0f} | {p99:,.0f} | {last:,.0f} | {lost:,.0f} |", flush=True)


def _desk(rules: Rules, armed: int, due: int) -> Lateness:
    folder = Path(tempfile.mkdtemp(prefix="deskbell-bench-"))
    try:
        return asyncio.run(_desk_at_work(rules, folder / "desk.db", armed, due))
    finally:
        shutil.rmtree(folder)


async def _desk_at_work(rules: Rules, file: Path, armed: int, due: int) -> Lateness:
    now = DeskTime()
    began = now.now()
    filling = timedelta(seconds=3 + armed / 40_000)
    instant = began + filling + LEAD
    await fill(file, rules, now=began, far=armed, due=due, due_at=instant)
    store = await open_store(file, now=now.now())
    alarm = Alarm(now)
    desk = Desk(store, rules, now, AddressBook(rules.people), on_commit=_armed_by(alarm))
    watch = Watch(desk, store.reads, now, arm=alarm.ring_at, on_letters=lambda: None)
    answers: list[float] = []
    stop_watch = _timed(desk.do, answers, instant)
    desk.do = stop_watch  # type: ignore[method-assign, assignment]  # the stop-watch stands at the door
    working = asyncio.ensure_future(desk.run())
    await watch.wake_up()
    alarm.start()
    await watch.look()
    quiet_collector()
    if now.now() >= instant:
        raise RuntimeError(f"filling took longer than {filling}; give it more time")
    while len(answers) < due and now.now() < instant + timedelta(seconds=30):
        await alarm.wait()
        await watch.look()
    alarm.stop()
    desk.close()
    await working
    await store.close()
    return _lateness(answers, due)


def _armed_by(alarm: Alarm) -> Callable[[Committed], None]:
    def committed(done: Committed) -> None:
        if done.wake_at is not None:
            alarm.ring_at(done.wake_at)

    return committed


def _timed(act: Callable[P, Awaitable[R]], answers: list[float], instant: datetime) -> Callable[P, Awaitable[R]]:
    async def timed(*args: P.args, **kwargs: P.kwargs) -> R:
        done = await act(*args, **kwargs)
        answers.append((datetime.now(UTC) - instant).total_seconds() * 1000)
        return done

    return timed


def note() -> None:
    """An APScheduler job: it notes how late it is."""
    late_ms.append(time.time() * 1000)


async def _apscheduler(store: BaseJobStore, armed: int) -> Lateness:
    late_ms.clear()
    scheduler = AsyncIOScheduler(jobstores={"default": store}, timezone=UTC)
    scheduler.start(paused=True)
    far = datetime.now(UTC) + timedelta(days=30)
    began = time.monotonic()
    for _ in range(armed):
        scheduler.add_job(note, "date", run_date=far)
    adding_s = (time.monotonic() - began) * AT_ONCE / armed
    instant = datetime.now(UTC) + timedelta(seconds=adding_s * 2 + 3)
    for _ in range(AT_ONCE):
        scheduler.add_job(note, "date", run_date=instant)
    scheduler.resume()
    await asyncio.sleep(max((instant - datetime.now(UTC)).total_seconds(), 0) + 6)
    scheduler.shutdown(wait=False)
    return _lateness([one - instant.timestamp() * 1000 for one in late_ms], AT_ONCE)


def _lateness(answers: list[float], due: int) -> Lateness:
    answers.sort()
    if not answers:
        return Lateness(float("nan"), float("nan"), float("nan"), due)
    at = len(answers)
    return Lateness(answers[at // 2], answers[int(at * 0.99)], answers[-1], due - at)


if __name__ == "__main__":
    raise SystemExit(main())
