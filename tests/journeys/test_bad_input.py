"""Bad input: a clear answer in the reader's language, the original text kept, nothing lost or half done."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from tests.journeys.life import (
    CHEN,
    EMMA,
    HE,
    IT_DESK,
    LIN,
    OUTAGE,
    ZHAO,
    Life,
    living,
    said,
    text_of,
)

FAMILY, FLAG = "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"

STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What would turn the rest of a line around."""

ODD = {
    "joined emoji": f"打印机卡纸了 {FAMILY}{FLAG} 👍🏽",
    "right to left override": "The file \u202egpj.exe\u202c will not open in Outlook",
    "isolates": "\u2067printer\u2069 is \u200ejammed\u200f again, please help",
    "zero width": "p\u200br\u200ci\u200dn\u2060t\ufeffer is jammed again",
    "combining": "Z͑ͫ̓ͪ̂ͫ̽a̴̵̜̰͔ͫ͗͢l̠ͨg̣͍̝ͪͅo̒ printer is jammed",
    "markup": "**printer** <b>jammed</b> [click](javascript:alert(1)) `rm -rf` ~~now~~ <script>alert(1)</script>",
    "mentions": "<!channel> <@U123> @channel @here @everyone <!subteam^S1|all> the printer is jammed",
    "entities": "&lt;b&gt; &amp; &#0; &nbsp; the printer is jammed",
    "templates": "{ $ref } {0} %s %(name)s ${HOME} {{7*7}} printer jammed",
    "sql": "'; DROP TABLE tickets; -- the printer is jammed",
    "many lines": "printer jammed\r\n\r\n\n\tthird line\x0b\x0c\x85\u2028last",
    "controls": "printer \x07\x1b[31mjammed\x1b[0m \x7f again",
    "arabic": "الطابعة لا تعمل منذ الصباح",
    "full width": "ＰＲＩＮＴＥＲ　ｊａｍｍｅｄ　ａｇａｉｎ",
    "private use": "printer jammed \ue000\U000f0000 again",
    "noncharacters": "printer jammed \ufffe\uffff again",
}


@pytest.mark.parametrize("person", [LIN, EMMA])
async def test_odd_words_are_kept_to_the_last_character_and_answered_with_a_receipt(
    tmp_path: Path, person: str
) -> None:
    async with living(tmp_path) as life:
        for words in ODD.values():
            await life.say(person, f"report: {words}")

        kept = [(await life.ticket(number)).words for number in range(1, len(ODD) + 1)]
        receipts = [await life.receipt(person, number) for number in range(1, len(ODD) + 1)]
        titles = await life.titles(person)

        assert dict(zip(ODD, kept, strict=True)) == ODD
        assert dict(zip(ODD, [one["quote"] for one in receipts], strict=True)) == ODD
        assert said("zh", "apology-title") not in titles
        assert said("en", "apology-title") not in titles
        assert len(await life.cards(CHEN, IT_DESK)) == len(ODD)
        assert (await life.store.verify_history()).broken is None


