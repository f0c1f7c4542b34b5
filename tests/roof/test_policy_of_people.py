"""What one can write about people, rotas, private circles and escalation, and what is told about mistakes in it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.domain import standby
from bot.domain.ids import CalendarId, GroupId, PersonId, PolicyId, Priority, RotaId, ServiceId, TeamId
from bot.domain.rules import Condition, DrillPlan, Moment, Reaction, Rules, Way, Weighty, Who, WhoKind
from bot.domain.sla import Clock
from bot.house_rules import check, load
from tests.roof.small_policy import write_policy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Change = tuple[str, str, str]

ON_ROTA = ("teams.yaml", "  on_call: [ann]\n", "  on_call: [rota weeks]\n")
TWO_PEOPLE = ("rotas.yaml", "people: [bo]", "people: [ann, bo]")


PEOPLE = {
    "rotas.yaml": """\
weeks:
  names: {en: Weeks}
  zone: Europe/London
  layers:
    - people: [bo]
      every: 1 week
      begins: 2026-11-02
      handover: 09:00
""",
    "groups.yaml": """\
circle:
  names: {en: Circle}
  members: [bo]
""",
}
"""Files that a policy may do without."""


def written(folder: Path, *changes: Change) -> Path:
    """The small policy with a rota and a group, and these changes."""
    rules = write_policy(folder / "rules", *(change for change in changes if change[0] not in PEOPLE))
    for file, text in PEOPLE.items():
        changed = text
        for _, old, new in (change for change in changes if change[0] == file):
            assert old in changed
            changed = changed.replace(old, new, 1)
        (rules / file).write_text(changed, encoding="utf-8")
    return rules


def loaded(folder: Path, *changes: Change) -> Rules:
    return load(written(folder, *changes), now=NOW)


def told(folder: Path, *changes: Change) -> list[str]:
    rules = written(folder, *changes)
    return [str(problem).replace(f"{rules}/", "") for problem in check(rules, now=NOW)]


def test_a_team_may_have_a_rota_and_its_people_take_turns(tmp_path: Path) -> None:
    rules = loaded(tmp_path, ON_ROTA, TWO_PEOPLE)
    team = rules.teams[TeamId("desk")]

    first = datetime(2026, 11, 2, 9, tzinfo=UTC)
    turns = [standby.on_call(team, 1, rules, first + timedelta(weeks=week)) for week in range(3)]

    assert team.rotas == (RotaId("weeks"),)
    assert turns == [("ann",), ("bo",), ("ann",)]


def test_ways_say_how_a_person_is_called(tmp_path: Path) -> None:
    ways = "  ways:\n    important: [local:dm:bo, {to: 'sms:+8613800000000', after: 2 min}]\n    default: local:dm:bo\n"

    bo = loaded(tmp_path, ("people.yaml", "  addresses: local:dm:bo\n", "  addresses: local:dm:bo\n" + ways))

    assert bo.people[PersonId("bo")].ways == {
        Weighty.IMPORTANT: (Way("local:dm:bo"), Way("sms:+8613800000000", timedelta(minutes=2))),
        Weighty.DEFAULT: (Way("local:dm:bo"),),
    }


def test_a_policy_has_conditions_reactions_and_a_last_resort(tmp_path: Path) -> None:
    steps = (
        "    - after: 10 min\n      call: [rota weeks, team desk]\n"
        "      only: {priorities: P1, services: email, outside: office}\n"
    )
    reactions = (
        "  reactions:\n    - {when: resolution breaks, call: lead}\n    - {when: any promise is near, again: yes}\n"
    )
    policy = loaded(
        tmp_path,
        ("escalation.yaml", "    - after: 10 min\n      call: lead\n", steps),
        ("escalation.yaml", "  last_resort: lead\n", "  last_resort: person bo\n" + reactions),
    ).policies[PolicyId("calls")]

    assert policy.steps[1].who == (Who(WhoKind.ROTA, "weeks"), Who(WhoKind.TEAM, "desk"))
    assert policy.steps[1].only == Condition(
        frozenset({Priority.P1}), frozenset({ServiceId("email")}), CalendarId("office"), outside=True
    )
    assert policy.last_resort == (Who(WhoKind.PERSON, "bo"),)
    assert policy.reactions == (
        Reaction(Moment.BROKEN, frozenset({Clock.RESOLUTION}), (Who(WhoKind.LEAD),)),
        Reaction(Moment.WARNED, again=True),
    )


def test_a_service_may_be_private_to_a_group(tmp_path: Path) -> None:
    private = ("services.yaml", "  aliases: [mail]\n", "  aliases: [mail]\n  private: yes\n  group: circle\n")

    rules = loaded(tmp_path, private)

    assert rules.services[ServiceId("email")].group == "circle"
    assert rules.groups[GroupId("circle")].members == {"bo"}


def test_the_manners_of_calling_can_be_set(tmp_path: Path) -> None:
    manners = (
        "settle: 30 s\nunsent_after: {P1: 30 s}\nforgotten_after: {P2: 1 h}\nanswer_within: 5 min\n"
        "last_resort: bo\ndrills: {first: tue, at: 10:30}\n"
    )

    manner = loaded(tmp_path, ("desk.yaml", "settle: 30 s\n", manners)).manner

    assert manner.unsent_after[Priority.P1] == timedelta(seconds=30)
    assert manner.unsent_after[Priority.P2] == timedelta(minutes=5)
    assert manner.forgotten_after == {Priority.P2: timedelta(hours=1)}
    assert (manner.answer_within, manner.last_resort) == (timedelta(minutes=5), "bo")
    assert manner.drills == DrillPlan(1, time(10, 30))


def test_the_version_of_a_policy_is_that_of_its_meaning(tmp_path: Path) -> None:
    before = loaded(tmp_path).policies[PolicyId("calls")]
    same = loaded(tmp_path, ("escalation.yaml", "calls:\n", "# who is called\ncalls:\n")).policies[PolicyId("calls")]
    other = loaded(tmp_path, ("escalation.yaml", "repeat: 10 min", "repeat: 11 min")).policies[PolicyId("calls")]

    assert before.key == same.key
    assert before.key != other.key


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ("escalation.yaml", "  last_resort: lead\n", ""),
            "escalation.yaml:1: policy `calls` does not say who is called when all its levels reach nobody — "
            "add `last_resort: person` and a name, or `last_resort:` and a person to desk.yaml",
        ),
        (
            ("teams.yaml", "  on_call: [ann]\n", "  on_call: [rota week]\n"),
            "teams.yaml:9: there is no rota `week` — did you mean `weeks`?",
        ),
        (
            ("teams.yaml", "  on_call: [ann]\n", "  on_call: [bo, rota weeks]\n"),
            "teams.yaml:9: the on-call order of team `desk` has people and rotas — write only people, or only rotas",
        ),
        (
            ("rotas.yaml", "every: 1 week", "every: fortnight"),
            "rotas.yaml:6: `fortnight` is no length of a turn — "
            "write a number of hours, days, weeks or months, like `1 week`",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_write(tmp_path: Path, change: Change, expected: str) -> None:
    assert expected in told(tmp_path, change)


def test_a_rota_that_a_team_uses_is_looked_at_for_gaps_and_for_loneliness(tmp_path: Path) -> None:
    """grafana/oncall#934, #1931: what cannot be reached is told before it is needed."""
    hours = ("rotas.yaml", "      handover: 09:00\n", "      handover: 09:00\n      only: {mon-fri: 09:00-18:00}\n")

    found = told(tmp_path, ON_ROTA, hours)

    assert any("nobody of rota `weeks` is on call from 2026-11-22" in one for one in found)
    assert any("rota `weeks` has one person, who is always on call" in one for one in found)
    assert not [one for one in told(tmp_path, ON_ROTA, TWO_PEOPLE) if "rota `weeks`" in one]
