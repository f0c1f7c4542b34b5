"""What PagerDuty exports is what the desk does afterwards, and the rest is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.imports import Draft, Ledger
from tests.imports.reading import on_call, read, rota_of, told

PRIMARY = "payments-primary"


@pytest.fixture(scope="module")
def carried() -> tuple[Draft, Ledger]:
    return read("pagerduty")


def utc(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_layers_and_overrides_give_the_same_shifts_over_the_clock_change() -> None:
    rota = rota_of("pagerduty", PRIMARY)

    # Alice and Bruno change on Mondays at 08:00 in New York, counted from 2 February, when it was Alice's week. The
    # weekends are Chen's. Dana stands in on the evening of the 10th. The clocks go forward on 8 March.
    assert on_call(rota, utc(2, 26), utc(3, 17)) == [
        "02-26 00:00 .. 02-28 05:00 bruno-sa",
        "02-28 05:00 .. 03-02 05:00 chen-chen",
        "03-02 05:00 .. 03-02 13:00 bruno-sa",
        "03-02 13:00 .. 03-07 05:00 alice-moreau",
        "03-07 05:00 .. 03-09 04:00 chen-chen",
        "03-09 04:00 .. 03-09 12:00 alice-moreau",
        "03-09 12:00 .. 03-10 22:00 bruno-sa",
        "03-10 22:00 .. 03-11 02:00 dana-roth",
        "03-11 02:00 .. 03-14 04:00 bruno-sa",
        "03-14 04:00 .. 03-16 04:00 chen-chen",
        "03-16 04:00 .. 03-16 12:00 bruno-sa",
        "03-16 12:00 .. 03-17 00:00 alice-moreau",
    ]


def test_people_keep_addresses_zone_language_and_rights(carried: tuple[Draft, Ledger]) -> None:
    alice, bruno, chen, dana = carried[0].people

    assert (alice.zone, alice.language, alice.is_admin, alice.email) == (
        "America/New_York",
        "en",
        True,
        "alice@example.com",
    )
    assert alice.addresses == ("email:alice@example.com", "voice:+12025550199", "sms:+12025550199")
    assert (chen.id, chen.language, chen.addresses[1]) == ("chen-chen", "zh", "sms:+8613800138000")
    assert (bruno.id, bruno.is_admin, bruno.ways) == ("bruno-sa", False, {})
    assert dana.zone == "UTC"
    assert told(carried[1], "Mars/Olympus")


def test_notification_rules_become_ways_by_urgency(carried: tuple[Draft, Ledger]) -> None:
    alice, _, chen, _ = carried[0].people

    assert alice.ways["important"] == (("sms:+12025550199", timedelta()), ("voice:+12025550199", timedelta(minutes=3)))
    assert alice.ways["default"] == (("email:alice@example.com", timedelta()),)
    assert chen.ways["important"] == (("sms:+8613800138000", timedelta(minutes=2)),)


def test_teams_have_their_lead_their_rota_and_their_policy(carried: tuple[Draft, Ledger]) -> None:
    (team,) = carried[0].teams

    assert (team.id, team.lead, team.rotas, team.policy) == ("payments", "bruno-sa", (PRIMARY,), "payments")
    assert team.members == ("alice-moreau", "bruno-sa", "chen-chen", "dana-roth")
    assert told(carried[1], "PGONE99")


def test_an_escalation_waits_as_long_as_it_did(carried: tuple[Draft, Ledger]) -> None:
    (policy,) = carried[0].policies

    assert [(step.after, step.call) for step in policy.steps] == [
        (timedelta(), (f"rota {PRIMARY}",)),
        (timedelta(minutes=10), ("person bruno-sa", "person alice-moreau")),
    ]
    assert policy.repeat == timedelta(minutes=20)
    assert told(carried[1], "3 times")
    assert told(carried[1], "round robin")


@pytest.mark.parametrize(
    "words",
    [
        "5400 s",
        "ended 2025-06-01",
        "1 exceptions are over",
        "Likes trains",
        "Site reliability",
        "Checkout API",
        "app on a",
    ],
)
def test_what_has_no_place_here_is_told(carried: tuple[Draft, Ledger], words: str) -> None:
    assert told(carried[1], words)


def test_numbers_links_and_secrets_of_the_other_system_are_not_repeated(carried: tuple[Draft, Ledger]) -> None:
    assert not told(carried[1], "api.example.com")
    assert not told(carried[1], "private/secret")
