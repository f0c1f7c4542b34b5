"""Somebody writes to the desk: which conversation it is, and what becomes of the words."""

from __future__ import annotations

from bot.domain.commands import Nudge, Raise, Reopen, Resolve, Say
from bot.domain.ids import Status
from tests.domain.small_desk import CHEN, LIN, MEI, OLGA, STRANGER
from tests.handlers.small_house import SMALL_TALK, Heard, Read, SmallHouse, everything_on, labels, wish_of

VPN = "VPN连不上，明天要出差"


async def raised(house: SmallHouse, text: str = VPN) -> None:
    await house.says(text)
    house.desk.done.clear()


async def resolved(house: SmallHouse, text: str = VPN) -> None:
    await raised(house, text)
    await house.submits("resolve:1", {"solution": "重启了网关"}, by=CHEN)
    house.desk.done.clear()


async def asked(house: SmallHouse) -> None:
    await raised(house)
    await house.submits("ask:1", {"why": "哪台电脑？"}, by=LIN)
    house.desk.done.clear()


async def test_the_first_message_is_a_ticket_at_once_read_with_the_words_that_led_to_it() -> None:
    house = SmallHouse()
    house.readings[VPN] = Read(
        service="vpn",
        impact="low",
        urgency="high",
        evidence=(Heard("kind", "连不上", "incident"), Heard("kind", "?", "question", -0.5)),
    )

    answers = await house.says(VPN)

    assert answers == [], "the receipt is the answer"
    ticket = house.ticket()
    assert (ticket.words, ticket.kind, ticket.service, ticket.impact, ticket.urgency) == (
        VPN,
        "incident",
        "vpn",
        "low",
        "high",
    )
    assert [(clue.about, clue.words, clue.says) for clue in ticket.clues] == [("kind", "连不上", "incident")]
    assert not ticket.doubtful
    assert house.letters("receipt")[0].to == "local:dm:mei"


async def test_an_unsure_reading_raises_a_doubtful_ticket_all_the_same() -> None:
    house = SmallHouse()
    house.readings["急急急"] = Read(decision="ask", service=None, kind="question")

    await house.says("急急急")

    assert house.ticket().doubtful
    assert house.ticket().kind == "request"
    assert house.ticket().service == "other"


async def test_the_author_may_say_what_it_is_and_then_nothing_is_doubtful() -> None:
    house = SmallHouse()
    house.readings["新显示器"] = Read(decision="ask")

    await house.says("申请：新显示器")

    assert (house.ticket().kind, house.ticket().words, house.ticket().doubtful) == ("request", "新显示器", False)


async def test_a_bare_report_asks_for_the_words() -> None:
    house = SmallHouse()

    [card] = await house.says("报修")

    assert "一句话" in card.lead
    assert house.desk.done == []


async def test_in_a_channel_the_answer_is_a_whisper_and_the_receipt_goes_to_the_author() -> None:
    house = SmallHouse()

    [card] = await house.says(VPN, place="local:channel:all", private=False)

    assert "私聊" in card.title
    [whisper] = house.letters("card")
    assert (whisper.to, whisper.only) == ("local:channel:all", "local:mei")
    assert house.letters("receipt")[0].to == "local:dm:mei"


async def test_whoever_is_new_is_an_employee_in_the_language_they_write() -> None:
    house = SmallHouse()

    [card] = await house.says("我的工单", by="slack:U1", place="slack:D1")  # type: ignore[arg-type]  # a new identity

    known = house.people.who_is("local:slack:U1")
    assert known is not None
    assert (known.language, known.addresses) == ("zh", ("slack:D1",))
    assert card.title == "您没有未办完的工单。"


async def test_whoever_writes_from_a_new_place_can_be_reached_there() -> None:
    house = SmallHouse()

    await house.says(VPN, place="local:dm:phone")

    known = house.people.person(MEI)
    assert known is not None
    assert known.addresses == ("local:dm:mei", "local:dm:phone")


