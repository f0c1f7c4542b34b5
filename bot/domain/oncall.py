"""Who is on call when: layers of turns, and covers that go before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.hours import Window
from bot.domain.ids import CoverId, PersonId, RotaId


class Every(StrEnum):
    """What the length of a turn is counted in, on the clock of the layer's zone."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns. The first turn begins on `begins` at `handover` in `zone` and is the first of `turns`'s;
    each lasts `length` hours, days, weeks or months of that zone's clock. Several people of one turn are all on call.

    `only` are the hours of each weekday (Monday first) in which the layer holds; None: always."""

    name: str
    zone: str
    turns: tuple[tuple[PersonId, ...], ...]
    begins: date
    handover: time
    every: Every = Every.WEEK
    length: int = 1
    only: tuple[tuple[Window, ...], ...] | None = None
    until: datetime | None = None
    """The layer ends then."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A shift that stands in an imported calendar, as it is written there: [starts, ends)."""

    person: PersonId
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Rota:
    """One place in the on-call order. Where several layers hold, the last of them counts, and a fixed shift goes before
    every layer."""

    id: RotaId
    names: Mapping[str, str]
    layers: tuple[Layer, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    feed: str = ""
    """Where the fixed shifts come from: an iCalendar file of the rules, or an address."""


@dataclass(frozen=True, slots=True)
class Cover:
    """An agreed exception in [starts, ends): `person` is on call. With `instead_of` only where that one would be."""

    id: CoverId
    rota: RotaId
    person: PersonId
    starts: datetime
    ends: datetime
    instead_of: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """One stretch [starts, ends) of one person; `layer` is empty for a fixed shift, `cover` says that it is an
    exception."""

    person: PersonId
    starts: datetime
    ends: datetime
    layer: str = ""
    cover: CoverId | None = None


def on_call_at(rota: Rota, covers: Sequence[Cover], at: datetime) -> tuple[PersonId, ...]:
    """Who is on call at that moment, nobody twice; empty in a gap."""
    people = tuple(one.person for one in rota.fixed if one.starts <= at < one.ends) or _by_layers(rota, at)
    for cover in covers:
        if cover.rota != rota.id or not cover.starts <= at < cover.ends:
            continue
        if cover.instead_of is None:
            people = (cover.person,)
        else:
            people = tuple(cover.person if one == cover.instead_of else one for one in people)
    return tuple(dict.fromkeys(people))


def next_shift(rota: Rota, covers: Sequence[Cover], at: datetime) -> Shift | None:
    """The first shift that begins after `at` by somebody not on call now; None: not within 366 days."""
    now = on_call_at(rota, covers, at)
    moment = at.replace(minute=0, second=0, microsecond=0)
    for _ in range(366 * 24):
        moment += timedelta(hours=1)
        for person in on_call_at(rota, covers, moment):
            if person not in now:
                return Shift(person, moment, moment + timedelta(hours=1))
    return None


def people_in(rota: Rota) -> frozenset[PersonId]:
    """Everybody the rota may ever name by itself."""
    turns = (one for layer in rota.layers for turn in layer.turns for one in turn)
    return frozenset((*turns, *(one.person for one in rota.fixed)))


def _by_layers(rota: Rota, at: datetime) -> tuple[PersonId, ...]:
    for layer in reversed(rota.layers):
        turn = _turn(layer, at)
        if turn:
            return turn
    return ()


def _turn(layer: Layer, at: datetime) -> tuple[PersonId, ...]:
    local = at.astimezone(ZoneInfo(layer.zone)).replace(tzinfo=None)
    first = datetime.combine(layer.begins, layer.handover)
    if local < first or (layer.until is not None and at >= layer.until) or not _holds(layer, local):
        return ()
    match layer.every:
        case Every.MONTH:
            months = (local.year - first.year) * 12 + local.month - first.month
            count = months if (local.day, local.time()) >= (first.day, first.time()) else months - 1
        case Every.WEEK:
            count = (local - first).days // 7
        case Every.DAY:
            count = (local - first).days
        case _:
            count = int((local - first).total_seconds() // 3600)
    return layer.turns[count // layer.length % len(layer.turns)]


def _holds(layer: Layer, local: datetime) -> bool:
    if layer.only is None:
        return True
    clock = local - local.replace(hour=0, minute=0, second=0, microsecond=0)
    return any(window.opens <= clock < window.closes for window in layer.only[local.weekday()])
