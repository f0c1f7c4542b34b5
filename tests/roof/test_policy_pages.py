"""What the pages about policy files show can be written like that."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain import oncall
from bot.domain.ids import RotaId
from bot.domain.rules import Rules
from bot.house_rules import FILES, PACKAGED, check, load

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("policy.md", "policy.zh.md")


def examples(page: str) -> Mapping[str, list[str]]:
    """The YAML blocks of each section that is named after a file."""
    sections = re.split(r"^## ", (DOCS / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = {name: section for section in sections for name in FILES if section.startswith(name)}
    return {name: re.findall(r"```yaml\n(.*?)```", section, flags=re.DOTALL) for name, section in found.items()}


def written(folder: Path) -> Path:
    """The packaged policy with what the page shows about people and calling."""
    shown = examples("policy.md")
    shutil.copytree(PACKAGED, folder)
    rotas, sun = shown["rotas.yaml"]
    packaged = (PACKAGED / "rotas.yaml").read_text(encoding="utf-8")
    london = packaged[packaged.index("network-primary:") :]
    whole, only, reactions = shown["escalation.yaml"]
    first = "    - call: on_call 1\n"
    assert first in whole
    escalation = whole.replace(first, first + only, 1).replace("\nnormal:", f"{reactions}\nnormal:", 1)
    files = {
        "rotas.yaml": rotas + sun + london,
        "groups.yaml": shown["groups.yaml"][0],
        "escalation.yaml": escalation,
        "desk.yaml": shown["desk.yaml"][0],
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("pages") / "rules")


@pytest.fixture(scope="module")
def rules(folder: Path) -> Rules:
    return load(folder, now=NOW)


def test_both_pages_show_the_same_examples() -> None:
    english, chinese = map(examples, PAGES)

    assert set(english) == set(FILES)
    assert english == chinese


def test_what_is_shown_about_people_and_calling_can_be_used(folder: Path) -> None:
    mistakes = [one for one in check(folder, now=NOW) if not one.warning]

    assert mistakes == []


def test_the_person_on_the_page_can_be_read(tmp_path: Path) -> None:
    rules = written(tmp_path / "rules")
    [he_min] = examples("policy.md")["people.yaml"]
    people = (rules / "people.yaml").read_text(encoding="utf-8")
    others = re.sub(r"^he-min:\n(?:  .*\n)+", "", people, flags=re.MULTILINE)
    (rules / "people.yaml").write_text(others + he_min, encoding="utf-8")

    assert [one for one in check(rules, now=NOW) if not one.warning] == []


@pytest.mark.parametrize(
    ("at", "person"),
    [
        ("2026-11-23T02:00", "zhao-lei"),
        ("2026-11-23T08:59", "zhao-lei"),
        ("2026-11-23T09:00", "james-okoro"),
        ("2026-11-23T17:30", "he-min"),
        ("2026-11-28T12:00", "he-min"),
        ("2026-12-05T12:00", "nadia-haddad"),
        ("2026-07-06T08:30", "james-okoro"),
    ],
)
def test_the_sun_is_followed_as_the_page_says(rules: Rules, at: str, person: str) -> None:
    rota = rules.rotas[RotaId("round-the-clock")]

    assert oncall.on_call_at(rota, (), datetime.fromisoformat(at).replace(tzinfo=UTC)) == (person,)
