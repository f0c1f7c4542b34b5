"""How a ticket's promises stand; and, once it is over, how they were judged, whatever the rules say later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.anew import anew
from bot.domain.rules import Rules
from bot.domain.sla import Clock, Promise, PromiseState, Target, promises
from bot.domain.ticket import Ticket, Verdict
from bot.domain.worktime import ALWAYS


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline that is another one than was written down."""

    clock: Clock
    cycle: int
    was: datetime | None
    now: datetime | None


def promises_of(ticket: Ticket, rules: Rules, now: datetime) -> tuple[Promise, ...]:
    """Every promise of the ticket's life: from its marks while it goes on, as judged once it is over."""
    if ticket.verdicts:
        return tuple(_as_promise(one, rules) for one in ticket.verdicts)
    return promises(ticket.marks, rules.terms_of, now)


def sealed(ticket: Ticket, rules: Rules, now: datetime) -> Ticket:
    """A ticket that has just come to its end, with its verdicts; any other as it is."""
    if not ticket.is_over or ticket.verdicts:
        return ticket
    return anew(ticket, verdicts=tuple(_verdict(one) for one in promises(ticket.marks, rules.terms_of, now)))


def moved_deadlines(
    ticket: Ticket, written: dict[Clock, datetime | None], rules: Rules, now: datetime
) -> tuple[Moved, ...]:
    """Where the deadlines worked out from the ticket's own marks differ from those written down beside it."""
    standing = {
        one.clock: one
        for one in promises(ticket.marks, rules.terms_of, now)
        if one.state in (PromiseState.RUNNING, PromiseState.BROKEN, PromiseState.PAUSED)
    }
    return tuple(
        Moved(clock, one.cycle, written[clock], one.due)
        for clock, one in standing.items()
        if clock in written and written[clock] != one.due
    )


def _verdict(promise: Promise) -> Verdict:
    return Verdict(
        clock=promise.clock,
        cycle=promise.cycle,
        state=promise.state,
        begun=promise.begun,
        due=promise.due,
        used=promise.used,
        budget=promise.budget,
        done_at=promise.done_at,
        broken_at=promise.broken_at,
        reclassified=promise.reclassified,
        terms=promise.terms,
    )


def _as_promise(verdict: Verdict, rules: Rules) -> Promise:
    target = rules.terms_of(verdict.terms).targets.get(verdict.clock) or Target(verdict.budget, ALWAYS)
    return Promise(
        clock=verdict.clock,
        cycle=verdict.cycle,
        state=verdict.state,
        begun=verdict.begun,
        due=verdict.due,
        left=timedelta(0),
        used=verdict.used,
        budget=verdict.budget,
        warn_at=None,
        done_at=verdict.done_at,
        broken_at=verdict.broken_at,
        reclassified=verdict.reclassified,
        provisional=False,
        target=target,
        terms=verdict.terms,
    )
