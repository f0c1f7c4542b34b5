"""Any card, whatever people wrote into it, becomes a message that Slack takes and that calls nobody by accident."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from slack_sdk.models.blocks import Block

from bot.chat.card import Action, Card, Confirm, Fact, Gauge, Tone, Weight
from bot.chat.form import Choice, Field, FieldKind, Form
from bot.chat.incoming import Address
from bot.platforms.slack.mrkdwn import MARK, clipped, escaped, length
from bot.platforms.slack.render import home, message, modal, plain_message
from bot.platforms.slack.words import readable
from tests.platforms.local.test_adapter import CARDS, FORMS

RAW = re.compile(r"<(?!@U1>)|&(?!(?:amp|lt|gt);)")
NASTY = (
    "<!channel>", "<!everyone>", "<@U666>", "<!subteam^S1|@all>", "<http://evil|http://bank>", "&amp;", "&", "<", ">",
    "&lt;", "*", "_", "`", "```", "\n", "\r\n", "\u202e", "\u200b", "\0", "\ud800", "😀", "👩‍👩‍👧", "工单", "x" * 400,
    " ", "\u2028",
)  # fmt: skip


def test_ten_thousand_texts_break_nothing() -> None:
    dice = random.Random(7)
    for _ in range(10_000):
        text = "".join(dice.choices(NASTY, k=dice.randint(0, 12)))
        shown = message(_card_of(text), key="k")

        assert not any(RAW.search(one) for one in _texts(shown))
        assert "&amp;lt;" not in str(shown) or "&lt;" in text
        json.dumps(shown, ensure_ascii=False).encode()


def test_what_was_escaped_is_read_back_as_it_was_written() -> None:
    dice = random.Random(8)
    for _ in range(2_000):
        text = "".join(dice.choices([one for one in NASTY if one.isprintable()], k=5)).strip()

        assert readable(escaped(text), desk="U0", names={}) == text.strip()


@settings(max_examples=100)
@given(CARDS)
def test_any_card_keeps_slacks_limits(card: Card) -> None:
    _check(message(card, key="k")["blocks"], most=50)
    _check(home([card, card])["blocks"], most=100)


def test_the_largest_card_is_cut_with_a_mark() -> None:
    actions = tuple(Action("do", str(number), "Label " * 40) for number in range(30))
    card = Card(
        "t" * 500, lead="l" * 9000, quote="q\n" * 9000, facts=(Fact("f" * 500, "v" * 5000),) * 60,
        gauges=(Gauge("g" * 200, 7.0, "n" * 500),) * 20, lines=("<line> & " * 300,) * 300, actions=actions,
        footer="x" * 9000,
    )  # fmt: skip

    shown = message(card, key="k")

    _check(shown["blocks"], most=50)
    assert len(json.dumps(shown["blocks"], ensure_ascii=False)) < 13_000
    assert str(shown).count(MARK) > 5
    assert sum(len(block["elements"]) for block in shown["blocks"] if block["type"] == "actions") == 30
    assert len(plain_message(card)["text"]) <= 3000


def test_only_whom_the_card_means_is_called() -> None:
    shown = message(Card("<@U2> help", quote="<!here> &amp;", mentions=("slack:U1", "slack:<!channel>", "telegram:5")))

    assert shown["text"] == "<@U1> &lt;@U2&gt; help"
    assert [text for text in _texts(shown) if "<" in text] == ["<@U1> &lt;@U2&gt; help", "<@U1>"]
    assert (shown["link_names"], shown["unfurl_links"], shown["unfurl_media"]) == (False, False, False)


def test_buttons_carry_wishes_weights_and_native_questions() -> None:
    ask = Confirm("Really?", "Yes", "No")
    card = Card("t", actions=(Action("ack", "7", "Take", Weight.MAIN), Action("drop", "7", "Drop", Weight.DANGER, ask)))

    first, second = message(card)["blocks"][1]["elements"]

    assert (first["value"], first["style"]) == ("ack:7", "primary")
    assert (second["style"], second["confirm"]["confirm"]["text"]) == ("danger", "Yes")
    assert first["action_id"] != second["action_id"]


def test_a_gauge_is_a_bar() -> None:
    text = message(Card("t", gauges=(Gauge("Answer", 0.5, "1 h left", Tone.WARN),)))["blocks"][1]["text"]["text"]

    assert text == "🟠 *Answer* ▰▰▰▰▰▰▱▱▱▱▱▱ 1 h left"


def test_clipping_never_cuts_an_escape() -> None:
    for limit in range(2, 40):
        cut = clipped("a<b>&😀" * 10, limit)

        assert length(cut) <= limit
        assert not RAW.search(cut)
        assert cut.endswith(MARK)


@settings(max_examples=60)
@given(FORMS)
def test_any_form_is_a_window_slack_can_open(form: Form) -> None:
    view = modal(form, Address("slack:channel:C1"))

    assert len(view["title"]["text"]) <= 24
    assert len(view["submit"]["text"]) <= 24
    assert json.loads(view["private_metadata"]) == {"wish": form.wish, "place": "slack:channel:C1"}


def test_a_long_list_of_choices_is_a_menu_and_a_short_one_is_open() -> None:
    def element(count: int) -> Any:
        choices = tuple(Choice(str(number), f"Choice {number}") for number in range(count))
        form = Form("w:1", "t", (Field("f", "l", FieldKind.CHOICE, initial="1", choices=choices),), "Send")
        return modal(form, Address("slack:dm:U1"))["blocks"][0]["element"]

    assert element(3)["type"] == "radio_buttons"
    assert element(3)["initial_option"]["value"] == "1"
    assert element(60)["type"] == "static_select"
    assert [len(group["options"]) for group in element(250)["option_groups"]] == [100, 100, 50]


def _card_of(text: str) -> Card:
    return Card(
        text, lead=text, quote=text, facts=(Fact(text, text),), gauges=(Gauge(text, 0.3, text),), lines=(text, text),
        actions=(Action("ack", "7", text, confirm=Confirm(text, text, text)),), footer=text, summary=text,
        mentions=("slack:U1",),
    )  # fmt: skip


def _texts(value: object) -> Iterator[str]:
    match value:
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list():
            for one in value:
                yield from _texts(one)
        case str():
            yield value


def _check(blocks: list[dict[str, Any]], *, most: int) -> None:
    """The rules that slack-sdk knows, and those it does not."""
    assert 0 < len(blocks) <= most
    for known in Block.parse_all(blocks):
        known.validate_json()
    for block in blocks:
        assert len(block.get("elements", [])) <= 25
        texts = [block.get("text"), *block.get("fields", ())]
        assert all(0 < length(text["text"]) <= 3000 for text in texts if text)
        for element in block.get("elements", ()):
            assert 0 < length(element["text"]["text"] if isinstance(element["text"], dict) else element["text"]) <= 3000
