"""The server on a real loopback port: the live line, and an orderly end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from bot.chat.card import Card
from bot.platforms.local.adapter import address
from bot.platforms.local.serve import Server
from tests.platforms.local.town import Town

PATIENCE_S = 10


@asynccontextmanager
async def served(town: Town) -> AsyncIterator[str]:
    server = Server(town.app, town.street)
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as house:
        house.create_task(server.run())
        try:
            yield server.url
        finally:
            server.stop()


def browsing(url: str, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, headers=headers)


@asynccontextmanager
async def listening(browser: httpx.AsyncClient, **query: str) -> AsyncIterator[AsyncIterator[tuple[str, Any]]]:
    async with browser.stream("GET", "/api/live", params={"as": "tom"} | query) as answer:
        yield events(answer)


async def events(answer: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    name = ""
    async for line in answer.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        if line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


async def test_the_live_line_tells_messages_the_clock_and_that_others_have_news() -> None:
    town = Town()
    async with served(town) as url, browsing(url) as browser, listening(browser, watch="mei,nobody") as line:
        first = await anext(line)
        await town.desk.post(address("dm:mei"), Card(title="secret"), key="1", repeat=False, quiet=False)
        others = [await anext(line), await anext(line)]
        await town.desk.post(address("dm:tom"), Card(title="open"), key="2", repeat=False, quiet=False)
        mine = await anext(line)
        again = await anext(line)
        await browser.post("/api/clock", json={"speed": 60})
        clock = await anext(line)

    assert (first[0], first[1]["speed"]) == ("clock", 1.0)
    assert [name for name, _ in others] == ["clock", "stir"]
    assert others[1][1] == {"person": "mei", "place": "dm:mei", "seq": 1}
    assert (mine[0], mine[1]["card"]["title"]) == ("message", "open")
    assert again[0] == "clock"
    assert clock[1]["speed"] == 60.0


async def test_a_broken_line_goes_on_where_it_was() -> None:
    town = Town()
    for key in ("1", "2"):
        await town.desk.post(address("dm:tom"), Card(title=key), key=key, repeat=False, quiet=False)
    again = {"last-event-id": "1"}
    async with served(town) as url, browsing(url, again) as browser, listening(browser, after="0") as line:
        told = [await anext(line), await anext(line)]

    assert told[1][1]["card"]["title"] == "2"


async def test_the_server_ends_while_somebody_listens() -> None:
    town = Town()
    async with served(town) as url, browsing(url) as browser, listening(browser) as line:
        await anext(line)
        town.street.close()
        rest = [name async for name, _ in line]

    assert rest == ["clock"]


async def test_a_taken_port_is_said_at_once() -> None:
    town = Town()
    async with served(town) as url:
        port = int(url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            Server(town.app, town.street, port=port)
