"""Words as people wrote them on Slack: its entities read, and nothing in them that hides or breaks things."""

from __future__ import annotations

import re
from collections.abc import Mapping

_UNFIT = re.compile("[\x00\ud800-\udfff]")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HIDDEN = re.compile("[\x00-\x1f\x7f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_ENTITY = re.compile(r"<(?P<sign>[@#!]?)(?P<name>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")
_BLANKS = re.compile(r"[ \t]{2,}")
_REST = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ESCAPED = re.compile("|".join(_REST))

LONGEST_NAME = 120


def readable(text: str, *, desk: str, names: Mapping[str, str]) -> str:
    """The text with `<@U1>` as a name where it is known, links as links, `&amp;` as `&`; the call of the desk at its
    head is gone. Reading it twice would read too much: entities are read once, and escapes after them."""
    parts: list[str] = []
    last = 0
    for found in _ENTITY.finditer(text):
        parts += [_unescaped(text[last : found.start()]), _entity(found, desk, names)]
        last = found.end()
    parts.append(_unescaped(text[last:]))
    return whole("".join(parts)).strip()


def whole(text: str) -> str:
    """Text that JSON, UTF-8 and SQLite can take: U+FFFD for each NUL and lone surrogate, and nothing that turns the
    direction of what follows."""
    return _TURNS.sub("", _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text))


def plain_name(name: str) -> str:
    """A name of a person or a file, on one line and with nothing hidden in it."""
    return _BLANKS.sub(" ", _HIDDEN.sub("", _UNFIT.sub("\N{REPLACEMENT CHARACTER}", name))).strip()[:LONGEST_NAME]


def mentions(text: str, user: str) -> bool:
    """The user is called in the text."""
    return f"<@{user}>" in text or f"<@{user}|" in text


def called(text: str) -> set[str]:
    """The ids of all users who are called in the text."""
    return {found["name"] for found in _ENTITY.finditer(text) if found["sign"] == "@"}


def _entity(found: re.Match[str], desk: str, names: Mapping[str, str]) -> str:
    sign, name, label = found["sign"], found["name"], _unescaped(found["label"] or "")
    match sign:
        case "@" if name == desk:
            return ""
        case "@":
            return "@" + plain_name(names.get(name) or label or name)
        case "#":
            return "#" + (label or name)
        case "!":
            return label or "@" + name.partition("^")[0]
        case _:
            return _link(_unescaped(name), label)


def _link(target: str, label: str) -> str:
    """Where a link leads is always shown: its words may say something else."""
    bare = target.removeprefix("mailto:").removeprefix("tel:")
    return bare if not label or label in (target, bare) or target.endswith("://" + label) else f"{label} ({bare})"


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _REST[found[0]], text)
