"""Signed HTTP events: only Slack gets in, however the request is dressed up, and a hundred replays are one (row 11)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode

import httpx
import pytest
from slack_sdk.signature import SignatureVerifier

from bot.platforms.slack.adapter import SlackPlatform
from tests.platforms.slack.house import NOW, SECRET, Inbox, at_work, until
from tests.street.slack import FakeSlack

STAMP = str(int(NOW.timestamp()))


@asynccontextmanager
async def replica(slack: FakeSlack, inbox: Inbox) -> AsyncIterator[httpx.AsyncClient]:
    """A desk that hears over HTTP."""
    async with at_work(slack, inbox, app_token=None, signing_secret=SECRET) as desk:
        await until(lambda: desk.health()["team"])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(desk.http_app()), base_url="http://desk") as http:
            yield http


def signed(body: str, stamp: str = STAMP, kind: str = "application/json") -> dict[str, str]:
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
    return {"x-slack-request-timestamp": stamp, "x-slack-signature": signature or "", "content-type": kind}


def told(slack: FakeSlack) -> str:
    return json.dumps(slack.event({**slack.write("D1", "U1", "vpn down"), "channel": "D1"}))


OLD, FUTURE = str(int(STAMP) - 302), str(int(STAMP) + 290)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 200),
        ({"x-slack-signature": "v0=" + "0" * 64}, 401),
        ({"x-slack-signature": ""}, 401),
        ({"x-slack-signature": "v0=\u00e9\u00e9"}, 401),
        ({"x-slack-request-timestamp": "abc"}, 401),
        ({"x-slack-request-timestamp": ""}, 401),
        ({"x-slack-request-timestamp": "\u0661\u0662"}, 401),
        ({"x-slack-request-timestamp": "9" * 30}, 401),
        ({"x-slack-request-timestamp": str(int(STAMP) - 1)}, 401),
        ({"content-length": "2000000"}, 413),
    ],
)
async def test_only_what_slack_signed_gets_in(changes: dict[str, str], status: int) -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, replica(slack, inbox) as http:
        body = told(slack)
        headers = [(name.encode(), value.encode()) for name, value in (signed(body) | changes).items()]

        answer = await http.post("/slack/events", content=body, headers=headers)

        assert answer.status_code == status
        assert len(inbox.kept) == (status == 200)


@pytest.mark.parametrize("stamp", [OLD, FUTURE])
async def test_a_true_signature_of_another_time_does_not_get_in(stamp: str) -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, replica(slack, inbox) as http:
        body = told(slack)

        answer = await http.post("/slack/events", content=body, headers=signed(body, stamp))

        assert (answer.status_code, len(inbox.kept)) == (401, 0)


async def test_no_headers_at_all_and_another_method_are_no_way_in() -> None:
    async with FakeSlack() as slack, replica(slack, Inbox()) as http:
        assert (await http.post("/slack/events", content=told(slack))).status_code == 401
        assert (await http.get("/slack/events")).status_code == 405


async def test_the_same_request_a_hundred_times_is_kept_once() -> None:
    inbox = Inbox()
    async with FakeSlack() as slack, replica(slack, inbox) as http:
        event, press = told(slack), urlencode({"payload": json.dumps(slack.press("U1", "C1", slack.ts(), "ack:7"))})
        command = urlencode(slack.command("U1", "list"))
        form = "application/x-www-form-urlencoded"
        posts = [
            http.post("/slack/events", content=body, headers=signed(body, kind=kind))
            for body, kind in ((event, "application/json"), (press, form), (command, form))
            for _ in range(100)
        ]

        answers = await asyncio.gather(*posts)

        assert {one.status_code for one in answers} == {200}
        assert len(inbox.kept) == 3


async def test_a_request_that_cannot_be_kept_is_answered_with_an_error() -> None:
    inbox = Inbox()
    inbox.refuses = 1
    async with FakeSlack() as slack, replica(slack, inbox) as http:
        body = told(slack)

        first = await http.post("/slack/events", content=body, headers=signed(body))
        second = await http.post("/slack/events", content=body, headers=signed(body))

        assert (first.status_code, second.status_code) == (500, 200)
        assert len(inbox.kept) == 1


@pytest.mark.parametrize("body", ["[" * 200_000, "{" * 50])
async def test_signed_rubbish_is_refused_and_breaks_nothing(body: str) -> None:
    async with FakeSlack() as slack, replica(slack, Inbox()) as http:
        answer = await http.post("/slack/events", content=body, headers=signed(body))

        assert answer.status_code == 400


async def test_bytes_that_are_no_text_are_not_from_slack() -> None:
    async with FakeSlack() as slack, replica(slack, Inbox()) as http:
        answer = await http.post("/slack/events", content=b"\xff\xfe", headers=signed("{}"))

        assert answer.status_code == 401


async def test_slacks_question_whether_the_address_is_ours_is_answered() -> None:
    async with FakeSlack() as slack, replica(slack, Inbox()) as http:
        body = json.dumps({"type": "url_verification", "challenge": "c4n", "token": "t"})

        answer = await http.post("/slack/events", content=body, headers=signed(body))

        assert (answer.status_code, "c4n" in answer.text) == (200, True)


def test_without_a_secret_there_is_no_such_door() -> None:
    with pytest.raises(ValueError, match="signing secret"):
        SlackPlatform(bot_token="xoxb-1", cursors=_NoDrawer(), app_token="xapp-1-A-1-1").http_app()
    with pytest.raises(ValueError, match="app token"):
        SlackPlatform(bot_token="xoxb-1", cursors=_NoDrawer())


class _NoDrawer:
    async def get(self, name: str) -> str | None:
        return None

    async def put(self, name: str, value: str) -> None:
        return None
