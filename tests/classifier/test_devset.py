"""The development sets are well formed, unseen in training, and read as well as docs/classification.md says."""

from collections import Counter, defaultdict

import pytest

from bot.classifier import KINDS, classify
from bot.classifier.training.grammar import aside, samples
from bot.classifier.values import LEVELS
from tests.classifier import report
from tests.classifier.report import SETS, messages

ALIKE_FROM = 0.7
LEAST_PIECES = 6


@pytest.mark.parametrize("name", SETS)
def test_every_message_has_known_labels_and_its_own_id(name: str) -> None:
    found = messages(name)

    assert {message.kind for message in found} <= set(KINDS)
    assert {message.impact for message in found} | {message.urgency for message in found} <= set(LEVELS)
    assert len({message.id for message in found}) == len(found)


def test_there_are_enough_messages_of_each_language() -> None:
    assert len(messages("en")) >= 150
    assert len(messages("zh")) >= 150


def test_no_message_of_a_development_set_is_also_training_text() -> None:
    trained = [_pieces(sample.text) for sample in (*samples(), *aside())]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for place, pieces in enumerate(trained):
        for piece in pieces:
            holders[piece].append(place)

    # A greeting of a few characters is the same whoever writes it, so only what says something is compared.
    told = [message for name in SETS for message in messages(name) if len(_pieces(message.text)) >= LEAST_PIECES]
    alike = [message.text for message in told if _nearest(_pieces(message.text), trained, holders) >= ALIKE_FROM]

    assert len(told) > 350
    assert alike == []


def _pieces(text: str) -> frozenset[str]:
    bare = "".join(char for char in text.lower() if char.isalnum())
    return frozenset(bare[start : start + 4] for start in range(len(bare) - 3))


def _nearest(pieces: frozenset[str], trained: list[frozenset[str]], holders: dict[str, list[int]]) -> float:
    shared = Counter(place for piece in pieces for place in holders.get(piece, ()))
    return max((count / len(pieces | trained[place]) for place, count in shared.most_common(200)), default=0.0)


@pytest.mark.parametrize(
    ("name", "five_kinds", "two_kinds"),
    [("en", 0.90, 0.93), ("zh", 0.92, 0.95), ("en_tickets", 0.88, 0.92), ("zh_tickets", 0.85, 0.88)],
)
def test_the_model_reads_the_development_sets_no_worse_than_reported(
    name: str, five_kinds: float, two_kinds: float
) -> None:
    pairs = [(message, classify(message.text)) for message in messages(name)]

    seen, seen_of_two = report.five_kinds(pairs), report.incident_or_request(pairs)

    assert seen.right / seen.of >= five_kinds
    assert seen_of_two.right / seen_of_two.of >= two_kinds


def test_when_it_is_sure_it_is_hardly_ever_wrong() -> None:
    pairs = [(message, classify(message.text)) for name in SETS for message in messages(name)]

    sure = report.right_when_sure(pairs)

    assert sure.of >= 0.8 * len(pairs)
    assert sure.right / sure.of >= 0.98


@pytest.mark.parametrize("name", ["en", "zh"])
def test_a_message_in_capitals_or_full_width_keeps_its_kind(name: str) -> None:
    def widened(text: str) -> str:
        return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)

    for message in messages(name):
        plain = classify(message.text)
        assert classify(widened(message.text)).kind == plain.kind
        assert classify(message.text.upper()).kind == plain.kind


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("my laptop won't turn on", "我的笔记本开不了机"),
        ("please install Photoshop on my computer", "请在我电脑上装一下Photoshop"),
        ("how do I set an out of office reply?", "怎么设置自动回复？"),
        ("my ticket was closed and nobody came", "没人来就把我的工单关了"),
        ("thank you very much", "非常感谢"),
        ("the whole company cannot log in to the ERP", "全公司都登不上ERP"),
        ("I need access to the finance folder", "我需要财务文件夹的权限"),
        ("outlook keeps crashing", "outlook老是闪退"),
    ],
)
def test_the_same_said_in_both_languages_is_the_same_kind_and_priority(english: str, chinese: str) -> None:
    one, other = classify(english), classify(chinese)

    assert (one.kind, one.priority) == (other.kind, other.priority)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("my keyboard is not working", "my keybaord is not wokring"),
        ("please reset my password", "plese rest my pasword"),
        ("the printer is broken", "teh pritner is borken"),
        ("登录不上系统", "登陆不上系统"),
        ("账号被锁了", "帐号被锁了"),
    ],
)
def test_a_slip_of_the_finger_does_not_change_the_kind(right: str, wrong: str) -> None:
    assert classify(right).kind == classify(wrong).kind
