"""What people do on the street, made ready for the inbox: the same deed always has the same key."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.chat.port import RawIncoming
from bot.platforms.local.street import DIRECT, Place

PLATFORM = "local"

CALL = re.compile(r"[@＠](?:deskbell|服务铃|desk(?![a-z])|bell(?![a-z]))", re.IGNORECASE)
LEADING_CALL = re.compile(rf"\s*{CALL.pattern}[\s,:，：、]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did it, where, when; `key` is the doer's own name for it."""

    person: str
    place: str
    at: datetime
    key: str

    @property
    def message_key(self) -> str:
        """The key of the message that this deed leaves on the street."""
        return f"{self.person}:{self.key}"


def said(deed: Deed, text: str, *, message: str, is_for_desk: bool, reply_to: str | None = None) -> RawIncoming:
    """Somebody wrote something."""
    rest = {"text": text, "message": message, "is_for_desk": is_for_desk, "reply_to": reply_to}
    return _raw(deed, "said", rest)


def pressed(deed: Deed, wish: str, *, message: str) -> RawIncoming:
    """Somebody pressed a button of a message."""
    return _raw(deed, "pressed", {"wish": wish, "message": message})


def submitted(deed: Deed, wish: str, answers: Mapping[str, str]) -> RawIncoming:
    """Somebody filled in a form."""
    return _raw(deed, "submitted", {"wish": wish, "answers": dict(answers)})


def is_for_desk(place: Place, text: str, *, answers_desk: bool) -> bool:
    """In a channel the desk listens when it is called by its name, commanded or answered; alone with it, always."""
    if place.kind == "dm" or place.overhears or answers_desk:
        return True
    return text.lstrip().startswith("/") or CALL.search(text) is not None


def without_call(text: str) -> str:
    """The text without the desk's name at its head; a bare call stays as it is."""
    return LEADING_CALL.sub("", text, count=1) if LEADING_CALL.match(text) else text


def is_private(place: str) -> bool:
    """Only the author reads what the desk answers there."""
    return place.startswith(DIRECT)


def _raw(deed: Deed, what: str, rest: Mapping[str, Any]) -> RawIncoming:
    head = {"what": what, "person": deed.person, "place": deed.place, "at": deed.at.isoformat()}
    return RawIncoming(
        key=f"{PLATFORM}:{what}:{deed.message_key}",
        platform=PLATFORM,
        lane=f"{PLATFORM}:{deed.person}",
        body=json.dumps(head | dict(rest), ensure_ascii=False),
    )
