"""Plain words made into Slack's text objects: escaped exactly once, clipped where Slack would refuse them.

Lengths count UTF-16 units, the strictest way of counting; a clipped text ends in `…`."""

from __future__ import annotations

import re
from itertools import accumulate, takewhile
from typing import Any

from bot.platforms.slack.words import whole

Body = dict[str, Any]

MARK = "…"

_NEEDS_ESCAPE = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ESCAPES = str.maketrans(_NEEDS_ESCAPE)
_HIDDEN = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_BLANK = re.compile(r"\s+")
_DANGLING = "\u200d\ufe0f "


def escaped(text: str) -> str:
    """Text in which Slack finds no link, call or channel (docs.slack.dev: formatting message text, escaping)."""
    return whole(text).translate(_ESCAPES)


def clipped(text: str, limit: int) -> str:
    """The escaped text, at most `limit` long, never cut inside an escape."""
    text = whole(text)
    safe = text.translate(_ESCAPES)
    if length(safe) <= limit:
        return safe
    costs = accumulate(length(_NEEDS_ESCAPE.get(sign, sign)) for sign in text)
    kept = sum(1 for _ in takewhile(lambda cost: cost <= limit - length(MARK), costs))
    return text[:kept].rstrip(_DANGLING).translate(_ESCAPES) + MARK


def one_line(text: str) -> str:
    """The text without line breaks and without signs that hide or turn what follows."""
    return _BLANK.sub(" ", _HIDDEN.sub("", whole(text))).strip()


def length(text: str) -> int:
    """How many UTF-16 units the text has."""
    return len(text) + sum(1 for sign in text if sign > "\uffff")


def plain(text: str, limit: int) -> Body:
    """A text object without any formatting, on one line; never empty, which Slack would refuse."""
    return {"type": "plain_text", "text": clipped(one_line(text), limit) or MARK, "emoji": True}


def mrkdwn(safe: str) -> Body:
    """A text object of words that are escaped already. Nothing in them becomes a link or a call by itself."""
    return {"type": "mrkdwn", "text": safe, "verbatim": True}


def bold(text: str, limit: int) -> str:
    """One escaped line in bold; empty when there is nothing to say."""
    words = one_line(text).replace("*", "∗")
    return f"*{clipped(words, limit - 2)}*" if words else ""


def quoted(text: str, limit: int) -> str:
    """The escaped words with a bar at the side of every line."""
    lines = whole(text).strip().splitlines()
    shown = clipped("\n".join(lines), limit - len(lines)) if len(lines) < limit // 8 else _few(lines, limit)
    return "\n".join(f">{line}" for line in shown.split("\n"))


def _few(lines: list[str], limit: int) -> str:
    """So many lines that their bars alone would fill the text: the first of them."""
    return clipped("\n".join(lines[: limit // 8]) + "\n" + MARK, limit - limit // 8 - 1)
