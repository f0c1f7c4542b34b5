"""`deskbell sla eval`: cases and answers as plain JSON values, so that anyone can check the clocks of the desk."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.sla import (
    Clock,
    Mark,
    MarkKind,
    Promise,
    PromiseState,
    Target,
    Terms,
    current,
    in_order,
    promises,
)
from bot.domain.worktime import (
    BadHours,
    Calendar,
    OutOfReach,
    Problem,
    ProblemCode,
    Window,
    parse_hours,
    parse_windows,
)

Case = Mapping[str, Any]
Answer = dict[str, Any]

CLOCKS: Mapping[str, Clock] = {
    "response": Clock.RESPONSE,
    "update": Clock.UPDATE,
    "resolve": Clock.RESOLUTION,
    "keep_in_loop": Clock.LOOP,
}
"""How the clocks are called in cases and answers."""


class BadCase(ValueError):
    """A case that cannot be worked out; its message says what to change."""


def evaluated(lines: Iterable[str]) -> Iterator[str]:
    """One line of JSON for each line of JSON; empty lines are passed over."""
    calendars: dict[str, Calendar] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            answer = evaluate(json.loads(line), calendars)
        except (json.JSONDecodeError, RecursionError) as bad:
            answer = {"id": None, "error": f"line {number} is not JSON ({bad}): write one object on each line"}
        yield _line(answer)


def evaluate(case: object, calendars: dict[str, Calendar] | None = None) -> Answer:
    """The answer to one case, or its error in words. `calendars` remembers the ones that were worked out before."""
    if not isinstance(case, Mapping):
        return {"id": None, "error": "a case is a JSON object: start it with {"}
    number = case.get("id")
    try:
        return {"id": number, **_answered(case, {} if calendars is None else calendars)}
    except BadHours as bad:
        return {"id": number, "error": _in_words(bad.problems)}
    except BadCase as bad:
        return {"id": number, "error": str(bad)}
    except (OutOfReach, OverflowError):
        return {"id": number, "error": "a moment lies out of reach: use a smaller duration, and years 1900 to 2200"}


def _line(answer: Answer) -> str:
    """As people read it, unless it holds half a character, which no stream would take."""
    line = json.dumps(answer, ensure_ascii=False)
    return line if line.isprintable() else json.dumps(answer)


def _answered(case: Case, calendars: dict[str, Calendar]) -> Answer:
    kinds = {"deadline": _deadline, "elapsed": _elapsed, "sequence": _sequence}
    kind = case.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        raise BadCase(f"kind is {_shown(kind)}: use {_listed(kinds)}")
    return kinds[kind](case, _calendar(case, calendars))


def _deadline(case: Case, calendar: Calendar) -> Answer:
    start = _moment(case, "start")
    if ("duration_s" in case) is ("duration_days" in case):
        raise BadCase("a deadline needs either duration_s or duration_days")
    if "duration_s" in case:
        return {"deadline": _written(calendar.add(start, _seconds(case["duration_s"], "duration_s")))}
    days, unit = case["duration_days"], case.get("unit", "working_day")
    if unit != "working_day":
        raise BadCase(f'unit is {_shown(unit)}: use "working_day", or give the duration as duration_s')
    if not isinstance(days, int) or isinstance(days, bool) or days < 0:
        raise BadCase(f"duration_days is {_shown(days)}: use a whole number that is not negative")
    end_of_day = case.get("end_of_day", False)
    if not isinstance(end_of_day, bool):
        raise BadCase(f"end_of_day is {_shown(end_of_day)}: use true or false")
    return {"deadline": _written(calendar.add_working_days(start, days, end_of_day=end_of_day))}


def _elapsed(case: Case, calendar: Calendar) -> Answer:
    return {"elapsed_s": _number(calendar.between(_moment(case, "start"), _moment(case, "end")))}


# A ticket's life.

_HEARD: Mapping[str, tuple[MarkKind, ...]] = {
    "create": (MarkKind.CREATE,),
    "agent_reply": (MarkKind.REPLY,),
    "first_response": (MarkKind.RESPOND,),
    "customer_message": (MarkKind.CUSTOMER,),
    "open": (MarkKind.REOPEN, MarkKind.RESUME),
    "pause": (MarkKind.PAUSE,),
    "resume": (MarkKind.RESUME,),
    "set_priority": (MarkKind.TERMS,),
    "set_sla": (MarkKind.TERMS,),
    "resolve": (MarkKind.RESOLVE,),
    "close": (MarkKind.RESOLVE, MarkKind.CLOSE),
    "reopen": (MarkKind.REOPEN,),
    "cancel": (MarkKind.CANCEL,),
}
"""What a clock hears of an event. One it does not wait for, such as resolving twice, changes nothing; so closing
what nobody resolved is its resolution, and opening ends a pause as well as a resolution."""

_BORN: Mapping[str, tuple[MarkKind, ...]] = {
    **dict.fromkeys(("new", "open", "accepted", "in_progress"), ()),
    **dict.fromkeys(
        ("pending", "paused", "on_hold", "waiting", "scheduled", "waiting_requester", "waiting_approval"),
        (MarkKind.PAUSE,),
    ),
    **dict.fromkeys(("resolved", "fulfilled"), (MarkKind.RESOLVE,)),
    "closed": (MarkKind.RESOLVE, MarkKind.CLOSE),
}
"""The states in which a ticket can be created."""


def _sequence(case: Case, calendar: Calendar) -> Answer:
    events = _events(case)
    marks = in_order(mark for place, event in enumerate(events) for mark in _marks(event, place))
    if "now" in case:
        now = _moment(case, "now")
        marks = tuple(mark for mark in marks if mark.at <= now)
    if not marks or marks[0].what is not MarkKind.CREATE:
        raise BadCase("a life begins with its create event: give one, at the earliest moment of all")
    if sum(mark.what is MarkKind.CREATE for mark in marks) > 1:
        raise BadCase("there are two create events: a ticket is created once")
    terms = _terms(case, events, marks, calendar)
    now = _moment(case, "now") if "now" in case else marks[-1].at
    return _told(promises(marks, terms.__getitem__, now), marks)


def _events(case: Case) -> Sequence[Case]:
    events = case.get("events")
    if not isinstance(events, list) or not all(isinstance(event, Mapping) for event in events):
        raise BadCase('events are missing: use [{"at": "2026-03-02T09:00:00Z", "type": "create"}, ...]')
    return events


def _marks(event: Case, place: int) -> Iterator[Mark]:
    """What the clocks hear of one event. `terms` holds its place, until the terms are known."""
    what = event.get("type")
    if not isinstance(what, str) or what not in _HEARD:
        raise BadCase(f"type of event {place + 1} is {_shown(what)}: use {_listed(_HEARD)}")
    kinds = _HEARD[what]
    state = event.get("state")
    if what == "create" and state is not None:
        if not isinstance(state, str) or state not in _BORN:
            raise BadCase(f"state of event {place + 1} is {_shown(state)}: use {_listed(_BORN)}")
        kinds = (*kinds, *_BORN[state])
    at = _moment(event, "at", f"event {place + 1}")
    why = event.get("reason", state) if MarkKind.PAUSE in kinds else None
    for kind in kinds:
        yield Mark(at, kind, terms=str(place), why=str(why or ""))


def _terms(case: Case, events: Sequence[Case], marks: Sequence[Mark], calendar: Calendar) -> dict[str, Terms]:
    """The terms that each create, set_priority and set_sla brings, by the place of the event."""
    pausing = _pausing(case)
    offer, chosen = case.get("sla"), case.get("priority")
    found: dict[str, Terms] = {}
    for mark in marks:
        if mark.what not in (MarkKind.CREATE, MarkKind.TERMS):
            continue
        event, where = events[int(mark.terms)], f"event {int(mark.terms) + 1}"
        for kind, key in (("set_priority", "priority"), ("set_sla", "sla")):
            if event["type"] == kind and key not in event:
                raise BadCase(f"{key} of {where} is missing: {kind} needs it")
        chosen = event.get("priority", chosen)
        if isinstance(event.get("sla"), str):
            chosen = event["sla"]
        else:
            offer = event.get("sla", offer)
        found[mark.terms] = Terms(_targets(offer, chosen, calendar, where), pausing)
    return found


def _targets(offer: object, chosen: object, calendar: Calendar, where: str) -> dict[Clock, Target]:
    """The targets of an sla, which is either one set of them or several by priority."""
    if not isinstance(offer, Mapping) or not offer:
        raise BadCase('sla is missing: use {"response_s": 3600, ...} or {"P1": {"response_s": 900, ...}, ...}')
    targets: Case = offer
    if all(isinstance(each, Mapping) for each in offer.values()):
        if str(chosen) not in offer:
            raise BadCase(f"priority at {where} is {_shown(chosen)}, but the sla has {_listed(offer)}: use one of them")
        targets = offer[str(chosen)]
    known = {f"{name}_s": clock for name, clock in CLOCKS.items()}
    strange = [key for key in targets if key not in known]
    if strange:
        raise BadCase(f"sla at {where} promises {_listed(strange)}: use {_listed(known)}")
    return {
        clock: Target(_seconds(targets[key], key), calendar, warn_share=None)
        for key, clock in known.items()
        if targets.get(key) is not None
    }


def _pausing(case: Case) -> frozenset[Clock]:
    names = case.get("pause_clocks", ["update", "resolve"])
    if not isinstance(names, list) or not all(isinstance(name, str) and name in CLOCKS for name in names):
        raise BadCase(f"pause_clocks is {_shown(names)}: use a list of {_listed(CLOCKS)}")
    return frozenset(CLOCKS[name] for name in names)


def _told(found: Sequence[Promise], marks: Sequence[Mark]) -> Answer:
    """Where each clock stands, and every promise of the ticket's life."""
    answer: Answer = {}
    names = {clock: name for name, clock in CLOCKS.items()}
    for name, clock in CLOCKS.items():
        promise = current(found, clock)
        answer[f"{name}_due"] = _awaited(promise)
        answer[f"{name}_state"] = promise and promise.state.value
        answer[f"{name}_paused"] = promise is not None and promise.state is PromiseState.PAUSED
        answer[f"{name}_left_s"] = promise and promise.left is not None and _number(promise.left)
        answer[f"{name}_consumed_s"] = promise and _number(promise.used)
        answer[f"{name}_done_at"] = promise and _written(promise.done_at)
    answer["response_at"] = answer["response_done_at"]
    answer["breaches"] = [
        {
            "clock": names[promise.clock],
            "cycle": promise.cycle,
            "at": _written(promise.broken_at),
            "reclassified": promise.reclassified,
        }
        for promise in sorted(found, key=lambda promise: promise.broken_at or promise.begun)
        if promise.broken_at is not None and not promise.carried
    ]
    answer["promises"] = [
        {
            "clock": names[promise.clock],
            "cycle": promise.cycle,
            "begun": _written(promise.begun),
            "due": _written(promise.due),
            "state": promise.state.value,
            "consumed_s": _number(promise.used),
            "done_at": _written(promise.done_at),
        }
        for promise in found
    ]
    return answer


