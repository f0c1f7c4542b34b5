"""Names on Telegram: `telegram:<chat>[:<topic>]`, identities `telegram:<user>`, messages `telegram:<chat>:<message>`.

A private chat has the number of its person; groups have negative numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.chat.incoming import Address, Identity, MessageRef
from bot.chat.port import Undelivered

PLATFORM = "telegram"

_CHAT = r"-?\d{1,20}"
_ADDRESS = re.compile(rf"{PLATFORM}:({_CHAT})(?::(\d{{1,19}}))?", re.ASCII)
_IDENTITY = re.compile(rf"{PLATFORM}:(\d{{1,20}})", re.ASCII)
_MESSAGE = re.compile(rf"{PLATFORM}:({_CHAT}):(\d{{1,19}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat, or one topic of a forum."""

    id: int
    topic: int | None = None

    @property
    def is_private(self) -> bool:
        """Between the desk and one person."""
        return self.id > 0


def address(chat: int, topic: int | None = None) -> Address:
    """Where something can be posted."""
    return Address(f"{PLATFORM}:{chat}" + (f":{topic}" if topic else ""))


def identity(user: int) -> Identity:
    """Who somebody is: the number of the user, never a name."""
    return Identity(f"{PLATFORM}:{user}")


def message(chat: int, number: int) -> MessageRef:
    """How a message is found again."""
    return MessageRef(f"{PLATFORM}:{chat}:{number}")


def chat_of(to: Address) -> Chat:
    """What the address names. Raises Undelivered for one that is not on Telegram."""
    found = _ADDRESS.fullmatch(to)
    if found is None:
        raise Undelivered(f"{to!r} is no place on Telegram", forever=True)
    return Chat(int(found[1]), int(found[2]) if found[2] else None)


def user_of(who: Identity) -> int:
    """The number of the user. Raises Undelivered for somebody who is not on Telegram."""
    found = _IDENTITY.fullmatch(who)
    if found is None:
        raise Undelivered(f"{who!r} is nobody on Telegram", forever=True)
    return int(found[1])


def spot_of(found: MessageRef) -> tuple[int, int]:
    """The chat and the number of a message. Raises Undelivered for one that is not on Telegram."""
    spot = _MESSAGE.fullmatch(found)
    if spot is None:
        raise Undelivered(f"{found!r} is no message on Telegram", forever=True)
    return int(spot[1]), int(spot[2])
