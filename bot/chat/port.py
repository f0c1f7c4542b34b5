"""What a platform must be able to do. An adapter knows cards, not tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.chat.card import Card
from bot.chat.form import Form
from bot.chat.incoming import Address, Besides, Identity, Incoming, MessageRef


@dataclass(frozen=True, slots=True)
class RawIncoming:
    """What a platform handed over, stored in the inbox before anybody is told "got it".

    `body` is JSON text without lone surrogates. `lane` orders: two of one lane are handled in the order they came."""

    key: str
    platform: str
    lane: str
    body: str


class Intake(Protocol):
    """Where an adapter brings what came in."""

    async def keep(self, raw: RawIncoming) -> bool:
        """It is on the disk when this returns. False when the same key was kept before."""


class Undelivered(Exception):
    """The platform says no.

    `forever`: trying again cannot help (gone, blocked, archived, refused as malformed).
    `maybe_sent`: the outcome is unknown; it may have been delivered.
    `retry_after`: how long the platform asks us to wait, if it says so; with `everyone` the whole platform must wait,
    otherwise only this address.
    `gone`: the message to edit is not there any more, or must not be edited.
    `malformed`: the platform refuses its shape.
    `moved_to`: the place has this address now."""

    def __init__(
        self,
        reason: str,
        *,
        forever: bool = False,
        maybe_sent: bool = False,
        retry_after: timedelta | None = None,
        everyone: bool = False,
        gone: bool = False,
        malformed: bool = False,
        moved_to: Address | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.forever = forever
        self.maybe_sent = maybe_sent
        self.retry_after = retry_after
        self.everyone = everyone
        self.gone = gone
        self.malformed = malformed
        self.moved_to = moved_to


@dataclass(frozen=True, slots=True)
class Manners:
    """What the platform can bear: `posts` messages per `per` to one address, in bursts of at most `burst`."""

    posts: int
    per: timedelta
    burst: int = 1
    edits_count: bool = False
    """Edits are counted as posts; otherwise there may be as many of them besides."""


class Platform(Protocol):
    """One chat network."""

    name: str

    def manners(self, to: Address) -> Manners:
        """How often we may post to this address."""

    def parse(self, raw: RawIncoming) -> Incoming | Besides | None:
        """Pure. None for what is not meant for the desk (our own messages, joins, ...). Raises ValueError when it
        cannot be read."""

    async def post(self, to: Address, card: Card, *, key: str, repeat: bool, quiet: bool) -> MessageRef:
        """The card stands at the address. `repeat`: an earlier try may have been delivered, say so where it
        cannot be looked up. `quiet`: do not make a sound. Raises Undelivered."""

    async def edit(self, message: MessageRef, card: Card) -> None:
        """The message shows the card. Editing to what it already shows is success. Raises Undelivered."""

    async def find(self, to: Address, *, key: str) -> MessageRef | None:
        """The message that was posted with this key; None when it is not there or the platform cannot tell."""

    async def whisper(self, to: Address, only: Identity, card: Card, *, key: str) -> None:
        """Only this person sees the card at that place. Raises Undelivered."""

    async def ask(self, who: Identity, place: Address, trigger: str, form: Form) -> None:
        """The person sees the form. Raises Undelivered."""

    async def start(self, intake: Intake) -> None:
        """Listening; returns when the first connection stands or is being retried in the background."""

    async def stop(self) -> None:
        """Not listening any more; nothing half handed over. Nothing is posted, edited or looked for after this."""
