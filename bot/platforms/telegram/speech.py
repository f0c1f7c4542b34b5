"""What only Telegram needs to be said, in both languages: its menu, and the way through a form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from bot.chat.form import Form

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


@cache
def _catalogue(language: Language) -> Mapping[str, Any]:
    text = files("bot.platforms.telegram").joinpath("texts", f"{language}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def commands(language: Language) -> Mapping[str, str]:
    """The commands that the menu offers, and what each is for."""
    found: dict[str, str] = _catalogue(language)["commands"]
    return found


def say(language: Language, key: str, **facts: object) -> str:
    """A sentence of the dialog: `form.back`, for example."""
    room, _, name = key.partition(".")
    template: str = _catalogue(language)[room][name]
    return template.format_map(facts)


def language_of(form: Form) -> Language:
    """The language that the form is drawn in: it was drawn for its reader."""
    return language_in((form.title, form.lead, form.submit, *(field.label for field in form.fields)))


def language_in(texts: Iterable[str]) -> Language:
    """Chinese when there is any of it: an English form has none."""
    return "zh" if any(_HAN.search(text) for text in texts) else "en"
