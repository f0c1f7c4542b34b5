"""Whatever platforms answer and whenever the process dies: every letter arrives once, in the order of its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.port import Manners, Undelivered
from tests.clock import Clock, virtual
from tests.engine.post_office import ARRIVES, HANG, Answer, World, letter

ADDRESSES = ("test:channel:it", "test:channel:hr", "test:dm:wei")

answers = st.sampled_from(
    [
        "",
        ARRIVES,
        HANG,
        Undelivered("429", retry_after=timedelta(seconds=2)),
        Undelivered("429", retry_after=timedelta(seconds=3), everyone=True),
        Undelivered("503", maybe_sent=True),
        Undelivered("refused"),
        KeyError("bug"),
    ]
)


@dataclass(frozen=True)
class Written:
    to: str
    about: str
    page: bool
    after_s: float


written = st.builds(
    Written,
    to=st.sampled_from(ADDRESSES),
    about=st.sampled_from(["news", "news", "reply"]),
    page=st.sampled_from([False, False, False, True]),
    after_s=st.sampled_from([0.0, 0.0, 0.3, 1.0]),
)
manners = st.builds(
    Manners,
    posts=st.integers(1, 5),
    per=st.sampled_from([timedelta(seconds=1), timedelta(seconds=3)]),
    burst=st.integers(1, 4),
)


@settings(max_examples=150, deadline=None)
@given(
    letters=st.lists(written, min_size=1, max_size=30),
    scripts=st.dictionaries(st.sampled_from(ADDRESSES), st.lists(answers, max_size=4)),
    polite=manners,
    slow=st.booleans(),
    lives_s=st.lists(st.sampled_from([0.000_05, 0.3, 0.75, 1.3, 4.0]), max_size=3),
)
@virtual
async def test_every_letter_arrives_once_and_in_order(
    clock: Clock,
    letters: list[Written],
    scripts: dict[str, list[Answer]],
    polite: Manners,
    slow: bool,
    lives_s: list[float],
) -> None:
    world = World(clock)
    world.network.polite = polite
    if slow:
        world.network.takes_s, world.network.answers_after_s = 0.3, 0.4
    for to, script in scripts.items():
        world.network.answers[to] += script
    half = len(letters) // 2
    tickets = dict(enumerate(letters, 1))

    write_all(world, letters[:half], 1)
    for life_s in lives_s:
        await world.crash_after(life_s)
    async with world.at_work():
        for number, one in enumerate(letters[half:], half + 1):
            await clock.passes(seconds=one.after_s)
            write_all(world, [one], number)
        await clock.passes(hours=1)

    assert {row.state for row in world.office.rows} == {"sent"}
    arrived = [(post.to, int(line.split()[0])) for post in world.network.posts for line in post.lines]
    assert sorted(ticket for _, ticket in arrived) == sorted(tickets)
    for to, pages in ((to, pages) for to in ADDRESSES for pages in (True, False)):
        there = [ticket for place, ticket in arrived if place == to and tickets[ticket].page == pages]
        assert there == sorted(there)


def write_all(world: World, letters: list[Written], first: int) -> None:
    for number, one in enumerate(letters, first):
        world.write(letter(str(number), one.to, about=one.about, ticket=number, page=one.page))


@settings(max_examples=50, deadline=None)
@given(posts=st.integers(1, 30), per_s=st.sampled_from([1, 3, 60]), burst=st.integers(1, 30), count=st.integers(1, 80))
@virtual
async def test_no_window_of_time_holds_more_than_manners_allow(
    clock: Clock, posts: int, per_s: int, burst: int, count: int
) -> None:
    world = World(clock)
    world.network.polite = Manners(posts, timedelta(seconds=per_s), burst)

    async with world.at_work():
        world.write(*(letter(str(number)) for number in range(count)))
        await clock.passes(seconds=count * per_s / posts + 60)

    at_s = [post.at_s for post in world.network.posts]
    assert len(at_s) == count
    for first in range(count):
        for last in range(first, count):
            assert last - first + 1 <= burst + (at_s[last] - at_s[first]) * posts / per_s + 0.01
