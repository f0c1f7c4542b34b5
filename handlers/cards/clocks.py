"""How promises stand, as facts and gauges: what is running, resting, paused, kept and late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.chat.card import Fact, Gauge, Tone
from bot.domain.ids import Status
from bot.domain.sla import Clock, Promise, PromiseState, current
from bot.domain.worktime import ALWAYS, Calendar
from handlers.cards.view import View

_SHOWN = (Clock.RESPONSE, Clock.UPDATE, Clock.RESOLUTION, Clock.LOOP)

_PAUSED_BY = frozenset({Status.WAITING_REQUESTER, Status.WAITING_APPROVAL, Status.SCHEDULED, Status.WAITING_SUPPLIER})


def present_promises(view: View) -> Iterator[Promise]:
    """The present promise of each clock that was ever started."""
    for clock in _SHOWN:
        promise = current(view.promises, clock)
        if promise is not None:
            yield promise


def clock_gauges(view: View) -> tuple[Gauge, ...]:
    """One bar for each promise that runs or has run out."""
    return tuple(
        _gauge(promise, view)
        for promise in present_promises(view)
        if promise.state in (PromiseState.RUNNING, PromiseState.BROKEN)
    )


def clock_facts(view: View) -> tuple[Fact, ...]:
    """One line for each promise that is paused or settled."""
    return tuple(fact for promise in present_promises(view) for fact in _facts(promise, view))


def clock_name(clock: str, view: View) -> str:
    """First response, resolution, ..."""
    return view.say(f"clock-{clock}")


def due_moment(promise: Promise, due: datetime, view: View) -> str:
    """The deadline as the reader reads it, with the marks a careful reader wants: make-up day, provisional."""
    calendar = promise.target.calendar
    moment = view.reader.moment(due, view.now, note=_kind_of_day(calendar, due, view))
    if not promise.provisional:
        return moment
    first, last = (at.astimezone(ZoneInfo(calendar.zone)).year for at in (promise.begun, due - datetime.resolution))
    missing = [year for year in range(min(first, last), last + 1) if year not in (calendar.years_known or ())]
    return view.say("a-provisional", moment=moment, year=view.reader.listed(map(str, missing)) or str(last))


def time_left(promise: Promise, view: View) -> str:
    """2 h 30 min left (working time): never a bare number where only working hours count."""
    left = promise.left or timedelta()
    if is_round_the_clock(promise.target.calendar):
        return view.say("left-around-the-clock", length=view.reader.length(left, days=True))
    return view.say("left-of-working-time", length=view.reader.length(left))


def is_round_the_clock(calendar: Calendar) -> bool:
    """Whether every hour counts."""
    return calendar.weekly == ALWAYS.weekly and not calendar.closed and not calendar.closed_yearly


def is_overdue(view: View) -> bool:
    """A promise has run out and is not done yet."""
    return any(promise.state is PromiseState.BROKEN for promise in present_promises(view))


def _gauge(promise: Promise, view: View) -> Gauge:
    label = clock_name(promise.clock, view)
    if promise.state is PromiseState.BROKEN:
        due = promise.broken_at or view.now
        return Gauge(label, 1.0, view.say("clock-overdue", due=due_moment(promise, due, view)), Tone.ALARM)
    due = promise.due or view.now
    note = view.say("clock-running", due=due_moment(promise, due, view), left=time_left(promise, view))
    opening = promise.target.calendar.next_opening(view.now)
    if opening > view.now:
        note = view.say("clock-resting", note=note, until=view.reader.moment(opening, view.now))
    return Gauge(label, round(promise.share, 3), note, _tone(promise))


def _tone(promise: Promise) -> Tone:
    warn = promise.target.warn_share
    return Tone.WARN if warn is not None and promise.share >= warn else Tone.CALM


def _facts(promise: Promise, view: View) -> Iterator[Fact]:
    label = clock_name(promise.clock, view)
    match promise.state:
        case PromiseState.PAUSED:
            yield Fact(label, _paused(promise, view), Tone.WARN)
        case PromiseState.KEPT if promise.done_at is not None:
            done = view.reader.moment(promise.done_at, view.now)
            yield Fact(label, view.say("clock-kept", done=done), Tone.GOOD)
        case PromiseState.MISSED if promise.done_at is not None and promise.broken_at is not None:
            late = view.say(
                "clock-late",
                done=view.reader.moment(promise.done_at, view.now),
                due=due_moment(promise, promise.broken_at, view),
            )
            yield Fact(label, late, Tone.ALARM)
        case _:
            return


def _paused(promise: Promise, view: View) -> str:
    status = view.ticket.status
    if status not in _PAUSED_BY:
        return view.say("clock-paused", left=time_left(promise, view))
    by = "waiting_you" if status is Status.WAITING_REQUESTER and _is_mine(view) else str(status)
    return view.say("clock-paused-until", left=time_left(promise, view), until=view.say(f"restart-{by}"))


def _is_mine(view: View) -> bool:
    return view.reader.person == view.ticket.requester


def _kind_of_day(calendar: Calendar, due: datetime, view: View) -> str:
    """A make-up working day is named, because nobody expects work on it; only where it is the same date for both."""
    if not calendar.shifts or not calendar.is_open(due - datetime.resolution):
        return ""
    there = due.astimezone(ZoneInfo(calendar.zone)).date()
    here = due.astimezone(view.reader.zone).date()
    return view.say("make-up-day") if there == here and there in calendar.shifts else ""
