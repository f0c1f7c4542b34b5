"""What one can write about people, rotas, private circles and escalation, and what is told about mistakes in it."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain import oncall, standby
from bot.domain.hours import Window
from bot.domain.ids import CalendarId, GroupId, PersonId, PolicyId, Priority, RotaId, ServiceId, TeamId
from bot.domain.oncall import Every, Layer
from bot.domain.rules import Condition, DrillPlan, Moment, Reaction, Rules, Way, Weighty, Who, WhoKind
from bot.domain.sla import Clock
from bot.house_rules import BadRules, check, load
from tests.roof.small_policy import write_policy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Change = tuple[str, str, str]
ANN, BO = PersonId("ann"), PersonId("bo")

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


def replaced(file: str, text: str) -> Change:
    """The file with other words in it."""
    return file, PEOPLE[file], text


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


def test_ways_may_be_written_for_one_weight_and_as_a_single_address(tmp_path: Path) -> None:
    ways = "  ways: {important: {to: 'voice:+8613800000000'}}\n"

    bo = loaded(tmp_path, ("people.yaml", "  addresses: local:dm:bo\n", "  addresses: local:dm:bo\n" + ways))

    assert bo.people[PersonId("bo")].ways == {Weighty.IMPORTANT: (Way("voice:+8613800000000"),)}


def test_a_person_has_hours_and_an_e_mail_address(tmp_path: Path) -> None:
    more = "  language: zh\n  email: bo@example.org\n  hours: office\n"

    bo = loaded(tmp_path, ("people.yaml", "  language: zh\n", more)).people[PersonId("bo")]

    assert (bo.email, bo.hours) == ("bo@example.org", "office")


def test_everything_that_a_rota_can_say(tmp_path: Path) -> None:
    rota = """\
weeks:
  names: {en: Weeks, zh: 轮值}
  zone: Asia/Shanghai
  begins: 2026-11-02
  layers:
    - people: bo
    - name: London by day
      zone: Europe/London
      turns: [[ann, bo], bo]
      every: 12 hours
      handover: 08:00
      only: {mon-fri: [08:00-12:00, 20:00-02:00]}
      until: 2027-01-04 18:00
    - people: [ann, bo]
      every: month
      until: 2026-12-02
"""
    found = loaded(tmp_path, replaced("rotas.yaml", rota)).rotas[RotaId("weeks")]

    assert found.names == {"en": "Weeks", "zh": "轮值"}
    assert found.layers == (
        Layer("1", "Asia/Shanghai", ((BO,),), date(2026, 11, 2), time(9)),
        Layer(
            "London by day",
            "Europe/London",
            ((ANN, BO), (BO,)),
            date(2026, 11, 2),
            time(8),
            Every.HOUR,
            12,
            only=((Window.parse("08:00", "12:00"), Window.parse("20:00", "02:00")),) * 5 + ((), ()),
            until=datetime(2027, 1, 4, 18, tzinfo=UTC),
        ),
        Layer(
            "3",
            "Asia/Shanghai",
            ((ANN,), (BO,)),
            date(2026, 11, 2),
            time(9),
            Every.MONTH,
            until=datetime(2026, 12, 2, 1, tzinfo=UTC),
        ),
    )


def test_a_rota_without_layers_is_one_layer(tmp_path: Path) -> None:
    rota = "weeks:\n  names: {en: Weeks}\n  zone: UTC\n  people: [ann, bo]\n  begins: 2026-11-02\n  handover: 10:00\n"

    found = loaded(tmp_path, replaced("rotas.yaml", rota)).rotas[RotaId("weeks")]

    assert found.layers == (Layer("1", "UTC", ((ANN,), (BO,)), date(2026, 11, 2), time(10)),)


SHIFTS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1@test
DTSTART:20261123T090000Z
DTEND:20261123T170000Z
SUMMARY:On call: bo
END:VEVENT
BEGIN:VEVENT
UID:2@test
DTSTART:20261124T090000Z
DTEND:20261124T170000Z
SUMMARY:Team lunch
END:VEVENT
END:VCALENDAR
"""
BY_CALENDAR = ("rotas.yaml", "  zone: Europe/London\n", "  zone: Europe/London\n  calendar: weeks.ics\n")