def _awaited(promise: Promise | None) -> str | None:
    """The deadline that counts: the one that is open, or the one by which the ticket is judged.

    Updates and answers come again and again, so a past one is not due any more; nor is what was given up.
    """
    if promise is None or promise.state is PromiseState.STOPPED:
        return None
    if promise.clock in (Clock.UPDATE, Clock.LOOP) and promise.done_at is not None:
        return None
    return _written(promise.due)


# Calendars.

_CALENDAR = ("tz", "hours", "holidays", "extra", "breaks")


def _calendar(case: Case, calendars: dict[str, Calendar]) -> Calendar:
    key = json.dumps([case.get(name) for name in _CALENDAR], default=str)
    if key not in calendars:
        calendar = _built(case)
        problems = calendar.problems()
        if problems:
            raise BadHours(*problems)
        calendars[key] = calendar
    return calendars[key]


def _built(case: Case) -> Calendar:
    zone, hours, holidays = case.get("tz"), case.get("hours"), case.get("holidays") or []
    if not isinstance(zone, str):
        raise BadCase('tz is missing: name a zone such as "Europe/Berlin"')
    if not isinstance(hours, Mapping) or not all(isinstance(windows, list) for windows in hours.values()):
        raise BadCase('hours are missing: use {"mon": [["09:00", "17:00"]], ...}')
    if not isinstance(holidays, list):
        raise BadCase('holidays are not a list: use ["2026-12-25", ...]')
    return Calendar(
        id="case",
        zone=zone,
        weekly=parse_hours(hours),
        closed=frozenset(_date(day, "holidays") for day in holidays),
        special=_dated(case, "extra"),
        breaks=_dated(case, "breaks"),
    )


