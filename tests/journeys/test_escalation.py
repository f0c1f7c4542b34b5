"""Escalation: people are called level after level until one of them says that they have it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.ids import PersonId, PolicyId
from bot.domain.rules import Rules, Step, Who, WhoKind
from tests.journeys.life import (
    CHEN,
    EMMA,
    HE,
    IT_DESK,
    LIN,
    OUTAGE,
    SOFIA,
    TUESDAY_10,
    WISH,
    ZHAO,
    Life,
    fact,
    living,
    said,
    the_rules,
    verbs,
    with_team,
)

CREW = (ZHAO, CHEN, HE, SOFIA)


async def test_a_page_that_nobody_answers_climbs_to_the_last_level_and_repeats_there(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)

        await life.later(minutes=36)

        assert await _pages(life) == [
            (0, ZHAO),
            (5, CHEN),
            (15, HE),
            (15, SOFIA),
            (25, HE),
            (25, SOFIA),
            (35, HE),
            (35, SOFIA),
        ]
        assert [(one.facts["level"], one.facts["round"]) for one in await life.happened("called")] == [
            (1, 1),
            (2, 2),
            (3, 3),
            (3, 4),
            (3, 5),
        ]


async def test_whoever_is_called_reads_what_it_is_about_and_who_is_called_next(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)

        (page,) = await life.cards(ZHAO, f"dm:{ZHAO}")

        assert page["title"] == f"P1 · INC-1 · {OUTAGE}"
        assert page["tone"] == "alarm"
        assert "陈思远" in page["lead"]
        assert "10:05（UTC+8）" in page["lead"]
        assert fact(page, "报单人") == "林夏"
        assert [one["verb"] for one in page["actions"] if one["weight"] == "main"] == ["acknowledge"]


async def test_an_acknowledgement_stops_every_further_call(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.later(minutes=6)
        await life.press(CHEN, "acknowledge")
        called = await _pages(life)

        await life.later(minutes=29)

        assert [who for _, who in called] == [ZHAO, CHEN]
        assert await _pages(life) == called
        assert (await life.ticket()).chase is None
        for person in (ZHAO, CHEN):
            page = (await life.cards(person, f"dm:{person}"))[0]
            assert "acknowledge" not in verbs(page)
            assert said("zh", "crew-accepted", holder="陈思远") in page["lead"]


async def test_starting_taking_asking_and_resolving_stop_the_calls_as_well(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        for _ in range(4):
            await life.say(LIN, OUTAGE)
        await life.press(CHEN, "start", "1")
        await life.say(CHEN, "take #2")
        await life.fill(CHEN, "ask", "3", why="哪个办公室？")
        await life.fill(CHEN, "resolve", "4", solution="重启了邮件服务器")
        called = await _pages(life)

        await life.later(minutes=29)

        assert await _pages(life) == called
        assert [len(await life.happened("called", number)) for number in (1, 2, 3, 4)] == [1] * 4
        assert [(await life.ticket(number)).acknowledged_by for number in (1, 2, 3, 4)] == [CHEN] * 4


async def test_giving_it_to_somebody_else_does_not_stop_the_calls(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.fill(HE, "assign", to=CHEN)

        given = (await life.cards(CHEN, f"dm:{CHEN}"))[-1]
        await life.later(minutes=6)

        assert said("zh", "assigned-lead", by="何敏") in given["lead"]
        assert await _pages(life) == [(0, ZHAO), (0, CHEN), (5, CHEN)]
        await life.press(CHEN, "acknowledge")
        await life.later(minutes=30)
        assert len(await _pages(life)) == 3


async def test_a_level_with_nobody_in_it_gives_way_at_once_and_says_so(tmp_path: Path) -> None:
    alone = with_team("it-desk", rotas=(), on_call=(PersonId(ZHAO),))
    async with living(tmp_path, rules=alone) as life:
        await life.say(LIN, OUTAGE)

        await life.later(minutes=6)

        assert await _pages(life) == [(0, ZHAO), (5, HE), (5, SOFIA)]
        assert said("zh", "nobody-title", ref="INC-1", level="2") in await life.titles(HE, IT_DESK)
        assert [one.facts["level"] for one in await life.happened("nobody_there")] == [2]


async def test_with_every_level_empty_the_last_resort_is_called(tmp_path: Path) -> None:
    deserted = with_team("it-desk", rotas=(), lead=None, manager=None)
    async with living(tmp_path, rules=deserted) as life:
        await life.say(LIN, OUTAGE)

        await life.later(minutes=6)

        assert await _pages(life) == [(0, HE)]
        assert [one.facts["level"] for one in await life.happened("nobody_there")] == [1, 2, 3]


async def test_a_calm_ticket_calls_in_the_hours_of_its_team_and_not_at_night(tmp_path: Path) -> None:
    evening = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
    async with living(tmp_path, start=evening) as life:
        await life.say(EMMA, f"request: {WISH}")

        await life.until(datetime(2026, 3, 4, 3, 59, tzinfo=UTC))

        assert [one.at for one in await life.happened("called")] == [
            datetime(2026, 3, 4, 1, 30, tzinfo=UTC),
            datetime(2026, 3, 4, 3, 30, tzinfo=UTC),
        ]


async def test_a_higher_priority_calls_at_once_from_the_first_level(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, "报修：打印机卡纸了")
        await life.later(minutes=5)
        assert await _pages(life) == []

        await life.press(HE, "more")
        await life.fill(HE, "overrule", priority="P1", why="合同今天要打印")
        await life.later(minutes=6)

        assert await _pages(life) == [(5, ZHAO), (10, CHEN)]


async def test_a_thing_that_was_acknowledged_stays_quiet_when_its_priority_rises(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, "报修：打印机卡纸了")
        await life.press(CHEN, "acknowledge")

        await life.press(CHEN, "more")
        await life.fill(CHEN, "overrule", priority="P1", why="合同今天要打印")
        await life.later(minutes=30)

        assert await _pages(life) == []


async def test_a_policy_may_call_the_channel(tmp_path: Path) -> None:
    async with living(tmp_path, rules=_calling_the_channel()) as life:
        await life.say(LIN, OUTAGE)

        (call,) = [one for one in await life.cards(CHEN, IT_DESK) if one["mentions"]]

        assert await _pages(life) == []
        assert call["tone"] == "alarm"
        assert call["mentions"] == [f"local:{ZHAO}", f"local:{CHEN}"]
        await life.later(minutes=10)
        assert len([one for one in await life.cards(CHEN, IT_DESK) if one["mentions"]]) == 2


async def test_only_the_newest_page_is_kept_up_to_date_until_somebody_has_it(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.later(minutes=66)

        edited = [one["edited_at"] for one in await life.reads(SOFIA) if one["place"] == f"dm:{SOFIA}"]
        await life.press(SOFIA, "acknowledge")
        pages = [one for one in await life.cards(SOFIA, f"dm:{SOFIA}") if " · INC-1 · " in one["title"]]

        assert len(pages) == 6
        assert max(filter(None, edited[:-2])) <= (life.now - timedelta(minutes=10)).isoformat()
        assert all(said("en", "crew-accepted", holder="Sofia Keller") in page["lead"] for page in pages)
        assert not any("acknowledge" in verbs(page) for page in pages)


def _calling_the_channel() -> Rules:
    rules = the_rules()
    urgent = rules.policies[PolicyId("urgent")]
    to_channel = Step(after=timedelta(0), who=(Who(WhoKind.CHANNEL),))
    return replace(rules, policies={**rules.policies, urgent.id: replace(urgent, steps=(to_channel,))})


async def _pages(life: Life) -> list[tuple[int, str]]:
    """Who was paged, and how many minutes after the beginning; at one moment in the order of the crew."""
    return sorted([page for person in CREW for page in await _pages_of(life, person)], key=lambda page: page[0])


async def _pages_of(life: Life, person: str) -> list[tuple[int, str]]:
    found = await life.reads(person, lambda one: "card" in one and " · INC-" in one["card"]["title"])
    moments = [datetime.fromisoformat(one["at"]) for one in found if one["place"] == f"dm:{person}"]
    return [((moment - TUESDAY_10) // timedelta(minutes=1), person) for moment in moments]
