"""The words of the desk: one catalogue for each language, and the voice that speaks it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from babel import Locale
from babel.dates import parse_pattern
from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import ast

LANGUAGES = ("en", "zh")
"""The first one speaks to those whose language nobody here speaks."""

CATALOGUES = Path(__file__).parent / "texts"

Template = tuple[tuple[str, bool], ...]
"""A text without choices: pieces in order, each with whether it is the name of a fact."""


class Unsaid(LookupError):
    """A text is missing, or something it should name is."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One language, spoken as its readers do."""

    language: str
    _bundle: Any = field(repr=False, compare=False)
    _templates: Mapping[str, Template] = field(repr=False, compare=False)
    _locale: Locale = field(repr=False, compare=False)
    _weekdays: tuple[str, ...] = field(repr=False, compare=False)

    def say(self, key: str, /, **facts: str | int) -> str:
        """The text in this language. Raises Unsaid when it does not exist or a fact for it is missing."""
        template = self._templates.get(key)
        if template is None:
            return self._chosen(key, facts)
        try:
            pieces = [facts[piece] if is_fact else piece for piece, is_fact in template]
        except KeyError as missing:
            raise Unsaid(f"{self.language}: {key} needs {missing}") from missing
        if any(type(piece) is int for piece in pieces):
            return self._chosen(key, facts)  # written as the language writes numbers
        return "".join(map(str, pieces))

    def date(self, local: datetime, *, of_this_year: bool) -> str:
        """The date, without its weekday: 26 Jan, 2025-01-26."""
        pattern = self.say("date-pattern" if of_this_year else "date-pattern-of-year")
        return parse_pattern(pattern).apply(local, self._locale)

    def weekday(self, local: datetime) -> str:
        """The short name of the day: Sun, 周日."""
        return self._weekdays[local.weekday()]

    def listed(self, items: Iterable[str]) -> str:
        """The items as one phrase."""
        return self.say("list-comma").join(items)

    def _chosen(self, key: str, facts: Mapping[str, str | int]) -> str:
        """By Fluent itself: plurals, choices, numbers."""
        try:
            message = self._bundle.get_message(key)
        except LookupError as missing:
            raise Unsaid(f"{self.language}: no text {key}") from missing
        said, errors = self._bundle.format_pattern(message.value, facts)
        if errors:
            raise Unsaid(f"{self.language}: {key} with {sorted(facts)}: {errors[0]}")
        return str(said)


@dataclass(frozen=True, slots=True)
class Texts:
    """All voices by language."""

    voices: Mapping[str, Voice]

    def of(self, language: str) -> Voice:
        """The voice for "zh", "zh-CN", "zh_Hans" and the like; the first language when nobody speaks it."""
        whole = language.lower()
        return self.voices.get(whole) or self.voices.get(whole[:2]) or self.voices[LANGUAGES[0]]


def load_texts(folder: Path = CATALOGUES) -> Texts:
    """The catalogues as they lie in the folder, one file a language."""
    return Texts(MappingProxyType({language: _voice(language, folder) for language in LANGUAGES}))


def _voice(language: str, folder: Path) -> Voice:
    resource = FluentResource((folder / f"{language}.ftl").read_text(encoding="utf-8"))
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(resource)
    locale = Locale.parse(language)
    days = locale.days["format"]["abbreviated"]
    return Voice(language, bundle, _templates(resource), locale, tuple(str(days[number]) for number in range(7)))


def _templates(resource: Any) -> Mapping[str, Template]:
    """The texts in which nothing is chosen: a card says fifty of them, and joining strings is ten times as fast as
    asking Fluent."""
    found = {
        message.id.name: template
        for message in resource.body
        if isinstance(message, ast.Message) and message.value is not None
        if (template := _template(message.value)) is not None
    }
    return MappingProxyType(found)


def _template(pattern: ast.Pattern) -> Template | None:
    pieces: list[tuple[str, bool]] = []
    for element in pattern.elements:
        match element:
            case ast.TextElement():
                pieces.append((element.value, False))
            case ast.Placeable(expression=ast.VariableReference() as named):
                pieces.append((named.id.name, True))
            case ast.Placeable(expression=ast.StringLiteral() as literal):
                pieces.append((str(literal.parse()["value"]), False))
            case _:
                return None
    return tuple(pieces)
