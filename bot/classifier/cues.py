"""Reads the table of cues, `cues.yaml`, which says which words speak for what."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from bot.classifier.phrases import Phrasebook
from bot.classifier.values import About

_TABLE: Final = "cues.yaml"


@dataclass(frozen=True, slots=True)
class Cue:
    """What some words speak for: a kind, a level or yes; a negative weight speaks against it."""

    about: About
    says: str
    weight: float


@dataclass(frozen=True, slots=True)
class Part:
    """Words that speak for something only beside words of another list."""

    name: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two lists whose words speak for the cue when at most `apart` tokens lie between them, in either order."""

    one: str
    other: str
    apart: int
    cue: Cue


@dataclass(frozen=True, slots=True)
class Table:
    """All that the rules know."""

    book: Phrasebook[Cue | Part]
    pairs: tuple[Pair, ...]


@cache
def table() -> Table:
    """The table, ready to be looked up in one walk over a text."""
    read = _parsed(files("bot.classifier").joinpath(_TABLE).read_text("utf-8"))
    words = {name: "|".join(word.strip() for word in listed.split("|")) for name, listed in read["words"].items()}
    pairs = tuple(Pair(line["one"], line["other"], line["apart"], _cue(line)) for line in read["pairs"])
    entries: list[tuple[str, Cue | Part]] = [
        (phrase, _cue(line)) for line in read["cues"] for phrase in _phrases(line["phrases"], words)
    ]
    paired = sorted({name for pair in pairs for name in (pair.one, pair.other)})
    entries += [(phrase, Part(name)) for name in paired for phrase in words[name].split("|")]
    return Table(Phrasebook(entries), pairs)


def _cue(line: dict[str, Any]) -> Cue:
    return Cue(line["about"], line["says"], float(line["weight"]))


def _parsed(text: str) -> dict[str, Any]:
    # Ten times faster with libyaml, which the usual builds of PyYAML have.
    read: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader) if yaml.__with_libyaml__ else yaml.safe_load(text)
    return read


def _phrases(listed: str, words: dict[str, str]) -> tuple[str, ...]:
    for name, choices in words.items():
        listed = listed.replace("{" + name + "}", f"({choices})")
    return tuple(phrase.strip() for phrase in listed.split(";") if phrase.strip())
