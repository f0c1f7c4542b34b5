"""What came together is kept together, with how far that is: never the one without the other."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from bot.services.drawer import Drawer
from bot.services.ports import Cursor, Sheet
from tests.clock import Clock, virtual
from tests.domain.small_desk import MON_9
from tests.services.open_desk import an_arrival, opened
from tests.services.test_reception import Handler, receiving

CURSOR = Cursor("telegram:1:offset", "43")
SHEET = Sheet("telegram:7", "telegram:7", "{}", MON_9)


@virtual
async def test_arrivals_cursor_and_form_are_kept_by_one_commit_and_handled(database: Path, clock: Clock) -> None:
    async with opened(database) as here:
        handler = Handler(here)
        async with receiving(here, handler.handle) as reception:
            await clock.settles()
            before = len(here.batches)
            news = await reception.keep_together(
                [an_arrival("k1"), an_arrival("k2")], cursors=[CURSOR], sheets=[SHEET], now=MON_9
            )
            commits = len(here.batches) - before
            await clock.settles()
        cursor, sheets = await here.store.reads.cursor(CURSOR.name), await here.store.reads.sheets("telegram")

    assert news == [True, True]
    assert commits == 1
    assert handler.done == ["k1", "k2"]
    assert (cursor, sheets) == ("43", [SHEET])


@virtual
async def test_what_was_kept_before_is_not_handled_again(database: Path, clock: Clock) -> None:
    async with opened(database) as here:
        handler = Handler(here)
        async with receiving(here, handler.handle) as reception:
            await reception.keep(an_arrival("k1"))
            news = await reception.keep_together(
                [an_arrival("k1"), an_arrival("k2")], cursors=[CURSOR], sheets=[], now=MON_9
            )
            await clock.settles()

    assert news == [False, True]
    assert handler.done == ["k1", "k2"]


@virtual
async def test_it_is_handled_when_whoever_brought_it_has_gone(database: Path, clock: Clock) -> None:
    async with opened(database) as here:
        handler = Handler(here)
        async with receiving(here, handler.handle) as reception:
            bringing = asyncio.create_task(
                reception.keep_together([an_arrival("k1")], cursors=[CURSOR], sheets=[], now=MON_9)
            )
            await asyncio.sleep(0)
            bringing.cancel()
            with suppress(asyncio.CancelledError):
                await bringing
            await clock.settles()

    assert handler.done == ["k1"]


@virtual
async def test_a_drawer_gives_back_what_was_put_there(database: Path, clock: Clock) -> None:
    async with opened(database) as here:
        drawer = Drawer(here.desk, here.store.reads, here.time)
        await drawer.put("slack:read:C1", "1.000001")
        await drawer.put_sheet(SHEET)

        assert await drawer.get("slack:read:C1") == "1.000001"
        assert await drawer.get("nothing") is None
        assert await drawer.sheets("telegram") == [SHEET]
