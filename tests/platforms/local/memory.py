"""A transcript that forgets everything when the process ends."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.services.transcript import Body, Draft, Posted


class Memory:
    def __init__(self) -> None:
        self._versions = itertools.count(1)
        self._messages: dict[str, Posted] = {}

    async def append(self, draft: Draft) -> Posted:
        if draft.id not in self._messages:
            number = next(self._versions)
            self._messages[draft.id] = Posted(
                seq=number,
                id=draft.id,
                place=draft.place,
                author=draft.author,
                at=draft.at,
                body=draft.body,
                key=draft.key,
                only=draft.only,
                edited_at=None,
                version=number,
            )
        return self._messages[draft.id]

    async def replace(self, message: str, body: Body, at: datetime) -> Posted | None:
        standing = self._messages.get(message)
        if standing is None:
            return None
        self._messages[message] = replace(standing, body=body, edited_at=at, version=next(self._versions))
        return self._messages[message]

    async def get(self, message: str) -> Posted | None:
        return self._messages.get(message)

    async def since(self, places: Sequence[str], reader: str, after: int, limit: int) -> Sequence[Posted]:
        new = [one for one in self._seen(places, reader) if one.version > after]
        return sorted(new, key=lambda one: one.version)[:limit]

    async def before(self, places: Sequence[str], reader: str, seq: int | None, limit: int) -> Sequence[Posted]:
        old = [one for one in self._seen(places, reader) if seq is None or one.seq < seq]
        return sorted(old, key=lambda one: one.seq)[-limit:]

    def _seen(self, places: Sequence[str], reader: str) -> list[Posted]:
        return [one for one in self._messages.values() if one.place in places and one.only in {None, reader}]
