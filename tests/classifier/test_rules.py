"""The conventions of the desk, whichever model answers."""

import pytest

from bot.classifier import MATRIX, Context, Kind, Level, Priority, classify
from bot.classifier.values import LEVELS


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("my printer is broken", "incident"),
        ("打印机坏了", "incident"),
        ("please reset my password", "request"),
        ("unlock me please", "request"),
        ("locked out, cannot work", "incident"),
        ("帮我重置一下密码", "request"),
        ("账号被锁了，登不进去，没法干活", "incident"),
        ("how do I connect to the VPN from home?", "question"),
        ("怎么连公司VPN？", "question"),
        ("three days and nobody answers, this is unacceptable", "complaint"),
        ("我要投诉，报修三天了没人管", "complaint"),
        ("thanks a lot!", "chitchat"),
        ("谢谢", "chitchat"),
        ("在吗", "chitchat"),
    ],
)
def test_a_plain_message_is_what_everybody_would_call_it(text: str, kind: Kind) -> None:
    assert classify(text).kind == kind


@pytest.mark.parametrize("text", ["hi", "thank you!", "好的，谢谢", "辛苦了", "👍"])
def test_a_courtesy_is_ignored(text: str) -> None:
    assert classify(text).decision == "ignore"


@pytest.mark.parametrize(
    "text", ["printer works again, thanks", "wifi is back, never mind", "已经好了，谢谢", "网络恢复了"]
)
def test_what_works_again_is_no_incident(text: str) -> None:
    assert classify(text).kind == "chitchat"


@pytest.mark.parametrize("text", ["急急急！！！", "@IT 快来看下", "", "   ", "\u200b"])
def test_a_cry_without_a_content_is_asked_about(text: str) -> None:
    assert classify(text).decision in ("ask", "choose")


@pytest.mark.parametrize(
    ("text", "impact"),
    [
        ("only my laptop has no sound, others are fine", "low"),
        ("5 colleagues cannot open the shared folder", "medium"),
        ("五个同事打不开共享文件夹", "medium"),
        ("30 people cannot log in", "high"),
        ("三十多个人登不上系统", "high"),
        ("our whole department has no network", "medium"),
        ("整个部门上不了网", "medium"),
        ("全公司都上不了网", "high"),
        ("nobody can log in to the ERP", "high"),
        ("the production line has stopped", "high"),
    ],
)
def test_the_number_of_people_sets_the_impact(text: str, impact: Level) -> None:
    assert classify(text).impact == impact


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("outlook does not open, I need to send the offer before 3pm", "high"),
        ("合同打不开，今天下班前要发出去", "high"),
        ("刷卡机没反应，客户在等", "high"),
        ("the customer is waiting and the card reader is dead", "high"),
        ("mouse is broken, no rush", "low"),
        ("鼠标坏了，不急，有空来看看", "low"),
        ("scanner fails, for now I use the one upstairs", "medium"),
        ("扫描仪坏了，先用隔壁的", "medium"),
    ],
)
def test_deadlines_and_workarounds_set_the_urgency(text: str, urgency: Level) -> None:
    assert classify(text).urgency == urgency


def test_a_nudge_does_not_raise_the_priority() -> None:
    assert classify("催单：麻烦催一下我昨天报的打印机").priority == classify("我昨天报的打印机").priority


@pytest.mark.parametrize(
    "text",
    [
        "I clicked on the link in a strange mail and entered my password",
        "我点了邮件里的链接，好像是钓鱼邮件",
        "my laptop was stolen on the train",
        "文件全被加密了，是不是勒索病毒",
    ],
)
def test_a_matter_of_security_is_flagged(text: str) -> None:
    assert classify(text).security


@pytest.mark.parametrize(
    "text", ["please renew our antivirus license", "请给我装一下杀毒软件", "add me to the security group"]
)
def test_the_tools_of_security_are_no_matter_of_security(text: str) -> None:
    assert not classify(text).security


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [
        ("high", "high", "P1"),
        ("high", "medium", "P2"),
        ("medium", "high", "P2"),
        ("medium", "medium", "P3"),
        ("medium", "low", "P4"),
        ("low", "medium", "P4"),
        ("low", "low", "P4"),
        ("low", "high", "P3"),
        ("high", "low", "P3"),
    ],
)
def test_the_matrix_is_the_practised_one(impact: Level, urgency: Level, priority: Priority) -> None:
    assert MATRIX[impact, urgency] == priority


def test_a_desk_may_bring_its_own_matrix_and_its_own_idea_of_many() -> None:
    strict = Context(matrix={(i, u): "P1" for i in LEVELS for u in LEVELS}, many_people=4)

    proposal = classify("4 people cannot print", context=strict)

    assert (proposal.impact, proposal.priority) == ("high", "P1")


def test_the_evidence_names_the_words_as_they_were_written() -> None:
    proposal = classify("Ｈｉ, the PRINTER is Broken! 急")

    words = {(item.about, item.words) for item in proposal.evidence}
    assert ("kind", "Broken") in words
    assert ("urgency", "急") in words


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("outlook打不开了", "zh"),
        ("请帮我 reset password", "zh"),
        ("please help 王伟 to reset his password", "en"),
        ("my screen is black", "en"),
        ("螢幕壞了", "zh"),
    ],
)
def test_the_language_is_the_one_of_the_sentence(text: str, lang: str) -> None:
    assert classify(text).lang == lang
