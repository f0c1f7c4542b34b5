"""A card on a terminal keeps every word, reads without colour and lines up whatever the script."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from bot.chat.card import Card, Tone
from bot.platforms.local.street import Language
from bot.platforms.local.terminal import SIGNS, CardOnTerminal
from tests.platforms.local import samples


def printed(card: Card, language: Language = "en", width: int = 72) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        console.print(CardOnTerminal(card, language))
    return capture.get().splitlines()


def words_of(lines: list[str]) -> str:
    return "".join("".join(lines).replace("│", "").split())


@pytest.mark.parametrize("card", samples.CARDS, ids=lambda card: card.title)
@pytest.mark.parametrize("width", [40, 72, 200])
def test_every_word_of_a_card_is_printed_and_every_line_is_equally_wide(card: Card, width: int) -> None:
    lines = printed(card, width=width)

    everything = [card.title, card.lead, card.quote, card.footer, *card.lines]
    everything += [fact.label for fact in card.facts] + [action.label for action in card.actions]
    shown = words_of(lines)
    assert [text for text in everything if "".join(text.split()) not in shown] == []
    assert {cell_len(line) for line in lines} == {min(width, 88)}


@pytest.mark.parametrize("tone", list(Tone))
def test_a_tone_reads_without_colour(tone: Tone) -> None:
    head = printed(replace(samples.BREACH_ZH, tone=tone), "zh")[0]

    assert f"[{SIGNS[tone]} " in head


def test_a_long_title_goes_into_the_card_whole() -> None:
    title = "财务系统登录报错" * 20

    shown = words_of(printed(Card(title=title)))

    assert title in shown


def test_what_looks_like_markup_is_printed_as_it_is() -> None:
    shown = "".join(printed(Card(title="[bold]x[/bold]", lead="[/] [red]not red[/red] :smile:")))

    assert "[bold]x[/bold]" in shown
    assert "[/] [red]not red[/red] :smile:" in shown


def test_nobody_s_words_steer_the_terminal() -> None:
    shown = "".join(printed(Card(title="a\x1b]0;b\x07", lead="\x1b[2J\x9b1A \u202egnp.exe")))

    assert not set(shown) & set("\x1b\x07\x9b\u202e")
    assert "gnp.exe" in shown


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(), st.integers(min_value=30, max_value=120))
def test_no_text_breaks_the_printing(title: str, lead: str, width: int) -> None:
    assert printed(Card(title=title or "-", lead=lead), width=width)
