"""Both languages say the same things, each in its own signs, and every word is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bot.platforms.local import web
from bot.platforms.local.words import catalogue

ROOM = Path(web.__file__).parent
PLACEHOLDER = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")


def entries(language: str) -> dict[tuple[str, str], str]:
    found = catalogue("zh" if language == "zh" else "en")
    return {(part, key): text for part, texts in found.items() for key, text in texts.items()}


def sources(pattern: str) -> Iterator[str]:
    return (path.read_text(encoding="utf-8") for path in ROOM.rglob(pattern))


def test_both_languages_have_the_same_words_with_the_same_placeholders() -> None:
    en, zh = entries("en"), entries("zh")

    assert en.keys() == zh.keys()
    assert {key: set(PLACEHOLDER.findall(text)) for key, text in en.items()} == {
        key: set(PLACEHOLDER.findall(text)) for key, text in zh.items()
    }


def test_chinese_is_written_with_chinese_punctuation() -> None:
    halfwidth = re.compile(r"[\u4e00-\u9fff][,?:;!]|[,?:;!][\u4e00-\u9fff]")

    assert {key: text for key, text in entries("zh").items() if halfwidth.search(text)} == {}


def test_every_word_of_the_page_is_used_and_every_word_used_is_there() -> None:
    page = {key for part, key in entries("en") if part == "page"}
    scripts = "\n".join([*sources("*.js"), *sources("*.html")])
    asked = set(re.findall(r"""\bt\(\s*"(\w+)\"""", scripts)) | set(re.findall(r"\{\{ page\.(\w+)", scripts))
    asked |= {name for name in re.findall(r'"(\w+)"', scripts) if name in page}
    made_up = {key for key in page if key.startswith(("tone_", "language_", "speed_", "theme_"))}

    assert asked - page == set()
    assert page - asked - made_up == set()


def test_every_error_that_can_be_raised_has_a_sentence() -> None:
    errors = {key for part, key in entries("en") if part == "errors"}
    code = "\n".join(sources("*.py"))
    raised = set(re.findall(r'Trouble\(\s*\w+, "(\w+)"', code))

    assert raised - errors == set()


def test_no_text_ever_becomes_markup() -> None:
    scripts = "\n".join(sources("*.js"))

    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", scripts) == []
