"""Kind and priority: converted with their history kept, overruled only with a reason and a name."""

from __future__ import annotations

from pathlib import Path

from bot.domain.ids import Priority, Status
from tests.journeys.life import (
    CHEN,
    EMMA,
    HE,
    IT_DESK,
    LIN,
    NETWORK,
    OUTAGE,
    SOFIA,
    WISH,
    ZHAO,
    fact,
    living,
    said,
    verbs,
)

JAMES = "james-okoro"
"""First on call of the network team."""


async def test_an_overruled_priority_shows_its_reason_its_name_and_what_the_matrix_says(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(EMMA, f"request: {WISH}")
        await life.say(SOFIA, "#1")
        await life.press(SOFIA, "more")
        await life.fill(SOFIA, "overrule", priority="P2", why="The tender closes tomorrow")

        ticket, receipt = await life.ticket(), await life.receipt(EMMA)

        assert ticket.override is not None
        assert (ticket.override.by, ticket.override.why) == (SOFIA, "The tender closes tomorrow")
        shown = fact(receipt, "Priority")
        assert shown.startswith("P2 high")
        assert "Sofia Keller" in shown
        assert "The tender closes tomorrow" in shown
        assert "P4" in shown
        (line,) = await life.happened("overruled")
        assert (line.by, line.facts["was_priority"], line.facts["priority"]) == (SOFIA, "P4", "P2")


async def test_without_a_reason_the_priority_stays(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(HE, "more")
        await life.fill(HE, "overrule", priority="P4", why="   ")

        assert (await life.ticket()).priority is Priority.P1
        refusal = (await life.cards(HE))[-1]
        assert refusal["title"] == said("zh", "refusal-missing", what=said("zh", "field-why"))


async def test_the_matrix_can_have_it_back(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(HE, "more")
        await life.fill(HE, "overrule", priority="P4", why="演习")
        await life.press(HE, "more")
        await life.fill(HE, "overrule", priority="-", why="不是演习")

        ticket = await life.ticket()

        assert (ticket.priority, ticket.override) == (Priority.P1, None)
        assert fact(await life.receipt(LIN), "优先级").startswith("P1 特急 = 影响高 × 紧急高")
        assert len(await life.happened("overruled")) == 2


async def test_the_requester_may_not_overrule(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        message = (await life.reads(LIN))[-1]["id"]

        await life.deed(
            "submit", {"as": LIN, "wish": "overrule:1", "answers": {"priority": "P2", "why": "我说了算"}, "key": "o"}
        )
        await life.press_wish(LIN, message, "overrule:1")

        assert await life.happened("overruled") == []
        assert (await life.titles(LIN))[-1] == said("zh", "refusal-not_allowed", ref="INC-1")


async def test_an_agent_converts_an_incident_into_a_request_and_back(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(CHEN, "start")
        await life.press(CHEN, "more")
        await life.fill(CHEN, "regrade", kind="request", service="accounts", impact="low", urgency="low")

        converted = await life.ticket()
        card = (await life.cards(ZHAO, IT_DESK))[0]
        await life.fill(CHEN, "resolve", solution="已开通")
        fulfilled = await life.ticket()

        assert (converted.ref, converted.priority, converted.status) == ("REQ-1", Priority.P4, Status.IN_PROGRESS)
        assert card["title"].startswith("P4 · REQ-1 · ")
        assert fulfilled.status is Status.FULFILLED
        names = [one.name for one in await life.history()]
        assert names[0] == "raised"
        assert names.count("reclassified") == 1
        assert (await life.history())[0].facts["kind"] == "incident"
        assert (await life.titles(LIN))[-1].startswith("REQ-1 ")


async def test_a_conversion_keeps_what_was_used_of_the_time(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(CHEN, "start")
        await life.later(hours=1)

        await life.press(CHEN, "more")
        await life.fill(CHEN, "regrade", kind="request", service="email", impact="high", urgency="high")

        receipt = await life.receipt(LIN)
        assert "18:00（UTC+8）" in fact(receipt, "解决")
        assert "剩余 7 小时" in fact(receipt, "解决")
        assert "right" not in verbs(receipt)


async def test_an_overruled_priority_outlives_another_reading(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(HE, "more")
        await life.fill(HE, "overrule", priority="P2", why="有备用邮箱")

        await life.press(HE, "more")
        await life.fill(HE, "regrade", kind="incident", service="email", impact="low", urgency="low")

        assert (await life.ticket()).priority is Priority.P2
        assert "P4" in fact(await life.receipt(LIN), "优先级")


async def test_what_is_handed_to_another_team_is_taken_there_anew_and_its_clocks_go_on(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(CHEN, "start")
        await life.later(minutes=20)

        await life.press(CHEN, "more")
        await life.fill(CHEN, "regrade", kind="incident", service="vpn", impact="high", urgency="high")

        handed = await life.ticket()
        (page,) = await life.cards(JAMES, f"dm:{JAMES}")
        assert (handed.team, handed.holder, handed.acknowledged_by) == ("network", None, None)
        assert page["title"].startswith("P1 · INC-1 · ")
        assert said("en", "crew-new") in (await life.cards(JAMES, NETWORK))[-1]["lead"]
        assert "14:00（UTC+8）" in fact(await life.receipt(LIN), "解决")
        assert verbs((await life.cards(ZHAO, IT_DESK))[0]) == set()
        await life.press(JAMES, "acknowledge")
        await life.later(minutes=29)
        assert (await life.ticket()).holder == JAMES
        assert len([one for one in await life.happened("called") if JAMES in str(one.facts["people"])]) == 1
