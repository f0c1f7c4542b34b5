"""One text in, one proposal out."""

from dataclasses import dataclass
from typing import Final

from bot.classifier import rules
from bot.classifier.folded import fold
from bot.classifier.services import find_service
from bot.classifier.values import Classification, Context, Decision, Kind

NO_CONTEXT: Final = Context()


@dataclass(frozen=True, slots=True)
class Health:
    """Which model answers, and whether it is the one that was meant to."""

    model_version: str
    is_fallback: bool
    reason: str


def classify(text: str, *, context: Context | None = None) -> Classification:
    """What this text is, for the author to confirm. Never raises, looks at the first 4,000 characters only."""
    context = context or NO_CONTEXT
    folded = fold(text)
    findings = rules.look(folded, context)
    scores = rules.kind_scores(findings)
    kind = max(scores, key=lambda candidate: scores[candidate])
    confidence = scores[kind] if folded.tokens else 0.0
    impact, urgency = rules.impact(findings), rules.urgency(findings, kind)
    service = find_service(folded, context.services)
    return Classification(
        kind=kind,
        kind_scores=scores,
        security=rules.is_security(findings),
        service=service.service,
        service_candidates=service.candidates,
        impact=impact,
        urgency=urgency,
        priority=context.matrix[impact, urgency],
        confidence=confidence,
        decision=decide(kind, confidence, context),
        evidence=(*findings.evidence, *service.evidence),
        model_version=rules.RULES_VERSION,
        lang=folded.lang,
    )


def decide(kind: Kind, confidence: float, context: Context) -> Decision:
    """Sure: accept (or ignore what asks for nothing); half sure: offer a choice; else ask."""
    if confidence < context.choose_from:
        return "ask"
    if confidence < context.accept_from:
        return "choose"
    return "ignore" if kind == "chitchat" else "accept"


def health() -> Health:
    """Which model answers."""
    return Health(rules.RULES_VERSION, is_fallback=False, reason="")
