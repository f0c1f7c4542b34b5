"""The receipt: whoever asks for something knows at once what was understood, what is promised, and who has it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.journeys.life import (
    CHEN,
    EMMA,
    HE,
    IT_DESK,
    LIN,
    OUTAGE,
    SOFIA,
    WISH,
    YUE,
    ZHAO,
    fact,
    living,
    said,
    text_of,
    verbs,
)


async def test_a_request_is_answered_at_once_with_what_was_understood_and_what_is_promised(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)

        (receipt,) = await life.cards(LIN)

        assert receipt["title"] == f"INC-1 · {OUTAGE}"
        assert receipt["quote"] == OUTAGE
        assert "故障" in fact(receipt, "类型")
        assert "“登不上去”" in fact(receipt, "类型")
        assert fact(receipt, "优先级").startswith("P1 特急 = 影响高 × 紧急高")
        assert "“全公司”" in fact(receipt, "优先级")
        assert "2026-03-03（周二）10:30（UTC+8）" in fact(receipt, "首次响应")
        assert "2026-03-03（周二）11:00（UTC+8）" in fact(receipt, "进展通报")
        assert "2026-03-03（周二）14:00（UTC+8）" in fact(receipt, "解决")
        assert fact(receipt, "处理人") == "还没有人（IT 服务台）"


async def test_everybody_reads_one_ticket_in_their_own_language_and_zone(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(EMMA, "Email is down for everybody in the company, customers are waiting, urgent!")
        await life.later(minutes=15)

        receipt, page = await life.receipt(EMMA), (await life.cards(SOFIA, f"dm:{SOFIA}"))[-1]
        channel, called = (await life.cards(ZHAO, IT_DESK))[0], (await life.cards(ZHAO, f"dm:{ZHAO}"))[-1]

        assert "by Tue 3 Mar 02:30 (UTC)" in fact(receipt, "First response")
        assert "by Tue 3 Mar 03:30 (UTC+1)" in fact(page, "First response")
        assert "2026-03-03（周二）10:30（UTC+8）" in fact(channel, "首次响应")
        assert "2026-03-03（周二）10:30（UTC+8）" in fact(called, "首次响应")
        assert {card["quote"] for card in (receipt, page, channel, called)} == {receipt["quote"]}


async def test_a_due_time_in_summer_is_printed_with_the_offset_of_summer(tmp_path: Path) -> None:
    async with living(tmp_path, start=datetime(2026, 7, 7, 8, 0, tzinfo=UTC)) as life:
        await life.say(EMMA, "VPN is down for everybody in London, nobody can work")

        receipt = await life.receipt(EMMA)

        assert "by Tue 7 Jul 09:30 (UTC+1)" in fact(receipt, "First response")


async def test_the_receipt_is_edited_in_place_and_a_new_message_comes_only_when_somebody_must_act(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        posted = [one["id"] for one in await life.reads(LIN)]

        leads = [(await life.receipt(LIN))["lead"]]
        for person, verb in ((LIN, "right"), (CHEN, "acknowledge"), (CHEN, "start")):
            await life.press(person, verb)
            leads.append((await life.receipt(LIN))["lead"])
        await life.fill(CHEN, "assign", to=ZHAO)
        leads.append((await life.receipt(LIN))["lead"])
        unchanged = [one["id"] for one in await life.reads(LIN)]
        await life.fill(ZHAO, "ask", why="能打开网页版邮箱吗？")

        assert unchanged == posted
        assert len(set(leads)) == len(leads)
        assert said("zh", "receipt-in_progress", holder="陈思远") in leads[3]
        assert said("zh", "receipt-in_progress", holder="赵磊") in leads[4]
        question = (await life.cards(LIN))[-1]
        assert len(await life.reads(LIN)) == len(posted) + 1
        assert question["quote"] == "能打开网页版邮箱吗？"


async def test_words_in_a_channel_become_a_ticket_whose_receipt_only_its_author_reads(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(CHEN, "大家早上好", place=IT_DESK)
        await life.say(CHEN, "@服务铃 我的显示器坏了，一直黑屏", place=IT_DESK)

        ticket = await life.ticket()
        answers = [one for one in await life.reads(CHEN, lambda one: "card" in one) if one["only_you"]]

        assert ticket.words == "我的显示器坏了，一直黑屏"
        assert ticket.requester == CHEN
        assert (await life.receipt(CHEN))["title"].startswith("INC-1 · ")
        assert [one["place"] for one in answers] == [IT_DESK]
        assert answers[0]["card"]["title"] == said("zh", "raised-receipt-elsewhere")
        assert not [one for one in await life.reads(HE) if one["only_you"]]


async def test_a_greeting_makes_no_ticket_but_its_words_can_still_become_one(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(EMMA, "hello")
        greeting = (await life.cards(EMMA))[-1]
        before = await life.store.reads.tickets(only_open=False)

        await life.press(EMMA, "draft")
        await life.press(EMMA, "draft")

        assert before == []
        assert "draft" in verbs(greeting)
        (filed,) = await life.store.reads.tickets(only_open=False)
        assert filed.ticket.words == "hello"
        assert (await life.cards(EMMA))[-1]["title"] == said("en", "draft-used")


async def test_a_private_matter_stays_out_of_the_channel(tmp_path: Path) -> None:
    words = "收到一封可疑邮件，点了链接，电脑好像中病毒了"
    async with living(tmp_path) as life:
        await life.say(YUE, words)

        (card,) = await life.cards(HE, IT_DESK)
        await life.say(HE, "@服务铃 #1", place=IT_DESK)
        shown = [one for one in await life.reads(HE, lambda one: "card" in one) if one["only_you"]]
        await life.say(EMMA, "#1")

        assert "可疑邮件" not in text_of(card)
        assert "王悦" not in text_of(card)
        assert words in text_of(shown[-1]["card"])
        assert (await life.cards(EMMA))[-1]["title"] == said("en", "refusal-not_found")


async def test_a_language_once_chosen_holds_for_old_receipts_and_new_ones_and_after_a_restart(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(LIN, OUTAGE)
        await life.say(LIN, "English")
        await life.press(CHEN, "acknowledge")

        assert (await life.receipt(LIN))["lead"].startswith(said("en", "receipt-accepted", holder="陈思远"))
        assert (await life.cards(CHEN, IT_DESK))[0]["lead"].startswith(said("zh", "crew-accepted", holder="陈思远"))
        moment = life.now

    async with living(tmp_path, start=moment) as life:
        await life.say(LIN, "打印机卡纸了")

        assert fact(await life.receipt(LIN, 2), "Kind").startswith("Incident")


async def test_a_service_request_in_english_has_a_receipt_of_its_own_kind(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        await life.say(EMMA, f"request: {WISH}")

        receipt = await life.receipt(EMMA)

        assert receipt["title"] == f"REQ-1 · {WISH}"
        assert fact(receipt, "Kind").startswith("Service request")
        assert "working time" in fact(receipt, "Resolution")
        assert receipt["lead"].startswith(said("en", "receipt-new", team="IT desk"))
