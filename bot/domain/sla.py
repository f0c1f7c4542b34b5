"""The clocks of a ticket, worked out afresh from its marks: what was promised, what is used, when it falls due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from operator import attrgetter
from types import MappingProxyType

from bot.domain.clockwork import Clockwork, Stretch
from bot.domain.promise import (
    Clock,
    Mark,
    MarkKind,
    Promise,
    PromiseState,
    Target,
    Terms,
    TermsOf,
    WorkingDays,
)

__all__ = [
    "Account",
    "Clock",
    "Mark",
    "MarkKind",
    "Promise",
    "PromiseState",
    "Stretch",
    "Target",
    "Terms",
    "TermsOf",
    "WorkingDays",
    "accounts",
    "current",
    "in_order",
    "next_moment",
    "notice_at",
    "promises",
]


@dataclass(frozen=True, slots=True)
class Account:
    """A promise with the stretches in which its clock ran or stood, from its origin until now or until done."""

    promise: Promise
    stretches: tuple[Stretch, ...]


def promises(marks: Sequence[Mark], terms_of: TermsOf, now: datetime) -> tuple[Promise, ...]:
    """Every promise of the ticket's life in order of beginning; the last one of each clock is the present one.

    The marks are heard in their order, and `now` counts as not before the last of them. Raises KeyError for
    terms that nobody knows and ValueError for a life without a beginning.
    """
    works, now = _lived(marks, terms_of, now)
    return tuple([work.promise(now) for work in works])


def accounts(marks: Sequence[Mark], terms_of: TermsOf, now: datetime) -> tuple[Account, ...]:
    """The same promises, each with how its time went by."""
    works, now = _lived(marks, terms_of, now)
    return tuple(Account(work.promise(now), _until(now, work)) for work in works)


def current(ps: Iterable[Promise], clock: Clock) -> Promise | None:
    """The last promise of a clock; None when it never began."""
    found = None
    for promise in ps:
        if promise.clock is clock:
            found = promise
    return found


def notice_at(promise: Promise, moment: datetime) -> datetime:
    """When a warning or breach of `moment` may be said: then, or when the calendar opens next."""
    if promise.target.notices == "at_once":
        return moment
    return promise.target.calendar.next_opening(moment)


def next_moment(ps: Iterable[Promise], now: datetime) -> datetime | None:
    """The first moment after `now` at which a running promise is to be warned about or is broken.

    A deadline can be kept in its own moment, so it is broken one tick of the clock later.
    """
    running = [promise for promise in ps if promise.state is PromiseState.RUNNING]
    moments = [promise.warn_at for promise in running if promise.warn_at is not None and promise.warn_at > now]
    moments += [promise.due + datetime.resolution for promise in running if promise.due is not None]
    return min(moments, default=None)


def in_order(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Marks by time; where only the time is known, a stop beats a pause and a pause beats a start."""
    return tuple(sorted(marks, key=lambda mark: (mark.at, _RANK[mark.what])))


