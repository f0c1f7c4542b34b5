"""What `deskbell check` warns of before it hurts: calls that reach nobody, and rotas with surprises in them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.house_rules import check
from tests.roof.small_policy import Change, with_files, write_policy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""A Sunday."""

CY = """\
cy:
  name: Cy
  language: en
  zone: Europe/London
  identities: local:cy
  addresses: local:dm:cy
"""
ROTAS = """\
first:
  names: {en: First}
  zone: Europe/London
  people: [ann, bo]
  begins: 2026-11-02
second:
  names: {en: Second}
  zone: Europe/London
  people: [bo, ann]
  begins: 2026-11-02
"""
TWO_ROTAS = ("teams.yaml", "on_call: [ann]", "on_call: [rota first, rota second]")
LAST_STEP = "    - after: 10 min\n      call: lead\n"


def warned(folder: Path, *changes: Change, rotas: str = ROTAS, groups: str = "", now: datetime = NOW) -> list[str]:
    """What check says about the small policy with two rotas that a team uses, without its advice."""
    rules = write_policy(folder / "rules", TWO_ROTAS, *changes)
    with_files(rules, {"rotas.yaml": rotas, "groups.yaml": groups})
    found = [str(one).replace(f"{rules}/", "") for one in check(rules, now=now)]
    assert all(": warning: " in one for one in found), found
    return [one.replace("warning: ", "").partition(" — ")[0] for one in found]


def test_two_rotas_that_change_places_are_nothing_to_warn_of(tmp_path: Path) -> None:
    assert warned(tmp_path) == []


# Calls that reach nobody.


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("call: on_call 3", "escalation.yaml:4: level 2 of `calls` reaches nobody of team `desk`"),
        ("call: manager", "escalation.yaml:4: level 2 of `calls` reaches nobody of team `desk`"),
        ("call: channel", "escalation.yaml:4: the last level of `calls` reaches nobody of team `desk` by name"),
        ("call: [lead, manager]", "escalation.yaml:5: `manager` in level 2 of `calls` is nobody for team `desk`"),
        ("call: [lead, on_call 3]", "escalation.yaml:5: `on_call 3` in level 2 of `calls` is nobody for team `desk`"),
    ],
)
def test_grafana_oncall_934_a_step_that_nobody_is_behind_is_told(tmp_path: Path, step: str, expected: str) -> None:
    assert warned(tmp_path, ("escalation.yaml", "call: lead", step)) == [expected]


@pytest.mark.parametrize(
    ("only", "why"),
    [
        ("{priorities: P1}", "no team uses the policy for P1"),
        ("{services: other}", "no team that uses the policy answers for other"),
        ("{outside: 24x7}", "`24x7` is always open"),
        ("{hours: office}", "`office` does not open in the next 30 days"),
    ],
)
def test_grafana_oncall_1931_a_step_that_no_ticket_comes_to_is_told(tmp_path: Path, only: str, why: str) -> None:
    changes = [
        ("escalation.yaml", LAST_STEP, f"    - after: 1 min\n      call: lead\n      only: {only}\n{LAST_STEP}"),
        ("calendars.yaml", "13:00-17:00]\n", "13:00-17:00]\n  closed: 2026-11-01..2027-01-31\n"),
        ("teams.yaml", "P1: calls, ", ""),
        (
            "services.yaml",
            "other:\n  names: {en: Other}\n  team: desk\n",
            "other:\n  names: {en: Other}\n  team: night\n",
        ),
    ]
    night = "night:\n  names: {en: Night}\n  language: en\n  zone: UTC\n  calendar: 24x7\n  lead: bo\n  members: bo\n"

    found = warned(tmp_path, *changes, ("teams.yaml", "desk:\n", f"{night}desk:\n"))

    assert f"escalation.yaml:6: level 2 of `calls` is never called: {why}" in found


def test_a_level_is_reached_when_its_rota_has_somebody_at_any_time(tmp_path: Path) -> None:
    later = ROTAS.replace("begins: 2026-11-02\nsecond", "begins: 2026-11-30\nsecond")

    found = warned(tmp_path, rotas=later)

    assert found == [
        "rotas.yaml:1: nobody is on call by `first` from Sun 2026-11-22 12:00 (UTC+0000) "
        "to Mon 2026-11-30 09:00 (UTC+0000)"
    ]


def test_a_last_resort_that_is_nobody_is_told(tmp_path: Path) -> None:
    assert warned(tmp_path, ("escalation.yaml", "last_resort: lead", "last_resort: manager")) == [
        "escalation.yaml:7: the last resort of `calls` is nobody for team `desk`"
    ]


