"""One text in, one proposal out."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from bot.classifier import rules
from bot.classifier.features import legible, seen_by_rules
from bot.classifier.folded import Folded, fold
from bot.classifier.model import Scales, UnusableModel, Weighed, shipped
from bot.classifier.rules import Findings
from bot.classifier.services import find_service
from bot.classifier.values import KINDS, Classification, Context, Decision, Evidence, Kind

NO_CONTEXT: Final = Context()

_MOST_MODEL_EVIDENCE: Final = 3
_LEAST_PUSH: Final = 0.25

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Health:
    """Which model answers; a fallback is the rules standing in for a model that cannot be believed."""

    model_version: str
    is_fallback: bool
    reason: str


@dataclass(frozen=True, slots=True)
class _Guess:
    scores: Mapping[str, float]
    evidence: tuple[Evidence, ...]


def classify(text: str, *, context: Context | None = None) -> Classification:
    """What this text is, for the author to confirm. Never raises, looks at the first 4,000 characters only."""
    context = context or NO_CONTEXT
    folded = fold(text)
    findings = rules.look(folded, context)
    guess = _guess(folded, findings)
    kind = max(KINDS, key=lambda candidate: guess.scores[candidate])
    confidence = guess.scores[kind] if folded.tokens else 0.0
    impact = rules.impact(findings, kind)
    urgency = rules.urgency(findings, kind, impact)
    service = find_service(folded, context.services)
    return Classification(
        kind=kind,
        kind_scores=guess.scores,
        security=rules.is_security(findings),
        service=service.service,
        service_candidates=service.candidates,
        impact=impact,
        urgency=urgency,
        priority=context.matrix[impact, urgency],
        confidence=confidence,
        decision=decide(kind, confidence, context, is_a_cry=urgency == "high"),
        evidence=(*findings.evidence, *guess.evidence, *service.evidence),
        model_version=health().model_version,
        lang=folded.lang,
    )


def decide(kind: Kind, confidence: float, context: Context, *, is_a_cry: bool = False) -> Decision:
    """Sure: accept (or ignore what asks for nothing); half sure: offer a choice; else ask. A cry is never ignored."""
    if confidence < context.choose_from:
        return "ask"
    if confidence < context.accept_from:
        return "choose"
    if kind == "chitchat":
        return "ask" if is_a_cry else "ignore"
    return "accept"


@cache
def health() -> Health:
    """Which model answers, found out once; a model that cannot be used is said in the log."""
    try:
        return Health(shipped().version, is_fallback=False, reason="")
    except UnusableModel as error:
        _log.warning("the classifier's model is not used, the rules answer alone: %s", error)
        return Health(rules.RULES_VERSION, is_fallback=True, reason=str(error))


def _guess(folded: Folded, findings: Findings) -> _Guess:
    if health().is_fallback:
        return _Guess(rules.kind_scores(findings), ())
    return _weighed(folded, findings, shipped())


def _weighed(folded: Folded, findings: Findings, scales: Scales) -> _Guess:
    text = legible(folded)
    weighed = scales.weigh(text, seen_by_rules(findings, text))
    scores: dict[str, float] = {kind: float(share) for kind, share in zip(KINDS, weighed.probabilities, strict=True)}
    return _Guess(scores, _strongest(weighed, folded))


def _strongest(weighed: Weighed, folded: Folded) -> tuple[Evidence, ...]:
    """The words that pushed most towards the likeliest kind, as they were written, none of them twice."""
    chosen: list[Evidence] = []
    taken: list[tuple[int, int]] = []
    for place in weighed.pushes.argsort()[::-1][: 4 * _MOST_MODEL_EVIDENCE]:
        push = float(weighed.pushes[place])
        span = _whole_words(folded.text, weighed.pieces[place].strip())
        if push < _LEAST_PUSH or len(chosen) == _MOST_MODEL_EVIDENCE:
            break
        if span is None or any(span[0] < end and start < span[1] for start, end in taken):
            continue
        taken.append(span)
        chosen.append(Evidence("kind", folded.words(*span), KINDS[weighed.best], round(push, 2)))
    return tuple(chosen)


def _whole_words(text: str, piece: str) -> tuple[int, int] | None:
    found = text.find(piece) if piece else -1
    if found < 0:
        return None
    start, end = found, found + len(piece)
    while start > 0 and _in_a_word(text[start - 1]) and _in_a_word(text[start]):
        start -= 1
    while end < len(text) and _in_a_word(text[end]) and _in_a_word(text[end - 1]):
        end += 1
    return start, end


def _in_a_word(char: str) -> bool:
    return char.isascii() and char.isalnum()