@pytest.mark.parametrize("place", ["calendars/weeks.ics", "weeks.ics"])
def test_the_shifts_of_a_calendar_file_go_before_every_layer(tmp_path: Path, place: str) -> None:
    folder = written(tmp_path, BY_CALENDAR, ("rotas.yaml", "people: [bo]", "people: [ann]"))
    before = [str(one) for one in check(folder, now=NOW)]
    (folder / "calendars").mkdir()
    (folder / place).write_text(SHIFTS, encoding="utf-8")

    rota = load(folder, now=NOW).rotas[RotaId("weeks")]

    assert before[0].endswith("rotas.yaml:4: there is no calendar file `weeks.ics` — put it beside the policy files")
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    assert [oncall.on_call_at(rota, (), monday.replace(hour=hour)) for hour in (8, 9, 17)] == [
        ("ann",),
        ("bo",),
        ("ann",),
    ]
    assert (rota.feed, len(rota.fixed)) == ("weeks.ics", 1)


def test_what_no_shift_could_be_made_of_is_told(tmp_path: Path) -> None:
    folder = written(tmp_path, BY_CALENDAR, ON_ROTA, TWO_PEOPLE)
    (folder / "weeks.ics").write_text(SHIFTS, encoding="utf-8")

    found = [str(one).replace(f"{folder}/", "") for one in check(folder, now=NOW)]

    assert found == [
        "rotas.yaml:4: warning: not on call by `weeks.ics`: `Team lunch` on 2026-11-24 09:00 UTC: "
        "nobody of the rules is named in it — write the name or the e-mail address of somebody in people.yaml into it"
    ]


def test_another_calendar_file_is_another_version_of_the_rules(tmp_path: Path) -> None:
    folder = written(tmp_path, BY_CALENDAR)
    (folder / "weeks.ics").write_text(SHIFTS, encoding="utf-8")
    before = load(folder, now=NOW).version

    (folder / "weeks.ics").write_text(SHIFTS.replace("T170000Z", "T180000Z"), encoding="utf-8")

    assert load(folder, now=NOW).version != before


def test_the_address_of_a_calendar_is_left_to_the_running_desk(tmp_path: Path) -> None:
    rota = "weeks:\n  names: {en: Weeks}\n  calendar: https://calendar.example.org/on-call.ics\n"

    found = loaded(tmp_path, replaced("rotas.yaml", rota)).rotas[RotaId("weeks")]

    assert (found.layers, found.fixed, found.feed) == ((), (), "https://calendar.example.org/on-call.ics")


def test_a_policy_has_conditions_reactions_and_a_last_resort(tmp_path: Path) -> None:
    steps = (
        "    - after: 10 min\n      call: [rota weeks, team desk]\n"
        "      only: {priorities: P1, services: email, outside: office}\n"
    )
    reactions = (
        "  reactions:\n    - {when: resolution is broken, call: lead}\n"
        "    - {when: response or update is at risk, hand_to: desk}\n"
        "    - {when: any promise is at risk, call_again: yes}\n"
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
        Reaction(Moment.WARNED, frozenset({Clock.RESPONSE, Clock.UPDATE}), hand_to=TeamId("desk")),
        Reaction(Moment.WARNED, again=True),
    )


@pytest.mark.parametrize(
    ("private", "expected"), [("yes", (True, None)), ("no", (False, None)), ("circle", (True, "circle"))]
)
def test_a_service_may_be_private_to_its_team_or_to_a_group(
    tmp_path: Path, private: str, expected: tuple[bool, str | None]
) -> None:
    change = ("services.yaml", "  aliases: [mail]\n", f"  aliases: [mail]\n  private: {private}\n")

    rules = loaded(tmp_path, change)

    email = rules.services[ServiceId("email")]
    assert (email.private, email.group) == expected
    assert rules.groups[GroupId("circle")].members == {"bo"}


def test_the_manners_of_calling_can_be_set(tmp_path: Path) -> None:
    manners = (
        "settle: 30 s\nunsent_after: {P1: 30 s}\nforgotten_after: {P1: never, P3: 4 h}\nanswer_within: 5 min\n"
        "last_resort: person bo\ndrills: {first: tuesday, at: 10:30}\n"
    )

    manner = loaded(tmp_path, ("desk.yaml", "settle: 30 s\n", manners)).manner

    assert manner.unsent_after[Priority.P1] == timedelta(seconds=30)
    assert manner.unsent_after[Priority.P2] == timedelta(minutes=5)
    assert manner.forgotten_after == {Priority.P2: timedelta(hours=2), Priority.P3: timedelta(hours=4)}
    assert (manner.answer_within, manner.last_resort) == (timedelta(minutes=5), "bo")
    assert manner.drills == DrillPlan(1, time(10, 30), timedelta(minutes=15))


