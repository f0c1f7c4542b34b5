"""What the trained model weighs: runs of characters, words, pairs of words, and what the rules saw."""

import re
from collections.abc import Iterator
from typing import Final

from bot.classifier import rules
from bot.classifier.folded import Folded
from bot.classifier.rules import Findings
from bot.classifier.values import KINDS

MOST_CHARS: Final = 800
LONGEST_RUN: Final = 4

_DIGITS: Final = re.compile(r"\d+")
_NOT_TEXT: Final = re.compile(r"[^a-z0-9_'\u3400-\u9fff?!%:\u2600-\u27bf\U0001f300-\U0001faff]+")
_MOST_SUM: Final = 4.0


def legible(folded: Folded) -> str:
    """The text as the model reads it: a number is one 0, what says nothing is one space, and so are both ends."""
    return " " + _NOT_TEXT.sub(" ", _DIGITS.sub("0", folded.text[:MOST_CHARS])).strip() + " "


def runs(text: str) -> Iterator[tuple[str, int]]:
    """Every run of one to four characters, and where it begins."""
    for length in range(1, LONGEST_RUN + 1):
        for start in range(len(text) - length + 1):
            yield text[start : start + length], start


def words(text: str) -> Iterator[tuple[str, int]]:
    """Every Latin word, and every pair of neighbours, marked with a tab so that none is taken for a run."""
    before = ""
    for match in _WORD.finditer(text):
        word = match[0]
        yield f"\t{word}", match.start()
        if before:
            yield f"\t{before} {word}", match.start()
        before = word


_WORD: Final = re.compile(r"[a-z0-9_']+|[\u3400-\u9fff]+|[?!]")


def pieces(text: str) -> Iterator[tuple[str, int]]:
    """All that the model may weigh in a legible text, and where each begins."""
    yield from runs(text)
    yield from words(text)


def seen_by_rules(findings: Findings, text: str) -> list[float]:
    """What the rules make of it, as a few numbers between -1 and 1."""
    sums = rules.kind_sums(findings)
    bounded = [max(-1.0, min(1.0, sums[kind] / _MOST_SUM)) for kind in KINDS]
    return [
        *bounded,
        findings.courtesy,
        1.0 if "?" in text else 0.0,
        1.0 if len(text) < 12 else 0.0,
        1.0 if len(text) > 150 else 0.0,
    ]
