"""What the classifier is given and what it says: plain values, no desk types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

Kind = Literal["incident", "request", "question", "complaint", "chitchat"]
Level = Literal["high", "medium", "low"]
Priority = Literal["P1", "P2", "P3", "P4"]
Decision = Literal["accept", "choose", "ask", "ignore"]
Lang = Literal["en", "zh"]
About = Literal["kind", "impact", "urgency", "service", "security"]

KINDS: Final[tuple[Kind, ...]] = ("incident", "request", "question", "complaint", "chitchat")
LEVELS: Final[tuple[Level, ...]] = ("high", "medium", "low")

# (impact, urgency) -> priority, as practised in a public ServiceNow log.
MATRIX: Final[Mapping[tuple[Level, Level], Priority]] = MappingProxyType(
    {
        ("high", "high"): "P1",
        ("high", "medium"): "P2",
        ("medium", "high"): "P2",
        ("medium", "medium"): "P3",
        ("medium", "low"): "P4",
        ("low", "medium"): "P4",
        ("low", "low"): "P4",
        ("low", "high"): "P3",
        ("high", "low"): "P3",
    }
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of the text, as the person wrote them, and what they speak for."""

    about: About
    words: str
    says: str
    weight: float


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """One service of the desk's catalogue; examples are a few past tickets."""

    id: str
    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What this desk knows: its catalogue, its matrix, and how many people are many."""

    services: tuple[ServiceEntry, ...] = ()
    matrix: Mapping[tuple[Level, Level], Priority] = field(default_factory=lambda: MATRIX, hash=False)
    several_people: int = 3
    many_people: int = 20
    accept_from: float = 0.8
    choose_from: float = 0.5


@dataclass(frozen=True, slots=True)
class Classification:
    """A proposal about one text; a person confirms or corrects it."""

    kind: Kind
    kind_scores: Mapping[str, float]
    security: bool
    service: str | None
    service_candidates: tuple[tuple[str, float], ...]
    impact: Level
    urgency: Level
    priority: Priority
    confidence: float
    decision: Decision
    evidence: tuple[Evidence, ...]
    model_version: str
    lang: Lang
