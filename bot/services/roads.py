"""Whether each way in and out of the desk works: when it was last seen to, and when it was last seen not to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.services.ports import Road, Unit


def way_in(platform: str) -> str:
    """The name of the road by which people of that platform reach us."""
    return f"in:{platform}"


def way_out(platform: str) -> str:
    """The name of the road by which we reach people there."""
    return f"out:{platform}"


class Roads:
    """What is known of each road. Kept in memory, for each message is a proof; `unsaved` is written now and then, so
    that a restart does not make every road look untried."""

    def __init__(self, known: Iterable[Road] = ()) -> None:
        self._roads = {road.name: road for road in known}
        self._unsaved: set[str] = set()

    def proved(self, name: str, at: datetime) -> None:
        """Something came through."""
        self._put(replace(self._of(name), proved_at=at))

    def failed(self, name: str, at: datetime, why: str) -> None:
        """Something did not come through; `why` without anybody's words and without secrets."""
        self._put(replace(self._of(name), failed_at=at, why=why))

    def all(self) -> tuple[Road, ...]:
        """Every road that was ever tried, by name."""
        return tuple(self._roads[name] for name in sorted(self._roads))

    def unsaved(self) -> tuple[Road, ...]:
        """What changed since this was asked the last time."""
        changed, self._unsaved = sorted(self._unsaved), set()
        return tuple(self._roads[name] for name in changed)

    def _of(self, name: str) -> Road:
        return self._roads.get(name, Road(name))

    def _put(self, road: Road) -> None:
        self._roads[road.name] = road
        self._unsaved.add(road.name)


@dataclass(frozen=True, slots=True)
class KeepRoads:
    """A chore: what is known of these roads is on the disk."""

    roads: tuple[Road, ...]

    async def apply(self, unit: Unit) -> None:
        await unit.keep_roads(self.roads)
