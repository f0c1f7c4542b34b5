"""Time knocks like everybody else: what is due is done once, and what the desk missed is said."""

from __future__ import annotations

import asyncio
from collections import UserDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.domain.commands import Acknowledge, Cancel, Downtime
from bot.domain.ids import Priority, TeamId, TicketId
from bot.domain.rules import Rules
from bot.domain.sla import Terms
from bot.services.desk import Desk
from bot.services.directory import AddressBook
from bot.services.ports import Fenced
from bot.services.timepiece import DemoTime, DeskTime
from bot.services.watch import DOWN_FROM, SEEN_EVERY, Saw, Watch
from storage.engine import SqlStore, open_store
from tests.domain.small_desk import LIN, MEI, MON_9, minutes, raising
from tests.services.open_desk import RULES, AllLetters, Open, at_work, happened, opened, standing

ONE = TicketId(1)
DESK_TEAM, NETWORK = TeamId("desk"), TeamId("network")
SECOND = timedelta(seconds=1)
INSTANT = timedelta(milliseconds=1)


class Watching:
    """A watch, when it asked to be woken, and how often it rang for the letters."""

    def __init__(self, here: Open, time: DemoTime) -> None:
        self.armed: list[datetime] = []
        self.rung = 0
        self.here = here
        self.time = time
        self.watch = Watch(here.desk, here.store.reads, time, arm=self.armed.append, on_letters=self._ring)

    def _ring(self) -> None:
        self.rung += 1


@asynccontextmanager
async def watching(store: SqlStore, *, rules: Rules = RULES) -> AsyncIterator[Watching]:
    time = standing()
    async with at_work(store, rules=rules, time=time) as here:
        one = Watching(here, time)
        await one.watch.wake_up()
        yield one


# --- what is due -----------------------------------------------------------------------------------------------------


async def test_every_due_ticket_is_ticked_once_in_a_look(store: SqlStore) -> None:
    async with watching(store) as one:
        for _ in range(3):
            await one.here.desk.do(raising())
        one.time.jump(minutes(2))
        await one.here.desk.do(raising())
        one.time.jump(minutes(3))

        done, again = await one.watch.look(), await one.watch.look()

    assert (done, again) == (3, 0)
    for ticket in (1, 2, 3):
        assert await happened(store, ticket) == ["raised", "called", "called"]
    assert await happened(store, 4) == ["raised", "called"]


async def test_nothing_is_done_before_its_moment(store: SqlStore) -> None:
    async with watching(store) as one:
        await one.here.desk.do(raising())
        one.time.jump(minutes(5) - INSTANT)

        early = await one.watch.look()
        one.time.jump(INSTANT)
        in_time = await one.watch.look()

    assert (early, in_time) == (0, 1)


async def test_the_next_moment_is_armed_after_every_look(store: SqlStore) -> None:
    digest = MON_9 + minutes(30)

    async with watching(store) as one:
        await one.watch.look()
        await one.here.desk.do(raising())
        await one.watch.look()
        one.time.jump(minutes(5))
        await one.watch.look()
        await one.here.desk.do(Acknowledge(by=LIN, ticket=ONE))
        await one.here.desk.do(Cancel(by=MEI, ticket=ONE))
        await one.watch.look()
        assert await one.watch.next_moment() == digest

    # the digest; the second call; the warning of the response promise; the digest again
    assert one.armed == [digest, MON_9 + minutes(5), one.armed[2], digest]
    assert MON_9 + minutes(5) < one.armed[2] <= MON_9 + minutes(15)


async def test_a_desk_with_nothing_ahead_arms_nothing(store: SqlStore) -> None:
    rules = replace(RULES, teams={NETWORK: RULES.teams[NETWORK]})

    async with watching(store, rules=rules) as one:
        await one.watch.look()

    assert one.armed == []


class Forgetful(UserDict[str, Terms]):
    """Agreements, one of which leads to a bug when a test says so."""

    fails_for = ""

    def __getitem__(self, key: str) -> Terms:
        if key == self.fails_for:
            raise ZeroDivisionError("a bug in an agreement")
        return super().__getitem__(key)


@pytest.fixture
def terms() -> Forgetful:
    return Forgetful(RULES.terms)


async def test_a_tick_that_fails_stops_no_other_and_sets_no_bell(store: SqlStore, terms: Forgetful) -> None:
    rules = replace(RULES, terms=terms)

    async with watching(store, rules=rules) as one:
        await one.here.desk.do(raising(kind="request"))
        await one.here.desk.do(raising())
        terms.fails_for = f"standard/request/{Priority.P1}"
        one.time.jump(minutes(5))
        first = await one.watch.look()
        armed_without = one.armed[-1]
        second = await one.watch.look()
        failing = await happened(store, 1)
        terms.fails_for = ""
        third = await one.watch.look()

    assert (first, second, third) == (2, 1, 1)
    assert failing == ["raised", "called"]
    assert await happened(store, 1) == await happened(store, 2) == ["raised", "called", "called"]
    assert MON_9 + minutes(5) < armed_without <= MON_9 + minutes(15)
    assert all(moment > MON_9 for moment in one.armed)


