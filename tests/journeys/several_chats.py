"""A desk on a real file that people reach from several chats; what each place was told can be read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.chat.card import Card
from bot.chat.incoming import Address, Identity, MessageRef, Pressed, Said, Submitted
from bot.domain.commands import Tick
from bot.domain.ids import DESK, TicketId
from bot.domain.rules import Rules
from bot.domain.ticket import Ticket
from bot.services.chores import ClaimLetters, SettleLetters
from bot.services.covers import Covers
from bot.services.directory import AddressBook
from bot.services.ports import Fate, Moot, Sent
from bot.services.timepiece import DemoTime
from handlers.dispatch import Ask, Dispatcher
from handlers.drawing import Drawer
from handlers.house import House
from storage.engine import SqlStore, open_store
from tests.domain.small_desk import small_rules
from tests.handlers.small_house import Read, texts
from tests.services.open_desk import Open, at_work, standing


@dataclass(slots=True)
class Chats:
    """Everybody speaks here by identity (`slack:U1`); a direct conversation is `slack:dm:U1`."""

    store: SqlStore
    time: DemoTime
    people: AddressBook
    here: Open
    house: House
    told: dict[str, list[Card]] = field(default_factory=dict)
    """What each address was told, oldest first. Edits are not kept."""
    drawn: list[tuple[str, Card]] = field(default_factory=list)
    """Every card that was ever shown, edits among them, with who reads it."""
    arrivals: int = 0

    async def says(self, who: str, text: str, *, place: str = "", reply_to: str = "") -> list[Card]:
        """Somebody writes; what was told at that place since."""
        where = place or direct(who)
        came = Said(
            key=self._key(),
            author=Identity(who),
            place=Address(where),
            text=text,
            at=self.time.now(),
            message=MessageRef("theirs"),
            private=not place,
            reply_to=MessageRef(reply_to) if reply_to else None,
        )
        return await self._after(where, came)

    async def presses(self, who: str, wish: str, *, place: str = "") -> list[Card]:
        """Somebody presses; what was told at that place since."""
        where = place or direct(who)
        return await self._after(where, Pressed(self._key(), Identity(who), Address(where), wish, self.time.now()))

    async def submits(self, who: str, wish: str, **answers: str) -> list[Card]:
        """Somebody fills in a form; what was told at that place since."""
        where = direct(who)
        came = Submitted(self._key(), Identity(who), Address(where), wish, self.time.now(), answers)
        return await self._after(where, came)

    async def later(self, **span: float) -> None:
        """So much time has passed, step by step as tickets wake."""
        end = self.time.now() + timedelta(**span)
        while True:
            wake = await self.store.reads.next_wake()
            letter = await self.store.reads.next_letter(self.time.now())
            moments = [one for one in (wake, letter) if one is not None and one <= end]
            if not moments:
                break
            self.time.jump_to(min(moments))
            for due in await self.store.reads.due(self.time.now(), 100):
                await self.here.desk.do(Tick(by=DESK, ticket=due.ticket))
            await self.deliver()
        self.time.jump_to(end)
        await self.deliver()

    def at(self, place: str) -> list[Card]:
        """All that this place was told."""
        return self.told.get(place, [])

    async def ticket(self, number: int = 1) -> Ticket:
        """The ticket as it lies in the file."""
        filed = await self.store.reads.ticket(TicketId(number))
        assert filed is not None
        return filed.ticket

    async def deliver(self) -> None:
        """Every letter that may go now has gone."""
        drawer = Drawer(self.house)
        while letters := await self.here.desk.chore(ClaimLetters(self.time.now(), 100, ())):
            fates: list[Fate] = []
            for one in letters:
                drawn = await drawer.draw([one], self.time.now())
                if drawn is None:
                    fates.append(Moot(one, 10**6))
                    continue
                self.drawn.append((one.letter.reader, drawn.card))
                if one.message is None:
                    self.told.setdefault(one.letter.to, []).append(drawn.card)
                fates.append(Sent(one, one.message or f"m:{one.id}", drawn.version, drawn.hash))
            await self.here.desk.chore(SettleLetters(fates, self.time.now()))

    async def _after(self, where: str, came: Said | Pressed | Submitted) -> list[Card]:
        before = len(self.at(where))
        answer = await Dispatcher(self.house).handle(came)
        assert not isinstance(answer, Ask), answer
        await self.deliver()
        return self.at(where)[before:]

    def _key(self) -> str:
        self.arrivals += 1
        return f"arrival:{self.arrivals}"


def direct(who: str) -> str:
    """Where the desk talks with that identity alone."""
    platform, _, name = who.partition(":")
    return f"{platform}:dm:{name}"


@asynccontextmanager
async def chatting(database: Path, rules: Rules | None = None) -> AsyncIterator[Chats]:
    """The same file again is the same desk after a restart."""
    rules, time = rules or small_rules(), standing()
    store = await open_store(database, now=time.now())
    try:
        people = AddressBook(rules.people, await store.reads.profiles())
        async with at_work(store, rules=rules, time=time, people=people) as here:
            house = House(
                texts=texts(),
                desk=here.desk,
                reads=store.reads,
                directory=people,
                clock=time,
                read_words=lambda text: Read(decision="accept"),
                covers=Covers(here.desk, time),
            )
            yield Chats(store, time, people, here, house)
    finally:
        await store.close()
