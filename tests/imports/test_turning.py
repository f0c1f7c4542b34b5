"""Rotations become layers: whose turn it is stays the same, whatever form it takes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.hours import Window
from bot.domain.ids import PersonId, RotaId
from bot.domain.oncall import Rota, on_call_at
from bot.domain.turns import Every, Layer
from bot.imports.turning import Ranked, begun, slots, strands, unit_of, week_of, whole_week

A, B, C = (PersonId(one) for one in "abc")
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

moments = st.integers(0, 60 * 24 * 200).map(lambda minutes: START + timedelta(minutes=minutes))
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
turns = st.lists(st.sampled_from([(A,), (B,), (C,), (A, B), ()]), min_size=1, max_size=5).filter(any).map(tuple)
everies = st.sampled_from([Every.HOUR, Every.DAY, Every.WEEK])


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    handover = time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 30])))
    hours = draw(st.sampled_from([None, week_of((day, 9 * HOUR, 10 * HOUR) for day in range(5))]))
    return Layer(
        "x", draw(zones), draw(turns), date(2026, 1, draw(st.integers(1, 4))), handover, draw(everies),
        draw(st.integers(1, 30)), hours,
    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(layers(), moments, moments)
def test_beginning_later_or_earlier_changes_nobodys_turn(layer: Layer, since: datetime, at: datetime) -> None:
    later = begun(layer, since)

    assert later.handover_at(0) <= since + HOUR  # where a clock change skips the handover, it is at the change
    if at >= max(later.handover_at(0), layer.handover_at(0)):
        assert later.turn_at(at) == layer.turn_at(at)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), layers()), min_size=1, max_size=4), st.lists(moments, min_size=5, max_size=5)
)
def test_strands_together_have_everybody_of_the_highest_level_that_holds(
    found: list[tuple[int, Layer]], asked: list[datetime]
) -> None:
    ranked = [Ranked(level, layer) for level, layer in found]
    rotas = [Rota(RotaId(str(place)), {}, layers) for place, layers in enumerate(strands(ranked, START))]

    for at in asked:
        highest = max((one.level for one in ranked if one.layer.turn_at(at)), default=None)
        expected = {person for one in ranked if one.level == highest for person in one.layer.turn_at(at)}
        assert {person for rota in rotas for person in on_call_at(rota, (), at)} == expected


def test_a_length_is_of_the_longest_unit_that_fits() -> None:
    assert unit_of(WEEK) == (Every.WEEK, 1)
    assert unit_of(14 * DAY) == (Every.WEEK, 2)
    assert unit_of(3 * DAY) == (Every.DAY, 3)
    assert unit_of(36 * HOUR) == (Every.HOUR, 36)
    assert unit_of(timedelta(minutes=90)) is None
    assert unit_of(timedelta()) is None


def test_a_slot_that_is_not_filled_leaves_turns_of_nobody() -> None:
    assert slots([(A,), (B,)], Every.DAY, 2, 2 * DAY) == (((A,), (B,)), 2)
    assert slots([(A,), (B,)], Every.DAY, 3, 2 * DAY) == (((A,), (A,), (), (B,), (B,), ()), 1)
    assert slots([(A,)], Every.WEEK, 2, timedelta(hours=5)) == (((A,), ()), 1)


def test_hours_are_cut_at_midnight_and_joined_where_they_touch() -> None:
    over_the_weekend = week_of([(4, 18 * HOUR, 62 * HOUR)])
    twice = week_of([(0, 9 * HOUR, 4 * HOUR), (0, 13 * HOUR, 4 * HOUR), (0, 10 * HOUR, HOUR)])

    assert over_the_weekend == (
        (Window.parse("00:00", "08:00"),), (), (), (),
        (Window.parse("18:00", "24:00"),), (Window.parse("00:00", "24:00"),), (Window.parse("00:00", "24:00"),),
    )  # fmt: skip
    assert twice[0] == (Window.parse("09:00", "17:00"),)
    assert whole_week(week_of((day, 9 * HOUR, DAY) for day in range(7)))
    assert whole_week(week_of([(2, 5 * HOUR, 9 * DAY)]))