async def test_words_behind_a_number_belong_to_that_ticket() -> None:
    house = SmallHouse()
    await raised(house)

    [card] = await house.says("＃1 公司的网也一样")

    [command] = house.desk.done
    assert isinstance(command, Say)
    assert command.words == "公司的网也一样"
    assert "INC-1" in card.title


async def test_a_reply_to_our_message_belongs_to_its_ticket() -> None:
    house = SmallHouse()
    await raised(house)
    house.file.showings["message-7"] = house.ticket().id

    await house.says("公司的网也一样", reply_to="message-7")

    assert [type(command) for command in house.desk.done] == [Say]


async def test_a_number_alone_shows_the_ticket() -> None:
    house = SmallHouse()
    await raised(house)

    [card] = await house.says("INC-1")

    assert card.title.startswith("INC-1")
    assert "没错" in labels(card)


async def test_an_unknown_number_is_said_and_the_words_are_kept() -> None:
    house = SmallHouse()

    [card] = await house.says("#77 打印机又卡纸了")
    await house.presses(wish_of(card, "draft"))

    assert card.title == "没有这张工单，或者您无权查看。"
    assert house.ticket().words == "#77 打印机又卡纸了"


async def test_somebody_elses_ticket_is_as_unknown_as_none() -> None:
    house = SmallHouse()
    await raised(house)

    [theirs] = await house.says("#1", by=OLGA)
    [none] = await house.says("#99", by=OLGA)

    assert theirs == none


async def test_the_one_waiting_ticket_gets_the_answer_and_that_is_said() -> None:
    house = SmallHouse()
    await asked(house)

    [card] = await house.says("前台那台")

    [command] = house.desk.done
    assert isinstance(command, Say)
    assert command.words == "前台那台"
    assert house.ticket().status is Status.IN_PROGRESS
    assert "INC-1" in card.title


async def test_what_was_taken_for_the_answer_can_still_become_a_ticket_once() -> None:
    house = SmallHouse()
    await asked(house)
    [card] = await house.says("打印机也卡纸了")

    await house.presses(wish_of(card, "draft"))
    [again] = await house.presses(wish_of(card, "draft"))

    assert house.ticket(2).words == "打印机也卡纸了"
    assert len(house.file.saved) == 2
    assert again.title == "这段话已经建过单了。"


async def test_a_short_yes_is_an_answer_to_whoever_was_asked() -> None:
    house = SmallHouse()
    await asked(house)
    house.readings["好的"] = SMALL_TALK

    await house.says("好的")

    assert [type(command) for command in house.desk.done] == [Say]


async def test_thanks_are_no_answer_and_start_no_clock() -> None:
    house = SmallHouse()
    await asked(house)

    [card] = await house.says("谢谢")

    assert card.title == "不客气。"
    assert house.ticket().status is Status.WAITING_REQUESTER


async def test_with_two_waiting_tickets_the_words_are_a_new_one() -> None:
    house = SmallHouse()
    await asked(house)
    await house.says("#9999")
    await house.says("报修：邮箱满了")
    await house.submits("ask:2", {"why": "多大？"}, by=LIN)
    house.desk.done.clear()

    await house.says("打印机也坏了")

    assert [type(command) for command in house.desk.done] == [Raise]


async def test_thanks_after_something_was_done_ask_how_good_it_was_and_reopen_nothing() -> None:
    house = SmallHouse()
    await resolved(house)

    word, card = await house.says("谢谢！")

    assert word.title == "不客气。"
    assert labels(card)[:2] == ["5 ★", "4 ★"]
    assert house.ticket().status is Status.RESOLVED


async def test_thanks_in_a_reply_reopen_nothing_either() -> None:
    house = SmallHouse()
    await resolved(house)

    await house.says("#1 谢谢")

    assert house.desk.done == []


async def test_chit_chat_is_greeted_and_its_words_can_become_a_ticket() -> None:
    house = SmallHouse()
    house.readings["在吗?"] = SMALL_TALK

    [card] = await house.says("在吗?")
    await house.presses(wish_of(card, "draft"))

    assert len(card.lines) == 3
    assert house.ticket().words == "在吗?"


