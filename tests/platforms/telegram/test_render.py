"""Cards as Telegram draws them: nothing of what people wrote is ever taken for a tag, and nothing is too long."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.card import Action, Card, Confirm, Fact, Gauge, Tone, Weight
from bot.chat.form import Choice, Field, FieldKind, Form
from bot.chat.incoming import Address, Identity
from bot.platforms.telegram.forms import Draft
from bot.platforms.telegram.render import MOST_TEXT, Shown, alert, confirm_name, message, question, rows_of
from tests.platforms.telegram.house import NOW
from tests.street.telegram import MEI, Refused, read_html, units

NASTY = [
    "<b>bold</b>",
    "</blockquote><a href='tg://user?id=1'>x</a>",
    "&amp;&lt;&#60;&#x3c;",
    "&",
    "<",
    ">",
    "<<<>>>",
    "<!--",
    "<script>alert(1)</script>",
    '" onclick="x',
    "'",
    "<tg-spoiler>",
    "&bogus;",
    "&#0;",
    "\x00\x01\x1f",
    "\u202eevil\u2066",
    "\u200b\u200d\ufeff",
    "👩‍👩‍👧‍👦" * 40,
    "é" * 30,
    "a\u0301" * 50,
    "\ud800",
    "\udc00x",
    "🇨🇳",
    "[x](http://evil)",
    "*_`~|",
    "@everyone /start",
    "tg://resolve?domain=x",
    "\n\n\n",
    " ",
    "",
    "x" * 5000,
    "中" * 4100,
    "😀" * 2100,
    "&" * 4100,
    "<" * 4096,
    "a\n" * 3000,
    "\r\n\t\v\f",
    "]]>",
    "%s %d {0} {x}",
    "\\u003cb\\u003e",
    "‮",
    "ﷺ" * 300,
]


def fuzzed(seed: int, amount: int) -> list[str]:
    chance = random.Random(seed)
    alphabet = "<>&;#\"'/=abcx0139 \n\t😀中\u202e\u200d\ud800\x00é-"
    found = []
    for number in range(amount):
        if number % 3 == 0:
            found.append("".join(chance.choices(NASTY, k=3))[: chance.randrange(1, 6000)])
        else:
            found.append("".join(chance.choices(alphabet, k=chance.randrange(1, 60))))
    return found


def assert_taken(shown: Shown) -> str:
    """Telegram would take it; what it would show."""
    text, _ = read_html(shown.html)
    assert 0 < units(text.strip()) <= MOST_TEXT
    assert 0 < units(shown.plain.strip()) <= MOST_TEXT
    data = [button.data for row in shown.rows for button in row]
    assert all(1 <= len(one.encode()) <= 64 for one in data)
    assert all(button.label.strip() for row in shown.rows for button in row)
    return text


def test_ten_thousand_nasty_texts_are_taken_and_shown_as_they_are() -> None:
    """Threat 12: 0 rejects by a parser as strict as Telegram's."""
    texts = fuzzed(12, 10_000)
    for at in range(0, len(texts), 10):
        one = texts[at : at + 10]
        card = Card(
            title=one[0],
            lead=one[1],
            quote=one[2],
            facts=(Fact(one[3], one[4]), Fact(one[5], one[6], Tone.ALARM)),
            gauges=(Gauge(one[7], 0.5, one[8]),),
            lines=(one[9], one[0]),
            footer=one[1],
            actions=(Action("take", "5", one[2]),),
        )
        assert_taken(message(card, repeat=at % 2 == 0))


@pytest.mark.parametrize("text", NASTY)
def test_words_come_out_as_they_went_in(text: str) -> None:
    shown = assert_taken(message(Card(title="T", lead=text)))

    assert "<b>" not in shown or "<b>" in text
    if text.isascii() and text.isprintable() and len(text) < 1000:
        assert text.strip() in shown


@pytest.mark.parametrize(
    "html",
    [
        "<b>x",
        "x</b>",
        "<b><i>x</b></i>",
        "<script>x</script>",
        "a < b",
        "a & b",
        "a > b",
        "&bogus;",
        "<b class='x'>y</b>",
        "<blockquote><blockquote>x</blockquote></blockquote>",
        '<a onclick="x">y</a>',
        "&#0;",
        "<b",
    ],
)
def test_the_parser_that_takes_all_this_refuses_what_telegram_refuses(html: str) -> None:
    with pytest.raises(Refused):
        read_html(html)


def test_a_card_that_says_nothing_is_drawn() -> None:
    assert assert_taken(message(Card(title=""))) == "…"


