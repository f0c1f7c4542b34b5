"""Many reach for one ticket in the same moment: exactly one has it, and the others are told who."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.commands import Acknowledge, Command, PassOn, Tick
from bot.domain.ids import DESK, PersonId, TicketId
from bot.domain.refusals import AlreadyDone, Refusal
from bot.services.desk import Outcome
from storage.engine import SqlStore
from tests.domain.small_desk import CHEN, LIN, MON_9, WANG, ZHOU, raising
from tests.services.open_desk import Open, opened, standing

CREW = (LIN, CHEN, WANG, ZHOU)
AT_ONCE = 100


async def raced(database: Path, races: int, seed: int) -> None:
    """So many tickets, each reached for by two to four people while time knocks and one says "not me"."""
    luck = random.Random(seed)
    async with opened(database, time=standing(MON_9)) as here:
        for first in range(0, races, AT_ONCE):
            raising_all = (here.desk.do(raising()) for _ in range(min(AT_ONCE, races - first)))
            numbers = [outcome.ticket.id for outcome in await asyncio.gather(*raising_all)]
            await _race(here, numbers, luck)
        await _each_was_won_once(here.store, races)


async def _race(here: Open, numbers: Sequence[TicketId], luck: random.Random) -> None:
    knocks = [knock for number in numbers for knock in _knocks(number, luck)]
    luck.shuffle(knocks)
    asked = (_knock(here, command, luck.randrange(3)) for command in knocks)
    answers = await asyncio.gather(*asked, return_exceptions=True)
    won: dict[TicketId, list[PersonId]] = {number: [] for number in numbers}
    lost: list[tuple[TicketId, str]] = []
    for command, answer in zip(knocks, answers, strict=True):
        if not isinstance(command, Acknowledge):
            assert isinstance(answer, Outcome | Refusal)
        elif isinstance(answer, Outcome):
            won[command.ticket].append(command.by)
        else:
            assert isinstance(answer, AlreadyDone)
            lost.append((command.ticket, answer.facts["by"]))
    assert all(len(winners) == 1 for winners in won.values())
    assert all(told == won[number][0] for number, told in lost)


def _knocks(number: TicketId, luck: random.Random) -> list[Command]:
    racers = luck.sample(CREW, luck.randint(2, len(CREW)))
    besides: list[Command] = [Tick(by=DESK, ticket=number), PassOn(by=LIN, ticket=number)]
    return [*(Acknowledge(by=one, ticket=number) for one in racers), *luck.sample(besides, luck.randint(0, 2))]


async def _knock(here: Open, command: Command, turns: int) -> Outcome:
    for _ in range(turns):
        await asyncio.sleep(0)  # somebody is a little slower, and knocks at a batch that is under way
    return await here.desk.do(command)


async def _each_was_won_once(store: SqlStore, races: int) -> None:
    for number in range(1, races + 1):
        lines = [line.name for line in await store.reads.history(TicketId(number))]
        assert lines.count("acknowledged") == 1
        assert "called" not in lines[lines.index("acknowledged") :]


async def test_in_five_hundred_races_exactly_one_wins_and_the_others_learn_who(database: Path) -> None:
    await raced(database, 500, seed=1)


@pytest.mark.long
async def test_in_ten_thousand_races_exactly_one_wins_and_the_others_learn_who(database: Path) -> None:
    await raced(database, 10_000, seed=random.randrange(2**32))


async def test_the_promise_of_the_loser_is_none(database: Path) -> None:
    until = MON_9 + timedelta(minutes=30)
    async with opened(database) as here:
        await here.desk.do(raising())
        first = Acknowledge(by=LIN, ticket=TicketId(1))
        second = Acknowledge(by=CHEN, ticket=TicketId(1), until=until)
        won, lost = await asyncio.gather(here.desk.do(first), here.desk.do(second), return_exceptions=True)
        filed = await here.store.reads.ticket(TicketId(1))

    assert isinstance(won, Outcome)
    assert isinstance(lost, AlreadyDone)
    assert filed is not None
    assert (filed.ticket.acknowledged_by, filed.ticket.acknowledged_until) == (LIN, None)
