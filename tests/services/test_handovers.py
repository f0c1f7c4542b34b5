"""Handovers: each is told once to those who go and those who come, over restarts, downtimes and covers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.commands import Acknowledge
from bot.domain.covers import Wish
from bot.domain.ids import CoverId, RotaId, TicketId
from bot.domain.rules import Rules
from bot.services.chores import SettleLetters
from bot.services.covers import Covers, Word
from bot.services.handovers import AGAIN, LOOK_BACK, Handover, handovers_of
from bot.services.ports import Letter, Sent
from bot.services.timepiece import DemoTime
from bot.services.watch import Saw, Watch
from storage.engine import SqlStore, open_store
from tests.domain.small_desk import CHEN, LIN, MON_9, WANG, raising
from tests.domain.small_rota import DAY, DESK_TEAM, FIRST, HOUR, day, rota_of, rota_rules
from tests.services.open_desk import AllLetters, Open, at_work, standing

RULES = rota_rules()
NOON = MON_9 + timedelta(hours=3)
"""Before anything is handed over: Lin has Monday, Chen Tuesday."""


class Watching:
    """A watch over a rota, when it asked to be woken, and how often it rang for the letters."""

    def __init__(self, here: Open, time: DemoTime) -> None:
        self.here, self.time = here, time
        self.armed: list[datetime] = []
        self.rung = 0
        self.watch = Watch(here.desk, here.store.reads, time, arm=self.armed.append, on_letters=self._ring)
        self.covers = Covers(here.desk, time)

    def _ring(self) -> None:
        self.rung += 1

    async def look_at(self, moment: datetime) -> list[Letter]:
        """Time goes on to that moment and the watch looks; the handovers that are told then, which are sent."""
        self.time.jump_to(moment)
        await self.watch.look()
        found = await self.here.desk.chore(AllLetters(moment))
        await self.here.desk.chore(SettleLetters([Sent(one, one.letter.key) for one in found], moment))
        return [one.letter for one in found if one.letter.about == "handover"]


@asynccontextmanager
async def watching(store: SqlStore, *, rules: Rules = RULES, at: datetime = NOON) -> AsyncIterator[Watching]:
    time = standing(at)
    async with at_work(store, rules=rules, time=time) as here:
        one = Watching(here, time)
        await one.watch.wake_up()
        yield one


@asynccontextmanager
async def living(database: Path, *, at: datetime, rules: Rules = RULES) -> AsyncIterator[Watching]:
    """One life of the desk on this database, which was last seen alive when it ends."""
    store = await open_store(database, now=at)
    async with watching(store, rules=rules, at=at) as one:
        yield one
        await one.here.desk.chore(Saw(one.time.now()))
    await store.close()


def readers(letters: list[Letter]) -> list[str]:
    return sorted(letter.reader.removeprefix("person:") for letter in letters)


async def test_both_are_told_at_the_handover_with_what_they_need(store: SqlStore) -> None:
    async with watching(store) as one:
        before = await one.look_at(day(1) - timedelta(milliseconds=1))
        letters = await one.look_at(day(1))

    assert before == []
    assert readers(letters) == [CHEN, LIN]
    assert {letter.key for letter in letters} == {
        f"handover:first:{day(1).isoformat()}:{CHEN}",
        f"handover:first:{day(1).isoformat()}:{LIN}",
    }
    assert letters[0].facts == {
        "rota": "first",
        "team": "desk",
        "at": day(1).isoformat(),
        "from": LIN,
        "to": CHEN,
        "until": day(2).isoformat(),
        "open": "0",
    }
    assert one.rung >= 1


async def test_the_bell_is_armed_for_the_next_handover(store: SqlStore) -> None:
    rules = replace(RULES, teams={DESK_TEAM: replace(RULES.teams[DESK_TEAM], channel=None)})

    async with watching(store, rules=rules) as one:
        await one.look_at(NOON)
        await one.look_at(day(1))

        assert one.armed == [day(1), day(2)]
        assert await one.watch.next_moment() == day(2)


async def test_looking_again_says_nothing_again(store: SqlStore) -> None:
    async with watching(store) as one:
        told = [await one.look_at(day(1) + timedelta(seconds=second)) for second in (0, 0, 1, 9, 30, 3600)]

    assert [len(letters) for letters in told] == [2, 0, 0, 0, 0, 0]


async def test_every_day_has_its_own_handover(store: SqlStore) -> None:
    async with watching(store) as one:
        told = [await one.look_at(day(number)) for number in range(1, 5)]

    assert [len(letters) for letters in told] == [2, 2, 2, 2]
    assert [letters[0].facts["to"] for letters in told] == [CHEN, LIN, CHEN, LIN]


async def test_how_many_open_tickets_go_over_is_said(store: SqlStore) -> None:
    async with watching(store) as one:
        for number in (1, 2):
            await one.here.desk.do(raising())
            await one.here.desk.do(Acknowledge(by=LIN, ticket=TicketId(number)))

        letters = await one.look_at(day(1))

    assert {letter.facts["open"] for letter in letters} == {"2"}


async def test_a_restart_around_the_handover_tells_it_once(database: Path) -> None:
    async with living(database, at=NOON) as one:
        first = await one.look_at(day(1) - timedelta(seconds=5))
    async with living(database, at=day(1) + timedelta(seconds=2)) as one:
        second = await one.look_at(day(1) + timedelta(seconds=2))
    async with living(database, at=day(1) + timedelta(seconds=20)) as one:
        third = await one.look_at(day(1) + timedelta(seconds=20))

    assert [len(first), len(second), len(third)] == [0, 2, 0]
    assert all("late_since" not in letter.facts for letter in second)


async def test_a_handover_that_was_not_told_before_a_crash_is_told_by_the_next_life(database: Path) -> None:
    async with living(database, at=NOON) as one:
        one.time.jump_to(day(1) + timedelta(seconds=3))  # seen alive after it, but it never looked
    async with living(database, at=day(1) + timedelta(seconds=4)) as one:
        letters = await one.look_at(day(1) + timedelta(seconds=4))

    assert readers(letters) == [CHEN, LIN]


async def test_what_fell_into_a_downtime_is_said_once_late_and_why(database: Path) -> None:
    down_since, up_again = day(1) - HOUR, day(1) + 2 * HOUR
    async with living(database, at=down_since):
        pass
    async with living(database, at=up_again) as one:
        letters = await one.look_at(up_again)
        again = await one.look_at(up_again + HOUR)

    assert readers(letters) == [CHEN, LIN]
    assert letters[0].facts["late_since"] == day(1).isoformat()
    assert letters[0].facts["down_since"] == down_since.isoformat()
    assert letters[0].facts["down_until"] == up_again.isoformat()
    assert again == []


async def test_of_a_long_downtime_the_last_day_is_told_and_the_last_handover_however_old(database: Path) -> None:
    weekly = replace(rota_of(LIN, CHEN).layers[0], length=7)
    rules = rota_rules(rota=replace(rota_of(LIN, CHEN), layers=(weekly,)))
    up_again = day(10)
    assert up_again - day(7) > LOOK_BACK
    async with living(database, at=NOON, rules=rules):
        pass
    async with living(database, at=up_again, rules=rules) as one:
        letters = await one.look_at(up_again)

    assert {letter.facts["at"] for letter in letters} == {day(7).isoformat()}


async def test_a_first_life_owes_nothing_from_before_it(database: Path) -> None:
    async with living(database, at=day(1) + AGAIN / 2) as one:
        letters = await one.look_at(day(1) + AGAIN / 2)

    assert letters == []


async def test_a_lead_puts_somebody_in_and_the_handovers_follow(store: SqlStore) -> None:
    async with watching(store) as one:
        await one.look_at(NOON)
        await one.covers.ask(Wish(FIRST, CHEN, NOON - HOUR, NOON + HOUR, WANG))

        begun, again, ended = await one.look_at(NOON), await one.look_at(NOON), await one.look_at(NOON + HOUR)

    assert readers(begun) == readers(ended) == [CHEN, LIN]
    assert again == []
    assert begun[0].facts["to"] == ended[0].facts["from"] == CHEN
    assert begun[0].facts["until"] == (NOON + HOUR).isoformat()


async def test_a_cover_that_was_committed_a_moment_after_it_began_is_told(store: SqlStore) -> None:
    async with watching(store) as one:
        await one.look_at(NOON)
        await one.look_at(NOON + timedelta(seconds=2))
        await one.covers.ask(Wish(FIRST, CHEN, NOON, NOON + HOUR, WANG))
        async with store.transaction() as unit:
            filed = (await unit.covers(NOON))[0]
            await unit.change_covers([replace(filed, starts=NOON + timedelta(seconds=1))])

        letters = await one.look_at(NOON + timedelta(seconds=3))

    assert readers(letters) == [CHEN, LIN]


async def test_a_cover_that_ended_while_the_desk_was_down_is_handed_back(database: Path) -> None:
    async with living(database, at=NOON) as one:
        await one.look_at(NOON)
        await one.covers.ask(Wish(FIRST, CHEN, NOON, NOON + HOUR, WANG))
        await one.look_at(NOON + timedelta(minutes=1))
    async with living(database, at=NOON + 2 * HOUR) as one:  # these rules know of no cover
        letters = await one.look_at(NOON + 2 * HOUR)

    assert readers(letters) == [CHEN, LIN]
    assert letters[0].facts["at"] == (NOON + HOUR).isoformat()
    assert letters[0].facts["to"] == LIN


async def test_a_cover_that_is_taken_back_hands_back_at_once(store: SqlStore) -> None:
    async with watching(store) as one:
        await one.covers.ask(Wish(FIRST, CHEN, NOON, NOON + 5 * HOUR, WANG))
        await one.look_at(NOON)
        one.time.jump_to(NOON + HOUR)
        await one.covers.settle(CoverId(1), Word.WITHDRAW, LIN)

        letters = await one.look_at(NOON + HOUR)

    assert [letter.facts["to"] for letter in letters] == [LIN, LIN]


def test_who_stays_on_call_is_not_in_the_handover_and_a_gap_has_nobody() -> None:
    rota = rota_of(LIN, CHEN)
    pair = replace(rota.layers[0], turns=((LIN, WANG), (CHEN, WANG)), until=day(2))
    rules = rota_rules(rota=replace(rota, layers=(pair,)))

    first, second, third = handovers_of(FIRST, rules, MON_9 - DAY)

    assert first == Handover(FIRST, DESK_TEAM, day(0), (), (LIN, WANG), day(1))
    assert first.until == day(1)
    assert (second.gone, second.come) == ((LIN,), (CHEN,))
    assert (third.gone, third.come, third.until) == ((CHEN, WANG), (), None)


@pytest.mark.parametrize("named", [(), (RotaId("gone"),)])
async def test_a_desk_without_rotas_hands_nothing_over(store: SqlStore, named: tuple[RotaId, ...]) -> None:
    team = replace(RULES.teams[DESK_TEAM], rotas=named)

    async with watching(store, rules=replace(RULES, teams={DESK_TEAM: team})) as one:
        assert await one.look_at(day(1)) == []
