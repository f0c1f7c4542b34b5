"""Which texts say the same as this one: TF-IDF over words, Han bigrams and pieces of words."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.classifier.folded import fold

_MOST_CHARS: Final = 2_000
_WORD: Final = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_HAN_RUN: Final = re.compile(r"[\u3400-\u9fff]+")
_STOP: Final = frozenset(
    re.findall(
        "[a-z]+",
        """
        the a an is are was were be been it its i my me we our us you your he she they to of in on at for with and or
        but do does did can could please pls hi hello hey thanks thank this that there have has had just so now again
        any some will would from as if
        """,
    )
)
_STOP_HAN: Final = frozenset("的了我们是在有这那个吗呢吧啊请您好就也都还和与一下大家人")

# An error code or a host name says more than any word: letters with digits, long numbers, words joined by - or _.
_CODE: Final = re.compile(r"(?=[^\d]*\d)(?:.*[a-z].*|\d{3,}|.*[-_.].*)|[a-z0-9]+(?:[-_][a-z0-9]+)+")
_CODE_WEIGHT: Final = 3.0
_WORD_WEIGHT: Final = 1.0
_HAN_WEIGHT: Final = 1.0
_HAN_STOP_WEIGHT: Final = 0.3
_PIECE_WEIGHT: Final = 0.35
_PIECE_CHARS: Final = 4


class Corpus:
    """Texts laid out for comparison."""

    def __init__(self, texts: Sequence[str]) -> None:
        weighed = [_weighed(text) for text in texts]
        spread = Counter(name for row in weighed for name in row)
        self._places = {name: place for place, name in enumerate(sorted(spread))}
        self._rarity = {name: math.log((1 + len(texts)) / (1 + spread[name])) + 1 for name in spread}
        self._rows = [self._row(row) for row in weighed]

    def likenesses(self, text: str) -> list[float]:
        """The cosine between the text and each of the texts, from 0 to 1."""
        query = np.zeros(len(self._places))
        places, weights = self._row(_weighed(text))
        query[places] = weights
        return [float(np.sum(query[places] * weights)) for places, weights in self._rows]

    def _row(self, weighed: Mapping[str, float]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        known = sorted(name for name in weighed if name in self._places)
        weights = np.array([weighed[name] * self._rarity[name] for name in known], dtype=np.float64)
        length = math.sqrt(float(np.sum(weights * weights)))
        return np.array([self._places[name] for name in known], dtype=np.intp), weights / (length or 1.0)


def rank(text: str, candidates: Sequence[str], k: int) -> list[int]:
    """The indices of the k candidates most like the text, best first; the earlier one first among equals."""
    if k <= 0 or not candidates:
        return []
    likenesses = [round(likeness, 9) for likeness in Corpus(candidates).likenesses(text)]
    return sorted(range(len(candidates)), key=lambda place: (-likenesses[place], place))[:k]


def _weighed(text: str) -> dict[str, float]:
    folded = fold(text[:_MOST_CHARS]).text
    weights: dict[str, float] = {}
    counts: Counter[str] = Counter()
    for name, weight in (*_words(folded), *_han(folded)):
        weights[name] = weight
        counts[name] += 1
    return {name: weights[name] * (1 + math.log(count)) for name, count in counts.items()}


def _words(folded: str) -> Iterator[tuple[str, float]]:
    for word in _WORD.findall(folded):
        if word in _STOP:
            continue
        if _CODE.fullmatch(word):
            yield f"c:{word}", _CODE_WEIGHT
            continue
        yield f"w:{word}", _WORD_WEIGHT
        padded = f" {word} "
        for start in range(len(padded) - _PIECE_CHARS + 1):
            yield f"p:{padded[start : start + _PIECE_CHARS]}", _PIECE_WEIGHT


def _han(folded: str) -> Iterator[tuple[str, float]]:
    for run in _HAN_RUN.findall(folded):
        for start in range(len(run) - 1):
            pair = run[start : start + 2]
            yield f"h:{pair}", _HAN_STOP_WEIGHT if _STOP_HAN.intersection(pair) else _HAN_WEIGHT
        for char in run:
            if char not in _STOP_HAN:
                yield f"h:{char}", _PIECE_WEIGHT
