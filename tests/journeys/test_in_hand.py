"""Acknowledged is not done: who forgets is asked, who promised is held to it, and who cannot passes it on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from tests.journeys.life import CHEN, HE, LIN, OUTAGE, ZHAO, Life, living, verbs


async def test_acknowledged_at_night_and_forgotten_is_asked_about_and_then_called_again(tmp_path: Path) -> None:
    """goalert#3378, grafana/oncall#1792."""
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "acknowledge")
        await life.later(minutes=29)
        before = await life.happened("asked_whether_forgotten")
        await life.later(minutes=1)

        asked = (await life.cards(ZHAO, f"dm:{ZHAO}"))[-1]
        assert before == []
        assert "keep_on" in verbs(asked)
        await life.later(minutes=10)
        assert [one.facts["why"] for one in await life.happened("lapsed")] == ["forgotten"]
        assert [who for _, who in await _pages(life)] == [ZHAO, ZHAO]
        assert (await life.ticket()).acknowledged_by is None


async def test_still_on_it_is_an_answer_and_nobody_else_is_woken(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "acknowledge")
        await life.later(minutes=31)
        await life.press(ZHAO, "keep_on")
        await life.later(minutes=29)

        assert len(await life.happened("asked_whether_forgotten")) == 1
        assert await life.happened("lapsed") == []
        assert [who for _, who in await _pages(life)] == [ZHAO]
        assert "keep_on" not in verbs((await life.cards(ZHAO, f"dm:{ZHAO}"))[-1])


async def test_an_acknowledgement_for_half_an_hour_is_a_promise(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "ack_30", "1")
        await life.press(ZHAO, "ack_30", "2")
        await life.later(minutes=20)
        await life.say(ZHAO, "start #2")
        await life.later(minutes=10)

        assert [one.facts["why"] for one in await life.happened("lapsed", 1)] == ["promise"]
        assert len(await life.happened("called", 1)) == 2
        assert await life.happened("lapsed", 2) == []


async def test_not_me_calls_the_next_one_at_once_and_the_first_no_more(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.later(minutes=1)
        await life.press(ZHAO, "pass_on")
        await life.later(minutes=3)

        assert await _pages(life) == [(0, ZHAO), (1, CHEN)]
        await life.press(CHEN, "acknowledge")
        assert (await life.ticket()).holder == CHEN


async def test_calling_the_lead_wakes_the_lead_while_somebody_has_it_in_hand(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "acknowledge")
        await life.press(ZHAO, "more")
        await life.fill(ZHAO, "call_up", why="机房断电，需要授权")

        called = (await life.cards(HE, f"dm:{HE}"))[-1]
        assert "机房断电，需要授权" in called["lead"]
        assert (await life.ticket()).holder == ZHAO


async def test_a_ticket_handed_to_another_team_calls_its_people(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "acknowledge")
        await life.press(ZHAO, "more")
        await life.fill(ZHAO, "hand_over", team="network", why="是交换机的问题")

        handed = await life.ticket()
        assert (handed.team, handed.holder, handed.acknowledged_by) == ("network", None, None)
        assert (await life.happened("called"))[-1].facts["people"] == ("james-okoro",)


async def _pages(life: Life) -> list[tuple[int, str]]:
    """Who was called, and how many minutes after the ticket came."""
    begun = (await life.ticket()).created_at
    return [
        (round((one.at - begun).total_seconds() / 60), str(person))
        for one in await life.happened("called")
        for person in cast(Sequence[str], one.facts["people"])
    ]