class _Life:
    """What the marks heard so far have made of the ticket."""

    def __init__(self, terms_of: TermsOf, created: Mark) -> None:
        self.terms_of = terms_of
        self.key = created.terms
        self.terms = terms_of(created.terms)
        self.created = created
        self.reopened: Mark | None = None
        self.responded = False
        self.talked = created  # the requester has heard nothing since
        self.asked: Mark | None = None  # the oldest customer message without an answer
        self.paused: Mark | None = None
        self.over: Mark | None = None
        self.breaks: list[tuple[Mark, Mark]] = []  # past pauses, and past times when it was over
        self.open: dict[Clock, Clockwork] = {}
        self.latest: dict[Clock, Clockwork] = {}
        self.works: list[Clockwork] = []
        for clock in _FROM_CREATION:
            target = self.terms.targets.get(clock)
            if target is not None:
                begun = created.at
                self._open(Clockwork(clock, 1, target, self.key, origin=created, begun=begun, floor=begun))

    def terms_changed(self, mark: Mark) -> None:
        """Open promises are counted again from their origin; judged ones stay judged."""
        was, self.terms, self.key = self.terms, self.terms_of(mark.terms), mark.terms
        if self.over is None:
            for clock in Clock:
                self._rejudge(clock, mark, paused_before=clock in was.pausing)
            self.works.sort(key=attrgetter("begun"))  # a clock that was off may have begun long ago

    def responded_to(self, mark: Mark) -> None:
        """The first response is judged, once."""
        if self.over is None:
            self.responded = True
            self._stop(Clock.RESPONSE, mark)

    def replied(self, mark: Mark) -> None:
        """The requester is informed: nothing is unanswered, and the next update is due from here."""
        if self.over is None:
            self.responded_to(mark)
            self._stop(Clock.LOOP, mark)
            self.asked = None
            self._stop(Clock.UPDATE, mark)
            self.talked = mark
            self._begin(Clock.UPDATE, mark)

    def customer_wrote(self, mark: Mark) -> None:
        """Only the oldest message without an answer starts a clock."""
        if self.over is None and self.asked is None:
            self.asked = mark
            self._begin(Clock.LOOP, mark)

    def paused_by(self, mark: Mark) -> None:
        if self.over is None:
            self.resumed_by(mark)  # another reason ends the pause before
            self.paused = mark
            for clock in self.terms.pausing & self.open.keys():
                self.open[clock].halt(mark.at, mark)

    def resumed_by(self, mark: Mark) -> None:
        if self.paused is not None:
            self.breaks.append((self.paused, mark))
            self.paused = None
            for clock in self.terms.pausing & self.open.keys():
                self.open[clock].run(mark.at, mark)

    def resolved(self, mark: Mark) -> None:
        """Every open promise is judged; who resolves has also responded."""
        if self.over is None:
            self.responded = True
            self._end(mark, judged=True)

    def given_up(self, mark: Mark) -> None:
        """Closed or cancelled: what is still open is not judged."""
        if self.over is None:
            self._end(mark, judged=False)

    def reopened_by(self, mark: Mark) -> None:
        """The next cycle, with the time used before; the time when it was over does not count."""
        if self.over is not None:
            self.breaks.append((self.over, mark))
            self.over = None
            self.reopened = self.talked = mark
            if not self.responded:
                self._begin(Clock.RESPONSE, mark)
            self._begin(Clock.UPDATE, mark)
            self._begin(Clock.RESOLUTION, mark)

    def _begin(self, clock: Clock, why: Mark) -> None:
        """The clock's next cycle is open, if the terms promise anything for it."""
        target = self.terms.targets.get(clock)
        if target is None:
            return
        earlier = self.latest.get(clock)
        origin, begun = self._beginnings(clock)
        cycle = 1 if earlier is None else earlier.cycle + 1
        work = Clockwork(clock, cycle, target, self.key, origin=origin, begun=begun.at, floor=why.at)
        if self.breaks or self.paused is not None:
            self._retell(work)
        if earlier is not None and earlier.origin is origin:
            work.go_on_from(earlier)
        if why is not begun:  # it is late terms that begin it
            work.changed_at = why.at
        self._open(work)

    def _open(self, work: Clockwork) -> None:
        self.open[work.clock] = self.latest[work.clock] = work
        self.works.append(work)

    def _beginnings(self, clock: Clock) -> tuple[Mark, Mark]:
        """From where the clock counts, and where its present cycle began."""
        if clock is _UPDATE:
            return self.talked, self.talked
        if clock is _LOOP and self.asked is not None:
            return self.asked, self.asked
        return self.created, self.reopened or self.created

    def _retell(self, work: Clockwork) -> None:
        """The clock hears of everything since its origin that made it stand."""
        origin, pauses = work.origin.at, work.clock in self.terms.pausing
        for stood, ran in self.breaks:
            if ran.at > origin and (pauses or stood.what is not MarkKind.PAUSE):
                work.halt(max(stood.at, origin), stood)
                work.run(ran.at, ran)
        if self.paused is not None and pauses:
            work.halt(max(self.paused.at, origin), self.paused)

    def _rejudge(self, clock: Clock, mark: Mark, *, paused_before: bool) -> None:
        """The clock runs under the present terms, as if they had held from its origin on."""
        old, target = self.open.get(clock), self.terms.targets.get(clock)
        if old is None:
            if self._is_wanted(clock):
                self._begin(clock, mark)
        elif target is None:
            self._stop(clock, mark, judged=False)
        elif target == old.target and paused_before is (clock in self.terms.pausing):
            old.key = self.key
        else:
            old.look(mark.at)
            new = Clockwork(clock, old.cycle, target, self.key, origin=old.origin, begun=old.begun, floor=mark.at)
            self._retell(new)
            new.take_over(old, mark.at)
            self.open[clock] = self.latest[clock] = new
            self.works[self.works.index(old)] = new

    def _is_wanted(self, clock: Clock) -> bool:
        """Whether there is anything left to do for a clock that was off."""
        if clock is Clock.LOOP:
            return self.asked is not None
        return clock is not Clock.RESPONSE or not self.responded

    def _stop(self, clock: Clock, mark: Mark, *, judged: bool = True) -> None:
        work = self.open.pop(clock, None)
        if work is not None:
            work.stop(mark.at, mark, judged=judged)

    def _end(self, mark: Mark, *, judged: bool) -> None:
        """Nothing is open any more, and a pause ends with it."""
        for clock in tuple(self.open):
            self._stop(clock, mark, judged=judged)
        if self.paused is not None:
            self.breaks.append((self.paused, mark))
        self.paused = self.asked = None
        self.over = mark


