"""Where the local chat keeps what was written; here because a chat and a storage do not know each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Body = dict[str, Any]
"""A JSON object; what stands in it is the chat's affair."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before it has its number. All strings are opaque to the store and free of lone surrogates."""

    id: str
    """Made from `key`, so that the same key always means the same message."""
    place: str
    author: str
    at: datetime
    body: Body
    key: str
    only: str | None = None
    """The one who may see it, when it is a whisper."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that stands."""

    seq: int
    """Its number among all messages of all places, in the order they were posted; never changes."""
    id: str
    place: str
    author: str
    at: datetime
    body: Body
    key: str
    only: str | None
    edited_at: datetime | None
    version: int
    """Changes are counted over the whole transcript: a new message and an edit each take the next number, so
    that one who remembers the highest version he read can ask for all that is new."""


class Transcript(Protocol):
    """The messages of the local chat, on the disk when a call returns."""

    async def append(self, draft: Draft) -> Posted:
        """The message stands, with the next `version`, not edited. When one with this `id` stands already,
        that one is returned as it is and nothing changes."""

    async def replace(self, message: str, body: Body, at: datetime) -> Posted | None:
        """The message with this id shows `body`, with `edited_at` and the next `version`. None when there is
        none."""

    async def get(self, message: str) -> Posted | None:
        """The message with this id."""

    async def since(self, places: Sequence[str], reader: str, after: int, limit: int) -> Sequence[Posted]:
        """What changed in these places with a version above `after`, the lowest version first, at most
        `limit`; without whispers for others than `reader`. A version is never seen before a lower one."""

    async def before(self, places: Sequence[str], reader: str, seq: int | None, limit: int) -> Sequence[Posted]:
        """The last `limit` messages with a number below `seq` (None: of all), the lowest number first;
        without whispers for others than `reader`."""
