"""A card carries meanings, not widgets; each platform draws it as richly as it can."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

MAX_WISH_BYTES = 64  # Telegram's callback_data (core.telegram.org/bots/api#inlinekeyboardbutton)


class Tone(StrEnum):
    """How the card feels: quiet is for the record, alarm is for somebody who must get up."""

    QUIET = "quiet"
    CALM = "calm"
    GOOD = "good"
    WARN = "warn"
    ALARM = "alarm"


class Weight(StrEnum):
    """How much a button matters on its card."""

    MAIN = "main"
    SIDE = "side"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Confirm:
    """What is asked before a press counts."""

    question: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Action:
    """A button: a wish to do `verb` with `subject`, never a permission."""

    verb: str
    subject: str
    label: str
    weight: Weight = Weight.SIDE
    confirm: Confirm | None = None

    @property
    def wish(self) -> str:
        """`verb:subject`, what the platform sends back when the button is pressed."""
        return f"{self.verb}:{self.subject}"

    def __post_init__(self) -> None:
        if len(self.wish.encode()) > MAX_WISH_BYTES:
            raise ValueError(f"a wish has at most {MAX_WISH_BYTES} bytes: {self.wish!r}")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a card: a label and what stands beside it."""

    label: str
    value: str
    tone: Tone = Tone.QUIET


@dataclass(frozen=True, slots=True)
class Gauge:
    """How far something has run, drawn as a bar: `share` is 0 at the start and 1 when it is used up."""

    label: str
    share: float
    note: str
    tone: Tone = Tone.CALM


@dataclass(frozen=True, slots=True)
class Card:
    """One message of the desk. All strings are plain text: escaping and clipping belong to the renderer."""

    title: str
    tone: Tone = Tone.CALM
    lead: str = ""
    """One or two sentences under the title: what happened, or what is asked."""
    quote: str = ""
    """The words of a person, as they wrote them."""
    facts: tuple[Fact, ...] = ()
    gauges: tuple[Gauge, ...] = ()
    lines: tuple[str, ...] = ()
    """A list, one item a line."""
    actions: tuple[Action, ...] = ()
    footer: str = ""
    summary: str = ""
    """The one line that a notification shows; the title stands in when it is empty."""
    mentions: tuple[str, ...] = ()
    """Identities on the platform of the address who must be made to look."""

    def without_actions(self) -> Self:
        """The same card when nothing can be done with it any more."""
        return replace(self, actions=())

    @property
    def one_line(self) -> str:
        """What a notification shows."""
        return self.summary or self.title
