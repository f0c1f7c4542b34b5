"""What Telegram brings is kept before it is confirmed, whatever comes between: the real library, a real server."""

from __future__ import annotations

import asyncio
import json
import random
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from bot.chat.incoming import Said
from bot.platforms.telegram.adapter import TelegramPlatform
from bot.platforms.telegram.poll import Rhythm
from bot.services.ports import NotSaved
from tests.platforms.telegram.house import NO_LIMITS, NOW, QUICK, Disk, Hands, at_work, until
from tests.street.telegram import BO, BOT_ID, GROUP, MEI, TOKEN, FakeTelegram, Fault, person


def said(disk: Disk) -> list[str]:
    return [one.text for one in disk.incoming if isinstance(one, Said)]


async def heard(disk: Disk, amount: int) -> None:
    await until(lambda: len(said(disk)) == amount)


async def test_what_somebody_says_is_kept_with_the_number_of_the_next() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk):
        telegram.say(MEI, MEI, "printer broken")
        await until(lambda: said(disk))
        (raw,) = disk.kept.values()

    assert raw.key == f"tg:{BOT_ID}:1"
    assert raw.lane == f"telegram:{MEI}"
    assert disk.cursors[f"telegram:{BOT_ID}:offset"].startswith("2 ")


async def test_an_update_is_confirmed_only_after_it_is_kept() -> None:
    """Row 7: the next question confirms; it is not asked before the commit."""
    disk = Disk()
    async with FakeTelegram() as telegram:
        confirmed_at_commit = []
        disk.before = lambda: confirmed_at_commit.append(telegram.waiting.confirmed)
        async with at_work(telegram, disk):
            for number in range(5):
                telegram.say(MEI, MEI, f"m{number}")
                await heard(disk, number + 1)
            await until(lambda: telegram.waiting.confirmed == 5)

    assert confirmed_at_commit == sorted(confirmed_at_commit)
    assert all(confirmed < kept for kept, confirmed in enumerate(confirmed_at_commit, start=1))


async def test_being_killed_at_any_moment_loses_nothing_and_doubles_nothing() -> None:
    """Row 7: a new life begins wherever the old one was cut off; what it had not written, Telegram brings again."""
    disk, lives, chance = Disk(), 30, random.Random(7)
    async with FakeTelegram() as telegram:
        sent = []
        for life in range(lives):
            desk = TelegramPlatform(
                token=TOKEN, drawer=disk, base_url=telegram.url, now=lambda: NOW, rhythm=QUICK, limits=NO_LIMITS
            )
            starting = asyncio.create_task(desk.start(disk))
            for number in range(3):
                sent.append(f"{life}.{number}")
                telegram.say(MEI, MEI, sent[-1])
            for _ in range(chance.randrange(0, 400)):  # so many steps of the loop this life has
                await asyncio.sleep(0)
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await desk.stop()
        commits = disk.commits
        async with at_work(telegram, disk):
            await until(lambda: len(said(disk)) >= len(sent))
            await until(lambda: not telegram.waiting.texts)

    assert said(disk) == sent
    assert commits > 5  # lives that got so far; the others were cut off before


async def test_what_cannot_be_written_now_is_not_confirmed_and_comes_again() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram:
        telegram.say(MEI, MEI, "while the disk is full")
        disk.refuses = 3
        async with at_work(telegram, disk):
            await until(lambda: said(disk) == ["while the disk is full"])

    assert telegram.handed_over[1] >= 4


async def test_the_same_update_a_hundred_times_is_kept_once() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk):
        message = telegram.message(MEI, MEI, "once")
        for _ in range(100):
            telegram.push({"message": message}, 77)
            await asyncio.sleep(0.001)
        await until(lambda: said(disk))

    assert said(disk) == ["once"]


async def test_after_a_restart_the_next_question_begins_behind_what_was_kept() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram:
        async with at_work(telegram, disk):
            telegram.say(MEI, MEI, "before")
            await until(lambda: said(disk))
        telegram.asked.clear()
        telegram.say(MEI, MEI, "after")
        async with at_work(telegram, disk):
            await until(lambda: said(disk) == ["before", "after"])

    assert telegram.asked[0] == 2
    assert disk.again == 0


