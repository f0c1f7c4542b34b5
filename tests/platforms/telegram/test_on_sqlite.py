"""The adapter with the real reception on a real file: what was confirmed is on the disk, and handled once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.chat.form import Field, Form
from bot.chat.incoming import Identity, Said, Submitted
from bot.chat.port import RawIncoming
from bot.platforms.telegram import places
from bot.platforms.telegram.adapter import TelegramPlatform
from bot.platforms.telegram.parse import parse
from bot.services.drawer import Drawer
from bot.services.ports import Arrival, Cursor, Sheet
from bot.services.reception import Reception
from tests.domain.small_desk import MON_9
from tests.platforms.telegram.house import NO_LIMITS, NOW, QUICK, until
from tests.services.open_desk import Open, opened
from tests.street.telegram import BOT_ID, MEI, TOKEN, FakeTelegram


@dataclass(frozen=True, slots=True)
class Front:
    """From the adapter to the reception."""

    reception: Reception

    async def keep(self, raw: RawIncoming) -> bool:
        return await self.reception.keep(_arrival(raw))

    async def keep_with_cursors(
        self, raws: Sequence[RawIncoming], cursors: Mapping[str, str], sheets: Sequence[Sheet]
    ) -> Sequence[bool]:
        marks = [Cursor(name, value) for name, value in cursors.items()]
        return await self.reception.keep_together(
            [_arrival(raw) for raw in raws], cursors=marks, sheets=sheets, now=MON_9
        )


@dataclass(frozen=True, slots=True)
class House:
    """A desk that listens to Telegram, and what it has handled."""

    here: Open
    telegram: TelegramPlatform
    handled: list[str]


@asynccontextmanager
async def listening(database: Path, street: FakeTelegram, handled: list[str]) -> AsyncIterator[House]:
    async with opened(database) as here:

        async def handle(arrival: Arrival) -> None:
            found = parse(RawIncoming(arrival.key, arrival.platform, arrival.lane, arrival.body))
            handled.append(found.text if isinstance(found, Said) else type(found).__name__)
            await here.desk.settle_arrival(arrival.key)

        reception = Reception(here.desk, handle)
        running = asyncio.create_task(reception.run())
        drawer = Drawer(here.desk, here.store.reads, here.time)
        desk = TelegramPlatform(
            token=TOKEN, drawer=drawer, base_url=street.url, now=lambda: NOW, rhythm=QUICK, limits=NO_LIMITS
        )
        starting = asyncio.create_task(desk.start(Front(reception)))
        try:
            yield House(here, desk, handled)
        finally:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await desk.stop()
            reception.close()
            await running


async def test_what_is_said_is_on_the_disk_with_its_number_and_handled_once(database: Path) -> None:
    handled: list[str] = []
    async with FakeTelegram() as street:
        street.say(MEI, MEI, "before the start")
        async with listening(database, street, handled) as house:
            street.say(MEI, MEI, "while at work")
            await until(lambda: len(handled) == 2)
            offset = await house.here.store.reads.cursor(f"telegram:{BOT_ID}:offset")

    assert handled == ["before the start", "while at work"]
    assert offset is not None
    assert offset.startswith("3 ")


async def test_cut_off_again_and_again_nothing_is_lost_and_nothing_is_handled_twice(database: Path) -> None:
    """Row 7, with the real store: ten lives, each ended somewhere."""
    handled: list[str] = []
    sent, chance = [], random.Random(5)
    async with FakeTelegram() as street:
        for life in range(10):
            async with listening(database, street, handled):
                for number in range(3):
                    sent.append(f"{life}.{number}")
                    street.say(MEI, MEI, sent[-1])
                for _ in range(chance.randrange(0, 400)):
                    await asyncio.sleep(0)
        async with listening(database, street, handled):
            await until(lambda: len(handled) >= len(sent))
            await until(lambda: not street.waiting.texts)

    assert handled == sent


async def test_a_form_half_filled_in_is_on_the_disk_and_ends_with_what_was_sent(database: Path) -> None:
    handled: list[str] = []
    form = Form("note:7", "Note", (Field("note", "Your note"),), "Save")
    async with FakeTelegram() as street:
        async with listening(database, street, handled) as house:
            await until(lambda: house.telegram.health()["bot"])
            await house.telegram.ask(Identity(f"telegram:{MEI}"), places.address(MEI), "", form)
            street.say(MEI, MEI, "half")
            await until(lambda: "Is this right?" in street.shown(MEI)[-1]["text"])
        async with listening(database, street, handled) as house:
            shown = street.shown(MEI)[-1]
            send = shown["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
            street.press(MEI, shown["message_id"], MEI, send)
            await until(lambda: Submitted.__name__ in handled)
            sheets = await house.here.store.reads.sheets("telegram")

    assert handled == ["NoneType", "Submitted"]  # the answer itself is no word for the desk
    assert sheets == []


def _arrival(raw: RawIncoming) -> Arrival:
    return Arrival(raw.key, raw.platform, raw.lane, raw.body, MON_9)
