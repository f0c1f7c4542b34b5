"""Fetching a calendar: from a public address only, whole or not at all."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import httpx
import pytest

from bot.gateways.calendar_feed import MOST_BYTES, fetched, is_public
from bot.services.feeds import Silent

PUBLIC = "93.184.216.34"


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the names of the street stand for; literal addresses are read by the system."""
    known = {
        "calendar.example.com": [PUBLIC],
        "inside.example.com": ["10.0.0.7"],
        "both.example.com": [PUBLIC, "127.0.0.1"],
    }
    really = socket.getaddrinfo

    def looked_up(host: str, port: int, *more: Any, **named: Any) -> Any:
        if host not in known:
            return really(host, port, *more, **named)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    return known


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answer(request)

    return httpx.MockTransport(handle), asked


async def why(url: str, answer: Callable[[httpx.Request], httpx.Response]) -> tuple[str, int]:
    """The reason it did not come, and how often anybody was asked."""
    transport, asked = answering(answer)
    with pytest.raises(Silent) as silent:
        await fetched(url, transport=transport)
    return silent.value.why, len(asked)


def fine(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, stream=httpx.ByteStream(b"BEGIN:VCALENDAR"))


async def test_the_address_that_was_checked_is_asked_by_the_name_of_the_host() -> None:
    transport, asked = answering(fine)

    text = await fetched("https://calendar.example.com/private/basic.ics?x=1", transport=transport)

    assert text == b"BEGIN:VCALENDAR"
    assert str(asked[0].url) == f"https://{PUBLIC}/private/basic.ics?x=1"
    assert asked[0].headers["host"] == "calendar.example.com"
    assert asked[0].extensions["sni_hostname"] == "calendar.example.com"


@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example.com/x.ics",
        "file:///etc/passwd",
        "https://inside.example.com/x.ics",
        "https://both.example.com/x.ics",
        "https://user@127.0.0.1/x.ics",
        "https://calendar.example.com@127.0.0.1/x.ics",
        "https://127.0.0.1/x.ics",
        "https://127.1/x.ics",
        "https://2130706433/x.ics",
        "https://0x7f000001/x.ics",
        "https://0/x.ics",
        "https://[::1]/x.ics",
        "https://[::ffff:127.0.0.1]/x.ics",
        "https://[64:ff9b::7f00:1]/x.ics",
        "https://[2002:7f00:1::]/x.ics",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fe80::1]/x.ics",
        "https://100.64.0.1/x.ics",
        "https:///x.ics",
    ],
)
async def test_what_is_not_public_is_never_asked(url: str) -> None:
    assert (await why(url, fine))[1] == 0


async def test_a_redirect_within_the_host_is_followed_and_one_to_another_is_not() -> None:
    def within(request: httpx.Request) -> httpx.Response:
        return (
            fine(request) if request.url.path == "/new.ics" else httpx.Response(302, headers={"location": "/new.ics"})
        )

    def away(_: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"location": "https://inside.example.com/x.ics"})

    def to_http(_: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"location": "http://calendar.example.com/x.ics"})

    def round_about(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"location": f"{request.url.path}x"})

    transport, _ = answering(within)
    assert await fetched("https://calendar.example.com/old.ics", transport=transport) == b"BEGIN:VCALENDAR"
    assert await why("https://calendar.example.com/old.ics", away) == ("refused", 1)
    assert await why("https://calendar.example.com/old.ics", to_http) == ("refused", 1)
    assert await why("https://calendar.example.com/old.ics", round_about) == ("refused", 3)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx.Response(404), "status"),
        (httpx.Response(200, stream=httpx.ByteStream(b"x" * (MOST_BYTES + 1))), "too_big"),
        (httpx.Response(200, headers={"content-encoding": "br"}, stream=httpx.ByteStream(b"x")), "status"),
    ],
)
async def test_what_is_no_whole_calendar_says_why(answer: httpx.Response, reason: str) -> None:
    assert (await why("https://calendar.example.com/x.ics", lambda _: answer))[0] == reason


async def test_a_host_that_does_not_answer_is_out_of_reach() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    assert (await why("https://calendar.example.com/x.ics", broken))[0] == "unreachable"


def test_multicast_is_nobody_in_particular() -> None:
    assert not is_public(ip_address("224.0.0.1"))
    assert is_public(ip_address(PUBLIC))
