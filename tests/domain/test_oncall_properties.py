"""Exactly one turn at every moment a layer holds, over every clock change: compared with looking at the wall clock each
minute."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.domain.hours import Window
from bot.domain.ids import CoverId, PersonId, RotaId
from bot.domain.oncall import Cover, Every, Fixed, Layer, Rota, Shift, gaps, next_shift, on_call_at, shifts, until_when
from tests.domain.oracle_minutes import changes_of, random_windows
from tests.domain.oracle_rota import MINUTE, People, walk

SINCE, UNTIL = date(2026, 1, 1), date(2028, 1, 1)
NAMES = [PersonId(name) for name in ("ann", "bo", "cy", "di", "ed", "flo")]
AROUND = timedelta(days=1)


def zones() -> Iterator[str]:
    """Every zone whose clocks are changed in 2026 or 2027; aliases of one clock once."""
    seen = set[tuple[datetime, ...]]()
    for zone in sorted(available_timezones()):
        changes = tuple(changes_of(zone, SINCE, UNTIL))
        offsets = tuple(change.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC) for change in changes)
        if changes and (*changes, *offsets) not in seen:
            seen.add((*changes, *offsets))
            yield zone


SAMPLE = ["Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Antarctica/Troll"]
"""Forward and back at night, at midnight, by half an hour, by two hours."""


def random_layer(rng: random.Random, zone: str, near: date) -> Layer:
    """A layer that begins at most some days before, and half of the time hands over where clocks are changed."""
    minute = rng.randrange(240 if rng.randint(0, 1) else 1440)
    every = rng.choice([Every.HOUR, Every.DAY, Every.DAY, Every.WEEK])
    turns = tuple(tuple(rng.sample(NAMES, rng.choice([1, 1, 1, 2]))) for _ in range(rng.randint(1, 4)))
    only: tuple[tuple[Window, ...], ...] | None = None
    if rng.randint(0, 1):
        only = tuple(random_windows(rng) for _ in range(7))
    return Layer(
        name=f"layer {minute}",
        zone=zone,
        turns=turns,
        begins=near - timedelta(days=rng.randint(0, 6)),
        handover=time(minute // 60, minute % 60),
        every=every,
        length=rng.randint(1, 30) if every is Every.HOUR else rng.randint(1, 2),
        only=only,
        until=_moment(rng, near) if rng.randint(0, 9) == 0 else None,
    )


def random_rota(rng: random.Random, zone: str, near: date) -> tuple[Rota, list[Cover]]:
    layers = tuple(random_layer(rng, zone, near) for _ in range(rng.randint(1, 3)))
    fixed = tuple(Fixed(rng.choice(NAMES), *_span(rng, near)) for _ in range(rng.choice([0, 0, 1, 2])))
    covers = [
        Cover(
            CoverId(number),
            RotaId(rng.choice(["rota", "rota", "rota", "other"])),
            rng.choice(NAMES),
            *_span(rng, near),
            instead_of=rng.choice([None, *NAMES]),
        )
        for number in rng.sample(range(1, 9), rng.randint(0, 4))
    ]
    return Rota(RotaId("rota"), {"en": "Rota"}, layers, fixed), covers


def _moment(rng: random.Random, near: date) -> datetime:
    return datetime(near.year, near.month, near.day, tzinfo=UTC) + rng.randint(-1440, 2880) * MINUTE


def _span(rng: random.Random, near: date) -> tuple[datetime, datetime]:
    starts = _moment(rng, near)
    return starts, starts + rng.randint(1, 1440) * MINUTE


def runs_of(seen: list[tuple[datetime, People]]) -> set[tuple[PersonId, datetime, datetime]]:
    """The stretches of each person among the minutes."""
    found = set[tuple[PersonId, datetime, datetime]]()
    for name in NAMES:
        for there, minutes in groupby(seen, key=lambda one: name in one[1]):
            if there:
                stretch = [at for at, _ in minutes]
                found.add((name, stretch[0], stretch[-1] + MINUTE))
    return found


def compare(rng: random.Random, zone: str, change: datetime) -> None:
    """Everything that can be asked around that clock change, against the minutes."""
    rota, covers = random_rota(rng, zone, change.astimezone(ZoneInfo(zone)).date())
    since, until = change - AROUND, change + AROUND
    seen = list(walk(rota, covers, since, until))
    story = f"{zone} {change} {rota} {covers}"

    found = shifts(rota, covers, since, until)
    assert {(one.person, one.starts, one.ends) for one in found} == runs_of(seen), story
    assert [one.starts for one in found] == sorted(one.starts for one in found)
    open_ends = [(at, at + MINUTE) for at, people in seen if not people]
    assert sum((b - a for a, b in gaps(rota, covers, since, until)), timedelta()) == len(open_ends) * MINUTE, story

    changes = [(before, after) for before, after in pairwise(seen) if before[1] != after[1]]
    for before, after in (*changes, *rng.sample(list(pairwise(seen)), 20)):
        assert (on_call_at(rota, covers, before[0]), on_call_at(rota, covers, after[0])) == (before[1], after[1]), story
        assert on_call_at(rota, covers, after[0] - timedelta.resolution) == before[1], story
    asked = rng.choice(seen)
    later = [one for one in seen if one[0] > asked[0]]
    changed = next((at for at, people in later if people != asked[1]), None)
    assert changed is None or until_when(rota, covers, asked[0]) == changed, story
    _compare_next(next_shift(rota, covers, asked[0]), asked[1], later, story)


def _compare_next(found: Shift | None, now: People, later: list[tuple[datetime, People]], story: str) -> None:
    first = next(((at, people) for at, people in later if set(people) - set(now)), None)
    if first is not None:
        assert found is not None, story
        assert found.starts == first[0], story
        assert found.person in set(first[1]) - set(now), story


@pytest.mark.parametrize("zone", SAMPLE)
@pytest.mark.parametrize("seed", range(6))
def test_around_a_clock_change_the_same_people_are_on_call_as_by_the_wall_clock(zone: str, seed: int) -> None:
    rng = random.Random(f"{zone} {seed}")

    for change in rng.sample(changes_of(zone, SINCE, UNTIL), 2):
        compare(rng, zone, change)


@pytest.mark.long
def test_in_every_zone_of_the_world_too() -> None:
    for zone in zones():
        rng = random.Random(zone)
        for change in changes_of(zone, SINCE, UNTIL):
            for _ in range(5):
                compare(rng, zone, change)


@pytest.mark.parametrize("every", Every)
def test_one_turn_at_a_time_in_the_order_of_the_turns_over_two_years_in_every_zone(every: Every) -> None:
    chosen = random.Random(every).sample(sorted(available_timezones()), 60)

    for zone in chosen:
        layer = Layer("all", zone, tuple((name,) for name in NAMES), date(2026, 1, 31), time(2, 30), every)
        begins = [layer.handover_at(number) for number in range(800 if every is Every.HOUR else 24)]
        for number, (starts, ends) in enumerate(pairwise(begins)):
            owner = (NAMES[number % len(NAMES)],)
            assert starts < ends, zone
            assert layer.turn_at(starts) == owner == layer.turn_at(ends - timedelta.resolution), zone
