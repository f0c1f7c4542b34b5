"""Who is on call when: layers of turns, and covers that go before them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

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
