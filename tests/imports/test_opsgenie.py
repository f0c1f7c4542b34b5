"""What Opsgenie exports is what the desk does afterwards, and the rest is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.oncall import on_call_at
from bot.imports import Draft, Ledger
from tests.imports.reading import on_call, read, rota_of, told


@pytest.fixture(scope="module")
def carried() -> tuple[Draft, Ledger]:
    return read("opsgenie")


def utc(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_rotations_that_never_meet_share_a_rota_and_leave_out_nobodys_turns() -> None:
    rota = rota_of("opsgenie", "network-schedule")

    # Days on Mondays and Tuesdays from 08:00 to 20:00, Ann's week first. Nights from 20:00: two for Bo, two for nobody,
    # two for whoever the escalation calls first, which is 蔡琳. She also stands in on Tuesday from 11:00 to 13:00.
    assert on_call(rota, utc(3, 2), utc(3, 10)) == [
        "03-02 07:00 .. 03-02 19:00 ann-lee",
        "03-02 19:00 .. 03-03 07:00 bo-larsen",
        "03-03 07:00 .. 03-03 10:00 ann-lee",
        "03-03 10:00 .. 03-03 12:00 cai",
        "03-03 12:00 .. 03-03 19:00 ann-lee",
        "03-03 19:00 .. 03-04 07:00 bo-larsen",
        "03-06 19:00 .. 03-07 07:00 cai",
        "03-07 19:00 .. 03-08 07:00 cai",
        "03-08 19:00 .. 03-10 00:00 bo-larsen",
    ]


def test_hours_and_handovers_stay_on_the_local_clock_over_its_change() -> None:
    rota = rota_of("opsgenie", "network-schedule")

    # The clocks of Berlin go forward on 29 March: 08:00 is 07:00 UTC before and 06:00 UTC after. The nights end on
    # 1 April.
    assert on_call(rota, utc(3, 27), utc(4, 5)) == [
        "03-27 00:00 .. 03-27 07:00 bo-larsen",
        "03-27 19:00 .. 03-28 07:00 bo-larsen",
        "03-30 06:00 .. 03-30 18:00 ann-lee",
        "03-30 18:00 .. 03-31 06:00 cai",
        "03-31 06:00 .. 03-31 18:00 ann-lee",
        "03-31 18:00 .. 04-01 06:00 cai",
    ]


def test_rotations_that_meet_become_rotas_that_together_have_the_same_people(carried: tuple[Draft, Ledger]) -> None:
    rotas = [rota_of("opsgenie", name) for name in ("two-at-once", "two-at-once-2")]

    # Ann always; beside her, twelve real hours each, Bo and then the whole team.
    def both(at: datetime) -> set[str]:
        return {person for rota in rotas for person in on_call_at(rota, (), at)}

    assert both(utc(3, 2, 8)) == {"ann-lee", "bo-larsen"}
    assert both(utc(3, 2, 20)) == {"ann-lee", "bo-larsen", "cai"}
    assert both(utc(3, 29, 8)) == {"ann-lee", "bo-larsen"}
    assert told(carried[1], "became 2 rotas")


def test_people_have_the_contacts_that_are_on_and_the_steps_of_their_first_rule(carried: tuple[Draft, Ledger]) -> None:
    ann, bo, cai = carried[0].people
    email, sms = "email:ann@example.com", "sms:+4915112345678"

    assert (ann.id, ann.zone, ann.is_admin, ann.addresses) == ("ann-lee", "Europe/Berlin", True, (email, sms))
    assert ann.ways["important"] == ann.ways["default"] == ((email, timedelta()), (sms, timedelta(minutes=2)))
    assert (bo.language, cai.language, cai.id) == ("en", "zh", "cai")


def test_delays_are_counted_from_the_alert_and_next_is_the_next_on_call(carried: tuple[Draft, Ledger]) -> None:
    network, everyone = carried[0].policies

    assert [(step.after, step.call) for step in network.steps] == [
        (timedelta(), ("rota network-schedule",)),
        (timedelta(minutes=5), ("on_call 2",)),
        (timedelta(minutes=55), ("person ann-lee", "person bo-larsen", "person cai")),
    ]
    assert network.repeat == timedelta(minutes=15)
    assert [(step.after, step.call) for step in everyone.steps] == [
        (timedelta(), ("person cai",)),
        (timedelta(minutes=10), ("person ann-lee",)),
        (timedelta(minutes=10), ("rota two-at-once", "rota two-at-once-2")),
    ]


def test_a_team_has_its_members_its_admin_as_lead_and_what_it_owns(carried: tuple[Draft, Ledger]) -> None:
    (team,) = carried[0].teams

    assert (team.members, team.lead) == (("ann-lee", "bo-larsen", "cai"), "ann-lee")
    assert (team.rotas, team.policy) == (("network-schedule",), "network-escalation")
    assert not told(carried[1], "its members are not in the export")


@pytest.mark.parametrize(
    "words",
    [
        "switched off there, so it was not carried",
        "`mobile`",
        "second rule for new alerts",
        "`closed-alert`",
        '"startHour": 8',
        "`criteria`",
        "loopAfter",
        "Bonn",
        "blocked",
        "Cables",
        "an escalation takes this turn",
        "a team takes this turn",
        "`Off` is over or switched off",
        "for some rotations only",
        "schedule `Retired`",
        "if-not-closed",
        "repeats 3 times",
        "resetRecipientStates",
        "closeAlertAfterAll",
        "`previous`",
        "stops after its last rule",
        "service `WAN`",
    ],
)
def test_what_has_no_place_here_is_told(carried: tuple[Draft, Ledger], words: str) -> None:
    assert told(carried[1], words)
