"""Telegram's calls over HTTP: nobody speaks for Telegram without the secret, and 200 means kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from bot.chat.form import Field, Form
from bot.chat.incoming import Identity, Said, Submitted
from bot.platforms.telegram import places
from bot.platforms.telegram.adapter import TelegramPlatform
from bot.platforms.telegram.webhook import HEADER, MOST_BYTES, path_of
from tests.platforms.telegram.house import Disk, at_work, until
from tests.street.telegram import BOT_ID, MEI, TOKEN, FakeTelegram, Fault

SECRET = "s3cret_" * 6
URL = "https://desk.example"


@asynccontextmanager
async def called(disk: Disk, telegram: FakeTelegram) -> AsyncIterator[tuple[TelegramPlatform, httpx.AsyncClient]]:
    """The adapter waits for calls, and somebody who knows the secret can make them."""
    async with at_work(telegram, disk, mode="webhook", webhook_url=URL, secret=SECRET) as desk:
        transport = httpx.ASGITransport(desk.http_app(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=URL, headers={HEADER: SECRET}) as client:
            yield desk, client


def update(telegram: FakeTelegram, number: int = 1, text: str = "printer") -> bytes:
    return json.dumps({"update_id": number, "message": telegram.message(MEI, MEI, text)}).encode()


def said(disk: Disk) -> list[str]:
    return [one.text for one in disk.incoming if isinstance(one, Said)]


async def test_what_telegram_says_is_kept_before_it_is_told_so() -> None:
    """Row 11."""
    disk = Disk()
    async with FakeTelegram() as telegram, called(disk, telegram) as (desk, client):
        answer = await client.post(desk.http_path, content=update(telegram))
        kept = list(disk.kept)

    assert answer.status_code == 200
    assert kept == [f"tg:{BOT_ID}:1"]


async def test_what_cannot_be_kept_is_not_answered_with_200() -> None:
    """Row 11: Telegram brings it again."""
    disk = Disk()
    async with FakeTelegram() as telegram, called(disk, telegram) as (desk, client):
        disk.refuses = 1
        first = await client.post(desk.http_path, content=update(telegram))
        second = await client.post(desk.http_path, content=update(telegram))

    assert (first.status_code, second.status_code) == (503, 200)
    assert said(disk) == ["printer"]


@pytest.mark.parametrize("given", [None, "", SECRET[:-1], SECRET + "x", SECRET.upper(), "é" * 42, "x" + SECRET[1:]])
async def test_without_the_right_secret_nobody_is_heard(given: str | None) -> None:
    """Threat 5."""
    disk = Disk()
    async with FakeTelegram() as telegram, called(disk, telegram) as (desk, client):
        del client.headers[HEADER]
        headers = [] if given is None else [(HEADER.encode(), given.encode())]
        answer = await client.post(desk.http_path, content=update(telegram), headers=headers)

    assert answer.status_code == 403
    assert disk.kept == {}


async def test_another_path_or_method_leads_nowhere() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, called(disk, telegram) as (desk, client):
        others = ("/", "/telegram", "/telegram/", desk.http_path[:-1], desk.http_path + "x", f"/{TOKEN}")
        found = {(await client.post(path, content=update(telegram))).status_code for path in others}
        method = (await client.get(desk.http_path)).status_code

    assert found == {404}
    assert method == 405
    assert disk.kept == {}


async def test_the_same_call_a_hundred_times_is_kept_once() -> None:
    """Threat 5: replay."""
    disk = Disk()
    async with FakeTelegram() as telegram, called(disk, telegram) as (desk, client):
        body = update(telegram)
        answers = await asyncio.gather(*(client.post(desk.http_path, content=body) for _ in range(100)))

    assert {answer.status_code for answer in answers} == {200}
    assert len(disk.kept) == 1


@pytest.mark.parametrize("length", [MOST_BYTES + 1, 20_000_000])
async def test_a_body_that_is_too_long_is_not_read(length: int) -> None:
    """Threat 24."""
    disk = Disk()

    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(length // 50_000 + 1):
            yield b"x" * 50_000

    async with FakeTelegram() as telegram, called(disk, telegram) as (desk, client):
        told = await client.post(desk.http_path, content=b"x" * length)
        untold = await client.post(desk.http_path, content=in_pieces())
        lying = await client.post(desk.http_path, content=b"{}", headers={"content-length": "abc"})

    assert (told.status_code, untold.status_code, lying.status_code) == (413, 413, 413)
    assert disk.kept == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b'{"update_id": 5, "message": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"update_id": 5, "message": ' + b"[" * 60 + b"]" * 60 + b"}",
        b'{"update_id": 5, "x": ' + b"9" * 5000 + b"}",
        b"\xff\xfe\x00",
        b"[]",
        b"7",
        b'{"update_id": "x"}',
        b'{"update_id": true, "message": {}}',
    ],
    ids=range(10),
)
async def test_what_nobody_can_read_is_put_aside_and_does_not_come_again(body: bytes) -> None:
    """Threat 24 and row 8: JSON bombs and rubbish cost nothing and stop nothing."""
    disk = Disk()
    async with FakeTelegram() as telegram, called(disk, telegram) as (desk, client):
        odd = await client.post(desk.http_path, content=body)
        fine = await client.post(desk.http_path, content=update(telegram, 6))

    assert (odd.status_code, fine.status_code) == (200, 200)
    assert len(disk.unreadable) == 1
    assert said(disk) == ["printer"]


@pytest.mark.parametrize("secret", ["", "short", "x" * 31, "x" * 257, "x" * 40 + " ", "é" * 40, "x" * 40 + "\n"])
def test_a_webhook_without_a_good_secret_does_not_start(secret: str) -> None:
    """Threat 5."""
    with pytest.raises(ValueError, match="32 to 256"):
        TelegramPlatform(token=TOKEN, drawer=Disk(), mode="webhook", webhook_url=URL, secret=secret)


def test_a_webhook_without_https_does_not_start() -> None:
    with pytest.raises(ValueError, match="https"):
        TelegramPlatform(token=TOKEN, drawer=Disk(), mode="webhook", webhook_url="http://desk", secret=SECRET)


def test_the_path_tells_nothing_of_the_secret_and_is_the_same_for_every_replica() -> None:
    assert path_of(SECRET) == path_of(SECRET)
    assert path_of(SECRET) != path_of(SECRET + "x")
    assert SECRET[:6] not in path_of(SECRET)


async def test_telegram_is_told_where_to_call_and_told_again_when_somebody_changed_it() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, called(disk, telegram) as (desk, _):
        first = dict(telegram.webhook)
        telegram.webhook = {"url": "https://somebody.example/else"}
        await until(lambda: telegram.webhook["url"] == first["url"])
        health = desk.health()
        polled = telegram.called("getUpdates")

    assert first == {"url": URL + path_of(SECRET), "_secret": SECRET}
    assert (health["mode"], health["running"]) == ("webhook", True)
    assert polled == []


async def test_a_webhook_that_telegram_refuses_is_set_when_it_no_longer_does() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram:
        telegram.faults["setWebhook"].extend([Fault(502), Fault(401, "Unauthorized"), Fault(429, "", {})])
        async with called(disk, telegram):
            await until(lambda: telegram.webhook)


async def test_a_form_can_be_filled_in_through_calls() -> None:
    disk, mei = Disk(), Identity(f"telegram:{MEI}")
    async with FakeTelegram() as telegram, called(disk, telegram) as (desk, client):
        await desk.ask(mei, places.address(MEI), "", Form("n:7", "T", (Field("a", "A"),), "Save"))
        await client.post(desk.http_path, content=update(telegram, 5, "words"))
        await until(lambda: "Is this right?" in telegram.shown(MEI)[-1]["text"])
        shown = telegram.shown(MEI)[-1]
        telegram.press(MEI, shown["message_id"], MEI, shown["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
        press = json.loads(telegram.waiting.texts.popitem()[1]) | {"update_id": 6}
        for _ in range(3):
            await client.post(desk.http_path, content=json.dumps(press).encode())

    assert [one.answers for one in disk.incoming if isinstance(one, Submitted)] == [{"a": "words"}]


async def test_before_the_desk_knows_itself_calls_are_sent_away_to_come_again() -> None:
    desk = TelegramPlatform(token=TOKEN, drawer=Disk(), mode="webhook", webhook_url=URL, secret=SECRET)
    transport = httpx.ASGITransport(desk.http_app())
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        answer = await client.post(desk.http_path, content=b'{"update_id":1}', headers={HEADER: SECRET})

    assert answer.status_code == 503
