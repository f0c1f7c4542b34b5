"""Reopening: within the grace period the same ticket lives again; after it a new one goes on from the old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.ids import Status
from tests.journeys.life import (
    CHEN,
    IT_DESK,
    LIN,
    OUTAGE,
    YUE,
    ZHAO,
    Life,
    fact,
    living,
    said,
    verbs,
)

REPLACED = "证书已更换"


async def test_still_broken_opens_the_same_ticket_again_and_somebody_is_called(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await _resolved(life)
        pages = len(await life.cards(ZHAO, f"dm:{ZHAO}"))

        await life.press(LIN, "reopen")

        ticket = await life.ticket()
        assert (ticket.status, ticket.cycle, ticket.acknowledged_by) == (Status.IN_PROGRESS, 2, None)
        assert len(await life.cards(ZHAO, f"dm:{ZHAO}")) == pages + 1
        assert said("zh", "reopened-title", ref="INC-1", by="林夏") in await life.titles(CHEN, f"dm:{CHEN}")
        assert said("zh", "receipt-again", team="IT 服务台") in (await life.receipt(LIN))["lead"]
        assert said("zh", "reopened-answer", ref="INC-1") in await life.titles(LIN)


async def test_the_time_when_it_was_done_is_given_back(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await _resolved(life, after=timedelta(hours=1))
        await life.later(hours=20)

        await life.press(LIN, "reopen")

        due = datetime(2026, 3, 3, 6, 0, tzinfo=UTC) + timedelta(hours=20)
        assert (await life.store.reads.tickets())[0].dues.resolution == due
        assert await life.happened("broken") == []
        assert "10:00（UTC+8）" in fact(await life.receipt(LIN), "首次响应")


async def test_words_can_open_it_again_too_and_are_kept(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await _resolved(life)

        await life.say(LIN, "还是不行")

        assert (await life.ticket()).cycle == 2
        assert [one.facts["words"] for one in await life.happened("commented")] == ["还是不行"]
        assert (await life.cards(CHEN, f"dm:{CHEN}"))[-1]["quote"] == "还是不行"
        assert len(await life.store.reads.tickets(only_open=False)) == 1


async def test_a_rated_ticket_may_be_opened_again_within_the_grace_period(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await _resolved(life)
        await life.press(LIN, "rate", "1:5")
        await life.later(hours=5)

        await life.press(LIN, "reopen")
        await life.fill(CHEN, "resolve", solution="重启了服务")
        await life.press(LIN, "rate", "1:3")

        assert (await life.ticket()).rating == 3
        assert [one.facts["stars"] for one in await life.happened("rated")] == [5, 3]


async def test_after_the_grace_period_a_new_ticket_goes_on_from_the_old_one(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await _resolved(life)
        old = await life.pressing(LIN, "reopen")
        await life.until(datetime(2026, 3, 6, 10, 1, tzinfo=UTC))

        await life.deed(*old)

        sequel = await life.ticket(2)
        assert (await life.ticket(1)).status is Status.CLOSED
        assert (sequel.sequel_of, sequel.words, sequel.requester) == (1, OUTAGE, LIN)
        assert (sequel.kind, sequel.service, sequel.priority) == ("incident", "email", (await life.ticket(1)).priority)
        assert said("zh", "sequel-raised", ref="INC-1") in await life.titles(LIN)
        assert fact((await life.cards(CHEN, IT_DESK))[-1], "接续工单") == "#1"


async def test_the_same_old_button_makes_one_new_ticket_however_often_it_is_pressed(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await _resolved(life)
        old = [await life.pressing(LIN, "reopen") for _ in range(3)]
        await life.until(datetime(2026, 3, 9, 2, 0, tzinfo=UTC))

        await life.together(*old)
        await life.later(hours=1)

        assert len(await life.store.reads.tickets(only_open=False)) == 2
        assert said("zh", "sequel-there", ref="INC-1") in await life.titles(LIN)


async def test_words_about_something_long_closed_become_a_ticket_of_their_own(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await _resolved(life)
        await life.until(datetime(2026, 3, 12, 2, 0, tzinfo=UTC))

        await life.say(LIN, "#1 又登不上去了")

        sequel = await life.ticket(2)
        assert (sequel.sequel_of, sequel.words) == (1, "又登不上去了")
        assert "right" in verbs(await life.receipt(LIN, 2))


async def test_only_those_concerned_may_open_it_again(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await _resolved(life)

        await life.say(YUE, "重开 #1")

        assert (await life.ticket()).status is Status.RESOLVED
        assert (await life.titles(YUE))[-1] == said("zh", "refusal-not_found")


async def _resolved(life: Life, *, after: timedelta = timedelta(minutes=3)) -> None:
    await life.say(LIN, OUTAGE)
    await life.press(CHEN, "start")
    await life.clock.jump(after)
    await life.fill(CHEN, "resolve", solution=REPLACED)
