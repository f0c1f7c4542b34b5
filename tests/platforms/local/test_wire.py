"""A street in another process: every answer it can give is told to the relay for what it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.chat.card import Card
from bot.chat.port import Undelivered
from bot.platforms.local.adapter import LocalPlatform, address, identity
from bot.platforms.local.far_wire import OverHttp, retry_after
from bot.platforms.local.parse import card_from
from tests.platforms.local import samples

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
HELLO = Card(title="Hello")


def over(answer: Callable[[httpx.Request], httpx.Response]) -> LocalPlatform:
    return LocalPlatform(OverHttp("http://street", lambda: NOW, transport=httpx.MockTransport(answer)))


async def refusal(answer: Callable[[httpx.Request], httpx.Response]) -> Undelivered:
    with pytest.raises(Undelivered) as caught:
        await over(answer).post(address("dm:mei"), HELLO, key="k", repeat=False, quiet=False)
    return caught.value


def failing(fault: type[httpx.TransportError]) -> Callable[[httpx.Request], httpx.Response]:
    def fail(request: httpx.Request) -> httpx.Response:
        raise fault("broken", request=request)

    return fail


async def test_a_message_goes_out_with_its_key_and_comes_back_with_its_id() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"id": "m1"})

    desk = over(answer)
    posted = await desk.post(address("dm:mei"), samples.RECEIPT_ZH, key="k", repeat=True, quiet=True)
    await desk.edit(posted, HELLO)
    await desk.whisper(address("channel:it"), identity("tom"), HELLO, key="w")
    found = await desk.find(address("dm:mei"), key="k")

    bodies = [json.loads(request.content or b"null") for request in sent]
    assert [(one.method, one.url.path) for one in sent] == [
        ("POST", "/messages"),
        ("PUT", "/messages/m1"),
        ("POST", "/messages"),
        ("GET", "/messages"),
    ]
    assert posted == found == "m1"
    assert (bodies[0]["place"], bodies[0]["key"], bodies[0]["repeat"]) == ("dm:mei", "desk:k", True)
    assert card_from(bodies[0]["body"]["card"]) == samples.RECEIPT_ZH
    assert bodies[0]["body"]["quiet"] is True
    assert bodies[2]["only"] == "tom"
    assert sent[3].url.params["key"] == "desk:k"


@pytest.mark.parametrize("fault", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
async def test_what_never_left_was_not_sent(fault: type[httpx.TransportError]) -> None:
    no = await refusal(failing(fault))

    assert (no.maybe_sent, no.forever, no.retry_after) == (False, False, None)


@pytest.mark.parametrize(
    "fault",
    [httpx.ReadTimeout, httpx.WriteTimeout, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError],
)
async def test_what_broke_off_may_have_been_sent(fault: type[httpx.TransportError]) -> None:
    no = await refusal(failing(fault))

    assert (no.maybe_sent, no.forever) == (True, False)


@pytest.mark.parametrize(
    ("status", "maybe_sent", "forever"),
    [
        (400, False, True),
        (404, False, True),
        (410, False, True),
        (401, False, False),
        (403, False, False),
        (302, False, False),
        (500, True, False),
        (502, True, False),
        (503, True, False),
    ],
)
async def test_each_status_means_something(status: int, maybe_sent: bool, forever: bool) -> None:
    no = await refusal(lambda _: httpx.Response(status))

    assert (no.maybe_sent, no.forever, no.retry_after) == (maybe_sent, forever, None)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({}, 30),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "-8"}, 1),
        ({"retry-after": "999999999999999999"}, 30),
        ({"retry-after": "86400"}, 3600),
        ({"retry-after": "soon"}, 30),
        ({"retry-after": "nan"}, 30),
        ({"retry-after": "Wed, 04 Mar 2026 12:01:00 GMT"}, 60),
        ({"retry-after": "Wed, 04 Mar 2026 11:00:00 GMT"}, 1),
        ({"retry-after": "Wed, 04 Mar 2026 12:01:00 -0000"}, 30),
        ({"retry-after": "Wed, 99 Mar 2026 12:01:00 GMT"}, 30),
    ],
)
async def test_too_fast_waits_as_long_as_it_was_asked_to(header: dict[str, str], seconds: float) -> None:
    no = await refusal(lambda _: httpx.Response(429, headers=header))

    assert no.retry_after == timedelta(seconds=seconds)
    assert (no.maybe_sent, no.forever, no.everyone) == (False, False, False)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"7", b"<html>"])
async def test_a_success_that_names_no_message_may_have_been_one(body: bytes) -> None:
    no = await refusal(lambda _: httpx.Response(200, content=body))

    assert (no.maybe_sent, no.forever) == (True, False)


async def test_a_key_nobody_knows_is_not_found_and_a_street_that_is_down_does_not_say_so() -> None:
    missing = await over(lambda _: httpx.Response(404)).find(address("dm:mei"), key="k")
    with pytest.raises(Undelivered):
        await over(lambda _: httpx.Response(500)).find(address("dm:mei"), key="k")

    assert missing is None


def test_a_header_that_is_not_there_asks_for_nothing() -> None:
    assert retry_after(None, NOW) is None