async def test_after_a_week_of_silence_numbers_may_begin_anew() -> None:
    """core.telegram.org/bots/api#update: after a week the next number is chosen at random."""
    disk = Disk()
    disk.cursors[f"telegram:{BOT_ID}:offset"] = f"900000 {(NOW - timedelta(days=8)).isoformat()}"
    async with FakeTelegram() as telegram, at_work(telegram, disk):
        telegram.say(MEI, MEI, "after the holidays")
        await until(lambda: said(disk) == ["after the holidays"])

    assert telegram.asked[0] == 0


# --- poison ----------------------------------------------------------------------------------------------------------

POISON: list[str] = [
    '{"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 501, "type": "private"}, '
    '"from": {"id": 501, "is_bot": false}, "text": 5}}',
    '{"update_id": 1, "message": {"message_id": "x", "date": 1, "chat": {"id": 501, "type": "private"}, '
    '"from": {"id": 501, "is_bot": false}, "text": "t"}}',
    '{"update_id": 1, "message": {"message_id": 1, "date": 9999999999999999999, '
    '"chat": {"id": 501, "type": "private"}, "from": {"id": 501, "is_bot": false}, "text": "t"}}',
    '{"update_id": 1, "message": {"chat": null, "from": {"id": 501, "is_bot": false}, "text": "t"}}',
    '{"update_id": 1, "message": {"message_id": 1, "chat": {"id": true, "type": "private"}, "date": 1, '
    '"from": {"id": 501, "is_bot": false}, "text": "t"}}',
    '{"update_id": 1, "callback_query": {"id": "1", "data": "a:b", "from": 7, "message": {"chat": []}}}',
    '{"update_id": 1, "callback_query": {}}',
    '{"update_id": 1, "message": {"message_id": 1, "date": -1e400, "chat": {"id": 5, "type": "private"}, '
    '"from": {"id": 5, "is_bot": false}, "text": "t"}}',
    '{"update_id": 1, "message": {"a": ' + "[" * 200 + "]" * 200 + "}}",
    '{"update_id": 1, "edited_message": {"message_id": 1, "from": {"id": "5", "is_bot": false}, "text": "t"}}',
]
"""Updates that are JSON and no updates."""

NO_JSON: list[str] = [
    '{"update_id": 1, "message": {"message_id": ' + "9" * 5000 + "}}",
    '{"update_id": 1, "message": ' + "[" * 100_000 + "]" * 100_000 + "}",
    '{"update_id": 1, "message": {oops}}',
]
"""Updates that nothing can read, and with which the whole answer cannot be read."""


@pytest.mark.parametrize("place", range(len(POISON)))
async def test_an_odd_update_is_put_aside_alone(place: int) -> None:
    """Row 8."""
    disk = Disk()
    async with FakeTelegram() as telegram:
        telegram.say(MEI, MEI, "before")
        odd = telegram.push_text(POISON[place].replace('"update_id": 1', '"update_id": 2'), next(telegram.numbers))
        telegram.say(MEI, MEI, "after")
        async with at_work(telegram, disk):
            await until(lambda: said(disk) == ["before", "after"])
            await until(lambda: not telegram.waiting.texts)

    assert disk.unreadable == [f"tg:{BOT_ID}:{odd}"]
    assert len(telegram.asked) < 8


@pytest.mark.parametrize("place", range(len(NO_JSON)))
async def test_an_update_that_hides_all_others_is_found_and_put_aside(place: int) -> None:
    """Row 8: the answer as a whole is no JSON; asked for one by one, the others are read."""
    disk = Disk()
    async with FakeTelegram() as telegram:
        telegram.say(MEI, MEI, "before")
        odd = telegram.push_text(NO_JSON[place].replace('"update_id": 1', '"update_id": 2'), next(telegram.numbers))
        telegram.say(MEI, MEI, "after")
        async with at_work(telegram, disk):
            await until(lambda: said(disk) == ["before", "after"])
            await until(lambda: not telegram.waiting.texts)

    assert disk.unreadable == [f"tg:{BOT_ID}:{odd}"]


async def test_entities_that_make_no_sense_cost_nobody_their_words() -> None:
    """The sample that stops the library's own poller for ever: an entity without an offset."""
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk):
        telegram.say(MEI, MEI, "good", entities=[{"type": "bold", "length": 2}])
        telegram.say(MEI, MEI, "better", entities=[{"type": "text_link", "offset": 4, "length": 900, "url": "x"}, 5])
        await until(lambda: said(disk) == ["good", "better"])

    assert disk.unreadable == []


