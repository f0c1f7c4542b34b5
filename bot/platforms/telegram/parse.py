"""Kept updates of Telegram read back: what somebody said, pressed, filled in, changed, forwarded or opened. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.chat.card import MAX_WISH_BYTES
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
)
from bot.chat.port import RawIncoming
from bot.platforms.telegram import places
from bot.platforms.telegram.knock import Body, happening
from bot.platforms.telegram.words import CALLED, Me, Read, plain_name, read, whole

NOBODY = Identity("")

KNOWN_COMMANDS = frozenset(
    {"ticket", "desk", "start", "help", "mine", "queue", "oncall", "status", "cancel", "language", "link", "why"}
)
"""Commands that are ours in a group even where they do not name us: other bots may live there too."""
RAISING = frozenset({"ticket", "desk"})
"""What stands behind these is not an order but what somebody has to say."""

_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>\w{1,40}))?(?:\s+(?P<rest>.*))?", re.DOTALL | re.ASCII)
_FILES = {
    "document": "file",
    "video": "video.mp4",
    "audio": "audio.mp3",
    "voice": "voice.ogg",
    "video_note": "video.mp4",
    "animation": "animation.mp4",
}
_BROKEN = (KeyError, TypeError, AttributeError, IndexError, OverflowError, OSError, RecursionError)


@dataclass(frozen=True, slots=True)
class Command:
    """`/name rest`, said to us."""

    name: str
    rest: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a person, as far as the desk looks at it."""

    body: Body
    me: Me

    @property
    def chat(self) -> int:
        return _number(self.body["chat"]["id"])

    @property
    def number(self) -> int:
        return _number(self.body["message_id"])

    @property
    def place(self) -> Address:
        """The chat; in a forum the topic."""
        topic = self.body.get("message_thread_id") if self.body.get("is_topic_message") is True else None
        return places.address(self.chat, _number(topic) if topic is not None else None)

    @property
    def ref(self) -> MessageRef:
        return places.message(self.chat, self.number)

    @property
    def is_private(self) -> bool:
        return bool(self.body["chat"]["type"] == "private")

    @property
    def author(self) -> int | None:
        """The person; None for bots, channels and whoever hides behind a group: they carry no authority."""
        sender = self.body.get("from")
        if not isinstance(sender, dict) or sender.get("is_bot") is not False or self.body.get("sender_chat"):
            return None
        return _number(sender["id"])

    @property
    def is_forwarded(self) -> bool:
        """Somebody else's words: text, never an order."""
        return any(name in self.body for name in ("forward_origin", "forward_date", "is_automatic_forward"))

    @property
    def read(self) -> Read:
        """What it says; of a picture its caption."""
        name = "text" if "text" in self.body else "caption"
        text = self.body.get(name, "")
        if not isinstance(text, str):
            raise ValueError("the text is none")
        entities = self.body.get("entities" if name == "text" else "caption_entities")
        return read(text, entities if isinstance(entities, list) else (), self.me)

    @property
    def command(self) -> Command | None:
        """The command that it is; None also for one that is for another bot."""
        found = _COMMAND.fullmatch(self.read.text)
        if found is None or self.is_forwarded:
            return None
        if found["bot"] and found["bot"].casefold() != self.me.username.casefold():
            return None
        name = found["name"].lower()
        if not self.is_private and not found["bot"] and name not in KNOWN_COMMANDS:
            return None
        return Command(name, (found["rest"] or "").strip())

    @property
    def is_for_another_bot(self) -> bool:
        found = _COMMAND.fullmatch(self.read.text)
        return bool(found and found["bot"] and found["bot"].casefold() != self.me.username.casefold())

    @property
    def answered(self) -> Body | None:
        """The message that it replies to; in a forum every message seems to reply to the beginning of its topic."""
        other = self.body.get("reply_to_message")
        return other if isinstance(other, dict) and "forum_topic_created" not in other else None

    @property
    def answers_us(self) -> bool:
        other = self.answered
        sender = other.get("from") if other else None
        return isinstance(sender, dict) and sender.get("id") == self.me.id

    @property
    def at(self) -> datetime:
        return _moment(self.body["date"])

    @property
    def files(self) -> tuple[File, ...]:
        return _files(self.body)


def parse(raw: RawIncoming) -> Incoming | Besides | None:
    """What came in; None for what is not meant for the desk. Raises ValueError when it cannot be read."""
    try:
        stored = json.loads(raw.body)
        match stored["what"]:
            case "update":
                return _update(raw.key, stored)
            case "submitted":
                return _submitted(raw.key, stored)
            case "dialog":
                return None
            case _:
                raise ValueError("malformed")
    except _BROKEN as fault:
        raise ValueError(f"malformed: {type(fault).__name__}") from None


def _update(key: str, stored: Body) -> Incoming | Besides | None:
    me = Me(stored["me"]["id"], stored["me"]["username"])
    match happening(stored["update"]):
        case ("message", body):
            return _message(key, Message(body, me), stored)
        case ("edited_message", body):
            return _rewritten(key, Message(body, me))
        case ("callback_query", body):
            return _pressed(key, body, me, datetime.fromisoformat(stored["at"]))
        case _:
            return None


