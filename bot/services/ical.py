"""Calendars of other programs: iCalendar text (RFC 5545) becomes fixed shifts, and shifts become iCalendar text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.ids import PersonId
from bot.domain.oncall import Fixed, Shift
from bot.domain.rules import Person

if TYPE_CHECKING:
    from icalendar import Calendar

MOST_SERIES = 5000
MOST_EVENTS = 20_000
"""More in the time that is looked at is no rota; the rest is told as left out."""

_BAD = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError, AssertionError)
"""What the library raises over a broken text; it reads part of it only when asked for that part."""

_TOO_OFTEN = {"SECONDLY", "MINUTELY"}
Part = Any
"""An event as the library holds it; its values are of thirty kinds, and those we ask for are looked at."""

_PARTS = re.compile(r"\s+[-–—|/]\s+|[()\[\]:,;]")


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence in a calendar, [starts, ends). `attendees` are e-mail addresses in lower case."""

    uid: str
    summary: str
    attendees: tuple[str, ...]
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something in a calendar that became no shift: what it is called there, when it is first seen, and why."""

    summary: str
    starts: datetime | None
    why: str

    def __str__(self) -> str:
        when = "" if self.starts is None else f" on {self.starts:%Y-%m-%d %H:%M} UTC"
        return f"`{self.summary or 'an event without a title'}`{when}: {self.why}"


@dataclass(frozen=True, slots=True)
class Read:
    """What a calendar says: its shifts by beginning, and each series of events that is not among them, once."""

    shifts: tuple[Fixed, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


Match = Callable[[Event], tuple[PersonId, ...]]
"""Who is on call by that event; nobody when that cannot be told."""


class NotACalendar(ValueError):
    """The text cannot be read as iCalendar at all."""


def read_calendar(text: bytes | str, since: datetime, until: datetime, match: Match) -> Read:
    """The shifts of the calendar that touch [since, until), moments in UTC. Cancelled events are none. An event of
    whole days lasts from midnight to midnight on the clock of its calendar. Raises NotACalendar."""
    calendar = _parsed(text)
    zone = _zone_of(calendar)
    shifts: dict[Fixed, None] = {}
    left_out: dict[tuple[str, str], LeftOut] = {}
    for found in _events(calendar, zone, since, until):
        if isinstance(found, LeftOut):
            left_out.setdefault((found.summary, found.why), found)
            continue
        people = match(found)
        if not people:
            told = LeftOut(found.summary, found.starts, "nobody of the rules is named in it")
            left_out.setdefault((told.summary, told.why), told)
        shifts |= dict.fromkeys(Fixed(person, found.starts, found.ends) for person in people)
    ordered = sorted(shifts, key=lambda one: (one.starts, one.ends, one.person))
    return Read(tuple(ordered), tuple(left_out.values()))


def by_address_or_name(people: Mapping[PersonId, Person]) -> Match:
    """Finds people by the address of an attendee; where none is known, by a title that is, between its marks, the id,
    the name or the e-mail address of somebody. A name that two people share finds nobody."""
    by_email = {person.email.casefold(): person.id for person in people.values() if person.email}
    by_word: dict[str, set[PersonId]] = {}
    for person in people.values():
        for word in filter(None, (person.id, person.name, person.email)):
            by_word.setdefault(word.casefold(), set()).add(person.id)

    def match(event: Event) -> tuple[PersonId, ...]:
        invited = dict.fromkeys(by_email[one] for one in event.attendees if one in by_email)
        if invited:
            return tuple(invited)
        whole = event.summary.strip()
        for words in ([whole], [part.strip() for part in _PARTS.split(whole)]):
            found = [by_word.get(word.casefold(), set()) for word in words]
            named = dict.fromkeys(person for people in found if len(people) == 1 for person in people)
            if named:
                return tuple(named)
        return ()

    return match


def written_calendar(shifts: Iterable[tuple[str, str, Shift]], *, name: str, now: datetime) -> bytes:
    """A calendar of these shifts, each with the id of its rota and its title. Moments are in UTC, so that no clock
    change moves them, and the same shift has the same UID every time."""
    from icalendar import Calendar, Event  # ten megabytes that a running desk may never need

    calendar = Calendar()
    calendar.add("prodid", "-//Deskbell//on call//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-published-ttl", "PT1H")
    for rota, title, shift in shifts:
        event = Event()
        event.add("uid", _uid(rota, shift))
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", shift.starts.astimezone(UTC))
        event.add("dtend", shift.ends.astimezone(UTC))
        event.add("summary", title)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _uid(rota: str, shift: Shift) -> str:
    """Made of what makes the shift this shift. Where it ends is not part of it: an extension is no other shift."""
    return f"{rota}.{shift.person}.{shift.starts.astimezone(UTC):%Y%m%dT%H%M%SZ}@deskbell"


def _parsed(text: bytes | str) -> Calendar:
    from icalendar import Calendar

    try:
        words = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        found = Calendar.from_ical(words)
    except _BAD as bad:
        raise NotACalendar(f"this is no iCalendar text ({type(bad).__name__})") from bad
    if not isinstance(found, Calendar):
        raise NotACalendar("this is no iCalendar text (it begins with another component)")
    return found


def _zone_of(calendar: Calendar) -> tzinfo:
    """The zone the calendar says it is in, else the only one it describes, else UTC."""
    named = [str(calendar.get("X-WR-TIMEZONE", ""))]
    described = {str(one.get("TZID", "")) for one in calendar.walk("VTIMEZONE")}
    for name in (*named, *(described if len(described) == 1 else ())):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
            continue
    return UTC


def _events(calendar: Calendar, zone: tzinfo, since: datetime, until: datetime) -> Iterator[Event | LeftOut]:
    """Every occurrence, series by series, so that one that cannot be read spares its neighbours."""
    from recurring_ical_events import of

    series = _series(calendar)
    if len(series) > MOST_SERIES:
        yield LeftOut("", None, f"there are more than {MOST_SERIES} events; the later ones are not read")
    left = MOST_EVENTS
    for parts in islice(series.values(), MOST_SERIES):
        summary = str(parts[0].get("SUMMARY", ""))
        try:
            why = _unfit(parts)
            if why:
                yield LeftOut(summary, None, why)
                continue
            alone = _alone(calendar, parts)
            found = of(alone).between(since.astimezone(zone), until.astimezone(zone))
            events = [_event(one, zone) for one in found if not _is_cancelled(one)]
        except _BAD as bad:
            yield LeftOut(summary, None, f"it cannot be read ({type(bad).__name__})")
            continue
        if len(events) > left:
            yield LeftOut(summary, None, f"there are more than {MOST_EVENTS} occurrences; it is not read")
            continue
        left -= len(events)
        for event in events:
            yield event if event.ends > event.starts else LeftOut(event.summary, event.starts, "it has no length")


def _series(calendar: Calendar) -> dict[str, list[Part]]:
    """The events with one UID: a series and the exceptions to it. One without a UID stands alone."""
    found: dict[str, list[Part]] = {}
    for place, event in enumerate(calendar.walk("VEVENT")):
        found.setdefault(str(event.get("UID") or f"no uid {place}"), []).append(event)
    return found


def _alone(calendar: Calendar, parts: Sequence[Part]) -> Calendar:
    """The same calendar with nothing in it but these."""
    from icalendar import Calendar

    alone = Calendar()
    for name in ("VERSION", "PRODID", "X-WR-TIMEZONE"):
        if name in calendar:
            alone[name] = calendar[name]
    alone.subcomponents = [*calendar.walk("VTIMEZONE"), *parts]
    return alone


def _unfit(parts: Sequence[Part]) -> str:
    """Why this series is not unfolded; empty when it may be. What repeats by the second would never end."""
    for part in parts:
        rules = part.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            often = {str(one).upper() for one in rule.get("FREQ", [])}
            if often & _TOO_OFTEN or "BYSECOND" in rule or len(rule.get("BYMINUTE", [])) > 1:
                return "it repeats more often than anybody changes shifts"
    return ""


def _is_cancelled(event: Part) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _event(part: Part, zone: tzinfo) -> Event:
    starts, ends = _edge(part["DTSTART"].dt, zone), _edge(part["DTEND"].dt, zone)
    return Event(
        uid=str(part.get("UID", "")),
        summary=str(part.get("SUMMARY", "")).strip(),
        attendees=tuple(_attendees(part)),
        starts=starts,
        ends=ends,
    )


def _edge(written: date | datetime, zone: tzinfo) -> datetime:
    """A moment; a date is its midnight, and a time without a zone is on the calendar's clock."""
    if not isinstance(written, datetime):
        written = datetime.combine(written, time())
    return (written if written.tzinfo is not None else written.replace(tzinfo=zone)).astimezone(UTC)


def _attendees(part: Part) -> Iterator[str]:
    """Who is invited and has not declined."""
    found: Any = part.get("ATTENDEE", [])
    for one in found if isinstance(found, list) else [found]:
        declined = str(getattr(one, "params", {}).get("PARTSTAT", "")).upper() == "DECLINED"
        if not declined:
            yield re.sub(r"(?i)^mailto:", "", str(one)).strip().casefold()
