"""What time does to a ticket: warnings, breaches, calls, closing; and when to look again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import attention, drilling, escalation, reacting
from bot.domain.anew import anew
from bot.domain.commands import Downtime, Review, Tick
from bot.domain.decided import Step
from bot.domain.events import AnyEvent, Broken, Moved, Rescheduled, Warned
from bot.domain.ids import DESK, Status
from bot.domain.judging import moved_deadlines, promises_of
from bot.domain.rules import Rules
from bot.domain.sla import Clock, Mark, MarkKind, Promise, PromiseState, promises
from bot.domain.ticket import Ticket

INSTANT = timedelta(milliseconds=1)
"""A promise kept at its deadline is kept, so a breach is looked for one instant after it."""


def ticked(ticket: Ticket, tick: Tick, rules: Rules, now: datetime) -> Step:
    """Everything due by `now` has happened once; `wake_at` lies after `now` or is None. A wait that is over has been
    ended before."""
    if ticket.is_over:
        return ticket, ()
    if drilling.is_drill(ticket):
        return drilling.ticked(ticket, now)
    noted, events = noticed(ticket, rules, now, down=tick.down, warn=True)
    if noted.is_done:
        closed, more = _closed_by_time(noted, rules, now)
        return closed, (*events, *more)
    looked, looks = attention.looked(noted, rules, now)
    called, calls = escalation.call_due(looked, rules, now, down=tick.down)
    return called, (*events, *looks, *calls)


def noticed(ticket: Ticket, rules: Rules, now: datetime, *, down: Downtime | None = None, warn: bool = False) -> Step:
    """What became of the promises is on record, and what the policy wants done about it is done."""
    noted, events = note_breaks(ticket, rules, now, down=down, warn=warn)
    if not events or not noted.is_open:
        return noted, events
    after, more = reacting.reacted(noted, events, rules, now)
    return after, (*events, *more)


def note_breaks(
    ticket: Ticket, rules: Rules, now: datetime, *, down: Downtime | None = None, warn: bool = False
) -> Step:
    """Every promise that ran out before `now` is recorded once, with the instant at which it did; with `warn`, also
    those that are about to. Of a warning and a breach due together only the breach is said."""
    events: list[AnyEvent] = []
    said = ticket.said
    for promise in promises(ticket.marks, rules.terms_of, now):
        broken, warned = _key("broken", promise), _key("warn", promise)
        if promise.broken_at is not None:
            if broken not in said and not promise.carried:
                said |= {broken, warned}
                events.append(_broken(promise, promise.broken_at, rules, now, down))
        elif warn and _is_to_warn(promise, now) and warned not in said:
            said |= {warned}
            events.append(_warned(promise, rules, now, down))
    return (anew(ticket, said=said), events) if events else (ticket, ())


@dataclass(frozen=True, slots=True)
class Ahead:
    """What lies ahead of a ticket, seen from one moment."""

    wake_at: datetime | None
    promises: tuple[Promise, ...]


def ahead(ticket: Ticket, rules: Rules, now: datetime) -> Ahead:
    """Its promises as they stand, and the next moment at which time has something to do here, if any."""
    made = promises_of(ticket, rules, now)
    if ticket.is_over:
        return Ahead(None, made)
    if ticket.is_done:
        return Ahead(_close_at(ticket, rules), made)
    moments = [ticket.chase.next_at] if ticket.chase else []
    if ticket.until is not None:
        moments.append(ticket.until)
    look = attention.next_look(ticket, rules)
    if look is not None:
        moments.append(look)
    for promise in made:
        if _is_unsaid(promise, ticket):  # other terms have come too late for it
            moments.append(now + INSTANT)
        if promise.state is not PromiseState.RUNNING or promise.due is None:
            continue
        if promise.warn_at is not None and _key("warn", promise) not in ticket.said:
            moments.append(promise.warn_at)
        if _key("broken", promise) not in ticket.said:
            moments.append(promise.due + INSTANT)
    return Ahead(min(moments, default=None), made)


def wake_at(ticket: Ticket, rules: Rules, now: datetime) -> datetime | None:
    """The next moment at which time has something to do here, or None."""
    return ahead(ticket, rules, now).wake_at


def reviewed(ticket: Ticket, command: Review, rules: Rules, now: datetime) -> Step:
    """The deadlines follow the rules in force, and each that moved has its line. What is over stays as judged."""
    if ticket.is_over:
        return ticket, ()
    written = {
        Clock.RESPONSE: command.response,
        Clock.UPDATE: command.update,
        Clock.RESOLUTION: command.resolution,
    }
    events = [
        Rescheduled(
            at=now,
            by=DESK,
            clock=one.clock,
            cycle=one.cycle,
            was=one.was,
            due=one.now,
            rules_version=rules.version,
        )
        for one in moved_deadlines(ticket, written, rules, now)
    ]
    return anew(ticket, rules_version=rules.version), events


def _is_unsaid(promise: Promise, ticket: Ticket) -> bool:
    return promise.broken_at is not None and not promise.carried and _key("broken", promise) not in ticket.said


def _is_to_warn(promise: Promise, now: datetime) -> bool:
    return promise.state is PromiseState.RUNNING and promise.warn_at is not None and promise.warn_at <= now


def _key(moment: str, promise: Promise) -> str:
    return f"{moment}:{promise.clock}:{promise.cycle}"


def _broken(promise: Promise, broken_at: datetime, rules: Rules, now: datetime, down: Downtime | None) -> Broken:
    late = now - broken_at > rules.manner.late_after
    return Broken(
        at=now,
        by=DESK,
        clock=promise.clock,
        cycle=promise.cycle,
        due=broken_at,
        reclassified=promise.reclassified,
        late=late,
        down_since=down.since if down and late else None,
        down_until=down.until if down and late else None,
    )


def _warned(promise: Promise, rules: Rules, now: datetime, down: Downtime | None) -> Warned:
    if promise.due is None or promise.warn_at is None:
        raise ValueError("a promise without a deadline has no warning")
    late = now - promise.warn_at > rules.manner.late_after
    return Warned(
        at=now,
        by=DESK,
        clock=promise.clock,
        cycle=promise.cycle,
        due=promise.due,
        late=late,
        down_since=down.since if down and late else None,
        down_until=down.until if down and late else None,
    )


def _close_at(ticket: Ticket, rules: Rules) -> datetime | None:
    if ticket.done_at is None:
        return None
    wait = rules.manner.close_after
    return rules.calendar_of(ticket.team).add_working_days(ticket.done_at, wait.count, end_of_day=wait.end_of_day)


def _closed_by_time(ticket: Ticket, rules: Rules, now: datetime) -> Step:
    close_at = _close_at(ticket, rules)
    if close_at is None or now < close_at:
        return ticket, ()
    after = anew(
        ticket,
        status=Status.CLOSED,
        over_at=now,
        marks=(*ticket.marks, Mark(now, MarkKind.CLOSE)),
    )
    return after, (Moved(at=now, by=DESK, verb="close", was=ticket.status, to=Status.CLOSED, why="silence"),)
