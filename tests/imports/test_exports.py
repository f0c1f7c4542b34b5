"""Exports come as they were saved: one file with everything, a file an answer, several pages, a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.imports.exports import OF, Pool, Unreadable, pool_of
from bot.imports.ledger import Ledger

ENDPOINTS = frozenset({"users", "schedules", "overrides", "escalation_policies"})
ANN, BO = {"id": "U1", "name": "Ann"}, {"id": "U2", "name": "Bo"}


def saved(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def names(pool: Pool, endpoint: str = "users") -> list[str]:
    return [item.text("name") for item in pool.items(endpoint)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("everything.json", {"users": [ANN, BO], "schedules": []}),
        ("everything.json", {"users": {"data": [ANN, BO]}, "schedules": {"results": []}}),
        ("users.json", [ANN, BO]),
        ("users.json", {"users": [ANN, BO], "more": False}),
        ("users.json", {"results": [ANN, BO], "next": None}),
        ("users-page-2.json", {"data": [ANN, BO], "paging": {"first": "x"}}),
        ("users/U1.json", {"data": [ANN, BO]}),
    ],
)
def test_every_usual_form_of_an_export_is_read(tmp_path: Path, name: str, content: object) -> None:
    pool = pool_of([saved(tmp_path, name, content)], ENDPOINTS, Ledger())

    assert names(pool) == ["Ann", "Bo"]


def test_one_thing_that_was_fetched_twice_is_one_and_the_fuller_answer_counts(tmp_path: Path) -> None:
    saved(tmp_path, "users.json", {"data": [ANN, BO]})
    saved(tmp_path, "users-U1.json", {"data": {**ANN, "contacts": ["a", "b"]}})

    pool = pool_of([tmp_path], ENDPOINTS, Ledger())

    assert names(pool) == ["Ann", "Bo"]
    assert pool.items("users")[0].words("contacts") == ["a", "b"]


def test_what_belongs_to_one_schedule_knows_it_by_the_name_of_its_file(tmp_path: Path) -> None:
    saved(tmp_path, "overrides-PABC12.json", {"overrides": [{"id": "O1"}]})
    saved(tmp_path, "overrides-PXYZ34.json", {"overrides": [{"id": "O1"}]})

    pool = pool_of([tmp_path], ENDPOINTS, Ledger())

    assert [item.text(OF) for item in pool.items("overrides")] == ["PABC12", "PXYZ34"]


@pytest.mark.parametrize(
    "content",
    [
        {"users": [ANN], "more": True},
        {"results": [ANN], "next": "https://example.com/?page=2"},
        {"data": [ANN], "paging": {"next": "https://example.com/?offset=100"}},
    ],
)
def test_a_page_that_is_not_the_last_one_is_told(tmp_path: Path, content: object) -> None:
    ledger = Ledger()

    pool_of([saved(tmp_path, "users.json", content)], ENDPOINTS, ledger)

    assert [note.what for note in ledger.notes] == ["this page says that more pages follow it"]


def test_a_file_that_belongs_nowhere_is_told(tmp_path: Path) -> None:
    ledger = Ledger()
    saved(tmp_path, "users.json", [ANN])
    saved(tmp_path, "holiday-pictures.json", {"beach": True})

    pool_of([tmp_path], ENDPOINTS, ledger)

    assert [Path(note.where).name for note in ledger.notes] == ["holiday-pictures.json"]


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text("<html>Unauthorized</html>", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    other = saved(tmp_path, "other/pictures.json", {"beach": True})

    for path, why in (
        (tmp_path / "users.json", "is no JSON"),
        (tmp_path / "absent.json", "cannot be read"),
        (tmp_path / "empty", "no .json file"),
        (other, "Nothing of this system was found"),
    ):
        with pytest.raises(Unreadable, match=why):
            pool_of([path], ENDPOINTS, Ledger())


@pytest.mark.parametrize("content", [{"users": [None, 7, "x", [], {}]}, {"users": {}}, [[]], {"users": [{"id": {}}]}])
def test_damaged_objects_are_told_and_stop_nothing(tmp_path: Path, content: object) -> None:
    from bot.imports import SYSTEMS, imported  # all three: each has readers of its own
    from tests.imports.reading import NOW

    path = saved(tmp_path, "users.json", content)
    for system in SYSTEMS:
        ledger = Ledger()

        imported(system, [path], ledger, NOW)

        assert ledger.notes
