"""Promises: warned about before they run out, broken once and at their own instant, told when people are there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.ids import Priority
from tests.journeys.life import (
    CHEN,
    HE,
    IT_DESK,
    LIN,
    OUTAGE,
    TUESDAY_10,
    YUE,
    ZHAO,
    fact,
    living,
    said,
    text_of,
    verbs,
)

INSTANT = timedelta(milliseconds=1)
RESPONSE_BROKEN = said("zh", "breach-title", clock="首次响应", ref="INC-1")
RESOLUTION_BROKEN = said("zh", "breach-title", clock="解决", ref="INC-1")


async def test_a_ticket_nobody_takes_warns_then_breaks_its_promise_once_each(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)

        await life.later(minutes=40)

        (warned,), (broken,) = await life.happened("warned"), await life.happened("broken")
        assert (warned.facts["clock"], warned.at) == ("response", TUESDAY_10 + timedelta(minutes=24))
        assert (broken.facts["clock"], broken.at) == ("response", TUESDAY_10 + timedelta(minutes=30) + INSTANT)
        assert broken.facts["due"] == TUESDAY_10 + timedelta(minutes=30)
        assert (await life.titles(CHEN, IT_DESK)).count(RESPONSE_BROKEN) == 1
        assert (await life.titles(HE, f"dm:{HE}")).count(RESPONSE_BROKEN) == 1


async def test_a_warning_reaches_whoever_holds_it_with_the_time_left_and_the_buttons_that_keep_it(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "acknowledge")
        before = len(await life.cards(CHEN, IT_DESK))

        await life.later(minutes=24)

        warning = (await life.cards(ZHAO, f"dm:{ZHAO}"))[-1]
        assert warning["tone"] == "warn"
        assert "10:30（UTC+8）" in warning["title"]
        assert "6 分" in warning["lead"]
        assert "start" in verbs(warning)
        assert len(await life.cards(CHEN, IT_DESK)) == before


async def test_a_promise_kept_in_its_last_moment_is_kept(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "acknowledge")
        await life.later(minutes=30)

        await life.press(ZHAO, "start")
        await life.later(minutes=1)

        assert await life.happened("broken") == []
        assert said("zh", "clock-kept", done="2026-03-03（周二）10:30（UTC+8）") == fact(
            await life.receipt(LIN), "首次响应"
        )


async def test_a_breach_after_hours_is_recorded_at_once_and_told_when_the_office_opens(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, "报修：打印机卡纸了")
        await life.press(ZHAO, "acknowledge")
        closing = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)

        await life.until(closing + timedelta(hours=14, minutes=59))
        silent = await life.titles(HE, f"dm:{HE}")
        await life.later(minutes=1)

        (broken,) = await life.happened("broken")
        assert (broken.at, broken.facts["due"]) == (closing + INSTANT, closing)
        assert silent == []
        assert await life.titles(HE, f"dm:{HE}") == [RESPONSE_BROKEN]
        assert (await life.titles(CHEN, IT_DESK)).count(RESPONSE_BROKEN) == 1


async def test_over_a_weekend_the_office_opens_on_monday(tmp_path: Path) -> None:
    thursday = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
    async with living(tmp_path, start=thursday) as life:
        await life.say(LIN, "报修：打印机卡纸了")
        await life.press(ZHAO, "acknowledge")

        await life.until(datetime(2026, 3, 9, 0, 59, tzinfo=UTC))
        silent = await life.titles(HE, f"dm:{HE}")
        await life.later(minutes=1)

        assert [one.facts["due"] for one in await life.happened("broken")] == [datetime(2026, 3, 6, 10, 0, tzinfo=UTC)]
        assert silent == []
        assert await life.titles(HE, f"dm:{HE}") == [RESPONSE_BROKEN]


async def test_round_the_clock_promises_are_told_in_the_middle_of_the_night(tmp_path: Path) -> None:
    two_at_night = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)
    async with living(tmp_path, start=two_at_night) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "acknowledge")

        await life.later(minutes=30, seconds=1)

        card = next(card for card in await life.cards(HE, f"dm:{HE}") if card["title"] == RESPONSE_BROKEN)
        assert "2026-03-04（周三）02:30（UTC+8）" in card["lead"]


async def test_nobody_is_warned_of_what_was_kept_in_time(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "start")
        for _ in range(4):
            await life.later(minutes=45)
            await life.fill(ZHAO, "say", words="还在处理")
        await life.later(minutes=10)

        await life.fill(ZHAO, "resolve", solution="换了证书")
        await life.later(hours=10)

        assert await life.happened("warned") == []
        assert await life.happened("broken") == []


async def test_a_higher_priority_that_comes_too_late_breaks_once_and_says_why(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, "报修：打印机卡纸了")
        await life.press(ZHAO, "acknowledge")
        await life.later(hours=5)

        await life.press(HE, "more")
        await life.fill(HE, "overrule", priority="P1", why="合同今天要打印")
        await life.later(minutes=30)

        broken = await life.happened("broken")
        assert sorted(str(one.facts["clock"]) for one in broken) == ["resolution", "response", "update"]
        assert {(one.facts["due"], one.facts["reclassified"]) for one in broken} == {
            (TUESDAY_10 + timedelta(hours=5), True)
        }
        card = next(card for card in await life.cards(HE, f"dm:{HE}") if card["title"] == RESOLUTION_BROKEN)
        assert "优先级或服务变更" in card["lead"]


async def test_a_lower_priority_takes_no_breach_back(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "acknowledge")
        await life.later(minutes=31)

        await life.press(HE, "more")
        await life.fill(HE, "overrule", priority="P4", why="只有一台打印机")
        await life.press(ZHAO, "start")

        assert (await life.ticket()).priority is Priority.P4
        assert len(await life.happened("broken")) == 1
        assert "10:30（UTC+8）" in fact(await life.receipt(LIN), "首次响应")


async def test_promises_of_many_tickets_due_at_one_instant_are_each_told(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.together(*(life.saying(YUE, OUTAGE) for _ in range(12)))
        await life.together(*[await life.pressing(ZHAO, "acknowledge", str(number)) for number in range(1, 13)])

        await life.later(minutes=31)

        for number in range(1, 13):
            (broken,) = await life.happened("broken", number)
            assert broken.at == TUESDAY_10 + timedelta(minutes=30) + INSTANT
        told = "\n".join(map(text_of, await life.cards(HE, f"dm:{HE}")))
        assert all(f"INC-{number} " in told for number in range(1, 13))


async def test_looking_often_or_once_ends_in_the_same_record(tmp_path: Path) -> None:
    records = []
    for name, steps in (("often", 30), ("once", 1)):
        async with living(tmp_path / name) as life:
            await life.say(LIN, OUTAGE)
            await life.press(ZHAO, "acknowledge")
            for _ in range(steps):
                await life.later(minutes=90 / steps)
            records.append([(one.at, one.name, dict(one.facts)) for one in await life.history()])

    assert records[0] == records[1]
