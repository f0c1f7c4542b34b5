"""A drill is in no figure: the digest of a month with drills is that of a month without."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.domain.commands import Acknowledge, Tick
from bot.domain.ids import DESK, TeamId, TicketId
from bot.services.ports import Tally
from tests.domain.small_desk import LIN, MON_9, minutes, raising
from tests.services.open_desk import opened, standing

TEST_PAGE = replace(raising(by=DESK, words="drill", kind="drill"), confirmed=True)


async def digest(database: Path, *, with_drills: bool) -> Tally:
    time = standing(MON_9)
    async with opened(database, time=time) as here:
        await here.desk.do(raising())
        if with_drills:
            for _ in range(3):
                await here.desk.do(TEST_PAGE)
            await here.desk.do(Acknowledge(by=LIN, ticket=TicketId(2)))
            time.jump(minutes(15))
            await here.desk.do(Tick(by=DESK, ticket=TicketId(3)))
        return await here.store.reads.tally(TeamId("desk"), MON_9 - timedelta(days=1), MON_9 + timedelta(days=1))


async def test_passed_failed_and_open_drills_are_counted_nowhere(database: Path, tmp_path: Path) -> None:
    plain = await digest(tmp_path / "plain.db", with_drills=False)

    drilled = await digest(database, with_drills=True)

    assert replace(drilled, seal="") == replace(plain, seal="")
    assert (plain.raised, len(plain.open_tickets), plain.cancelled) == (1, 1, 0)
