"""Put off until a moment that was said in words: it wakes by itself, even when the desk was away meanwhile."""

from __future__ import annotations

from pathlib import Path

from bot.domain.ids import Status
from tests.journeys.life import LIN, OUTAGE, ZHAO, fact, living, said


async def test_what_was_put_off_comes_back_by_itself_at_the_moment_that_was_confirmed(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "start")
        await life.fill(ZHAO, "wait", **{"for": "schedule", "why": "换交换机", "until": "今天下午３点"})
        asked, _ = await life.button(ZHAO, "until")
        before = (await life.ticket()).status
        await life.press(ZHAO, "until")
        shown = fact(await life.receipt(LIN), "状态")
        await life.later(hours=4, minutes=59)
        still = (await life.ticket()).status

        await life.later(minutes=1)

        assert "15:00（UTC+8）" in asked["card"]["title"]
        assert before is Status.IN_PROGRESS
        assert "15:00（UTC+8）" in shown
        assert still is Status.SCHEDULED
        assert (await life.ticket()).status is Status.IN_PROGRESS
        assert said("zh", "time-come-title", ref="INC-1") in await life.titles(ZHAO)
        assert [one.facts["why"] for one in await life.happened("moved")][-1] == "until"


async def test_a_desk_that_was_away_at_that_moment_says_it_once_when_it_is_back(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "start")
        await life.fill(ZHAO, "wait", **{"for": "wait_supplier", "why": "备件", "until": "半小时后"})
        await life.press(ZHAO, "until")
        now = life.now

    async with living(tmp_path, start=now.replace(hour=now.hour + 2)) as life:
        await life.later(minutes=10)

        assert (await life.ticket()).status is Status.IN_PROGRESS
        assert [one.facts["why"] for one in await life.happened("moved")].count("until") == 1
