"""Who is on call when: turns on the wall clock, layers over layers, covers before all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from time import perf_counter

import pytest

from bot.domain import standby
from bot.domain.hours import Window
from bot.domain.ids import CoverId, PersonId, RotaId
from bot.domain.oncall import (
    Cover,
    Every,
    Fixed,
    Layer,
    Rota,
    Shift,
    gaps,
    next_shift,
    on_call_at,
    people_in,
    shifts,
    until_when,
)
from bot.domain.rules import Rules, Team
from tests.domain.small_desk import small_rules

ANN, BO, CY, DI = (PersonId(name) for name in ("ann", "bo", "cy", "di"))
ROTA = RotaId("first")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
INSTANT = timedelta.resolution


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def layer(
    *turns: PersonId,
    zone: str = "UTC",
    begins: str = "2026-03-02",
    at: str = "09:00",
    every: Every = Every.WEEK,
    length: int = 1,
    only: tuple[tuple[Window, ...], ...] | None = None,
    until: datetime | None = None,
    name: str = "turns",
) -> Layer:
    taken = tuple((one,) for one in turns)
    return Layer(
        name, zone, taken, date.fromisoformat(begins), time.fromisoformat(at), every, length, only=only, until=until
    )


def rota(*layers: Layer, fixed: tuple[Fixed, ...] = ()) -> Rota:
    return Rota(ROTA, {"en": "First"}, layers, fixed)


def cover(
    number: int, person: PersonId, starts: str, ends: str, instead_of: PersonId | None = None, of: RotaId = ROTA
) -> Cover:
    return Cover(CoverId(number), of, person, utc(starts), utc(ends), instead_of)


def nightly(text: str) -> tuple[tuple[Window, ...], ...]:
    opens, closes = text.split("-")
    return ((Window.parse(opens, closes),),) * 7


def handovers(one: Layer, count: int) -> list[str]:
    """When the first turns begin, as the clock in their zone shows it in UTC."""
    return [one.handover_at(number).strftime("%Y-%m-%dT%H:%M") for number in range(count)]


# --- turns -----------------------------------------------------------------------------------------------------------


def test_turns_follow_one_another_and_begin_again() -> None:
    weekly = rota(layer(ANN, BO, CY))

    weeks = [on_call_at(weekly, (), utc("2026-03-02T09:00") + week * 7 * DAY) for week in range(4)]

    assert weeks == [(ANN,), (BO,), (CY,), (ANN,)]


def test_a_turn_ends_at_the_instant_at_which_the_next_begins() -> None:
    weekly, handover = rota(layer(ANN, BO)), utc("2026-03-09T09:00")

    assert on_call_at(weekly, (), handover - INSTANT) == (ANN,)
    assert on_call_at(weekly, (), handover) == (BO,)


def test_nobody_is_on_call_before_the_first_turn_and_after_the_end() -> None:
    short = rota(layer(ANN, until=utc("2026-04-01T00:00")))

    assert on_call_at(short, (), utc("2026-03-02T08:59")) == ()
    assert on_call_at(short, (), utc("2026-03-31T23:59")) == (ANN,)
    assert on_call_at(short, (), utc("2026-04-01T00:00")) == ()


def test_several_people_of_one_turn_are_all_on_call() -> None:
    pairs = Layer("pairs", "UTC", ((ANN, BO), (CY, DI)), date(2026, 3, 2), time(9))

    assert on_call_at(rota(pairs), (), utc("2026-03-03T00:00")) == (ANN, BO)


@pytest.mark.parametrize(
    ("every", "length", "expected"),
    [
        (Every.HOUR, 8, ["2026-03-02T09:00", "2026-03-02T17:00", "2026-03-03T01:00"]),
        (Every.DAY, 3, ["2026-03-02T09:00", "2026-03-05T09:00", "2026-03-08T09:00"]),
        (Every.WEEK, 2, ["2026-03-02T09:00", "2026-03-16T09:00", "2026-03-30T09:00"]),
        (Every.MONTH, 1, ["2026-03-02T09:00", "2026-04-02T09:00", "2026-05-02T09:00"]),
    ],
)
def test_a_turn_lasts_its_length(every: Every, length: int, expected: list[str]) -> None:
    assert handovers(layer(ANN, BO, every=every, length=length), 3) == expected


def test_monthly_turns_of_the_31st_fall_on_the_last_day_and_do_not_drift() -> None:
    found = handovers(layer(ANN, BO, begins="2027-12-31", every=Every.MONTH), 6)

    days = [one[:10] for one in found]
    assert days == ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31"]


def test_a_layer_of_nobody_or_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody"):
        layer()
    with pytest.raises(ValueError, match="length"):
        layer(ANN, length=0)


# --- clock changes ---------------------------------------------------------------------------------------------------


def test_a_handover_in_the_skipped_hour_is_at_the_change() -> None:
    daily = layer(ANN, BO, zone="Europe/Berlin", begins="2026-03-28", at="02:30", every=Every.DAY)

    assert handovers(daily, 3) == ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"]


def test_a_handover_in_the_repeated_hour_is_at_the_first() -> None:
    daily = layer(ANN, BO, zone="Europe/Berlin", begins="2026-10-24", at="02:30", every=Every.DAY)

    assert handovers(daily, 3) == ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"]
    second_time = utc("2026-10-25T01:15")  # 02:15 once more
    assert on_call_at(rota(daily), (), second_time) == (BO,)


def test_a_clock_that_is_set_back_into_yesterday_takes_no_turn_back() -> None:
    """In Newfoundland, until 2011, at one minute past midnight."""
    daily = rota(layer(ANN, BO, CY, zone="America/St_Johns", begins="2010-11-06", at="00:00", every=Every.DAY))
    midnight = utc("2010-11-07T02:30")

    assert on_call_at(daily, (), midnight - INSTANT) == (ANN,)
    assert on_call_at(daily, (), midnight) == (BO,)
    assert on_call_at(daily, (), midnight + timedelta(minutes=30)) == (BO,)  # 23:30 of the day before, once more
    assert until_when(daily, (), midnight) == midnight + 25 * HOUR


def test_hourly_turns_are_real_hours() -> None:
    hours = layer(ANN, BO, zone="Europe/Berlin", begins="2026-10-24", at="12:00", every=Every.HOUR, length=12)

    lengths = {b - a for a, b in pairwise(hours.handover_at(number) for number in range(60))}

    assert lengths == {12 * HOUR}


def test_grafana_3261_a_weekly_handover_keeps_its_wall_clock_time_over_the_change() -> None:
    weekly = layer(ANN, BO, zone="America/New_York", begins="2026-03-02")

    assert handovers(weekly, 3) == ["2026-03-02T14:00", "2026-03-09T13:00", "2026-03-16T13:00"]
    assert handovers(layer(ANN, BO, zone="America/New_York", begins="2026-10-26"), 2) == [
        "2026-10-26T13:00",
        "2026-11-02T14:00",
    ]


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25"])
def test_grafana_5247_no_gap_and_no_overlap_at_a_clock_change(change: str) -> None:
    middle = utc(f"{change}T00:00")
    day = layer(ANN, BO, zone="Europe/Berlin", begins="2026-03-01", at="08:00", only=nightly("08:00-20:00"))
    night = layer(CY, DI, zone="Europe/Berlin", begins="2026-03-01", at="20:00", only=nightly("20:00-08:00"))

    found = shifts(rota(day, night), (), middle - 2 * DAY, middle + 2 * DAY)

    assert gaps(rota(day, night), (), middle - 2 * DAY, middle + 2 * DAY) == ()
    assert all(one.ends == following.starts for one, following in pairwise(found))
    assert {one.ends - one.starts for one in found[1:-1]} <= {11 * HOUR, 12 * HOUR, 13 * HOUR}


def test_grafana_5455_hours_after_the_change_belong_to_the_same_people_as_before() -> None:
    office = layer(ANN, BO, zone="America/New_York", begins="2026-03-02", only=nightly("09:00-17:00"))

    found = shifts(rota(office), (), utc("2026-03-07T00:00"), utc("2026-03-10T00:00"))

    assert [(one.person, one.starts.hour, one.ends.hour) for one in found] == [
        (ANN, 14, 22),
        (ANN, 13, 21),
        (BO, 13, 21),
    ]


def test_oneuptime_1890_the_zone_of_the_layer_counts_and_no_other() -> None:
    tokyo = layer(ANN, BO, zone="Asia/Tokyo", begins="2026-03-02", every=Every.DAY)
    lima = layer(CY, zone="America/Lima", begins="2026-03-02", only=nightly("09:00-17:00"))

    assert on_call_at(rota(tokyo), (), utc("2026-03-03T00:00")) == (BO,)
    assert on_call_at(rota(tokyo, lima), (), utc("2026-03-03T14:00")) == (CY,)
    assert on_call_at(rota(tokyo, lima), (), utc("2026-03-03T22:00")) == (BO,)


def test_opsknight_378_times_that_do_not_exist_or_exist_twice_are_settled_not_refused() -> None:
    odd = rota(layer(ANN, BO, zone="America/Santiago", begins="2026-04-01", at="23:30", every=Every.DAY))
    since, until = utc("2026-04-03T00:00"), utc("2026-09-08T00:00")

    found = shifts(odd, (), since, until)

    assert gaps(odd, (), since, until) == ()
    assert {one.ends - one.starts for one in found[1:-1]} == {23 * HOUR, 24 * HOUR, 25 * HOUR}
    assert all(one.person != following.person for one, following in pairwise(found))


# --- layers, windows, fixed shifts -----------------------------------------------------------------------------------


def test_the_later_layer_wins_where_it_holds() -> None:
    both = rota(layer(ANN), layer(BO, only=nightly("18:00-22:00")))

    assert on_call_at(both, (), utc("2026-03-03T17:59")) == (ANN,)
    assert on_call_at(both, (), utc("2026-03-03T18:00")) == (BO,)
    assert on_call_at(both, (), utc("2026-03-03T22:00")) == (ANN,)


def test_hours_past_midnight_belong_to_the_day_they_begin_on() -> None:
    friday = tuple((Window.parse("22:00", "06:00"),) if day == 4 else () for day in range(7))
    nights = rota(layer(ANN, only=friday))

    assert on_call_at(nights, (), utc("2026-03-07T05:59")) == (ANN,)  # Saturday morning
    assert on_call_at(nights, (), utc("2026-03-06T05:59")) == ()  # Friday morning


def test_a_fixed_shift_goes_before_every_layer() -> None:
    fixed = Fixed(CY, utc("2026-03-03T10:00"), utc("2026-03-03T12:00"))
    imported = rota(layer(ANN), fixed=(fixed,))

    assert on_call_at(imported, (), fixed.starts) == (CY,)
    assert on_call_at(imported, (), fixed.ends) == (ANN,)
    assert people_in(imported) == {ANN, CY}


# --- covers ----------------------------------------------------------------------------------------------------------


def test_a_cover_goes_before_all_and_only_for_its_time_and_rota() -> None:
    swap = cover(1, DI, "2026-03-03T10:00", "2026-03-03T12:00")
    elsewhere = cover(2, CY, "2026-03-03T10:00", "2026-03-03T12:00", of=RotaId("second"))
    fixed = rota(layer(ANN), fixed=(Fixed(BO, utc("2026-03-03T00:00"), utc("2026-03-04T00:00")),))

    assert on_call_at(fixed, (swap, elsewhere), utc("2026-03-03T11:00")) == (DI,)
    assert on_call_at(fixed, (swap, elsewhere), utc("2026-03-03T12:00")) == (BO,)


def test_a_cover_for_somebody_holds_only_where_that_one_would_be() -> None:
    instead = cover(1, DI, "2026-03-01T00:00", "2026-03-20T00:00", instead_of=ANN)

    assert on_call_at(rota(layer(ANN, BO)), (instead,), utc("2026-03-01T12:00")) == ()
    assert on_call_at(rota(layer(ANN, BO)), (instead,), utc("2026-03-03T00:00")) == (DI,)
    assert on_call_at(rota(layer(ANN, BO)), (instead,), utc("2026-03-10T00:00")) == (BO,)


@pytest.mark.parametrize("second", [ANN, BO, None])
def test_of_two_covers_the_newer_wins_whomever_it_names(second: PersonId | None) -> None:
    older = cover(1, BO, "2026-03-03T00:00", "2026-03-04T00:00", instead_of=ANN)
    newer = cover(2, CY, "2026-03-03T00:00", "2026-03-04T00:00", instead_of=second)

    for order in ((older, newer), (newer, older)):
        assert on_call_at(rota(layer(ANN)), order, utc("2026-03-03T12:00")) == (CY,)


def test_a_shift_that_is_given_back_is_back() -> None:
    away = cover(1, BO, "2026-03-03T00:00", "2026-03-05T00:00", instead_of=ANN)
    back = cover(2, ANN, "2026-03-04T00:00", "2026-03-05T00:00", instead_of=BO)

    assert on_call_at(rota(layer(ANN)), (away, back), utc("2026-03-03T12:00")) == (BO,)
    assert on_call_at(rota(layer(ANN)), (away, back), utc("2026-03-04T12:00")) == (ANN,)


def test_nobody_is_on_call_twice() -> None:
    pairs = rota(Layer("pairs", "UTC", ((ANN, BO),), date(2026, 3, 2), time(9)))
    instead = cover(1, BO, "2026-03-03T00:00", "2026-03-04T00:00", instead_of=ANN)

    assert on_call_at(pairs, (instead,), utc("2026-03-03T12:00")) == (BO,)


def test_grafana_1296_and_4755_who_is_called_for_an_override_is_also_shown() -> None:
    weekly = rota(layer(ANN, BO))
    override = cover(7, DI, "2026-03-04T00:00", "2026-03-05T00:00", instead_of=ANN)

    shown = shifts(weekly, (override,), utc("2026-03-03T00:00"), utc("2026-03-06T00:00"))

    assert shown[1] == Shift(DI, override.starts, override.ends, "turns", CoverId(7))
    for one in shown:
        assert on_call_at(weekly, (override,), one.starts) == (one.person,)
        assert on_call_at(weekly, (override,), one.ends - INSTANT) == (one.person,)


# --- what comes ------------------------------------------------------------------------------------------------------


def test_shifts_are_cut_off_at_the_edges_and_those_that_touch_are_one() -> None:
    daily = rota(layer(ANN, ANN, BO, every=Every.DAY))

    found = shifts(daily, (), utc("2026-03-03T00:00"), utc("2026-03-05T12:00"))

    assert [(one.person, one.starts, one.ends) for one in found] == [
        (ANN, utc("2026-03-03T00:00"), utc("2026-03-04T09:00")),
        (BO, utc("2026-03-04T09:00"), utc("2026-03-05T09:00")),
        (ANN, utc("2026-03-05T09:00"), utc("2026-03-05T12:00")),
    ]


def test_the_next_change_and_the_next_shift() -> None:
    weekly = rota(layer(ANN, BO))

    assert until_when(weekly, (), utc("2026-03-03T00:00")) == utc("2026-03-09T09:00")
    found = next_shift(weekly, (), utc("2026-03-03T00:00"))
    assert found == Shift(BO, utc("2026-03-09T09:00"), utc("2026-03-16T09:00"), "turns")


def test_whoever_is_always_on_call_has_no_change_ahead() -> None:
    alone = rota(layer(ANN))

    assert until_when(alone, (), utc("2026-03-03T00:00")) is None
    assert next_shift(alone, (), utc("2026-03-03T00:00")) is None


def test_gaps_are_where_no_layer_holds() -> None:
    office = rota(layer(ANN, BO, only=nightly("09:00-17:00")))

    assert gaps(office, (), utc("2026-03-03T12:00"), utc("2026-03-05T12:00")) == (
        (utc("2026-03-03T17:00"), utc("2026-03-04T09:00")),
        (utc("2026-03-04T17:00"), utc("2026-03-05T09:00")),
    )


def test_thirty_days_of_three_layers_are_worked_out_at_once() -> None:
    three = rota(
        layer(ANN, BO, zone="Europe/Berlin", begins="2010-01-04"),
        layer(BO, CY, zone="America/New_York", begins="2010-01-04", every=Every.DAY, only=nightly("22:00-06:00")),
        layer(CY, DI, zone="Asia/Shanghai", begins="2010-01-31", every=Every.MONTH, only=nightly("12:00-14:00")),
    )
    since = utc("2026-03-01T00:00")
    shifts(three, (), since, since + 30 * DAY)

    quickest = min(_seconds_of(three, since) for _ in range(5))

    assert quickest < 0.02


def _seconds_of(one: Rota, since: datetime) -> float:
    begun = perf_counter()
    shifts(one, (), since, since + 30 * DAY)
    return perf_counter() - begun


# --- a team's order --------------------------------------------------------------------------------------------------


def with_rotas(*rotas: Rota, covers: tuple[Cover, ...] = ()) -> tuple[Team, Rules]:
    rules = small_rules()
    team = replace(rules.teams[next(iter(rules.teams))], on_call=(), rotas=tuple(one.id for one in rotas))
    changed = replace(rules, teams={**rules.teams, team.id: team}, rotas={one.id: one for one in rotas}, covers=covers)
    return team, changed


def test_people_who_are_always_on_call_keep_their_places() -> None:
    rules = small_rules()
    team = next(iter(rules.teams.values()))
    at = utc("2026-03-03T00:00")

    places = [standby.on_call(team, place, rules, at) for place in (1, 2, 3)]

    assert places == [(team.on_call[0],), (team.on_call[1],), ()]
    assert standby.crew(team, rules, at) == team.on_call


def test_each_rota_is_a_place_and_a_single_one_has_its_next_person_behind_it() -> None:
    first, second = rota(layer(ANN, BO)), Rota(RotaId("second"), {"en": "Second"}, (layer(CY, DI),))
    at = utc("2026-03-03T00:00")

    team, rules = with_rotas(first, second)
    assert [standby.on_call(team, place, rules, at) for place in (1, 2, 3)] == [(ANN,), (CY,), ()]
    assert standby.crew(team, rules, at) == (ANN, CY)
    team, rules = with_rotas(first)
    assert [standby.on_call(team, place, rules, at) for place in (1, 2, 3)] == [(ANN,), (BO,), ()]
    assert standby.crew(team, rules, at) == (ANN,)


def test_whoever_covers_is_on_call_and_may_be() -> None:
    team, rules = with_rotas(rota(layer(ANN, BO)), covers=(cover(1, DI, "2026-03-03T00:00", "2026-03-04T00:00", ANN),))

    assert standby.on_call(team, 1, rules, utc("2026-03-03T12:00")) == (DI,)
    assert standby.everybody(team, rules) == (ANN, BO, DI)
