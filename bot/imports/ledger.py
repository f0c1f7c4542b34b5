"""An account of what was found in an export: nothing in it may vanish without a line about it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

_SHOWN = 120
_HIGHEST = 10**9
"""No number of an export that we read is higher: seconds of a year are 31 million."""
_NUMBER = re.compile(r"-?\d{1,10}", re.ASCII)

T = TypeVar("T")

Json = object
"""Whatever JSON can hold."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that could not be carried, or only nearly: where it stands, what it is and why, and what to do."""

    where: str
    what: str
    todo: str


class Ledger:
    """Collects notes, each once, in the order they come, and counts what was carried."""

    def __init__(self) -> None:
        self._notes: dict[Note, None] = {}
        self.carried: dict[str, int] = {}

    @property
    def notes(self) -> tuple[Note, ...]:
        """In the order they came."""
        return tuple(self._notes)

    def note(self, where: str, what: str, todo: str = "nothing, unless you rely on it") -> None:
        """One more thing to tell."""
        self._notes.setdefault(Note(where, what, todo))

    def count(self, what: str, many: int = 1) -> None:
        """So many more of these were carried."""
        self.carried[what] = self.carried.get(what, 0) + many


class Item:
    """One object of an export. Every key that is asked for counts as seen; `close` tells of those that never were.

    What has another type than it should is told, and is as if it were not there."""

    def __init__(self, where: str, raw: Json, ledger: Ledger) -> None:
        self.where = where
        self.ledger = ledger
        self._raw: Mapping[str, Json] = raw if isinstance(raw, dict) else {}
        self._seen: set[str] = set()
        if not isinstance(raw, dict):
            self.note(f"this is {_shown(raw)} and no object", "look at the export; it may be damaged")

    def note(self, what: str, todo: str = "nothing, unless you rely on it") -> None:
        """Something to tell about this object."""
        self.ledger.note(self.where, what, todo)

    def __contains__(self, key: str) -> bool:
        return self._raw.get(key) is not None

    def text(self, key: str, default: str = "") -> str:
        """The words behind the key; numbers are words too."""
        value = self._value(key)
        if isinstance(value, str):
            return value.strip() or default
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return self._other(key, value, default)

    def number(self, key: str, default: int = 0) -> int:
        """The whole number behind the key."""
        value = self._value(key)
        number = int(value) if isinstance(value, str) and _NUMBER.fullmatch(value.strip()) else value
        if isinstance(number, bool) or not isinstance(number, int | float):
            return self._other(key, value, default)
        if abs(number) > _HIGHEST or number != int(number):
            return self._other(key, value, default)
        return int(number)

    def truth(self, key: str, *, default: bool = False) -> bool:
        """The yes or no behind the key."""
        value = self._value(key)
        return value if isinstance(value, bool) else self._other(key, value, default)

    def raw(self, key: str) -> Json:
        """Whatever stands behind the key."""
        return self._value(key)

    def item(self, key: str) -> Item:
        """The object behind the key; an empty one where there is none."""
        value = self._value(key)
        return Item(f"{self.where} / {key}", {} if value is None else value, self.ledger)

    def items(self, key: str, called: str = "") -> list[Item]:
        """The objects in the list behind the key."""
        values = self.several(key)
        return [
            Item(f"{self.where} / {called or key} {place}", value, self.ledger)
            for place, value in enumerate(values, start=1)
        ]

    def words(self, key: str) -> list[str]:
        """The list of words behind the key."""
        return [str(one) for one in self.several(key) if isinstance(one, str | int)]

    def several(self, key: str) -> list[Json]:
        """The list behind the key."""
        value = self._value(key)
        return value if isinstance(value, list) else self._other(key, value, [])

    def skip(self, *keys: str) -> None:
        """These say nothing that a desk could use: numbers of the other system, its links and pictures."""
        self._seen.update(keys)

    def said(self, *keys: str) -> str:
        """Those of the keys that say something, for the middle of a sentence."""
        self._seen.update(keys)
        said = [f"`{key}` {_shown(self._raw[key])}" for key in keys if _says_something(self._raw.get(key))]
        return f" ({', '.join(said)})" if said else ""

    def unused(self, why: str, *keys: str, todo: str = "nothing, unless you rely on it") -> None:
        """Tells of those of the keys that say something, all for the same reason."""
        self._seen.update(keys)
        said = [f"`{key}` ({_shown(self._raw[key])})" for key in keys if _says_something(self._raw.get(key))]
        if said:
            self.note(f"{', '.join(said)}: {why}", todo)

    def close(self) -> None:
        """Tells of every key that was never asked for and says something."""
        for key in self._left():
            self.note(f"`{key}` ({_shown(self._raw[key])}): our rules have no place for it")

    def _left(self) -> Iterator[str]:
        return (key for key, value in self._raw.items() if key not in self._seen and _says_something(value))

    def _value(self, key: str) -> Json:
        self._seen.add(key)
        return self._raw.get(key)

    def _other(self, key: str, value: Json, default: T) -> T:
        if value is not None and value != "":
            self.note(f"`{key}` is {_shown(value)}, which is not what belongs there", "write it into the files by hand")
        return default


def _says_something(value: Json) -> bool:
    return value is not None and value is not False and value not in ("", [], {})


def _shown(value: Json) -> str:
    """Short enough for a line."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
