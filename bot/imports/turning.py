"""Rotations of other systems as layers of ours: slots into turns, hours into windows, several at once into several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from bot.domain.hours import MIDNIGHT, WHOLE_DAY, Week, Window
from bot.domain.ids import PersonId, RotaId
from bot.domain.oncall import HORIZON, Rota, shifts
from bot.domain.turns import Every, Layer

WEEK = timedelta(days=7)
MOST_UNITS = 999
"""Of a turn, in our files."""
_HOUR = timedelta(hours=1)
_UNITS = {Every.HOUR: _HOUR, Every.DAY: WHOLE_DAY, Every.WEEK: WEEK}

Turn = tuple[PersonId, ...]


def unit_of(length: timedelta) -> tuple[Every, int] | None:
    """The longest unit of which `length` is so many; None when it is not of whole hours."""
    for every in (Every.WEEK, Every.DAY, Every.HOUR):
        if length >= _UNITS[every] and length % _UNITS[every] == timedelta() and length // _UNITS[every] <= MOST_UNITS:
            return every, length // _UNITS[every]
    return None


def begun(layer: Layer, moment: datetime) -> Layer:
    """The same turns from the one on that runs at `moment`, however long before or after the layer's beginning that
    is. Who begins is worked out anew, so that nothing changes but the first date."""
    if layer.every is Every.MONTH:
        return layer
    zone = ZoneInfo(layer.zone)
    first = datetime.combine(layer.begins, layer.handover)
    step = layer.length * _UNITS[layer.every]
    if layer.every is Every.HOUR:
        passed = (moment - first.replace(tzinfo=zone)) // step
        start = (first.replace(tzinfo=zone).astimezone(UTC) + passed * step).astimezone(zone)
    else:
        passed = (moment.astimezone(zone).replace(tzinfo=None) - first) // step
        start = first + passed * step
    turn = passed % len(layer.turns)
    return replace(
        layer,
        turns=(*layer.turns[turn:], *layer.turns[:turn]),
        begins=start.date(),
        handover=start.time().replace(tzinfo=None),
    )


def slots(groups: Sequence[Turn], every: Every, interval: int, covered: timedelta) -> tuple[tuple[Turn, ...], int]:
    """The turns, and the length of each in units, of people who follow one another every `interval` units and are on
    call for the first `covered` of them; in the rest nobody is. Less than a unit is left to the hours of the layer."""
    units = -(-covered // _UNITS[every])
    if units >= interval:
        return tuple(groups), interval
    pattern: list[Turn] = []
    for group in groups:
        pattern += [group] * units + [()] * (interval - units)
    return tuple(pattern), 1


def week_of(stretches: Iterable[tuple[int, timedelta, timedelta]]) -> Week:
    """The hours of a week from stretches of (weekday, since midnight, length), which may go over several midnights.
    What overlaps or touches is one."""
    pieces = sorted(piece for one in stretches for piece in _pieces(*one))
    days: list[list[tuple[timedelta, timedelta]]] = [[] for _ in range(7)]
    for day, opens, closes in pieces:
        row = days[day]
        if row and opens <= row[-1][1]:
            row[-1] = row[-1][0], max(row[-1][1], closes)
        else:
            row.append((opens, closes))
    return tuple(tuple(Window(*edges) for edges in row) for row in days)


def whole_week(week: Week) -> bool:
    """Whether these hours leave nothing out."""
    return all(row == (Window(MIDNIGHT, WHOLE_DAY),) for row in week)


def _pieces(weekday: int, opens: timedelta, length: timedelta) -> Iterable[tuple[int, timedelta, timedelta]]:
    """Cut at every midnight; no longer than a week."""
    days, opens = divmod(opens, WHOLE_DAY)
    weekday, length = weekday + days, min(length, WEEK)
    while length > timedelta():
        part = min(length, WHOLE_DAY - opens)
        yield weekday % 7, opens, opens + part
        weekday, opens, length = weekday + 1, MIDNIGHT, length - part


@dataclass(frozen=True, slots=True)
class Ranked:
    """A layer with its level: the higher one counts, and those of one level are on call together."""

    level: int
    layer: Layer


def strands(ranked: Sequence[Ranked], now: datetime) -> list[tuple[Layer, ...]]:
    """Rotas that together have the same people on call, although in each of ours the last layer counts alone.

    Those of one level that never meet share a rota; for others there are as many rotas as meet. In each of them every
    level is complete, so that no lower one shows through."""
    levels = sorted({one.level for one in ranked})
    grouped = [_groups([one.layer for one in ranked if one.level == level], now) for level in levels]
    count = max((len(groups) for groups in grouped), default=0)
    return [tuple(layer for groups in grouped for layer in _in_order(groups, place)) for place in range(count)]


def _in_order(groups: list[list[Layer]], own: int) -> Iterable[Layer]:
    """All layers of one level, those of this strand last."""
    others = [layer for place, group in enumerate(groups) if place != own for layer in group]
    return (*others, *(groups[own] if own < len(groups) else ()))


def _groups(layers: list[Layer], now: datetime) -> list[list[Layer]]:
    """So few groups that no two layers of one ever hold at the same time."""
    meeting = {(a, b) for a, b in combinations(range(len(layers)), 2) if _meet(layers[a], layers[b], now)}
    groups: list[list[int]] = []
    for place in range(len(layers)):
        free = (group for group in groups if not any((other, place) in meeting for other in group))
        group = next(free, None)
        if group is None:
            groups.append([place])
        else:
            group.append(place)
    return [[layers[place] for place in group] for group in groups]


def _meet(one: Layer, other: Layer, now: datetime) -> bool:
    """Whether both have somebody on call at some moment of the year from now, or from when the later one begins."""
    begins = max(layer.handover_at(0) for layer in (one, other))
    since = max(now, begins)
    a, b = _stretches(one, since), _stretches(other, since)
    place = 0
    for starts, ends in a:
        while place < len(b) and b[place][1] <= starts:
            place += 1
        if place < len(b) and b[place][0] < ends:
            return True
    return False


def _stretches(layer: Layer, since: datetime) -> list[tuple[datetime, datetime]]:
    """When anybody is on call by it."""
    somebody = PersonId("somebody")
    turns = tuple((somebody,) if turn else () for turn in layer.turns)
    alone = Rota(RotaId("x"), {}, (replace(layer, turns=turns),))
    return [(shift.starts, shift.ends) for shift in shifts(alone, (), since, since + HORIZON)]


def wall(moment: datetime, zone: str) -> tuple[date, time]:
    """The date and the time on the clock there."""
    local = moment.astimezone(ZoneInfo(zone))
    return local.date(), local.time().replace(second=0, microsecond=0, tzinfo=None, fold=0)