# The version of a policy.


def version(folder: Path, *changes: Change) -> str:
    return loaded(folder, *changes).policies[PolicyId("calls")].version


@pytest.mark.parametrize(
    "change",
    [
        ("calls:\n", "# who is called\ncalls:\n"),
        ("    - after: 10 min\n      call: lead\n", "    - call: [lead]\n      after: 600 s\n"),
        ("  repeat: 10 min\n  last_resort: lead\n", "  last_resort: [lead]\n  repeat: 10 min\n"),
        ("call: on_call 1", "call: on_call"),
    ],
)
def test_another_way_to_write_the_same_policy_is_no_other_version(tmp_path: Path, change: tuple[str, str]) -> None:
    assert version(tmp_path) == version(tmp_path, ("escalation.yaml", *change))


@pytest.mark.parametrize(
    "change",
    [
        ("repeat: 10 min", "repeat: 10 working min"),
        ("last_resort: lead", "last_resort: person bo"),
        ("call: lead", "call: lead\n      only: {priorities: P1}"),
        ("last_resort: lead", "last_resort: lead\n  reactions: [{when: any promise is broken, call: lead}]"),
    ],
)
def test_another_meaning_is_another_version(tmp_path: Path, change: tuple[str, str]) -> None:
    assert version(tmp_path) != version(tmp_path, ("escalation.yaml", *change))


def test_another_policy_beside_it_leaves_the_version_as_it_was(tmp_path: Path) -> None:
    other = "other:\n  steps: [{call: lead}]\n  repeat: 1 h\n  last_resort: lead\ncalls:\n"

    assert version(tmp_path) == version(tmp_path, ("escalation.yaml", "calls:\n", other))


# However it is spoilt.

