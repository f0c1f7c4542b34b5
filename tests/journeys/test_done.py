"""Done: the requester hears what was done, says how good it was, and silence closes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

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
    living,
    said,
    verbs,
)

REPLACED = "证书已更换，邮箱可以正常登录了。"


async def test_the_requester_hears_what_was_done_and_is_asked_whether_it_works(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.fill(CHEN, "resolve", solution=REPLACED)

        done = (await life.cards(LIN))[-1]

        assert (await life.ticket()).status is Status.RESOLVED
        assert done["title"].startswith("INC-1 ")
        assert done["quote"] == REPLACED
        assert [one["subject"] for one in done["actions"]] == ["1:5", "1:4", "1:3", "1:2", "1:1", "1"]
        assert "reopen" in verbs(done)
        assert REPLACED in (await life.receipt(LIN))["lead"]


async def test_a_request_is_fulfilled_and_not_resolved(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(EMMA, f"request: {WISH}")
        await life.fill(CHEN, "resolve", solution="You have access now.")

        assert (await life.ticket()).status is Status.FULFILLED
        assert (await life.cards(EMMA))[-1]["lead"] == said("en", "done-asks-request", by="陈思远")


async def test_nothing_can_be_done_without_saying_what(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.fill(CHEN, "resolve", solution="  \u200b ")

        assert (await life.ticket()).is_open
        assert (await life.cards(CHEN))[-1]["title"] == said("zh", "refusal-missing", what=said("zh", "field-solution"))


async def test_one_tap_rates_and_closes(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.fill(CHEN, "resolve", solution=REPLACED)
        await life.press(LIN, "rate", "1:4")

        ticket = await life.ticket()
        card = next(card for card in await life.cards(LIN) if card["quote"] == REPLACED)

        assert (ticket.status, ticket.rating, ticket.over_at) == (Status.CLOSED, 4, life.now)
        assert card["lead"] == said("zh", "done-rated", stars="★★★★☆")
        assert "rate" not in verbs(card)
        assert (await life.cards(LIN))[-1]["title"] == said("zh", "rated-well")
        assert await life.titles(HE, f"dm:{HE}") == []


async def test_a_bad_rating_reaches_the_lead(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.fill(CHEN, "resolve", solution=REPLACED)

        await life.press(LIN, "rate", "1:1")

        (told,) = await life.cards(HE, f"dm:{HE}")
        assert told["title"] == said("zh", "low-rating-title", ref="INC-1", requester="林夏", stars="★☆☆☆☆")
        assert REPLACED in str(told["facts"])
        assert (await life.cards(LIN))[-1]["title"] == said("zh", "rated-badly")


async def test_rating_twice_keeps_the_first(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.fill(CHEN, "resolve", solution=REPLACED)

        await life.together(await life.pressing(LIN, "rate", "1:5"), await life.pressing(LIN, "rate", "1:1"))

        assert len(await life.happened("rated")) == 1
        assert (await life.ticket()).rating == (await life.happened("rated"))[0].facts["stars"]
        assert said("zh", "refusal-already_done_you", ref="INC-1") in await life.titles(LIN)


async def test_silence_closes_after_three_working_days_and_says_nothing_new(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.fill(CHEN, "resolve", solution=REPLACED)
        before = len(await life.reads(LIN))

        await life.until(datetime(2026, 3, 6, 9, 59, tzinfo=UTC))
        still = (await life.ticket()).status
        await life.until(datetime(2026, 3, 6, 10, 1, tzinfo=UTC))

        assert still is Status.RESOLVED
        assert (await life.ticket()).status is Status.CLOSED
        (closed,) = [one for one in await life.happened("moved") if one.facts["to"] == "closed"]
        assert (closed.by, closed.facts["why"]) == ("desk", "silence")
        assert len(await life.reads(LIN)) == before


async def test_thanks_reopen_nothing_and_bring_the_question_how_good_it_was(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.fill(CHEN, "resolve", solution=REPLACED)

        await life.say(LIN, "谢谢！👍")

        assert (await life.ticket()).status is Status.RESOLVED
        assert said("zh", "thanks-back") in await life.titles(LIN)
        assert "rate" in verbs((await life.cards(LIN))[-1])


async def test_after_the_end_nothing_is_sent_to_anybody(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.say(LIN, OUTAGE)
        await life.fill(CHEN, "resolve", "1", solution=REPLACED)
        await life.press(CHEN, "more", "2")
        await life.fill(CHEN, "cancel", "2", why="与 INC-1 重复")
        everybody = (LIN, ZHAO, CHEN, HE)
        before = [len(await life.reads(person)) for person in everybody]

        await life.later(hours=14)

        assert [len(await life.reads(person)) for person in everybody] == before
        assert "与 INC-1 重复" in (await life.receipt(LIN, 2))["lead"]
        for number in (1, 2):
            assert (await life.ticket(number)).chase is None
            assert await life.happened("broken", number) == []


async def test_words_to_something_done_are_kept_and_offer_to_open_it_again(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.fill(CHEN, "resolve", solution=REPLACED)
        await life.later(minutes=5)

        await life.say(LIN, "#1 顺便问一下，手机上也要重新登录吗")

        (words,) = await life.happened("commented")
        assert words.facts["words"] == "顺便问一下，手机上也要重新登录吗"
        assert (await life.ticket()).status is Status.RESOLVED
        answer = (await life.cards(LIN))[-1]
        assert verbs(answer) <= {"reopen", "rate"}
        assert (await life.cards(CHEN, f"dm:{CHEN}"))[-1]["quote"] == "顺便问一下，手机上也要重新登录吗"


async def test_a_breach_says_it_was_late_even_when_it_was_done_in_the_end(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.press(CHEN, "start")
        await life.later(hours=4, minutes=30)
        await life.fill(CHEN, "resolve", solution=REPLACED)

        ticket = (await life.cards(CHEN, IT_DESK))[0]

        late = next(one for one in ticket["facts"] if one["label"] == "解决")
        assert late["tone"] == "alarm"
        assert "14:30（UTC+8）" in late["value"]
        assert "14:00（UTC+8）" in late["value"]
        assert life.now - (await life.ticket()).created_at == timedelta(hours=4, minutes=30)