def test_who_may_be_called_and_has_no_way_yet_is_told(tmp_path: Path) -> None:
    imported = ("people.yaml", "addresses: local:dm:bo", "addresses: imported:bo")

    found = warned(tmp_path, imported)

    assert found[:2] == [
        "escalation.yaml:4: level 2 of `calls` reaches nobody of team `desk`",
        "escalation.yaml:7: the last resort of `calls` is nobody for team `desk`",
    ]
    assert "people.yaml:7: `bo` may be called, and there is no way to reach them" in found


def test_a_circle_that_nobody_on_call_is_in_is_told(tmp_path: Path) -> None:
    private = ("services.yaml", "aliases: [mail]", "private: circle")
    people = ("people.yaml", "bo:\n", f"{CY}bo:\n")
    groups = "circle:\n  names: {en: Circle}\n  members: cy\n"

    assert warned(tmp_path, private, people, groups=groups) == [
        "services.yaml:5: nobody of group `circle` is ever called by `calls` for team `desk`"
    ]
    assert warned(tmp_path, private, people, groups=groups.replace("cy\n", "[cy, ann]\n")) == []


# Rotas.


def test_gaps_of_the_next_thirty_days_are_told_on_the_clock_of_the_rota(tmp_path: Path) -> None:
    by_day = ROTAS.replace("begins: 2026-11-02\nsecond", "begins: 2026-11-02\n  only: {mon-fri: 09:00-18:00}\nsecond")

    [gap] = warned(tmp_path, rotas=by_day.replace("Europe/London", "Asia/Shanghai"))

    assert gap == (
        "rotas.yaml:1: nobody is on call by `first` from Sun 2026-11-22 20:00 (UTC+0800) "
        "to Mon 2026-11-23 09:00 (UTC+0800), and 22 more times in 30 days"
    )


def test_what_is_in_a_calendar_elsewhere_is_no_gap(tmp_path: Path) -> None:
    own = "  zone: Europe/London\n  people: [ann, bo]\n  begins: 2026-11-02\nsecond"
    feed = "  calendar: https://calendar.example.org/1.ics\nsecond"

    assert warned(tmp_path, rotas=ROTAS.replace(own, feed)) == []


def test_a_rota_of_one_is_told(tmp_path: Path) -> None:
    found = warned(tmp_path, rotas=ROTAS.replace("people: [bo, ann]", "people: [bo]"))

    assert found[0] == "rotas.yaml:6: `bo` is alone in rota `second`, and always on call"


def test_who_is_on_call_in_two_places_at_once_is_told(tmp_path: Path) -> None:
    found = warned(tmp_path, rotas=ROTAS.replace("people: [bo, ann]", "people: [ann, bo]"))

    assert found == [
        "teams.yaml:9: `ann` is on call by `first` and by `second` from Sun 2026-11-22 12:00 (UTC+0000) "
        "to Mon 2026-11-23 09:00 (UTC+0000), and 5 more times in 30 days"
    ]


def test_a_rota_that_nobody_uses_is_told(tmp_path: Path) -> None:
    third = "third:\n  names: {en: Third}\n  zone: UTC\n  people: ann\n  begins: 2026-11-02\n"

    assert warned(tmp_path, rotas=ROTAS + third) == ["rotas.yaml:11: no team and no policy uses rota `third`"]


@pytest.mark.parametrize(
    ("now", "shift"),
    [
        (
            "2027-10-20",
            "`bo` by `first` from Mon 2027-10-25 09:00 (UTC+0100) to Mon 2027-11-01 09:00 (UTC+0000) lasts 169",
        ),
        (
            "2027-03-01",
            "`ann` by `first` from Mon 2027-03-22 09:00 (UTC+0000) to Mon 2027-03-29 09:00 (UTC+0100) lasts 167",
        ),
    ],
)
def test_shifts_across_a_clock_change_are_told_with_both_times_and_their_length(
    tmp_path: Path, now: str, shift: str
) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)

    found = [one for one in warned(tmp_path, now=at) if "`first`" in one]

    assert found == [f"rotas.yaml:1: the shift of {shift} hours and not 168, because the clocks change"]


def test_a_clock_change_that_is_far_away_is_not_told(tmp_path: Path) -> None:
    assert warned(tmp_path, now=datetime(2027, 9, 1, tzinfo=UTC)) == []