def _dated(case: Case, name: str) -> dict[date, tuple[Window, ...]]:
    written = case.get(name) or {}
    if not isinstance(written, Mapping) or not all(isinstance(windows, list) for windows in written.values()):
        raise BadCase(f'{name} has no windows by date: use {{"2026-02-14": [["09:00", "18:00"]], ...}}')
    return {_date(day, name): parse_windows(windows, f"{name} {day}") for day, windows in written.items()}


_WORDS: Mapping[ProblemCode, str] = {
    ProblemCode.UNKNOWN_ZONE: "is no zone: use an IANA name such as Asia/Shanghai",
    ProblemCode.UNKNOWN_WEEKDAY: "is no weekday: use mon, tue, wed, thu, fri, sat or sun",
    ProblemCode.WEEKDAY_TWICE: "is given twice: put all its windows in one list",
    ProblemCode.NOT_A_CLOCK_TIME: "is no time of day: use 09:00, up to 24:00",
    ProblemCode.NOT_A_WINDOW: 'is no window: use a pair such as ["09:00", "17:00"]',
    ProblemCode.EQUAL_EDGES: "opens and closes at the same time: use 00:00 to 24:00 for a whole day",
    ProblemCode.OVERLAPPING_WINDOWS: "overlap: let one end where the next begins",
    ProblemCode.IMPOSSIBLE_DATE: "is no date of any year",
    ProblemCode.OVERRIDE_ON_HOLIDAY: "is a holiday with hours of its own: take it out of holidays or out of extra",
    ProblemCode.EMPTY: "the calendar never opens: give hours",
    ProblemCode.NEVER_OPENS: "the calendar stays closed for more than 366 days: give hours",
}


def _in_words(problems: Iterable[Problem]) -> str:
    return "; ".join(
        f"{' '.join(part for part in (problem.where, problem.found) if part)} {_WORDS[problem.code]}".strip()
        for problem in problems
    )


# Single values.


def _moment(source: Case, name: str, where: str = "") -> datetime:
    written, place = source.get(name), f"{name} of {where}" if where else name
    try:
        moment = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadCase(f"{place} is {_shown(written)}: use a moment in UTC such as 2026-03-02T09:00:00Z")
    return moment.astimezone(UTC)


def _date(written: object, where: str) -> date:
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        raise BadCase(f"{where} has {_shown(written)}: use dates such as 2026-12-25") from None


def _seconds(written: object, name: str) -> timedelta:
    if not isinstance(written, int | float) or isinstance(written, bool) or not 0 <= written < math.inf:
        raise BadCase(f"{name} is {_shown(written)}: use a number of seconds that is not negative")
    return timedelta(seconds=written)


def _number(span: timedelta) -> int | float:
    seconds = span.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def _shown(value: object) -> str:
    return "missing" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _listed(names: Iterable[object]) -> str:
    return ", ".join(str(name) for name in names)
