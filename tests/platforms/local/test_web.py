"""What a script can do over the HTTP API, and what it is told when it cannot."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any
from unicodedata import category

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.card import Card
from bot.chat.incoming import Pressed, Said, Submitted
from bot.platforms.local.adapter import address, identity
from tests.platforms.local import samples
from tests.platforms.local.town import NOON, Town

JSON = {"content-type": "application/json"}


def hello(**more: object) -> dict[str, object]:
    return {"as": "mei", "place": "dm:mei", "text": "打印机又卡纸了"} | more


async def messages(browser: httpx.AsyncClient, person: str, **query: object) -> list[dict[str, Any]]:
    answer = await browser.get("/api/messages", params={"as": person} | {k: str(v) for k, v in query.items()})
    found: list[dict[str, Any]] = answer.json()["messages"]
    return found


@pytest.fixture
def town() -> Town:
    return Town()


async def test_what_is_said_is_kept_for_the_desk_and_stands_in_the_conversation(town: Town) -> None:
    async with town.browser() as browser:
        answer = await browser.post("/api/say", json=hello(key="a"))
        shown = await messages(browser, "mei")

    said = town.desk.parse(town.inbox.last)
    assert answer.status_code == 200
    assert answer.json() == {"key": "a", "kept": True, "again": False, "message": shown[0]["id"]}
    assert said == Said(
        key="local:said:mei:a",
        author=identity("mei"),
        place=address("dm:mei"),
        text="打印机又卡纸了",
        at=NOON,
        message=shown[0]["id"],
        private=True,
    )
    assert [(one["author"], one["text"]) for one in shown] == [("mei", "打印机又卡纸了")]


async def test_the_same_key_twice_is_kept_once(town: Town) -> None:
    async with town.browser() as browser:
        first = await browser.post("/api/say", json=hello(key="a"))
        second = await browser.post("/api/say", json=hello(key="a", text="something else"))
        shown = await messages(browser, "mei")

    assert [first.json()["again"], second.json()["again"]] == [False, True]
    assert len(town.inbox.kept) == 1
    assert [one["text"] for one in shown] == ["打印机又卡纸了"]


async def test_the_same_key_of_two_people_is_two_deeds(town: Town) -> None:
    async with town.browser() as browser:
        await browser.post("/api/say", json=hello(key="a"))
        await browser.post("/api/say", json={"as": "tom", "place": "dm:tom", "text": "Hi", "key": "a"})

    assert len(town.inbox.kept) == 2


async def test_nothing_is_shown_that_could_not_be_kept(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(_raw: object) -> bool:
        raise OSError("disk full")

    monkeypatch.setattr(town.inbox, "keep", full)
    async with town.browser() as browser:
        answer = await browser.post("/api/say", json=hello())
        shown = await messages(browser, "mei")

    assert answer.status_code == 500
    assert "error" in answer.json()
    assert shown == []


async def test_a_press_is_passed_on_even_when_the_button_does_not_stand_there(town: Town) -> None:
    ref = await town.desk.post(address("dm:mei"), samples.RECEIPT_ZH, key="1", repeat=False, quiet=False)
    async with town.browser() as browser:
        forged = {"as": "mei", "message": ref, "wish": "close:INC-1", "key": "p"}
        answer = await browser.post("/api/press", json=forged)

    pressed = town.desk.parse(town.inbox.last)
    assert answer.json() == {"key": "p", "kept": True, "again": False}
    assert isinstance(pressed, Pressed)
    assert (pressed.wish, pressed.message, pressed.place) == ("close:INC-1", ref, "local:dm:mei")


async def test_nobody_presses_a_button_he_cannot_see(town: Town) -> None:
    ref = await town.desk.post(address("dm:mei"), samples.RECEIPT_ZH, key="1", repeat=False, quiet=False)
    await town.desk.whisper(address("channel:it"), identity("wei"), samples.WHISPER_EN, key="2")
    async with town.browser() as browser:
        whisper = (await messages(browser, "wei"))[0]["id"]
        answers = [
            await browser.post("/api/press", json={"as": "tom", "message": one, "wish": "ack:INC-1"})
            for one in (ref, whisper)
        ]

    assert [one.status_code for one in answers] == [404, 404]
    assert town.inbox.kept == {}


async def test_a_form_goes_to_one_person_and_comes_back_with_the_answers(town: Town) -> None:
    await town.desk.ask(identity("wei"), address("channel:it"), "t1", samples.FORM_ZH)
    await town.desk.ask(identity("wei"), address("channel:it"), "t1", samples.FORM_ZH)
    async with town.browser() as browser:
        (form,) = await messages(browser, "wei")
        others = await messages(browser, "tom")
        wish, answers = form["form"]["wish"], {"what": "换了线"}
        filled = {"as": "wei", "wish": wish, "answers": answers, "message": form["id"]}
        await browser.post("/api/submit", json=filled)
        (after,) = await messages(browser, "wei")

    submitted = town.desk.parse(town.inbox.last)
    assert others == []
    assert form["only_you"]
    assert isinstance(submitted, Submitted)
    assert (submitted.wish, submitted.place) == ("amend:INC-42", "local:channel:it")
    assert submitted.answers == {"what": "换了线"}
    assert after["answered"]


async def test_people_read_their_own_conversation_and_their_channels_only(town: Town) -> None:
    for place in ("dm:mei", "dm:tom", "channel:it"):
        await town.desk.post(address(place), Card(title=place), key=place, repeat=False, quiet=False)
    await town.desk.whisper(address("channel:it"), identity("tom"), Card(title="for tom"), key="w")
    async with town.browser() as browser:
        seen = {name: [one["card"]["title"] for one in await messages(browser, name)] for name in ("mei", "tom", "wei")}
        foreign = await browser.get("/api/messages?as=mei&place=channel:it")

    assert seen == {"mei": ["dm:mei"], "tom": ["dm:tom", "channel:it", "for tom"], "wei": ["channel:it"]}
    assert foreign.status_code == 404


async def test_an_edit_comes_again_with_a_higher_version_in_its_old_place(town: Town) -> None:
    ref = await town.desk.post(address("dm:mei"), Card(title="one"), key="1", repeat=False, quiet=False)
    await town.desk.post(address("dm:mei"), Card(title="two"), key="2", repeat=False, quiet=False)
    async with town.browser() as browser:
        seen = (await browser.get("/api/messages?as=mei")).json()["after"]
        await town.desk.edit(ref, Card(title="one, later"))
        await town.desk.edit(ref, Card(title="one, later"))
        news = await messages(browser, "mei", after=seen)
        whole = await messages(browser, "mei")

    assert [(one["card"]["title"], one["version"]) for one in news] == [("one, later", 3)]
    assert [one["card"]["title"] for one in whole] == ["one, later", "two"]


async def test_older_messages_are_read_page_by_page(town: Town) -> None:
    for number in range(5):
        await town.desk.post(address("dm:mei"), Card(title=str(number)), key=str(number), repeat=False, quiet=False)
    async with town.browser() as browser:
        last = await messages(browser, "mei", limit=2)
        older = await messages(browser, "mei", limit=2, before=last[0]["seq"])

    assert [[one["card"]["title"] for one in page] for page in (last, older)] == [["3", "4"], ["1", "2"]]


async def test_a_waiting_reader_gets_the_next_message_at_once(town: Town) -> None:
    async with town.browser() as browser, asyncio.timeout(5):
        waiting = asyncio.create_task(messages(browser, "mei", after=0, wait=60))
        await asyncio.sleep(0)
        await town.desk.post(address("dm:tom"), Card(title="not mine"), key="1", repeat=False, quiet=False)
        await town.desk.post(address("dm:mei"), Card(title="mine"), key="2", repeat=False, quiet=False)
        news = await waiting

    assert [one["card"]["title"] for one in news] == ["mine"]


@pytest.mark.parametrize(
    ("text", "heard", "understood"),
    [
        ("anyone for lunch?", False, ""),
        ("@Deskbell the VPN is down", True, "the VPN is down"),
        ("@服务铃，VPN 断了", True, "VPN 断了"),
        ("＠desk: help", True, "help"),
        ("@desktop is slow", False, ""),
        ("who knows? @deskbell perhaps", True, "who knows? @deskbell perhaps"),
        ("/status INC-1", True, "/status INC-1"),
    ],
)
async def test_in_a_channel_the_desk_hears_what_is_said_to_it(
    town: Town, text: str, heard: bool, understood: str
) -> None:
    async with town.browser() as browser:
        await browser.post("/api/say", json={"as": "tom", "place": "channel:it", "text": text})
        shown = await messages(browser, "wei")

    said = town.desk.parse(town.inbox.last)
    assert (said is not None) is heard
    assert said is None or (isinstance(said, Said) and said.text == understood and not said.private)
    assert [one["text"] for one in shown] == [text]


async def test_an_answer_to_a_message_of_the_desk_is_heard_and_names_it(town: Town) -> None:
    ref = await town.desk.post(address("channel:it"), samples.PAGE_EN, key="1", repeat=False, quiet=False)
    async with town.browser() as browser:
        answer = {"as": "tom", "place": "channel:it", "text": "mine", "reply_to": ref}
        await browser.post("/api/say", json=answer)

    said = town.desk.parse(town.inbox.last)
    assert isinstance(said, Said)
    assert said.reply_to == ref


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "not_json"),
        (b"{", 400, "not_json"),
        (b"\xff\xfe", 400, "not_json"),
        (b"[" * 100_000, 400, "not_json"),
        (b'{"as":' * 50_000, 400, "not_json"),
        (b'{"as": NaN}', 400, "not_json"),
        (b"[]", 400, "not_an_object"),
        (b"null", 400, "not_an_object"),
        (b"{}", 400, "person_missing"),
        (b'{"as": 7}', 400, "person_missing"),
        (b'{"as": {"$ne": ""}}', 400, "person_missing"),
        (b'{"as": "nobody"}', 404, "person_unknown"),
        (b'{"as": "desk", "place": "dm:mei", "text": "x"}', 404, "person_unknown"),
        (b'{"as": "mei"}', 400, "text_missing"),
        (b'{"as": "mei", "place": "dm:tom", "text": "x"}', 404, "place_unknown"),
        (b'{"as": "mei", "place": "dm:mei"}', 400, "text_missing"),
        (b'{"as": "mei", "place": "dm:mei", "text": ["x"]}', 400, "text_missing"),
        (b'{"as": "mei", "place": "dm:mei", "text": " \\n\\t\\u3000"}', 400, "text_empty"),
        (b'{"as": "mei", "place": "dm:mei", "text": "x", "key": 5}', 400, "text_missing"),
        (b'{"as": "mei", "place": "dm:mei", "text": "x", "reply_to": "x"}', 404, "message_unknown"),
        (b'{"as": "mei", "place": "dm:mei", "text": "x", "key": "' + b"k" * 201 + b'"}', 400, "key_too_long"),
        (b'{"as": "mei", "place": "dm:mei", "text": "' + b"x" * 1024 * 1024 + b'"}', 413, "body_too_big"),
    ],
)
async def test_bad_input_gets_a_sentence_and_keeps_nothing(town: Town, body: bytes, status: int, code: str) -> None:
    async with town.browser() as browser:
        answer = await browser.post("/api/say", content=body, headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert len(answer.json()["error"]) > 10
    assert town.inbox.kept == {}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/api/press", {"as": "mei", "message": "x", "wish": "a:b"}, "message_unknown"),
        ("/api/press", {"as": "mei", "message": "x", "wish": "关" * 22}, "wish_too_long"),
        ("/api/press", {"as": "mei", "message": "x"}, "text_missing"),
        ("/api/submit", {"as": "mei", "wish": "a:b"}, "answers_missing"),
        ("/api/submit", {"as": "mei", "wish": "a:b", "answers": {"a": 1}}, "answers_missing"),
        (
            "/api/submit",
            {"as": "mei", "wish": "a:b", "answers": {str(n): "" for n in range(101)}},
            "answers_missing",
        ),
        ("/api/clock", {}, "move_unclear"),
        ("/api/clock", {"speed": "fast"}, "speed_unclear"),
        ("/api/clock", {"speed": True}, "speed_unclear"),
        ("/api/clock", {"speed": 0}, "speed_unclear"),
        ("/api/clock", {"speed": -1}, "speed_unclear"),
        ("/api/clock", {"speed": 1e300}, "speed_unclear"),
        ("/api/clock", {"jump": "soon"}, "jump_unclear"),
        ("/api/clock", {"jump": "P"}, "jump_unclear"),
        ("/api/clock", {"jump": "PT0S"}, "jump_unclear"),
        ("/api/clock", {"jump": "P9999D"}, "jump_unclear"),
        ("/api/clock", {"jump": "-PT5M"}, "jump_unclear"),
    ],
)
async def test_unclear_wishes_get_a_sentence(town: Town, path: str, body: object, code: str) -> None:
    async with town.browser() as browser:
        answer = await browser.post(path, json=body)

    assert answer.json()["code"] == code
    assert 400 <= answer.status_code < 500
    assert town.inbox.kept == {}
    assert town.clock.now() == NOON


@pytest.mark.parametrize("query", ["as=mei&after=x", "as=mei&after=-1", "as=mei&limit=1.5", "as=mei&before=9e9"])
async def test_numbers_in_the_query_are_whole(town: Town, query: str) -> None:
    async with town.browser() as browser:
        answer = await browser.get(f"/api/messages?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "not_a_number")


async def test_an_error_is_told_in_the_language_of_the_one_who_asked(town: Town) -> None:
    async with town.browser() as browser:
        zh = await browser.post("/api/say", json=hello(text=" "))
        en = await browser.post("/api/say", json={"as": "tom", "place": "dm:tom", "text": " "})
        stranger = await browser.get("/nowhere", headers={"accept-language": "zh-CN,zh;q=0.9"})

    assert "请写点内容" in zh.json()["error"]
    assert "Please write something" in en.json()["error"]
    assert "没有内容" in stranger.json()["error"]


async def test_the_clock_is_read_sped_up_and_made_to_jump(town: Town) -> None:
    town.clock.next_thing = NOON + timedelta(hours=2)
    async with town.browser() as browser:
        before = (await browser.get("/api/clock")).json()
        fast = (await browser.post("/api/clock", json={"speed": 600})).json()
        later = (await browser.post("/api/clock", json={"jump": "P1DT2H15M"})).json()
        following = (await browser.post("/api/clock", json={"jump": "next"})).json()
        town.clock.next_thing = None
        nothing = (await browser.post("/api/clock", json={"jump": "next"})).json()

    assert before == {"now": NOON.isoformat(), "speed": 1.0, "can_move": True}
    assert (fast["speed"], fast["moved"]) == (600.0, True)
    assert later["now"] == (NOON + timedelta(days=1, hours=2, minutes=15)).isoformat()
    assert following["now"] == (NOON + timedelta(hours=2)).isoformat()
    assert nothing["moved"] is False


async def test_a_real_clock_is_not_moved() -> None:
    town = Town(can_move=False)
    async with town.browser() as browser:
        answer = await browser.post("/api/clock", json={"speed": 60})

    assert (answer.status_code, answer.json()["code"]) == (409, "clock_fixed")
    assert town.clock.speed == 1.0


async def test_people_and_places_are_told_with_all_the_page_needs(town: Town) -> None:
    await town.desk.post(address("dm:mei"), Card(title="news"), key="1", repeat=False, quiet=False)
    async with town.browser() as browser:
        people = (await browser.get("/api/people")).json()["people"]
        mine = (await browser.get("/api/places?as=mei")).json()["places"]
        toms = (await browser.get("/api/places?as=tom")).json()["places"]

    assert people[0] == {
        "id": "mei",
        "name": "陈美",
        "title": "财务专员",
        "language": "zh",
        "zone": "Asia/Shanghai",
        "initials": "美",
        "colour": 340,
        "examples": ["打印机又卡纸了"],
    }
    assert [(one["id"], one["kind"]) for one in toms] == [("dm:tom", "dm"), ("channel:it", "channel")]
    assert mine[0]["last"]["card"]["title"] == "news"


TEXTS = st.text(st.characters(codec=None, exclude_categories=()), min_size=1, max_size=300)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS.filter(str.strip))
async def test_whatever_is_said_reaches_the_desk_and_the_page_whole(text: str) -> None:
    town = Town()
    async with town.browser() as browser:
        answer = await browser.post("/api/say", content=json.dumps(hello(text=text)), headers=JSON)
        shown = await messages(browser, "mei")

    said = town.desk.parse(town.inbox.last)
    sent = json.loads(json.dumps(text))  # JSON joins two halves of one letter
    expected = "".join("\ufffd" if letter == "\0" or category(letter) == "Cs" else letter for letter in sent)
    assert answer.status_code == 200
    assert isinstance(said, Said)
    assert said.text == shown[0]["text"] == expected
