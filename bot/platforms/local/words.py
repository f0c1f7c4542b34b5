"""What the page and its API say, in both languages; the words themselves are in `texts/`."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from bot.platforms.local.street import Language

LANGUAGES: tuple[Language, ...] = ("en", "zh")


@cache
def catalogue(language: Language) -> dict[str, Any]:
    """All words of one language: `page` for the browser, `errors` and `terminal` for us."""
    text = files("bot.platforms.local").joinpath("texts", f"{language}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def sentence(language: Language, key: str, **facts: object) -> str:
    """What is said when a request cannot be done, and what to do instead."""
    template: str = catalogue(language)["errors"][key]
    return template.format_map(facts)


def language_of(accepted: str) -> Language:
    """The language of a stranger, from the Accept-Language header."""
    return "zh" if accepted.strip().lower().startswith("zh") else "en"
