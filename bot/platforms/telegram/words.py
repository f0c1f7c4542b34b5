"""Words as people wrote them on Telegram: links read, the desk's own name taken off, nothing in them that hides.

Telegram counts places in a text in UTF-16 units (core.telegram.org/api/entities)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_UNFIT = re.compile("[\x00\ud800-\udfff]")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HIDDEN = re.compile("[\x00-\x1f\x7f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_BLANKS = re.compile(r"[ \t]{2,}")
_LEADING = re.compile(r"^[\s,:，：、]+")

LONGEST_NAME = 120
CALLED = "@desk"
"""What is left of a message that is nothing but the desk's name."""


@dataclass(frozen=True, slots=True)
class Me:
    """The desk's own account."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a message says; `called`: it calls the desk by name."""

    text: str
    called: bool


def read(text: str, entities: Sequence[object], me: Me) -> Read:
    """The text with every hidden link shown and the desk's name gone. Entities that make no sense are passed over: the
    words are worth more than their decoration."""
    units = text.encode("utf-16-le", "surrogatepass")
    called = False
    for entity in sorted(filter(None, map(_spot, entities)), key=lambda one: one.start, reverse=True):
        if entity.end > len(units):
            continue
        marked = units[entity.start : entity.end].decode("utf-16-le", "surrogatepass")
        shown = _shown(entity, marked, me)
        called = called or (shown == "" and entity.kind in ("mention", "text_mention"))
        units = units[: entity.start] + shown.encode("utf-16-le", "surrogatepass") + units[entity.end :]
    words = whole(units.decode("utf-16-le", "surrogatepass")).strip()
    return Read(_LEADING.sub("", words) or CALLED, True) if called else Read(words, False)


def whole(text: str) -> str:
    """Text that JSON, UTF-8 and SQLite can take: U+FFFD for each NUL and lone surrogate, and nothing that turns the
    direction of what follows."""
    return _TURNS.sub("", _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text))


def plain_name(name: str) -> str:
    """A name of a person or a file, on one line and with nothing hidden in it."""
    return _BLANKS.sub(" ", _HIDDEN.sub("", _UNFIT.sub("\N{REPLACEMENT CHARACTER}", name))).strip()[:LONGEST_NAME]


@dataclass(frozen=True, slots=True)
class _Entity:
    kind: str
    start: int
    """In bytes of UTF-16."""
    end: int
    url: str
    user: object


def _spot(entity: object) -> _Entity | None:
    if not isinstance(entity, dict):
        return None
    kind, offset, length = entity.get("type"), _count(entity.get("offset")), _count(entity.get("length"))
    if not isinstance(kind, str) or offset is None or length is None:
        return None
    user, url = entity.get("user"), entity.get("url")
    who = user.get("id") if isinstance(user, dict) else None
    return _Entity(kind, offset * 2, (offset + length) * 2, url if isinstance(url, str) else "", who)


def _shown(entity: _Entity, marked: str, me: Me) -> str:
    match entity.kind:
        case "mention" if me.username and marked.casefold() == f"@{me.username}".casefold():
            return ""
        case "text_mention" if entity.user == me.id:
            return ""
        case "text_link" if entity.url and entity.url.rstrip("/") not in (marked, f"https://{marked}"):
            return f"{marked} ({entity.url})"
        case _:
            return marked


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1_000_000 else None
