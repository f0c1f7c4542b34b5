"""The local chat as the desk sees it: any card and form survives, and posting twice is posting once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.card import Action, Card, Confirm, Fact, Gauge, Tone, Weight
from bot.chat.form import Choice, Field, FieldKind, Form
from bot.chat.incoming import Address, Identity
from bot.chat.port import Manners, RawIncoming, Undelivered
from bot.platforms.local.adapter import LocalPlatform, address, identity
from bot.platforms.local.parse import card_from, form_from, parse
from bot.platforms.local.render import card_json, form_json
from bot.platforms.local.wire import InHouse
from tests.platforms.local import samples
from tests.platforms.local.town import Town

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
VERBS = st.text(st.sampled_from("abcdefgh"), min_size=1, max_size=8)
TONES = st.sampled_from(Tone)
CONFIRMS = st.none() | st.builds(Confirm, WORDS, WORDS, WORDS)
ACTIONS = st.builds(Action, VERBS, VERBS, WORDS, st.sampled_from(Weight), CONFIRMS)
CARDS = st.builds(
    Card,
    title=WORDS,
    tone=TONES,
    lead=WORDS,
    quote=WORDS,
    facts=st.lists(st.builds(Fact, WORDS, WORDS, TONES), max_size=3).map(tuple),
    gauges=st.lists(st.builds(Gauge, WORDS, st.floats(0, 3), WORDS, TONES), max_size=2).map(tuple),
    lines=st.lists(WORDS, max_size=3).map(tuple),
    actions=st.lists(ACTIONS, max_size=3).map(tuple),
    footer=WORDS,
    summary=WORDS,
    mentions=st.lists(WORDS, max_size=2).map(tuple),
)
FIELDS = st.builds(
    Field,
    WORDS,
    WORDS,
    st.sampled_from(FieldKind),
    st.booleans(),
    WORDS,
    WORDS,
    st.lists(st.builds(Choice, WORDS, WORDS), max_size=3).map(tuple),
    st.integers(1, 5000),
)
FORMS = st.builds(Form, WORDS, WORDS, st.lists(FIELDS, max_size=3).map(tuple), WORDS, WORDS)


@settings(max_examples=100, deadline=None)
@given(CARDS)
def test_a_card_comes_back_from_json_as_it_was(card: Card) -> None:
    written = json.loads(json.dumps(card_json(card)))

    assert card_from(written) == card
    assert card_from(written | {"from_the_future": 1}) == card


@settings(max_examples=60, deadline=None)
@given(FORMS)
def test_a_form_comes_back_from_json_as_it_was(form: Form) -> None:
    assert form_from(json.loads(json.dumps(form_json(form)))) == form


def test_half_letters_of_a_card_do_not_stop_it() -> None:
    written = json.dumps(card_json(Card(title="a\ud800b\0")), ensure_ascii=False).encode()

    assert card_from(json.loads(written)).title == "a\ufffdb\ufffd"


async def test_posting_again_with_the_same_key_is_found_and_not_doubled() -> None:
    town = Town()
    first = await town.desk.post(address("dm:mei"), samples.RECEIPT_ZH, key="k", repeat=False, quiet=False)
    second = await town.desk.post(address("dm:mei"), samples.RECEIPT_ZH, key="k", repeat=True, quiet=False)
    found = await town.desk.find(address("dm:mei"), key="k")
    other = await town.desk.find(address("dm:mei"), key="other")

    assert first == second == found
    assert other is None
    assert len(await town.street.before("mei", None, ["dm:mei"])) == 1


async def test_a_person_cannot_take_the_key_of_a_letter() -> None:
    town = Town()
    async with town.browser() as browser:
        for key in ("k", "desk:k", ":k"):
            hello = {"as": "mei", "place": "dm:mei", "text": "hi", "key": key}
            await browser.post("/api/say", json=hello)

    assert await town.desk.find(address("dm:mei"), key="k") is None


@pytest.mark.parametrize("to", ["local:dm:nobody", "local:channel:nowhere", "slack:C1", "local", ""])
async def test_an_address_that_is_not_here_is_refused_for_ever(to: str) -> None:
    with pytest.raises(Undelivered) as caught:
        await Town().desk.post(Address(to), samples.RECEIPT_ZH, key="k", repeat=False, quiet=False)

    assert caught.value.forever


async def test_a_whisper_for_one_who_does_not_read_there_is_refused_for_ever() -> None:
    town = Town()
    for who in (identity("mei"), Identity("local:nobody"), Identity("slack:U1")):
        with pytest.raises(Undelivered) as caught:
            await town.desk.whisper(address("channel:it"), who, samples.WHISPER_EN, key=who)
        assert caught.value.forever


async def test_an_edit_of_what_is_not_there_is_refused_for_ever() -> None:
    town = Town()
    ref = await town.desk.post(address("dm:mei"), samples.RECEIPT_ZH, key="k", repeat=False, quiet=False)
    with pytest.raises(Undelivered) as caught:
        await town.desk.edit(type(ref)("nowhere"), samples.RECEIPT_ZH)

    assert caught.value.forever


def test_channels_and_people_can_bear_different_things() -> None:
    slow = Manners(posts=1, per=timedelta(seconds=1))
    desk = LocalPlatform(InHouse(Town().street), channels=slow)

    assert desk.manners(address("channel:it")) == slow
    assert desk.manners(address("dm:mei")).posts > 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"what": "said"}',
        '{"what": "danced", "person": "mei", "place": "dm:mei", "at": "2026-03-04T12:00:00+00:00"}',
        '{"what": "pressed", "person": "mei", "place": "dm:mei", "at": "noon", "wish": "a:b", "message": "m"}',
        '{"what": "submitted", "person": "mei", "place": "dm:mei", "at": "2026-03-04T12:00:00Z", "answers": 1}',
    ],
)
def test_a_malformed_entry_of_the_inbox_is_called_so(body: str) -> None:
    with pytest.raises(ValueError, match=r"malformed|Expecting|isoformat"):
        parse(RawIncoming("k", "local", "local:mei", body))
