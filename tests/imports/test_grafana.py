"""What Grafana OnCall exports is what the desk does afterwards, and the rest is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.imports import Draft, Ledger
from tests.imports.reading import on_call, read, rota_of, told


@pytest.fixture(scope="module")
def carried() -> tuple[Draft, Ledger]:
    return read("grafana")


def utc(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_levels_groups_and_overrides_give_the_same_shifts() -> None:
    # Mondays at 09:00 in Berlin, from the second group on: Bea and Chi, then Alex. Chi alone in office hours of
    # Mondays and Tuesdays, which is a higher level. Alex overrides two hours on the 4th.
    assert on_call(rota_of("grafana", "infra"), utc(3, 1), utc(3, 11)) == [
        "03-01 00:00 .. 03-02 08:00 alex",
        "03-02 08:00 .. 03-04 10:00 chi",
        "03-02 16:00 .. 03-03 08:00 bea",
        "03-03 16:00 .. 03-04 10:00 bea",
        "03-04 10:00 .. 03-04 12:00 alex",
        "03-04 12:00 .. 03-09 08:00 bea",
        "03-04 12:00 .. 03-09 16:00 chi",
        "03-09 16:00 .. 03-10 08:00 alex",
        "03-10 08:00 .. 03-10 16:00 chi",
        "03-10 16:00 .. 03-11 00:00 alex",
    ]


def test_a_single_night_and_a_handover_keep_the_local_clock_over_its_change() -> None:
    # 29 March is the change in Berlin: the night from 22:00 to 05:00 has six hours, and 09:00 is 07:00 UTC after it.
    assert on_call(rota_of("grafana", "infra"), utc(3, 28), utc(3, 30, 8)) == [
        "03-28 00:00 .. 03-28 21:00 alex",
        "03-28 21:00 .. 03-29 03:00 dev",
        "03-29 03:00 .. 03-30 07:00 alex",
        "03-30 07:00 .. 03-30 08:00 chi",
    ]


def test_daily_turns_on_chosen_days_go_on_over_the_weekend() -> None:
    assert on_call(rota_of("grafana", "dailies"), utc(3, 23), utc(4, 4)) == [
        "03-23 07:00 .. 03-23 17:00 alex",
        "03-24 07:00 .. 03-24 17:00 bea",
        "03-25 07:00 .. 03-25 17:00 chi",
        "03-26 07:00 .. 03-26 17:00 alex",
        "03-27 07:00 .. 03-27 17:00 bea",
        "03-30 06:00 .. 03-30 16:00 chi",
        "03-31 06:00 .. 03-31 16:00 alex",
        "04-01 06:00 .. 04-01 16:00 bea",
        "04-02 06:00 .. 04-02 16:00 chi",
        "04-03 06:00 .. 04-03 16:00 alex",
    ]


def test_turns_of_some_hours_of_every_twelve_and_of_every_other_week() -> None:
    mix = rota_of("grafana", "mix")

    assert on_call(mix, utc(3, 1), utc(3, 3)) == [
        "03-01 00:00 .. 03-01 06:00 alex",
        "03-01 06:00 .. 03-01 08:00 chi",
        "03-01 12:00 .. 03-01 20:00 bea",
        "03-02 00:00 .. 03-02 08:00 alex",
        "03-02 12:00 .. 03-02 20:00 bea",
        "03-02 20:00 .. 03-03 00:00 alex",
    ]
    assert on_call(mix, utc(3, 9, 20), utc(3, 10)) == []
    assert on_call(mix, utc(3, 16, 20), utc(3, 17)) == ["03-16 20:00 .. 03-17 00:00 bea"]
    assert on_call(mix, utc(3, 30, 20), utc(3, 31)) == ["03-30 20:00 .. 03-31 00:00 alex"]


def test_a_recurrence_that_is_no_rotation_stands_in_the_rotas_calendar(carried: tuple[Draft, Ledger]) -> None:
    mix = next(one for one in carried[0].rotas if one.id == "mix")

    assert [(event.person, event.rule) for event in mix.events] == [("chi", "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=1")]
    assert told(carried[1], "`First of the month`: it repeats")


def test_a_schedule_of_a_calendar_elsewhere_keeps_its_address(carried: tuple[Draft, Ledger]) -> None:
    assert {one.id: one.feed for one in carried[0].rotas if one.feed} == {
        "from-google": "https://calendar.example.com/basic.ics"
    }


def test_people_are_known_in_slack_and_their_rules_become_ways(carried: tuple[Draft, Ledger]) -> None:
    alex, _, chi, dev = carried[0].people

    assert (alex.identities, alex.addresses) == (("slack:U0ALEX",), ("slack:dm:U0ALEX", "email:alex@example.com"))
    assert alex.ways == {
        "default": (("slack:dm:U0ALEX", timedelta()), ("email:alex@example.com", timedelta(minutes=5))),
        "important": (("slack:dm:U0ALEX", timedelta(minutes=1)),),
    }
    assert (alex.is_admin, chi.zone, dev.addresses) == (True, "Asia/Shanghai", ())
    assert told(carried[1], "`notify_by_phone_call`")
    assert told(carried[1], "`notify_by_mobile_app`")
    assert told(carried[1], "user `dev`: there is no address")


def test_a_chain_calls_the_same_people_after_the_same_waits(carried: tuple[Draft, Ledger]) -> None:
    (chain,) = carried[0].policies

    assert [(step.after, step.call) for step in chain.steps] == [
        (timedelta(), ("rota infra", "channel")),
        (timedelta(minutes=20), ("person bea", "person alex", "person chi")),
    ]
    assert chain.repeat == timedelta(minutes=30)


@pytest.mark.parametrize(
    "words",
    [
        "takes them by turns",
        "`notify_user_group`",
        "`trigger_webhook`",
        "`notify_if_time_from_to`",
        "09:00:00Z",
        "`num_alerts_in_window` 3",
        "`declare_incident`",
        "`repeat_escalation`",
        "`something_new`",
        "`resolve`: no ticket",
        "`notify_persons` stands behind `resolve`",
        "marked important",
        "UNOBODY",
        "OGONE",
        "`Former`: it ended 2025-03-01",
        "`Month by month`",
        "over.ics",
        "swap (taken) until 2026-03-22",
        "`Maintenance night`: a single event goes before",
        '"channel_id": "C1"',
        "`Orphan`",
        "infra@example.com",
        "`Only a webhook`: no step of it calls anybody",
        "`Alertmanager`",
        "route",
        "user group",
    ],
)
def test_what_has_no_place_here_is_told(carried: tuple[Draft, Ledger], words: str) -> None:
    assert told(carried[1], words)


def test_what_was_understood_is_not_told(carried: tuple[Draft, Ledger]) -> None:
    assert not told(carried[1], "rotation_start")
    assert not told(carried[1], "oncall.example.com/secret")
