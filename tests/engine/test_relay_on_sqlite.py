"""The same promises with the real door and the real database between the relay and its letters."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from bot.chat.card import Card
from bot.chat.port import Platform, Undelivered
from bot.domain.ids import TicketId
from bot.domain.ticket import Ticket
from bot.engine.relay import Relay
from bot.services.desk import Desk
from bot.services.directory import AddressBook
from bot.services.drawn import Drawn
from bot.services.ports import Change, DeadLetter, Letter, Outgoing, Unit
from bot.services.timepiece import DeskTime
from storage.engine import SqlStore, open_store
from tests.clock import Clock, virtual
from tests.domain.small_desk import small_rules
from tests.engine.post_office import ARRIVES, HANG, ONE_A_SECOND, Answer, Network, letter
from tests.storage.values import a_ticket, changed, new

IT, HR = "test:channel:it", "test:channel:hr"


@dataclass(frozen=True)
class Write:
    """A chore: tickets saved and letters posted, as a batch of commands would."""

    changes: Sequence[Change]
    letters: Sequence[Letter]
    now: datetime

    async def apply(self, unit: Unit) -> None:
        if self.changes:
            await unit.save(self.changes)
        await unit.post(self.letters, self.now)


class Town:
    """A database, and the desk that has it open at the moment."""

    def __init__(self, clock: Clock, file: Path) -> None:
        self.clock = clock
        self.time = DeskTime(clock.wall, clock.mono)
        self.network = Network(clock)
        self.tickets: dict[int, Ticket] = {}
        self._file = file
        self.store: SqlStore
        self.desk: Desk
        self.relay: Relay

    @asynccontextmanager
    async def open(self, *, crashes: bool = False) -> AsyncIterator[None]:
        """The desk is open within the block, and closed in good order after it, unless it crashes."""
        self.store = await open_store(self._file, now=self.time.now())
        rules = small_rules()
        self.desk = Desk(self.store, rules, self.time, AddressBook(rules.people))
        self.relay = self._relay()
        tasks = [asyncio.create_task(self.desk.run()), asyncio.create_task(self.relay.run())]
        serving, carrying = tasks
        try:
            yield
            if not crashes:
                self.relay.close()
                await carrying
                self.desk.close()
                await serving
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await self.store.close()

    async def crash_after(self, seconds: float) -> None:
        """The desk is open so long and then gone, in the midst of whatever it was doing."""
        async with self.open(crashes=True):
            await self.clock.passes(seconds=seconds)
        self.network.under_way.clear()

    async def write(self, *letters: Letter) -> None:
        """Each letter with its new ticket, if it has one that is not there yet."""
        numbers = {one.ticket for one in letters if one.ticket is not None} - self.tickets.keys()
        fresh = [a_ticket(number, created_at=self.time.now()) for number in sorted(numbers)]
        self.tickets |= {ticket.id: ticket for ticket in fresh}
        await self.desk.chore(Write([new(ticket) for ticket in fresh], letters, self.time.now()))
        self.relay.ring()

    async def change(self, number: int) -> None:
        change = changed(self.tickets[number])
        self.tickets[number] = change.ticket
        await self.desk.chore(Write([change], [], self.time.now()))
        self.relay.ring()

    def _relay(self) -> Relay:
        return Relay(
            door=self.desk,
            reads=self.store.reads,
            platforms={"test": cast(Platform, self.network)},
            draw=self._draw,
            timepiece=self.time,
            bundles=frozenset({"news"}),
            chance=lambda: 0.5,
        )

    async def dead(self) -> list[DeadLetter]:
        return await self.store.reads.dead_letters()

    async def _draw(self, outgoings: Sequence[Outgoing], now: datetime) -> Drawn | None:
        versions = {}
        for outgoing in outgoings:
            filed = await self.store.reads.ticket(cast(TicketId, outgoing.letter.ticket))
            assert filed is not None
            versions[filed.ticket.id] = filed.ticket.version
        card = Card(outgoings[0].letter.about, lines=tuple(f"{ticket} v{was}" for ticket, was in versions.items()))
        return Drawn(card, max(versions.values()), versions=versions if len(outgoings) > 1 else {})


def lines_at(network: Network, to: str) -> list[str]:
    return [line for post in network.posts if post.to == to for line in post.lines]


@virtual
async def test_a_showing_follows_its_ticket(clock: Clock, tmp_path: Path) -> None:
    town = Town(clock, tmp_path / "desk.db")

    async with town.open():
        await town.write(letter("a", live=True))
        await clock.passes(seconds=1)
        await town.change(1)
        await town.change(1)
        await clock.passes(seconds=1)

    assert [post.key for post in town.network.posts] == ["a"]
    assert town.network.edits[-1].lines == ("1 v3",)


@virtual
async def test_a_bundle_follows_each_of_its_tickets(clock: Clock, tmp_path: Path) -> None:
    town = Town(clock, tmp_path / "desk.db")

    async with town.open():
        await town.write(*(letter(f"{number}", about="news", ticket=number, live=True) for number in range(1, 6)))
        await clock.passes(seconds=1)
        await town.change(4)
        await clock.passes(seconds=1)

    assert [post.lines for post in town.network.posts] == [("1 v1", "2 v1", "3 v1", "4 v1", "5 v1")]
    assert [edit.lines for edit in town.network.edits] == [("1 v1", "2 v1", "3 v1", "4 v2", "5 v1")]


@virtual
async def test_a_postponed_letter_keeps_its_place_and_a_page_passes(clock: Clock, tmp_path: Path) -> None:
    town = Town(clock, tmp_path / "desk.db")
    town.network.answers[IT] += [Undelivered("503"), Undelivered("503")]

    async with town.open():
        await town.write(letter("a"), letter("b"), letter("elsewhere", HR))
        await clock.passes(seconds=1)
        await town.write(letter("page", page=True))
        await clock.passes(minutes=5)

    assert [post.key for post in town.network.posts if post.to == IT] == ["page", "a", "b"]


@virtual
async def test_what_can_never_be_delivered_is_among_the_dead_letters(clock: Clock, tmp_path: Path) -> None:
    town = Town(clock, tmp_path / "desk.db")
    town.network.answers[IT].append(Undelivered("archived", forever=True))

    async with town.open():
        await town.write(letter("a"), letter("b"))
        await clock.passes(seconds=1)
        dead = await town.dead()

    assert [(one.key, one.reason) for one in dead] == [("a", "archived")]
    assert [post.key for post in town.network.posts] == ["b"]


@virtual
async def test_an_orderly_stop_leaves_nothing_in_doubt(clock: Clock, tmp_path: Path) -> None:
    town = Town(clock, tmp_path / "desk.db")
    town.network.takes_s = 0.5

    async with town.open():
        await town.write(*(letter(str(number)) for number in range(1, 6)))
        await clock.passes(seconds=0.6)
    async with town.open():
        await clock.passes(seconds=10)

    assert [post.key for post in town.network.posts] == ["1", "2", "3", "4", "5"]
    assert town.network.lookups == []


@pytest.mark.parametrize("seed", range(6))
@virtual
async def test_every_letter_arrives_once_and_in_order(clock: Clock, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    town = Town(clock, tmp_path / "desk.db")
    town.network.polite = replace(ONE_A_SECOND, posts=chance.randint(1, 4), burst=chance.randint(1, 4))
    town.network.takes_s, town.network.answers_after_s = 0.2, 0.3
    for to in (IT, HR):
        town.network.answers[to] += chance.choices(ANSWERS, k=8)
    pages: Collection[int] = range(1, 61, 7)
    letters = [
        letter(
            str(number),
            chance.choice([IT, HR]),
            about=chance.choice(["news", "news", "reply"]),
            ticket=number,
            page=number in pages,
            live=chance.random() < 0.5,
        )
        for number in range(1, 61)
    ]

    async with town.open():
        await town.write(*letters[:40])
    for _ in range(4):
        await town.crash_after(chance.choice([0.0, 0.1, 0.35, 0.6, 1.7]))
    async with town.open():
        for one in letters[40:]:
            await town.write(one)
            await clock.passes(seconds=chance.random())
        for number in chance.sample(range(1, 61), 20):
            await town.change(number)
        await clock.passes(minutes=30)
        waiting = await town.store.reads.waiting_letters()

    assert waiting == 0
    for to in (IT, HR):
        arrived = [int(line.split()[0]) for line in lines_at(town.network, to)]
        assert sorted(arrived) == [int(one.key) for one in letters if one.to == to]
        assert [number for number in arrived if number in pages] == sorted(set(arrived) & set(pages))
        assert [number for number in arrived if number not in pages] == sorted(set(arrived) - set(pages))


ANSWERS: list[Answer] = [
    "",
    ARRIVES,
    HANG,
    Undelivered("429", retry_after=timedelta(seconds=2)),
    Undelivered("429", retry_after=timedelta(seconds=3), everyone=True),
    Undelivered("503", maybe_sent=True),
]


@virtual
async def test_a_storm_is_told_within_seconds(clock: Clock, tmp_path: Path) -> None:
    town = Town(clock, tmp_path / "desk.db")
    town.network.polite = ONE_A_SECOND
    town.network.takes_s = 0.1
    written_at_s = {}

    async with town.open():
        for number in range(1, 301):
            written_at_s[number] = clock.mono()
            await town.write(letter(f"{number}", about="news", ticket=number))
            await clock.passes(seconds=0.06)
        await clock.passes(minutes=1)

    delays_s = [post.at_s - written_at_s[int(line.split()[0])] for post in town.network.posts for line in post.lines]
    assert len(delays_s) == 300
    assert max(delays_s) < 2.5