def _message(key: str, message: Message, stored: Mapping[str, Any]) -> Incoming | Besides | None:
    if "migrate_to_chat_id" in message.body:
        now = places.address(_number(message.body["migrate_to_chat_id"]))
        return Relocated(key, places.address(message.chat), now, message.at)
    author = message.author
    if author is None or message.is_for_another_bot:
        return None
    if message.is_forwarded:
        return _forwarded(key, message, author) if message.is_private else None
    command, said = message.command, message.read
    if not (message.is_private or command or said.called or message.answers_us):
        return None
    files = (*message.files, *(file for other in stored.get("more", ()) for file in _files(other)))
    if command is not None and command.name == "start" and command.rest:
        return Opened(key, places.identity(author), message.place, message.at, whole(command.rest))
    if not said.text and not files:
        return None  # a place, a contact, a sticker, somebody has joined
    pointed = _pointed_at(key, message, author, command, said)
    return pointed or _said(key, message, author, command, files)


def _said(key: str, message: Message, author: int, command: Command | None, files: tuple[File, ...]) -> Said:
    other = message.answered
    return Said(
        key=key,
        author=places.identity(author),
        place=message.place,
        text=_order(command) if command else message.read.text,
        at=message.at,
        message=message.ref,
        private=message.is_private,
        reply_to=places.message(message.chat, _number(other["message_id"])) if other else None,
        files=files,
        command=command is not None,
    )


def _order(command: Command) -> str:
    """The words behind `/ticket`; any other command as it is, without the name of the bot."""
    if command.name in RAISING and not (command.rest.isascii() and command.rest.isdigit()):
        return command.rest
    return f"/{command.name} {command.rest}".strip()


def _pointed_at(key: str, message: Message, author: int, command: Command | None, said: Read) -> PointedAt | None:
    """A bare `/ticket`, or the desk's bare name, in reply to a message of another: that message is the ticket."""
    is_bare = (command is not None and command.name in RAISING and not command.rest) or said.text == CALLED
    if not is_bare or message.is_private or message.answers_us or message.answered is None:
        return None
    meant = Message({"chat": message.body["chat"], **message.answered}, message.me)
    if not meant.read.text and not meant.files:
        return None
    words_by = places.identity(meant.author) if meant.author is not None else NOBODY
    return PointedAt(
        key=key,
        author=places.identity(author),
        place=message.place,
        message=meant.ref,
        text=meant.read.text,
        words_by=words_by,
        at=message.at,
        files=meant.files,
    )


def _forwarded(key: str, message: Message, author: int) -> PointedAt | None:
    """Words of somebody else, brought to the desk: never an order, whoever wrote them."""
    said, files = message.read, message.files
    if not said.text and not files:
        return None
    origin = message.body.get("forward_origin")
    writer = origin.get("sender_user") if isinstance(origin, dict) else None
    return PointedAt(
        key=key,
        author=places.identity(author),
        place=message.place,
        message=message.ref,
        text=said.text,
        words_by=places.identity(_number(writer["id"])) if isinstance(writer, dict) else NOBODY,
        at=message.at,
        files=files,
    )


def _rewritten(key: str, message: Message) -> Rewritten | None:
    author = message.author
    if author is None or message.is_forwarded:
        return None
    command = message.command
    return Rewritten(
        key=key,
        author=places.identity(author),
        place=message.place,
        message=message.ref,
        text=_order(command) if command else message.read.text,
        at=_moment(message.body.get("edit_date", message.body["date"])),
    )


def _pressed(key: str, body: Body, me: Me, at: datetime) -> Pressed | None:
    sender, wish = body["from"], body.get("data")
    if sender.get("is_bot") is not False or not isinstance(wish, str) or not isinstance(body.get("message"), dict):
        return None
    if len(wish.encode(errors="replace")) > MAX_WISH_BYTES:
        raise ValueError("no button of ours says so much")
    shown = Message(body["message"], me)
    return Pressed(
        key=key,
        author=places.identity(_number(sender["id"])),
        place=shown.place,
        wish=whole(wish),
        at=at,
        message=shown.ref,
        trigger=str(body["id"]),
    )


def _submitted(key: str, stored: Body) -> Submitted:
    return Submitted(
        key=key,
        author=Identity(stored["who"]),
        place=Address(stored["place"]),
        wish=stored["wish"],
        at=datetime.fromisoformat(stored["at"]),
        answers=dict(stored["answers"]),
    )


def _files(body: Mapping[str, Any]) -> tuple[File, ...]:
    """What is attached: its name and size. Telegram has no link that could be shown to others."""
    found = [_file(body[name], default) for name, default in _FILES.items() if isinstance(body.get(name), dict)]
    if "animation" in body and "document" in body:
        found = found[1:]  # Telegram says the same file twice
    pictures = body.get("photo")
    if isinstance(pictures, Sequence) and pictures and isinstance(pictures[-1], dict):
        found.append(_file(pictures[-1], "photo.jpg"))
    return tuple(found)


def _file(body: Mapping[str, Any], default: str) -> File:
    name, size = body.get("file_name"), body.get("file_size")
    is_size = isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 1 << 53
    return File((plain_name(name) if isinstance(name, str) else "") or default, size if is_size else None, "")


def _moment(date: object) -> datetime:
    return datetime.fromtimestamp(_number(date), UTC)


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 10**18:
        raise ValueError("that is no number")
    return value
