"""How what the desk says reaches the street: in this process, or over HTTP to another one that plays the street."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.chat.port import Undelivered
from bot.platforms.local.street import DESK, Street
from bot.services.transcript import Body

PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way to a place; `key` is the same at every try."""

    place: str
    body: Body
    key: str
    only: str | None = None
    repeat: bool = False


class Wire(Protocol):
    """A way to the street. Each raises Undelivered."""

    async def post(self, message: Outgoing) -> str:
        """The message stands; its id."""

    async def edit(self, message: str, body: Body) -> None:
        """The message with this id shows `body`."""

    async def find(self, key: str) -> str | None:
        """The id of the message that was posted with this key."""

    async def open(self) -> None:
        """Ready to post."""

    async def close(self) -> None:
        """Nothing is held any more."""


class InHouse:
    """Straight to the street of this process."""

    def __init__(self, street: Street) -> None:
        self._street = street

    async def post(self, message: Outgoing) -> str:
        try:
            posted = await self._street.post(message.place, DESK, message.body, key=message.key, only=message.only)
        except LookupError as fault:
            raise Undelivered(f"not on this street: {fault}", forever=True) from fault
        return posted.id

    async def edit(self, message: str, body: Body) -> None:
        try:
            await self._street.edit(message, body)
        except LookupError as fault:
            raise Undelivered(f"not on this street: {fault}", forever=True) from fault

    async def find(self, key: str) -> str | None:
        posted = await self._street.find(key)
        return posted.id if posted else None

    async def open(self) -> None:
        """The street is there as long as the process."""

    async def close(self) -> None:
        """The street is there as long as the process."""
