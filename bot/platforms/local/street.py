"""The chat network itself: who lives there, where they talk, what was said; it knows no desk and no cards."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.services.transcript import Body, Draft, Posted, Transcript

DESK = "desk"
"""The author of what the desk says; no inhabitant may have this id."""

DIRECT = "dm:"
CHANNEL = "channel:"

PAGE = 200

Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Inhabitant:
    """Somebody who lives on the street."""

    id: str
    name: str
    language: Language
    zone: ZoneInfo
    title: str = ""
    initials: str = ""
    colour: int = 0
    """The hue of the round picture, in degrees."""
    examples: tuple[str, ...] = ()
    """What this person might say to the desk first."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where people talk: a direct conversation of one person with the desk, or a channel."""

    id: str
    name: str
    kind: Literal["dm", "channel"]
    members: tuple[str, ...]
    overhears: bool = False
    """The desk takes everything that is said here as said to it, not only what calls it by its name."""


class UnknownPlace(LookupError):
    """There is no such place on this street."""


class CannotSee(LookupError):
    """This person does not read that place."""


class UnknownMessage(LookupError):
    """There is no such message on this street."""


def direct(person: str) -> str:
    """The place where this person talks with the desk alone."""
    return f"{DIRECT}{person}"


def channel(name: str) -> str:
    """The place of a channel."""
    return f"{CHANNEL}{name}"


def message_id(key: str) -> str:
    """The same key is always the same message, and nobody can guess one from another."""
    return hashlib.sha256(key.encode()).hexdigest()[:24]


class Street:
    """People, places and messages. A reader is not handed messages but woken, and reads on from where he was:
    nothing piles up for a slow one, and nothing comes twice or out of order."""

    def __init__(
        self,
        inhabitants: Iterable[Inhabitant],
        channels: Iterable[Place],
        transcript: Transcript,
        now: Callable[[], datetime],
    ) -> None:
        self.inhabitants = {person.id: person for person in inhabitants}
        if DESK in self.inhabitants:
            raise ValueError(f"{DESK!r} is the desk's own name; give this person another id")
        rooms = [Place(direct(one.id), one.name, "dm", (one.id,)) for one in self.inhabitants.values()]
        self.places = {place.id: place for place in [*rooms, *channels]}
        self.now = now
        self._transcript = transcript
        self._readers: dict[asyncio.Event, frozenset[str]] = {}
        self._news: dict[str, dict[str, int]] = {}
        self._is_closed = False

    def places_of(self, person: str) -> list[Place]:
        """What this person may read, the conversation with the desk first."""
        return [place for place in self.places.values() if person in place.members]

    async def post(self, place: str, author: str, body: Body, *, key: str, only: str | None = None) -> Posted:
        """The message stands once, however often this is called with the same key. Raises UnknownPlace,
        and CannotSee when it is for one who does not read there."""
        if place not in self.places:
            raise UnknownPlace(place)
        if only is not None and only not in self.places[place].members:
            raise CannotSee(only)
        posted = await self._transcript.append(Draft(message_id(key), place, author, self.now(), body, key, only))
        self._note(posted)
        self._wake(posted)
        return posted

    async def edit(self, message: str, body: Body) -> Posted:
        """The message shows `body`. Raises UnknownMessage."""
        standing = await self._transcript.get(message)
        if standing and standing.body == body:
            return standing
        edited = await self._transcript.replace(message, body, self.now())
        if edited is None:
            raise UnknownMessage(message)
        self._wake(edited)
        return edited

    async def find(self, key: str) -> Posted | None:
        """The message that was posted with this key."""
        return await self._transcript.get(message_id(key))

    async def seen(self, message: str, reader: str) -> Posted | None:
        """The message, if this person may see it."""
        posted = await self._transcript.get(message)
        return posted if posted and self._may_see(reader, posted) else None

    async def since(self, reader: str, after: int, places: Sequence[str], limit: int = PAGE) -> Sequence[Posted]:
        """What is new or edited for this person since version `after`, in order, at most `limit`."""
        return await self._transcript.since(self._allowed(reader, places), reader, after, limit)

    async def before(self, reader: str, seq: int | None, places: Sequence[str], limit: int = PAGE) -> Sequence[Posted]:
        """The last messages this person may see, older than `seq` if it is given."""
        return await self._transcript.before(self._allowed(reader, places), reader, seq, limit)

    async def wait(self, reader: str, after: int, places: Sequence[str], patience: timedelta) -> Sequence[Posted]:
        """What is new since `after`; when nothing is, what comes within `patience`, or nothing."""
        async with aclosing(self.follow(reader, after, places, beat=patience)) as news:
            return await anext(news, [])

    async def follow(
        self,
        reader: str,
        after: int,
        places: Sequence[str],
        beat: timedelta,
        watched: Iterable[str] = (),
    ) -> AsyncGenerator[Sequence[Posted], None]:
        """All that is new for this person since `after`, as it comes, until the street is closed; an empty
        page at least every `beat`, whenever the street rings and whenever something stirs for those watched."""
        bell = asyncio.Event()
        self._readers[bell] = frozenset({reader, *watched})
        try:
            page = await self.since(reader, after, places)
            if page:
                yield page
            while not self._is_closed:
                after = page[-1].version if page else after
                if not page:
                    await _rest(bell, beat)
                bell.clear()
                page = await self.since(reader, after, places)
                yield page
        finally:
            del self._readers[bell]

    def news_of(self, person: str) -> Mapping[str, int]:
        """By place, the number of the last message from somebody else, as far as this process has seen it."""
        return self._news.get(person, {})

    def ring(self) -> None:
        """Everyone who follows looks up."""
        for bell in self._readers:
            bell.set()

    def close(self) -> None:
        """Everyone who follows has come to the end."""
        self._is_closed = True
        self.ring()

    def _allowed(self, reader: str, places: Sequence[str]) -> list[str]:
        mine = {place.id for place in self.places_of(reader)}
        return [place for place in places if place in mine]

    def _may_see(self, reader: str, posted: Posted) -> bool:
        place = self.places.get(posted.place)
        return place is not None and reader in place.members and posted.only in {None, reader}

    def _note(self, posted: Posted) -> None:
        for person in self.places[posted.place].members:
            if person != posted.author and self._may_see(person, posted):
                self._news.setdefault(person, {})[posted.place] = posted.seq

    def _wake(self, posted: Posted) -> None:
        for bell, readers in self._readers.items():
            if any(self._may_see(reader, posted) for reader in readers):
                bell.set()


async def _rest(bell: asyncio.Event, beat: timedelta) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(bell.wait(), beat.total_seconds())