SPOILS = ("", "x", ":", "-", "[", "]", "{", "'", "\t", "  ", "0", "nobody", "rota", "person", "好", "\n")
RICH = {
    "rotas.yaml": """\
weeks:
  names: {en: Weeks}
  zone: Europe/London
  begins: 2026-11-02
  calendar: https://example.org/a.ics
  layers:
    - turns: [[ann, bo], bo]
      only: {mon-fri: [09:00-12:00, 20:00-02:00]}
      until: 2027-01-04 18:00
    - {people: ann, every: 2 weeks, handover: 08:00}
""",
    "groups.yaml": PEOPLE["groups.yaml"],
    "escalation.yaml": """\
calls:
  steps:
    - {call: on_call 1, only: {priorities: P1, hours: office}}
    - {after: 10 min, call: [rota weeks, team desk, person bo]}
  repeat: 10 min
  last_resort: lead
  reactions:
    - {when: response or update is at risk, call: lead}
    - {when: any promise is broken, call_again: yes}
""",
    "desk.yaml": "unsent_after: {P1: 30 s}\nforgotten_after: {P1: never}\ndrills: {first: monday, at: 10:00}\n",
}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_whatever_is_done_to_these_files_they_load_or_their_mistakes_have_places(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    folder = write_policy(tmp_path / "rules")
    for file, text in RICH.items():
        spoilt = text
        for _ in range(chance.choice((0, 0, 1, 2))):
            start = chance.randrange(len(spoilt))
            spoilt = spoilt[:start] + chance.choice(SPOILS) + spoilt[start + chance.randrange(8) :]
        (folder / file).write_text(spoilt, encoding="utf-8")

    mistakes = {one for one in check(folder, now=NOW) if not one.warning}

    if mistakes:
        with pytest.raises(BadRules) as refused:
            load(folder, now=NOW)
        assert set(refused.value.problems) == mistakes
        assert all(one.what and one.advice and one.line >= 1 for one in mistakes)
    else:
        assert load(folder, now=NOW).rotas


# Mistakes.

LAYER = "    - people: [bo]\n"
MISTAKES: list[tuple[Change, str]] = [
    (
        ("escalation.yaml", "  last_resort: lead\n", ""),
        "escalation.yaml:1: `calls` ends without a last resort: nobody is left when its levels reach nobody — "
        "add `last_resort: person` and a name to it, or to desk.yaml for every policy",
    ),
    (
        ("escalation.yaml", "last_resort: lead", "last_resort: bo"),
        "escalation.yaml:7: `bo` says not whom to call — did you mean `person bo`?",
    ),
    (
        ("escalation.yaml", "call: lead", "call: rota week"),
        "escalation.yaml:5: there is no rota `week` — did you mean `weeks`?",
    ),
    (
        ("escalation.yaml", "call: lead", "call: team dask"),
        "escalation.yaml:5: there is no team `dask` — did you mean `desk`?",
    ),
    (
        ("escalation.yaml", "call: lead", "call: rota"),
        "escalation.yaml:5: `rota` says not whom to call — write `rota` and a name",
    ),
    (
        ("escalation.yaml", "call: lead", "call: lead\n      only: {}"),
        "escalation.yaml:6: this does not say when — write `priorities:`, `services:`, `hours:` or `outside:`",
    ),
    (
        ("escalation.yaml", "call: lead", "call: lead\n      only: {hours: office, outside: office}"),
        "escalation.yaml:6: here are `hours` and `outside` — keep one of them",
    ),
    (
        ("escalation.yaml", "call: lead", "call: lead\n      only: {hours: offcie}"),
        "escalation.yaml:6: there is no calendar `offcie` — did you mean `office`?",
    ),
    (
        (
            "escalation.yaml",
            "last_resort: lead",
            "last_resort: lead\n  reactions: [{when: resolution breaks, call: lead}]",
        ),
        "escalation.yaml:8: `resolution breaks` says not when — "
        "write it like `resolution is broken`, `response is at risk` or `any promise is broken`",
    ),
    (
        (
            "escalation.yaml",
            "last_resort: lead",
            "last_resort: lead\n  reactions: [{when: answer is broken, call: lead}]",
        ),
        "escalation.yaml:8: `answer` is not a clock, or `any promise` — "
        "write one of `keep_in_loop`, `resolution`, `response`, `update`",
    ),
    (
        ("escalation.yaml", "last_resort: lead", "last_resort: lead\n  reactions: [{when: any promise is broken}]"),
        "escalation.yaml:8: this does not say what to do — write `call:`, `hand_to:` or `call_again: yes`",
    ),
    (
        (
            "escalation.yaml",
            "last_resort: lead",
            "last_resort: lead\n  reactions: [{when: any promise is broken, hand to: desk}]",
        ),
        "escalation.yaml:8: `hand to` is no key of this — did you mean `hand_to`?",
    ),
    (
        ("teams.yaml", "on_call: [ann]", "on_call: [rota week]"),
        "teams.yaml:9: there is no rota `week` — did you mean `weeks`?",
    ),
    (
        ("teams.yaml", "on_call: [ann]", "on_call: [person ann, bob b]"),
        "teams.yaml:9: there is no person `bob b` — write one of `ann`, `bo`",
    ),
    (("teams.yaml", "on_call: [ann]", "on_call: [weeks]"), "teams.yaml:9: `weeks` is a rota — write `rota weeks`"),
    (
        ("teams.yaml", "on_call: [ann]", "on_call: [bo, rota weeks]"),
        "teams.yaml:9: here are people and rotas — write only people, or only rotas like `rota it-desk`",
    ),
    (
        ("rotas.yaml", "every: 1 week", "every: fortnight"),
        "rotas.yaml:6: `fortnight` is not the length of a turn — "
        "write it like `1 week`, `12 hours`, `3 days` or `1 month`",
    ),
    (("rotas.yaml", "people: [bo]", "people: [bob]"), "rotas.yaml:5: there is no person `bob` — did you mean `bo`?"),
    (
        ("rotas.yaml", LAYER, f"{LAYER}      turns: [bo]\n"),
        "rotas.yaml:6: here are `people` and `turns` — keep `turns`, which may have several people each",
    ),
    (
        ("rotas.yaml", LAYER, "    - turns: [[]]\n"),
        "rotas.yaml:5: a turn is empty — name whoever has it, remove it, or write `nobody`",
    ),
    (
        ("rotas.yaml", LAYER, "    - name: nights\n"),
        "rotas.yaml:5: this layer names nobody — add `people:` in the order of their turns",
    ),
    (
        ("rotas.yaml", "      begins: 2026-11-02\n", ""),
        "rotas.yaml:5: `begins` is missing — add a line like `begins: 2026-11-02`",
    ),
    (
        ("rotas.yaml", "  zone: Europe/London\n", ""),
        "rotas.yaml:4: `zone` is missing — add a line like `zone: Asia/Shanghai`",
    ),
    (
        ("rotas.yaml", "  zone: Europe/London\n", "  zone: Europe/London\n  people: [bo]\n"),
        "rotas.yaml:4: here are people beside the layers — move them into a layer of their own",
    ),
    (
        ("rotas.yaml", "handover: 09:00", "handover: 09:00\n      until: 2026-11-02"),
        "rotas.yaml:9: this ends before it begins — correct `until:` or `begins:`",
    ),
    (
        ("rotas.yaml", "handover: 09:00", "handover: 09:00\n      only: {mon-fri: [09:00-18:00, 17:00-20:00]}"),
        "rotas.yaml:9: hours overlap: 09:00-18:00, 17:00-20:00 — let one end before the other begins",
    ),
    (
        ("rotas.yaml", "handover: 09:00", "handover: 09:00\n      only: {mon-fri: 09:00-18:00, fri: 09:00-12:00}"),
        "rotas.yaml:9: `fri` names fri, and so does `mon-fri` — name each day once",
    ),
    (
        ("rotas.yaml", "  zone: Europe/London\n", "  zone: Europe/London\n  calendar: http://example.org/a.ics\n"),
        "rotas.yaml:4: `http://example.org/a.ics` can be read by anybody on the way — write `https://`",
    ),
    (
        replaced("rotas.yaml", "weeks:\n  names: {en: Weeks}\n  zone: UTC\n"),
        "rotas.yaml:1: rota `weeks` names nobody — add `people:` in the order of their turns, or `calendar:`",
    ),
    (
        ("groups.yaml", "members: [bo]", "members: [bob]"),
        "groups.yaml:3: there is no person `bob` — did you mean `bo`?",
    ),
    (
        ("services.yaml", "aliases: [mail]", "private: cirle"),
        "services.yaml:5: `cirle` is not yes, no or a group — did you mean `circle`?",
    ),
    (
        ("people.yaml", "language: zh", "language: zh\n  email: bo"),
        "people.yaml:10: `bo` is no e-mail address — write it like `ann@example.org`",
    ),
    (
        (
            "people.yaml",
            "  addresses: local:dm:bo\n",
            "  addresses: local:dm:bo\n  ways: {important: [{to: 'sms:1', after: 2 min}, local:dm:bo]}\n",
        ),
        "people.yaml:13: `local:dm:bo` comes before `sms:1` — write the ways in the order of their times",
    ),
    (
        ("desk.yaml", "settle: 30 s", "settle: 30 s\nunsent_after: {P1: 0 s}"),
        "desk.yaml:2: `0 s` is no time at all — write more than nothing",
    ),
    (
        ("desk.yaml", "settle: 30 s", "settle: 30 s\nlast_resort: person bob"),
        "desk.yaml:2: there is no person `bob` — did you mean `bo`?",
    ),
    (
        ("desk.yaml", "settle: 30 s", "settle: 30 s\ndrills: {first: mon-fri, at: 10:00}"),
        "desk.yaml:2: `mon-fri` is more than one day — write one, like `monday`",
    ),
]


@pytest.mark.parametrize(("change", "expected"), MISTAKES, ids=[one[0][2] for one in MISTAKES])
def test_a_mistake_is_told_with_its_line_and_what_to_write(tmp_path: Path, change: Change, expected: str) -> None:
    assert told(tmp_path, change) == [expected]


def test_two_people_have_no_e_mail_address_together(tmp_path: Path) -> None:
    mine = ("people.yaml", "  language: en\n", "  language: en\n  email: we@example.org\n")
    yours = ("people.yaml", "  language: zh\n", "  language: zh\n  email: WE@example.org\n")

    assert told(tmp_path, mine, yours) == [
        "people.yaml:11: `we@example.org` belongs to `ann` already — give it to one of them"
    ]


def test_what_is_no_calendar_is_told(tmp_path: Path) -> None:
    folder = written(tmp_path, BY_CALENDAR)
    (folder / "weeks.ics").write_text("<html>", encoding="utf-8")

    (mistake,) = check(folder, now=NOW)

    assert (mistake.line, mistake.what.partition(":")[0]) == (4, "`weeks.ics`")


def test_a_last_resort_in_desk_yaml_is_one_for_every_policy(tmp_path: Path) -> None:
    without = ("escalation.yaml", "  last_resort: lead\n", "")

    assert told(tmp_path, ON_ROTA, TWO_PEOPLE, without, ("desk.yaml", "settle: 30 s", "last_resort: person bo")) == []
