"""What an adapter wants back after a restart: short texts by name, written through the door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.services.desk import Desk
from bot.services.ports import Cursor, Reads, Sheet, Timepiece, Unit


@dataclass(frozen=True, slots=True)
class PutAway:
    """A chore: texts by name, and forms that are being filled in."""

    cursors: Sequence[Cursor]
    sheets: Sequence[Sheet]
    now: datetime

    async def apply(self, unit: Unit) -> None:
        await unit.put_cursors(self.cursors, self.now)
        await unit.put_sheets(self.sheets)


@dataclass(frozen=True, slots=True)
class Drawer:
    """On the disk when a call returns. Raises NotSaved when the store cannot write just now."""

    desk: Desk
    reads: Reads
    time: Timepiece

    async def get(self, name: str) -> str | None:
        """What was put there last."""
        return await self.reads.cursor(name)

    async def put(self, name: str, value: str) -> None:
        """The name stands for the value."""
        await self.desk.chore(PutAway((Cursor(name, value),), (), self.time.now()))

    async def sheets(self, platform: str) -> list[Sheet]:
        """All forms that are being filled in on this platform."""
        return await self.reads.sheets(platform)

    async def put_sheet(self, sheet: Sheet) -> None:
        """It is kept as it is; an empty one is gone."""
        await self.desk.chore(PutAway((), (sheet,), self.time.now()))
