"""Letters leave in the order of their address, pages first, once each as far as one can know."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.announce import Urgency
from bot.services.ports import LEASE, Buried, Fate, Letter, Moot, Outgoing, Postponed, Sent
from storage.engine import SqlStore, open_store
from tests.storage.values import HOUR, MINUTE, NOW, a_letter

T = TypeVar("T")

PAGE, SOON, BULK = Urgency.PAGE, Urgency.SOON, Urgency.BULK
EVERYTHING = 1000


async def post(store: SqlStore, *letters: Letter, now: datetime = NOW) -> None:
    async with store.transaction() as unit:
        await unit.post(letters, now)


async def claim(
    store: SqlStore, now: datetime = NOW, limit: int = EVERYTHING, busy: Sequence[str] = ()
) -> list[Outgoing]:
    async with store.transaction() as unit:
        return await unit.claim(now, limit, busy)


async def settle(store: SqlStore, *fates: Fate, now: datetime = NOW) -> None:
    async with store.transaction() as unit:
        await unit.settle(fates, now)


def keys(claimed: Sequence[Outgoing]) -> list[str]:
    return [one.letter.key for one in claimed]


async def postpone(store: SqlStore, one: Outgoing, until: datetime, *, maybe_sent: bool = False) -> None:
    await settle(store, Postponed(one, until, "busy", maybe_sent))


async def test_a_letter_is_claimed_as_it_was_written(store: SqlStore) -> None:
    letter = a_letter("1:1", facts={"clock": "response"}, only="local:mei", live=True, urgency=SOON)
    await post(store, letter)

    (claimed,) = await claim(store, NOW + MINUTE)

    assert claimed == Outgoing(claimed.id, letter, NOW, attempts=1, maybe_sent=False)
    assert await store.reads.letter("1:1") == letter


async def test_the_same_cause_writes_no_letter_twice(store: SqlStore) -> None:
    await post(store, a_letter("1:1"), a_letter("1:1", about="breach"))
    await post(store, a_letter("1:1", about="warning"))

    claimed = await claim(store)

    assert [one.letter.about for one in claimed] == ["receipt"]


async def test_a_letter_that_was_sent_is_not_written_again(store: SqlStore) -> None:
    await post(store, a_letter("1:1"))
    (one,) = await claim(store)
    await settle(store, Sent(one, "m1"))

    await post(store, a_letter("1:1"))

    assert await claim(store) == []
    assert await store.reads.waiting_letters() == 0


async def test_what_was_written_first_leaves_first_and_pages_before_all(store: SqlStore) -> None:
    await post(
        store,
        a_letter("1", urgency=BULK),
        a_letter("2", "elsewhere", urgency=SOON),
        a_letter("3", urgency=SOON),
        a_letter("4", urgency=PAGE),
        a_letter("5", "elsewhere", urgency=PAGE),
    )

    assert keys(await claim(store)) == ["4", "5", "1", "2", "3"]


async def test_what_is_claimed_is_claimed_once(store: SqlStore) -> None:
    await post(store, a_letter("1"), a_letter("2", "elsewhere"))

    first = await claim(store, limit=1)
    second = await claim(store)

    assert keys(first) == ["1"]
    assert keys(second) == ["2"]
    assert await claim(store) == []


async def test_nothing_is_claimed_for_an_address_that_is_busy(store: SqlStore) -> None:
    await post(store, a_letter("1"), a_letter("2", "elsewhere"), a_letter("3"))

    assert keys(await claim(store, busy=["local:dm:mei"])) == ["2"]


async def test_nothing_overtakes_what_is_being_sent_but_a_page(store: SqlStore) -> None:
    await post(store, a_letter("1"))
    await claim(store)
    await post(store, a_letter("2"), a_letter("3", urgency=PAGE), a_letter("4", "elsewhere"))

    assert keys(await claim(store)) == ["3", "4"]


async def test_a_postponed_letter_holds_back_what_was_written_after_it_to_its_address(store: SqlStore) -> None:
    await post(store, a_letter("1"), a_letter("2", urgency=SOON), a_letter("3", "elsewhere"))
    one, *_ = await claim(store, limit=1)
    await postpone(store, one, NOW + MINUTE)

    early, then = await claim(store), await claim(store, NOW + MINUTE)

    assert keys(early) == ["3"]
    assert keys(then) == ["1", "2"]


async def test_a_page_overtakes_a_postponed_letter(store: SqlStore) -> None:
    await post(store, a_letter("1"), a_letter("2", urgency=PAGE))
    both = await claim(store)
    await postpone(store, both[1], NOW + HOUR)
    await settle(store, Sent(both[0], "m2"))
    await post(store, a_letter("3", urgency=PAGE), a_letter("4"))

    assert keys(await claim(store)) == ["3"]


async def test_a_postponed_page_holds_back_pages_and_what_was_written_later(store: SqlStore) -> None:
    await post(store, a_letter("1"), a_letter("2", urgency=PAGE), a_letter("3", urgency=PAGE), a_letter("4"))
    (page,) = await claim(store, limit=1)
    await postpone(store, page, NOW + HOUR)

    assert keys(await claim(store)) == ["1"]


async def test_a_letter_that_must_not_leave_yet_holds_nobody_back(store: SqlStore) -> None:
    await post(store, a_letter("1", not_before=NOW + MINUTE), a_letter("2"))

    early, then = await claim(store), await claim(store, NOW + MINUTE)

    assert keys(early) == ["2"]
    assert keys(then) == ["1"]


async def test_that_it_was_perhaps_delivered_sticks(store: SqlStore) -> None:
    await post(store, a_letter("1"))
    seen = []
    for moment, maybe in ((0, False), (1, True), (2, False), (3, False)):
        (one,) = await claim(store, NOW + moment * MINUTE)
        seen.append((one.attempts, one.maybe_sent))
        await postpone(store, one, NOW + (moment + 1) * MINUTE, maybe_sent=maybe)

    assert seen == [(1, False), (2, False), (3, True), (4, True)]


async def test_what_an_earlier_instance_was_sending_was_perhaps_delivered(database: Path) -> None:
    store = await open_store(database, now=NOW)
    await post(store, a_letter("1"), a_letter("2"))
    await claim(store, limit=1)
    await store.close()

    store = await open_store(database, now=NOW)
    claimed = await claim(store)
    await store.close()

    assert [(one.letter.key, one.attempts, one.maybe_sent) for one in claimed] == [("1", 2, True), ("2", 1, False)]


async def test_what_a_vanished_task_was_sending_is_claimed_again_after_its_lease(store: SqlStore) -> None:
    await post(store, a_letter("1"))
    await claim(store)

    early = await claim(store, NOW + LEASE - MINUTE)
    (late,) = await claim(store, NOW + LEASE)

    assert early == []
    assert (late.attempts, late.maybe_sent) == (2, True)


async def test_a_fate_that_comes_too_late_disturbs_no_newer_try(store: SqlStore) -> None:
    await post(store, a_letter("1"))
    (first,) = await claim(store)
    (second,) = await claim(store, NOW + LEASE)

    await settle(store, Buried(first, "given up"), now=NOW + LEASE)
    await postpone(store, first, NOW + LEASE)

    assert await store.reads.dead_letters() == []
    assert await claim(store, NOW + LEASE) == []
    await settle(store, Sent(second, "m1"))
    assert await store.reads.waiting_letters() == 0


async def test_a_letter_that_was_delivered_after_all_is_sent_whatever_was_thought(store: SqlStore) -> None:
    await post(store, a_letter("1"))
    (first,) = await claim(store)
    await claim(store, NOW + LEASE)

    await settle(store, Sent(first, "m1"), now=NOW + LEASE)

    assert await store.reads.waiting_letters() == 0


async def test_a_buried_letter_is_listed_and_holds_nobody_back(store: SqlStore) -> None:
    await post(store, a_letter("1"), a_letter("2"))
    (one,) = await claim(store, limit=1)
    await settle(store, Buried(one, "no such channel"), now=NOW + MINUTE)

    (dead,) = await store.reads.dead_letters()

    assert (dead.key, dead.to, dead.reason) == ("1", "local:dm:mei", "no such channel")
    assert (dead.attempts, dead.written_at, dead.died_at) == (1, NOW, NOW + MINUTE)
    assert keys(await claim(store)) == ["2"]


async def test_a_dead_letter_can_be_sent_again(store: SqlStore) -> None:
    await post(store, a_letter("1"), a_letter("2"))
    one, two = await claim(store)
    await settle(store, Buried(one, "no such channel"), Sent(two, "m2"))

    async with store.transaction() as unit:
        count = await unit.replay([one.id, two.id, 99], NOW + HOUR)

    (again,) = await claim(store, NOW + HOUR)
    assert count == 1
    assert (again.letter.key, again.attempts, again.written_at) == ("1", 1, NOW + HOUR)
    assert await store.reads.dead_letters() == []


async def test_a_moot_letter_is_done(store: SqlStore) -> None:
    await post(store, a_letter("1"), a_letter("2"))
    (one,) = await claim(store, limit=1)
    await settle(store, Moot(one))

    assert keys(await claim(store)) == ["2"]
    assert await store.reads.dead_letters() == []


async def test_the_next_moment_for_a_letter_is_known(store: SqlStore) -> None:
    assert await store.reads.next_letter(NOW) is None
    await post(store, a_letter("1", not_before=NOW + 2 * HOUR), a_letter("2"))
    (two,) = await claim(store)
    while_sending = await store.reads.next_letter(NOW)
    await postpone(store, two, NOW + HOUR)

    assert while_sending == NOW + LEASE
    assert await store.reads.next_letter(NOW) == NOW + HOUR
    assert await store.reads.next_letter(NOW + HOUR) == NOW + 2 * HOUR
    assert await store.reads.next_letter(NOW + 2 * HOUR) is None


# --- any order of events, beside a plain model -----------------------------------------------------------------------


@dataclass(slots=True)
class Expected:
    """A letter as the model sees it."""

    letter: Letter
    id: int
    state: str = "queued"
    next_at: datetime | None = None
    holds: bool = False
    attempts: int = 0
    maybe_sent: bool = False
    leased_at: datetime = NOW
    epoch: int = 0

    @property
    def is_page(self) -> bool:
        return self.letter.urgency == PAGE


@dataclass(slots=True)
class Model:
    """The rules of the outbox in their plainest form: each letter looks at each other one."""

    letters: list[Expected] = field(default_factory=list)

    def claim(self, now: datetime, limit: int, busy: Sequence[str], epoch: int) -> list[Expected]:
        for one in self.letters:
            if one.state == "sending" and (one.epoch != epoch or one.leased_at + LEASE <= now):
                one.state, one.maybe_sent = "queued", True
        ready = [one for one in self.letters if self.may_go(one, now) and one.letter.to not in busy]
        chosen = sorted(ready, key=lambda one: (not one.is_page, one.id))[:limit]
        for one in chosen:
            one.state, one.attempts, one.leased_at, one.epoch = "sending", one.attempts + 1, now, epoch
            one.next_at, one.holds = None, False
        return chosen

    def may_go(self, one: Expected, now: datetime) -> bool:
        is_due = one.state == "queued" and (one.next_at is None or one.next_at <= now)
        return is_due and not any(self.holds_back(other, one, now) for other in self.letters)

    def holds_back(self, other: Expected, one: Expected, now: datetime) -> bool:
        stands = other.state == "sending" or (
            other.state == "queued" and other.holds and other.next_at is not None and other.next_at > now
        )
        same_place = other.letter.to == one.letter.to and other.id < one.id
        return stands and same_place and (other.is_page or not one.is_page)


class Outbox(RuleBasedStateMachine):
    """Whatever happens in whatever order, the store claims exactly what the model does."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="outbox"))
        shutil.copy(self.template, self.folder / "desk.db")
        self.runner = asyncio.Runner()
        self.now = NOW
        self.model = Model()
        self.in_hand: list[Outgoing] = []
        self.store = self.run(open_store(self.folder / "desk.db", now=NOW))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize(count=st.integers(0, 6), data=st.data())
    def begin(self, count: int, data: st.DataObject) -> None:
        for _ in range(count):
            self.write(*data.draw(_WRITTEN))

    @rule(to=st.sampled_from("AB"), urgency=st.sampled_from([PAGE, SOON, BULK]), wait=st.none() | st.integers(0, 3))
    def write(self, to: str, urgency: Urgency, wait: int | None) -> None:
        not_before = None if wait is None else self.now + wait * MINUTE
        letter = a_letter(str(len(self.model.letters) + 1), to, urgency=urgency, not_before=not_before)
        self.run(post(self.store, letter, now=self.now))
        self.model.letters.append(Expected(letter, len(self.model.letters) + 1, next_at=not_before))

    @rule(limit=st.sampled_from([1, 2, EVERYTHING]), busy=st.sampled_from([[], [], ["A"], ["B"]]))
    def take(self, limit: int, busy: list[str]) -> None:
        claimed = self.run(claim(self.store, self.now, limit, busy))
        expected = self.model.claim(self.now, limit, busy, self.store.epoch)

        seen = [(one.id, one.letter, one.attempts, one.maybe_sent) for one in claimed]
        assert seen == [(one.id, one.letter, one.attempts, one.maybe_sent) for one in expected]
        self.in_hand += claimed

    @precondition(lambda self: self.in_hand)
    @rule(data=st.data(), fate=st.sampled_from(["sent", "postponed", "buried", "moot"]), wait=st.integers(0, 4))
    def tell(self, data: st.DataObject, fate: str, wait: int) -> None:
        one = self.in_hand.pop(data.draw(st.integers(0, len(self.in_hand) - 1)))
        maybe = data.draw(st.booleans())
        until = self.now + wait * MINUTE
        fates: dict[str, Callable[[], Fate]] = {
            "sent": lambda: Sent(one, f"m{one.id}"),
            "postponed": lambda: Postponed(one, until, "busy", maybe),
            "buried": lambda: Buried(one, "gone"),
            "moot": lambda: Moot(one),
        }
        self.run(settle(self.store, fates[fate](), now=self.now))
        known = self.model.letters[one.id - 1]
        if fate == "sent":
            known.state = "sent"
        elif known.state == "sending" and known.attempts == one.attempts:
            known.state = {"postponed": "queued", "buried": "dead", "moot": "moot"}[fate]
            if fate == "postponed":
                known.next_at, known.holds = until, True
                known.maybe_sent |= maybe

    @rule(minutes=st.sampled_from([1, 1, 2, 5]))
    def wait(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule()
    def restart(self) -> None:
        self.run(self.store.close())
        self.store = self.run(open_store(self.folder / "desk.db", now=self.now))
        self.in_hand.clear()

    @invariant()
    def as_many_wait_as_should(self) -> None:
        waiting = sum(one.state in ("queued", "sending") for one in self.model.letters)
        assert self.run(self.store.reads.waiting_letters()) == waiting

    def teardown(self) -> None:
        self.run(self.store.close())
        self.runner.close()
        shutil.rmtree(self.folder)


_WRITTEN = st.tuples(st.sampled_from("AB"), st.sampled_from([PAGE, SOON, BULK]), st.none() | st.integers(0, 3))


def test_the_outbox_follows_its_plain_rules(empty_database: Path) -> None:
    class Here(Outbox):
        template = empty_database

    run_as_test: Any = Here.TestCase
    run_as_test.settings = settings(
        max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_as_test().runTest()
