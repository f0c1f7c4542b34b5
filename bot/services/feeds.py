"""Calendars that live elsewhere: fetched now and then, kept on the disk, and in force as the fixed shifts of a rota."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

import structlog

from bot.domain.announce import Urgency
from bot.domain.covers import teams_of
from bot.domain.oncall import Fixed, Rota
from bot.domain.rules import Rules, Team
from bot.services.desk import Chore, Desk
from bot.services.drawer import PutAway
from bot.services.ical import LeftOut, NotACalendar, Read, by_address_or_name, read_calendar
from bot.services.ports import Cursor, Letter, NotSaved, Reads, Timepiece, Unit
from bot.services.roads import Roads

ABOUT = "feed"
"""To whoever leads a team whose rota is read from a calendar that has been silent."""

EVERY = timedelta(minutes=15)
LEAST_PAUSE_S = 1.0
SILENT_FROM = timedelta(hours=24)
"""What was read last holds on; after so long somebody should look."""

BACK = timedelta(days=31)
AHEAD = timedelta(days=400)
"""The shifts that are read; farther than anything looks ahead."""

_SHOWN = 20

log = structlog.get_logger(__name__)


class Silent(Exception):
    """The calendar did not come: `why` is unreachable, refused, status, too_big or no_calendar."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


Fetch = Callable[[str], Awaitable[bytes]]
"""The text behind an address. Raises Silent."""


@dataclass(slots=True)
class _Feed:
    url: str
    text: bytes | None = None
    heard_at: datetime | None = None
    """When it came last; before that, since when it is waited for."""
    next_at: datetime | None = None
    left_out: tuple[LeftOut, ...] = ()

    @property
    def name(self) -> str:
        """The address is a secret: who knows it reads the calendar."""
        return hashlib.sha256(self.url.encode()).hexdigest()[:16]

    @property
    def mark(self) -> str:
        """Under which name what it said last is kept."""
        return f"feed:{self.name}"

    @property
    def road(self) -> str:
        return f"in:calendar:{urlsplit(self.url).hostname}:{self.name[:4]}"


@dataclass(frozen=True, slots=True)
class WarnOfFeed:
    """A chore: the letters about a silent calendar wait in the outbox; of one day each is written once."""

    letters: Sequence[Letter]
    now: datetime

    async def apply(self, unit: Unit) -> None:
        await unit.post(self.letters, self.now)


def is_feed(rota: Rota) -> bool:
    """Whether its shifts are read from an address."""
    return rota.feed.startswith("https://")


async def recalled(rules: Rules, reads: Reads, now: datetime) -> Rules:
    """The rules with what the calendars said when they were read last."""
    match, rotas = by_address_or_name(rules.people), dict(rules.rotas)
    for name, rota in rules.rotas.items():
        text = await reads.cursor(_Feed(rota.feed).mark) if is_feed(rota) else None
        if text is not None:
            rotas[name] = _with(rota, read_calendar(text, now - BACK, now + AHEAD, match).shifts)
    return replace(rules, rotas=MappingProxyType(rotas))


