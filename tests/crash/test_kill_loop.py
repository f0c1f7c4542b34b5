"""kill -9 at any moment and at every named place, while people work and the street misbehaves."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.services import failpoint
from tests.crash.desk_process import Nursery
from tests.crash.lives import Place, placed
from tests.crash.policy import none_due, one_due_one_soon, write_rules
from tests.crash.reckoning import Reckoning, assert_well

pytestmark = pytest.mark.crash

SHORT_KILLS = 50
LONG_ROUNDS, LONG_KILLS = 10, 50
"""Rounds with a fresh database each, so that many histories are tried and each can still be read in a moment."""

AT_A_NAMED_PLACE = 0.4
WHILE_STARTING = 0.25
MISBEHAVING = 0.6
"""The street behaves in the last part, so that letters which wait after several failures need not be waited for."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much happens, and how long a life lasts."""

    deeds_per_s: float = 2.0
    """Of each of the seven people."""
    longest_life_s: float = 0.8
    longest_start_s: float = 0.4


async def test_fifty_kills_lose_and_double_nothing(nursery: Nursery, tmp_path: Path) -> None:
    seed = _seed()

    async with placed(tmp_path, nursery, seed=seed, digests=none_due(), faulty=True) as place:
        found = await _survive(place, seed, SHORT_KILLS, Pace())

    print(found.line())
    assert_well(found, place.desk.log)
    assert found.kills >= SHORT_KILLS
    assert found.tickets > 10
    assert found.digests >= 1


@pytest.fixture(scope="module")
def total() -> Iterator[Reckoning]:
    """All rounds together, printed at the end."""
    sum_of_all = Reckoning()
    yield sum_of_all
    print(f"\nall rounds: {sum_of_all.line()}", flush=True)


@pytest.mark.long
@pytest.mark.parametrize("one", range(int(os.environ.get("CRASH_ROUNDS", LONG_ROUNDS))))
async def test_hundreds_of_kills_lose_and_double_nothing(
    one: int, total: Reckoning, nursery: Nursery, tmp_path: Path
) -> None:
    """`make crash`. `CRASH_ROUNDS` and `CRASH_SEED` in the environment change how long it takes and what happens."""
    seed, since = _seed() + one, time.monotonic()

    async with placed(tmp_path, nursery, seed=seed, digests=none_due(), faulty=True) as place:
        found = await _survive(place, seed, LONG_KILLS, Pace())

    total.add(found)
    print(f"\nround {one + 1}, {time.monotonic() - since:.0f} s: {found.line()}", flush=True)
    assert_well(found, place.desk.log)
    assert found.kills >= LONG_KILLS


async def _survive(place: Place, seed: int, kills: int, pace: Pace) -> Reckoning:
    """A first day, then so many deaths while people go on, then rest."""
    chance = random.Random(seed)
    assert await place.start()
    await place.town.raise_ticket("ann")
    assert await place.desk.stop() == 0
    write_rules(place.desk.folder / "rules", one_due_one_soon())

    enough, at_named_places = asyncio.Event(), 0
    people = asyncio.create_task(place.town.live(enough, deeds_per_s=pace.deeds_per_s))
    for death in range(kills):
        place.street.faults.are_on = death < kills * MISBEHAVING
        at_named_places += await _one_life(place, chance, pace)
    enough.set()
    assert await place.start()
    await people
    found = await place.settle()

    found.seed, found.kills, found.kills_at_fail_points, found.starts = seed, kills, at_named_places, place.desk.lives
    return found


async def _one_life(place: Place, chance: random.Random, pace: Pace) -> bool:
    """It has begun and was killed; whether that was at a named place."""
    named = chance.choice(_names()) if chance.random() < AT_A_NAMED_PLACE else ""
    starting = chance.random() < WHILE_STARTING
    lasts_s = chance.uniform(0, pace.longest_start_s if starting else pace.longest_life_s)
    place.street.life += 1
    await place.desk.start(f"{named}:{chance.randint(1, 3)}" if named else "")
    assert place.desk.life is not None
    ready = asyncio.create_task(place.desk.until_ready())
    if not starting:
        await ready
    await asyncio.wait({place.desk.life.ended}, timeout=lasts_s)
    await place.desk.kill()
    await ready
    code = await place.desk.gone()
    assert code == -signal.SIGKILL or (named and code == failpoint.KILLED), place.desk.log[-3000:]
    return code == failpoint.KILLED


def _names() -> list[str]:
    return list(failpoint.names())


def _seed() -> int:
    """Printed with everything that fails, so that it can be tried again."""
    return int(os.environ.get("CRASH_SEED") or random.randrange(1_000_000))
