"""The figures of docs/classification.md: `python -m tests.classifier.report`."""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.classifier import KINDS, MATRIX, Classification, classify

DEVSET: Final = Path(__file__).parent / "devset"
SETS: Final = ("en", "zh", "en_tickets", "zh_tickets")
Z: Final = 1.96


@dataclass(frozen=True, slots=True)
class Message:
    """A hand-written message and what a person says it is."""

    id: str
    text: str
    kind: str
    impact: str
    urgency: str

    @property
    def priority(self) -> str:
        return MATRIX[self.impact, self.urgency]  # type: ignore[index]  # the file's words are checked by a test


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    right: int
    of: int

    def __str__(self) -> str:
        low, high = wilson(self.right, self.of)
        return f"{self.right}/{self.of} = {self.right / max(self.of, 1):.3f} [{low:.2f}, {high:.2f}]"


def messages(name: str) -> list[Message]:
    """The development set of that name."""
    lines = (DEVSET / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [Message(**json.loads(line)) for line in lines]


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if of == 0:
        return 0.0, 1.0
    share, spread = right / of, Z * Z / of
    centre = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


Pair = tuple[Message, Classification]


def five_kinds(pairs: Iterable[Pair]) -> Share:
    return _share(said.kind == message.kind for message, said in pairs)


def incident_or_request(pairs: Iterable[Pair]) -> Share:
    """Of the incidents and requests, which of the two scores the person's word got more."""
    return _share(
        (said.kind_scores["incident"] >= said.kind_scores["request"]) == (message.kind == "incident")
        for message, said in pairs
        if message.kind in ("incident", "request")
    )


def asked(pairs: Iterable[Pair]) -> Share:
    return _share(said.decision in ("ask", "choose") for _, said in pairs)


def right_when_sure(pairs: Iterable[Pair]) -> Share:
    return five_kinds([pair for pair in pairs if pair[1].decision in ("accept", "ignore")])


def right_of_two_when_sure(pairs: Iterable[Pair]) -> Share:
    return incident_or_request([pair for pair in pairs if pair[1].decision in ("accept", "ignore")])


def calibration_error(pairs: Sequence[Pair], bins: int = 10) -> float:
    """The expected calibration error over ten equal bins of confidence."""
    total = 0.0
    for place in range(bins):
        low, high = place / bins, (place + 1) / bins
        inside = [
            pair for pair in pairs if low < pair[1].confidence <= high or (place == 0 and pair[1].confidence == 0)
        ]
        if inside:
            share = five_kinds(inside)
            mean = sum(said.confidence for _, said in inside) / len(inside)
            total += abs(share.right / share.of - mean) * len(inside) / len(pairs)
    return total


def first_priority_recall(pairs: Iterable[Pair]) -> Share:
    return _share(said.priority == "P1" for message, said in pairs if message.priority == "P1")


def first_priority_precision(pairs: Iterable[Pair]) -> Share:
    return _share(message.priority == "P1" for message, said in pairs if said.priority == "P1")


def exact_priority(pairs: Iterable[Pair]) -> Share:
    return _share(said.priority == message.priority for message, said in pairs)


def priority_within_one(pairs: Iterable[Pair]) -> Share:
    return _share(abs(int(said.priority[1]) - int(message.priority[1])) <= 1 for message, said in pairs)


def _share(rights: Iterable[bool]) -> Share:
    counted = Counter(rights)
    return Share(counted[True], counted.total())


MEASURES: Final[tuple[tuple[str, Callable[[list[Pair]], object]], ...]] = (
    ("five kinds", five_kinds),
    ("incident or request", incident_or_request),
    ("not sure (choose or ask)", asked),
    ("right when sure", right_when_sure),
    ("incident or request, when sure", right_of_two_when_sure),
    ("calibration error (ECE)", lambda pairs: f"{calibration_error(pairs):.3f}"),
    ("priority exact", exact_priority),
    ("priority within one", priority_within_one),
    ("P1 found (recall)", first_priority_recall),
    ("P1 right (precision)", first_priority_precision),
)


def main() -> None:
    """Prints every figure for every set and for all of them together, then the confusions."""
    read = [(name, [(message, classify(message.text)) for message in messages(name)]) for name in SETS]
    for name, pairs in (*read, ("all", [pair for _, each in read for pair in each])):
        print(f"\n{name}: n = {len(pairs)}, model {pairs[0][1].model_version}")
        for title, measure in MEASURES:
            print(f"  {title:32} {measure(pairs)}")
        for kind in KINDS:
            print(f"  {kind:32} {five_kinds([pair for pair in pairs if pair[0].kind == kind])}")
        confused = Counter((message.kind, said.kind) for message, said in pairs if message.kind != said.kind)
        print("  confused:", ", ".join(f"{kind} as {said} {n}" for (kind, said), n in confused.most_common()))


if __name__ == "__main__":
    main()
