"""The local chat as a platform: addresses `local:dm:<person>` and `local:channel:<id>`, identities `local:<person>`."""

from __future__ import annotations

import secrets
from datetime import timedelta

from bot.chat.card import Card
from bot.chat.form import Form
from bot.chat.incoming import Address, Identity, Incoming, MessageRef
from bot.chat.port import Intake, Manners, RawIncoming, Undelivered
from bot.platforms.local import parse as reading
from bot.platforms.local.knock import PLATFORM, is_private
from bot.platforms.local.render import card_json, form_json
from bot.platforms.local.wire import Outgoing, Wire

GENEROUS = Manners(posts=100, per=timedelta(seconds=1), burst=200)


class LocalPlatform:
    """Posts through a wire. What people do comes in through the web room, which is given the same intake."""

    name = PLATFORM

    def __init__(self, wire: Wire, *, direct: Manners = GENEROUS, channels: Manners = GENEROUS) -> None:
        self._wire = wire
        self._direct = direct
        self._channels = channels

    def manners(self, to: Address) -> Manners:
        """How often we may post to this address."""
        return self._direct if is_private(_place(to)) else self._channels

    def parse(self, raw: RawIncoming) -> Incoming | None:
        """What came in; None for talk that was not meant for the desk. Raises ValueError when malformed."""
        return reading.parse(raw)

    async def post(self, to: Address, card: Card, *, key: str, repeat: bool, quiet: bool) -> MessageRef:
        """The card stands at the address once, however often it is posted with the same key."""
        body = {"card": card_json(card)} | ({"quiet": True} if quiet else {})
        message = Outgoing(_place(to), body, _desk_key(key), repeat=repeat)
        return MessageRef(await self._wire.post(message))

    async def edit(self, message: MessageRef, card: Card) -> None:
        """The message shows the card."""
        await self._wire.edit(message, {"card": card_json(card)})

    async def find(self, to: Address, *, key: str) -> MessageRef | None:
        """The message that was posted with this key. Raises Undelivered when the street cannot be asked."""
        found = await self._wire.find(_desk_key(key))
        return MessageRef(found) if found else None

    async def whisper(self, to: Address, only: Identity, card: Card, *, key: str) -> None:
        """Only this person sees the card at that place."""
        body = {"card": card_json(card)}
        await self._wire.post(Outgoing(_place(to), body, _desk_key(key), only=_person(only)))

    async def ask(self, who: Identity, place: Address, trigger: str, form: Form) -> None:
        """The person sees the form, once for each trigger."""
        key = _desk_key(f"form:{trigger or secrets.token_hex(16)}")
        await self._wire.post(Outgoing(_place(place), {"form": form_json(form)}, key, only=_person(who)))

    async def start(self, intake: Intake) -> None:
        """Ready to post; the web room listens."""
        await self._wire.open()

    async def stop(self) -> None:
        """Nothing is posted any more."""
        await self._wire.close()


def address(place: str) -> Address:
    """The address of a place of the street."""
    return Address(f"{PLATFORM}:{place}")


def identity(person: str) -> Identity:
    """The identity of an inhabitant."""
    return Identity(f"{PLATFORM}:{person}")


def _place(to: Address) -> str:
    return _own_part(to)


def _person(who: Identity) -> str:
    return _own_part(who)


def _own_part(name: Address | Identity) -> str:
    platform, colon, rest = name.partition(":")
    if platform != PLATFORM or not colon:
        raise Undelivered(f"{name!r} is not on the local street", forever=True)
    return rest


def _desk_key(key: str) -> str:
    """People's messages have keys too; theirs can never be the same as one of ours."""
    return f"desk:{key}"
