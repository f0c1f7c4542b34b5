"""Which of the desk's own services a text is about, by the words of the desk's catalogue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.classifier.folded import Folded
from bot.classifier.phrases import Phrasebook
from bot.classifier.similar import Corpus
from bot.classifier.values import Evidence, ServiceEntry

MOST_CANDIDATES: Final = 3

_NAME_WEIGHT: Final = 3.0
_ALIAS_WEIGHT: Final = 2.5
_KEYWORD_WEIGHT: Final = 1.5
_LIKENESS_WEIGHT: Final = 3.0
_LEAST_LIKENESS: Final = 0.08
_SURE_FROM: Final = 0.45
_AHEAD_BY: Final = 1.25


@dataclass(frozen=True, slots=True)
class ServiceFinding:
    """Candidates, best first, with scores in (0, 1); the service when one of them stands out."""

    service: str | None
    candidates: tuple[tuple[str, float], ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Catalogue:
    ids: tuple[str, ...]
    book: Phrasebook[tuple[int, float]]
    corpus: Corpus


NOTHING: Final = ServiceFinding(None, (), ())


def find_service(folded: Folded, services: tuple[ServiceEntry, ...]) -> ServiceFinding:
    """Names count more than aliases, aliases more than keywords; a likeness of spelling or to past tickets adds."""
    if not services or not folded.tokens:
        return NOTHING
    catalogue = _catalogue(services)
    weights = [
        _LIKENESS_WEIGHT * likeness if likeness >= _LEAST_LIKENESS else 0.0
        for likeness in catalogue.corpus.likenesses(folded.text)
    ]
    evidence: dict[tuple[str, str], Evidence] = {}
    for hit in catalogue.book.find(folded.tokens):
        place, weight = hit.meaning
        words = folded.words(folded.tokens[hit.first].start, folded.tokens[hit.last].end)
        known = evidence.get((catalogue.ids[place], words.lower()))
        if known is None:
            weights[place] += weight
            evidence[catalogue.ids[place], words.lower()] = Evidence("service", words, catalogue.ids[place], weight)
    return _chosen(catalogue.ids, weights, evidence.values())


def _chosen(ids: Sequence[str], weights: Sequence[float], evidence: Iterable[Evidence]) -> ServiceFinding:
    order = sorted((place for place, weight in enumerate(weights) if weight > 0), key=lambda place: -weights[place])
    best = order[:MOST_CANDIDATES]
    candidates = tuple((ids[place], round(_score(weights[place]), 3)) for place in best)
    stands_out = bool(best) and _score(weights[best[0]]) >= _SURE_FROM
    alone = len(best) == 1 or (len(best) > 1 and weights[best[0]] >= _AHEAD_BY * weights[best[1]])
    named = {service for service, _ in candidates}
    return ServiceFinding(
        service=candidates[0][0] if stands_out and alone else None,
        candidates=candidates,
        evidence=tuple(item for item in evidence if item.says in named),
    )


def _score(weight: float) -> float:
    return weight / (weight + 1.5)


# A desk has one catalogue, changed by hand now and then.
@lru_cache(maxsize=8)
def _catalogue(services: tuple[ServiceEntry, ...]) -> _Catalogue:
    entries = [
        (_literally(phrase), (place, weight))
        for place, service in enumerate(services)
        for phrases, weight in (
            (service.names, _NAME_WEIGHT),
            (service.aliases, _ALIAS_WEIGHT),
            (service.keywords, _KEYWORD_WEIGHT),
        )
        for phrase in phrases
    ]
    texts = [" ".join((*service.names, *service.aliases, *service.keywords, *service.examples)) for service in services]
    return _Catalogue(tuple(service.id for service in services), Phrasebook(entries), Corpus(texts))


def _literally(phrase: str) -> str:
    return "".join(" " if char in "()|~" else char for char in phrase)
