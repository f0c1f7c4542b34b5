"""Acknowledging: one person has it, everybody sees who, and the requester is still owed an answer."""

from __future__ import annotations

from pathlib import Path

from bot.domain.ids import Status
from tests.journeys.life import (
    CHEN,
    HE,
    IT_DESK,
    LIN,
    OUTAGE,
    SOFIA,
    ZHAO,
    fact,
    living,
    said,
    verbs,
)


async def test_who_acknowledges_holds_it_and_everybody_sees_that(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "acknowledge")

        ticket = await life.ticket()
        receipt, channel = await life.receipt(LIN), (await life.cards(CHEN, IT_DESK))[0]

        assert (ticket.status, ticket.holder, ticket.acknowledged_at) == (Status.ACCEPTED, ZHAO, life.now)
        assert fact(receipt, "处理人") == "赵磊"
        assert fact(channel, "处理人") == "赵磊"
        assert "acknowledge" not in verbs(channel)


async def test_acknowledging_is_not_yet_an_answer_to_the_requester(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "acknowledge")

        await life.later(minutes=31)

        assert [one.facts["clock"] for one in await life.happened("broken")] == ["response"]
        assert said("zh", "breach-title", clock="首次响应", ref="INC-1") in await life.titles(ZHAO, f"dm:{ZHAO}")
        assert said("zh", "receipt-late") in (await life.receipt(LIN))["lead"]


async def test_work_words_or_a_question_answer_the_requester_in_time(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        for _ in range(3):
            await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "start", "1")
        await life.fill(ZHAO, "say", "2", words="正在看")
        await life.fill(ZHAO, "ask", "3", why="哪个办公室？")

        await life.later(minutes=31)

        for number in (1, 2, 3):
            assert await life.happened("broken", number) == []
            assert "10:00" in fact(await life.receipt(LIN, number), "首次响应")


async def test_a_note_among_the_agents_is_no_answer(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "acknowledge")
        before = len(await life.reads(LIN))
        await life.press(ZHAO, "more")
        await life.fill(ZHAO, "note", words="多半是证书过期")

        await life.later(minutes=31)

        assert [one.facts["clock"] for one in await life.happened("broken")] == ["response"]
        assert len(await life.reads(LIN)) == before


async def test_of_two_who_press_at_the_same_moment_one_has_it_and_the_other_is_told_who(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.later(minutes=6)

        await life.together(
            await life.pressing(ZHAO, "acknowledge"),
            await life.pressing(CHEN, "acknowledge"),
            await life.pressing(HE, "acknowledge"),
        )

        (line,) = await life.happened("acknowledged")
        names = {ZHAO: "赵磊", CHEN: "陈思远", HE: "何敏"}
        assert (await life.ticket()).holder == line.by
        for loser in names.keys() - {line.by}:
            seen = [one["card"] for one in await life.reads(loser, lambda one: "card" in one)]
            told = [card["title"] for card in seen]
            assert said("zh", "refusal-already_done", by=names[line.by], ref="INC-1") in told
        assert said("zh", "refusal-already_done", by=names[line.by], ref="INC-1") not in await life.titles(line.by)


async def test_pressing_twice_is_pressing_once_and_the_second_press_is_answered(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        twice = [await life.pressing(ZHAO, "acknowledge") for _ in range(2)]

        await life.together(*twice)

        assert len(await life.happened("acknowledged")) == 1
        assert said("zh", "refusal-already_done_you", ref="INC-1") in await life.titles(ZHAO)


async def test_the_service_manager_may_acknowledge_a_page_in_english(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.later(minutes=16)

        await life.say(SOFIA, "ack #1")

        assert (await life.ticket()).acknowledged_by == SOFIA
        assert fact((await life.cards(SOFIA, f"dm:{SOFIA}"))[-1], "Held by") == "Sofia Keller"
        await life.later(minutes=30)
        assert len(await life.happened("called")) == 3
