"""A thousand requests in a minute, into a channel that takes one post a second.

    python -m benchmarks.storm

The real desk, its real database and clock; the local chat's own street. A request counts as told when the team's
channel first shows its number; a page when it stands in the engineer's conversation. *first in, first out* is what one
post for each request would have needed, worked out from the same arrivals.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import logs
from bot.app import at_work
from bot.chat.port import Manners
from bot.house_rules import load
from bot.local_house import LocalHouse, put_together
from bot.platforms.local import knock
from bot.platforms.local.street import CHANNEL, message_id
from bot.services.timepiece import DeskTime
from bot.services.transcript import Body, Draft, Posted
from storage.engine import open_store

ROUNDS = 5
REQUESTS = 1_000
SPAN_S = 60.0
ONE_A_SECOND = Manners(posts=1, per=timedelta(seconds=1), burst=1)
REF = re.compile(r"(?:INC|REQ)-(\d+)")

URGENT = "全公司的邮箱都登不上去了，客户在等，急！"
CALM = "打印机卡纸了，能来看一下吗"


@dataclass(slots=True)
class Seen:
    """When each ticket was first seen in the team's channel, and when the first page stood."""

    told: dict[int, float] = field(default_factory=dict)
    first_page: float | None = None
    posts: int = 0
    all_told: asyncio.Event = field(default_factory=asyncio.Event)

    def look(self, place: str, body: Body, at: float) -> None:
        """One message as it stands at the place."""
        if place.startswith(CHANNEL):
            self.posts += 1
            for number in REF.findall(json.dumps(body, ensure_ascii=False)):
                self.told.setdefault(int(number), at)
            if len(self.told) == REQUESTS:
                self.all_told.set()
        elif "acknowledge" in str(body) and self.first_page is None:
            self.first_page = at


@dataclass(frozen=True, slots=True)
class Storm:
    """Seconds from the request to the channel; from the first urgent one to its page."""

    p50: float
    p99: float
    last: float
    page: float
    posts: int
    untold: int
    in_line_p99: float


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    logs.set_up("ERROR", "console")
    rounds = [asyncio.run(_storm()) for _ in range(parser.parse_args().rounds)]
    print("| | p50 s | p99 s | last s | first page s | posts and edits in the channel | never told |")
    print("|---|---|---|---|---|---|---|")
    names = ("p50", "p99", "last", "page", "posts", "untold")
    print("| the desk |" + "".join(f" {_median(rounds, name):,.1f} |" for name in names))
    print(f"| first in, first out | | {_median(rounds, 'in_line_p99'):,.0f} | | | {REQUESTS} | |")
    return 0


def _median(rounds: Sequence[Storm], name: str) -> float:
    return statistics.median(float(getattr(one, name)) for one in rounds)


async def _storm() -> Storm:
    folder = Path(tempfile.mkdtemp(prefix="deskbell-bench-"))
    try:
        return await _storm_in(folder)
    finally:
        shutil.rmtree(folder)


async def _storm_in(folder: Path) -> Storm:
    now = DeskTime()
    store = await open_store(folder / "desk.db", now=now.now())
    house = await put_together(load(None, now=now.now()), store, now, manners=ONE_A_SECOND)
    seen, asked = Seen(), dict[int, float]()
    _overhear(house, seen)
    loop = asyncio.get_running_loop()
    async with at_work(house.app):
        began = loop.time()
        first_urgent = began
        async with asyncio.TaskGroup() as people:
            for place in range(REQUESTS):
                await asyncio.sleep(max(began + place * SPAN_S / REQUESTS - loop.time(), 0))
                asked[place + 1] = loop.time()
                people.create_task(_say(house, place, URGENT if place == REQUESTS // 2 else CALM))
                if place == REQUESTS // 2:
                    first_urgent = loop.time()
        with suppress(TimeoutError):
            await asyncio.wait_for(seen.all_told.wait(), 30)
    await store.close()
    waits = sorted(seen.told[number] - at for number, at in asked.items() if number in seen.told)
    in_line = sorted(began + number - at for number, at in asked.items())
    return Storm(
        waits[len(waits) // 2],
        waits[int(len(waits) * 0.99)],
        waits[-1],
        (seen.first_page or float("inf")) - first_urgent,
        seen.posts,
        REQUESTS - len(seen.told),
        in_line[int(len(in_line) * 0.99)],
    )


async def _say(house: LocalHouse, place: int, words: str) -> None:
    person = ("lin-xia", "wang-yue")[place % 2]
    deed = knock.Deed(person=person, place=f"dm:{person}", key=f"storm-{place}", at=datetime.now(UTC))
    message = message_id(deed.message_key)
    await house.app.intake.keep(knock.said(deed, words, message=message, is_for_desk=True))


def _overhear(house: LocalHouse, seen: Seen) -> None:
    """Whatever is posted or edited on the street is looked at."""
    transcript = house.street._transcript  # the one place where everything said comes by
    append, replace = transcript.append, transcript.replace
    loop = asyncio.get_running_loop()

    async def overheard_append(draft: Draft) -> Posted:
        posted = await append(draft)
        seen.look(posted.place, posted.body, loop.time())
        return posted

    async def overheard_replace(message: str, body: Body, at: datetime) -> Posted | None:
        posted = await replace(message, body, at)
        if posted is not None:
            seen.look(posted.place, posted.body, loop.time())
        return posted

    transcript.append = overheard_append  # type: ignore[method-assign]
    transcript.replace = overheard_replace  # type: ignore[method-assign]


if __name__ == "__main__":
    raise SystemExit(main())