class Feeds:
    """Looks every quarter of an hour. `on_change` is told when somebody else may be on call, or a letter waits."""

    def __init__(
        self,
        desk: Desk,
        reads: Reads,
        timepiece: Timepiece,
        roads: Roads,
        fetch: Fetch,
        *,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._desk = desk
        self._reads = reads
        self._time = timepiece
        self._roads = roads
        self._fetch = fetch
        self._on_change = on_change
        self._feeds: dict[str, _Feed] = {}

    async def recall(self) -> None:
        """What was read before the last stop is in force again."""
        for url in _urls(self._desk.rules):
            feed = await self._remembered(url)
            if feed.text is not None:
                await self._put_in_force(feed, feed.text)

    async def run(self) -> None:
        """Looks for ever."""
        while True:
            await self.look()
            pauses = [self._time.real_seconds_until(feed.next_at) for feed in self._feeds.values() if feed.next_at]
            await asyncio.sleep(max(LEAST_PAUSE_S, min(pauses, default=EVERY.total_seconds())))

    async def look(self) -> None:
        """Every calendar whose time has come is fetched; one that fails spares the others."""
        for url in _urls(self._desk.rules):
            feed = self._feeds.get(url) or await self._remembered(url)
            if feed.next_at is None or feed.next_at <= self._time.now():
                feed.next_at = self._time.now() + EVERY
                await self._visit(feed)

    async def _remembered(self, url: str) -> _Feed:
        feed = self._feeds.setdefault(url, _Feed(url))
        text = await self._reads.cursor(feed.mark)
        heard = await self._reads.cursor(f"{feed.mark}:heard")
        feed.text = None if text is None else text.encode()
        feed.heard_at = None if heard is None else datetime.fromisoformat(heard)
        return feed

    async def _visit(self, feed: _Feed) -> None:
        try:
            text = await self._fetch(feed.url)
            read = await self._put_in_force(feed, text)
        except Silent as silent:
            await self._missed(feed, silent.why)
        except NotACalendar:
            await self._missed(feed, "no_calendar")
        else:
            await self._heard(feed, text, read)

    async def _put_in_force(self, feed: _Feed, text: bytes) -> Read:
        """Whoever reads it knows only the people of these rules; the rules of the desk are renewed when it says
        something new. Raises NotACalendar."""
        now, match = self._time.now(), by_address_or_name(self._desk.rules.people)
        read = await asyncio.to_thread(read_calendar, text, now - BACK, now + AHEAD, match)
        rules = self._desk.rules
        mine = {rota.id: rota for rota in rules.rotas.values() if rota.feed == feed.url}
        if any(rota.fixed != read.shifts for rota in mine.values()):
            changed = {name: _with(rota, read.shifts) for name, rota in mine.items()}
            self._desk.renew(replace(rules, rotas=MappingProxyType({**rules.rotas, **changed})))
            self._on_change()
        return read

    async def _heard(self, feed: _Feed, text: bytes, read: Read) -> None:
        now = self._time.now()
        if read.left_out != feed.left_out:
            feed.left_out = read.left_out
            shown = [str(one) for one in read.left_out[:_SHOWN]]
            log.warning("calendar_left_out", feed=feed.road, events=shown, count=len(read.left_out))
        marks = [Cursor(f"{feed.mark}:heard", now.isoformat())]
        if text != feed.text:
            marks.append(Cursor(feed.mark, text.decode(errors="replace")))
        feed.text, feed.heard_at = text, now
        self._roads.proved(feed.road, now)
        await self._keep(PutAway(marks, (), now))

    async def _missed(self, feed: _Feed, why: str) -> None:
        now = self._time.now()
        log.warning("calendar_silent", feed=feed.road, why=why)
        if feed.heard_at is None:
            feed.heard_at = now
            await self._keep(PutAway([Cursor(f"{feed.mark}:heard", now.isoformat())], (), now))
        if now - feed.heard_at < SILENT_FROM:
            return
        self._roads.failed(feed.road, now, why)
        letters = list(self._letters(feed, why, now))
        if letters:
            await self._keep(WarnOfFeed(letters, now))
            self._on_change()

    async def _keep(self, chore: Chore[None]) -> None:
        try:
            await self._desk.chore(chore)
        except NotSaved:
            log.warning("calendar_not_kept")  # the next visit keeps it, or writes it

    def _letters(self, feed: _Feed, why: str, now: datetime) -> Iterator[Letter]:
        rules = self._desk.rules
        for rota in rules.rotas.values():
            for team in teams_of(rota.id, rules) if rota.feed == feed.url else ():
                to, reader = self._lead_of(team)
                if to is None or feed.heard_at is None:
                    continue
                yield Letter(
                    key=f"feed:{feed.name}:{rota.id}:{now.date().isoformat()}:{reader}",
                    to=to,
                    reader=reader,
                    about=ABOUT,
                    urgency=Urgency.NORMAL,
                    facts={"rota": rota.id, "since": feed.heard_at.isoformat(), "why": why},
                )

    def _lead_of(self, team: Team) -> tuple[str | None, str]:
        if team.lead is not None:
            return self._desk.directory.address_of(team.lead), f"person:{team.lead}"
        return team.channel, f"team:{team.id}"


def _urls(rules: Rules) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rota.feed for rota in rules.rotas.values() if is_feed(rota)))


def _with(rota: Rota, shifts: tuple[Fixed, ...]) -> Rota:
    return replace(rota, fixed=shifts)
