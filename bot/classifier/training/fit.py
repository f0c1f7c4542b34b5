"""Fits the model that ships: logistic regression over pieces of text and what the rules saw. Needs scikit-learn."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.linear_model import LogisticRegression

from bot.classifier import rules
from bot.classifier.features import legible, pieces, seen_by_rules
from bot.classifier.folded import fold
from bot.classifier.model import SEEN_SCALE, Model
from bot.classifier.training.grammar import Sample
from bot.classifier.values import KINDS, Context

LEAST_SAMPLES: Final = 5
LEAST_TEMPLATES: Final = 1
SOFTNESS: Final = 8.0
# Newton's steps end so near the one best answer that another processor's rounding does not show in the stored weights.
SOLVER: Final = "newton-cg"
TOLERANCE: Final = 1e-11
MOST_STEPS: Final = 300
WEIGHT_STEPS: Final = 127
RARITY_STEPS: Final = 16

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Read:
    """Messages as the model reads them."""

    pieces: list[list[str]]
    seen: Floats
    kinds: NDArray[np.intp]


def read(samples: Sequence[Sample]) -> Read:
    """The pieces of each message, and what the rules see in it."""
    folded = [fold(sample.text) for sample in samples]
    texts = [legible(each) for each in folded]
    findings = [rules.look(each, Context()) for each in folded]
    return Read(
        pieces=[sorted({name for name, _ in pieces(text)}) for text in texts],
        seen=np.array([seen_by_rules(found, text) for found, text in zip(findings, texts, strict=True)]),
        kinds=np.array([KINDS.index(sample.kind) for sample in samples], dtype=np.intp),
    )


def fitted(samples: Sequence[Sample], aside: Sequence[Sample], text_name: str) -> Model:
    """The model learnt from the samples, its confidence set by the messages aside, which it has not learnt.

    Its version names the text and the weights.
    """
    learnt = read(samples)
    names = _kept(learnt.pieces, [sample.template for sample in samples])
    rarity = _rarity(names, learnt.pieces)
    rows = _rows(learnt, names, rarity)
    regression = LogisticRegression(C=SOFTNESS, solver=SOLVER, tol=TOLERANCE, max_iter=MOST_STEPS).fit(
        rows, learnt.kinds
    )
    weights = regression.coef_.T
    scale = float(np.ceil(np.abs(weights).max() * 16) / 16 / WEIGHT_STEPS)
    rounded = np.round(weights / scale).astype(np.int8)
    weighed_name = sha256("\n".join(names).encode() + rounded.tobytes()).hexdigest()[:8]
    intercept = np.round(regression.intercept_, 3)
    return Model(
        version=f"{text_name}-{weighed_name}",
        names=names,
        rarity=np.round(rarity * RARITY_STEPS).astype(np.uint8),
        weights=rounded[: len(names)],
        seen_weights=rounded[len(names) :],
        scale=scale,
        rarity_scale=1 / RARITY_STEPS,
        intercept=intercept,
        temperature=_temperature(rounded * scale, intercept, _rows(read(aside), names, rarity), read(aside).kinds),
    )


def _kept(pieces_of: Sequence[Sequence[str]], templates: Sequence[int]) -> list[str]:
    count: Counter[str] = Counter()
    where: defaultdict[str, set[int]] = defaultdict(set)
    for names, template in zip(pieces_of, templates, strict=True):
        for name in names:
            count[name] += 1
            where[name].add(template)
    return sorted(name for name in count if count[name] >= LEAST_SAMPLES and len(where[name]) >= LEAST_TEMPLATES)


def _rarity(names: Sequence[str], pieces_of: Sequence[Sequence[str]]) -> Floats:
    count = Counter(name for names in pieces_of for name in names)
    exact = np.array([np.log((1 + len(pieces_of)) / (1 + count[name])) + 1 for name in names])
    return np.round(exact * RARITY_STEPS) / RARITY_STEPS


def _rows(learnt: Read, names: Sequence[str], rarity: Floats) -> csr_matrix:
    place = {name: position for position, name in enumerate(names)}
    columns = [[place[name] for name in row if name in place] for row in learnt.pieces]
    ends = np.cumsum([0] + [len(row) for row in columns])
    flat = np.array([column for row in columns for column in row], dtype=np.int32)
    rows = csr_matrix((rarity[flat], flat, ends), shape=(len(columns), len(names)))
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    return hstack([diags(1 / lengths) @ rows, csr_matrix(learnt.seen * SEEN_SCALE)]).tocsr()


def _temperature(weights: Floats, intercept: Floats, rows: csr_matrix, kinds: NDArray[np.intp]) -> float:
    logits = rows @ weights + intercept

    def surprise(temperature: float) -> float:
        scaled = logits / temperature
        scaled -= scaled.max(axis=1, keepdims=True)
        said = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        return float(-said[np.arange(len(kinds)), kinds].mean())

    found = minimize_scalar(surprise, bounds=(0.2, 3.0), method="bounded", options={"xatol": 1e-4})
    return round(float(found.x), 2)
