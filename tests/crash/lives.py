"""One desk through many lives: kept alive while people act, tidied up at the end, and brought to rest."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.crash.desk_process import Desk, Launcher
from tests.crash.faulty_street import Faults, FaultyStreet
from tests.crash.people import Town
from tests.crash.policy import DEE, FAN, Digests, write_rules
from tests.crash.reckoning import EDITS, LETTERS, OPEN, Reckoning, open_tickets, reckon, unfinished

PATIENCE_S = 0.8
"""How long the desk waits for the street; the real setting is ten seconds."""

LOOK_EVERY_S = 0.1
REST_WITHIN_S = 100.0


@dataclass(slots=True)
class Place:
    """A street, a desk, and the people between them."""

    desk: Desk
    street: FaultyStreet
    town: Town

    async def start(self, fail_point: str = "") -> bool:
        """Whether it got ready; with a fail-point it may die on the way."""
        self.street.life += 1
        await self.desk.start(fail_point)
        return await self.desk.until_ready()

    async def keep_alive(self) -> None:
        """Whenever it has died it is started again, with no fail-point; until cancelled."""
        while True:
            await self.desk.gone()
            await self.start()

    async def rest(self, *but: str) -> None:
        """Nothing is left to do, but for these. Raises TimeoutError when there is for too long."""
        async with asyncio.timeout(REST_WITHIN_S):
            while left := await asyncio.to_thread(unfinished, self.desk.database, but):
                if self.desk.life is None or self.desk.life.ended.done():
                    raise AssertionError(f"the desk is dead and there is left: {left}")
                await asyncio.sleep(LOOK_EVERY_S)

    async def tidy_up(self) -> None:
        """Everything that is open is resolved."""
        await self.rest(LETTERS, EDITS, OPEN)
        for number in await asyncio.to_thread(open_tickets, self.desk.database):
            for person in (DEE, FAN):
                await self.town.fill(person, "resolve", str(number))

    async def settle(self) -> Reckoning:
        """The desk comes to rest on a street that behaves, stops by itself, and the books are read."""
        self.street.faults.are_on = False
        await self.tidy_up()
        await self.rest()
        code = await self.desk.stop()
        found = await reckon(self.town, self.desk.database)
        if code != 0:
            found.wrongs.append(f"it stopped with {code}")
        return found


@asynccontextmanager
async def placed(
    folder: Path, launcher: Launcher, *, seed: int, digests: Digests, faulty: bool
) -> AsyncIterator[Place]:
    """A desk that was never started, on a new street."""
    chance = random.Random(seed)
    write_rules(folder / "rules", digests)
    faults = Faults(random.Random(chance.random()), are_on=faulty)
    street = FaultyStreet(faults, patience_s=PATIENCE_S)
    await street.open()
    desk = Desk(launcher, folder, street.url, PATIENCE_S)
    town = Town(desk, street, random.Random(chance.random()))
    await town.open()
    try:
        yield Place(desk, street, town)
    finally:
        await desk.close()
        await town.close()
        await street.close()
