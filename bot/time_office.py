"""What one asks about time from the command line: why a promise stands as it does, and who would be told when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.announce import About, ToPerson
from bot.domain.commands import Raise
from bot.domain.events import Called
from bot.domain.ids import Level, PersonId, ServiceId
from bot.domain.kinds import KINDS
from bot.domain.refusals import Refusal
from bot.domain.rules import Rules
from bot.domain.simulation import MOST_LOOKS, Simulation, Spell, Told, simulate
from bot.domain.sla import Promise, WorkingDays
from bot.domain.ticket import Ticket
from bot.domain.why import Explanation, Row, Shut, heard_as, shut_days
from bot.house_rules import BadRules, load
from bot.office import Row as Fields
from bot.office import complain, now, promise_row, reading, rules_or_exit, settings_or_exit, written
from handlers.cards.view import View
from handlers.cards.why import explanations, why_lines
from handlers.phrasing import number_alone
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
    if language not in LANGUAGES:
        _exit(f"The desk does not speak `{language}`. Use --lang {' or --lang '.join(LANGUAGES)}.")
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


@dataclass(frozen=True, slots=True)
class Played:
    """What would happen: as lines for people and as fields for programs."""

    lines: Sequence[str]
    fields: Fields


def play(asked: Asked) -> Played:
    """Who would be told at which minute, and when each promise warns and falls due. Nothing is written. Ends the
    command with what to change when the question makes no sense."""
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
    teller = _Teller(played, rules, at, Reader(load_texts().of("en"), zone))
    return Played([*teller.lines()], teller.fields())


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


@dataclass(frozen=True, slots=True)
class _Teller:
    """Puts a simulation into words."""

    played: Simulation
    rules: Rules
    at: datetime
    reader: Reader

    def lines(self) -> Iterator[str]:
        """What was asked, what is promised, who is told, and how it ends."""
        ticket = self.played.ticket
        team = self.rules.team(ticket.team).names["en"]
        service = self.rules.service(ticket.service).names["en"]
        cell = f"impact {ticket.impact} × urgency {ticket.urgency}"
        yield f"{ticket.kind.capitalize()} {ticket.priority} ({cell}) about {service}, for the team {team}"
        yield f"Raised {self._moment(self.at)}. Nobody acts, and nothing is written."
        yield ""
        yield "What is promised:"
        yield from self._promises()
        yield ""
        yield "Who is told:"
        for (at, _), group in groupby(self.played.told, lambda one: (one.at, one.notice.entry)):
            yield from self._moment_of(at, list(group))
        yield from self._end()

    def fields(self) -> Fields:
        """The same for programs; moments in UTC, minutes since the ticket was raised."""
        ticket = self.played.ticket
        return {
            "at": written(self.at),
            "zone": str(self.reader.zone),
            "kind": ticket.kind,
            "service": ticket.service,
            "team": ticket.team,
            "priority": ticket.priority,
            "promises": [self._promise_fields(one) for one in self.played.promised],
            "told": [self._told_fields(one) for one in self.played.told],
            "until": written(self.played.until),
            "calls_left_out": self.played.calls_left_out,
            "cut_short": self.played.cut_short,
        }

    def _promises(self) -> Iterator[str]:
        if not self.played.promised:
            yield "  nothing"
        for one in self.played.promised:
            clock = self.reader.say(f"clock-{one.clock}")
            within = f"{_budget(one)} on {one.target.calendar.id}"
            moments = f"warns {self._moment(one.warn_at)}, due {self._moment(one.due)}"
            yield f"  {clock}: {within}; {moments}{self._notes(one)}"
            moved = self._judged(one)
            if moved is not None and moved != one.due:
                yield f"    with the pause: due {self._moment(moved)}"

    def _notes(self, one: Promise) -> str:
        if one.due is None:
            return ""
        calendar = one.target.calendar
        shut = [f"{day.day:%a} {day.day} ({day.row})" for day in shut_days(calendar, self.at, one.due)]
        notes = [f"passes over {', '.join(shut)}"] if shut else []
        if one.provisional:
            years = range(self.at.year, one.due.year + 1)
            missing = ", ".join(str(year) for year in years if year not in (calendar.years_known or ()))
            notes.append(f"provisional: the holidays of {missing} are not published yet")
        return "".join(f"; {note}" for note in notes)

    def _judged(self, one: Promise) -> datetime | None:
        """When the same promise fell due in the end, after pauses moved it."""
        for other in self.played.judged:
            if (other.clock, other.cycle) == (one.clock, one.cycle):
                return other.broken_at or other.due
        return None

    def _moment_of(self, at: datetime, group: Sequence[Told]) -> Iterator[str]:
        """One line for each thing that is said at that moment, with everybody who hears it."""
        by_what: dict[str, list[str]] = {}
        for one in group:
            by_what.setdefault(self._what(one), []).append(self._who(one))
        for what, people in by_what.items():
            yield f"  {_since(at - self.at):>8}  {self._moment(at)}  {', '.join(people)}: {what}"

    def _who(self, told: Told) -> str:
        to = told.notice.to
        if not isinstance(to, ToPerson):
            return f"the channel of {self.rules.team(to.team).names['en']}"
        if to.person == REQUESTER:
            return "the requester"
        known = self.rules.people.get(to.person)
        return to.person if known is None else known.name

    def _what(self, told: Told) -> str:
        facts = told.notice.facts
        clock = self.reader.say(f"clock-{facts['clock']}").lower() if "clock" in facts else ""
        due = self._moment(datetime.fromisoformat(facts["due"])) if "due" in facts else ""
        held = "; it waited for the opening" if told.at > told.event.at else ""
        match told.notice.about:
            case About.PAGE | About.CHANNEL_CALL:
                return f"level {facts['level']}, call {facts['round']}, because nobody has taken it"
            case About.WARNING:
                return f"{clock} at risk, because it is due {due}{held}"
            case About.BREACH:
                return f"{clock} overdue, because it was due {due}{held}"
            case About.NOBODY:
                return f"level {facts['level']} is empty, so the next one is called at once"
            case about:
                return _SAID.get(about, about.replace("_", " "))

    def _end(self) -> Iterator[str]:
        left_out = self.played.calls_left_out
        if left_out:
            yield f"  ... and {left_out} more calls of the last level until then"
        yield ""
        if self.played.cut_short:
            yield f"Stopped after {MOST_LOOKS} steps, {self._moment(self.played.until)}; use --hours to see less."
        else:
            yield f"Seen until {self._moment(self.played.until)}."

    def _promise_fields(self, one: Promise) -> Fields:
        days = one.target.budget.count if isinstance(one.target.budget, WorkingDays) else None
        shut = [] if one.due is None else shut_days(one.target.calendar, self.at, one.due)
        return {
            "clock": one.clock,
            "calendar": one.target.calendar.id,
            "budget_s": one.budget.total_seconds(),
            "working_days": days,
            "warn_at": written(one.warn_at),
            "due": written(one.due),
            "due_with_pause": written(self._judged(one)),
            "provisional": one.provisional,
            "holidays": [_shut(day) for day in shut],
        }

    def _told_fields(self, one: Told) -> Fields:
        to, facts = one.notice.to, one.notice.facts
        return {
            "at": written(one.at),
            "minute": (one.at - self.at) // timedelta(minutes=1),
            "to": f"person:{to.person}" if isinstance(to, ToPerson) else f"team:{to.team}",
            "name": self._who(one),
            "about": one.notice.about,
            "level": one.event.level if isinstance(one.event, Called) else None,
            "call": one.event.round if isinstance(one.event, Called) else None,
            "clock": str(facts["clock"]) if "clock" in facts else None,
            "due": written(datetime.fromisoformat(facts["due"])) if "due" in facts else None,
            "reason": self._what(one),
            "held": one.at > one.event.at,
        }

    def _moment(self, at: datetime | None) -> str:
        return "never" if at is None else self.reader.moment(at, self.at)


_SAID: Mapping[About, str] = {
    About.RECEIPT: "the receipt, because it was raised",
    About.TEAM_CARD: "the ticket, because it was raised",
    About.QUESTION: "a question; the clocks that may pause stand from now on",
    About.REPLY_BACK: "the answer; the clocks run again",
}


def _budget(one: Promise) -> str:
    budget = one.target.budget
    if isinstance(budget, WorkingDays):
        return "1 working day" if budget.count == 1 else f"{budget.count} working days"
    hours, rest = divmod(budget, timedelta(hours=1))
    minutes = rest / timedelta(minutes=1)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, f"{minutes:g} min"] if minutes or not parts else parts)


def _since(length: timedelta) -> str:
    """+0:05, +49:30: hours and minutes since it was raised."""
    minutes = length // timedelta(minutes=1)
    return f"+{minutes // 60}:{minutes % 60:02}"


def _exit(why: str) -> NoReturn:
    complain(why)
    raise SystemExit(1)
