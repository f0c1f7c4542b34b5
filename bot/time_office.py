"""What one asks about time from the command line: why a promise stands as it does, and who would be told when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.announce import ToPerson
from bot.domain.commands import Raise
from bot.domain.events import Called
from bot.domain.ids import Level, PersonId, ServiceId
from bot.domain.kinds import KINDS
from bot.domain.refusals import Refusal
from bot.domain.rules import Rules
from bot.domain.simulation import Spell, Told, simulate
from bot.domain.sla import Promise, WorkingDays
from bot.domain.ticket import Ticket
from bot.domain.why import Explanation, Row, Shut, heard_as, shut_days
from bot.house_rules import BadRules, load
from bot.office import Row as Fields
from bot.office import complain, now, promise_row, reading, rules_or_exit, settings_or_exit, written
from handlers.cards.view import View
from handlers.cards.why import explanations, why_lines
from handlers.phrasing import number_alone
from handlers.played import Teller
from handlers.reader import Reader, reader_for, zone_named
from handlers.speech import LANGUAGES, load_texts

REQUESTER = PersonId("the-requester")
"""Whoever raises a simulated ticket; nobody in the rules."""

# --- why -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reasons:
    """How the times of one ticket come about: as lines for people and as fields for programs."""

    lines: Sequence[str]
    fields: Fields


async def reasons_of(ref: str, language: str) -> Reasons | None:
    """In the zone of its requester, as their receipt shows it; None when there is no such ticket."""
    _language(language, "--lang")
    number = number_alone(ref)
    if number is None:
        return None
    async with reading() as (file, settings):
        filed = await file.reads.ticket(number)
    if filed is None:
        return None
    view = _view(filed.ticket, rules_or_exit(settings.rules), language)
    return Reasons([*why_lines(view)], _reason_fields(view))


def _view(ticket: Ticket, rules: Rules, language: str) -> View:
    texts, known = load_texts(), rules.people.get(ticket.requester)
    zone = ZoneInfo("UTC") if known is None else reader_for(known, texts).zone
    reader = Reader(texts.of(language), zone, person=ticket.requester)

    def name_of(person: PersonId) -> str | None:
        return rules.people[person].name if person in rules.people else None

    return View(ticket, rules, reader, now(), name_of)


def _reason_fields(view: View) -> Fields:
    told = [_explanation(one, view.ticket) for one in explanations(view)]
    return {"ref": view.ticket.ref, "as_of": written(view.now), "promises": told}


def _explanation(told: Explanation, ticket: Ticket) -> Fields:
    calendar, crossing = told.promise.target.calendar, told.crossing
    return promise_row(told.promise) | {
        "terms": told.promise.terms,
        "calendar": calendar.id,
        "zone": calendar.zone,
        "provisional": told.promise.provisional,
        "intervals": [
            {
                "begin": written(one.begin),
                "end": written(one.end),
                "running": one.running,
                "cause": heard_as(one.cause, ticket.marks),
                "rows": [_row(row) for row in one.rows],
                "holidays": [_shut(day) for day in one.shut],
                "worked_s": one.worked.total_seconds(),
                "total_s": one.total.total_seconds(),
            }
            for one in told.intervals
        ],
        "total_s": told.total.total_seconds(),
        "ahead": [_row(row) for row in told.ahead],
        "holidays_ahead": [_shut(day) for day in told.shut_ahead],
        "working_days": [str(day) for day in told.days],
        "due_before_pauses": written(told.named),
        "due_found": None
        if crossing is None
        else {"opens": written(crossing[0].opens), "needed_s": crossing[1].total_seconds()},
    }


def _row(row: Row) -> Fields:
    return {
        "day": str(row.day),
        "row": row.row,
        "window": str(row.window),
        "opens": written(row.opens),
        "closes": written(row.closes),
        "worked_s": row.worked.total_seconds(),
        "total_s": row.total.total_seconds(),
    }


def _shut(shut: Shut) -> Fields:
    return {"day": str(shut.day), "row": shut.row}


# --- simulate --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """A ticket to be played through, as it was asked for on the command line."""

    at: str
    kind: str
    impact: str
    urgency: str
    service: str = ""
    zone: str = ""
    rules: Path | None = None
    hours: float | None = None
    pause_from: str = ""
    pause_to: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Played:
    """What would happen: as lines for people and as fields for programs."""

    lines: Sequence[str]
    fields: Fields


def play(asked: Asked) -> Played:
    """Who would be told at which minute, and when each promise warns and falls due. Nothing is written. Ends the
    command with what to change when the question makes no sense."""
    _language(asked.language, "--language")
    zone = _zone(asked.zone) if asked.zone else None
    folder = asked.rules or settings_or_exit().rules
    rules = _rules(folder, _moment(asked.at, "--at", zone or ZoneInfo("UTC")))
    command = _raising(asked, rules)
    zone = zone or zone_named(rules.team_of(command.service).zone)
    at = _moment(asked.at, "--at", zone)
    hours = None if asked.hours is None else timedelta(hours=asked.hours)
    try:
        played = simulate(command, rules, at, hours=hours, waits=_spell(asked, at, zone))
    except Refusal as refusal:
        _exit(f"The desk refuses it: {refusal.code}.")
    except OverflowError:
        _exit("That lies out of reach: use years from 1900 to 2200.")
    teller = Teller(played, rules, at, Reader(load_texts().of(asked.language), zone), REQUESTER)
    return Played([*teller.lines()], _played_fields(teller))


def _rules(folder: Path | None, at: datetime) -> Rules:
    """The policy with the holidays that can be known of the years around `at`."""
    try:
        return load(folder, now=at)
    except BadRules as bad:
        _exit(str(bad))


def _raising(asked: Asked, rules: Rules) -> Raise:
    service = asked.service or rules.manner.default_service
    if asked.kind not in KINDS:
        _exit(f"There is no kind `{asked.kind}`. Use one of: {', '.join(KINDS)}.")
    if service not in rules.services:
        _exit(f"There is no service `{service}`. Use one of: {', '.join(sorted(rules.services))}.")
    for option, value in (("--impact", asked.impact), ("--urgency", asked.urgency)):
        if value not in set(Level):
            _exit(f"{option} is `{value}`. Use one of: {', '.join(Level)}.")
    return Raise(
        by=REQUESTER,
        words="?",
        language="en",
        kind=asked.kind,
        service=ServiceId(service),
        impact=Level(asked.impact),
        urgency=Level(asked.urgency),
        origin="",
        confirmed=True,
    )


def _spell(asked: Asked, at: datetime, zone: ZoneInfo) -> Spell | None:
    if not asked.pause_from and not asked.pause_to:
        return None
    if not asked.pause_from or not asked.pause_to:
        _exit("A pause needs both --pause-from and --pause-to.")
    spell = Spell(_moment(asked.pause_from, "--pause-from", zone), _moment(asked.pause_to, "--pause-to", zone))
    if not at <= spell.since < spell.until:
        _exit("A pause begins after the ticket and ends after it begins: correct --pause-from or --pause-to.")
    return spell


def _moment(said: str, option: str, zone: ZoneInfo) -> datetime:
    """The moment, on the clocks of `zone` when no offset is written."""
    try:
        wall = datetime.fromisoformat(said)
        return (wall if wall.tzinfo is not None else wall.replace(tzinfo=zone)).astimezone(_UTC)
    except (ValueError, OverflowError):
        _exit(f"{option} is `{said}`. Write it like 2026-12-24T17:55 or 2026-12-24T17:55+08:00.")


_UTC = ZoneInfo("UTC")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        _exit(f"There is no time zone `{name}`. Write a place of the IANA list, like Europe/Berlin.")


def _played_fields(teller: Teller) -> Fields:
    """The same for programs; moments in UTC, minutes since the ticket was raised."""
    played, ticket = teller.played, teller.played.ticket
    return {
        "at": written(teller.at),
        "zone": str(teller.reader.zone),
        "kind": ticket.kind,
        "service": ticket.service,
        "team": teller.rules.team_of(ticket.service).id,
        "priority": ticket.priority,
        "promises": [_promise_fields(one, teller) for one in played.promised],
        "told": [_told_fields(one, teller) for one in played.told],
        "passed": [{"at": written(one.at), "level": one.level} for one in played.passed],
        "until": written(played.until),
        "calls_left_out": played.calls_left_out,
        "cut_short": played.cut_short,
    }


def _promise_fields(one: Promise, teller: Teller) -> Fields:
    days = one.target.budget.count if isinstance(one.target.budget, WorkingDays) else None
    shut = [] if one.due is None else shut_days(one.target.calendar, teller.at, one.due)
    return {
        "clock": one.clock,
        "calendar": one.target.calendar.id,
        "budget_s": one.budget.total_seconds(),
        "working_days": days,
        "warn_at": written(one.warn_at),
        "due": written(one.due),
        "due_with_pause": written(teller.judged(one)),
        "provisional": one.provisional,
        "holidays": [_shut(day) for day in shut],
    }


def _told_fields(one: Told, teller: Teller) -> Fields:
    to, facts = one.notice.to, one.notice.facts
    return {
        "at": written(one.at),
        "minute": (one.at - teller.at) // timedelta(minutes=1),
        "to": f"person:{to.person}" if isinstance(to, ToPerson) else f"team:{to.team}",
        "name": teller.who(one),
        "address": one.address or None,
        "way": one.place if one.address else None,
        "about": one.notice.about,
        "level": one.event.level if isinstance(one.event, Called) else None,
        "call": one.event.round if isinstance(one.event, Called) else None,
        "last_resort": one.event.last_resort if isinstance(one.event, Called) else None,
        "clock": str(facts["clock"]) if "clock" in facts else None,
        "due": written(datetime.fromisoformat(facts["due"])) if "due" in facts else None,
        "reason": teller.what(one),
        "held": one.at > one.event.at and not one.place,
    }


def _language(language: str, option: str) -> None:
    if language not in LANGUAGES:
        _exit(f"The desk does not speak `{language}`. Use {' or '.join(f'{option} {one}' for one in LANGUAGES)}.")


def _exit(why: str) -> NoReturn:
    complain(why)
    raise SystemExit(1)
