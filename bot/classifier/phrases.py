"""Finds many phrases in one walk over a text's tokens."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final, Generic, NamedTuple, TypeVar

from bot.classifier.folded import Token, fold

Meaning = TypeVar("Meaning")

GAP: Final = "~"
_MOST_SKIPPED: Final = 3
_PART: Final = re.compile(r"\(([^()]*)\)|([^()]+)")


@dataclass(slots=True)
class _Node(Generic[Meaning]):
    # Most nodes are ends: they hold no dictionary of their own.
    onward: "dict[str, _Node[Meaning]] | None" = None
    meanings: tuple[Meaning, ...] = ()

    def then(self, word: str) -> "_Node[Meaning]":
        if self.onward is None:
            self.onward = {}
        return self.onward.setdefault(word, _Node())


class Found(NamedTuple, Generic[Meaning]):
    """A phrase that stands at tokens first to last, both included."""

    meaning: Meaning
    first: int
    last: int


class Phrasebook(Generic[Meaning]):
    """Phrases in the notation of the rules: `(a|b|)` is a choice, `~` is up to three words or characters."""

    def __init__(self, entries: Sequence[tuple[str, Meaning]]) -> None:
        self._root: _Node[Meaning] = _Node()
        for notation, meaning in entries:
            for phrase in spelled_out(notation):
                self._add(phrase, meaning)

    def find(self, tokens: Sequence[Token]) -> Iterator[Found[Meaning]]:
        """Every phrase at every place, in the order in which they begin; overlaps included."""
        words = [token.text for token in tokens]
        start = self._root.onward or {}
        for first, word in enumerate(words):
            if word in start:
                yield from _walk(start[word], words, first, first)

    def _add(self, phrase: str, meaning: Meaning) -> None:
        node = self._root
        for word in _steps(phrase):
            node = node.then(word)
        if node is not self._root and meaning not in node.meanings:
            node.meanings = (*node.meanings, meaning)


def spelled_out(notation: str) -> list[str]:
    """All phrases that a notation stands for: `reset (my|the) password` is two."""
    choices = [choice.split("|") if plain == "" else [plain] for choice, plain in _PART.findall(notation)]
    return ["".join(parts) for parts in product(*choices)]


def _steps(phrase: str) -> list[str]:
    steps: list[str] = []
    for position, part in enumerate(phrase.split(GAP)):
        if position:
            steps.append(GAP)
        steps.extend(_tokens(part))
    return steps


@lru_cache(maxsize=16_384)
def _tokens(part: str) -> tuple[str, ...]:
    return tuple(token.text for token in fold(part).tokens)


def _walk(node: _Node[Meaning], words: list[str], first: int, here: int) -> Iterator[Found[Meaning]]:
    for meaning in node.meanings:
        yield Found(meaning, first, here)
    if here + 1 >= len(words) or node.onward is None:
        return
    onward = node.onward.get(words[here + 1])
    if onward is not None:
        yield from _walk(onward, words, first, here + 1)
    after_gap = node.onward.get(GAP)
    if after_gap is not None:
        yield from _after_gap(after_gap, words, first, here)


def _after_gap(node: _Node[Meaning], words: list[str], first: int, here: int) -> Iterator[Found[Meaning]]:
    for place in range(here + 1, min(here + 2 + _MOST_SKIPPED, len(words))):
        onward = (node.onward or {}).get(words[place])
        if onward is not None:
            yield from _walk(onward, words, first, place)