async def test_nobody_else_can_make_a_ticket_of_my_words() -> None:
    house = SmallHouse()
    house.readings["在吗?"] = SMALL_TALK
    [card] = await house.says("在吗?")

    [refused] = await house.presses(wish_of(card, "draft"), by=OLGA)

    assert house.file.saved == {}
    assert "I do not know this button" in refused.title


async def test_is_it_fixed_yet_shows_the_one_open_ticket_with_a_button_to_nudge() -> None:
    house = SmallHouse()
    await raised(house)

    receipt, card = await house.says("修好了吗？")

    assert receipt.title.startswith("INC-1")
    assert labels(card) == ["催单", "不是，这是新问题"]
    assert house.desk.done == []


async def test_urging_nudges_at_once_and_changes_no_priority() -> None:
    house = SmallHouse()
    await raised(house)
    before = house.ticket().priority

    answer, _ = await house.says("催一下")

    assert [type(command) for command in house.desk.done] == [Nudge]
    assert house.ticket().priority is before
    assert "优先级不变" in answer.lead


async def test_is_it_fixed_yet_with_several_open_tickets_lists_them() -> None:
    house = SmallHouse()
    await raised(house)
    await house.says("打印机卡纸")

    [card] = await house.says("有进展吗")

    assert len(card.lines) == 2
    assert labels(card) == ["INC-1", "INC-2", "不是，这是新问题"]


async def test_is_it_fixed_yet_without_any_ticket_is_a_new_one() -> None:
    house = SmallHouse()

    await house.says("网络什么时候能好？")

    assert house.ticket().words == "网络什么时候能好？"


async def test_is_it_fixed_yet_after_it_was_done_says_so() -> None:
    house = SmallHouse()
    await resolved(house)

    receipt, card = await house.says("修好了吗")

    assert "还没好" in labels(receipt)
    assert "INC-1" in card.lead


async def test_still_broken_in_a_reply_opens_it_again() -> None:
    house = SmallHouse()
    await resolved(house)

    [card] = await house.says("#1 还是不行")

    [command] = house.desk.done
    assert isinstance(command, Reopen)
    assert command.words == "还是不行"
    assert house.ticket().status is Status.IN_PROGRESS
    assert "已重开" in card.title


async def test_still_broken_without_a_number_opens_the_only_thing_that_was_done() -> None:
    house = SmallHouse()
    await resolved(house)

    await house.says("还是连不上")

    assert [type(command) for command in house.desk.done] == [Reopen]


async def test_still_broken_after_the_grace_period_is_a_new_ticket_linked_to_the_old() -> None:
    house = SmallHouse()
    await resolved(house)
    await house.passes(days=14)
    house.desk.done.clear()

    [card] = await house.says("#1 还是不行")

    [command] = house.desk.done
    assert isinstance(command, Raise)
    assert (command.sequel_of, command.words, command.service) == (1, "还是不行", "email")
    assert "INC-1" in card.title


async def test_the_button_still_broken_makes_one_new_ticket_after_the_grace_period_however_often_it_is_pressed() -> (
    None
):
    house = SmallHouse()
    await resolved(house)
    await house.passes(days=14)

    await house.presses("reopen:1")
    [again] = await house.presses("reopen:1")

    assert house.ticket(2).sequel_of == 1
    assert len(house.file.saved) == 2
    assert "后续工单" in again.title


async def test_other_words_on_something_done_are_added_and_do_not_reopen_it() -> None:
    house = SmallHouse()
    await resolved(house)

    [card] = await house.says("#1 顺便问一下，密码要改吗")

    assert [type(command) for command in house.desk.done] == [Say]
    assert house.ticket().status is Status.RESOLVED
    assert labels(card) == ["还没好"]


async def test_commands_count_in_a_reply_too() -> None:
    house = SmallHouse()
    await raised(house)
    house.file.showings["message-7"] = house.ticket().id

    await house.says("撤单", reply_to="message-7")

    assert house.ticket().status is Status.CANCELLED


