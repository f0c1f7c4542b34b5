"""One clock of a ticket: it runs and stands, its deadline moves along, and it is judged once."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.promise import Clock, Mark, Promise, PromiseState, Target

Stretch = tuple[datetime, datetime, bool, Mark]
"""From when to when a clock ran (True) or stood, and the mark that made it so."""

_NOTHING = timedelta()
_RUNNING, _PAUSED, _BROKEN = PromiseState.RUNNING, PromiseState.PAUSED, PromiseState.BROKEN


class Clockwork:
    """A clock that counts working time from its origin on, told in the order in which things happened.

    The deadline is the first moment by which the whole budget is used. It is broken when that moment is past and
    nothing was done; neither a pause nor easier terms take a breach back.
    """

    due: datetime | None = None
    """Only when it cannot move any more: the budget is used up, or it is done."""
    done_at: datetime | None = None
    state: PromiseState | None = None
    """Only when done or stopped."""
    warned_at: datetime | None = None
    changed_at: datetime | None = None
    broken_at: datetime | None = None
    broken_under = ""
    reclassified = False
    carried = False

    def __init__(
        self, clock: Clock, cycle: int, target: Target, key: str, *, origin: Mark, begun: datetime, floor: datetime
    ) -> None:
        self.clock = clock
        self.cycle = cycle
        self.target = target
        self.key = key
        self.origin = origin
        self.begun = begun
        self.floor = floor  # no breach or warning lies before: until then this cycle or these terms did not hold
        self.since: datetime | None = origin.at  # None while it stands
        self.turned = origin
        self.turned_at = origin.at
        self.stretches: list[Stretch] = []
        self.used = _NOTHING  # by the beginning of the present run
        self.budget, self.in_days = _whole(target, origin.at)
        self.warn_after = target.warn_after(self.budget)

    def halt(self, at: datetime, why: Mark) -> None:
        """It stands from `at` on."""
        if self.since is not None:
            self._count(self.since, at)
            self._turn(at, why, ran=True)
            self.since = None

    def run(self, at: datetime, why: Mark) -> None:
        """It runs again from `at` on."""
        if self.since is None:
            self._turn(at, why, ran=False)
            self.since = at

    def stop(self, at: datetime, why: Mark, *, judged: bool) -> None:
        """Done at `at`, or given up then. One that stood is judged as if it had just gone on."""
        self.run(at, why)
        self.due = self.look(at)
        self.halt(at, why)
        self.done_at = at
        if not judged:
            self.state = PromiseState.STOPPED
        else:
            self.state = PromiseState.KEPT if self.broken_at is None else PromiseState.MISSED

    def look(self, at: datetime) -> datetime | None:
        """The deadline as it stands at `at`, None while the clock does; a breach before `at` is noted."""
        due = self.due
        if due is None and self.since is not None:
            due = self._deadline(self.since)
        if due is not None and due < at and self.broken_at is None:
            self.broken_at = max(due, self.floor)
            self.broken_under = self.key
            self.reclassified = self.changed_at is not None and due < self.changed_at
        return due

    def go_on_from(self, earlier: Clockwork) -> None:
        """The next cycle of `earlier`: its breach goes along, without being news."""
        self._keep_breach(earlier)
        self.carried = earlier.broken_at is not None
        if self.target != earlier.target:
            self.changed_at = self.floor

    def take_over(self, earlier: Clockwork, at: datetime) -> None:
        """`earlier` under other terms since `at`: its breach stays its breach."""
        self._keep_breach(earlier)
        self.carried = earlier.carried
        self.changed_at = at

    def _keep_breach(self, earlier: Clockwork) -> None:
        self.broken_at = earlier.broken_at
        self.broken_under = earlier.broken_under
        self.reclassified = earlier.reclassified

    def promise(self, now: datetime) -> Promise:
        """How it stands at `now`, which is not before anything it was told."""
        used, state, due = self.used, self.state, self.due
        warn_at, provisional = None, False
        if state is None:
            due = self.look(now)
            if self.since is not None:
                used += self.target.calendar.between(self.since, now)
            if due is None:
                state = _PAUSED
            else:
                # What is due this very moment can still be kept.
                state = _BROKEN if due < now else _RUNNING
                warn_at = self._warn_at() if state is _BROKEN or self.broken_at is None else None
                provisional = state is _RUNNING and self._is_provisional(due)
        return Promise(
            self.clock,
            self.cycle,
            state,
            self.begun,
            due,
            _NOTHING if used >= self.budget else self.budget - used,
            used,
            self.budget,
            warn_at,
            self.done_at,
            self.broken_at,
            self.reclassified,
            provisional,
            self.target,
            self.carried,
            self.key,
            self.broken_under,
        )

    def _count(self, since: datetime, at: datetime) -> None:
        """The run from `since` to `at` is used; what it reached on the way is kept."""
        used = self.used + self.target.calendar.between(since, at)
        if self.due is None and used >= self.budget:
            due = self._deadline(since)
            # Working days may end at an opening, when the budget has long been used by the closing before.
            self.due = due if due <= at else None
        if self.warned_at is None and self.warn_after is not None and used >= self.warn_after:
            self.warned_at = self.target.calendar.add(since, self.warn_after - self.used)
        self.used = used

    def _turn(self, at: datetime, why: Mark, *, ran: bool) -> None:
        if at > self.turned_at:
            self.stretches.append((self.turned_at, at, ran, self.turned))
        self.turned, self.turned_at = why, at

    def _deadline(self, since: datetime) -> datetime:
        """When the budget is used up if it runs on from `since`.

        Working days name a moment, so that one is kept and moved by exactly what the pauses took.
        """
        calendar = self.target.calendar
        if self.in_days is None:
            return calendar.add(since, self.budget - self.used)
        lost = calendar.between(self.origin.at, since) - self.used
        return calendar.add(self.in_days, lost) if lost else self.in_days

    def _warn_at(self) -> datetime | None:
        if self.warn_after is None:
            return None
        warned_at = self.warned_at
        if warned_at is None and self.since is not None:
            warned_at = self.target.calendar.add(self.since, self.warn_after - self.used)
        return warned_at and max(warned_at, self.floor)

    def _is_provisional(self, due: datetime) -> bool:
        calendar, origin = self.target.calendar, self.origin.at
        if calendar.years_known is None:
            return False
        if due.year == origin.year and due.month < 12 and origin.month > 1:  # the same year in every zone
            return due.year not in calendar.years_known
        return calendar.is_provisional(due, origin)


def _whole(target: Target, origin: datetime) -> tuple[timedelta, datetime | None]:
    """The budget in working time, and the deadline itself when it is promised in working days."""
    budget = target.budget
    if isinstance(budget, timedelta):
        return budget, None
    due = target.calendar.add_working_days(origin, budget.count, end_of_day=budget.end_of_day)
    return target.calendar.between(origin, due), due
