"""A ticket's life when nobody does anything: who would be told at which minute, by the desk's own decisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain import escalation
from bot.domain.announce import CALLS, About, Notice, ToPerson, announce
from bot.domain.commands import Command, Raise, Say, Tick, WaitForRequester
from bot.domain.events import AnyEvent, Called, Warned
from bot.domain.ids import DESK, TicketId
from bot.domain.lifecycle import decide
from bot.domain.passing import ahead
from bot.domain.rules import Condition, Rules, Way
from bot.domain.sla import Promise, PromiseState, promises
from bot.domain.ticket import Chase, Ticket
from bot.domain.ways import ways_of, weight_of

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
    """One message to one recipient at `at`, because of `event`; later than the event when it waits for the opening. A
    call says by which of that person's ways it goes, from 0, and where to."""

    at: datetime
    notice: Notice
    event: AnyEvent
    place: int = 0
    address: str = ""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A level (from 1) that was not called at `at`, because it is meant only for something else. What was called
    instead is line `entry` of the history."""

    at: datetime
    entry: int
    level: int
    only: Condition


@dataclass(frozen=True, slots=True)
class Simulation:
    """What would be said, in order, and how the promises stand."""

    ticket: Ticket
    told: tuple[Told, ...]
    passed: tuple[PassedOver, ...]
    """Each level once."""
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
        self._passed: dict[int, PassedOver] = {}
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
        before = None if self._ticket is None else self._ticket.chase
        decision = decide(self._ticket, command, self._rules, at)
        self._ticket = decision.ticket
        if decision.ticket.chase is None:  # whoever has answered is not tried by further ways
            self._told = [one for one in self._told if one.at <= at or not one.place]
        first = decision.ticket.entries - len(decision.events) + 1
        self._note_passed(decision.events, first, before, at)
        is_left_out = self._is_left_out(decision.events)
        for notice in announce(decision.ticket, decision.events, self._rules):
            event = decision.events[notice.entry - first]
            if not (is_left_out and isinstance(event, Called)):
                self._told += self._letters(notice, event, at)

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
        passed = tuple(self._passed.values())
        return Simulation(self.of, tuple(told), passed, tuple(promised), judged, until, self._left_out, cut_short)

    def _letters(self, notice: Notice, event: AnyEvent, at: datetime) -> Iterator[Told]:
        """One, or of a call one for each way of that person, as the desk writes them."""
        ways: tuple[Way, ...] = ()
        if notice.about in CALLS and isinstance(notice.to, ToPerson) and notice.to.person in self._rules.people:
            ways = ways_of(self._rules.people[notice.to.person], weight_of(self.of.priority))
        if not ways:
            yield Told(max(at, notice.not_before or at), notice, event)
        for place, way in enumerate(ways):
            yield Told(max(at + way.after, notice.not_before or at), notice, event, place, way.to)

    def _note_passed(self, events: Sequence[AnyEvent], first: int, before: Chase | None, at: datetime) -> None:
        """The levels between the one whose turn it was and the one that was called instead, as far as they are meant
        for something else."""
        policy = None if self.of.chase is None else self._rules.policy_of(self.of.chase.policy)
        if policy is None:
            return
        last = len(policy.steps)
        expected = 0 if before is None else min(before.level, last - 1)
        for entry, event in enumerate(events, start=first):
            if isinstance(event, Called):
                called = last if event.last_resort else event.level - 1
                for level in range(expected, called if called >= expected else last):
                    only = policy.steps[level].only
                    if only is not None and not escalation.holds(only, self.of, self._rules, at):
                        self._passed.setdefault(level, PassedOver(at, entry, level + 1, only))
                expected = called + 1

    def _is_left_out(self, events: Sequence[AnyEvent]) -> bool:
        """Whether the same people are called once more, after it was said often enough."""
        if not any(isinstance(event, Called) for event in events) or not self._is_at_the_end():
            return False
        self._last_calls += 1
        if self.end is not None or self._last_calls <= 1 + REPEATS:
            return False
        self._left_out += 1
        return True

    def _is_at_the_end(self) -> bool:
        """Whether from now on the last are called again and again."""
        chase = self.of.chase
        policy = None if chase is None else self._rules.policy_of(chase.policy)
        return chase is not None and (policy is None or chase.level >= len(policy.steps))

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
