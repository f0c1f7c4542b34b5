"""Files of JSON as the APIs of other systems answer, sorted by endpoint whatever way they were saved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.imports.ledger import Item, Json, Ledger

OF = "_of"
"""The key under which an object remembers the name after the endpoint in its file's name: `overrides-P123.json` holds
the overrides of P123, which the answer itself does not say."""

_OWNED = frozenset({"contact_methods", "contacts", "members", "notification_rules", "overrides"})
"""Endpoints whose answers are about one user, team or schedule."""

_ENVELOPES = ("results", "data")
_PAGE = re.compile(r"[-_.]?(?:page[-_.]?)?\d{0,4}")


class Pool:
    """The objects of an export, by endpoint."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._raw: dict[str, list[Json]] = {}

    def add(self, endpoint: str, objects: Iterable[Json]) -> None:
        """These are there too. An object that is there twice (its id says so) is the one that says more."""
        kept = self._raw.setdefault(endpoint, [])
        for one in objects:
            twin = next((place for place, other in enumerate(kept) if _is_same(one, other)), None)
            if twin is None:
                kept.append(one)
            else:
                kept[twin] = _merged(kept[twin], one)

    def items(self, endpoint: str, called: str = "") -> list[Item]:
        """Everything that endpoint answered, each named after itself."""
        label = called or endpoint.rstrip("s").replace("_", " ")
        return [Item(f"{label} {_name(one, place)}", one, self._ledger) for place, one in self._numbered(endpoint)]

    def has(self, endpoint: str) -> bool:
        """Whether there is anything of it."""
        return bool(self._raw.get(endpoint))

    def _numbered(self, endpoint: str) -> Iterator[tuple[int, Json]]:
        return enumerate(self._raw.get(endpoint, []), start=1)


def belongs(item: Item, *owners: str) -> bool:
    """Whether the file of that object is named after one of them: `notification-rules-u1.json`, or with more behind
    it, `notification-rules-u1-2.json`."""
    of = item.text(OF)
    return any(of == owner or of.startswith(f"{owner}-") for owner in owners if owner)


class Unreadable(ValueError):
    """A file or folder that cannot be read; says which, why, and what to do."""


def pool_of(files: Iterable[Path], endpoints: frozenset[str], ledger: Ledger) -> Pool:
    """What stands in these files and in the JSON files of these folders. Raises Unreadable."""
    pool = Pool(ledger)
    for path in _spread(files):
        for endpoint, objects in _read(path, endpoints, ledger):
            pool.add(endpoint, objects)
    if not any(pool.has(endpoint) for endpoint in endpoints):
        known = ", ".join(sorted(endpoints))
        raise Unreadable(f"Nothing of this system was found in there. Name the files after the endpoints: {known}.")
    return pool


def _spread(files: Iterable[Path]) -> Iterator[Path]:
    for path in files:
        if path.is_dir():
            inside = sorted(path.rglob("*.json"))
            if not inside:
                raise Unreadable(f"There is no .json file in {path}.")
            yield from inside
        else:
            yield path


def _read(path: Path, endpoints: frozenset[str], ledger: Ledger) -> Iterator[tuple[str, list[Json]]]:
    try:
        found: Json = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as bad:
        raise Unreadable(f"{path} cannot be read: {bad.strerror}.") from bad
    except (ValueError, RecursionError) as bad:
        raise Unreadable(f"{path} is no JSON ({bad}). Save the answer of the API as it comes.") from bad
    named, of = _endpoint_of(path, endpoints)
    by_key = dict(_by_key(found, endpoints)) if isinstance(found, dict) else {}
    if by_key:
        _tell_of_pages(path, found, ledger)
        for endpoint, objects in by_key.items():
            yield endpoint, [_with(one, of if endpoint in _OWNED and endpoint == named else "") for one in objects]
        return
    if not named:
        ledger.note(str(path), "neither its name nor its keys say which endpoint it is from", "rename it, import again")
        return
    _tell_of_pages(path, found, ledger)
    yield named, [_with(one, of if named in _OWNED else "") for one in _unwrapped(found)]


def _by_key(found: dict[str, Json], endpoints: frozenset[str]) -> Iterator[tuple[str, list[Json]]]:
    """An object whose keys are endpoints: several answers in one file, or one that names itself."""
    for key, value in found.items():
        if key in endpoints and isinstance(value, list):
            yield key, value
        elif key in endpoints and isinstance(value, dict):
            yield key, _unwrapped(value)
        elif f"{key}s" in endpoints and isinstance(value, dict):
            yield f"{key}s", [value]


def _unwrapped(found: Json) -> list[Json]:
    if isinstance(found, dict):
        for key in _ENVELOPES:
            if key in found:
                inside = found[key]
                return inside if isinstance(inside, list) else [inside]
        return [found]
    return found if isinstance(found, list) else [found]


def _endpoint_of(path: Path, endpoints: frozenset[str]) -> tuple[str, str]:
    """The endpoint that the file, or else its folder, is named after, and what follows it in the name."""
    for part in (path.stem, path.parent.name):
        name = part.lower().replace("-", "_")
        fitting = [one for one in endpoints if name.startswith(one)]
        if fitting:
            endpoint = max(fitting, key=len)
            rest = part[len(endpoint) :]
            if part != path.stem:
                return endpoint, path.stem
            return endpoint, "" if _PAGE.fullmatch(rest) else rest.lstrip("-_.")
    return "", ""


def _tell_of_pages(path: Path, found: Json, ledger: Ledger) -> None:
    """An answer that says itself that there is more."""
    if not isinstance(found, dict):
        return
    paging = found.get("paging")
    more = found.get("more") is True or found.get("next") or (isinstance(paging, dict) and paging.get("next"))
    if more:
        told = "this page says that more pages follow it"
        ledger.note(str(path), told, "fetch those too if you have not, and import all pages together")


def _with(one: Json, of: str) -> Json:
    return {**one, OF: of} if of and isinstance(one, dict) else one


def _is_same(one: Json, other: Json) -> bool:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    return one.get("id") is not None and one.get("id") == other.get("id") and one.get(OF) == other.get(OF)


def _merged(one: Json, other: Json) -> Json:
    """Of two answers about the same thing each key as the one that says more has it."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return one | {key: value for key, value in other.items() if len(str(value)) >= len(str(one.get(key, "")))}


def _name(one: Json, place: int) -> str:
    if isinstance(one, dict):
        for key in ("name", "fullName", "summary", "username", "id", "alias"):
            if isinstance(one.get(key), str) and one[key].strip():
                return f"`{one[key].strip()}`"
    return str(place)