@pytest.mark.parametrize("parts", [1, 5, 40, 400])
def test_a_card_too_long_is_cut_with_a_mark_and_never_in_a_tag(parts: int) -> None:
    long = "&<😀中" * 300
    card = Card(
        title=long,
        lead=long,
        quote=long,
        facts=tuple(Fact(long, long) for _ in range(parts)),
        lines=tuple(long for _ in range(parts)),
        gauges=tuple(Gauge(long, 1.0, long) for _ in range(parts)),
        footer=long,
        mentions=tuple(f"telegram:{user}" for user in range(1, parts)),
    )

    assert "…" in assert_taken(message(card))


def test_meanings_have_their_looks() -> None:
    card = Card(
        title="INC-7 VPN",
        tone=Tone.ALARM,
        lead="Nobody has taken it.",
        quote="It <drops>",
        facts=(Fact("Priority", "P1", Tone.WARN), Fact("Team", "")),
        gauges=(Gauge("Response", 0.7, "3 min left", Tone.WARN),),
        lines=("one", "two"),
        footer="Deskbell",
        mentions=(f"telegram:{MEI}", "slack:U1", "telegram:evil"),
    )

    assert message(card, names={MEI: "Mei <3"}).html == (
        "🔴 <b>INC-7 VPN</b>\n"
        "Nobody has taken it.\n"
        "<blockquote>It &lt;drops&gt;</blockquote>\n"
        "<b>Priority:</b> 🟠 P1\n"
        "<b>Team:</b> –\n"
        "🟠 <b>Response</b> ▰▰▰▰▰▰▰▱▱▱ 3 min left\n"
        "• one\n• two\n"
        "<i>Deskbell</i>\n"
        f'<a href="tg://user?id={MEI}">Mei &lt;3</a>'
    )


def test_a_repetition_says_so_by_a_sign() -> None:
    assert message(Card(title="T"), repeat=True).html == "🔁 <b>T</b>"


def test_long_quotes_and_lists_are_folded() -> None:
    html = message(Card(title="T", quote="x" * 400, lines=tuple("abcdefghijk"))).html

    assert html.count("<blockquote expandable>") == 2
    assert "<blockquote expandable>" not in message(Card(title="T", quote="short", lines=("a",))).html


@pytest.mark.parametrize("share", [-1.0, 0.0, 0.5, 1.0, 7.0, float("nan"), float("inf")])
def test_a_gauge_is_never_longer_than_its_bar(share: float) -> None:
    text = assert_taken(message(Card(title="T", gauges=(Gauge("g", share, "n"),))))

    assert text.count("▰") + text.count("▱") == 10


def test_buttons_stand_side_by_side_as_far_as_their_labels_let_them() -> None:
    actions = (
        Action("cancel", "1", "Cancel", Weight.DANGER),
        Action("a", "1", "Acknowledge"),
        Action("b", "1", "Resolve"),
        Action("take", "1", "Take it", Weight.MAIN),
        Action("c", "1", "这是一个很长很长很长很长的按钮"),
    )

    rows = [[(button.label, button.style) for button in row] for row in rows_of(actions)]

    assert rows == [
        [("Take it", "primary"), ("Acknowledge", None)],
        [("Resolve", None)],
        [("这是一个很长很长很长很长的按钮", None)],
        [("Cancel", "danger")],
    ]


def test_a_button_that_asks_first_carries_a_name_of_its_question() -> None:
    confirm = Confirm("Cancel it for good?", "Yes", "No")
    ((button,),) = rows_of((Action("cancel", "x" * 57, "Cancel", confirm=confirm),))

    assert button.data == "?" + confirm_name("cancel:" + "x" * 57, confirm)
    assert len(button.data.encode()) <= 64


def test_a_pop_up_has_at_most_two_hundred_characters() -> None:
    assert len(alert(Card(title="T" * 150, lead="L" * 150))) == 200


TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=300)


@settings(max_examples=60)
@given(TEXT, TEXT, TEXT, st.sampled_from(FieldKind), st.booleans(), st.integers(0, 1), st.booleans())
def test_any_question_can_be_asked(
    title: str, label: str, given_: str, kind: FieldKind, required: bool, step: int, in_private: bool
) -> None:
    field = Field("f", label, kind, required, given_, hint=title, choices=(Choice("1", label), Choice("2", title)))
    form = Form("wait:5", title, (field,), submit=label, lead=title)
    place = Address(f"telegram:{MEI}" if in_private else "telegram:-5")
    draft = Draft("ab12cd34", Identity(f"telegram:{MEI}"), place, place, form, NOW, 1, step=step, trouble="blank")

    shown = question(draft, in_private=in_private)

    assert_taken(shown)
    assert shown.rows or shown.awaits_reply
