"""An import is a whole policy: it passes the check, says what it could not carry, and overwrites nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.domain import standby
from bot.domain.ids import PersonId, Priority, RotaId, TeamId
from bot.domain.rules import Weighty, WhoKind
from bot.house_rules import check
from bot.imports import SYSTEMS, Ledger, Occupied, imported, write_folder
from bot.imports.folder import REPORT
from tests.imports.reading import EXPORTS, NOW, read, rules_of


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_check_finds_no_mistake_in_what_was_imported(system: str, tmp_path: Path) -> None:
    write_folder(tmp_path / "rules", *read(system), NOW)

    assert [str(one) for one in check(tmp_path / "rules", now=NOW) if not one.warning] == []


def test_what_the_files_say_is_what_the_desk_knows() -> None:
    rules = rules_of("pagerduty")
    alice, team = rules.people[PersonId("alice-moreau")], rules.teams[TeamId("payments")]
    policy = rules.policy_for(team.id, Priority.P1)

    assert alice.email == "alice@example.com"
    assert [way.to for way in alice.ways[Weighty.IMPORTANT]] == ["sms:+12025550199", "voice:+12025550199"]
    assert standby.on_call(team, 1, rules, NOW) == ("bruno-sa",)
    assert policy is not None
    assert [[(who.kind, who.value) for who in step.who] for step in policy.steps] == [
        [(WhoKind.ROTA, "payments-primary")],
        [(WhoKind.PERSON, "bruno-sa"), (WhoKind.PERSON, "alice-moreau")],
    ]
    assert rules.manner.last_resort == "alice-moreau"


def test_a_calendar_elsewhere_is_left_to_the_running_desk() -> None:
    assert rules_of("grafana").rotas[RotaId("from-google")].feed == "https://calendar.example.com/basic.ics"


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_report_has_every_note_with_what_to_do(system: str, tmp_path: Path) -> None:
    draft, ledger = read(system)

    write_folder(tmp_path, draft, ledger, NOW)

    report = (tmp_path / REPORT).read_text(encoding="utf-8")
    assert len(ledger.notes) > 10
    assert report.count("*To do:*") == len(ledger.notes)
    for note in ledger.notes:
        assert note.todo.replace("<", "&lt;") in report


def test_files_that_are_there_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "teams.yaml").write_text("mine: {}", encoding="utf-8")

    with pytest.raises(Occupied, match=r"teams\.yaml"):
        write_folder(tmp_path, *read("pagerduty"), NOW)

    assert [one.name for one in tmp_path.iterdir()] == ["teams.yaml"]


def test_names_from_outside_stay_words_wherever_they_are_written(tmp_path: Path) -> None:
    hostile = "x: [evil]\n# <script>alert(1)</script> *&!!python/object"
    users = [{"id": "P1", "name": hostile, "email": "a@example.com", "job_title": hostile}]
    (tmp_path / "users.json").write_text(json.dumps({"users": users}), encoding="utf-8")
    ledger = Ledger()

    draft = imported("pagerduty", [tmp_path], ledger, NOW)
    write_folder(tmp_path / "rules", draft, ledger, NOW)

    assert [str(one) for one in check(tmp_path / "rules", now=NOW) if not one.warning] == []
    assert "<script>" not in (tmp_path / "rules" / REPORT).read_text(encoding="utf-8")


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_key_of_an_export_vanishes_without_a_word(system: str, tmp_path: Path) -> None:
    """A key that no documentation has is put into every object that an endpoint lists, one file at a time."""
    for path in sorted((EXPORTS / system).glob("*.json")):
        folder, surprises = tmp_path / path.stem, 0
        folder.mkdir()
        for other in (EXPORTS / system).glob("*.json"):
            found = json.loads(other.read_text(encoding="utf-8"))
            for one in _objects(found) if other == path else []:
                one[f"surprise_{surprises}"] = "boo"
                surprises += 1
            (folder / other.name).write_text(json.dumps(found), encoding="utf-8")
        ledger = Ledger()

        imported(system, [folder], ledger, NOW)

        told = " ".join(note.what for note in ledger.notes)
        silent = {number for number in range(surprises) if f"`surprise_{number}`" not in told}
        assert path.stem in _TOLD_BY_NAME or silent <= _LEFT_OUT.get((system, path.stem), set()), path.name


_TOLD_BY_NAME = {"services", "integrations", "routes", "user_groups", "shift_swaps"}
"""None of these is carried, and each is told as a whole."""
_LEFT_OUT = {
    ("grafana", "escalation_policies"): {16},
    ("grafana", "on_call_shifts"): {10},
    ("opsgenie", "notification-rules-u-ann-n2"): {0, 1},
    ("opsgenie", "schedules"): {2},
}
"""So are these: a step behind the end of its chain, a shift of no schedule, rules that are not the first for new
alerts, a schedule that is switched off."""


def _objects(found: object) -> list[dict[str, object]]:
    """The objects that the endpoint lists, not those inside them and not the envelope."""
    inside = found
    while isinstance(inside, dict):
        lists = [one for one in inside.values() if isinstance(one, list)]
        singles = [one for key, one in inside.items() if isinstance(one, dict) and key in ("data", "schedule")]
        if singles:
            return [singles[0]]
        inside = lists[0] if lists else None
    return [one for one in inside if isinstance(one, dict)] if isinstance(inside, list) else []
