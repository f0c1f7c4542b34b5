"""A card for a terminal: the tone as a colour and as a sign with a word, so that it reads without colour too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderResult
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.chat.card import Action, Card, Fact, Gauge, Tone, Weight
from bot.platforms.local.street import Language
from bot.platforms.local.whole import whole
from bot.platforms.local.words import catalogue

WIDEST = 88
BAR_CELLS = 24
FRAME_CELLS = 7
STEERING = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

COLOURS = {
    Tone.QUIET: "bright_black",
    Tone.CALM: "cyan",
    Tone.GOOD: "green",
    Tone.WARN: "yellow",
    Tone.ALARM: "red",
}
SIGNS = {Tone.QUIET: "-", Tone.CALM: "i", Tone.GOOD: "+", Tone.WARN: "!", Tone.ALARM: "!!"}
BUTTON_COLOURS = {Weight.MAIN: "bold reverse", Weight.SIDE: "reverse", Weight.DANGER: "red reverse"}


class CardOnTerminal:
    """What rich prints: `console.print(CardOnTerminal(card, "en"))`. Text is never read as markup."""

    def __init__(self, card: Card, language: Language) -> None:
        self._card = card
        self._words: dict[str, str] = catalogue(language)["terminal"]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = min(WIDEST, options.max_width)
        sign = Text(self._sign(), style=COLOURS[self._card.tone])
        title = Text(_one_line(self._card.title), style="bold", overflow="fold")
        fits = sign.cell_len + title.cell_len + FRAME_CELLS <= width
        yield Panel(
            _stacked([*([] if fits else [title]), *self._parts()]),
            title=sign.append(" ").append_text(title) if fits else sign,
            title_align="left",
            border_style=COLOURS[self._card.tone],
            width=width,
            padding=(0, 1),
        )

    def _sign(self) -> str:
        tone = self._card.tone
        return f"[{SIGNS[tone]} {self._words[tone.value]}]"

    def _parts(self) -> Iterator[Text | Table]:
        card = self._card
        if card.lead:
            yield _text(card.lead)
        if card.quote:
            yield _quote(card.quote)
        if card.gauges:
            yield _gauges(card.gauges)
        if card.facts:
            yield _facts(card.facts)
        if card.lines:
            yield _text("\n".join(f"• {line}" for line in card.lines))
        if card.actions:
            yield _buttons(self._words["buttons"], card.actions)
        if card.footer:
            yield _text(card.footer, style="dim")


def _stacked(parts: list[Text | Table]) -> Table:
    grid = Table.grid(expand=True)
    grid.add_column(overflow="fold")
    for part in parts:
        grid.add_row(part)
    return grid


def _quote(text: str) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Text(" >"), _text(text, style="dim"))
    return grid


def _facts(facts: tuple[Fact, ...]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=False, overflow="fold")
    grid.add_column(overflow="fold")
    for fact in facts:
        style = COLOURS[fact.tone] if fact.tone is not Tone.QUIET else ""
        mark = f"{SIGNS[fact.tone]} " if fact.tone in {Tone.WARN, Tone.ALARM} else ""
        grid.add_row(_text(fact.label), _text(f"{mark}{fact.value}", style=style))
    return grid


def _gauges(gauges: tuple[Gauge, ...]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", overflow="fold")
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for gauge in gauges:
        grid.add_row(_text(gauge.label), _bar(gauge), _text(gauge.note))
    return grid


def _bar(gauge: Gauge) -> Text:
    full = round(min(max(gauge.share, 0.0), 1.0) * BAR_CELLS)
    return Text("█" * full, style=COLOURS[gauge.tone]).append("░" * (BAR_CELLS - full), style="dim")


def _buttons(label: str, actions: tuple[Action, ...]) -> Text:
    line = Text(f"{label}: ", style="dim", overflow="fold")
    for action in actions:
        line.append(f"[{_one_line(action.label)}]", style=BUTTON_COLOURS[action.weight]).append(" ")
    line.rstrip()
    return line


def _text(text: str, style: str = "") -> Text:
    return Text(_harmless(text), style=style, overflow="fold")


def _one_line(text: str) -> str:
    return " ".join(_harmless(text).split())


def _harmless(text: str) -> str:
    """No words of a person can steer the terminal."""
    return STEERING.sub("\N{REPLACEMENT CHARACTER}", whole(text))