async def test_no_words_of_others_become_a_mention_or_steer_a_title(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        for words in ODD.values():
            await life.say(EMMA, f"report: {words}")

        cards = await life.cards(CHEN, IT_DESK)

        assert len(cards) == len(ODD)
        assert all(card["mentions"] == [] for card in cards)
        for card in cards:
            unseen = {char for char in card["title"] if unicodedata.category(char) in ("Cc", "Zl", "Zp")}
            assert not unseen, card["title"]
            assert not set(card["title"]) & STEERING, card["title"]


@pytest.mark.parametrize("person", [LIN, EMMA])
async def test_forty_thousand_characters_are_kept_whole_and_shown_clipped_with_a_mark(
    tmp_path: Path, person: str
) -> None:
    language, words = ("zh", "邮箱登不上去了。" * 5000) if person == LIN else ("en", "My inbox is stuck. " * 2105)
    async with living(tmp_path) as life:
        await life.say(person, words)

        ticket, receipt = await life.ticket(), await life.receipt(person)

        shown, _, mark = receipt["quote"].rpartition("\n")
        assert ticket.words == words
        assert words.startswith(shown)
        assert mark == said(language, "cut-off", left=len(words) - len(shown))
        assert len(text_of(receipt)) < 6000


async def test_long_words_in_a_form_are_kept_whole_too(tmp_path: Path) -> None:
    solution = "第一步：重启服务器。" * 4000
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.fill(CHEN, "resolve", solution=solution)

        assert (await life.ticket()).solution == solution
        assert len((await life.cards(LIN))[-1]["quote"]) < 2000


@pytest.mark.parametrize(
    ("escaped", "kept"),
    [
        ("printer \\ud83d jammed", "printer \ufffd jammed"),
        ("printer \\udc00\\ud83d jammed", "printer \ufffd\ufffd jammed"),
        ("printer \\u0000 jammed", "printer \ufffd jammed"),
        ("printer \\ud83d\\udda8 jammed", "printer 🖨 jammed"),
    ],
    ids=["half a pair", "halves the wrong way round", "NUL", "a whole pair"],
)
async def test_what_no_database_can_hold_is_kept_with_a_mark_in_its_place(
    tmp_path: Path, escaped: str, kept: str
) -> None:
    async with living(tmp_path) as life:
        head = json.dumps({"as": EMMA, "place": f"dm:{EMMA}"})
        body = f'{head[:-1]}, "text": "report: {escaped}"}}'
        answer = await life.web.post("/api/say", content=body, headers={"Content-Type": "application/json"})
        await life.later(seconds=0)

        assert answer.status_code == 200
        assert (await life.ticket()).words == kept
        assert (await life.receipt(EMMA))["quote"] == kept


@pytest.mark.parametrize("person", [LIN, EMMA])
async def test_what_cannot_be_seen_is_answered_and_makes_no_ticket(tmp_path: Path, person: str) -> None:
    language = "zh" if person == LIN else "en"
    async with living(tmp_path) as life:
        for invisible in ("\u200b\u200c\u200d", "\u2060\ufeff", "\u202e\u202c", "\u00ad\u180e", "\ufe0f\ufe0e"):
            await life.say(person, invisible)

        assert await life.store.reads.tickets(only_open=False) == []
        cards = await life.cards(person)
        assert len(cards) == 5
        assert {card["lead"] for card in cards} == {said(language, "empty-lead")}


@pytest.mark.parametrize("person", [LIN, EMMA])
async def test_empty_and_blank_requests_are_refused_in_the_persons_language(tmp_path: Path, person: str) -> None:
    async with living(tmp_path) as life:
        for words in ("", "   ", "\n\t", "\u3000"):
            answer = await life.web.post(
                "/api/say",
                json={"as": person, "place": f"dm:{person}", "text": words},
                headers={"Accept-Language": "fr"},
            )

            assert answer.status_code == 400
            assert answer.json()["code"] == "text_empty"
            assert any("\u4e00" <= char <= "\u9fff" for char in answer.json()["error"]) is (person == LIN)
        assert await life.reads(person) == []


SENSELESS = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b'{"as": 1}',
    b'{"as": "emma-clarke"}',
    b'{"as": "emma-clarke", "place": "dm:emma-clarke"}',
    b'{"as": "emma-clarke", "place": "dm:emma-clarke", "text": 7}',
    b'{"as": "emma-clarke", "place": "dm:emma-clarke", "text": ["a"]}',
    b'{"as": "emma-clarke", "place": "dm:emma-clarke", "text": NaN}',
    b'{"as": "emma-clarke", "place": "dm:emma-clarke", "text": "a", "key": ""}',
    b'{"as": "emma-clarke", "place": "dm:lin-xia", "text": "a"}',
    b'{"as": "nobody", "place": "dm:nobody", "text": "a"}',
    b'{"as": "emma-clarke", "place": "dm:emma-clarke", "text": "\xff\xfe"}',
    b'{"as": "emma-clarke", "place": "dm:emma-clarke", "text": "a", "reply_to": "gone"}',
    b"[" * 100_000,
    b'{"as": "emma-clarke", "place": "dm:emma-clarke", "text": "' + b"x" * 1_100_000 + b'"}',
)


async def test_a_request_that_makes_no_sense_is_refused_with_a_sentence_and_nothing_is_written(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        for body in SENSELESS:
            answer = await life.web.post("/api/say", content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code in (400, 404, 413), body[:80]
            assert answer.json()["error"], body[:80]

        await life.later(seconds=0)
        assert await life.store.reads.tickets(only_open=False) == []
        assert await life.reads(EMMA) == []


async def test_odd_answers_to_forms_change_nothing_they_should_not(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        before = await life.history()
        for wish, answers in (
            ("regrade:1", {"kind": "disaster", "service": "email"}),
            ("regrade:1", {"kind": "incident", "service": "no-such", "impact": "high", "urgency": "high"}),
            ("regrade:1", {"impact": "enormous", "urgency": "high"}),
            ("overrule:1", {"priority": "P0", "why": "sehr wichtig"}),
            ("assign:1", {"to": "nobody"}),
            ("assign:1", {"to": LIN}),
            ("wait:1", {"for": "wait_forever", "why": "x"}),
            ("wait:1", {"for": "wait_supplier", "why": "\u200b"}),
            ("ask:1", {}),
            ("say:1", {"words": "\n"}),
            ("resolve:1", {"solution": "", "extra": "x"}),
        ):
            await life.deed("submit", {"as": HE, "wish": wish, "answers": answers})

        assert await life.history() == before
        cards = [card for card in await life.cards(HE, f"dm:{HE}") if card["tone"] == "warn"]
        assert len(cards) == 11
        assert said("zh", "apology-title") not in {card["title"] for card in cards}


async def test_words_that_look_like_commands_and_numbers_are_answered_and_break_nothing(tmp_path: Path) -> None:
    odd = [
        "#", "#0", "#-1", "#99999999999999999999999", "#１", "#1#1", "cancel #", "撤单 #-5", "/", "/ack", "resolve #1",
        "INC-", "INC-0", "reopen #１２３", "#٣", "status #1e9", "nudge #0x1",
    ]  # fmt: skip
    async with living(tmp_path) as life:
        for person in (LIN, ZHAO):
            for words in odd:
                seen = len(await life.reads(person))
                await life.say(person, words)
                assert len(await life.reads(person)) >= seen + 2, words
                assert not await _apologies(life, person), words


async def test_every_answer_fits_the_wire(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        for words in (*ODD.values(), "邮箱登不上去了。" * 5000):
            await life.say(LIN, f"报修：{words}")
            await life.say(LIN, words)

        for message in await life.reads(CHEN):
            assert json.dumps(message).encode()
            for action in message.get("card", {}).get("actions", ()):
                assert len(f"{action['verb']}:{action['subject']}".encode()) <= 64


async def _apologies(life: Life, person: str) -> bool:
    sorry = {said("zh", "apology-title"), said("en", "apology-title")}
    return bool(sorry & set(await life.titles(person)))
