"""A letter as it is said just now: what the relay is given to post."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.chat.card import Card
from bot.domain.ids import TicketId


@dataclass(frozen=True, slots=True)
class Drawn:
    """The card, and which state of the desk it shows."""

    card: Card
    version: int = 0
    """The version of the ticket that was drawn; 0 when the letter is about none."""
    quiet: bool = False
    """It need not make a sound."""
    versions: Mapping[TicketId, int] = field(default_factory=dict)
    """Of a card about several tickets: the version of each."""

    def version_of(self, ticket: TicketId | None) -> int:
        """The version of this ticket that the card shows."""
        return self.version if ticket is None else self.versions.get(ticket, self.version)

    @property
    def hash(self) -> str:
        """The same for two cards that show the same."""
        return hashlib.blake2b(repr(self.card).encode(errors="surrogatepass"), digest_size=16).hexdigest()
