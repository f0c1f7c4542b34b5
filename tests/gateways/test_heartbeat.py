"""Whoever listens for the heartbeat hears it when all is well, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web
from structlog.testing import capture_logs

from bot.gateways.heartbeat import Heartbeat
from bot.services.auditor import Fault, Finding, Report
from bot.services.timepiece import DemoTime
from tests.domain.small_desk import MON_9

SECRET = "canary-5c1d"


@dataclass
class Listener:
    """A watch of somebody else, on loopback."""

    status: int = 200
    heard: int = 0
    url: str = ""
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, _: web.Request) -> web.Response:
        self.heard += 1
        self.news.set()
        return web.Response(status=self.status)


@asynccontextmanager
async def listening(listener: Listener) -> AsyncIterator[Heartbeat]:
    site = web.Application()
    site.router.add_get(f"/{SECRET}", listener.hear)
    runner = web.AppRunner(site)
    await runner.setup()
    tcp = web.TCPSite(runner, "127.0.0.1", 0)
    await tcp.start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/{SECRET}"
    heart = Heartbeat(listener.url, DemoTime(MON_9, lambda: 0.0))
    beating = asyncio.ensure_future(heart.run())
    try:
        async with asyncio.timeout(10):
            yield heart
    finally:
        beating.cancel()
        await asyncio.wait({beating})
        await runner.cleanup()


def report(*findings: Finding) -> Report:
    return Report(MON_9, findings, (), timedelta())


async def until_heard(heart: Heartbeat) -> None:
    """The answer has come back; `listening` bounds how long that may take."""
    for _ in iter(lambda: heart.last, MON_9):
        await asyncio.sleep(0)


async def test_a_clean_report_is_heard_once() -> None:
    listener = Listener()
    async with listening(listener) as heart:
        heart.told(report())
        await listener.news.wait()
        await until_heard(heart)

    assert listener.heard == 1
    assert heart.last == MON_9


async def test_a_report_with_a_fault_is_silence_and_the_next_clean_one_is_heard() -> None:
    listener = Listener()
    async with listening(listener) as heart:
        heart.told(report(Finding(Fault.OVERDUE)))
        for _ in range(20):
            await asyncio.sleep(0)
        silent = listener.heard
        heart.told(report(Finding(Fault.BURIED)))  # worth knowing, but the desk does its work
        await listener.news.wait()

    assert (silent, listener.heard) == (0, 1)


async def test_a_watch_that_refuses_is_told_of_the_next_clean_report() -> None:
    listener = Listener(status=500)
    with capture_logs() as logged:
        async with listening(listener) as heart:
            heart.told(report())
            await listener.news.wait()
            listener.news.clear()
            listener.status = 200
            heart.told(report())
            await listener.news.wait()
            await until_heard(heart)

    assert listener.heard == 2
    assert [(one["event"], one["why"]) for one in logged] == [("heartbeat_not_heard", "HTTPStatusError")]
