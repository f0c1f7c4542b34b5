"""Correcting: the author says in one tap how it was meant, and everything that follows from it follows."""

from __future__ import annotations

from pathlib import Path

from bot.domain.ids import PolicyId, Priority, Status
from bot.domain.rules import Rules
from tests.journeys.life import (
    CHEN,
    EMMA,
    HE,
    IT_DESK,
    LIN,
    NETWORK,
    OUTAGE,
    YUE,
    ZHAO,
    Deed,
    Life,
    fact,
    living,
    verbs,
    with_team,
)

JAMES = "james-okoro"
UNCLEAR = "救命"
"""Words that nobody could be sure about."""


async def test_one_tap_says_that_it_was_understood(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        before = verbs(await life.receipt(LIN))

        await life.press(LIN, "right")

        assert {"right", "kind", "grade", "service", "drop"} <= before
        assert "right" not in verbs(await life.receipt(LIN))
        assert (await life.ticket()).confirmed
        assert [one.by for one in await life.happened("confirmed")] == [LIN]


async def test_more_urgent_raises_the_priority_and_every_promise_counts_from_the_beginning(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, "报修：打印机卡纸了")
        await life.later(minutes=20)

        await life.deed(*await _grading(life, "high/high"))

        receipt = await life.receipt(LIN)
        assert (await life.ticket()).priority is Priority.P1
        assert "10:30（UTC+8）" in fact(receipt, "首次响应")
        assert [one["title"] for one in await life.cards(ZHAO, f"dm:{ZHAO}")] == ["P1 · INC-1 · 打印机卡纸了"]
        (line,) = await life.happened("reclassified")
        assert (line.by, line.facts["was_priority"], line.facts["priority"]) == (LIN, "P4", "P1")


async def test_another_kind_keeps_the_number_and_the_history(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(EMMA, "request: The printer on floor 3 is jammed again")

        await life.press(EMMA, "kind", "incident")

        ticket = await life.ticket()
        assert ticket.ref == "INC-1"
        assert (await life.receipt(EMMA))["title"].startswith("INC-1 · The printer")
        assert [one.name for one in await life.history()][:2] == ["raised", "reclassified"]
        assert (await life.history())[0].facts["kind"] == "request"


async def test_another_service_tells_the_team_that_answers_for_it(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(EMMA, "report: I cannot get at anything from home")
        assert await life.titles(JAMES, NETWORK) == []

        await life.fill(EMMA, "service", service="vpn")

        ticket = await life.ticket()
        assert ticket.team == "network"
        assert [title.partition(" · ")[2] for title in await life.titles(JAMES, NETWORK)] == [
            "INC-1 · I cannot get at anything from home"
        ]
        await life.press(JAMES, "acknowledge")
        assert (await life.ticket()).holder == JAMES


async def test_not_a_ticket_ends_it_and_nobody_is_called_any_more(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(LIN, "drop")
        told = len(await life.reads(ZHAO)) + len(await life.reads(CHEN)) + len(await life.reads(HE))

        await life.later(hours=12)

        assert (await life.ticket()).status is Status.CANCELLED
        assert len(await life.reads(ZHAO)) + len(await life.reads(CHEN)) + len(await life.reads(HE)) == told
        assert "acknowledge" not in verbs((await life.cards(ZHAO, f"dm:{ZHAO}"))[-1])


async def test_a_doubtful_ticket_wakes_nobody_before_its_author_had_a_minute_to_say_how_it_was_meant(
    tmp_path: Path,
) -> None:
    async with living(tmp_path, rules=_everything_is_urgent()) as life:
        await life.say(LIN, UNCLEAR)
        doubtful = (await life.ticket()).doubtful

        await life.later(seconds=59)
        too_early = await life.cards(ZHAO, f"dm:{ZHAO}")
        await life.later(seconds=2)

        assert doubtful
        assert too_early == []
        assert len(await life.cards(ZHAO, f"dm:{ZHAO}")) == 1


async def test_the_authors_word_lets_a_call_out_at_once(tmp_path: Path) -> None:
    async with living(tmp_path, rules=_everything_is_urgent()) as life:
        await life.say(LIN, UNCLEAR)
        await life.later(seconds=5)

        await life.press(LIN, "kind", "incident")

        (called,) = await life.happened("called")
        assert called.at == life.now
        assert len(await life.cards(ZHAO, f"dm:{ZHAO}")) == 1


async def test_once_somebody_has_it_the_author_corrects_by_words_and_is_told_so(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        old = await life.pressing(LIN, "kind", "request")
        await life.press(CHEN, "acknowledge")

        await life.deed(*old)

        assert (await life.ticket()).kind == "incident"
        assert await life.happened("reclassified") == []
        refusal = (await life.cards(LIN))[-1]
        assert "INC-1" in refusal["title"]
        assert "陈思远" in refusal["lead"]


async def test_the_same_words_twice_are_two_tickets_and_each_is_corrected_for_itself(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(YUE, "报修：打印机卡纸了")
        await life.say(YUE, "报修：打印机卡纸了")

        await life.press(YUE, "kind", "1:request")

        assert [(await life.ticket(number)).kind for number in (1, 2)] == ["request", "incident"]
        assert len(await life.titles(CHEN, IT_DESK)) == 2


async def _grading(life: Life, cell: str) -> Deed:
    """The author's finger is above the button for this cell of the matrix, wherever it stands on the ladder."""
    message, _ = await life.button(LIN, "grade")
    return "press", {"as": LIN, "message": message["id"], "wish": f"grade:1:{cell}", "key": "grading"}


def _everything_is_urgent() -> Rules:
    return with_team("it-desk", policies=dict.fromkeys(Priority, PolicyId("urgent")))
