"""At the same moment: whoever does what together with whom, everything is whole and everybody gets an answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.ids import Status
from bot.services.ports import Arrival
from storage.engine import open_store
from storage.errors import AlreadyOpen
from tests.journeys.life import (
    CHEN,
    EMMA,
    HE,
    IT_DESK,
    LIN,
    OUTAGE,
    TUESDAY_10,
    WISH,
    YUE,
    ZHAO,
    living,
    said,
    text_of,
)


async def test_a_redelivery_with_the_same_key_changes_nothing_and_says_so(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        first = await life.deed(*life.saying(LIN, OUTAGE, key="slow-network"))
        seen = await life.reads(LIN)
        again = await life.together(*(life.saying(LIN, OUTAGE, key="slow-network") for _ in range(5)))

        assert (first.json()["again"], [one.json()["again"] for one in again]) == (False, [True] * 5)
        assert len(await life.store.reads.tickets()) == 1
        assert await life.reads(LIN) == seen

    async with living(tmp_path, start=TUESDAY_10 + timedelta(seconds=20)) as life:
        late = await life.deed(*life.saying(LIN, OUTAGE, key="slow-network"))

        assert late.json()["again"]
        assert len(await life.store.reads.tickets()) == 1


async def test_a_press_delivered_five_times_is_one_change(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        press = await life.pressing(CHEN, "start")
        seen = len(await life.reads(CHEN))

        await life.together(*[press] * 5)

        assert len(await life.happened("moved")) == 1
        assert len(await life.reads(CHEN)) == seen


async def test_one_bad_command_among_many_spoils_no_other(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        message = (await life.reads(EMMA, lambda _: True) or await life.reads(LIN))[-1]["id"]
        await life.say(EMMA, "hello")
        mine = (await life.reads(EMMA))[-1]["id"]
        bad = [("press", {"as": EMMA, "message": mine, "wish": wish}) for wish in ("rate:1:9", "resolve:1", "?:1")]
        foreign = ("press", {"as": EMMA, "message": message, "wish": "drop:1"})

        answers = await life.together(
            *(life.saying(YUE, f"报修：第 {number} 台打印机卡纸") for number in range(15)),
            *bad,
            foreign,
            *(life.saying(EMMA, f"request: {WISH} ({number})") for number in range(15)),
            await life.pressing(ZHAO, "acknowledge", "1"),
        )

        assert [one.status_code for one in answers if one.status_code != 200] == [404]
        tickets = await life.store.reads.tickets(limit=100)
        assert len(tickets) == 31
        assert len({one.ticket.words for one in tickets}) == 31
        assert (await life.ticket()).holder == ZHAO
        assert len([title for title in await life.titles(EMMA) if title.startswith("REQ-")]) == 15
        assert (await life.store.verify_history()).broken is None


async def test_what_one_person_does_happens_in_the_order_in_which_they_did_it(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.together(
            life.saying(LIN, OUTAGE),
            life.saying(LIN, "#1 第一句"),
            life.saying(LIN, "#1 第二句"),
            life.saying(LIN, "撤单 #1 自己好了"),
            life.saying(LIN, "#1 第三句"),
        )

        assert [one.facts["words"] for one in await life.happened("commented")] == ["第一句", "第二句"]
        assert (await life.ticket()).cancelled_because == "自己好了"
        assert (await life.ticket(2)).sequel_of == 1


async def test_two_who_resolve_together_leave_one_solution_and_the_other_gets_their_words_back(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        solutions = {CHEN: "重启了服务器", ZHAO: "更换了证书"}

        await life.together(
            *(
                ("submit", {"as": person, "wish": "resolve:1", "answers": {"solution": words}})
                for person, words in solutions.items()
            )
        )

        ticket = await life.ticket()
        (resolved,) = [one for one in await life.happened("moved") if one.facts["to"] == "resolved"]
        (loser,) = solutions.keys() - {resolved.by}
        assert ticket.solution == solutions[resolved.by]
        refusal = (await life.cards(loser, f"dm:{loser}"))[-1]
        assert refusal["quote"] == solutions[loser]
        assert (await life.titles(LIN)).count((await life.titles(LIN))[-1]) == 1


async def test_an_answer_and_a_resolution_at_the_same_moment_lose_neither(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.fill(CHEN, "ask", why="现在呢？")

        await life.together(
            life.saying(LIN, "#1 现在可以登录了"),
            ("submit", {"as": CHEN, "wish": "resolve:1", "answers": {"solution": "更换了证书"}}),
        )

        assert [one.facts["words"] for one in await life.happened("commented")] == ["现在可以登录了"]
        assert (await life.ticket()).status is Status.RESOLVED


async def test_an_acknowledgement_in_the_very_moment_of_the_next_call_is_whole_either_way(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.later(minutes=4, seconds=59)
        press = await life.pressing(ZHAO, "acknowledge")

        life.clock.time.jump_to(TUESDAY_10 + timedelta(minutes=5))
        await life.together(press)
        await life.later(minutes=30)

        acknowledged = (await life.happened("acknowledged"))[0]
        calls = await life.happened("called")
        assert acknowledged.facts["after_calls"] == len(calls)
        assert all(one.entry < acknowledged.entry for one in calls)
        assert (await life.ticket()).chase is None


@pytest.mark.parametrize("after", [0, 1, 2, 4, 7, 12])
async def test_a_caller_who_hangs_up_leaves_nothing_half_done(tmp_path: Path, after: int) -> None:
    async with living(tmp_path) as life:
        caller = asyncio.ensure_future(life.web.post("/api/say", json=life.saying(LIN, OUTAGE, key="k")[1]))
        for _ in range(after):
            await asyncio.sleep(0)
        caller.cancel()
        await asyncio.wait({caller})
        await life.later(seconds=0)
        tickets = len(await life.store.reads.tickets())

        again = await life.deed(*life.saying(LIN, OUTAGE, key="k"))

        assert again.json()["again"] is (tickets == 1)
        assert len(await life.store.reads.tickets()) == 1
        assert len([one for one in await life.reads(LIN) if one.get("text") == OUTAGE]) == 1
        assert (await life.receipt(LIN))["quote"] == OUTAGE


async def test_a_stop_in_the_middle_of_everything_loses_nothing_that_was_accepted(tmp_path: Path) -> None:
    words = [f"报修：第 {number} 台打印机卡纸" for number in range(40)]
    async with living(tmp_path) as life:
        calls = [
            asyncio.ensure_future(life.web.post("/api/say", json=life.saying(person, one)[1]))
            for one, person in zip(words, [LIN, YUE, CHEN, HE] * 10, strict=True)
        ]
        await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        life.house.app.stop()
        answers = await asyncio.gather(*calls, return_exceptions=True)
    accepted = [
        one
        for one, answer in zip(words, answers, strict=True)
        if not isinstance(answer, BaseException) and answer.status_code == 200
    ]

    async with living(tmp_path, start=TUESDAY_10 + timedelta(seconds=10)) as life:
        stored = sorted(one.ticket.words for one in await life.store.reads.tickets(limit=100))

        assert accepted
        assert {one.removeprefix("报修：") for one in accepted} <= set(stored)
        assert len(set(stored)) == len(stored)
        shown = "\n".join(map(text_of, await life.cards(CHEN, IT_DESK)))
        assert all(f"INC-{number} " in shown for number in range(1, len(stored) + 1))
        assert (await life.store.verify_history()).broken is None


async def test_a_lane_that_was_cut_off_goes_on_in_its_order_after_a_restart(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        life.house.app.reception.close()
        for words in ("#1 第一句", "#1 第二句", "撤单 #1 自己好了"):
            answer = await life.web.post("/api/say", json=life.saying(LIN, words)[1])
            assert answer.json()["kept"]
        assert await life.happened("commented") == []

    async with living(tmp_path, start=TUESDAY_10 + timedelta(seconds=30)) as life:
        assert [one.facts["words"] for one in await life.happened("commented")] == ["第一句", "第二句"]
        assert (await life.ticket()).cancelled_because == "自己好了"
        assert len(await life.happened("called")) == 1


async def test_something_in_the_inbox_that_nobody_can_read_holds_up_nobody(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "desk.db", now=TUESDAY_10)
    async with store.transaction() as unit:
        await unit.keep([Arrival("junk:1", "local", f"local:{LIN}", "{not json", TUESDAY_10)])
    await store.close()

    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)

        assert (await life.ticket()).words == OUTAGE
        assert await life.store.reads.waiting_arrivals() == 0


async def test_there_is_one_desk_for_each_database(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        with pytest.raises(AlreadyOpen):
            await open_store(tmp_path / "desk.db", now=TUESDAY_10)
        (tmp_path / "door").mkdir()
        (tmp_path / "door" / "desk.db").symlink_to(tmp_path / "desk.db")
        with pytest.raises(AlreadyOpen):
            await open_store(tmp_path / "door" / "desk.db", now=TUESDAY_10)

        await life.say(LIN, OUTAGE)

        assert (await life.ticket()).words == OUTAGE


async def test_thirty_people_at_once_are_all_answered(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.together(*(life.saying(person, OUTAGE) for person in [LIN, EMMA, YUE] * 10))

        for person in (LIN, EMMA, YUE):
            receipts = [title for title in await life.titles(person, f"dm:{person}") if title.startswith("INC-")]
            assert len(receipts) == 10
        assert await life.store.reads.waiting_arrivals() == 0
        assert await life.store.reads.waiting_letters() == 0
        assert said("zh", "apology-title") not in await life.titles(LIN)