def mutations(seed: int, amount: int) -> list[str]:
    """Updates with something cut out, swapped or changed in kind."""
    chance = random.Random(seed)
    whole: dict[str, Any] = {
        "message": {
            "message_id": 5,
            "from": person(MEI),
            "chat": {"id": MEI, "type": "private"},
            "date": 1_772_000_000,
            "text": "printer",
            "entities": [{"type": "bold", "offset": 0, "length": 3}],
            "reply_to_message": {"message_id": 4, "from": person(BO), "chat": {"id": MEI, "type": "private"}},
            "photo": [{"file_id": "f", "file_size": 5}],
        }
    }
    odd: list[Any] = [None, True, -1, 10**30, 1.5, "", "x", "\ud800", [], {}, [[]], {"id": {}}, "\x00", float("nan")]
    found = []
    for number in range(amount):
        update = json.loads(json.dumps(whole if number % 3 else {"callback_query": _a_press(whole)}))
        for _ in range(chance.randrange(1, 4)):
            _mutate(update, chance, odd)
        found.append(json.dumps({**update, "update_id": number + 1}))
    return found


def _a_press(whole: dict[str, Any]) -> dict[str, Any]:
    return {"id": "9", "from": person(MEI), "message": whole["message"], "data": "take:5", "chat_instance": "1"}


def _mutate(update: Any, chance: random.Random, odd: list[Any]) -> None:
    inside = update
    while isinstance(inside, dict | list) and inside:
        name = chance.choice(list(inside) if isinstance(inside, dict) else range(len(inside)))
        if chance.random() < 0.4 or not isinstance(inside[name], dict | list) or not inside[name]:
            if chance.random() < 0.3 and isinstance(inside, dict):
                del inside[name]
            else:
                inside[name] = deepcopy(chance.choice(odd))
            return
        inside = inside[name]


async def test_a_thousand_broken_updates_stop_nobody() -> None:
    """Row 8: every one of them is kept or put aside, and those that come after are heard."""
    disk, broken = Disk(), mutations(3, 1000)
    async with FakeTelegram() as telegram:
        for text in broken:
            telegram.push_text(text, next(telegram.numbers))
        telegram.say(BO, BO, "still there?")
        async with at_work(telegram, disk):
            await until(lambda: "still there?" in said(disk), within_s=20)

    assert len(disk.kept) == len(broken) + 1
    assert len(disk.unreadable) > 100


async def test_pictures_that_were_sent_together_are_one_message() -> None:
    """Row 16: Telegram brings each of them as a message of its own."""
    disk = Disk()
    async with FakeTelegram() as telegram:
        for number in range(3):
            more = {"caption": "the broken screen"} if number == 0 else {}
            telegram.say(MEI, MEI, media_group_id="g1", photo=[{"file_id": "p", "file_size": number}], **more)
        telegram.say(MEI, MEI, media_group_id="g1", photo=[{"file_id": "p"}], caption="words of its own")
        async with at_work(telegram, disk):
            await until(lambda: len(disk.kept) == 4)

    first, second = disk.incoming
    assert isinstance(first, Said)
    assert isinstance(second, Said)
    assert (first.text, [file.size_bytes for file in first.files]) == ("the broken screen", [0, 1, 2])
    assert (second.text, len(second.files)) == ("words of its own", 1)


# --- Telegram says no ------------------------------------------------------------------------------------------------


async def test_of_two_pollers_ours_goes_on_and_says_so_after_a_minute() -> None:
    """Row 9."""
    disk, clock = Disk(), Hands()
    async with FakeTelegram() as telegram, at_work(telegram, disk, now=clock) as desk:
        telegram.always["getUpdates"] = Fault(409, "Conflict: terminated by other getUpdates request")
        await until(lambda: desk.health()["conflict_since"])
        early = desk.health()["two_pollers"]
        clock.now += timedelta(seconds=61)
        late = desk.health()["two_pollers"]
        telegram.always.clear()
        telegram.say(MEI, MEI, "heard again")
        await until(lambda: said(disk) == ["heard again"])
        await until(lambda: desk.health()["conflict_since"] is None)

    assert (early, late) == (False, True)


