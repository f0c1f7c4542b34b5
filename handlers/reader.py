"""Whoever reads a card: in which language, in which zone, and how moments and durations are printed for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.ids import PersonId, TeamId
from bot.domain.rules import Person, Rules
from handlers.speech import Texts, Voice

_A_MINUTE = timedelta(minutes=1)
_AN_HOUR = timedelta(hours=1)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reader:
    """One person, or a team in its channel (`person` is None); `address` is where the card will stand."""

    voice: Voice
    zone: ZoneInfo
    person: PersonId | None = None
    team: TeamId | None = None
    address: str = ""

    def say(self, key: str, /, **facts: str | int) -> str:
        """The text in the reader's language."""
        return self.voice.say(key, **facts)

    def listed(self, items: Iterable[str]) -> str:
        """The items as one phrase."""
        return self.voice.listed(items)

    def day(self, at: datetime, now: datetime) -> str:
        """The date in the reader's zone: Sun 26 Jan, 2025-01-26（周日）. The year when it is not the present one."""
        local = at.astimezone(self.zone)
        return self.say("a-day", weekday=self.voice.weekday(local), date=self._date(local, now))

    def moment(self, at: datetime, now: datetime, note: str = "") -> str:
        """Date, time and offset in the reader's zone: Sun 26 Jan 17:00 (UTC+8). `note` stands beside the day."""
        local = at.astimezone(self.zone)
        weekday = self.voice.weekday(local)
        return self.say(
            "a-moment",
            weekday=self.say("a-noted-weekday", weekday=weekday, note=note) if note else weekday,
            date=self._date(local, now),
            time=f"{local:%H:%M}",
            offset=offset_of(local),
        )

    def _date(self, local: datetime, now: datetime) -> str:
        return self.voice.date(local, of_this_year=local.year == now.astimezone(self.zone).year)

    def time(self, at: datetime) -> str:
        """The time of day in the reader's zone, without a date: for what is close by."""
        return f"{at.astimezone(self.zone):%H:%M}"

    def span(self, since: datetime, until: datetime) -> str:
        """From when to when, with the offset: 02:10–02:41 (UTC+8); with the dates when they are two."""
        first, last = since.astimezone(self.zone), until.astimezone(self.zone)
        if first.date() == last.date():
            return self.say("a-span", since=self.time(since), until=self.time(until), offset=offset_of(last))
        return self.say("a-long-span", since=self.moment(since, until), until=self.moment(until, until))

    def length(self, length: timedelta, *, days: bool = False) -> str:
        """A duration to the nearest minute: 2 h 30 min. Days only where a day has 24 hours (`days`)."""
        length = (length + _A_MINUTE / 2) // _A_MINUTE * _A_MINUTE
        if length < _A_MINUTE:
            return self.say("for-a-moment")
        whole_days, rest = divmod(length, _A_DAY) if days and length >= 2 * _A_DAY else (0, length)
        hours, rest = divmod(rest, _AN_HOUR)
        minutes = rest // _A_MINUTE
        if whole_days:
            return self.say("for-days-hours" if hours else "for-days", days=whole_days, hours=str(hours))
        if hours and minutes:
            return self.say("for-hours-minutes", hours=str(hours), minutes=str(minutes))
        if hours:
            return self.say("for-hours", hours=str(hours))
        return self.say("for-minutes", minutes=str(minutes))


def offset_of(local: datetime) -> str:
    """UTC, UTC+8, UTC-3:30: a zone's letters are ambiguous, its offset is not."""
    offset = local.utcoffset() or timedelta()
    if not offset:
        return "UTC"
    sign = "-" if offset < timedelta() else "+"
    hours, rest = divmod(abs(offset), _AN_HOUR)
    minutes = rest // _A_MINUTE
    return f"UTC{sign}{hours}:{minutes:02}" if minutes else f"UTC{sign}{hours}"


def zone_named(name: str) -> ZoneInfo:
    """The zone; UTC for a name nobody knows, so that a card is never lost over it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def reader_for(person: Person, texts: Texts, address: str = "") -> Reader:
    """The reader that this person is."""
    return Reader(texts.of(person.language), zone_named(person.zone), person=person.id, address=address)


def team_reader(team: TeamId, rules: Rules, texts: Texts, address: str = "") -> Reader:
    """Whoever reads the team's channel."""
    known = rules.teams.get(team)
    if known is None:
        return Reader(texts.of("en"), ZoneInfo("UTC"), team=team, address=address)
    return Reader(texts.of(known.language), zone_named(known.zone), team=team, address=address)
