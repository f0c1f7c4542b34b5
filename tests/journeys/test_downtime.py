"""Downtime: when the desk comes back, each overdue step is said once, marked late, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from bot.domain.ids import Status
from tests.journeys.life import (
    CHEN,
    HE,
    LIN,
    OUTAGE,
    SOFIA,
    TUESDAY_10,
    YUE,
    ZHAO,
    Life,
    Message,
    living,
    said,
)

AFTER_THREE_HOURS = TUESDAY_10 + timedelta(hours=3)
RESPONSE_BROKEN = said("zh", "breach-title", clock="首次响应", ref="INC-1")
UPDATE_BROKEN = said("zh", "breach-title", clock="进展通报", ref="INC-1")


async def test_after_hours_away_only_the_highest_missed_level_is_called_and_says_why_so_late(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.later(minutes=1)

    async with living(tmp_path, start=AFTER_THREE_HOURS) as life:
        calls = await life.happened("called")
        english, chinese = (await _pages(life, SOFIA))[-1], (await _pages(life, HE))[-1]

        assert [(one.facts["level"], one.facts["missed"], one.facts["late"]) for one in calls] == [
            (1, (), False),
            (3, (2,), True),
        ]
        assert await _pages(life, CHEN) == []
        assert len(await _pages(life, ZHAO)) == 1
        away = said("en", "a-span", since="03:01", until="06:00", offset="UTC+1")
        assert said("en", "late-down", by="2 h 45 min", span=away) in english["lead"]
        assert said("en", "page-missed", levels="2") in english["lead"]
        away = said("zh", "a-span", since="10:01", until="13:00", offset="UTC+8")
        assert said("zh", "late-down", by="2 小时 45 分", span=away) in chinese["lead"]


async def test_the_calls_go_on_from_there_in_their_usual_rhythm(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.later(minutes=1)

    async with living(tmp_path, start=AFTER_THREE_HOURS) as life:
        await life.later(minutes=9, seconds=59)
        before = len(await life.happened("called"))
        await life.later(seconds=1)
        after = await life.happened("called")
        await life.press(HE, "acknowledge")
        await life.later(minutes=29)

        assert (before, len(after)) == (2, 3)
        assert after[-1].facts["late"] is False
        assert await life.happened("called") == after


async def test_each_promise_that_ran_out_meanwhile_is_said_once_with_its_own_instant(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(ZHAO, "acknowledge")
        await life.later(minutes=1)

    async with living(tmp_path, start=AFTER_THREE_HOURS) as life:
        await life.later(minutes=2)
        broken = await life.happened("broken")
        told = {title: await _times(life, HE, f"dm:{HE}", title) for title in (RESPONSE_BROKEN, UPDATE_BROKEN)}

        assert {one.facts["clock"]: one.facts["due"] for one in broken} == {
            "response": TUESDAY_10 + timedelta(minutes=30),
            "update": TUESDAY_10 + timedelta(minutes=60),
        }
        assert all(one.facts["late"] and one.facts["down_until"] == AFTER_THREE_HOURS for one in broken)
        assert await life.happened("warned") == []
        assert set(told.values()) == {1}
        card = next(one for one in await life.cards(HE, f"dm:{HE}") if one["title"] == RESPONSE_BROKEN)
        away = said("zh", "a-span", since="10:01", until="13:00", offset="UTC+8")
        assert said("zh", "late-down", by="2 小时 30 分", span=away) in card["lead"]


async def test_coming_back_twice_says_nothing_twice(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.later(minutes=1)
    seen = []
    for moment in (AFTER_THREE_HOURS, AFTER_THREE_HOURS + timedelta(seconds=10)):
        async with living(tmp_path, start=moment) as life:
            seen.append([len(await life.reads(person)) for person in (LIN, ZHAO, CHEN, HE, SOFIA)])
            seen.append([len(await life.history())])

    assert seen[:2] == seen[2:]


async def test_a_short_restart_is_no_downtime(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.later(minutes=4, seconds=50)

    async with living(tmp_path, start=life.now + timedelta(seconds=30)) as life:
        second = (await life.happened("called"))[-1]

        assert life.house.app.down is None
        assert (second.facts["level"], second.facts["late"], second.facts["missed"]) == (2, False, ())
        assert "停机" not in (await _pages(life, CHEN))[-1]["lead"]


async def test_what_the_requester_wrote_in_the_last_moment_is_answered_after_the_downtime(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        life.house.app.reception.close()
        kept = await life.web.post("/api/say", json=life.saying(LIN, OUTAGE)[1])
        assert kept.json()["kept"]

    async with living(tmp_path, start=AFTER_THREE_HOURS) as life:
        receipt = await life.receipt(LIN)

        assert receipt["quote"] == OUTAGE
        assert len(await _pages(life, ZHAO)) == 1
        assert len(await life.store.reads.tickets()) == 1


async def test_a_ticket_whose_time_to_close_passed_meanwhile_is_closed_once(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.fill(CHEN, "resolve", solution="证书已更换")

    async with living(tmp_path, start=datetime(2026, 3, 11, 2, 0, tzinfo=UTC)) as life:
        ticket = await life.ticket()

        assert ticket.status is Status.CLOSED
        assert [one.facts["to"] for one in await life.happened("moved")] == ["resolved", "closed"]


async def test_many_overdue_tickets_are_each_called_once_after_a_downtime(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.together(*(life.saying(YUE, OUTAGE) for _ in range(25)))

    async with living(tmp_path, start=AFTER_THREE_HOURS) as life:
        calls = [await life.happened("called", number) for number in range(1, 26)]
        broken = [await life.happened("broken", number) for number in range(1, 26)]

        assert {tuple(one.facts["level"] for one in lines) for lines in calls} == {(1, 3)}
        assert {len(lines) for lines in broken} == {2}
        flood = [card for card in await life.cards(HE, f"dm:{HE}") if card["title"].startswith("25 ")]
        assert len(flood) == 1  # one page that counts, and says why it comes so late
        assert said("zh", "late-down", by="2 小时 45 分", span="10:00–13:00（UTC+8）") in flood[0]["lead"]
        assert await _pages(life, HE) == []
        letters = [await life.store.reads.letter(key) for key in await _calls_to(life, HE)]
        assert None not in letters
        assert (len(letters), await life.store.reads.waiting_letters()) == (25, 0)
        assert await life.store.reads.dead_letters() == []
        assert (await life.store.verify_history()).broken is None


async def test_a_clock_set_back_over_a_restart_loses_and_repeats_nothing(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.later(minutes=6)
        called = await life.happened("called")

    async with living(tmp_path, start=TUESDAY_10 + timedelta(minutes=2)) as life:
        await life.later(minutes=5)

        assert await life.happened("called") == called
        await life.later(minutes=9)
        assert [one.facts["level"] for one in await life.happened("called")] == [1, 2, 3]
        assert len(await _pages(life, CHEN)) == 1


async def _pages(life: Life, person: str) -> list[Message]:
    return [card for card in await life.cards(person, f"dm:{person}") if " · INC-" in card["title"]]


async def _calls_to(life: Life, person: str) -> list[str]:
    """The keys of the letters that call this person, one for each ticket that does."""
    return [
        f"{number}:{line.entry}:page:person:{person}"
        for number in range(1, 26)
        for line in await life.happened("called", number)
        if person in cast(Sequence[str], line.facts["people"])
    ]


async def _times(life: Life, person: str, place: str, title: str) -> int:
    return (await life.titles(person, place)).count(title)
