"""Plain words made into Telegram's HTML: escaped exactly once, clipped before they are, so that no cut falls into a tag
or an entity.

Lengths count UTF-16 units after parsing, the strictest reading of Telegram's limit; a clipped text ends in `…`."""

from __future__ import annotations

import re
from html import escape
from itertools import accumulate, takewhile

from bot.platforms.telegram.words import whole

MARK = "…"

_HIDDEN = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_BLANK = re.compile(r"\s+")
_DANGLING = "\u200d\ufe0f "


def safe(text: str) -> str:
    """Text in which Telegram finds no tag and no entity that we did not write."""
    return escape(text, quote=True)


def tidy(text: str) -> str:
    """Words as they may be shown, line by line."""
    return _CONTROLS.sub(" ", whole(text).replace("\r\n", "\n").replace("\r", "\n")).strip()


def clipped(text: str, limit: int) -> str:
    """At most `limit` units of the text, not yet escaped."""
    text = tidy(text)
    if length(text) <= limit:
        return text
    costs = accumulate(length(sign) for sign in text)
    kept = sum(1 for _ in takewhile(lambda cost: cost <= limit - length(MARK), costs))
    return text[:kept].rstrip(_DANGLING) + MARK


def one_line(text: str) -> str:
    """The text without line breaks and without signs that hide or turn what follows."""
    return _BLANK.sub(" ", _CONTROLS.sub(" ", _HIDDEN.sub("", whole(text)))).strip()


def length(text: str) -> int:
    """How many UTF-16 units the text has."""
    return len(text) + sum(1 for sign in text if sign > "\uffff")
