"""The network itself: readers are woken for what they may see, and miss nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta

import pytest

from bot.platforms.local.street import CannotSee, Inhabitant, Street, UnknownMessage, UnknownPlace
from tests.platforms.local.memory import Memory
from tests.platforms.local.town import IT, MEI, NOON, TOM, WEI

SOON = timedelta(seconds=5)
AT_ONCE = timedelta(milliseconds=1)


@pytest.fixture
def street() -> Street:
    return Street([MEI, TOM, WEI], [IT], Memory(), lambda: NOON)


@pytest.fixture(autouse=True)
async def _in_time() -> AsyncIterator[None]:
    async with asyncio.timeout(10):
        yield


async def test_a_slow_reader_misses_nothing_and_reads_each_change_once(street: Street) -> None:
    read: list[int] = []
    async with aclosing(street.follow("mei", 0, ["dm:mei"], SOON)) as pages:
        first = asyncio.ensure_future(anext(pages))
        for number in range(500):
            await street.post("dm:mei", "desk", {"text": str(number)}, key=str(number))
        read += [one.version for one in await first]
        while len(read) < 500:
            read += [one.version for one in await anext(pages)]

    assert read == list(range(1, 501))


async def test_a_reader_is_not_woken_for_what_he_may_not_see(street: Street) -> None:
    waiting = asyncio.create_task(street.wait("mei", 0, ["dm:mei"], SOON))
    await asyncio.sleep(0)
    await street.post("dm:tom", "desk", {"text": "x"}, key="1")
    await street.post("channel:it", "desk", {"text": "x"}, key="2", only="wei")
    await asyncio.sleep(0)
    undisturbed = not waiting.done()
    await street.post("dm:mei", "desk", {"text": "for mei"}, key="3")

    assert undisturbed
    assert [one.body for one in await waiting] == [{"text": "for mei"}]


async def test_one_who_waits_in_vain_gets_nothing(street: Street) -> None:
    assert list(await street.wait("mei", 0, ["dm:mei"], AT_ONCE)) == []


async def test_places_of_others_are_not_read_even_when_asked_for(street: Street) -> None:
    await street.post("dm:tom", "desk", {"text": "x"}, key="1")

    assert list(await street.since("mei", 0, ["dm:tom", "channel:it", "nowhere"])) == []
    assert list(await street.before("mei", None, ["dm:tom"])) == []


async def test_a_closed_street_lets_its_readers_go(street: Street) -> None:
    async def count() -> int:
        return len([page async for page in street.follow("mei", 0, ["dm:mei"], SOON)])

    reading = asyncio.create_task(count())
    await asyncio.sleep(0)
    street.close()

    assert await reading == 1


async def test_news_are_what_others_wrote(street: Street) -> None:
    await street.post("channel:it", "tom", {"text": "x"}, key="1")
    await street.post("channel:it", "desk", {"text": "x"}, key="2", only="wei")

    assert street.news_of("wei") == {"channel:it": 2}
    assert street.news_of("tom") == {}
    assert street.news_of("mei") == {}


async def test_what_is_not_there_is_named(street: Street) -> None:
    with pytest.raises(UnknownPlace):
        await street.post("nowhere", "desk", {}, key="1")
    with pytest.raises(CannotSee):
        await street.post("channel:it", "desk", {}, key="1", only="mei")
    with pytest.raises(UnknownMessage):
        await street.edit("nothing", {})


def test_nobody_is_called_like_the_desk() -> None:
    with pytest.raises(ValueError, match="own name"):
        Street([Inhabitant("desk", "X", "en", TOM.zone)], [], Memory(), lambda: NOON)
