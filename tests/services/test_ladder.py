"""A call that does not get out goes the next way, and where no way is left the next person is called at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.domain.anew import anew
from bot.domain.commands import Acknowledge
from bot.domain.rules import Rules, Way, Weighty
from bot.services.chores import ClaimLetters, SettleLetters
from bot.services.ladder import Ladder
from bot.services.ports import Buried, Fate, Outgoing, Postponed, Sent
from bot.services.timepiece import DemoTime
from tests.domain.small_desk import CHEN, LIN, raising, small_rules
from tests.services.open_desk import Open, happened, opened, standing

MINUTE = timedelta(minutes=1)
TWO_WAYS = (Way("local:dm:lin"), Way("sms:+86", timedelta(minutes=3)))


def rules_with(ways: tuple[Way, ...] = TWO_WAYS) -> Rules:
    rules = small_rules()
    lin = anew(rules.people[LIN], ways={Weighty.IMPORTANT: ways, Weighty.DEFAULT: ways})
    return anew(rules, people={**rules.people, LIN: lin})


def ladder_of(here: Open, time: DemoTime, rung: list[bool] | None = None) -> Ladder:
    def ring() -> None:
        if rung is not None:
            rung.append(True)

    return Ladder(here.desk, here.store.reads, time, on_letters=ring)


async def pages(here: Open, time: DemoTime) -> list[Outgoing]:
    """The calls that may go now, taken out of the outbox."""
    claimed = await here.desk.chore(ClaimLetters(time.now(), 1000, ()))
    return [one for one in claimed if one.letter.about == "page" and one.message is None]


async def settle(here: Open, time: DemoTime, *fates: Fate) -> None:
    await here.desk.chore(SettleLetters(fates, time.now()))


async def called(here: Open, time: DemoTime) -> None:
    """A P1 came in and its first call was written."""
    await here.desk.do(raising())
    time.jump(timedelta(seconds=1))


def to(outgoing: list[Outgoing]) -> list[str]:
    return [one.letter.to for one in outgoing]


async def test_a_refused_call_goes_the_next_way_at_once(database: Path) -> None:
    time, rung = standing(), list[bool]()
    async with opened(database, rules=rules_with(), time=time) as here:
        await called(here, time)
        (first,) = await pages(here, time)
        await settle(here, time, Buried(first, "blocked"))

        await ladder_of(here, time, rung).look()

        assert to(await pages(here, time)) == ["sms:+86"]
        assert rung == [True]


async def test_a_call_that_hangs_goes_the_next_way_after_a_minute_and_the_first_keeps_trying(database: Path) -> None:
    time = standing()
    async with opened(database, rules=rules_with(), time=time) as here:
        await called(here, time)
        (first,) = await pages(here, time)
        ladder = ladder_of(here, time)
        time.jump(timedelta(seconds=50))
        await ladder.look()
        soon = to(await pages(here, time))
        time.jump(timedelta(seconds=10))
        await ladder.look()
        later = await pages(here, time)

        assert (soon, to(later)) == ([], ["sms:+86"])
        await settle(here, time, Sent(first, "m1"))
        await ladder.look()
        assert "not_reached" not in await happened(here.store)


async def test_when_no_way_is_left_the_next_person_is_called_at_once_and_that_is_on_record(database: Path) -> None:
    """grafana/oncall#1326, #2141: a person without a working contact fails loudly, and somebody else is called."""
    time = standing()
    async with opened(database, rules=rules_with((Way("local:dm:lin"),)), time=time) as here:
        await called(here, time)
        (first,) = await pages(here, time)
        await settle(here, time, Buried(first, "user is deactivated"))
        ladder = ladder_of(here, time)
        await ladder.look()
        await ladder.look()

        events = await happened(here.store)
        assert events.count("not_reached") == 1
        assert f"person:{CHEN}" in [one.letter.reader for one in await pages(here, time)]
        again = ladder_of(here, time)  # as after a restart: what was done stands in the history
        await again.look()
        assert (await happened(here.store)).count("not_reached") == 1


async def test_a_call_that_got_out_leaves_the_other_ways_in_their_own_time(database: Path) -> None:
    time = standing()
    async with opened(database, rules=rules_with(), time=time) as here:
        await called(here, time)
        (first,) = await pages(here, time)
        await settle(here, time, Sent(first, "m1"))
        time.jump(2 * MINUTE)
        await ladder_of(here, time).look()

        before = to(await pages(here, time))
        time.jump(MINUTE)
        assert (before, to(await pages(here, time))) == ([], ["sms:+86"])


async def test_nobody_is_called_another_way_for_what_somebody_has_in_hand(database: Path) -> None:
    time = standing()
    async with opened(database, rules=rules_with((Way("local:dm:lin"),)), time=time) as here:
        await called(here, time)
        (first,) = await pages(here, time)
        await settle(here, time, Buried(first, "blocked"))
        assert first.letter.ticket is not None
        await here.desk.do(Acknowledge(by=CHEN, ticket=first.letter.ticket))

        await ladder_of(here, time).look()

        assert "not_reached" not in await happened(here.store)


THREE = (
    Way("local:dm:lin"),
    Way("sms:+86", timedelta(minutes=30)),
    Way("voice:+86", timedelta(minutes=40)),
)


async def test_a_way_that_was_taken_early_has_its_own_minute_before_the_next(database: Path) -> None:
    time = standing()
    async with opened(database, rules=rules_with(THREE), time=time) as here:
        await called(here, time)
        await pages(here, time)  # taken, and it hangs
        ladder = ladder_of(here, time)
        time.jump(timedelta(seconds=60))
        await ladder.look()
        second = await pages(here, time)  # this one hangs, too
        time.jump(timedelta(seconds=5))
        await ladder.look()
        too_soon = await pages(here, time)
        time.jump(timedelta(seconds=56))
        await ladder.look()
        third = await pages(here, time)

        assert (to(second), to(too_soon), to(third)) == (["sms:+86"], [], ["voice:+86"])
        assert "not_reached" not in await happened(here.store)


async def test_a_way_that_was_put_off_by_its_platform_counts_from_when_it_was_taken(database: Path) -> None:
    time = standing()
    async with opened(database, rules=rules_with(THREE), time=time) as here:
        await called(here, time)
        await pages(here, time)
        ladder = ladder_of(here, time)
        time.jump(timedelta(seconds=60))
        await ladder.look()
        (second,) = await pages(here, time)
        await settle(here, time, Postponed(second, time.now() + timedelta(hours=1), "429", False))
        time.jump(timedelta(seconds=30))
        await ladder.look()

        assert to(await pages(here, time)) == []


async def test_a_way_whose_time_has_come_has_its_own_minute_too(database: Path) -> None:
    time = standing()
    ways = (Way("local:dm:lin"), Way("sms:+86", timedelta(seconds=58)))
    async with opened(database, rules=rules_with(ways), time=time) as here:
        await called(here, time)
        await pages(here, time)
        time.jump(timedelta(seconds=60))
        in_its_time = await pages(here, time)
        await ladder_of(here, time).look()
        soon = await happened(here.store)
        time.jump(timedelta(seconds=60))
        await ladder_of(here, time).look()

        assert to(in_its_time) == ["sms:+86"]
        assert "not_reached" not in soon
        assert "not_reached" in await happened(here.store)
