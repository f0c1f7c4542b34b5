"""A form asks several things at once where the platform can, and one after another where it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """What a field takes."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers of a choice field."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form."""

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    required: bool = True
    initial: str = ""
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    max_chars: int = 3000


@dataclass(frozen=True, slots=True)
class Form:
    """A set of questions; `wish` (`verb:subject`) comes back with the answers."""

    wish: str
    title: str
    fields: tuple[Field, ...]
    submit: str
    lead: str = ""
