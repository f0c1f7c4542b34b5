"""What the table of cues finds in a text: the floor under every other way of classifying."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

from bot.classifier.cues import Cue, Part, Table, table
from bot.classifier.folded import Folded
from bot.classifier.phrases import Found
from bot.classifier.quantities import most_people, near_moments
from bot.classifier.values import KINDS, LEVELS, About, Context, Evidence, Kind, Level

RULES_VERSION: Final = "rules-1"

# A text of a thousand cries is not a thousand times more urgent, and must not take longer to read.
_MOST_HITS: Final = 400
_MOST_PARTS: Final = 8
_SHARPNESS: Final = 1.3
_LEANING: Final[Mapping[Kind, float]] = {
    "incident": 0.2,
    "request": 0.0,
    "question": 0.0,
    "complaint": -0.2,
    "chitchat": -0.2,
}
_USUAL_URGENCY: Final[Mapping[Kind, Level]] = {
    "incident": "medium",
    "request": "low",
    "question": "low",
    "complaint": "medium",
    "chitchat": "low",
}
_USUAL_WEIGHT: Final = 0.5
_PEOPLE_WEIGHT: Final = 2.6
_NEAR_WEIGHT: Final = 1.8
_SECURITY_WEIGHT: Final = 1.0


@dataclass(frozen=True, slots=True)
class Findings:
    """All evidence in one text, and how much of the text is mere courtesy."""

    evidence: tuple[Evidence, ...]
    courtesy: float

    def about(self, about: About) -> list[Evidence]:
        return [item for item in self.evidence if item.about == about]


def look(folded: Folded, context: Context) -> Findings:
    """Every cue in the text, once each; a phrase inside a longer phrase of the same meaning is not counted."""
    found = _outermost(_hits(folded, table()))
    evidence: dict[tuple[About, str, str], Evidence] = {}
    for hit in found:
        cue = hit.meaning
        words = folded.words(folded.tokens[hit.first].start, folded.tokens[hit.last].end)
        evidence.setdefault((cue.about, cue.says, words.lower()), Evidence(cue.about, words, cue.says, cue.weight))
    return Findings(
        evidence=(*evidence.values(), *_people(folded, context), *_deadlines(folded)),
        courtesy=_share_of_courtesy(found, len(folded.tokens)),
    )


def kind_sums(findings: Findings) -> dict[Kind, float]:
    """The weight of evidence for each kind, the second cue counting half, the third a quarter, and so on."""
    sums: dict[Kind, float] = {}
    for kind in KINDS:
        weights = sorted((item.weight for item in findings.about("kind") if item.says == kind), key=abs, reverse=True)
        sums[kind] = sum(weight / 2**position for position, weight in enumerate(weights))
    sums["chitchat"] *= findings.courtesy
    return sums


def kind_scores(findings: Findings) -> dict[str, float]:
    """Probabilities of the five kinds by the rules alone."""
    sums = kind_sums(findings)
    return softmax({kind: _SHARPNESS * (sums[kind] + _LEANING[kind]) for kind in KINDS})


def impact(findings: Findings, kind: Kind) -> Level:
    """How wide the harm is: one person unless the text says more. What does no harm reaches a team at most."""
    usual: dict[Level, float] = {"low": _USUAL_WEIGHT}
    if is_security(findings):
        usual["medium"] = _SECURITY_WEIGHT
    widest = _heaviest(findings.about("impact"), usual)
    match kind:
        case "incident":
            return widest
        case "question" | "chitchat":
            return "low"
        case _:
            return "low" if widest == "low" else "medium"


def urgency(findings: Findings, kind: Kind, impact: Level) -> Level:
    """How soon it must be answered; what stops many is urgent unless the text says that it can wait."""
    usual: Level = "high" if kind == "incident" and impact == "high" else _USUAL_URGENCY[kind]
    return _heaviest(findings.about("urgency"), {usual: _USUAL_WEIGHT})


def is_security(findings: Findings) -> bool:
    """Whether few should see it: the cues for it outweigh the cues against."""
    return sum(item.weight for item in findings.about("security")) > 0


def softmax(logits: Mapping[Kind, float]) -> dict[str, float]:
    top = max(logits.values())
    powers = {kind: math.exp(value - top) for kind, value in logits.items()}
    total = sum(powers.values())
    return {kind: power / total for kind, power in powers.items()}


def _heaviest(items: Sequence[Evidence], usual: Mapping[Level, float]) -> Level:
    sums = {level: usual.get(level, 0.0) + _sum_of(items, level) for level in LEVELS}
    return max(LEVELS, key=lambda level: sums[level])


def _sum_of(items: Sequence[Evidence], level: Level) -> float:
    weights = [item.weight for item in items if item.says == level]
    strongest = max((weight for weight in weights if weight > 0), default=0.0)
    return strongest + sum(0.25 * weight for weight in weights if weight > 0) + sum(w for w in weights if w < 0)


def _people(folded: Folded, context: Context) -> list[Evidence]:
    quantity = most_people(folded)
    if quantity is None or quantity.people < context.several_people:
        return []
    says: Level = "high" if quantity.people >= context.many_people else "medium"
    return [Evidence("impact", folded.words(quantity.start, quantity.end), says, _PEOPLE_WEIGHT)]


def _deadlines(folded: Folded) -> list[Evidence]:
    return [Evidence("urgency", folded.words(start, end), "high", _NEAR_WEIGHT) for start, end in near_moments(folded)]


def _hits(folded: Folded, known: Table) -> Iterator[Found[Cue]]:
    """The cues in the text, and the pairs whose parts stand close together."""
    parts: dict[str, list[Found[Cue | Part]]] = {}
    for hit in islice(known.book.find(folded.tokens), _MOST_HITS):
        if isinstance(hit.meaning, Part):
            parts.setdefault(hit.meaning.name, []).append(hit)
        else:
            yield Found(hit.meaning, hit.first, hit.last)
    for pair in known.pairs:
        for one, other in product(parts.get(pair.one, ())[:_MOST_PARTS], parts.get(pair.other, ())[:_MOST_PARTS]):
            before, after = sorted((one, other), key=lambda part: part.first)
            if 0 < after.first - before.last <= pair.apart + 1:
                yield Found(pair.cue, before.first, max(before.last, after.last))


def _outermost(found: Iterable[Found[Cue]]) -> list[Found[Cue]]:
    kept: list[Found[Cue]] = []
    reached: dict[tuple[About, str, bool], int] = {}
    for hit in sorted(found, key=lambda hit: (hit.first, -hit.last)):
        meaning = (hit.meaning.about, hit.meaning.says, hit.meaning.weight > 0)
        if hit.last > reached.get(meaning, -1):
            reached[meaning] = hit.last
            kept.append(hit)
    return kept


def _share_of_courtesy(found: Sequence[Found[Cue]], tokens: int) -> float:
    covered = {
        place
        for hit in found
        if hit.meaning.about == "kind" and hit.meaning.says == "chitchat"
        for place in range(hit.first, hit.last + 1)
    }
    return min(1.0, (len(covered) + 1) / tokens) if tokens else 0.0