async def test_a_ticket_whose_tick_failed_is_waited_for_again_when_it_works(store: SqlStore, terms: Forgetful) -> None:
    async with watching(store, rules=replace(RULES, terms=terms)) as one:
        await one.here.desk.do(raising())
        terms.fails_for = f"standard/incident/{Priority.P1}"
        one.time.jump(minutes(5))

        await one.watch.look()
        terms.fails_for = ""
        await one.watch.look()

    assert one.armed[0] == MON_9 + minutes(30)
    assert MON_9 + minutes(5) < one.armed[1] < MON_9 + minutes(30)


async def test_more_due_than_one_question_brings_are_all_ticked(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.watch.MOST_DUE", 4)

    async with watching(store) as one:
        await asyncio.gather(*(one.here.desk.do(raising()) for _ in range(11)))
        one.time.jump(minutes(5))
        done = await one.watch.look()

    assert done == 11
    for ticket in range(1, 12):
        assert await happened(store, ticket) == ["raised", "called", "called"]


async def test_a_fenced_watch_stops(store: SqlStore) -> None:
    async with watching(store) as one:
        await one.here.desk.do(raising())
        one.time.jump(minutes(5))
        async with store.transaction() as unit:
            await unit.connection.execute(text("UPDATE instance SET epoch = epoch + 1"))

        with pytest.raises(Fenced):
            await one.watch.look()


# --- having been down ------------------------------------------------------------------------------------------------


async def lived_until(database: Path, at: datetime) -> None:
    """One life of the desk, with a P1 raised at its beginning, that ended at that moment."""
    time = standing()
    async with opened(database, time=time) as here:
        one = Watching(here, time)
        await one.watch.wake_up()
        await here.desk.do(raising())
        time.jump_to(at)
        await here.desk.chore(Saw(at))


async def outages(store: SqlStore) -> tuple[Downtime, ...]:
    return (await store.reads.tally(DESK_TEAM, MON_9 - timedelta(days=9), MON_9 + timedelta(days=9))).outages


@pytest.mark.parametrize(
    ("gap", "is_downtime"),
    [(timedelta(), False), (DOWN_FROM - INSTANT, False), (DOWN_FROM, True), (timedelta(minutes=40), True)],
)
async def test_a_minute_without_the_desk_is_a_downtime(database: Path, gap: timedelta, is_downtime: bool) -> None:
    ended = MON_9 + minutes(1)
    await lived_until(database, ended)
    time = standing(ended + gap)

    async with opened(database, time=time) as here:
        found = await Watching(here, time).watch.wake_up()
        recorded, seen = await outages(here.store), await here.store.reads.last_seen()

    expected = Downtime(ended, ended + gap) if is_downtime else None
    assert found == expected
    assert recorded == ((expected,) if expected else ())
    assert seen == ended + gap


async def test_what_fell_due_meanwhile_is_said_once_late_and_why(database: Path) -> None:
    await lived_until(database, MON_9 + minutes(1))
    time = standing(MON_9 + minutes(47))

    async with opened(database, time=time) as here:
        one = Watching(here, time)
        down = await one.watch.wake_up()
        await one.watch.look()
        await one.watch.look()
        lines = await here.store.reads.history(ONE)
        time.jump(minutes(10))
        await one.watch.look()
        later = (await here.store.reads.history(ONE))[len(lines) :]

    assert down == Downtime(MON_9 + minutes(1), MON_9 + minutes(47))
    assert [line.name for line in lines] == ["raised", "called", "broken", "broken", "called"]
    assert all(line.facts["late"] and line.facts["down_since"] for line in lines[2:])
    assert lines[-1].facts["missed"]
    assert [line.name for line in later][-1] == "called"
    assert not any(line.facts.get("down_since") for line in later)


async def test_the_first_start_is_no_downtime_and_owes_no_digest(database: Path) -> None:
    time = standing(MON_9 + timedelta(hours=3))

    async with opened(database, time=time) as here:
        one = Watching(here, time)
        down = await one.watch.wake_up()
        await one.watch.look()
        letters = await here.desk.chore(AllLetters(time.now()))
        recorded = await outages(here.store)

    assert down is None
    assert letters == []
    assert recorded == ()
    assert one.rung == 0


async def test_being_alive_is_on_record_every_few_seconds_and_no_more_often(store: SqlStore) -> None:
    seen = []

    async with watching(store) as one:
        for _ in range(12):
            one.time.jump(SECOND)
            await one.watch.look()
            seen.append(await store.reads.last_seen())

    assert seen == [MON_9 + (number // 5 * SEEN_EVERY) for number in range(1, 13)]


# --- digests ---------------------------------------------------------------------------------------------------------


async def test_a_digest_is_written_at_its_time_once_and_rung_for(store: SqlStore) -> None:
    async with watching(store) as one:
        one.time.jump(minutes(30) - INSTANT)
        await one.watch.look()
        early = one.rung
        one.time.jump(INSTANT)
        await one.watch.look()
        await one.watch.look()
        letters = [sent.letter for sent in await one.here.desk.chore(AllLetters(one.time.now()))]

    assert (early, one.rung) == (0, 1)
    assert [(letter.key, letter.to, letter.reader, letter.about) for letter in letters] == [
        ("digest:desk:2026-03-02", "local:channel:desk", "team:desk", "digest")
    ]
    assert letters[0].facts == {
        "team": "desk",
        "day": "2026-03-02",
        "since": "2026-02-27T09:30:00+00:00",
        "until": "2026-03-02T09:30:00+00:00",
    }


async def test_days_missed_are_covered_by_one_digest(store: SqlStore) -> None:
    async with watching(store) as one:
        one.time.jump(minutes(30))
        await one.watch.look()
        one.time.jump(timedelta(days=3))
        await one.watch.look()
        letters = [sent.letter for sent in await one.here.desk.chore(AllLetters(one.time.now()))]

    assert [letter.facts["day"] for letter in letters] == ["2026-03-02", "2026-03-05"]
    assert letters[1].facts["since"] == letters[0].facts["until"]


# --- the desk's time over crashes and turned clocks ------------------------------------------------------------------

turns = st.timedeltas(timedelta(days=-3), timedelta(days=3))
spans = st.one_of(st.timedeltas(timedelta(), minutes(10)), st.timedeltas(timedelta(), timedelta(days=4)))
steps = st.lists(
    st.tuples(st.sampled_from(["look", "look", "work", "turn", "crash"]), spans, turns), min_size=1, max_size=10
)


class Machine:
    """A clock on the wall that anybody may set, and a stopwatch that nobody can."""

    def __init__(self) -> None:
        self.shown = MON_9
        self.passed_s = 0.0

    def wall(self) -> datetime:
        return self.shown

    def mono(self) -> float:
        return self.passed_s

    def runs(self, span: timedelta) -> None:
        self.shown += span
        self.passed_s += span.total_seconds()


class Lives:
    """A desk on one file whose process dies and starts again, on a machine whose clock is turned."""

    def __init__(self, database: Path) -> None:
        self.machine = Machine()
        self.known = MON_9
        """The latest moment that must be on the disk."""
        self.before = MON_9
        self._database = database

    async def live(self, plan: list[tuple[str, timedelta, timedelta]]) -> None:
        await self._start()
        for what, span, turn in [*plan, ("look", timedelta(), timedelta())]:
            self.machine.runs(span)
            self._live_on()
            match what:
                case "look":
                    await self.watch.look()
                    self.known = max(self.known, self.time.now() - SEEN_EVERY)
                case "work":
                    outcome = await self.desk.do(raising())
                    self.known = outcome.ticket.created_at
                case "turn":
                    self.machine.shown += turn
                case _:
                    await self.die()
                    self.machine.shown += turn
                    await self._start()

    def _live_on(self) -> None:
        now = self.time.now()
        assert now >= self.known
        assert now >= self.before
        self.before = now

    async def _start(self) -> None:
        self.store = await open_store(self._database, now=self.machine.wall())
        time = DeskTime(self.machine.wall, self.machine.mono, await self.store.reads.last_seen())
        self.time = time
        self.before = time.now()
        assert self.before >= self.known
        self.desk = Desk(self.store, RULES, time, AddressBook({}))
        self._running = asyncio.create_task(self.desk.run())
        self.watch = Watch(self.desk, self.store.reads, time, arm=lambda _: None, on_letters=lambda: None)
        await self.watch.wake_up()

    async def die(self) -> None:
        self._running.cancel()
        await asyncio.wait([self._running])
        await self.store.close()

    async def rows(self, question: str) -> list[tuple[str, ...]]:
        async with self.store.transaction() as unit:
            return [tuple(row) for row in (await unit.connection.execute(text(question))).all()]


def working_days(first: date, last: date) -> list[date]:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=steps)
def test_whatever_is_done_to_clock_and_process_time_never_runs_back_and_no_digest_comes_twice_or_never(
    new_database: Callable[[], Path], plan: list[tuple[str, timedelta, timedelta]]
) -> None:
    async def story() -> tuple[list[int], list[Mapping[str, str]], datetime]:
        lives = Lives(new_database())
        await lives.live(plan)
        history = [int(at) for (at,) in await lives.rows("SELECT at FROM history ORDER BY seq")]
        letters = [
            sent.letter.facts
            for sent in await lives.desk.chore(AllLetters(datetime(2100, 1, 1, tzinfo=MON_9.tzinfo)))
            if sent.letter.about == "digest"
        ]
        end = lives.time.now()
        await lives.die()
        return history, letters, end

    history, digests, end = asyncio.run(story())

    assert history == sorted(history)
    days = [date.fromisoformat(one["day"]) for one in digests]
    assert days == sorted(set(days))
    assert all(day.weekday() < 5 for day in days)
    for earlier, later in pairwise(digests):
        assert later["since"] == earlier["until"]
    due = [day for day in working_days(MON_9.date(), end.date()) if _at_half_past_nine(day) <= end]
    assert (days[-1] if days else None) == (due[-1] if due else None)


def _at_half_past_nine(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, 30, tzinfo=MON_9.tzinfo)
