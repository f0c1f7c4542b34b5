"""What became of letters gets on record, and one that cannot be written holds up no other."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import pytest

from bot.engine.settling import Settling
from bot.services.chores import SettleLetters
from bot.services.desk import Chore
from bot.services.ports import Fate, Fenced, Moot, NotSaved, Outgoing
from bot.services.timepiece import DeskTime
from tests.clock import START, Clock, virtual
from tests.engine.post_office import letter

T = TypeVar("T")


class Door:
    """Writes after a second; refuses what is poisoned."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.poison: dict[int, Exception] = {}

    async def chore(self, chore: Chore[T]) -> T:
        assert isinstance(chore, SettleLetters)
        await asyncio.sleep(1)
        numbers = [fate.outgoing.id for fate in chore.fates]
        for number in numbers:
            if number in self.poison:
                raise self.poison[number]
        self.batches.append(numbers)
        return None


def fate(number: int) -> Fate:
    return Moot(Outgoing(number, letter(str(number)), START, 1, False))


@virtual
async def test_what_is_known_while_the_door_is_busy_goes_in_together(clock: Clock) -> None:
    door = Door()
    settling = Settling(door, DeskTime(clock.wall, clock.mono))
    running = asyncio.create_task(settling.run())

    first = asyncio.create_task(settling.settle([fate(1)]))
    await clock.passes(seconds=0.5)
    await asyncio.gather(first, *(settling.settle([fate(number)]) for number in (2, 3, 4)))
    settling.close()
    await running

    assert door.batches == [[1], [2, 3, 4]]
    assert clock.mono() == pytest.approx(2, abs=0.01)


@virtual
async def test_one_that_cannot_be_written_holds_up_no_other(clock: Clock) -> None:
    door = Door()
    door.poison[2] = ValueError("not this one")
    settling = Settling(door, DeskTime(clock.wall, clock.mono))
    running = asyncio.create_task(settling.run())

    results = await asyncio.gather(*(settling.settle([fate(number)]) for number in (1, 2, 3)), return_exceptions=True)
    settling.close()
    await running

    assert [type(result) for result in results] == [type(None), ValueError, type(None)]
    assert door.batches == [[1], [3]]


@virtual
async def test_a_full_disk_is_waited_out(clock: Clock) -> None:
    door = Door()
    door.poison[1] = NotSaved("disk full")
    settling = Settling(door, DeskTime(clock.wall, clock.mono))
    running = asyncio.create_task(settling.run())

    waiting = asyncio.create_task(settling.settle([fate(1)]))
    await clock.passes(minutes=2)
    assert not waiting.done()
    door.poison.clear()
    await waiting
    settling.close()
    await running

    assert door.batches == [[1]]


@virtual
async def test_whoever_closes_waits_until_everything_is_on_record(clock: Clock) -> None:
    door = Door()
    settling = Settling(door, DeskTime(clock.wall, clock.mono))
    running = asyncio.create_task(settling.run())

    waiting = asyncio.create_task(settling.settle([fate(1)]))
    await clock.settles()
    settling.close()
    await running
    await waiting

    assert door.batches == [[1]]


@virtual
async def test_another_instance_ends_it(clock: Clock) -> None:
    door = Door()
    door.poison[1] = Fenced("instance 2 has opened it")
    settling = Settling(door, DeskTime(clock.wall, clock.mono))
    running = asyncio.create_task(settling.run())

    waiting = asyncio.create_task(settling.settle([fate(1)]))

    with pytest.raises(Fenced):
        await running
    waiting.cancel()
