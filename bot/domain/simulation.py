"""A ticket's life when nobody does anything: who would be told at which minute, by the desk's own decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.announce import About, Notice, announce
from bot.domain.commands import Command, Raise, Say, Tick, WaitForRequester
from bot.domain.events import AnyEvent, Called, Warned
from bot.domain.ids import DESK, TicketId
from bot.domain.lifecycle import decide
from bot.domain.passing import ahead
from bot.domain.rules import Rules
from bot.domain.sla import Promise, PromiseState, promises
from bot.domain.ticket import Ticket

REPEATS = 2
"""So often the last level is called again; then the rest is only counted."""

MOST_LOOKS = 20_000
"""A simulation that looks more often stops and says so: a policy that calls every second would go on for hours."""

_NUMBER = TicketId(1)


@dataclass(frozen=True, slots=True)
class Spell:
    """From when to when the ticket waits for its requester, asked by whoever stands first in the team."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """One message to one recipient at `at`, because of `event`; later than the event when it waits for the opening."""

    at: datetime
    notice: Notice
    event: AnyEvent


@dataclass(frozen=True, slots=True)
class Simulation:
    """What would be said, in order, and how the promises stand."""

    ticket: Ticket
    told: tuple[Told, ...]
    promised: tuple[Promise, ...]
    """As they stood when it was raised."""
    judged: tuple[Promise, ...]
    """As they stand at `until`."""
    until: datetime
    calls_left_out: int
    """Calls of the last level after `REPEATS`; none when the hours were given."""
    cut_short: bool
    """It stopped at `MOST_LOOKS`."""


def simulate(
    command: Raise, rules: Rules, at: datetime, *, hours: timedelta | None = None, waits: Spell | None = None
) -> Simulation:
    """The life of such a ticket from `at` on, from one wake-up to the next by ticks, as the desk itself lives it.

    It ends after `hours`; without them when the last level has been called again twice and every promise has run
    out or is done. Raises Refusal where the desk would.
    """
    life = _Life(rules, None if hours is None else at + hours)
    life.obey(replace(command, ticket=_NUMBER), at)
    promised = ahead(life.of, rules, at).promises
    plans = [] if waits is None else _plans(waits, life.of, rules)
    now = at
    for _ in range(MOST_LOOKS):
        step = life.next_step(now, plans)
        if step is None:
            return life.told_until(life.end or now, promised, cut_short=False)
        now, order = step
        life.obey(order, now)
    return life.told_until(now, promised, cut_short=True)


def _plans(waits: Spell, ticket: Ticket, rules: Rules) -> list[tuple[datetime, Command]]:
    """The question that the ticket waits for, and its answer."""
    someone = rules.team(ticket.team).members[0]
    asking = WaitForRequester(by=someone, ticket=ticket.id, why="?")
    answering = Say(by=ticket.requester, ticket=ticket.id, words="!")
    return [(waits.since, asking), (waits.until, answering)]


class _Life:
    def __init__(self, rules: Rules, end: datetime | None) -> None:
        self.end = end
        self._rules = rules
        self._ticket: Ticket | None = None
        self._told: list[Told] = []
        self._last_calls = 0
        self._left_out = 0

    @property
    def of(self) -> Ticket:
        """The ticket as it is now."""
        if self._ticket is None:
            raise ValueError("nothing has been raised yet")
        return self._ticket

    def obey(self, command: Command, at: datetime) -> None:
        """The command is decided, and what has to be said about it is noted."""
        decision = decide(self._ticket, command, self._rules, at)
        self._ticket = decision.ticket
        first = decision.ticket.entries - len(decision.events) + 1
        is_noted = [self._is_noted(event) for event in decision.events]
        for notice in announce(decision.ticket, decision.events, self._rules):
            place = notice.entry - first
            if is_noted[place]:
                self._told.append(Told(max(at, notice.not_before or at), notice, decision.events[place]))

    def next_step(self, now: datetime, plans: list[tuple[datetime, Command]]) -> tuple[datetime, Command] | None:
        """What happens next and when; None when it is over."""
        looking = ahead(self.of, self._rules, now)
        moment, order = looking.wake_at, Tick(by=DESK, ticket=_NUMBER)
        if plans and (moment is None or plans[0][0] < moment):
            step: tuple[datetime, Command] | None = plans[0]
        else:
            step = None if moment is None else (moment, order)
        if step is None or (self.end is not None and step[0] > self.end):
            return None
        if self.end is None and not plans and self._is_settled(looking.promises):
            return None
        if plans and step is plans[0]:
            plans.pop(0)
        return step

    def told_until(self, until: datetime, promised: Sequence[Promise], *, cut_short: bool) -> Simulation:
        """What was said by then, without warnings that the breach has overtaken before they could be said."""
        within = [one for one in self._told if self.end is None or one.at <= self.end]
        told = sorted(filter(self._is_worth_saying, within), key=lambda one: one.at)
        judged = ahead(self.of, self._rules, until).promises
        return Simulation(self.of, tuple(told), tuple(promised), judged, until, self._left_out, cut_short)

    def _is_noted(self, event: AnyEvent) -> bool:
        if not isinstance(event, Called) or event.level < self._last_level():
            return True
        self._last_calls += 1
        if self.end is not None or self._last_calls <= 1 + REPEATS:
            return True
        self._left_out += 1
        return False

    def _last_level(self) -> int:
        policy = self._rules.policy_for(self.of.team, self.of.priority)
        return 0 if policy is None else len(policy.steps)

    def _is_settled(self, standing: Sequence[Promise]) -> bool:
        runs = any(one.state is PromiseState.RUNNING for one in standing)
        return not runs and (self.of.chase is None or self._last_calls > REPEATS)

    def _is_worth_saying(self, told: Told) -> bool:
        event = told.event
        if told.notice.about is not About.WARNING or not isinstance(event, Warned) or told.at == event.at:
            return True
        marks = [mark for mark in self.of.marks if mark.at <= told.at]
        standing = promises(marks, self._rules.terms_of, told.at)
        return any(
            (one.clock, one.cycle, one.state) == (event.clock, event.cycle, PromiseState.RUNNING) for one in standing
        )
