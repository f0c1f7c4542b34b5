"""Both catalogues say the same things; everything said is written, and nothing is written that is never said."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.runtime import FluentResource
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

from handlers.speech import CATALOGUES, LANGUAGES, Unsaid
from tests.handlers.small_house import texts

HANDLERS = Path(__file__).parents[2] / "handlers"
KEY = re.compile(r"[a-z][a-zA-Z0-9]*(?:[-_][a-zA-Z0-9_]+)*")


class Named(Visitor):
    """The facts that a text names."""

    def __init__(self) -> None:
        self.facts: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:
        self.facts.add(node.id.name)


def messages(language: str) -> list[ftl.Message]:
    resource = FluentResource((CATALOGUES / f"{language}.ftl").read_text(encoding="utf-8"))
    assert not [one for one in resource.body if isinstance(one, ftl.Junk)]
    return [one for one in resource.body if isinstance(one, ftl.Message)]


def facts_of(message: ftl.Message) -> set[str]:
    named = Named()
    named.visit(message)
    return named.facts


def written() -> dict[str, dict[str, set[str]]]:
    return {language: {one.id.name: facts_of(one) for one in messages(language)} for language in LANGUAGES}


def strings_of(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """Every string in the code, and whether it is only a beginning ("status-" of f"status-{status}")."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
            yield str(node.values[0].value), True
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value, False


def said() -> tuple[set[str], set[str]]:
    """The keys that the code names in full, and the beginnings of those it puts together."""
    found = [pair for path in HANDLERS.rglob("*.py") for pair in strings_of(ast.parse(path.read_text()))]
    whole = {text for text, is_head in found if not is_head and KEY.fullmatch(text)}
    heads = {text for text, is_head in found if is_head and text.endswith("-")}
    return whole, heads


def test_both_languages_have_the_same_texts_with_the_same_facts() -> None:
    first, second = (written()[language] for language in LANGUAGES)

    assert first == second


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_written_twice_or_empty(language: str) -> None:
    keys = [one.id.name for one in messages(language)]

    assert len(keys) == len(set(keys))
    assert all(one.value is not None and one.value.elements for one in messages(language))


def test_every_text_is_said_somewhere() -> None:
    whole, heads = said()

    unsaid = [key for key in written()["en"] if key not in whole and not any(key.startswith(head) for head in heads)]

    assert unsaid == []


def test_every_key_in_a_call_is_written() -> None:
    known = written()["en"]
    called = {
        node.args[0].value
        for path in HANDLERS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say" and node.args
        if isinstance(node.args[0], ast.Constant)
    }

    assert called - set(known) == set()
    assert len(called) > 100


def test_chinese_is_written_in_chinese_and_english_in_english() -> None:
    han = re.compile(r"[\u3400-\u9fff]")
    own_names = {"do-language-zh", "help-language"}
    for message in messages("en"):
        if message.id.name not in own_names:
            assert not han.search("".join(texts_in(message))), message.id.name
    half_width = re.compile(r"[\u3400-\u9fff][,;:!?()]|[,;:!?()][\u3400-\u9fff]")
    for message in messages("zh"):
        assert not half_width.search("".join(texts_in(message))), message.id.name


def texts_in(message: ftl.Message) -> list[str]:
    found: list[str] = []

    class Texts(Visitor):
        def visit_TextElement(self, node: ftl.TextElement) -> None:
            found.append(node.value)

    Texts().visit(message)
    return found


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [
        (1, "You have one open ticket", "您有 1 单未办完"),
        (2, "You have 2 open tickets", "您有 2 单未办完"),
        (1200, "You have 1,200 open tickets", "您有 1,200 单未办完"),
    ],
)
def test_numbers_are_said_as_the_language_says_them(count: int, english: str, chinese: str) -> None:
    assert texts().of("en").say("mine-title", count=count) == english
    assert texts().of("zh").say("mine-title", count=count) == chinese


def test_a_missing_text_and_a_missing_fact_are_bugs_and_never_shown() -> None:
    voice = texts().of("en")

    with pytest.raises(Unsaid):
        voice.say("no-such-text")
    with pytest.raises(Unsaid):
        voice.say("a-heading", ref="INC-1")
    with pytest.raises(Unsaid):
        voice.say("mine-title")


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("zh", "zh"), ("zh-CN", "zh"), ("zh_Hans_CN", "zh"), ("ZH", "zh"), ("en-GB", "en"), ("fr", "en"), ("", "en")],
)
def test_whoever_speaks_another_language_is_spoken_to_in_the_nearest(asked: str, spoken: str) -> None:
    assert texts().of(asked).language == spoken


def test_what_is_put_into_a_text_stays_as_it_is() -> None:
    said = texts().of("en").say("a-heading", ref="INC-1", gist="{ $x } <b>{0}%s</b>")

    assert said == "INC-1 · { $x } <b>{0}%s</b>"
