"""What a person wrote -> what it is, how urgent, and which words say so. Pure and deterministic."""

from bot.classifier.proposal import classify, health
from bot.classifier.values import (
    KINDS,
    MATRIX,
    Classification,
    Context,
    Evidence,
    Kind,
    Level,
    Priority,
    ServiceEntry,
)

__all__ = [
    "KINDS",
    "MATRIX",
    "Classification",
    "Context",
    "Evidence",
    "Kind",
    "Level",
    "Priority",
    "ServiceEntry",
    "classify",
    "health",
]
