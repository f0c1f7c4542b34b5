"""What is a command and what are somebody's own words, by table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from handlers import asking, language, linking, on_call, raising, rating, working
from handlers.forms import FORMS as OPENED
from handlers.routes import FORMS, PRESSES, WORDS, is_unknown_command, spoken
from handlers.steps import BY_WISH, STEPS


@pytest.mark.parametrize(
    ("text", "handler", "number", "rest"),
    [
        ("help", asking.help_me, None, ""),
        ("Help!", asking.help_me, None, ""),
        ("/help", asking.help_me, None, ""),
        ("/desk help", asking.help_me, None, ""),
        ("/desk", asking.help_me, None, ""),
        ("/help@deskbell_bot", asking.help_me, None, ""),
        ("帮助", asking.help_me, None, ""),
        ("/start", linking.opened, None, ""),
        ("my tickets", asking.mine, None, ""),
        ("/my_tickets", asking.mine, None, ""),
        ("My  Tickets?", asking.mine, None, ""),
        ("我的工单", asking.mine, None, ""),
        ("queue", asking.queue, None, ""),
        ("队列", asking.queue, None, ""),
        ("who's on call?", on_call.now, None, ""),
        ("/oncall", on_call.now, None, ""),
        ("值班", on_call.now, None, ""),
        ("status", asking.show, None, ""),
        ("status 42", asking.show, 42, ""),
        ("status #42", asking.show, 42, ""),
        ("查询＃４２", asking.show, 42, ""),
        ("查询 42", asking.show, 42, ""),
        ("/status INC-42", asking.show, 42, ""),
        ("催单 #42", working.nudge, 42, ""),
        ("催单42", working.nudge, 42, ""),
        ("nudge inc-42", working.nudge, 42, ""),
        ("撤单 #42", working.cancel, 42, ""),
        ("撤单42，已经好了", working.cancel, 42, "已经好了"),
        ("cancel #42 works again", working.cancel, 42, "works again"),
        ("取消 42", working.cancel, 42, ""),
        ("never mind #42", working.cancel, 42, ""),
        ("重开 42 还是不行", working.reopen, 42, "还是不行"),
        ("reopen", working.reopen, None, ""),
        ("报修：打印机卡纸", raising.report, None, "打印机卡纸"),
        ("报修 打印机卡纸", raising.report, None, "打印机卡纸"),
        ("/report the printer jams", raising.report, None, "the printer jams"),
        ("report: the printer jams", raising.report, None, "the printer jams"),
        ("申请", raising.request, None, ""),
        ("ack 42", working.acknowledge, 42, ""),
        ("受理 #42", working.acknowledge, 42, ""),
        ("resolve #42 changed the cable", working.resolve, 42, "changed the cable"),
        ("解决 #42 换了网线", working.resolve, 42, "换了网线"),
        ("English", language.english, None, ""),
        ("中文", language.chinese, None, ""),
        ("language zh", language.chinese, None, ""),
        ("语言", language.other, None, ""),
    ],
)
def test_a_command_is_understood_in_both_languages(
    text: str, handler: Callable[..., Any], number: int | None, rest: str
) -> None:
    found = spoken(text)[0]

    assert (found.word.handler, found.ticket, found.rest) == (handler, number, rest)


@pytest.mark.parametrize(
    "text",
    [
        "help my laptop does not start",
        "status page is down",
        "cancel my Figma subscription",
        "cancel 2 meetings",
        "取消 2 个会议",
        "取消会议室预订",
        "report generation fails in SAP",
        "queue is stuck on the printer",
        "english keyboard layout is gone",
        "language pack missing in Word",
        "报修系统打不开",
        "申请表打不开",
        "帮助文档在哪里",
        "值班电话打不通",
        "take a look at my screen please",
        "resolve the DNS problem please",
        "start menu is empty",
        "done with this laptop, it is too slow",
        "helpful",
        "中文输入法用不了",
        "",
        "   ",
        "42",
        "查询功能报错",
    ],
)
def test_a_sentence_that_begins_like_a_command_is_somebodys_own_words(text: str) -> None:
    assert spoken(text) == ()


@pytest.mark.parametrize(("text", "unknown"), [("/foo", True), ("/foo@bot", True), ("/foo bar", False), ("foo", False)])
def test_a_slash_with_an_unknown_word_is_an_unknown_command(text: str, unknown: bool) -> None:
    assert is_unknown_command(text) is unknown


def test_every_step_can_be_pressed_and_every_form_filled_in() -> None:
    assert set(BY_WISH) <= set(PRESSES)
    assert set(FORMS) == {step.wish for step in STEPS if step.fill is not None} == set(OPENED)
    assert all((step.press is None) is not (step.fill is None) for step in STEPS)
    assert PRESSES["rate"] is rating.rate


def test_no_phrase_means_two_things_to_the_same_person() -> None:
    phrases = [(phrase, word.for_crew) for word in WORDS for phrase in word.phrases]

    assert len(phrases) == len(set(phrases))


def test_every_command_can_be_said_in_english() -> None:
    assert all(word.en for word in WORDS)
