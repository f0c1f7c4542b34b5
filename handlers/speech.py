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

LANGUAGES = ("en", "zh")
"""The first one speaks to those whose language nobody here speaks."""

CATALOGUES = Path(__file__).parent / "texts"


class Unsaid(LookupError):
    """A text is missing, or something it should name is."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One language, spoken as its readers do."""

    language: str
    _bundle: Any = field(repr=False, compare=False)
    _locale: Locale = field(repr=False, compare=False)

    def say(self, key: str, /, **facts: str | int) -> str:
        """The text in this language. Raises Unsaid when it does not exist or a fact for it is missing."""
        try:
            message = self._bundle.get_message(key)
        except LookupError as missing:
            raise Unsaid(f"{self.language}: no text {key}") from missing
        said, errors = self._bundle.format_pattern(message.value, facts)
        if errors:
            raise Unsaid(f"{self.language}: {key} with {sorted(facts)}: {errors[0]}")
        return str(said)

    def date(self, local: datetime, *, of_this_year: bool) -> str:
        """The date, without its weekday: 26 Jan, 2025-01-26."""
        pattern = self.say("date-pattern" if of_this_year else "date-pattern-of-year")
        return parse_pattern(pattern).apply(local, self._locale)

    def weekday(self, local: datetime) -> str:
        """The short name of the day: Sun, 周日."""
        return str(self._locale.days["format"]["abbreviated"][local.weekday()])

    def listed(self, items: Iterable[str]) -> str:
        """The items as one phrase."""
        return self.say("list-comma").join(items)


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
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(FluentResource((folder / f"{language}.ftl").read_text(encoding="utf-8")))
    return Voice(language, bundle, Locale.parse(language))
