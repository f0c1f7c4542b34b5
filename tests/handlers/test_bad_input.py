"""Whatever is written, pressed or sent: a clear answer in the reader's language, the words kept, nothing half done."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ids import PersonId
from tests.domain.small_desk import CHEN, LIN, MEI, OLGA
from tests.handlers.small_house import SmallHouse, everything_on

WORDS = st.text(alphabet=st.characters(), max_size=120)
WISHES = st.text("abcdefghijklmnopqrstuvwxyz_:/0123456789-", max_size=40)
PEOPLE = st.sampled_from([MEI, OLGA, LIN, CHEN])


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u200b", "\ufeff", "\x00", "\u202e", "\ud800"])
async def test_a_message_without_words_is_answered_and_no_ticket(text: str) -> None:
    house = SmallHouse()

    [card] = await house.says(text)

    assert "没有文字" in card.lead
    assert house.file.saved == {}


@pytest.mark.parametrize(
    "text",
    [
        "👨\u200d👩\u200d👧\u200d👦 的电脑坏了",
        "see \u202eexe.tab\u202c file is broken",
        "zero\u200bwidth is broken",
        "<!channel> <@U123> everyone @here the VPN is down",
        "*bold* _it_ `code` [x](http://evil) <b>hi</b> is broken",
        "{ $ref } {0} %s ${x} is broken",
        "'; DROP TABLE tickets; -- is broken",
        "Ｖｐｎ　ｉｓ　ｄｏｗｎ",
        "電腦壞了，唔識整",
    ],
)
async def test_strange_words_are_kept_exactly_and_shown_as_words(text: str) -> None:
    house = SmallHouse()

    await house.says(text)
    receipt = await house.sees(house.letters("receipt")[0])

    assert house.ticket().words == text
    assert receipt.quote.startswith(text)


async def test_what_no_database_can_keep_is_shown_as_unreadable() -> None:
    house = SmallHouse()

    await house.says("VPN\x00 is \ud800down")

    assert house.ticket().words == "VPN\N{REPLACEMENT CHARACTER} is \N{REPLACEMENT CHARACTER}down"


@pytest.mark.parametrize("number", ["#0", "#999999999", "INC-00", "单号404"])
async def test_an_unknown_number_gets_a_kind_answer(number: str) -> None:
    house = SmallHouse()

    [card] = await house.says(number)

    assert card.title == "没有这张工单，或者您无权查看。"


@given(st.lists(st.tuples(PEOPLE, WORDS, st.booleans()), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
async def test_every_message_is_settled_once_and_answered_in_full_sentences(
    messages: list[tuple[PersonId, str, bool]],
) -> None:
    house = SmallHouse()

    for by, text, private in messages:
        place = "" if private else "local:channel:all"
        cards = await house.says(text, by=by, private=private, place=place)
        assert all("{ $" not in everything_on(card) or "{ $" in text for card in cards)

    assert len(house.desk.settled) == len(messages)
    assert len(set(house.desk.settled)) == len(messages)
    for letter in list(house.file.letters.values()):
        await house.draws(letter)
        assert private_or_whispered(letter.to, letter.only, letter.about)


def private_or_whispered(to: str, only: str, about: str) -> bool:
    """An answer that others could read is a whisper."""
    return about != "card" or to.startswith("local:dm:") or only != ""


@given(PEOPLE, WISHES, st.dictionaries(WORDS, WORDS, max_size=3))
@settings(max_examples=100, deadline=None)
async def test_forged_forms_are_answered_and_settled(by: PersonId, wish: str, answers: dict[str, str]) -> None:
    house = SmallHouse()
    await house.says("邮箱登不上去")

    await house.submits(wish, answers, by=by)

    assert len(house.desk.settled) == 2
