"""Whatever arrives, the classifier answers, at once and the same way each time."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.classifier import KINDS, classify
from bot.classifier.as_json import NotAMessage, as_fields, classified_line

NASTY = [
    "",
    "\x00\x00",
    "\ud800 printer \udfff broken",
    "\u202e\u202dprinter broken\u202c",
    "🧑‍💻👩‍👩‍👧‍👦 broken",
    "<!channel> <script>alert(1)</script> printer broken",
    "a\u0301" * 5_000,
    "急" * 40_000,
    "broken " * 8_000,
    "can't " * 8_000,
    "((((((((" * 5_000,
    "9" * 40_000,
    "ﷺ" * 40_000,
]


@pytest.mark.parametrize("text", NASTY)
def test_a_nasty_text_is_answered_with_a_whole_proposal(text: str) -> None:
    proposal = classify(text)

    assert abs(sum(proposal.kind_scores.values()) - 1) < 1e-9
    json.dumps(as_fields(proposal), ensure_ascii=False).encode()


@given(st.text(alphabet=st.characters(), max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_proposal_and_the_same_one_again(text: str) -> None:
    first = classify(text)

    assert first.kind in KINDS
    assert 0 <= first.confidence <= 1
    assert classify(text) == first


def test_only_the_first_four_thousand_characters_count() -> None:
    start = "the printer is broken. " + "x " * 3_000

    assert classify(start + "投诉 全公司 急") == classify(start)


@pytest.mark.parametrize(
    ("plain", "disguised"),
    [
        ("打印机坏了", "打\u200b印\u200d机\ufeff坏\u2060了"),
        ("打印机坏了", "打印機壞了"),
        ("my printer is broken", "ＭＹ ＰＲＩＮＴＥＲ ＩＳ ＢＲＯＫＥＮ"),
        ("I can't log in", "I can’t log in"),
        ("the cafe printer is broken", "the cafe\u0301 printer is broken"),
    ],
)
def test_a_disguise_changes_neither_kind_nor_priority(plain: str, disguised: str) -> None:
    seen, expected = classify(disguised), classify(plain)

    assert (seen.kind, seen.priority, seen.lang) == (expected.kind, expected.priority, expected.lang)


def test_a_json_line_becomes_a_json_line_with_the_same_id() -> None:
    answer = json.loads(classified_line('{"id": 7, "text": "打印机坏了，急！"}'))

    assert answer["id"] == 7
    assert (answer["kind"], answer["urgency"], answer["lang"]) == ("incident", "high", "zh")
    assert set(answer) == {
        "id", "kind", "kind_scores", "security", "service", "service_candidates", "impact", "urgency", "priority",
        "confidence", "decision", "evidence", "model_version", "lang",
    }  # fmt: skip
    assert {"about", "words", "says", "weight"} == set(answer["evidence"][0])


@pytest.mark.parametrize("line", ["", "nonsense", "[]", '{"id": 1}', '{"text": 5}'])
def test_a_line_that_is_no_message_is_refused_by_name(line: str) -> None:
    with pytest.raises(NotAMessage):
        classified_line(line)