async def test_the_crew_works_by_text() -> None:
    house = SmallHouse()
    await raised(house)

    await house.says("ack #1", by=LIN)
    await house.says("#1 解决 换了网线", by=LIN)

    assert house.ticket().status is Status.RESOLVED
    assert isinstance(house.desk.done[-1], Resolve)
    assert house.ticket().solution == "换了网线"


async def test_cancel_without_a_number_asks_first() -> None:
    house = SmallHouse()
    await raised(house)

    [card] = await house.says("取消")
    assert house.desk.done == []
    await house.presses(wish_of(card, "drop"))

    assert "INC-1" in card.title
    assert house.ticket().status is Status.CANCELLED


async def test_start_greets_those_who_ask_and_starts_work_for_those_who_work() -> None:
    house = SmallHouse()
    await raised(house)

    [greeting] = await house.says("/start")
    await house.says("#1 start", by=LIN)

    assert len(greeting.lines) == 3
    assert house.ticket().status is Status.IN_PROGRESS


async def test_whoever_works_there_may_also_work_on_what_they_raised_themselves() -> None:
    house = SmallHouse()
    await house.says("投影仪坏了", by=LIN)

    await house.says("解决 #1 换了灯泡", by=LIN)

    assert house.ticket().status is Status.RESOLVED


async def test_from_the_requester_the_crews_commands_are_words() -> None:
    house = SmallHouse()
    await raised(house)

    await house.says("#1 解决 不了吗")

    assert [type(command) for command in house.desk.done] == [Say]


async def test_the_crews_comment_goes_to_the_requester_and_is_not_taken_for_a_reopening() -> None:
    house = SmallHouse()
    await raised(house)

    [card] = await house.says("#1 still broken at the supplier, we are on it", by=CHEN)

    assert [type(command) for command in house.desk.done] == [Say]
    assert card.title == "Passed on to Mei (INC-1)."


async def test_nobody_elses_reply_in_a_channel_gets_into_the_ticket() -> None:
    house = SmallHouse()
    await raised(house)
    house.file.showings["message-7"] = house.ticket().id

    [card] = await house.says(
        "what is this?", by=STRANGER, place="local:channel:desk", private=False, reply_to="message-7"
    )

    assert house.desk.done == []
    assert VPN not in everything_on(card)


async def test_my_tickets_are_listed_and_having_none_is_said() -> None:
    house = SmallHouse()

    [none] = await house.says("my tickets", by=OLGA)
    await house.says("Printer jams", by=OLGA)
    [one] = await house.says("my tickets", by=OLGA)

    assert none.title == "You have no open tickets."
    assert one.title == "You have one open ticket"
    assert "Printer jams" in one.lines[0]


async def test_the_queue_is_for_those_who_work_there() -> None:
    house = SmallHouse()
    await raised(house)

    [mine] = await house.says("queue", by=LIN)
    [refused] = await house.says("queue", by=OLGA)

    assert VPN in mine.lines[0]
    assert refused.title == "That is not yours to do."


async def test_everybody_may_ask_who_is_on_call() -> None:
    house = SmallHouse()

    [card] = await house.says("who is on call?", by=OLGA)

    assert [(one.label, one.value) for one in card.facts] == [
        ("IT desk", "Lin, then Chen (always)"),
        ("Network", "Chen (always)"),
    ]


async def test_the_language_changes_at_a_word_and_stays() -> None:
    house = SmallHouse()

    [switched] = await house.says("English")
    [later] = await house.says("我的工单")

    assert switched.title == "All right, English it is."
    assert later.title == "You have no open tickets."


async def test_an_unknown_command_gets_help_and_no_ticket() -> None:
    house = SmallHouse()

    [card] = await house.says("/frobnicate")

    assert "我的工单" in everything_on(card)
    assert house.file.saved == {}


async def test_the_crew_is_told_more_in_the_help() -> None:
    house = SmallHouse()

    [for_mei] = await house.says("help")
    [for_lin] = await house.says("help", by=LIN)

    assert len(for_lin.lines) == len(for_mei.lines) + 4
