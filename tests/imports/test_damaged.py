"""Exports that are damaged in any way end in files that pass the check, never in an error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.house_rules import check
from bot.imports import SYSTEMS, Ledger, imported, write_folder
from tests.imports.reading import EXPORTS, NOW

ODD = [
    None, 0, -1, 7, 10**9, 10**30, 3.5, True, "", "x", "99:99", "2026-13-01T00:00:00", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z", "Mars/X", "😀" * 50, [], {}, [None], {"a": 1}, ["x"],
]  # fmt: skip
EXPORT = {
    system: {
        path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted((EXPORTS / system).glob("*.json"))
    }
    for system in SYSTEMS
}


def places(found: Any) -> Iterator[tuple[Any, Any]]:
    """Every value, as its container and its key there."""
    for key in list(found) if isinstance(found, dict) else range(len(found)) if isinstance(found, list) else ():
        yield found, key
        yield from places(found[key])


@pytest.mark.parametrize("system", SYSTEMS)
@settings(max_examples=6, deadline=None)
@given(blows=st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(ODD)), min_size=1, max_size=8))
def test_no_damage_ends_in_an_error(system: str, blows: list[tuple[int, object]]) -> None:
    export = deepcopy(EXPORT[system])
    for number, odd in blows:
        every = list(places(export))
        container, key = every[number % len(every)]
        container[key] = deepcopy(odd)
    ledger = Ledger()

    with TemporaryDirectory() as place:
        source = Path(place) / "export"
        source.mkdir()
        for name, content in export.items():
            (source / name).write_text(json.dumps(content), encoding="utf-8")
        draft = imported(system, [source], ledger, NOW)
        write_folder(Path(place) / "rules", draft, ledger, NOW)
        mistakes = [str(one) for one in check(Path(place) / "rules", now=NOW) if not one.warning]

    assert mistakes == [] or not draft.people
