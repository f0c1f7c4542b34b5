"""Letters leave in order, with manners, pages first; nothing a platform does loses one, or doubles one in silence."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from bot.chat.port import Manners, Undelivered
from bot.engine import relay as relaying
from bot.services.ports import Fenced, Moot, NotSaved, Postponed
from bot.services.timepiece import DemoTime
from tests.clock import Clock, virtual
from tests.engine.post_office import ARRIVES, HANG, ONE_A_SECOND, Network, World, letter

IT, HR = "test:channel:it", "test:channel:hr"
SECOND = timedelta(seconds=1)


def busy(retry_after_s: float | None = None, *, everyone: bool = False) -> Undelivered:
    wait = None if retry_after_s is None else timedelta(seconds=retry_after_s)
    return Undelivered("too many requests", retry_after=wait, everyone=everyone)


# --- the plain way ---------------------------------------------------------------------------------------------------


@virtual
async def test_a_letter_stands_at_its_address_at_once(clock: Clock) -> None:
    world = World(clock)

    async with world.at_work():
        world.write(letter("a"))
        await clock.settles()

    assert [(post.to, post.key) for post in world.network.posts] == [(IT, "a")]
    assert world.network.posts[0].at_s < 1e-3
    assert world.office.row("a").message == f"{IT}#1"


@virtual
async def test_letters_to_one_address_keep_their_order(clock: Clock) -> None:
    world = World(clock)
    world.network.takes_s = 0.1

    async with world.at_work():
        world.write(*(letter(str(number)) for number in range(20)))
        await clock.passes(seconds=5)

    assert world.network.keys == [str(number) for number in range(20)]


@virtual
async def test_a_letter_waits_for_its_moment(clock: Clock) -> None:
    world = World(clock)
    later = letter("later")
    object.__setattr__(later, "not_before", clock.wall() + 90 * SECOND)

    async with world.at_work():
        world.write(later, letter("now"))
        await clock.passes(minutes=3)

    assert [(post.key, round(post.at_s)) for post in world.network.posts] == [("now", 0), ("later", 90)]


@virtual
async def test_what_time_has_overtaken_is_not_sent(clock: Clock) -> None:
    world = World(clock)
    world.moot = {"old"}

    async with world.at_work():
        world.write(letter("old"), letter("new"))
        await clock.settles()

    assert world.network.keys == ["new"]
    assert world.office.in_state("moot") == ["old"]


@virtual
async def test_a_whisper_is_seen_by_one_and_is_no_showing(clock: Clock) -> None:
    world = World(clock)
    whisper = letter("w")
    object.__setattr__(whisper, "only", "test:mei")

    async with world.at_work():
        world.write(whisper)
        await clock.settles()

    assert [(post.key, post.only) for post in world.network.posts] == [("w", "test:mei")]
    assert world.office.showings == []
    assert world.office.in_state("sent") == ["w"]


@virtual
async def test_what_was_written_before_the_start_is_sent_at_the_start(clock: Clock) -> None:
    world = World(clock)
    world.write(letter("a"))

    async with world.at_work():
        await clock.settles()

        assert world.network.keys == ["a"]


# --- addresses do not wait for each other ----------------------------------------------------------------------------


@virtual
async def test_one_address_that_hangs_delays_no_other(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[HR].append(HANG)

    async with world.at_work():
        world.write(letter("stuck", HR), *(letter(f"{number}", f"test:dm:{number}") for number in range(100)))
        await clock.passes(seconds=1)

        assert sorted(world.network.keys, key=int) == [str(number) for number in range(100)]
        await clock.passes(minutes=1)

    assert "stuck" in world.network.keys


@virtual
async def test_one_platform_that_hangs_delays_no_other(clock: Clock) -> None:
    world = World(clock, at_once=4)
    world.networks["other"] = Network(clock, name="other")
    for number in range(50):
        world.network.answers[f"test:dm:{number}"].append(HANG)

    async with world.at_work():
        world.write(*(letter(f"slow{number}", f"test:dm:{number}") for number in range(50)))
        world.write(letter("fine", "other:dm:mei"))
        await clock.passes(seconds=1)

        assert world.networks["other"].keys == ["fine"]


@virtual
async def test_only_so_many_messages_are_under_way_at_once(clock: Clock) -> None:
    world = World(clock, at_once=8)
    world.network.takes_s = 0.1

    async with world.at_work():
        world.write(*(letter(f"{number}", f"test:dm:{number}") for number in range(200)))
        await clock.passes(seconds=10)

    assert world.network.most_under_way == 8
    assert len(world.network.posts) == 200


@virtual
async def test_a_thousand_waiting_addresses_do_not_keep_a_page_waiting(clock: Clock) -> None:
    world = World(clock, at_once=4)
    world.network.takes_s = 1.0

    async with world.at_work():
        world.write(*(letter(f"{number}", f"test:dm:{number}") for number in range(3000)))
        await clock.passes(seconds=5)
        world.write(letter("page", "test:dm:wei", page=True))
        await clock.passes(seconds=2)

        assert "page" in world.network.keys
        assert len(world.relay._held) <= relaying.MOST_HELD + relaying.CLAIMED_AT_ONCE


@virtual
async def test_a_crowd_at_one_address_does_not_hide_what_is_behind_it(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[HR].append(HANG)

    async with world.at_work():
        world.write(*(letter(f"stuck{number}", HR) for number in range(200)), letter("fine"))
        await clock.settles()

        assert world.network.keys == ["fine"]
        await clock.passes(minutes=2)


@virtual
async def test_what_cannot_go_for_a_while_waits_in_the_database_and_then_goes_together(clock: Clock) -> None:
    world = World(clock)
    world.network.polite = Manners(posts=20, per=timedelta(minutes=1), burst=2)

    async with world.at_work():
        for number in range(1, 12):
            world.write(letter(f"{number}", about="news", ticket=number))
            await clock.passes(seconds=0.2)
        assert "sending" not in {row.state for row in world.office.rows}
        await clock.passes(seconds=10)

    assert [len(post.lines) for post in world.network.posts] == [1, 10]


@virtual
async def test_addresses_are_forgotten_when_they_have_rested(clock: Clock) -> None:
    world = World(clock)

    async with world.at_work():
        world.write(*(letter(f"{number}", f"test:dm:{number}") for number in range(50)))
        await clock.passes(seconds=10)

        assert world.relay._lanes == {}


# --- pages -----------------------------------------------------------------------------------------------------------


@virtual
async def test_a_page_overtakes_what_waits_at_its_address(clock: Clock) -> None:
    world = World(clock)
    world.network.polite = ONE_A_SECOND

    async with world.at_work():
        world.write(*(letter(f"{number}") for number in range(10)))
        await clock.passes(seconds=2.5)
        world.write(letter("page", page=True))
        await clock.passes(seconds=20)

    assert world.network.keys == ["0", "1", "2", "page", *(f"{number}" for number in range(3, 10))]


@virtual
async def test_a_token_is_kept_for_pages(clock: Clock) -> None:
    world = World(clock)
    world.network.polite = Manners(posts=20, per=timedelta(minutes=1), burst=20)

    async with world.at_work():
        world.write(*(letter(f"{number}") for number in range(100)))
        await clock.passes(seconds=1)
        assert len(world.network.posts) == 19
        written_at_s = clock.mono()
        world.write(letter("page", page=True))
        await clock.settles()

        assert world.network.posts[-1].key == "page"
        assert world.network.posts[-1].at_s - written_at_s < 0.01


@virtual
async def test_pages_keep_their_order_among_themselves(clock: Clock) -> None:
    world = World(clock)
    world.network.polite = ONE_A_SECOND

    async with world.at_work():
        world.write(*(letter(f"{number}", page=True) for number in range(5)))
        await clock.passes(seconds=10)

    assert world.network.keys == ["0", "1", "2", "3", "4"]


# --- manners and bundles ---------------------------------------------------------------------------------------------


@virtual
async def test_no_address_is_posted_to_faster_than_it_bears(clock: Clock) -> None:
    world = World(clock)
    world.network.polite = ONE_A_SECOND

    async with world.at_work():
        world.write(*(letter(f"{number}") for number in range(10)))
        await clock.passes(seconds=30)

    at_s = [post.at_s for post in world.network.posts]
    assert len(at_s) == 10
    assert all(later - sooner >= 0.999 for sooner, later in pairwise(at_s))
    assert at_s[-1] == pytest.approx(9, abs=0.5)


@virtual
async def test_news_that_cannot_go_one_by_one_goes_in_one_message(clock: Clock) -> None:
    world = World(clock)
    world.network.polite = ONE_A_SECOND

    async with world.at_work():
        world.write(letter("first", about="news", ticket=9))
        await clock.settles()
        world.write(letter("a", about="news", ticket=1), letter("b", about="news", ticket=2))
        await clock.passes(seconds=3)

    assert [post.lines for post in world.network.posts] == [("9 v1",), ("1 v1", "2 v1")]
    assert world.office.in_state("sent") == ["first", "a", "b"]


@virtual
async def test_a_few_go_one_by_one_where_there_is_room_for_them(clock: Clock) -> None:
    world = World(clock)

    async with world.at_work():
        world.write(*(letter(f"{number}", about="news", ticket=number) for number in range(1, 4)))
        await clock.settles()

    assert world.network.keys == ["1", "2", "3"]


@virtual
async def test_more_than_a_few_go_in_one_message_even_where_there_is_room(clock: Clock) -> None:
    world = World(clock)

    async with world.at_work():
        world.write(*(letter(f"{number}", about="news", ticket=number) for number in range(1, 5)))
        await clock.settles()

    assert [len(post.lines) for post in world.network.posts] == [4]


@virtual
async def test_what_cannot_be_bundled_keeps_its_place_between_bundles(clock: Clock) -> None:
    world = World(clock)
    world.network.polite = ONE_A_SECOND

    async with world.at_work():
        kinds = ("news", "news", "reply", "news", "news")
        world.write(*(letter(str(number), about=about, ticket=number) for number, about in enumerate(kinds, 1)))
        await clock.passes(seconds=5)

    assert [post.lines for post in world.network.posts] == [("1 v1", "2 v1"), ("3 v1",), ("4 v1", "5 v1")]


@virtual
async def test_what_time_has_overtaken_is_left_out_of_a_bundle(clock: Clock) -> None:
    world = World(clock)
    world.moot = {"2", "4"}

    async with world.at_work():
        world.write(*(letter(f"{number}", about="news", ticket=number) for number in range(1, 6)))
        await clock.settles()

    assert [post.lines for post in world.network.posts] == [("1 v1", "3 v1", "5 v1")]
    assert world.office.in_state("moot") == ["2", "4"]


@virtual
async def test_a_bundle_of_which_one_is_left_is_that_one(clock: Clock) -> None:
    world = World(clock)
    world.moot = {"1", "2", "4"}

    async with world.at_work():
        world.write(*(letter(f"{number}", about="news", ticket=number, live=True) for number in range(1, 5)))
        await clock.settles()
        world.change(3)
        await clock.settles()

    assert [post.lines for post in world.network.posts] == [("3 v1",)]
    assert [edit.lines for edit in world.network.edits] == [("3 v2",)]


@virtual
async def test_a_bundle_that_is_refused_for_ever_goes_one_by_one(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[IT] += [Undelivered("too long", forever=True), "", Undelivered("malformed", forever=True)]

    async with world.at_work():
        world.write(*(letter(f"{number}", about="news", ticket=number) for number in range(1, 6)))
        await clock.passes(seconds=1)

    assert world.network.keys == ["1", "3", "4", "5"]
    assert world.office.in_state("dead") == ["2"]


# --- edits -----------------------------------------------------------------------------------------------------------


@virtual
async def test_a_showing_follows_its_ticket(clock: Clock) -> None:
    world = World(clock)

    async with world.at_work():
        world.write(letter("a", live=True))
        await clock.settles()
        world.change(1)
        await clock.settles()

    assert [(edit.to, edit.lines) for edit in world.network.edits] == [(f"{IT}#1", ("1 v2",))]
    assert world.office.showings[0].drawn == 2


@virtual
async def test_many_changes_while_an_edit_is_under_way_cost_one_more(clock: Clock) -> None:
    world = World(clock)

    async with world.at_work():
        world.write(letter("a", live=True))
        await clock.settles()
        world.network.takes_s = 1.0
        for _ in range(50):
            world.change(1)
            await clock.passes(seconds=0.01)
        await clock.passes(seconds=5)

    assert [edit.lines for edit in world.network.edits] == [("1 v2",), ("1 v51",)]


@virtual
async def test_an_edit_that_would_show_the_same_is_not_sent(clock: Clock) -> None:
    world = World(clock)

    async with world.at_work():
        world.shows_versions = False
        world.write(letter("a", live=True))
        await clock.settles()
        world.change(1)
        await clock.settles()

    assert world.network.edits == []
    assert isinstance(world.office.fates_of("a")[-1], Moot)
    assert world.office.showings[0].drawn == 2


@virtual
async def test_a_bundle_is_redrawn_as_a_whole_when_one_of_its_tickets_changes(clock: Clock) -> None:
    world = World(clock)

    async with world.at_work():
        world.write(*(letter(f"{number}", about="news", ticket=number, live=True) for number in range(1, 5)))
        await clock.settles()
        world.change(2)
        world.change(3)
        await clock.settles()
        world.change(3)
        await clock.settles()

    assert [edit.lines for edit in world.network.edits] == [
        ("1 v1", "2 v2", "3 v2", "4 v1"),
        ("1 v1", "2 v2", "3 v3", "4 v1"),
    ]


@virtual
async def test_an_edit_that_is_refused_for_ever_is_given_up(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[f"{IT}#1"].append(Undelivered("message not found", forever=True))

    async with world.at_work():
        world.write(letter("a", live=True))
        await clock.settles()
        world.change(1)
        await clock.settles()
        world.change(1)
        await clock.passes(minutes=5)

    assert world.network.edits == []
    assert world.office.showings[0].is_given_up


@virtual
async def test_an_edit_that_fails_is_made_again_with_what_is_true_then(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[f"{IT}#1"].append(Undelivered("500", maybe_sent=True))

    async with world.at_work():
        world.write(letter("a", live=True))
        await clock.settles()
        world.change(1)
        await clock.settles()
        world.change(1)
        await clock.passes(seconds=5)

    assert [edit.lines for edit in world.network.edits] == [("1 v3",)]


@virtual
async def test_edits_do_not_take_the_turn_of_posts(clock: Clock) -> None:
    world = World(clock)

    async with world.at_work():
        world.write(letter("a", live=True))
        await clock.settles()
        world.network.polite = ONE_A_SECOND
        world.office.change(1)
        world.write(letter("b"))
        await clock.settles()

        assert [key for _, key in world.network.tries] == ["a", "b", f"{IT}#1"]


# --- what a platform may say -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked_s", "waits_s"), [(1, 1.5), (30, 30.5), (3600, 3600), (100_000, 3600), (0, 1), (-5, 1), (0.2, 1)]
)
@virtual
async def test_an_address_rests_as_long_as_the_platform_asks(clock: Clock, asked_s: float, waits_s: float) -> None:
    world = World(clock)
    world.network.answers[IT].append(busy(asked_s))

    async with world.at_work():
        world.write(letter("a"), letter("b"), letter("elsewhere", HR))
        await clock.passes(hours=2)

    assert {post.key: post.at_s for post in world.network.posts} == {
        "elsewhere": pytest.approx(0, abs=0.01),
        "a": pytest.approx(waits_s, abs=0.02),
        "b": pytest.approx(waits_s, abs=0.02),
    }
    assert len(world.network.tries) == 4


@virtual
async def test_even_a_page_rests_when_its_address_must(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[IT].append(busy(10))

    async with world.at_work():
        world.write(letter("a"))
        await clock.passes(seconds=1)
        world.write(letter("page", page=True))
        await clock.passes(seconds=20)

    assert [(post.key, round(post.at_s, 1)) for post in world.network.posts] == [("page", 10.5), ("a", 10.5)]
    assert len(world.network.tries) == 3


@virtual
async def test_a_whole_platform_rests_when_it_asks_for_that(clock: Clock) -> None:
    world = World(clock)
    world.networks["other"] = Network(clock, name="other")
    world.network.answers[IT].append(busy(20, everyone=True))

    async with world.at_work():
        world.write(letter("a"))
        await clock.settles()
        world.write(letter("b", HR), letter("c", "test:dm:mei", page=True), letter("fine", "other:dm:mei"))
        await clock.passes(minutes=1)

    assert sorted((post.key, round(post.at_s, 1)) for post in world.network.posts) == [
        ("a", 20.5),
        ("b", 20.5),
        ("c", 20.5),
    ]
    assert world.networks["other"].posts[0].at_s == pytest.approx(0, abs=0.01)
    assert len(world.network.tries) == 4


@virtual
async def test_those_who_wait_for_a_place_hear_that_the_platform_must_rest(clock: Clock) -> None:
    world = World(clock, at_once=1)
    world.network.answers["test:dm:0"].append(busy(0.1, everyone=True))

    async with world.at_work():
        world.write(*(letter(f"{number}", f"test:dm:{number}") for number in range(5)))
        await clock.passes(seconds=10)

    assert [round(at_s, 1) for at_s, _ in world.network.tries] == [0, 1, 1, 1, 1, 1]


@virtual
async def test_without_a_time_the_wait_doubles_up_to_a_minute(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[IT] += [Undelivered("503") for _ in range(9)]

    async with world.at_work():
        world.write(letter("a"))
        await clock.passes(minutes=10)

    tries = [at_s for at_s, _ in world.network.tries]
    waits = [later - sooner for sooner, later in pairwise(tries)]
    assert waits == [pytest.approx(wait, abs=0.02) for wait in (0.5, 1, 2, 4, 8, 16, 30, 30, 30)]


@virtual
async def test_what_is_behind_a_postponed_letter_does_not_overtake_it(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[IT] += [Undelivered("503") for _ in range(5)]

    async with world.at_work():
        world.write(*(letter(str(number)) for number in range(8)))
        await clock.passes(minutes=2)

    assert world.network.keys == [str(number) for number in range(8)]
    assert [key for _, key in world.network.tries][:6] == ["0"] * 6


@virtual
async def test_what_can_never_be_delivered_is_buried_and_told(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[IT].append(Undelivered("channel is archived", forever=True))

    async with world.at_work():
        with capture_logs() as logs:
            world.write(letter("a"), letter("b"))
            await clock.settles()

    assert [(fate.outgoing.letter.key, fate.reason) for fate in world.buried] == [("a", "channel is archived")]
    assert world.network.keys == ["b"]
    assert [entry["key"] for entry in logs if entry["event"] == "letter_buried"] == ["a"]


@virtual
async def test_a_platform_that_is_not_there_buries_its_letters(clock: Clock) -> None:
    world = World(clock)

    async with world.at_work():
        world.write(letter("a", "gone:dm:mei"), letter("b"))
        await clock.settles()

    assert world.office.in_state("dead") == ["a"]
    assert world.network.keys == ["b"]


@virtual
async def test_after_a_day_a_letter_is_given_up_but_a_page_never(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[IT] += [Undelivered("503") for _ in range(6000)]
    world.network.answers[HR] += [Undelivered("503") for _ in range(6000)]

    async with world.at_work():
        world.write(letter("a"), letter("page", HR, page=True))
        await clock.passes(hours=26)

        assert world.office.in_state("dead") == ["a"]
        world.network.answers.clear()
        await clock.passes(minutes=2)

    assert world.network.keys == ["page"]


@virtual
async def test_a_letter_that_had_to_wait_for_its_hour_has_a_day_from_then(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[IT].append(Undelivered("503"))
    later = letter("later")
    object.__setattr__(later, "not_before", clock.wall() + timedelta(hours=30))

    async with world.at_work():
        world.write(later)
        await clock.passes(hours=31)

    assert world.network.keys == ["later"]


@virtual
async def test_a_send_that_hangs_is_given_up_and_looked_for(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[IT].append(HANG)

    async with world.at_work():
        world.write(letter("a"), letter("b"))
        await clock.passes(minutes=1)

    assert world.network.lookups == ["a"]
    assert [(post.key, post.repeat) for post in world.network.posts] == [("a", True), ("b", False)]


# --- perhaps it was delivered ----------------------------------------------------------------------------------------


@virtual
async def test_what_arrived_without_an_answer_is_found_and_not_sent_twice(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[IT].append(ARRIVES)

    async with world.at_work():
        world.write(letter("a", live=True))
        await clock.passes(seconds=10)
        world.change(1)
        await clock.passes(seconds=1)

    assert world.network.keys == ["a"]
    assert world.office.row("a").message == f"{IT}#1"
    assert world.network.edits[-1].lines == ("1 v2",)


@virtual
async def test_the_doubt_sticks_through_other_failures(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[IT] += [Undelivered("reset", maybe_sent=True), busy(3), Undelivered("503"), busy(1)]

    async with world.at_work():
        world.write(letter("a"))
        await clock.passes(minutes=1)

    assert [fate.maybe_sent for fate in world.office.fates_of("a") if isinstance(fate, Postponed)] == [True] * 4
    assert [post.repeat for post in world.network.posts] == [True]
    assert world.network.lookups == ["a"] * 4


@virtual
async def test_a_whisper_cannot_be_looked_for(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[IT].append(Undelivered("reset", maybe_sent=True))
    whisper = letter("w")
    object.__setattr__(whisper, "only", "test:mei")

    async with world.at_work():
        world.write(whisper)
        await clock.passes(seconds=10)

    assert world.network.keys == ["w"]
    assert world.network.lookups == []


@virtual
async def test_a_slow_server_is_given_time_before_it_is_asked(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[IT].append(ARRIVES)

    async with world.at_work():
        world.write(letter("a"))
        await clock.passes(seconds=1.9)
        assert world.network.lookups == []
        await clock.passes(seconds=0.2)

        assert world.network.lookups == ["a"]


@virtual
async def test_a_bundle_that_arrived_without_an_answer_is_found_as_a_whole(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[IT].append(ARRIVES)

    async with world.at_work():
        world.write(*(letter(f"{number}", about="news", ticket=number, live=True) for number in range(1, 5)))
        await clock.settles()
        world.write(letter("5", about="news", ticket=5))
        await clock.passes(seconds=10)
        world.change(2)
        await clock.passes(seconds=1)

    assert [post.lines for post in world.network.posts] == [("1 v1", "2 v1", "3 v1", "4 v1"), ("5 v1",)]
    assert world.network.edits[-1].lines == ("1 v1", "2 v2", "3 v1", "4 v1")


@virtual
async def test_after_a_crash_what_was_under_way_is_found(clock: Clock) -> None:
    world = World(clock)
    world.write(*(letter(f"{number}", about="news", ticket=number) for number in range(1, 5)), letter("reply", HR))
    world.network.takes_s = 1.0
    world.network.answers[IT].append(ARRIVES)
    world.network.answers[HR].append(HANG)

    await world.crash_after(1.000_001)
    world.network.takes_s = 0.0
    async with world.at_work():
        await clock.passes(seconds=30)

    assert [post.to for post in world.network.posts] == [IT, HR]
    assert world.network.posts[1].repeat
    assert len(world.office.in_state("sent")) == 5


@virtual
async def test_a_crash_between_two_single_letters_doubles_none(clock: Clock) -> None:
    world = World(clock)
    world.network.polite = ONE_A_SECOND
    world.write(*(letter(f"{number}") for number in range(6)))

    await world.crash_after(2.5)
    async with world.at_work():
        await clock.passes(seconds=20)

    assert world.network.keys == [f"{number}" for number in range(6)]


# --- bugs and troubles of our own ------------------------------------------------------------------------------------


@virtual
async def test_a_letter_that_cannot_be_drawn_is_told_once_and_buried_after_a_few_tries(clock: Clock) -> None:
    world = World(clock)
    world.broken = {"bad"}

    async with world.at_work():
        with capture_logs() as logs:
            world.write(letter("bad"), letter("elsewhere", HR))
            await clock.passes(minutes=5)
            world.write(letter("next"))
            await clock.settles()

    botched = [entry for entry in logs if entry["event"] == "letter_botched"]
    assert [entry["key"] for entry in botched] == ["bad"]
    assert "ZeroDivisionError" in botched[0]["bug"]
    assert "secret" not in repr(logs)
    assert world.drawn.count(("bad",)) == 5
    assert world.office.in_state("dead") == ["bad"]
    assert world.network.keys == ["elsewhere", "next"]


@virtual
async def test_a_bundle_that_cannot_be_drawn_costs_only_the_one_it_is_about(clock: Clock) -> None:
    world = World(clock)
    world.broken = {"3"}

    async with world.at_work():
        world.write(*(letter(f"{number}", about="news", ticket=number) for number in range(1, 6)))
        await clock.passes(minutes=5)

    assert world.network.keys[:2] == ["1", "2"]
    assert world.office.in_state("dead") == ["3"]
    assert sorted(world.office.in_state("sent")) == ["1", "2", "4", "5"]


@virtual
async def test_a_bug_in_an_adapter_leaves_doubt(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[IT].append(KeyError("ts"))

    async with world.at_work():
        world.write(letter("a"))
        await clock.passes(seconds=10)

    assert [(post.key, post.repeat) for post in world.network.posts] == [("a", True)]


@virtual
async def test_a_full_disk_delays_letters_and_loses_none(clock: Clock) -> None:
    world = World(clock)

    async with world.at_work():
        world.office.trouble += [NotSaved("disk full")] * 3
        world.write(letter("a"))
        await clock.passes(seconds=20)
        world.network.takes_s = 1.0
        world.write(letter("b"))
        await clock.passes(seconds=0.5)
        world.office.trouble += [NotSaved("disk full")] * 3
        await clock.passes(seconds=30)

    assert world.network.keys == ["a", "b"]
    assert world.office.in_state("sent") == ["a", "b"]


@virtual
async def test_another_instance_ends_it(clock: Clock) -> None:
    world = World(clock)
    world.office.trouble.append(Fenced("instance 2 has opened it"))

    with pytest.raises(ExceptionGroup) as ended:
        await world.relay.run()

    assert ended.group_contains(Fenced)


# --- stopping --------------------------------------------------------------------------------------------------------


@virtual
async def test_stopping_lets_what_is_under_way_arrive_and_hands_the_rest_back(clock: Clock) -> None:
    world = World(clock)
    world.network.takes_s = 1.0

    async with world.at_work():
        world.write(*(letter(str(number)) for number in range(5)))
        await clock.settles()

    assert clock.mono() == pytest.approx(1, abs=0.1)
    assert world.office.in_state("sent") == ["0"]
    assert world.office.in_state("queued") == ["1", "2", "3", "4"]
    assert not any(row.maybe_sent for row in world.office.rows)


@virtual
async def test_stopping_waits_no_longer_than_a_few_seconds(clock: Clock) -> None:
    world = World(clock)
    world.network.answers[IT].append(HANG)

    async with world.at_work():
        world.write(letter("a"), letter("b"))
        await clock.settles()

    assert clock.mono() == pytest.approx(relaying.FINISH_WITHIN_S, abs=0.1)
    assert world.office.in_state("sending") == ["a"]
    assert world.office.in_state("queued") == ["b"]


@virtual
async def test_it_says_whether_it_is_busy(clock: Clock) -> None:
    world = World(clock)
    world.network.takes_s = 1.0

    async with world.at_work() as relay:
        world.write(letter("a"))
        await clock.passes(seconds=0.5)
        under_way = relay.is_busy
        await clock.passes(seconds=5)

        assert under_way
        assert not relay.is_busy


# --- the demonstration's time ----------------------------------------------------------------------------------------


@virtual
async def test_a_fast_demonstration_still_keeps_its_manners_in_real_time(clock: Clock) -> None:
    world = World(clock)
    world.time = world.office._time = DemoTime(clock.wall(), clock.mono, speed=600)
    world.network.answers[IT].append(busy(5))

    async with world.at_work():
        world.write(letter("a"))
        await clock.passes(seconds=10)

    assert [round(at_s, 1) for at_s, _ in world.network.tries] == [0, 5.5]


@virtual
async def test_a_fast_demonstration_waits_in_real_time_before_the_next_try(clock: Clock) -> None:
    world = World(clock)
    world.time = world.office._time = DemoTime(clock.wall(), clock.mono, speed=600)
    world.network.answers[IT] += [Undelivered("503") for _ in range(3)]

    async with world.at_work():
        world.write(letter("a"))
        await clock.passes(seconds=10)

    assert [round(at_s, 1) for at_s, _ in world.network.tries] == [0, 0.5, 1.5, 3.5]


@virtual
async def test_ringing_without_need_costs_nothing_but_a_look(clock: Clock) -> None:
    world = World(clock)

    async with world.at_work() as relay:
        for _ in range(100):
            relay.ring()
            await asyncio.sleep(0)
        await clock.passes(seconds=1)

    assert world.network.tries == []
