"""A thousand requests in a minute: the channel knows of each within seconds though it takes one message a second."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.port import Manners
from tests.clock import Clock, virtual
from tests.engine.post_office import ONE_A_SECOND, World, letter

CHANNEL = "test:channel:it"


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


async def storm(world: World, clock: Clock, requests: int) -> tuple[list[float], float]:
    """How long after each request the channel knew of it, and how long a page in the midst of it took."""
    written_at_s = {}
    async with world.at_work():
        for number in range(1, requests + 1):
            written_at_s[number] = clock.mono()
            world.write(
                letter(f"team{number}", CHANNEL, about="news", ticket=number, live=True),
                letter(f"receipt{number}", f"test:dm:{number % 200}", ticket=number, live=True),
            )
            if number == requests // 2:
                world.write(letter("page", CHANNEL, ticket=number, page=True))
            if number % 7 == 0:
                world.change(number - 3)
            await clock.passes(seconds=60 / requests)
        paged_at_s = next(post.at_s for post in world.network.posts if post.key == "page")
        await clock.passes(minutes=20)
    known_at_s: dict[int, float] = {}
    for post in world.network.posts:
        if post.to == CHANNEL and post.key != "page":
            for line in post.lines:
                known_at_s.setdefault(int(line.split()[0]), post.at_s)
    assert len(known_at_s) == requests
    return [known_at_s[number] - at_s for number, at_s in written_at_s.items()], paged_at_s - written_at_s[
        requests // 2
    ]


@virtual
async def test_one_message_a_second_is_enough_for_a_thousand_requests_a_minute(clock: Clock) -> None:
    world = World(clock)
    world.network.polite = ONE_A_SECOND
    world.network.takes_s = 0.1

    delays_s, page_s = await storm(world, clock, 1000)

    assert percentile(delays_s, 0.99) < 2.5
    assert page_s < 1.3
    assert all(row.state == "sent" for row in world.office.rows)
    assert all(showing.drawn == showing.wanted for showing in world.office.showings)


@pytest.mark.parametrize("burst", [5, 20])
@virtual
async def test_twenty_messages_a_minute_are_told_within_a_minute_and_a_page_at_once(clock: Clock, burst: int) -> None:
    world = World(clock)
    world.network.polite = Manners(posts=20, per=timedelta(minutes=1), burst=burst, edits_count=True)
    world.network.takes_s = 0.1

    delays_s, page_s = await storm(world, clock, 500)

    assert percentile(delays_s, 0.99) < 15
    assert page_s < 0.5
