"""Covers through the door: written down with their letters, in force once committed, and after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.app import App
from bot.app import at_work as app_at_work
from bot.domain import standby
from bot.domain.covers import CoverRequest, CoverState, Wish, in_force
from bot.domain.ids import CoverId, PersonId
from bot.domain.refusals import AlreadySettled, NotFound, NotYours
from bot.domain.rules import Rules
from bot.services.chores import SettleLetters
from bot.services.covers import Covers, Word
from bot.services.directory import AddressBook
from bot.services.ports import Letter, Sent
from handlers.speech import load_texts
from storage.engine import SqlStore, open_store
from tests.domain.small_desk import CHEN, LIN, MON_9, WANG
from tests.domain.small_rota import DESK_TEAM, FIRST, HOUR, day, rota_rules
from tests.services.open_desk import AllLetters, AllPending, Open, an_arrival, at_work, keep, standing, together

RULES = rota_rules()
SWAP = Wish(FIRST, LIN, day(1), day(2), CHEN)
"""Chen asks Lin to take Tuesday."""
ONE = CoverId(1)


class Desk:
    """A desk with a rota, and how often it said that something has changed."""

    def __init__(self, here: Open) -> None:
        self.here = here
        self.changes = 0
        self.covers = Covers(here.desk, here.time, on_change=self._count)

    def _count(self) -> None:
        self.changes += 1

    def on_call(self, at: datetime) -> tuple[PersonId, ...]:
        rules = self.here.desk.rules
        return standby.on_call(rules.teams[DESK_TEAM], 1, rules, at)

    async def letters(self) -> dict[tuple[str, str], Letter]:
        """What waits in the outbox, by reader and what it is about; it is sent now."""
        found = await self.here.desk.chore(AllLetters())
        await self.here.desk.chore(SettleLetters([Sent(outgoing, outgoing.letter.key) for outgoing in found], MON_9))
        return {(outgoing.letter.reader, outgoing.letter.about): outgoing.letter for outgoing in found}

    async def filed(self) -> list[CoverRequest]:
        return await self.here.store.reads.covers(MON_9)


@asynccontextmanager
async def working(store: SqlStore, rules: Rules = RULES) -> AsyncIterator[Desk]:
    async with at_work(store, rules=rules, time=standing()) as here:
        yield Desk(here)


async def test_a_request_is_kept_and_the_other_is_asked(store: SqlStore) -> None:
    async with working(store) as desk:
        request = await desk.covers.ask(SWAP)

        assert await desk.filed() == [request]
        assert (request.id, request.state, request.asked_at) == (ONE, CoverState.ASKED, MON_9)
        letters = await desk.letters()
        assert desk.on_call(day(1)) == (CHEN,)

    assert list(letters) == [(f"person:{LIN}", "cover_asked")]
    assert letters[f"person:{LIN}", "cover_asked"].facts == {
        "cover": "1",
        "rota": FIRST,
        "person": LIN,
        "instead_of": CHEN,
        "starts": day(1).isoformat(),
        "ends": day(2).isoformat(),
        "by": CHEN,
        "state": "asked",
    }


async def test_what_is_agreed_holds_at_once_and_asker_and_channel_hear_of_it(store: SqlStore) -> None:
    async with working(store) as desk:
        await desk.covers.ask(SWAP)
        await desk.letters()

        agreed = await desk.covers.settle(ONE, Word.AGREE, LIN)

        assert desk.on_call(day(1)) == (LIN,)
        assert desk.here.desk.rules.covers == (agreed.cover,)
        assert await desk.filed() == [agreed]
        letters = await desk.letters()
        assert set(letters) == {(f"person:{CHEN}", "cover_settled"), ("team:desk", "cover_agreed")}
        assert letters[f"person:{CHEN}", "cover_settled"].facts["state"] == "agreed"
        assert desk.changes == 2


async def test_what_is_declined_changes_nothing_and_only_the_asker_hears_of_it(store: SqlStore) -> None:
    async with working(store) as desk:
        await desk.covers.ask(SWAP)
        await desk.letters()

        await desk.covers.settle(ONE, Word.DECLINE, LIN)

        assert set(await desk.letters()) == {(f"person:{CHEN}", "cover_settled")}
        assert desk.on_call(day(1)) == (CHEN,)
        with pytest.raises(AlreadySettled):
            await desk.covers.settle(ONE, Word.AGREE, LIN)
        assert await desk.letters() == {}


async def test_a_lead_puts_somebody_in_and_both_are_told(store: SqlStore) -> None:
    async with working(store) as desk:
        await desk.covers.ask(replace(SWAP, by=WANG))

        assert desk.on_call(day(1)) == (LIN,)
        assert set(await desk.letters()) == {
            (f"person:{LIN}", "cover_settled"),
            (f"person:{CHEN}", "cover_settled"),
            ("team:desk", "cover_agreed"),
        }


async def test_what_is_taken_back_holds_no_more_and_the_channel_hears_that_too(store: SqlStore) -> None:
    async with working(store) as desk:
        await desk.covers.ask(replace(SWAP, by=WANG))
        await desk.letters()

        await desk.covers.settle(ONE, Word.WITHDRAW, CHEN)

        assert desk.on_call(day(1)) == (CHEN,)
        letters = await desk.letters()
        assert {key: letter.facts["state"] for key, letter in letters.items()} == {
            (f"person:{LIN}", "cover_settled"): "withdrawn",
            (f"person:{WANG}", "cover_settled"): "withdrawn",
            ("team:desk", "cover_agreed"): "withdrawn",
        }


async def test_a_swap_is_agreed_to_in_one_word_and_told_once(store: SqlStore) -> None:
    async with working(store) as desk:
        await desk.covers.ask(replace(SWAP, back=(day(2), day(3))))
        asked = await desk.letters()

        await desk.covers.settle(CoverId(2), Word.AGREE, LIN)

        assert [desk.on_call(day(number)) for number in range(4)] == [(LIN,), (LIN,), (CHEN,), (CHEN,)]
        assert [one.state for one in await desk.filed()] == [CoverState.AGREED, CoverState.AGREED]
        assert len(await desk.letters()) == 2
        with pytest.raises(NotYours):
            await desk.covers.settle(ONE, Word.WITHDRAW, CHEN)
    assert [letter.facts["back_starts"] for letter in asked.values()] == [day(2).isoformat()]


async def test_of_two_that_overlap_the_letter_says_which_the_newer_overrules(store: SqlStore) -> None:
    async with working(store) as desk:
        await desk.covers.ask(replace(SWAP, by=WANG))
        await desk.letters()

        await desk.covers.ask(replace(SWAP, by=WANG, person=WANG, starts=day(1) + HOUR))

        letters = await desk.letters()
        assert letters["team:desk", "cover_agreed"].facts["overrules"] == "1"
        assert [desk.on_call(day(1)), desk.on_call(day(1) + HOUR)] == [(LIN,), (WANG,)]


async def test_two_who_settle_at_once_are_served_one_after_the_other(store: SqlStore) -> None:
    async with working(store) as desk:
        await desk.covers.ask(SWAP)

        agreed, declined = await together(
            desk.covers.settle(ONE, Word.AGREE, LIN), desk.covers.settle(ONE, Word.DECLINE, LIN)
        )

        assert isinstance(agreed, CoverRequest)
        assert isinstance(declined, AlreadySettled)
        assert desk.on_call(day(1)) == (LIN,)


async def test_the_arrival_it_came_from_is_done_in_the_same_transaction_and_waits_when_refused(store: SqlStore) -> None:
    await keep(store, an_arrival("a1"), an_arrival("a2"))
    async with working(store) as desk:
        await desk.covers.ask(SWAP, cause="a1")
        with pytest.raises(NotYours):
            await desk.covers.settle(ONE, Word.AGREE, CHEN, cause="a2")

        waiting = await desk.here.desk.chore(AllPending())

    assert [one.arrival.key for one in waiting] == ["a2"]


async def test_a_request_nobody_knows_is_not_found(store: SqlStore) -> None:
    async with working(store) as desk:
        with pytest.raises(NotFound):
            await desk.covers.settle(CoverId(77), Word.AGREE, LIN)


async def test_whoever_settles_and_goes_away_has_settled(store: SqlStore) -> None:
    async with working(store) as desk:
        await desk.covers.ask(SWAP)
        gone = asyncio.ensure_future(desk.covers.settle(ONE, Word.AGREE, LIN))
        await asyncio.sleep(0)
        gone.cancel()

        await desk.here.desk.chore(AllLetters())

        assert desk.on_call(day(1)) == (LIN,)
        assert desk.changes == 2


async def test_what_was_agreed_holds_after_a_restart(database: Path) -> None:
    store = await open_store(database, now=MON_9)
    async with working(store) as desk:
        agreed = await desk.covers.ask(replace(SWAP, by=WANG))
        await desk.covers.ask(replace(SWAP, starts=day(3), ends=day(4)))
    await store.close()
    store = await open_store(database, now=MON_9)
    app = App(
        rules=RULES,
        store=store,
        timepiece=standing(),
        people=AddressBook(RULES.people),
        texts=load_texts(),
        platforms={},
    )

    async with app_at_work(app):
        rules = app.desk.rules
        found = standby.on_call(rules.teams[DESK_TEAM], 1, rules, day(1))
    await store.close()

    assert rules.covers == (agreed.cover,)
    assert found == (LIN,)


async def test_covers_are_read_back_as_they_were_written(store: SqlStore) -> None:
    async with working(store) as desk:
        await desk.covers.ask(SWAP)
        agreed = await desk.covers.settle(ONE, Word.AGREE, LIN)

        assert await store.reads.cover(ONE) == agreed
        assert await store.reads.cover(CoverId(2)) is None
        assert in_force(await store.reads.covers(day(2))) == ()
