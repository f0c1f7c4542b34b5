"""The desk dies at each named place once, in a small life that comes by there, and nobody notices afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from enum import Enum, auto
from pathlib import Path

import pytest

from bot.services import failpoint
from tests.crash.desk_process import Command, Launcher, Nursery
from tests.crash.lives import Place, placed
from tests.crash.people import buttons
from tests.crash.policy import ANN, BO, none_due, one_due_one_soon, write_rules
from tests.crash.reckoning import Reckoning, assert_well

pytestmark = pytest.mark.crash

JAM = "/report {} printer jam on the third floor"
"""Nobody is called for it at once: first its clocks have to tick."""

WITHIN_S = 60.0
DOWN_MS = 600_000


class Before(Enum):
    """What has happened before the life in which the place is armed."""

    NOTHING = auto()
    """There is no database yet."""
    AN_ARRIVAL_WAITS = auto()
    """The desk died before it had handled what it kept."""
    A_LETTER_IS_IN_DOUBT = auto()
    """The desk died before it had written down that a letter was sent."""
    AN_OUTAGE = auto()
    """The desk was not there for ten minutes."""
    A_DIGEST_IS_DUE = auto()
    """The desk stopped, and now it is past the time of a digest."""


DIES_AT = {Before.AN_ARRIVAL_WAITS: "reception.before_handling", Before.A_LETTER_IS_IN_DOUBT: "relay.after_send"}

SCENES: Mapping[str, Before] = {
    "digest.after_writing": Before.A_DIGEST_IS_DUE,
    "digest.before_writing": Before.A_DIGEST_IS_DUE,
    "door.after_commit": Before.NOTHING,
    "door.after_save": Before.NOTHING,
    "door.before_commit": Before.NOTHING,
    "door.kept_not_committed": Before.NOTHING,
    "door.saved_not_posted": Before.NOTHING,
    "form.after_asking": Before.NOTHING,
    "form.before_asking": Before.NOTHING,
    "local.kept_not_shown": Before.NOTHING,
    "reception.after_handling": Before.NOTHING,
    "reception.before_handling": Before.NOTHING,
    "reception.before_keeping": Before.NOTHING,
    "reception.before_leftovers": Before.NOTHING,
    "reception.begun": Before.AN_ARRIVAL_WAITS,
    "reception.kept": Before.NOTHING,
    "relay.after_claim": Before.NOTHING,
    "relay.after_edit": Before.NOTHING,
    "relay.after_find": Before.A_LETTER_IS_IN_DOUBT,
    "relay.after_send": Before.NOTHING,
    "relay.after_settle": Before.NOTHING,
    "relay.before_claim": Before.NOTHING,
    "relay.before_edit": Before.NOTHING,
    "relay.before_find": Before.A_LETTER_IS_IN_DOUBT,
    "relay.before_send": Before.NOTHING,
    "relay.before_settle": Before.NOTHING,
    "start.after_ready": Before.NOTHING,
    "start.before_ready": Before.NOTHING,
    "stop.received_all": Before.NOTHING,
    "stop.sent_all": Before.NOTHING,
    "stop.told": Before.NOTHING,
    "store.after_epoch": Before.NOTHING,
    "store.after_lock": Before.NOTHING,
    "store.after_migration": Before.NOTHING,
    "store.before_migration": Before.NOTHING,
    "store.epoch_raised": Before.NOTHING,
    "store.migrated": Before.NOTHING,
    "watch.after_outage": Before.AN_OUTAGE,
    "watch.after_ticks": Before.NOTHING,
    "watch.before_outage": Before.AN_OUTAGE,
    "watch.before_ticks": Before.NOTHING,
    "watch.first_day": Before.NOTHING,
}
"""Every place, and the life that comes by there."""

BY_THE_COMMAND = ("store.migrated", "door.before_commit", "relay.after_send", "stop.told")
"""Some die in a process that the real command has started; `make crash` does so with all of them."""


def test_every_named_place_has_a_scene() -> None:
    import bot.running  # noqa: F401  # it loads every room that has such a place

    assert set(failpoint.names()) == set(SCENES)
    assert len(SCENES) >= 25


@pytest.mark.parametrize("name", [name for name in SCENES if name not in BY_THE_COMMAND])
async def test_nothing_is_lost_when_the_desk_dies_at(name: str, nursery: Nursery, tmp_path: Path) -> None:
    found, log = await _die_at(name, nursery, nursery, tmp_path)

    assert_well(found, log)


@pytest.mark.parametrize("name", BY_THE_COMMAND)
async def test_nothing_is_lost_when_the_command_dies_at(name: str, nursery: Nursery, tmp_path: Path) -> None:
    found, log = await _die_at(name, Command(), nursery, tmp_path)

    assert_well(found, log)


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in SCENES if name not in BY_THE_COMMAND])
async def test_nothing_is_lost_either_when_the_command_dies_at(name: str, nursery: Nursery, tmp_path: Path) -> None:
    found, log = await _die_at(name, Command(), nursery, tmp_path)

    assert_well(found, log)


async def _die_at(name: str, dying: Launcher, others: Launcher, folder: Path) -> tuple[Reckoning, str]:
    """The books after a life that died there, another that went on, and an orderly end."""
    async with placed(folder, others, seed=len(name), digests=none_due(), faulty=False) as place:
        asking = await _have_been(place, SCENES[name])
        place.desk.launcher = dying
        await place.start(name)
        place.desk.launcher = others
        code = await _live_on(place, name)
        await asking
        assert code == failpoint.KILLED, f"{name} was never reached, or not survived: {code}"
        found = await place.settle()
        return found, place.desk.log


async def _have_been(place: Place, before: Before) -> Awaitable[object]:
    """What somebody still waits for: an answer that the next life gives."""
    if before is Before.NOTHING:
        return asyncio.sleep(0)
    await place.start(DIES_AT.get(before, ""))
    asking = asyncio.create_task(place.town.raise_ticket(ANN, JAM))
    if before in DIES_AT:
        assert await place.desk.gone() == failpoint.KILLED
        return asking
    await asking
    assert await place.desk.stop() == 0
    if before is Before.A_DIGEST_IS_DUE:
        write_rules(place.desk.folder / "rules", one_due_one_soon())
    else:
        _last_seen_before(place.desk.database)
    return asking


async def _live_on(place: Place, name: str) -> int:
    """How the armed life ended. A ticket goes its whole way, over as many lives as that takes."""
    assert place.desk.life is not None
    armed = place.desk.life
    is_last = name.startswith("stop.")
    async with _kept_alive(place, unless=is_last):
        await _a_whole_way(place, called=f"dm:{BO}" if name.startswith("watch.") else "channel:desk")
    if is_last:
        await place.desk.stop()
        await place.start()
    return await armed.ended


@asynccontextmanager
async def _kept_alive(place: Place, *, unless: bool) -> AsyncIterator[None]:
    keeping = None if unless else asyncio.create_task(place.keep_alive())
    yield
    if keeping is not None:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping


async def _a_whole_way(place: Place, *, called: str) -> None:
    """Raised, acknowledged when it is read at that place, asked about, resolved with a form, rated."""
    town = place.town
    await town.raise_ticket(ANN, JAM)
    number = await _offered(place, called, "acknowledge")
    await town.press(BO, f"acknowledge:{number}")
    await town.fill(BO, "ask", number)
    await town.fill(ANN, "answer", number)
    await town.press(BO, f"resolve:{number}")
    await town.fill(BO, "resolve", number)
    await town.press(ANN, f"rate:{await _offered(place, f'dm:{ANN}', 'rate')}")


async def _offered(place: Place, where: str, verb: str) -> str:
    """What stands behind that verb on a button at that place, sooner or later."""

    def found() -> list[str]:
        wishes = [wish for card in place.street.cards_at(where) for wish in buttons(card)]
        return [wish.partition(":")[2] for wish in wishes if wish.startswith(f"{verb}:")]

    assert await place.street.until(lambda _: bool(found()), WITHIN_S), f"nobody at {where} is offered to {verb}"
    return found()[-1]


def _last_seen_before(database: Path) -> None:
    """As if nobody had started the desk for ten minutes."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE instance SET last_seen = last_seen - ?", (DOWN_MS,))
