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
    """One line of the table: `says` is a kind, a level or yes; a negative weight speaks against it."""

    about: About
    says: str
    weight: float
    phrases: tuple[str, ...]


@cache
def cues() -> tuple[Cue, ...]:
    """The table, each phrase with its named lists of words put in."""
    table = _parsed(files("bot.classifier").joinpath(_TABLE).read_text("utf-8"))
    words = {name: "|".join(word.strip() for word in listed.split("|")) for name, listed in table["words"].items()}
    return tuple(
        Cue(line["about"], line["says"], float(line["weight"]), _phrases(line["phrases"], words))
        for line in table["cues"]
    )


@cache
def phrasebook() -> Phrasebook[Cue]:
    """All phrases of the table, ready to be found in one walk."""
    return Phrasebook([(phrase, cue) for cue in cues() for phrase in cue.phrases])


def _parsed(text: str) -> dict[str, Any]:
    # Ten times faster with libyaml, which the usual builds of PyYAML have.
    table: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader) if yaml.__with_libyaml__ else yaml.safe_load(text)
    return table


def _phrases(listed: str, words: dict[str, str]) -> tuple[str, ...]:
    for name, choices in words.items():
        listed = listed.replace("{" + name + "}", f"({choices})")
    return tuple(phrase.strip() for phrase in listed.split(";") if phrase.strip())
