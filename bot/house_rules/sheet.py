"""A policy file as it was written: words, lists and keys, each with its line; no YAML type is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.house_rules.problems import Problem

Plain = Any
"""A str, or a list or a dict of them."""

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")
_DEEPEST = 30
_BREAKS = re.compile(r"\r\n?")
_NO_BREAKS = {0x85: " ", 0x2028: " ", 0x2029: " "}
"""Lines end here for YAML and for no editor; they would put every later line number wrong."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file that could be read. `plain` is what it says, `root` remembers where."""

    file: str
    root: yaml.Node
    plain: Plain

    def place(self, loc: Sequence[str | int]) -> tuple[int, int]:
        """Line and column, from 1, of what stands at `loc`, or of the nearest thing around it that exists.

        A last step "[key]" asks for the key instead of its value, as pydantic does.
        """
        key: yaml.Node | None = None
        node = self.root
        for step in loc:
            if step == "[key]":
                return _mark(key or node)
            found = _child(node, step)
            if found is None:
                return _mark(key or node)
            key, node = found
        return _mark(node if key is None or isinstance(node, yaml.ScalarNode) else key)

    def problem(self, loc: Sequence[str | int], what: str, advice: str, *, warning: bool = False) -> Problem:
        """The mistake that stands at `loc`."""
        line, column = self.place(loc)
        return Problem(self.file, line, column, what, advice, warning)


def read_sheet(path: Path) -> tuple[Sheet | None, list[Problem]]:
    """The file as a sheet, or None when it cannot be read at all; and every mistake of its form."""
    file = str(path)
    try:
        root = _composed(_bytes(path))
    except _Unreadable as bad:
        return None, [Problem(file, bad.line, bad.column, bad.what, bad.advice)]
    problems: list[Problem] = []
    plain = _plain(root, _Reading(file, problems, set()))
    return Sheet(file, root, plain), problems


class _Unreadable(ValueError):
    def __init__(self, what: str, advice: str, *, line: int = 1, column: int = 1) -> None:
        super().__init__(what)
        self.what, self.advice, self.line, self.column = what, advice, line, column


def _bytes(path: Path) -> bytes:
    """Raises _Unreadable."""
    try:
        return path.read_bytes()
    except OSError as bad:
        raise _Unreadable(f"the file cannot be read ({bad.strerror})", "let the desk's user read it") from bad


def _composed(raw: bytes) -> yaml.Node:
    """Raises _Unreadable."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        line = raw.count(b"\n", 0, bad.start) + 1
        raise _Unreadable("this is not UTF-8", "save the file as UTF-8", line=line) from bad
    text = _BREAKS.sub("\n", text).translate(_NO_BREAKS)
    strange = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if strange is not None:
        line, column = text.count("\n", 0, strange.start()) + 1, strange.start() - text.rfind("\n", 0, strange.start())
        raise _Unreadable("there is a character that no text file holds", "remove it", line=line, column=column)
    try:
        root: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as bad:
        raise _misshapen(bad, text) from bad
    except RecursionError as bad:
        raise _Unreadable("this is nested too deeply", "write it with fewer levels") from bad
    if root is None:
        raise _Unreadable("the file is empty", "fill it, or copy it from the packaged rules (bot/rules)")
    return root


def _misshapen(bad: yaml.MarkedYAMLError, text: str) -> _Unreadable:
    in_quotes = bad.context == "while scanning a quoted scalar"  # then the problem is only noticed at the end
    mark = (bad.context_mark if in_quotes else bad.problem_mark) or bad.context_mark
    lines = text.split("\n")
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    line = min(line, len(lines))  # what is missing at the end is found behind it
    if bad.problem == "but found another document":
        return _Unreadable("a second document begins here", "remove the line `---`", line=line, column=column)
    if "\t" in lines[line - 1]:
        return _Unreadable("there is a tab here", "indent with spaces", line=line, column=column)
    words = " ".join(part for part in (bad.problem, bad.context) if part) or "unknown reason"
    advice = "look at the indentation, colons and quotes here and on the line above"
    return _Unreadable(f"this is not YAML ({words})", advice, line=line, column=column)


@dataclass(frozen=True, slots=True)
class _Reading:
    file: str
    problems: list[Problem]
    seen: set[int]

    def wrong(self, node: yaml.Node, what: str, advice: str) -> None:
        self.problems.append(Problem(self.file, *_mark(node), what, advice))


def _plain(node: yaml.Node, reading: _Reading, depth: int = 0) -> Plain:
    if node.tag not in _TAGS:
        reading.wrong(node, f"`{node.tag.replace('tag:yaml.org,2002:', '!!')}` is a YAML tag", "write plain text")
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if id(node) in reading.seen:
        reading.wrong(node, "an alias repeats this (`*name`)", "write it out where it is needed")
        return ""
    if depth > _DEEPEST:
        reading.wrong(node, "this is nested too deeply", "write it with fewer levels")
        return ""
    reading.seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, reading, depth + 1) for item in node.value]
    return dict(_pairs(node, reading, depth))


def _pairs(node: yaml.Node, reading: _Reading, depth: int) -> Iterator[tuple[str, Plain]]:
    """The entries of a mapping; of a key that is there twice only the first."""
    first_at: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            reading.wrong(key, "a key is more than a word", "write a name, a colon and the value")
        elif key.value in first_at:
            said = f"`{key.value}` is here twice, first on line {first_at[key.value]}"
            reading.wrong(key, said, "keep one of them")
        else:
            first_at[key.value] = key.start_mark.line + 1
            yield str(key.value), _plain(value, reading, depth + 1)


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    """The key and the value at one step below `node`; a list has no keys."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None


def _mark(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
