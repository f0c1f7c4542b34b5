"""What only Telegram has to say is said in both languages, and its commands are ones that Telegram takes."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from string import Formatter
from typing import Any

import pytest

from bot.platforms.telegram.parse import KNOWN_COMMANDS
from bot.platforms.telegram.speech import LANGUAGES, commands, language_in, say


def texts(language: str) -> dict[str, Any]:
    found = files("bot.platforms.telegram").joinpath("texts", f"{language}.json").read_text(encoding="utf-8")
    return dict(json.loads(found))


def test_both_languages_say_the_same_things_with_the_same_facts() -> None:
    en, zh = texts("en"), texts("zh")

    assert {room: set(en[room]) for room in en} == {room: set(zh[room]) for room in zh}
    for room in en:
        for name in en[room]:
            assert _facts(en[room][name]) == _facts(zh[room][name]), name


def test_each_is_written_in_its_language() -> None:
    spoken = [(name, text) for room in texts("zh").values() for name, text in room.items()]

    assert all(language_in((text,)) == "zh" for _, text in spoken)
    assert all(language_in((text,)) == "en" for name, text in texts("en")["form"].items())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_of_the_menu_is_known_and_fit_for_it(language: Any) -> None:
    for name, told in commands(language).items():
        assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
        assert 3 <= len(told) <= 256
        assert name in KNOWN_COMMANDS


def test_a_sentence_is_filled_in() -> None:
    assert say("en", "form.step", at=1, all=3) == "1 of 3"


def _facts(template: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}
