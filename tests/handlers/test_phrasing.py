"""How people write, by table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import phrasing


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("INC-42", 42, ""),
        ("inc-42 still broken", 42, "still broken"),
        ("REQ-7: thanks", 7, "thanks"),
        ("#42", 42, ""),
        ("＃４２ 还是不行", 42, "还是不行"),
        ("＃42，还是不行", 42, "还是不行"),
        ("单号42", 42, ""),
        ("单号：42 进展如何", 42, "进展如何"),
        ("工单42", 42, ""),
        ("工单号 42 好了吗", 42, "好了吗"),
        ("42号工单还没好", 42, "还没好"),
        ("ticket 42 please hurry", 42, "please hurry"),
        ("ticket #42", 42, ""),
        ("  INC－42  ", 42, ""),
        ("ｉｎｃ-42", 42, ""),
        ("INC42", 42, ""),
        ("#42?", 42, ""),
        ("#42 #43 are the same", 42, "#43 are the same"),
    ],
)
def test_a_ticket_number_at_the_head_is_found_in_any_form(text: str, number: int, rest: str) -> None:
    found = phrasing.leading_number(text)

    assert found == phrasing.Numbered(number, rest)  # type: ignore[arg-type]  # a plain number reads better


@pytest.mark.parametrize(
    "text",
    [
        "42 people cannot log in",
        "42",
        "req 42 laptops for the new team",
        "VPN #42 is down",
        "incident in building 42",
        "#hashtag",
        "#42abc",
        "KB5034441 fails",
        "inc",
        "＃",
        "#99999999999999",
        "",
    ],
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert phrasing.leading_number(text) is None


@pytest.mark.parametrize(
    ("text", "number"), [("what about #42?", 42), ("进展如何 INC-42", 42), ("a&#42;b", None), ("no number", None)]
)
def test_a_number_may_stand_anywhere_in_a_question(text: str, number: int | None) -> None:
    assert phrasing.any_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "thanks",
        "Thanks!",
        "thank you so much",
        "Thx :)".replace(" :)", ""),
        "ok, thanks",
        "great, thank you very much!!",
        "thanks for the quick help",
        "it works now",
        "it works, thanks",
        "谢谢",
        "谢谢！",
        "谢谢您",
        "好的，谢谢",
        "可以了，谢谢",
        "太感谢了",
        "非常感谢",
        "辛苦了",
        "谢谢大家，辛苦了",
        "好了",
        "👍",
        "👍🏽",
        "🙏🙏",
        "谢谢🙏",
        "thanks 👍",
    ],
)
def test_thanks_are_thanks(text: str) -> None:
    assert phrasing.is_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "thanks but it is still broken",
        "谢谢，但是还是不行",
        "no thanks to you my mail is lost",
        "I want to thank the team, and the printer is broken",
        "好的",
        "ok",
        "🔥",
        "",
        "thank-you cards cannot be printed",
    ],
)
def test_what_says_more_than_thanks_is_no_thanks(text: str) -> None:
    assert not phrasing.is_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "is it fixed yet?",
        "Is my laptop ready?",
        "any update?",
        "any news on this",
        "what's the status",
        "how long will it take",
        "still waiting...",
        "ETA?",
        "修好了吗",
        "修好了没?",
        "好了吗？",
        "搞定了吗",
        "处理得怎么样了",
        "进展如何",
        "什么时候能好",
        "还要多久",
        "催一下",
        "有消息吗",
        "到哪一步了",
    ],
)
def test_asking_after_something_is_recognised(text: str) -> None:
    assert phrasing.asks_after(text)


@pytest.mark.parametrize(
    "text",
    [
        "VPN is down",
        "打印机坏了",
        "I need access to the beta of the update service",
        "How do I book a room?",
        "会议室怎么预订",
        "电脑太慢了",
    ],
)
def test_a_new_problem_is_not_a_question_about_an_old_one(text: str) -> None:
    assert not phrasing.asks_after(text)


@pytest.mark.parametrize(
    "text",
    [
        "still not working",
        "it's broken again",
        "still doesn't work",
        "same problem again",
        "It didn’t help",
        "not fixed",
        "还是不行",
        "还是连不上",
        "又坏了",
        "又断了",
        "没修好",
        "没解决",
        "依旧不行",
        "还没好，没用",
    ],
)
def test_still_broken_is_recognised(text: str) -> None:
    assert phrasing.says_still_broken(text)


@pytest.mark.parametrize("text", ["VPN is down", "打印机坏了", "thanks", "I need a laptop", "没事了", "还是谢谢你们"])
def test_what_is_broken_for_the_first_time_is_not_still_broken(text: str) -> None:
    assert not phrasing.says_still_broken(text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("VPN连不上", "zh"),
        ("SAP GUI login 报错", "zh"),
        ("The VPN client says 连接失败 when I open it in the morning at home", "en"),
        ("hello", "en"),
        ("", "en"),
        ("12345 !!!", "en"),
        ("👍", "en"),
        ("電腦壞了", "zh"),
    ],
)
def test_the_language_is_guessed_from_the_share_of_chinese(text: str, language: str) -> None:
    assert phrasing.guess_language(text) == language


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", False),
        (" \n\t", False),
        ("\u200b\u200d\ufeff", False),
        ("\x00\x01", False),
        ("。", True),
        ("👍", True),
        ("a", True),
    ],
)
def test_a_message_without_anything_to_see_has_no_words(text: str, seen: bool) -> None:
    assert phrasing.has_words(text) is seen


def test_a_gist_is_one_harmless_line() -> None:
    assert phrasing.gist("VPN\u202e down\n\nsince\x00 9\u200b") == "VPN down since 9"
    assert phrasing.gist("x" * 100, 10) == "xxxxxxxxx…"


def test_only_telling_words_are_quoted_back() -> None:
    assert phrasing.telling(["登不上去", "不", "登不上去", ""]) == ["登不上去"]
    assert phrasing.telling(["急"]) == ["急"]
    assert phrasing.telling(["VPN", "vpn is down", "急"]) == ["vpn is down"]


def test_a_family_stays_together_when_words_are_cut() -> None:
    family = "👨\u200d👩\u200d👧\u200d👦"

    kept, left_out = phrasing.quoted("a" + family, 4)

    assert kept == "a"
    assert left_out == len(family)


def test_an_open_direction_mark_is_closed_behind_the_words() -> None:
    kept, _ = phrasing.quoted("see \u202eevil\u2066 text", 100)

    assert kept.endswith("\u2069\u202c")


@given(st.text(max_size=300), st.integers(1, 50))
def test_a_gist_is_never_longer_than_asked_for(text: str, most: int) -> None:
    line = phrasing.gist(text, most)

    assert len(line) <= most
    assert "\n" not in line


@given(st.text(alphabet=st.characters(), max_size=300), st.integers(1, 50))
def test_a_quotation_is_the_beginning_of_the_words(text: str, most: int) -> None:
    kept, left_out = phrasing.quoted(text, most)

    words = kept.rstrip("\u202c\u2069")
    assert text.startswith(words)
    assert len(text) - left_out <= most


@given(st.text(alphabet=st.characters(), max_size=400))
def test_nothing_that_can_be_written_breaks_the_reading(text: str) -> None:
    kept = phrasing.storable(text)

    assert kept.encode().decode() == kept
    assert "\x00" not in kept
    for look in (
        phrasing.has_words,
        phrasing.leading_number,
        phrasing.any_number,
        phrasing.is_thanks,
        phrasing.asks_after,
        phrasing.says_still_broken,
        phrasing.guess_language,
        phrasing.is_bare_call,
    ):
        look(kept)
