"""What the relay asks of the door: letters to send, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.services.ports import Fate, Outgoing, Unit


@dataclass(frozen=True, slots=True)
class ClaimLetters:
    """A chore: letters and edits whose turn it is, leased to the one who asks; none of an address in `busy`."""

    now: datetime
    limit: int
    busy: Collection[str]

    async def apply(self, unit: Unit) -> list[Outgoing]:
        return await unit.claim(self.now, self.limit, self.busy)


@dataclass(frozen=True, slots=True)
class SettleLetters:
    """A chore: what became of claimed letters is on record."""

    fates: Sequence[Fate]
    now: datetime

    async def apply(self, unit: Unit) -> None:
        await unit.settle(self.fates, self.now)
