"""Waiting: while the ball is with the requester the clocks stand, and nobody else's delay stops them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.ids import Status
from tests.journeys.life import (
    CHEN,
    EMMA,
    HE,
    IT_DESK,
    LIN,
    OUTAGE,
    WISH,
    ZHAO,
    fact,
    living,
    said,
    verbs,
)


async def test_a_question_pauses_the_clocks_and_the_answer_moves_them_by_exactly_the_pause(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.later(minutes=10)
        await life.fill(ZHAO, "ask", why="能打开网页版邮箱吗？")
        await life.later(minutes=47)
        waiting = await life.receipt(LIN)

        await life.fill(LIN, "answer", words="不能")

        assert said("zh", "restart-waiting_you") in fact(waiting, "解决")
        assert "3 小时 50 分" in fact(waiting, "解决")
        assert (await life.ticket()).status is Status.IN_PROGRESS
        assert "14:47（UTC+8）" in fact(await life.receipt(LIN), "解决")
        assert [one.facts["verb"] for one in await life.happened("moved")] == ["wait_requester", "start"]


async def test_the_question_shows_who_asks_and_the_answer_reaches_them(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(EMMA, f"request: {WISH}")
        await life.fill(CHEN, "ask", why="Which folder?")
        question = (await life.cards(EMMA))[-1]

        await life.say(EMMA, "Tenders 2027, please")

        assert question["title"] == said("en", "question-title", ref="REQ-1", by="陈思远")
        assert question["quote"] == "Which folder?"
        taken = (await life.cards(EMMA))[-1]
        assert taken["title"] == said("en", "taken-as-answer", ref="REQ-1", holder="陈思远")
        assert (await life.cards(CHEN, f"dm:{CHEN}"))[-1]["quote"] == "Tenders 2027, please"
        shown = next(card for card in await life.cards(EMMA) if card["quote"] == "Which folder?")
        assert "answer" not in verbs(shown)


async def test_nobody_is_warned_and_nothing_breaks_while_the_requester_is_awaited(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.fill(ZHAO, "ask", why="哪个办公室？")

        await life.later(hours=20)

        assert await life.happened("broken") == []
        assert await life.happened("warned") == []


async def test_the_first_response_does_not_stand_still_for_a_ticket_that_waits_for_approval(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.fill(ZHAO, "wait", **{"for": "wait_approval", "why": "总监批准"})

        await life.later(hours=5)

        assert [one.facts["clock"] for one in await life.happened("broken")] == ["response"]
        assert said("zh", "restart-waiting_approval") in fact(await life.receipt(LIN), "解决")


async def test_waiting_for_a_supplier_stops_no_clock(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "start")
        await life.fill(ZHAO, "wait", **{"for": "wait_supplier", "why": "微软工单 12345"})

        receipt = await life.receipt(LIN)
        await life.later(hours=4, seconds=1)

        assert "14:00（UTC+8）" in fact(receipt, "解决")
        assert "微软工单 12345" in receipt["lead"]
        assert "resolution" in [one.facts["clock"] for one in await life.happened("broken")]


async def test_what_was_scheduled_goes_on_when_work_begins(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "start")
        await life.fill(ZHAO, "wait", **{"for": "schedule", "why": "今晚 22:00 更换"})
        await life.later(hours=2)

        await life.press(ZHAO, "start")

        assert (await life.ticket()).status is Status.IN_PROGRESS
        assert "16:00（UTC+8）" in fact(await life.receipt(LIN), "解决")


async def test_a_pause_outside_office_hours_costs_nothing(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, "报修：打印机卡纸了")
        await life.press(LIN, "grade", "low/high")
        await life.press(ZHAO, "start")
        due = (await life.store.reads.tickets())[0].dues
        await life.until(datetime(2026, 3, 3, 10, 30, tzinfo=UTC))
        await life.fill(ZHAO, "ask", why="哪一台？")

        await life.until(datetime(2026, 3, 4, 0, 30, tzinfo=UTC))
        await life.say(LIN, "三楼那台")

        assert due.resolution is not None
        assert (await life.store.reads.tickets())[0].dues.resolution == due.resolution


async def test_a_promise_of_working_days_moves_by_exactly_the_working_time_of_the_pause(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, "报修：打印机卡纸了")
        await life.press(LIN, "grade", "low/high")
        await life.press(ZHAO, "start")
        due = (await life.store.reads.tickets())[0].dues.resolution
        await life.fill(ZHAO, "ask", why="哪一台？")

        await life.later(minutes=45)
        await life.say(LIN, "三楼那台")

        assert due == datetime(2026, 3, 5, 10, 0, tzinfo=UTC)
        moved = (await life.store.reads.tickets())[0].dues.resolution
        assert moved == datetime(2026, 3, 6, 1, 45, tzinfo=UTC)


async def test_what_broke_before_a_pause_stays_broken_and_is_said_once(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "start")
        await life.later(hours=4, minutes=5)
        broken = await life.happened("broken")
        await life.fill(ZHAO, "ask", why="现在呢？")
        await life.later(hours=2)
        await life.say(LIN, "还是不行")
        await life.later(minutes=59)

        assert [one.facts["clock"] for one in broken] == ["update", "resolution"]
        assert await life.happened("broken") == broken
        overdue = said("zh", "breach-title", clock="解决", ref="INC-1")
        assert (await life.titles(HE, f"dm:{HE}")).count(overdue) == 1


@pytest.mark.parametrize(("words", "is_answer"), [("好的", True), ("谢谢", False)])
async def test_a_short_word_is_the_answer_only_where_one_is_awaited(
    tmp_path: Path, words: str, *, is_answer: bool
) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.fill(ZHAO, "ask", why="我现在远程重启您的电脑，可以吗？")

        await life.say(LIN, words)

        assert ((await life.ticket()).status is Status.IN_PROGRESS) is is_answer
        assert len(await life.store.reads.tickets(only_open=False)) == 1


async def test_the_update_promise_counts_anew_from_every_word_to_the_requester(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(CHEN, "acknowledge")
        for _ in range(3):
            await life.later(minutes=45)
            await life.fill(ZHAO, "say", words="还在处理，半小时后再报")

        await life.later(minutes=59)
        kept = await life.happened("broken")
        await life.later(minutes=2)

        assert [one.facts["clock"] for one in kept] == ["response"]
        assert [one.facts["clock"] for one in await life.happened("broken")] == ["response", "update"]
        (late,) = [one for one in await life.happened("broken") if one.facts["clock"] == "update"]
        assert late.facts["due"] == life.now - timedelta(minutes=1)
        assert said("zh", "breach-title", clock="进展通报", ref="INC-1") in await life.titles(CHEN, IT_DESK)
