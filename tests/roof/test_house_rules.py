"""The policy files of a desk: what they say, and every mistake in them with its line."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain import standby
from bot.domain.escalation import reached_by
from bot.domain.hours import Window
from bot.domain.ids import CalendarId, Level, PersonId, PolicyId, Priority, ServiceId, TeamId
from bot.domain.kinds import KINDS
from bot.domain.priority import DEFAULT_MATRIX
from bot.domain.rules import Role, Rules, Step, Who, WhoKind
from bot.domain.sla import Clock, Terms, WorkingDays
from bot.domain.worktime import Calendar
from bot.house_rules import FILES, PACKAGED, BadRules, check, load
from tests.roof.small_policy import SMALL, write_policy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

Change = tuple[str, str, str]


def told(folder: Path, *, now: datetime = NOW) -> list[str]:
    """What `check` says, without the folder."""
    return [str(problem).replace(f"{folder}/", "") for problem in check(folder, now=now)]


def in_shanghai(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


# The packaged policy.


@pytest.fixture(scope="module")
def packaged() -> Rules:
    return load(None, now=NOW)


def test_the_packaged_policy_has_neither_mistakes_nor_warnings() -> None:
    assert check(None, now=NOW) == []


def test_every_reference_of_the_packaged_policy_leads_somewhere(packaged: Rules) -> None:
    for service in packaged.services.values():
        assert service.team in packaged.teams
        for kind in KINDS:
            for priority in Priority:
                assert packaged.terms_key(service.id, kind, priority) in packaged.terms
    for team in packaged.teams.values():
        people = {*team.members, *standby.everybody(team, packaged), *filter(None, [team.lead, team.manager])}
        assert people <= packaged.people.keys()
        assert set(team.rotas) <= packaged.rotas.keys()
        assert team.calendar in packaged.calendars
        assert set(team.policies) == set(Priority)
        assert set(team.policies.values()) <= packaged.policies.keys()
        steps = [step for policy in packaged.policies.values() for step in policy.steps]
        assert all(reached_by(step, team, packaged, NOW) for step in steps)
    assert packaged.manner.default_service in packaged.services


def test_the_packaged_company_has_everybody_that_the_demo_needs(packaged: Rules) -> None:
    desk = packaged.teams[TeamId("it-desk")]
    employees = [one for one in packaged.people.values() if one.roles == {Role.EMPLOYEE}]

    assert ("zh", "Asia/Shanghai") in {(one.language, one.zone) for one in employees}
    assert ("en", "Europe/London") in {(one.language, one.zone) for one in employees}
    assert len(desk.rotas) == 2
    assert desk.lead is not None
    assert desk.manager is not None
    assert packaged.people[desk.manager].roles >= {Role.MANAGER}
    assert desk.channel == "local:channel:it-desk"
    for person in packaged.people.values():
        assert person.identities == (f"local:{person.id}",)
        assert person.addresses == (f"local:dm:{person.id}",)
        assert set(person.title) == {"en", "zh"}


def test_the_packaged_catalogue_is_named_in_both_languages(packaged: Rules) -> None:
    assert len(packaged.services) == 14
    assert all(set(service.names) == {"en", "zh"} for service in packaged.services.values())
    assert [one.id for one in packaged.services.values() if one.private] == ["security"]


def test_the_packaged_matrix_and_manners_are_those_of_the_domain(packaged: Rules) -> None:
    assert packaged.matrix == DEFAULT_MATRIX
    assert packaged.manner.settle == timedelta(seconds=60)
    assert packaged.manner.reopen_within == WorkingDays(3)


def test_urgent_tickets_are_promised_round_the_clock_and_others_in_office_hours(packaged: Rules) -> None:
    urgent = packaged.terms["standard/incident/P1"].targets
    normal = packaged.terms["standard-london/incident/P3"].targets

    assert [urgent[clock].budget for clock in (Clock.RESPONSE, Clock.UPDATE, Clock.RESOLUTION)] == [
        timedelta(minutes=30),
        timedelta(hours=1),
        timedelta(hours=4),
    ]
    assert {(target.calendar.id, target.notices) for target in urgent.values()} == {("24x7", "at_once")}
    assert normal[Clock.RESOLUTION].budget == WorkingDays(2)
    assert normal[Clock.RESOLUTION].calendar is packaged.calendars[CalendarId("office-london")]
    assert normal[Clock.RESOLUTION].notices == "when_open"
    assert normal[Clock.RESOLUTION].warn_share == 0.8


def test_an_urgent_ticket_calls_three_levels_and_the_last_again(packaged: Rules) -> None:
    urgent = packaged.policies[PolicyId("urgent")]

    assert urgent.steps == (
        Step(timedelta(), (Who(WhoKind.ON_CALL, "1"),)),
        Step(timedelta(minutes=5), (Who(WhoKind.ON_CALL, "2"),)),
        Step(timedelta(minutes=10), (Who(WhoKind.LEAD), Who(WhoKind.MANAGER))),
    )
    assert urgent.repeat == timedelta(minutes=10)
    assert packaged.policies[PolicyId("normal")].steps[1].working


def test_in_the_packaged_teams_two_different_people_are_on_call_at_any_time(packaged: Rules) -> None:
    for hour in range(0, 400 * 24, 37):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        for team in packaged.teams.values():
            places = [standby.on_call(team, place, packaged, at) for place in (1, 2)]
            assert [len(place) for place in places] == [1, 1]
            assert places[0] != places[1]


def test_shanghai_works_on_a_make_up_saturday_and_rests_on_the_holiday_it_stands_for(packaged: Rules) -> None:
    shanghai = packaged.calendars[CalendarId("office-shanghai")]

    assert shanghai.is_open(in_shanghai("2026-02-14T10:00"))
    assert not shanghai.is_open(in_shanghai("2026-02-14T12:30"))
    assert not shanghai.is_open(in_shanghai("2026-02-20T10:00"))
    assert not shanghai.is_open(in_shanghai("2026-02-15T10:00"))
    assert shanghai.add(in_shanghai("2026-02-13T17:00"), timedelta(hours=2)) == in_shanghai("2026-02-14T10:00")


def test_london_rests_on_english_holidays(packaged: Rules) -> None:
    london = packaged.calendars[CalendarId("office-london")]

    assert [london.is_working_day(date(2026, 8, day)) for day in (28, 31)] == [True, False]
    assert [london.is_working_day(date(2026, 12, day)) for day in (25, 28, 29)] == [False, False, True]


def test_years_whose_swaps_are_not_published_are_not_known(packaged: Rules) -> None:
    assert packaged.calendars[CalendarId("office-shanghai")].years_known == frozenset({2025, 2026})
    assert packaged.calendars[CalendarId("office-london")].years_known == frozenset({2025, 2026, 2027, 2028})
    assert packaged.calendars[CalendarId("24x7")].years_known is None


def test_the_library_of_holidays_is_not_loaded_for_desks_that_need_none(tmp_path: Path) -> None:
    folder = write_policy(tmp_path / "rules")
    program = (
        "import sys, pathlib, datetime; from bot.house_rules import load;"
        "load(pathlib.Path(sys.argv[1]), now=datetime.datetime.now(datetime.UTC));"
        "sys.exit('holidays' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program, str(folder)], check=False).returncode == 0


def test_one_country_does_not_load_all_the_others() -> None:
    program = (
        "import sys, datetime; from bot.house_rules import load;"
        "load(None, now=datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC));"
        "sys.exit('holidays.countries' in sys.modules or 'holidays' not in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# What is read.


def test_the_small_policy_can_be_used(tmp_path: Path) -> None:
    folder = write_policy(tmp_path)

    rules = load(folder, now=NOW)

    assert told(folder) == []
    assert rules.teams[TeamId("desk")].digest_at == time(9)
    assert rules.services[ServiceId("email")].aliases == ("mail",)
    assert rules.people[PersonId("bo")].title == {}
    assert rules.terms["standard/incident/P4"] == Terms()
    assert rules.manner.close_after == WorkingDays(2)
    assert rules.manner.late_after == timedelta(seconds=60)
    assert rules.matrix[Level.HIGH, Level.LOW] == Priority.P3


def test_yaml_guesses_nothing(tmp_path: Path) -> None:
    folder = write_policy(
        tmp_path,
        ("people.yaml", "name: Ann", "name: no"),
        ("services.yaml", "aliases: [mail]", "aliases: [on, 0x10, 1e3, ~, 2026-01-01, 12:30]\n  private: no"),
    )

    rules = load(folder, now=NOW)

    assert rules.people[PersonId("ann")].name == "no"
    assert rules.services[ServiceId("email")].aliases == ("on", "0x10", "1e3", "~", "2026-01-01", "12:30")
    assert not rules.services[ServiceId("email")].private


def test_everything_a_calendar_can_say(tmp_path: Path) -> None:
    written = """zone: Europe/London
  closed: [2026-06-05, 2026-12-30..2027-01-04]
  yearly: [08-01, 12-24..01-01]
  special: {2026-12-24: 09:00-12:00, 2026-06-06: [10:00-12:00, 13:00-15:00]}
  shifts: 2026-12-24
  breaks: {2026-03-05: 11:00-11:30}"""
    folder = write_policy(tmp_path, ("calendars.yaml", "zone: Europe/London", written))

    office = load(folder, now=NOW).calendars[CalendarId("office")]

    nine, noon = timedelta(hours=9), timedelta(hours=12)
    assert office.closed == {date(2026, 6, 5), *(date(2026, 12, day) for day in (30, 31))} | {
        date(2027, 1, day) for day in (1, 2, 3, 4)
    }
    assert office.closed_yearly == {(8, 1), (1, 1), *((12, day) for day in range(24, 32))}
    assert office.special[date(2026, 12, 24)] == (Window(nine, noon),)
    assert len(office.special[date(2026, 6, 6)]) == 2
    assert office.shifts == {date(2026, 12, 24)}
    assert office.breaks == {date(2026, 3, 5): (Window.parse("11:00", "11:30"),)}
    assert office.weekly[0] == (Window(nine, noon), Window.parse("13:00", "17:00"))
    assert office.weekly[5] == ()


def test_hours_that_change_on_a_date_leave_the_days_before_it_as_they_were(tmp_path: Path) -> None:
    changed = """zone: Europe/London
  changes: {2026-06-01: {mon-fri: 10:00-11:00}, 2026-07-01: {mon-sun: 00:00-24:00}}"""
    folder = write_policy(tmp_path, ("calendars.yaml", "zone: Europe/London", changed))

    office = load(folder, now=NOW).calendars[CalendarId("office")]

    def open_on(day: int, month: int) -> timedelta:
        midnight = datetime(2026, month, day, tzinfo=ZoneInfo("Europe/London"))
        return office.between(midnight, midnight + timedelta(days=1))

    assert open_on(29, 5) == timedelta(hours=7)
    assert open_on(1, 6) == open_on(30, 6) == timedelta(hours=1)
    assert open_on(4, 7) == timedelta(hours=24)


def test_everything_a_promise_can_say(tmp_path: Path) -> None:
    written = "{response: {within: 1 h 30 min, calendar: 24x7, warn: 50 %, warn_before: 10 min, notices: when_open}}"
    folder = write_policy(
        tmp_path,
        ("slas.yaml", "{response: 30 min on 24x7}", written),
        ("slas.yaml", "calendar: office\n", "calendar: office\n  warn: 75 %\n  pausing: resolution\n"),
    )

    terms = load(folder, now=NOW).terms

    target = terms["standard/incident/P1"].targets[Clock.RESPONSE]
    assert (target.budget, target.calendar.id) == (timedelta(minutes=90), "24x7")
    assert (target.warn_share, target.warn_before, target.notices) == (0.5, timedelta(minutes=10), "when_open")
    assert terms["standard/incident/P2"].targets[Clock.RESPONSE].warn_share == 0.75
    assert terms["standard/incident/P2"].pausing == {Clock.RESOLUTION}


def test_an_agreement_like_another_says_only_what_differs(tmp_path: Path) -> None:
    like = "      P4: {}\nnight:\n  like: standard\n  calendar: 24x7\n  promises: {incident: {P2: {response: 5 min}}}\n"
    policy = write_policy(tmp_path)
    (policy / "slas.yaml").write_text(SMALL["slas.yaml"].removesuffix("      P4: {}\n") + like, encoding="utf-8")

    terms = load(policy, now=NOW).terms

    assert terms["night/incident/P2"].targets[Clock.RESPONSE].budget == timedelta(minutes=5)
    assert terms["night/request/P2"].targets[Clock.RESPONSE].budget == timedelta(hours=1)
    assert terms["night/request/P2"].targets[Clock.RESPONSE].calendar.id == "24x7"
    assert terms["standard/request/P2"].targets[Clock.RESPONSE].calendar.id == "office"


# Holidays.


def with_holidays(folder: Path, more: str = "", *changes: Change) -> Path:
    written = f"zone: Asia/Shanghai\n  holidays: {{country: CN{more}}}"
    return write_policy(folder, ("calendars.yaml", "zone: Europe/London", written), *changes)


def year_file(folder: Path, name: str, content: object) -> None:
    (folder / "holidays").mkdir(exist_ok=True)
    (folder / "holidays" / name).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def office_of(folder: Path, *, now: datetime = NOW) -> Calendar:
    return load(folder, now=now).calendars[CalendarId("office")]


def day(written: str, name: str, *, off: bool) -> dict[str, object]:
    return {"name": name, "date": written, "isOffDay": off}


PUBLISHED_2027 = {
    "$schema": "https://example.org/schema.json",
    "year": 2027,
    "papers": ["https://example.org/notice"],
    "days": [
        day("2026-12-26", "元旦", off=False),
        day("2027-01-01", "元旦", off=True),
        day("2027-01-02", "元旦", off=True),
        day("2027-02-05", "春节", off=True),
        day("2027-02-20", "春节", off=False),
    ],
}


def test_a_published_list_makes_its_year_known_and_replaces_what_was_guessed(tmp_path: Path) -> None:
    folder = with_holidays(tmp_path)
    assert not office_of(folder).is_working_day(date(2027, 5, 3))

    year_file(folder, "2027.json", PUBLISHED_2027)

    office = office_of(folder)
    assert office.years_known == frozenset({2025, 2026, 2027})
    assert office.is_working_day(date(2027, 5, 3))
    assert not office.is_working_day(date(2027, 2, 5))
    assert office.is_open(in_shanghai("2027-02-20T09:30"))
    assert not office.is_provisional(in_shanghai("2027-03-01T12:00"))


def test_a_published_list_decides_about_the_days_of_its_neighbours(tmp_path: Path) -> None:
    folder = with_holidays(tmp_path)

    year_file(folder, "2027.json", PUBLISHED_2027)

    assert office_of(folder).is_working_day(date(2026, 12, 26))
    assert not office_of(folder).is_working_day(date(2026, 10, 1))


def test_a_bare_list_corrects_a_known_year_and_leaves_its_other_days(tmp_path: Path) -> None:
    folder = with_holidays(tmp_path)

    year_file(folder, "2026.json", [day("2026-02-14", "春节", off=True), day("2026-10-01", "国庆节", off=False)])

    office = office_of(folder)
    assert not office.is_working_day(date(2026, 2, 14))
    assert office.is_working_day(date(2026, 10, 1))
    assert office.is_working_day(date(2026, 2, 28))
    assert not office.is_working_day(date(2026, 10, 2))


def test_a_list_of_another_country_changes_nothing_here(tmp_path: Path) -> None:
    folder = with_holidays(tmp_path)

    year_file(folder, "HK-2027.json", PUBLISHED_2027)

    assert office_of(folder).years_known == frozenset({2025, 2026})


def test_make_up_days_have_hours_of_their_own_when_they_are_written(tmp_path: Path) -> None:
    folder = with_holidays(tmp_path, ", make_up_hours: 10:00-15:00")

    assert office_of(folder).row_of(date(2026, 2, 14)) == ("special 2026-02-14", (Window.parse("10:00", "15:00"),))


def test_what_the_calendar_says_goes_before_what_the_country_says(tmp_path: Path) -> None:
    written = """closed: 2026-02-28
  special: {2026-02-14: 08:00-11:00, 2026-10-01: 09:00-10:00}
  shifts: 2026-10-01
  hours:
    mon-fri:"""
    folder = with_holidays(tmp_path, "", ("calendars.yaml", "hours:\n    mon-fri:", written))

    office = office_of(folder)

    assert office.row_of(date(2026, 2, 14))[1] == (Window.parse("08:00", "11:00"),)
    assert not office.is_working_day(date(2026, 2, 28))
    assert office.is_working_day(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("now", "years"),
    [
        ("2026-11-30T23:59", []),
        ("2026-12-01T00:00", [2027]),
        ("2027-01-01T00:00", [2027]),
        ("2027-12-24T00:00", [2027, 2028]),
    ],
)
def test_from_the_first_of_december_missing_holidays_of_the_next_year_are_told(
    tmp_path: Path, now: str, years: list[int]
) -> None:
    folder = with_holidays(tmp_path)

    assert told(folder, now=in_shanghai(now)) == [
        f"calendars.yaml:6: warning: the holidays of {year} are not known, so deadlines in it are provisional — "
        f"put the published list into `holidays/{year}.json`, or update the `holidays` library"
        for year in years
    ]


def test_a_year_file_with_mistakes_is_told_with_its_lines(tmp_path: Path) -> None:
    folder = with_holidays(tmp_path)
    (folder / "holidays").mkdir()
    (folder / "holidays" / "2027.json").write_text(
        '{\n"year": 2027,\n"days": [\n{"date": "2027-13-01", "isOffDay": true},\n{"date": "2027-01-01"}\n]}\n',
        encoding="utf-8",
    )
    (folder / "holidays" / "2028.json").write_text(
        '[\n{"date": "2028-01-01", "isOffDay": "never"}\n]', encoding="utf-8"
    )
    (folder / "holidays" / "2029.json").write_text('{"days": [', encoding="utf-8")

    assert told(folder)[:3] == [
        "holidays/2027.json:4: `2027-13-01` is no day of the calendar — correct the date",
        "holidays/2027.json:5: `isOffDay` is missing — add a line `isOffDay:`",
        "holidays/2028.json:2: `never` is neither yes nor no — write `yes` or `no`",
    ]
    assert told(folder)[3].startswith("holidays/2029.json:1: this is not YAML")


# Mistakes.

ZONE = "zone: Europe/London"

MISTAKES: list[tuple[Change, list[str]]] = [
    (
        ("people.yaml", "language: en", "langage: en"),
        ["people.yaml:3: `langage` is no key of this — did you mean `language`?"],
    ),
    (
        ("people.yaml", "language: en", "language: fr"),
        ["people.yaml:3: `fr` is not a language of the desk — write one of `en`, `zh`"],
    ),
    (
        ("people.yaml", "Europe/London", "Europe/Londn"),
        ["people.yaml:4: there is no time zone `Europe/Londn` — did you mean `Europe/London`?"],
    ),
    (
        ("people.yaml", "Europe/London", "Moon/Copernicus Crater"),
        [
            "people.yaml:4: there is no time zone `Moon/Copernicus Crater` — "
            "write a place of the IANA list, like `Europe/Berlin`"
        ],
    ),
    (
        ("people.yaml", "  name: Ann\n", "  name:\n"),
        ["people.yaml:2: there is no value — write one, or remove the line"],
    ),
    (("people.yaml", "  name: Ann\n", ""), ["people.yaml:1: `name` is missing — add a line `name:`"]),
    (
        ("people.yaml", "  name: Ann\n", "  name: Ann\n  name: Anne\n"),
        ["people.yaml:3: `name` is here twice, first on line 2 — keep one of them"],
    ),
    (
        ("people.yaml", "bo:\n", "ann:\n"),
        [
            "people.yaml:7: `ann` is here twice, first on line 1 — keep one of them",
            "teams.yaml:7: there is no person `bo` — write one of `ann`",
            "teams.yaml:8: there is no person `bo` — write one of `ann`",
        ],
    ),
    (
        ("people.yaml", "name: Ann", "name: [Ann]"),
        ["people.yaml:2: this is a list or a group of keys — write one value on this line"],
    ),
    (
        ("people.yaml", "name: Ann", "name: Ann\n  title: Boss"),
        ["people.yaml:3: `Boss` is not a group of keys — write `key: value` lines below it, indented"],
    ),
    (
        ("people.yaml", "name: Ann", "name: Ann\n  title: {zh: 老板}"),
        ["people.yaml:3: `en` is missing — add a line `en:`"],
    ),
    (
        ("people.yaml", "name: Ann", "name: Ann\n  roles: [employee, leed]"),
        ["people.yaml:3: `leed` is not a role — did you mean `lead`?"],
    ),
    (
        ("people.yaml", "local:bo", "local:ann"),
        ["people.yaml:11: `local:ann` belongs to `ann` already — give it to one of them"],
    ),
    (
        ("people.yaml", "local:bo", "bo"),
        [
            "people.yaml:11: `bo` names no platform — "
            "write the platform, a colon and the name there, like `local:lin-xia`"
        ],
    ),
    (("people.yaml", "local:bo", "[]"), ["people.yaml:11: the list is empty — write at least one"]),
    (
        ("people.yaml", "ann:\n", "desk:\n"),
        [
            "people.yaml:1: `desk` is the desk itself — give the person another name",
            "teams.yaml:8: there is no person `ann` — write one of `bo`, `desk`",
            "teams.yaml:9: there is no person `ann` — write one of `bo`, `desk`",
        ],
    ),
    (
        ("services.yaml", "email:", "E mail:"),
        [
            "services.yaml:1: `E mail` cannot be the name of a service — "
            "use a-z, 0-9, - and _, at most 40, beginning with a-z or 0-9"
        ],
    ),
    (("people.yaml", "name: Ann", "name: !!int 3"), ["people.yaml:2: `!!int` is a YAML tag — write plain text"]),
    (
        ("people.yaml", "name: Ann", "? [a]\n  : b\n  name: Ann"),
        ["people.yaml:2: a key is more than a word — write a name, a colon and the value"],
    ),
    (
        ("people.yaml", "name: Ann", "name: 'Ann"),
        [
            "people.yaml:2: this is not YAML (found unexpected end of stream while scanning a quoted scalar) — "
            "look at the indentation, colons and quotes here and on the line above"
        ],
    ),
    (("people.yaml", "  name: Ann", "\tname: Ann"), ["people.yaml:2: there is a tab here — indent with spaces"]),
    (
        ("people.yaml", "bo:\n", "---\nbo:\n"),
        ["people.yaml:7: a second document begins here — remove the line `---`"],
    ),
    (
        ("people.yaml", "博", "博\x07"),
        ["people.yaml:8: there is a character that no text file holds — remove it"],
    ),
    (
        ("teams.yaml", "  channel: local:channel:desk\n  lead: bo\n", ""),
        [
            "teams.yaml:1: team `desk` has neither a lead nor a channel — "
            "add `lead:` and a person, or `channel:` and an address"
        ],
    ),
    (("teams.yaml", "lead: bo", "lead: bob"), ["teams.yaml:7: there is no person `bob` — did you mean `bo`?"]),
    (("teams.yaml", "[ann, bo]", "[ann, boo]"), ["teams.yaml:8: there is no person `boo` — did you mean `bo`?"]),
    (("teams.yaml", "[ann, bo]", "[]"), ["teams.yaml:8: the list is empty — write at least one"]),
    (
        ("teams.yaml", "calendar: office", "calendar: offcie"),
        ["teams.yaml:5: there is no calendar `offcie` — did you mean `office`?"],
    ),
    (
        ("teams.yaml", "P1: calls", "P1: call"),
        ["teams.yaml:10: there is no escalation policy `call` — did you mean `calls`?"],
    ),
    (
        ("teams.yaml", "P4: calls", "P5: calls"),
        ["teams.yaml:10: `P5` is not a priority — write one of `P1`, `P2`, `P3`, `P4`"],
    ),
    (
        ("teams.yaml", "09:00", "nine"),
        ["teams.yaml:11: `nine` is not a time of the day — write it like `09:30`"],
    ),
    (
        ("teams.yaml", "09:00", "24:00"),
        ["teams.yaml:11: `24:00` is the next day already — write `00:00` to `23:59`"],
    ),
    (
        ("services.yaml", "team: desk", "team: dusk"),
        ["services.yaml:3: there is no team `dusk` — did you mean `desk`?"],
    ),
    (
        ("services.yaml", "agreement: standard", "agreement: standart"),
        ["services.yaml:4: there is no agreement `standart` — did you mean `standard`?"],
    ),
    (
        ("services.yaml", "aliases: [mail]", "private: maybe"),
        ["services.yaml:5: `maybe` is neither yes nor no — write `yes` or `no`"],
    ),
    (
        ("services.yaml", "aliases: [mail]", "alias: [mail]"),
        ["services.yaml:5: `alias` is no key of this — did you mean `aliases`?"],
    ),
    (
        ("services.yaml", "aliases: [mail]", "aliases: {a: b}"),
        ["services.yaml:5: a group of keys is not a list — write `[one, two]`, or one line with `- ` for each"],
    ),
    (
        ("services.yaml", "other:", "misc:"),
        [
            "desk.yaml:1: there is no service `other` for what fits nowhere else — "
            "add it to services.yaml, or write `default_service:` (write one of `email`, `misc`)"
        ],
    ),
    (
        ("slas.yaml", "      P3: {resolution: 2 working days}\n      P4: {}\n", ""),
        [
            "slas.yaml:4: `standard` says nothing about incident P3, P4 — "
            "add `P3:` with its times, or `P3: {}` to promise nothing"
        ],
    ),
    (("slas.yaml", "on 24x7", "on 24/7"), ["slas.yaml:5: there is no calendar `24/7` — did you mean `24x7`?"]),
    (
        ("slas.yaml", "{response: 30", "{respond: 30"),
        ["slas.yaml:5: `respond` is no key of this — did you mean `response`?"],
    ),
    (
        ("slas.yaml", "30 min on 24x7", "{within: 30 min, calender: 24x7}"),
        ["slas.yaml:5: `calender` is no key of this — did you mean `calendar`?"],
    ),
    (
        ("slas.yaml", "30 min on", "30 on"),
        ["slas.yaml:5: `30` is not a duration — write a number and its unit, like 30 min, 4 h or 2 working days"],
    ),
    (
        ("slas.yaml", "30 min on", "2 days on"),
        ["slas.yaml:5: `days` in `2 days` is not a unit of time here — write `24 h` or `1 working day`"],
    ),
    (
        ("slas.yaml", "30 min on", "2 working hours on"),
        [
            "slas.yaml:5: `2 working hours`: the hours of a promise are those of its calendar — "
            "write it without `working`"
        ],
    ),
    (("slas.yaml", "30 min on", "0 min on"), ["slas.yaml:5: `0 min` is no time at all — write more than nothing"]),
    (("slas.yaml", "30 min on", "90000 h on"), ["slas.yaml:5: `90000 h` is longer than a year — write less"]),
    (
        ("slas.yaml", "2 working days", "0 working days"),
        ["slas.yaml:7: `0 working days` is out of range — write 1 to 366 working days"],
    ),
    (
        ("slas.yaml", "  calendar: office\n", ""),
        [
            f"slas.yaml:{line}: the {promise} has no calendar — "
            "write `on` and a calendar behind the time, or `calendar:` below `standard`"
            for line, promise in [
                (5, "response of incident P2"),
                (6, "resolution of incident P3"),
                (9, "response of request P1"),
                (10, "response of request P2"),
            ]
        ],
    ),
    (
        ("slas.yaml", "office\n", "office\n  warn: 120 %\n"),
        ["slas.yaml:3: `120 %` is not a part of the whole — write 1 % to 99 %, for example `80 %`"],
    ),
    (
        ("slas.yaml", "office\n", "office\n  like: standard\n"),
        ["slas.yaml:3: `standard` is like itself in the end — write out one of the two"],
    ),
    (
        ("slas.yaml", "office\n", "office\n  pausing: [updates]\n"),
        ["slas.yaml:3: `updates` is not a clock — did you mean `update`?"],
    ),
    (
        ("slas.yaml", "request:", "requests:"),
        ["slas.yaml:9: `requests` is not a kind of ticket — did you mean `request`?"],
    ),
    (
        ("calendars.yaml", "mon-fri:", "mon-fry:"),
        ["calendars.yaml:7: `mon-fry` is no day of the week — write `mon`, `tue`, ... or a range like `mon-fri`"],
    ),
    (
        ("calendars.yaml", "mon-fri: [09:00-12:00, 13:00-17:00]", "mon-fri: 09:00-17:00\n    fri: 09:00-12:00"),
        ["calendars.yaml:8: `fri` names fri, and so does `mon-fri` — name each day once"],
    ),
    (
        ("calendars.yaml", "09:00-12:00", "09:00-25:00"),
        [
            "calendars.yaml:7: `09:00-25:00` are not the hours of a day — "
            "write opening and closing like `09:00-12:30`, at the latest `24:00`"
        ],
    ),
    (
        ("calendars.yaml", "09:00-12:00", "09:00-09:00"),
        ["calendars.yaml:7: `09:00-09:00` begins when it ends — write `00:00-24:00` for all day"],
    ),
    (
        ("calendars.yaml", "09:00-12:00", "09:00-13:30"),
        ["calendars.yaml:7: hours overlap: 09:00-13:30, 13:00-17:00 — let one end before the other begins"],
    ),
    (
        ("calendars.yaml", "[09:00-12:00, 13:00-17:00]", "[]"),
        ["calendars.yaml:6: calendar `office` never opens — write its hours, like `mon-fri: 09:00-18:00`"],
    ),
    (
        ("calendars.yaml", ZONE, f"{ZONE}\n  closed: [2026-02-30]"),
        ["calendars.yaml:6: `2026-02-30` is no day of the calendar — correct the date"],
    ),
    (
        ("calendars.yaml", ZONE, f"{ZONE}\n  closed: [20260214]"),
        ["calendars.yaml:6: `20260214` is not a date — write it like `2026-02-14`"],
    ),
    (
        ("calendars.yaml", ZONE, f"{ZONE}\n  closed: 2026-12-31..2026-12-01"),
        ["calendars.yaml:6: `2026-12-31..2026-12-01` ends before it begins — write the earlier date first"],
    ),
    (
        ("calendars.yaml", ZONE, f"{ZONE}\n  yearly: 02-30"),
        ["calendars.yaml:6: `02-30` is no day of any year — correct the month or the day"],
    ),
    (
        ("calendars.yaml", ZONE, f"{ZONE}\n  yearly: 01-01..12-31"),
        [
            "calendars.yaml:4: calendar `office` is shut for more than a year, from 2023-01-01 to 2026-01-01 — "
            "shorten `closed:` or `yearly:`"
        ],
    ),
    (
        ("calendars.yaml", ZONE, f"{ZONE}\n  closed: 2026-12-24\n  special: {{2026-12-24: 09:00-12:00}}"),
        [
            "calendars.yaml:7: special 2026-12-24 is a holiday too (closed 2026-12-24) — "
            "add the date to `shifts:` when it is worked all the same, or remove its hours"
        ],
    ),
    (
        ("calendars.yaml", ZONE, f"{ZONE}\n  holidays: {{country: GB}}\n  special: {{2026-12-25: 09:00-12:00}}"),
        [
            "calendars.yaml:7: special 2026-12-25 is a holiday too (closed 2026-12-25) — "
            "add the date to `shifts:` when it is worked all the same, or remove its hours"
        ],
    ),
    (
        ("calendars.yaml", ZONE, f"{ZONE}\n  shifts: 2026-12-24"),
        ["calendars.yaml:6: 2026-12-24 has no hours — add `2026-12-24:` with its hours under `special:`"],
    ),
    (
        ("calendars.yaml", ZONE, f"{ZONE}\n  holidays: {{country: XX}}"),
        ["calendars.yaml:6: no holidays are known for the country `XX` — write its two letters, like `CN` or `GB`"],
    ),
    (
        ("calendars.yaml", ZONE, f"{ZONE}\n  holidays: {{country: GB, subdivision: EGN}}"),
        ["calendars.yaml:6: no holidays are known for the subdivision `EGN` — did you mean `ENG`?"],
    ),
    (
        ("escalation.yaml", "    - after: 10 min\n      call: lead\n", "    - call: lead\n"),
        [
            "escalation.yaml:4: step 2 does not say how long after the one before — "
            "add `after:`, for example `after: 5 min`"
        ],
    ),
    (("escalation.yaml", "lead", "person bob"), ["escalation.yaml:5: there is no person `bob` — did you mean `bo`?"]),
    (
        ("escalation.yaml", "lead", "leed"),
        [
            "escalation.yaml:5: `leed` says not whom to call — "
            "write `on_call 1`, `lead`, `manager` or `channel`, or `person`, `rota` or `team` and a name"
        ],
    ),
    (
        ("escalation.yaml", "lead", "lead bo"),
        ["escalation.yaml:5: `lead bo` says not whom to call — write `lead` alone"],
    ),
    (
        ("escalation.yaml", "lead", "on_call 0"),
        ["escalation.yaml:5: `on_call 0` is no place in the on-call order — write `on_call 1` to `on_call 9`"],
    ),
    (("escalation.yaml", "call: lead", "call: []"), ["escalation.yaml:5: the list is empty — write at least one"]),
    (
        ("escalation.yaml", "repeat: 10", "repeat: 0"),
        ["escalation.yaml:6: `0 min` is no time at all — write more than nothing"],
    ),
    (("escalation.yaml", "  repeat: 10 min\n", ""), ["escalation.yaml:1: `repeat` is missing — add a line `repeat:`"]),
    (
        ("escalation.yaml", "- call: on_call 1\n    - after: 10 min\n      call: lead", "[]"),
        ["escalation.yaml:2: the list is empty — write at least one"],
    ),
    (("priority.yaml", ", low: P3}", "}"), ["priority.yaml:1: `low` is missing — add a line `low:`"]),
    (
        ("priority.yaml", "low: {high: P3, medium: P4, low: P4}\n", ""),
        ["priority.yaml:1: `low` is missing — add a line `low:`"],
    ),
    (
        ("priority.yaml", "P2", "P7"),
        ["priority.yaml:1: `P7` is not a priority — write one of `P1`, `P2`, `P3`, `P4`"],
    ),
    (
        ("desk.yaml", "settle: 30 s", "default_service: mails"),
        ["desk.yaml:1: there is no service `mails` — did you mean `email`?"],
    ),
    (
        ("desk.yaml", "settle: 30 s", "settle: soon"),
        ["desk.yaml:1: `soon` is not a duration — write a number and its unit, like 90 s, 30 min or 1 h 30 min"],
    ),
    (
        ("desk.yaml", "2 working days", "48 h"),
        ["desk.yaml:2: `48 h` is not a number of working days — write it like `3 working days`"],
    ),
    (
        ("desk.yaml", "settle: 30 s\nclose_after: 2 working days\n", "# later\n"),
        ["desk.yaml:1: the file is empty — fill it, or copy it from the packaged rules (bot/rules)"],
    ),
    (
        ("desk.yaml", "settle: 30 s\nclose_after: 2 working days\n", "hello\n"),
        ["desk.yaml:1: the file does not begin with a name — write `name:` at the margin"],
    ),
]


@pytest.mark.parametrize(("change", "expected"), MISTAKES, ids=[f"{one[0][0]}:{one[0][2]!r}" for one in MISTAKES])
def test_a_mistake_is_told_with_file_line_and_what_to_do(tmp_path: Path, change: Change, expected: list[str]) -> None:
    folder = write_policy(tmp_path, change)

    assert told(folder) == expected


WARNINGS: list[tuple[Change, list[str]]] = [
    (
        ("escalation.yaml", "lead", "manager"),
        [
            "escalation.yaml:4: warning: level 2 of `calls` reaches nobody of team `desk` — "
            "name a person, or give the team a lead, a manager or a longer on-call order"
        ],
    ),
    (
        ("escalation.yaml", "lead", "channel"),
        [
            "escalation.yaml:4: warning: the last level of `calls` reaches nobody of team `desk` by name — "
            "name a person, or give the team a lead, a manager or a longer on-call order"
        ],
    ),
    (("escalation.yaml", "after: 10 min", "after: 30 min"), []),
    (
        ("escalation.yaml", "after: 10 min", "after: 31 min"),
        [
            "slas.yaml:5: warning: an answer to incident P1 can be overdue before the last level of `calls` is "
            "called for team `desk` — promise more time, or shorten the delays of the policy"
        ],
    ),
    (
        ("escalation.yaml", "after: 10 min", "after: 2 working hours"),
        [
            f"slas.yaml:{line}: warning: an answer to {kind} can be overdue before the last level of `calls` is "
            "called for team `desk` — promise more time, or shorten the delays of the policy"
            for line, kind in [(5, "incident P1"), (6, "incident P2"), (10, "request P1"), (11, "request P2")]
        ],
    ),
    (
        # 10 working minutes are enough within the hours, but not for what comes at closing time.
        ("escalation.yaml", "after: 10 min", "after: 10 working min"),
        [
            "slas.yaml:5: warning: an answer to incident P1 can be overdue before the last level of `calls` is "
            "called for team `desk` — promise more time, or shorten the delays of the policy"
        ],
    ),
    (
        ("teams.yaml", "  channel: local:channel:desk\n", ""),
        ["teams.yaml:10: warning: there is no channel for the digest — add `channel:`, or remove `digest_at:`"],
    ),
    (
        ("teams.yaml", ", P4: calls", ""),
        ["teams.yaml:10: warning: nobody is called when a P4 of team `desk` is not taken — add `P4:` and a policy"],
    ),
    (
        ("services.yaml", "names: {en: Other}", "names: {en: Other}\n  aliases: [Mail]"),
        ["services.yaml:8: warning: `Mail` is also a name of `email` — keep it at one of them"],
    ),
    (
        ("priority.yaml", "low: {high: P3,", "low: {high: P1,"),
        ["priority.yaml:2: warning: for urgency high impact medium has a lower priority than low — exchange them"],
    ),
    (
        ("calendars.yaml", "13:00-17:00]", "13:00-17:00]\n    sat-sun: 20:00-01:30"),
        [
            "calendars.yaml:8: warning: on 2027-03-28 there is no 01:30 in Europe/London, because the clocks "
            "change — let these hours begin and end outside the hour that changes",
            "calendars.yaml:8: warning: on 2027-10-31 there are two of 01:30 in Europe/London, because the clocks "
            "change — let these hours begin and end outside the hour that changes",
        ],
    ),
    (("calendars.yaml", "13:00-17:00]", "13:00-17:00]\n    sat-sun: [20:00-01:30, 01:30-06:00]"), []),
    (("calendars.yaml", "13:00-17:00]", "13:00-17:00]\n    sat-sun: 22:00-06:00"), []),
    (
        ("calendars.yaml", "13:00-17:00]", "13:00-17:00]\n  special: {2027-10-31: 01:15-08:00}"),
        [
            "calendars.yaml:8: warning: on 2027-10-31 there are two of 01:15 in Europe/London, because the clocks "
            "change — let these hours begin and end outside the hour that changes"
        ],
    ),
    (("teams.yaml", "digest_at: 09:00", "digest_at: 01:30"), []),
]


@pytest.mark.parametrize(("change", "expected"), WARNINGS, ids=[f"{one[0][0]}:{one[0][2]!r}" for one in WARNINGS])
def test_a_policy_that_will_surprise_can_be_used_and_is_warned_about(
    tmp_path: Path, change: Change, expected: list[str]
) -> None:
    folder = write_policy(tmp_path, change)

    assert told(folder) == expected
    assert load(folder, now=NOW).version


def test_a_digest_inside_a_clock_change_is_warned_about_where_that_day_is_worked(tmp_path: Path) -> None:
    folder = write_policy(
        tmp_path,
        ("calendars.yaml", "mon-fri: [09:00", "mon-sun: [09:00"),
        ("teams.yaml", "digest_at: 09:00", "digest_at: 01:30"),
    )

    assert told(folder) == [
        f"teams.yaml:11: warning: on {day} there {odd} 01:30 in Europe/London, because the clocks change — "
        "let the digest come outside the hour that changes"
        for day, odd in (("2027-03-28", "is no"), ("2027-10-31", "are two of"))
    ]


def test_a_week_of_holidays_hides_no_late_escalation(tmp_path: Path) -> None:
    folder = write_policy(
        tmp_path,
        ("escalation.yaml", "after: 10 min", "after: 31 min"),
        ("calendars.yaml", "13:00-17:00]", "13:00-17:00]\n  closed: 2026-11-20..2026-12-20"),
    )

    assert [line.partition(" —")[0] for line in told(folder)] == [
        "slas.yaml:5: warning: an answer to incident P1 can be overdue before the last level of `calls` is "
        "called for team `desk`"
    ]


def test_the_mistakes_of_all_files_are_told_at_once_in_order(tmp_path: Path) -> None:
    folder = write_policy(
        tmp_path,
        ("people.yaml", "language: en", "language: fr"),
        ("people.yaml", "Asia/Shanghai", "Asia/Shangai"),
        ("teams.yaml", "lead: bo", "lead: bob"),
        ("teams.yaml", "digest_at: 09:00", "digest_at: late"),
        ("services.yaml", "team: desk", "team: desks"),
        ("slas.yaml", "1 h", "1 hr"),
        ("calendars.yaml", "mon-fri", "mon-fry"),
        ("escalation.yaml", "repeat: 10 min", "repeat: never"),
        ("priority.yaml", "P1", "P0"),
        ("desk.yaml", "30 s", "30"),
    )
    (folder / "desc.yaml").write_text("settle: 1 s\n", encoding="utf-8")

    with pytest.raises(BadRules) as refused:
        load(folder, now=NOW)

    places = [(Path(problem.file).name, problem.line) for problem in refused.value.problems]
    assert places == [
        ("calendars.yaml", 7),
        ("desc.yaml", 1),
        ("desk.yaml", 1),
        ("escalation.yaml", 6),
        ("people.yaml", 3),
        ("people.yaml", 10),
        ("priority.yaml", 1),
        ("services.yaml", 3),
        ("slas.yaml", 6),
        ("teams.yaml", 7),
        ("teams.yaml", 11),
    ]
    assert str(refused.value).splitlines()[1] == (
        f"{folder}/desc.yaml:1: nobody reads a file of this name — rename it to `desk.yaml`"
    )


def test_a_mistake_knows_its_column(tmp_path: Path) -> None:
    folder = write_policy(tmp_path, ("teams.yaml", "[ann, bo]", "[ann, boo]"))

    (problem,) = check(folder, now=NOW)

    assert (problem.line, problem.column) == (8, 18)


def test_a_missing_file_is_told_once_and_its_names_are_not_missed(tmp_path: Path) -> None:
    folder = write_policy(tmp_path)
    (folder / "people.yaml").unlink()

    assert told(folder) == ["people.yaml:1: the file is missing — copy people.yaml from the packaged rules (bot/rules)"]


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadRules, match="there is no such folder — name the folder of your policy files"):
        load(tmp_path / "none", now=NOW)


def test_a_file_that_is_not_utf_8_is_told_with_the_line(tmp_path: Path) -> None:
    folder = write_policy(tmp_path)
    (folder / "people.yaml").write_bytes(SMALL["people.yaml"].encode("gbk"))

    assert told(folder) == ["people.yaml:8: this is not UTF-8 — save the file as UTF-8"]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    folder = write_policy(tmp_path)
    for file in SMALL:
        (folder / file).write_bytes(b"\xef\xbb\xbf" + SMALL[file].replace("\n", "\r\n").encode())

    assert load(folder, now=NOW).version == load(write_policy(tmp_path / "plain"), now=NOW).version


def test_an_alias_is_refused_so_that_no_file_can_blow_up(tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{after}: &{after} [*{before}, *{before}]\n" for before, after in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    folder = write_policy(tmp_path)
    (folder / "desk.yaml").write_text(bomb, encoding="utf-8")

    aliases = [line for line in told(folder) if "alias" in line]
    assert aliases == [
        f"desk.yaml:{line}: an alias repeats this (`*name`) — write it out where it is needed" for line in range(1, 11)
    ]


@pytest.mark.parametrize(
    "brackets", ["[" * 200 + "]" * 200, "{a: " * 5000, "\n".join(" " * n + "a:" for n in range(800))]
)
def test_deep_nesting_is_told_and_does_no_harm(tmp_path: Path, brackets: str) -> None:
    folder = write_policy(tmp_path)
    (folder / "desk.yaml").write_text(f"settle: {brackets}\n", encoding="utf-8")

    with pytest.raises(BadRules):
        load(folder, now=NOW)


# The version.


def test_comments_and_the_order_of_keys_do_not_change_the_version(tmp_path: Path) -> None:
    one = write_policy(tmp_path / "one")
    other = write_policy(
        tmp_path / "other",
        ("people.yaml", "  name: Ann\n  language: en\n", "  # our first\n  language: en\n  name: 'Ann'\n"),
    )

    assert load(one, now=NOW).version == load(other, now=NOW).version


@pytest.mark.parametrize(
    "change",
    [
        ("people.yaml", "Ann", "Anne"),
        ("teams.yaml", "[ann, bo]", "[bo, ann]"),
        ("slas.yaml", "1 h", "2 h"),
        ("desk.yaml", "30 s", "31 s"),
    ],
)
def test_anything_else_changes_it(tmp_path: Path, change: Change) -> None:
    one = load(write_policy(tmp_path / "one"), now=NOW)
    other = load(write_policy(tmp_path / "other", change), now=NOW)

    assert one.version != other.version


def test_newly_published_holidays_change_the_version(tmp_path: Path) -> None:
    folder = with_holidays(tmp_path)
    before = load(folder, now=NOW).version

    year_file(folder, "2027.json", PUBLISHED_2027)

    assert load(folder, now=NOW).version != before


# However it is spoilt.

SPOILS = ("", "x", ":", "-", "[", "]", "{", "'", "#", "&a", "*a", "!!set", "\t", "  ", "0", "%", "好", "null", "\n")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_whatever_is_done_to_a_policy_it_loads_or_its_mistakes_have_places(tmp_path: Path, seed: int) -> None:
    folder = write_policy(tmp_path / "rules")
    chance = random.Random(seed)
    for file in chance.sample(sorted(SMALL), k=2):
        text = SMALL[file]
        for _ in range(chance.randint(1, 3)):
            start = chance.randrange(len(text))
            text = text[:start] + chance.choice(SPOILS) + text[start + chance.randrange(12) :]
        (folder / file).write_text(text, encoding="utf-8")

    problems = check(folder, now=NOW)

    mistakes = [problem for problem in problems if not problem.warning]
    for problem in problems:
        lines = Path(problem.file).read_text(encoding="utf-8").count("\n") + 1
        assert 1 <= problem.line <= lines
        assert problem.what
        assert problem.advice
    if mistakes:
        with pytest.raises(BadRules) as refused:
            load(folder, now=NOW)
        assert set(refused.value.problems) == set(mistakes)
    else:
        assert load(folder, now=NOW).services


def test_the_packaged_files_are_the_ones_that_are_read() -> None:
    assert sorted(path.name for path in PACKAGED.glob("*.yaml")) == sorted({*FILES} - {"groups.yaml"})
