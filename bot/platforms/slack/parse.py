"""Stored payloads of Slack read back: what somebody said, pressed, filled in, changed or pointed at. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.chat.incoming import (
    Address,
    Besides,
    File,
    Identity,
    Incoming,
    MessageRef,
    Opened,
    PointedAt,
    Pressed,
    Relocated,
    Rewritten,
    Said,
    Submitted,
    Withdrawn,
)
from bot.chat.port import RawIncoming
from bot.platforms.slack import places
from bot.platforms.slack.knock import Body
from bot.platforms.slack.words import mentions, plain_name, readable

CALLED = "@desk"
"""What is left of a message that is nothing but the desk's name."""

_LEADING = re.compile(r"^[\s,:，：、]+")
NOBODY = Identity("")


@dataclass(frozen=True, slots=True)
class _Stored:
    key: str
    at: datetime
    me: Mapping[str, str]
    names: Mapping[str, str]
    payload: Body
    message: Body | None

    @property
    def event(self) -> Body:
        event: Body = self.payload["event"]
        return event

    def read(self, text: str | None) -> str:
        """The words; a call of the desk at their head is taken off, a bare call is kept as one."""
        desk = self.me["user"]
        words = readable(text or "", desk=desk, names=self.names)
        if text and mentions(text, desk):
            return _LEADING.sub("", words) or CALLED
        return words


def parse(raw: RawIncoming) -> Incoming | Besides | None:
    """What came in. Raises ValueError when it cannot be read."""
    try:
        body = json.loads(raw.body)
        at = datetime.fromisoformat(body["at"])
        stored = _Stored(raw.key, at, body["me"], body["names"], body["payload"], body.get("message"))
        return _READERS[body["what"]](stored)
    except (KeyError, TypeError, AttributeError, IndexError) as fault:
        raise ValueError(f"malformed: {type(fault).__name__}") from fault


def _said(stored: _Stored) -> Said:
    event = stored.event
    conversation, ts, thread = event["channel"], event["ts"], event.get("thread_ts") or event["ts"]
    private = places.is_direct(conversation)
    return Said(
        key=stored.key,
        author=_author(event),
        place=places.direct(event["user"]) if private else places.channel(conversation, thread),
        text=stored.read(event.get("text")),
        at=places.moment(ts),
        message=places.message(conversation, ts),
        private=private,
        reply_to=places.message(conversation, thread) if thread != ts else None,
        files=_files(event),
    )


def _edited(stored: _Stored) -> Rewritten:
    event, message = stored.event, stored.event["message"]
    return Rewritten(
        key=stored.key,
        author=_author(message),
        place=_place(event["channel"], message),
        message=places.message(event["channel"], message["ts"]),
        text=stored.read(message.get("text")),
        at=places.moment(message["edited"]["ts"]),
    )


def _deleted(stored: _Stored) -> Withdrawn:
    event, before = stored.event, stored.event.get("previous_message") or {}
    conversation, ts = event["channel"], event.get("deleted_ts") or before["ts"]
    return Withdrawn(
        key=stored.key,
        author=NOBODY,  # Slack tells whose words they were, not who took them away
        place=_place(conversation, {**before, "ts": ts}),
        message=places.message(conversation, ts),
        at=places.moment(event.get("event_ts") or event["ts"]),
    )


def _command(stored: _Stored) -> Said:
    body = stored.payload
    return Said(
        key=stored.key,
        author=places.identity(body["user_id"]),
        place=places.direct(body["user_id"]),
        text=stored.read(body.get("text")),
        at=stored.at,
        message=MessageRef(f"{places.PLATFORM}:command:{body['trigger_id']}"),
        private=True,
        command=True,
        trigger=body["trigger_id"],
    )


def _pointed(stored: _Stored) -> PointedAt:
    body, message = stored.payload, stored.payload["message"]
    return _points(stored, body["user"]["id"], body["channel"]["id"], message, stored.at, body["trigger_id"])


def _reacted(stored: _Stored) -> PointedAt:
    event, item = stored.event, stored.event["item"]
    message = stored.message or {"ts": item["ts"], "user": event.get("item_user") or ""}
    return _points(stored, event["user"], item["channel"], message, places.moment(event["event_ts"]), "")


def _points(stored: _Stored, user: str, conversation: str, message: Body, at: datetime, trigger: str) -> PointedAt:
    is_private = places.is_direct(conversation)
    return PointedAt(
        key=stored.key,
        author=places.identity(user),
        place=places.direct(user) if is_private else _place(conversation, message),
        message=places.message(conversation, message["ts"]),
        text=stored.read(message.get("text")),
        words_by=_author(message),
        at=at,
        files=_files(message),
        trigger=trigger,
    )


def _opened(stored: _Stored) -> Opened:
    event = stored.event
    user = event["user"]
    return Opened(stored.key, places.identity(user), places.direct(user), places.moment(event["event_ts"]))


def _moved(stored: _Stored) -> Relocated:
    event = stored.event
    was, now = places.channel(event["old_channel_id"]), places.channel(event["new_channel_id"])
    return Relocated(stored.key, was, now, places.moment(event["event_ts"]))


def _pressed(stored: _Stored) -> Pressed:
    body, action, where = stored.payload, stored.payload["actions"][0], stored.payload.get("container") or {}
    user, conversation = body["user"]["id"], where.get("channel_id") or ""
    is_direct = not conversation or places.is_direct(conversation)
    is_fleeting = bool(where.get("is_ephemeral")) or not where.get("message_ts")
    return Pressed(
        key=stored.key,
        author=places.identity(user),
        place=places.direct(user) if is_direct else places.channel(conversation, where.get("thread_ts") or ""),
        wish=action["value"],
        at=places.moment(action["action_ts"]),
        message=None if is_fleeting else places.message(conversation, where["message_ts"]),
        trigger=body.get("trigger_id") or "",
    )


def _submitted(stored: _Stored) -> Submitted:
    body, view = stored.payload, stored.payload["view"]
    kept = json.loads(view["private_metadata"])
    fields = view["state"]["values"].items()
    return Submitted(
        key=stored.key,
        author=places.identity(body["user"]["id"]),
        place=Address(kept["place"]),
        wish=kept["wish"],
        at=stored.at,
        answers={name: _answer(elements) for name, elements in fields},
    )


def _answer(elements: Mapping[str, Any]) -> str:
    element = next(iter(elements.values()))
    chosen = element.get("selected_option")
    return (chosen or {}).get("value") or element.get("value") or ""


def _author(message: Body) -> Identity:
    return places.identity(message.get("user") or message.get("bot_id") or "")


def _place(conversation: str, message: Body) -> Address:
    if places.is_direct(conversation):
        return places.direct(message["user"]) if message.get("user") else places.channel(conversation)
    return places.channel(conversation, message.get("thread_ts") or message["ts"])


def _files(message: Body) -> tuple[File, ...]:
    return tuple(_file(one) for one in message.get("files") or () if one.get("mode") != "tombstone")


def _file(one: Body) -> File:
    size = one.get("size")
    name = plain_name(one.get("name") or one.get("title") or one.get("id") or "")
    link = one.get("permalink") or ""
    return File(name, size if isinstance(size, int) else None, link if link.startswith("https://") else "")


_READERS: Mapping[str, Callable[[_Stored], Incoming | Besides]] = {
    "said": _said,
    "edited": _edited,
    "deleted": _deleted,
    "command": _command,
    "pointed": _pointed,
    "reacted": _reacted,
    "opened": _opened,
    "moved": _moved,
    "pressed": _pressed,
    "submitted": _submitted,
}
