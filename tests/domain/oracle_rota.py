"""The slowest possible answer to who is on call: one looks at the clock on the wall every minute. For tests only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.ids import PersonId
from bot.domain.oncall import Cover, Every, Layer, Rota

MINUTE = timedelta(minutes=1)
WARM_UP = timedelta(days=3)

People = tuple[PersonId, ...]


class LayerWalk:
    """Whose turn it is, minute by minute from before the first one. Shares nothing with the code under test but the
    fields of the layer: the next turn begins when the clock on the wall first shows its date and time, or later."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._zone = ZoneInfo(layer.zone)
        self._turn = -1
        self._minutes_left = 0
        self._next = datetime.combine(layer.begins, layer.handover)
        self._latest = datetime.min  # noqa: DTZ901 - a wall clock, not a moment

    def step(self, at: datetime) -> People:
        """The minute that begins at `at`; every minute is asked for, in order."""
        wall = at.astimezone(self._zone).replace(tzinfo=None)
        self._latest = max(self._latest, wall)
        if self._layer.every is Every.HOUR:
            self._count_minutes(wall)
        else:
            while wall >= self._next:
                self._turn += 1
                self._next = datetime.combine(self._date_of(self._turn + 1), self._layer.handover)
        if self._turn < 0 or (self._layer.until is not None and at >= self._layer.until):
            return ()
        return self._layer.turns[self._turn % len(self._layer.turns)] if self._holds() else ()

    def _count_minutes(self, wall: datetime) -> None:
        if self._turn < 0:
            if wall >= self._next:
                self._turn, self._minutes_left = 0, 60 * self._layer.length
        elif self._minutes_left == 0:
            self._turn, self._minutes_left = self._turn + 1, 60 * self._layer.length
        if self._turn >= 0:
            self._minutes_left -= 1

    def _date_of(self, turn: int) -> date:
        first, steps = self._layer.begins, turn * self._layer.length
        if self._layer.every is Every.DAY:
            return first + timedelta(days=steps)
        if self._layer.every is Every.WEEK:
            return first + timedelta(weeks=steps)
        month = first.replace(day=1)
        for _ in range(steps):
            month = (month + timedelta(days=32)).replace(day=1)
        following = (month + timedelta(days=32)).replace(day=1)
        return min(month + timedelta(days=first.day - 1), following - timedelta(days=1))

    def _holds(self) -> bool:
        """The rule for a clock that is set back: what counts is the latest it has shown, so that no window is entered
        or left twice."""
        if self._layer.only is None:
            return True
        for day in (self._latest.date() - timedelta(days=1), self._latest.date()):
            midnight = datetime.combine(day, datetime.min.time())
            for window in self._layer.only[day.weekday()]:
                length = (window.closes - window.opens) % timedelta(days=1) or timedelta(days=1)
                if midnight + window.opens <= self._latest < midnight + window.opens + length:
                    return True
        return False


def walk(rota: Rota, covers: Sequence[Cover], since: datetime, until: datetime) -> Iterator[tuple[datetime, People]]:
    """Every minute of [since, until) with the people on call, from whole minutes. Turns are counted from the beginning
    of each layer on, which should not be long before."""
    begin = min([since, *(datetime.combine(layer.begins, layer.handover, UTC) - WARM_UP for layer in rota.layers)])
    walks = [LayerWalk(layer) for layer in rota.layers]
    for minute in range((until - begin) // MINUTE):
        at = begin + minute * MINUTE
        turns = [one.step(at) for one in walks]
        if at >= since:
            yield at, _people(rota, turns, covers, at)


def _people(rota: Rota, turns: Sequence[People], covers: Sequence[Cover], at: datetime) -> People:
    """Each place is a pile of names: on top whoever is on call, beneath whoever would be without the covers."""
    piles = [[one.person] for one in rota.fixed if one.starts <= at < one.ends]
    for turn in turns[::-1]:
        piles = piles or [[person] for person in turn]
    for cover in sorted(covers, key=lambda one: one.id):
        if cover.rota != rota.id or not cover.starts <= at < cover.ends:
            continue
        if cover.instead_of is None:
            piles = [[name for pile in piles for name in pile]]
            piles[0].append(cover.person)
            continue
        on_top = any(pile[-1] == cover.instead_of for pile in piles)
        for pile in piles:
            if pile[-1] == cover.instead_of or (not on_top and cover.instead_of in pile):
                pile.append(cover.person)
    return tuple(dict.fromkeys(pile[-1] for pile in piles))