_UPDATE, _LOOP, _CREATE = Clock.UPDATE, Clock.LOOP, MarkKind.CREATE
_FROM_CREATION = (Clock.RESPONSE, Clock.UPDATE, Clock.RESOLUTION)

_HEARD: Mapping[MarkKind, Callable[[_Life, Mark], None]] = MappingProxyType(
    {
        MarkKind.TERMS: _Life.terms_changed,
        MarkKind.RESPOND: _Life.responded_to,
        MarkKind.REPLY: _Life.replied,
        MarkKind.CUSTOMER: _Life.customer_wrote,
        MarkKind.PAUSE: _Life.paused_by,
        MarkKind.RESUME: _Life.resumed_by,
        MarkKind.RESOLVE: _Life.resolved,
        MarkKind.CLOSE: _Life.given_up,
        MarkKind.CANCEL: _Life.given_up,
        MarkKind.REOPEN: _Life.reopened_by,
    }
)

_RANK: Mapping[MarkKind, int] = MappingProxyType(
    {
        kind: rank
        for rank, kinds in enumerate(
            (
                (MarkKind.CREATE,),
                (MarkKind.REOPEN, MarkKind.RESUME),
                (MarkKind.CUSTOMER,),
                (MarkKind.PAUSE,),
                (MarkKind.RESPOND, MarkKind.REPLY),
                (MarkKind.RESOLVE,),
                (MarkKind.CLOSE, MarkKind.CANCEL),
                (MarkKind.TERMS,),
            )
        )
        for kind in kinds
    }
)
"""What is heard later has the last word. New terms come last: what was done in that moment met the old ones."""


def _lived(marks: Sequence[Mark], terms_of: TermsOf, now: datetime) -> tuple[list[Clockwork], datetime]:
    """The clocks of a life in order of beginning, and `now`, but not before the last mark."""
    if not marks:
        return [], now
    ordered = _by_time(marks)
    created = ordered[0]
    if created.what is not _CREATE:
        raise ValueError(f"a ticket's life begins with its creation, not with {created.what}")
    life = _Life(terms_of, created)
    for mark in ordered[1:]:
        if mark.what is _CREATE:
            raise ValueError("a ticket is created once")
        _HEARD[mark.what](life, mark)
    return life.works, max(now, ordered[-1].at)


def _by_time(marks: Sequence[Mark]) -> Sequence[Mark]:
    """Marks that came in late stand where they belong; those of one moment stay in their order."""
    for one, following in pairwise(marks):
        if following.at < one.at:
            return sorted(marks, key=attrgetter("at"))
    return marks


def _until(now: datetime, work: Clockwork) -> tuple[Stretch, ...]:
    """Its stretches, with the one that is still going on."""
    if work.state is not None or now <= work.turned_at:
        return tuple(work.stretches)
    return (*work.stretches, (work.turned_at, now, work.since is not None, work.turned))
