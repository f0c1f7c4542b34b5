"""An update of Telegram as it is kept: raw, with who we are and when it came; reading it later needs nothing else.

Whatever cannot be an update is kept too; it is put aside one by one and never stops the others."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from bot.chat.port import RawIncoming
from bot.platforms.telegram.places import PLATFORM
from bot.platforms.telegram.words import Me

Body = dict[str, Any]

DEEPEST = 40
"""Levels of nesting: Telegram's own updates have about ten."""
MOST_KEPT = 200_000
"""Characters kept of what is no update."""

HAPPENINGS = ("message", "edited_message", "callback_query", "my_chat_member")
"""What we ask Telegram for (`allowed_updates`)."""

_UPDATE_ID = re.compile(r'"update_id"\s*:\s*(\d{1,18})\b')


def number_of(update: object) -> int | None:
    """The `update_id`; None for what has none."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 10**18 else None


def number_in(text: str) -> int | None:
    """The first `update_id` in a text that is no JSON."""
    found = _UPDATE_ID.search(text)
    return int(found[1]) if found else None


def raw_of(update: object, me: Me, at: datetime, what: str = "update", **more: object) -> RawIncoming:
    """What goes into the inbox. `what`: "update"; "dialog" when it was an answer to a question of ours, or
    "submitted" when it ends a form."""
    number = number_of(update)
    if number is None or not isinstance(update, dict) or not is_flat(update):
        return odd(_as_text(update) if is_flat(update) else repr(type(update)), me, number)
    body = {"what": what, "at": at.isoformat(), "me": {"id": me.id, "username": me.username}, "update": update}
    return RawIncoming(key(me, number), PLATFORM, _lane(update), _as_text(body | more))


def odd(text: str, me: Me, number: int | None) -> RawIncoming:
    """Something that nobody can read; for the operator."""
    name = str(number) if number is not None else f"odd:{sha256(text.encode(errors='replace')).hexdigest()[:32]}"
    body = _as_text({"what": "odd", "seen": text[:MOST_KEPT]})
    return RawIncoming(f"tg:{me.id}:{name}", PLATFORM, f"{PLATFORM}:odd", body)


def key(me: Me, number: int) -> str:
    """The inbox key of an update."""
    return f"tg:{me.id}:{number}"


def is_flat(value: object) -> bool:
    """It is nested no deeper than anything that Telegram sends."""
    level: list[object] = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return True
    return False


def happening(update: Mapping[str, Any]) -> tuple[str, Body] | None:
    """What happened, of what we ask for: its name and the object that tells it."""
    return next(((name, update[name]) for name in HAPPENINGS if isinstance(update.get(name), dict)), None)


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _lane(update: Body) -> str:
    """The chat: what happens in one chat is handled in its order."""
    found = happening(update)
    told = found[1] if found else {}
    where = told.get("message") if found and found[0] == "callback_query" else told
    chat = where.get("chat") if isinstance(where, dict) else None
    number = chat.get("id") if isinstance(chat, dict) else None
    return f"{PLATFORM}:{number}" if isinstance(number, int) and abs(number) < 10**18 else f"{PLATFORM}:odd"


def _as_text(value: object) -> str:
    """JSON; readable where that is possible, escaped where a lone surrogate forbids it."""
    text = json.dumps(value, ensure_ascii=False)
    return text if _is_encodable(text) else json.dumps(value)


def _is_encodable(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)