async def test_two_desks_on_one_token_both_go_on_and_lose_nothing() -> None:
    """Row 9, with the conflict that Telegram itself makes."""
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk), at_work(telegram, disk):
        for number in range(20):
            telegram.say(MEI, MEI, f"m{number}")
            await asyncio.sleep(0.005)
        await until(lambda: len(said(disk)) == 20)

    assert sorted(said(disk)) == sorted(f"m{number}" for number in range(20))


@pytest.mark.parametrize("status", [401, 404])
async def test_a_token_that_is_refused_is_tried_again_until_it_is_taken(status: int) -> None:
    """Row 10: intake resumes by itself, and meanwhile the health is red."""
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        telegram.always["getUpdates"] = Fault(status, "Unauthorized")
        await until(lambda: desk.health()["unauthorized_since"])
        trouble = desk.health()["trouble"]
        telegram.say(MEI, MEI, "waits")
        telegram.always.clear()
        await until(lambda: said(disk) == ["waits"])
        await until(lambda: not desk.health()["trouble"])

    assert trouble == "Telegram does not accept the token"


async def test_a_token_that_is_refused_at_the_start_is_tried_again_too() -> None:
    """Row 10."""
    disk = Disk()
    async with FakeTelegram() as telegram:
        telegram.always["getMe"] = Fault(401, "Unauthorized")
        telegram.say(MEI, MEI, "waits")
        desk = TelegramPlatform(token=TOKEN, drawer=disk, base_url=telegram.url, rhythm=QUICK, now=lambda: NOW)
        starting = asyncio.create_task(desk.start(disk))
        await until(lambda: desk.health()["unauthorized_since"])
        telegram.always.clear()
        await until(lambda: said(disk) == ["waits"])
        await starting
        await desk.stop()


def test_a_refused_token_is_tried_every_half_minute_and_no_less() -> None:
    """Row 10: intake resumes within 35 s."""
    assert Rhythm().refused == timedelta(seconds=30)
    assert Rhythm().two_pollers_after == timedelta(seconds=60)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(502, body="<html>Bad Gateway</html>"),
        Fault(500, "Internal Server Error"),
        Fault(200, body="<html>a proxy's own page</html>"),
        Fault(200, body="[]"),
        Fault(200, body='{"ok":true}'),
        Fault(200, body='{"ok":true,"result":{"no":"list"}}'),
        Fault(400, body='{"ok":false,"description":7,"parameters":"x"}'),
        Fault(429, "Too Many Requests", {"retry_after": 0.01}),
        Fault(418, "I am a teapot"),
        Fault(drops=True),
    ],
)
async def test_whatever_telegram_answers_listening_goes_on(fault: Fault) -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        telegram.faults["getUpdates"].extend([fault] * 3)
        telegram.say(MEI, MEI, "heard")
        await until(lambda: said(disk) == ["heard"])
        await until(lambda: not telegram.faults["getUpdates"])
        running = desk.health()["running"]

    assert running


async def test_a_webhook_that_was_left_behind_is_taken_down_and_nothing_that_waits_is_dropped() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram:
        telegram.webhook = {"url": "https://old.example/hook"}
        telegram.say(MEI, MEI, "waiting since then")
        async with at_work(telegram, disk):
            await until(lambda: said(disk) == ["waiting since then"])

    assert not telegram.webhook


async def test_health_tells_who_we_are_and_what_waits() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        telegram.say(GROUP, MEI, "/ticket fan noise")
        await until(lambda: desk.health()["last_update_at"])
        await until(lambda: desk.health()["menu_set"])
        health = desk.health()

    assert (health["bot"], health["mode"], health["running"]) == (BOT_ID, "polling", True)
    assert (health["last_ok_at"], health["trouble"], health["reads_all_in_groups"]) == (NOW, "", False)
    assert health["pending"] is not None


async def test_the_menu_is_set_in_both_languages() -> None:
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        await until(lambda: desk.health()["menu_set"])

    assert set(telegram.menus) == {"", "zh"}
    assert [one["command"] for one in telegram.menus[""]] == [one["command"] for one in telegram.menus["zh"]]
    assert "ticket" in [one["command"] for one in telegram.menus["zh"]]


async def test_an_intake_that_cannot_keep_several_at_once_is_refused() -> None:
    class Simple:
        async def keep(self, raw: object) -> bool:
            raise NotSaved

    async with FakeTelegram() as telegram:
        desk = TelegramPlatform(token=TOKEN, drawer=Disk(), base_url=telegram.url)
        with pytest.raises(TypeError):
            await desk.start(Simple())
