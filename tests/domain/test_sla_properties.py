"""The clocks against a slow walk through every minute, and what holds for every life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.sla import (
    Clock,
    Mark,
    MarkKind,
    Promise,
    PromiseState,
    Target,
    Terms,
    WorkingDays,
    current,
    in_order,
    next_moment,
    promises,
)
from bot.domain.why import explain
from bot.domain.worktime import Calendar, add_with_pauses, between_without, parse_hours

MINUTE = timedelta(minutes=1)
NOTHING = timedelta()
SATURDAY = datetime(2026, 10, 24, 6, tzinfo=UTC)
"""The day before Europe sets its clocks back."""

BERLIN = Calendar(
    "berlin",
    "Europe/Berlin",
    parse_hours(
        {"mon-fri": [["09:00", "12:00"], ["13:00", "17:00"]], "sat": [["10:00", "14:00"]], "sun": [["22:00", "04:00"]]}
    ),
    closed_yearly=frozenset({(10, 28)}),
)
SHANGHAI = Calendar("shanghai", "Asia/Shanghai", parse_hours({"mon-sun": [["08:00", "18:00"]]}))
BOTH = frozenset({Clock.UPDATE, Clock.RESOLUTION})


def made(calendar: Calendar, *hours: float, pausing: frozenset[Clock] = BOTH) -> Terms:
    return Terms(
        {
            clock: Target(timedelta(hours=each), calendar)
            for clock, each in zip((Clock.RESPONSE, Clock.UPDATE, Clock.RESOLUTION, Clock.LOOP), hours, strict=True)
        },
        pausing,
    )


BOOK: Mapping[str, Terms] = {
    "fast": made(BERLIN, 0.5, 2, 4, 1),
    "slow": made(BERLIN, 4, 8, 20, 6),
    "east": made(SHANGHAI, 1, 3, 9, 2),
    "strict": made(BERLIN, 4, 8, 20, 6, pausing=frozenset()),
    "soft": made(SHANGHAI, 1, 3, 9, 2, pausing=frozenset(Clock)),
}

KINDS = [kind for kind in MarkKind if kind is not MarkKind.CREATE]


@st.composite
def lives(draw: st.DrawFn, kinds: Sequence[MarkKind] = KINDS, most: int = 12) -> tuple[Mark, ...]:
    """A life of up to `most` marks, to the minute, over about a week around the change of the clock."""
    moment = SATURDAY + MINUTE * draw(st.integers(0, 3000))
    keys = st.sampled_from(sorted(BOOK))
    marks = [Mark(moment, MarkKind.CREATE, terms=draw(keys))]
    for what in draw(st.lists(st.sampled_from(kinds), max_size=most)):
        moment += MINUTE * draw(st.integers(0, 40) | st.integers(0, 1500))
        marks.append(Mark(moment, what, terms=draw(keys) if what is MarkKind.TERMS else ""))
    return tuple(marks)


LATER = st.integers(0, 3000).map(lambda minutes: MINUTE * minutes)


# The slow walk. It knows nothing of the code under test but `Calendar.is_open` and the words of the decision table.


@dataclass
class Walk:
    """The resolution clock of a life, found by going through it minute by minute."""

    used: timedelta = NOTHING
    due: datetime | None = None
    broken_at: datetime | None = None
    reclassified: bool = False
    standing: bool = False
    done: bool = False


@dataclass(frozen=True)
class Segment:
    """A part of the life in which the ticket is open under the same terms."""

    begin: datetime
    end: datetime
    terms: str
    cycle: int
    ends_done: bool


def segments_of(marks: Sequence[Mark], now: datetime) -> list[Segment]:
    found: list[Segment] = []
    begin, key, cycle, is_open = marks[0].at, marks[0].terms, 1, True
    for mark in marks[1:]:
        ends = mark.what in (MarkKind.RESOLVE, MarkKind.CLOSE, MarkKind.CANCEL)
        if is_open and (ends or mark.what is MarkKind.TERMS):
            found.append(Segment(begin, mark.at, key, cycle, ends))
            begin, is_open = mark.at, not ends
        elif not is_open and mark.what is MarkKind.REOPEN:
            begin, is_open, cycle = mark.at, True, cycle + 1
        key = mark.terms or key
    if is_open:
        found.append(Segment(begin, now, key, cycle, ends_done=False))
    return found


def standing_at(marks: Sequence[Mark], moment: datetime) -> tuple[bool, bool]:
    """Whether the ticket waits, and whether it is over, from `moment` on."""
    waits = over = False
    for mark in marks:
        if mark.at > moment:
            break
        match mark.what:
            case MarkKind.PAUSE:
                waits = not over
            case MarkKind.RESUME:
                waits = False
            case MarkKind.RESOLVE | MarkKind.CLOSE | MarkKind.CANCEL:
                waits, over = False, True
            case MarkKind.REOPEN if over:
                waits = over = False
    return waits, over


def counted(marks: Sequence[Mark], terms: Terms, until: datetime) -> list[datetime]:
    """The minutes from creation to `until` that count for the resolution under `terms`."""
    target, pauses = terms.targets[Clock.RESOLUTION], Clock.RESOLUTION in terms.pausing
    found, moment, heard, waits, over = [], marks[0].at, 0, False, False
    while moment < until:
        while heard < len(marks) and marks[heard].at <= moment:
            heard += 1
            waits, over = standing_at(marks[:heard], moment)
        if not over and not (waits and pauses) and target.calendar.is_open(moment):
            found.append(moment)
        moment += MINUTE
    return found


def walked(marks: Sequence[Mark], now: datetime) -> Walk:
    """The last resolution promise; `broken_at` is the first breach of the ticket's life."""
    walk, before = Walk(), None
    for segment in segments_of(marks, now):
        terms = BOOK[segment.terms]
        target = terms.targets[Clock.RESOLUTION]
        assert isinstance(target.budget, timedelta)
        minutes, needed = counted(marks, terms, segment.end), target.budget // MINUTE
        walk.used = len(minutes) * MINUTE
        walk.due = minutes[needed - 1] + MINUTE if len(minutes) >= needed else None
        walk.standing = standing_at(marks, segment.end)[0] and Clock.RESOLUTION in terms.pausing
        walk.done = segment.ends_done
        if walk.due is not None and walk.due < segment.end and walk.broken_at is None:
            walk.broken_at = max(walk.due, segment.begin)
            changed = before is not None and (
                before[0] != target or (before[1] == segment.cycle and before[2] != terms.pausing)
            )
            walk.reclassified = changed and walk.due < segment.begin
        before = (target, segment.cycle, terms.pausing)
    return walk


@settings(max_examples=200, deadline=None)
@given(lives(), LATER)
def test_the_resolution_clock_agrees_with_a_walk_through_every_minute(
    marks: tuple[Mark, ...], later: timedelta
) -> None:
    now = marks[-1].at + later
    promise = current(promises(marks, BOOK.__getitem__, now), Clock.RESOLUTION)
    walk = walked(marks, now)

    assert promise is not None
    assert (promise.used, promise.broken_at) == (walk.used, walk.broken_at)
    assert walk.broken_at is None or promise.reclassified is walk.reclassified
    assert (promise.done_at is not None) is walk.done
    if walk.due is not None:
        assert promise.due == walk.due
    elif not walk.done:
        assert (promise.state is PromiseState.PAUSED) is walk.standing


@settings(max_examples=100, deadline=None)
@given(lives(kinds=[MarkKind.PAUSE, MarkKind.RESUME]), LATER)
def test_deadlines_are_those_of_the_calendar_with_the_pauses_of_the_life(
    marks: tuple[Mark, ...], later: timedelta
) -> None:
    now, created, key = marks[-1].at + later, marks[0].at, marks[0].terms
    promise = current(promises(marks, BOOK.__getitem__, now), Clock.RESOLUTION)
    assert promise is not None
    assert isinstance(promise.target.budget, timedelta)
    pauses: list[tuple[datetime, datetime | None]] = []
    for mark in marks[1:]:
        standing = bool(pauses) and pauses[-1][1] is None
        if mark.what is MarkKind.PAUSE and not standing:
            pauses.append((mark.at, None))
        elif mark.what is MarkKind.RESUME and standing:
            pauses[-1] = (pauses[-1][0], mark.at)
    pauses = pauses if Clock.RESOLUTION in BOOK[key].pausing else []
    calendar = promise.target.calendar

    assert promise.due == add_with_pauses(calendar, created, promise.target.budget, pauses)
    assert promise.used == between_without(calendar, created, now, pauses)


# What holds for every life.


@settings(max_examples=150, deadline=None)
@given(lives(), LATER)
def test_a_promise_is_consistent_in_itself(marks: tuple[Mark, ...], later: timedelta) -> None:
    now = marks[-1].at + later
    found = promises(marks, BOOK.__getitem__, now)

    assert len({(one.clock, one.cycle) for one in found}) == len(found)
    assert [one.begun for one in found] == sorted(one.begun for one in found)
    for one in found:
        assert one.left == max(NOTHING, one.budget - one.used)
        assert (one.due is None) is (one.state is PromiseState.PAUSED)
        assert (one.done_at is None) is (one.state in _OPEN)
        assert one.state is not PromiseState.BROKEN or one.broken_at is not None
        assert one.state is not PromiseState.KEPT or one.broken_at is None
        assert one.state is not PromiseState.MISSED or one.broken_at is not None
        assert (one.broken_at is not None) is bool(one.broken_under)
        assert one.broken_at is None or one.carried or one.begun <= one.broken_at <= (one.done_at or now)
        assert one.due is None or one.due >= one.begun or one.cycle > 1
        assert 0 <= one.share <= 1
        if one.state is PromiseState.RUNNING:
            assert one.due is not None
            assert now <= one.due
            assert (one.warn_at is None) is (one.broken_at is not None)
            assert one.warn_at is None or one.begun <= one.warn_at
            assert one.due == one.target.calendar.add(now, one.left) or one.left == NOTHING


_OPEN = (PromiseState.RUNNING, PromiseState.PAUSED, PromiseState.BROKEN)


@settings(max_examples=150, deadline=None)
@given(lives(), LATER)
def test_the_explanation_adds_up_to_what_is_used(marks: tuple[Mark, ...], later: timedelta) -> None:
    now = marks[-1].at + later
    told = explain(marks, BOOK.__getitem__, now)

    assert tuple(one.promise for one in told) == promises(marks, BOOK.__getitem__, now)
    for one in told:
        assert one.total == one.promise.used
        assert one.total == sum((row.worked for interval in one.intervals for row in interval.rows), NOTHING)
        assert one.total == sum((row.closes - row.opens for each in one.intervals for row in each.rows), NOTHING)
        assert all(before.end == after.begin for before, after in pairwise(one.intervals))
        assert all(each.begin < each.end for each in one.intervals)
        assert not any(each.rows for each in one.intervals if not each.running)
        if one.intervals:
            assert one.intervals[-1].end == (one.promise.done_at or now)


@settings(max_examples=100, deadline=None)
@given(lives(), st.lists(LATER, max_size=6))
def test_looking_more_often_changes_no_breach(marks: tuple[Mark, ...], looks: list[timedelta]) -> None:
    now = marks[-1].at + max(looks, default=NOTHING)
    at_the_end = _breaches(promises(marks, BOOK.__getitem__, now))

    for moment in sorted([marks[-1].at + each for each in looks] + [marks[0].at + each for each in looks]):
        heard = tuple(mark for mark in marks if mark.at <= moment)
        if heard and moment <= now:
            assert _breaches(promises(heard, BOOK.__getitem__, moment)) <= at_the_end


def _breaches(found: Sequence[Promise]) -> set[tuple[Clock, int, datetime, bool, bool]]:
    return {
        (one.clock, one.cycle, one.broken_at, one.reclassified, one.carried)
        for one in found
        if one.broken_at is not None
    }


@settings(max_examples=100, deadline=None)
@given(lives(), LATER)
def test_nothing_happens_before_the_next_moment_and_something_does_at_it(
    marks: tuple[Mark, ...], later: timedelta
) -> None:
    now = marks[-1].at + later
    before = promises(marks, BOOK.__getitem__, now)
    moment = next_moment(before, now)

    if moment is None:
        assert not any(one.state is PromiseState.RUNNING for one in before)
        return
    assert moment > now
    just_before = promises(marks, BOOK.__getitem__, moment - datetime.resolution)
    assert [one.state for one in just_before] == [one.state for one in before]
    assert _news(promises(marks, BOOK.__getitem__, moment), moment) > _news(just_before, moment - datetime.resolution)


def _news(found: Sequence[Promise], now: datetime) -> int:
    warnings = sum(one.warn_at is not None and one.warn_at <= now for one in found)
    return warnings + sum(one.state is PromiseState.BROKEN for one in found)


@settings(max_examples=100, deadline=None)
@given(lives(kinds=[kind for kind in KINDS if kind not in (MarkKind.PAUSE, MarkKind.RESUME)]), LATER, LATER, LATER)
def test_a_pause_costs_its_open_time_and_splitting_it_changes_nothing(
    marks: tuple[Mark, ...], later: timedelta, length: timedelta, cut: timedelta
) -> None:
    begin = marks[-1].at + later
    end = begin + length
    middle = begin + min(cut, length)
    now = end + MINUTE
    whole = (*marks, Mark(begin, MarkKind.PAUSE), Mark(end, MarkKind.RESUME))
    split = (*marks, *(Mark(*each) for each in _two_pauses(begin, middle, end)))

    paused = promises(whole, BOOK.__getitem__, now)
    for without, with_pause in zip(promises(marks, BOOK.__getitem__, now), paused, strict=True):
        pausing = without.clock in BOOK[without.terms].pausing and without.done_at is None
        lost = without.target.calendar.between(begin, end) if pausing else NOTHING
        assert with_pause.used == without.used - lost
        if lost == NOTHING:
            assert with_pause.due == without.due
    assert promises(split, BOOK.__getitem__, now) == paused


def _two_pauses(begin: datetime, middle: datetime, end: datetime) -> list[tuple[datetime, MarkKind]]:
    return [
        (begin, MarkKind.PAUSE),
        (middle, MarkKind.RESUME),
        (middle, MarkKind.PAUSE),
        (end, MarkKind.RESUME),
    ]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 6), st.booleans(), lives(kinds=[MarkKind.PAUSE, MarkKind.RESUME]), LATER)
def test_working_days_are_moved_by_exactly_what_the_pauses_took(
    days: int, end_of_day: bool, marks: tuple[Mark, ...], later: timedelta
) -> None:
    target = Target(WorkingDays(days, end_of_day=end_of_day), BERLIN)
    terms = Terms({Clock.RESOLUTION: target})
    now, created = marks[-1].at + later, marks[0].at
    whole = BERLIN.add_working_days(created, days, end_of_day=end_of_day)
    if marks[-1].what is MarkKind.PAUSE or standing_at(marks, now)[0]:
        marks = (*marks, Mark(now, MarkKind.RESUME))

    promise = promises(marks, lambda _: terms, now)[0]

    lost = BERLIN.between(created, now) - promise.used
    assert promise.due is not None
    assert promise.due == (BERLIN.add(whole, lost) if lost else whole) or promise.due <= now


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4))
def test_marks_of_one_moment_are_put_in_one_order(kinds: list[MarkKind]) -> None:
    created = Mark(SATURDAY, MarkKind.CREATE, terms="slow")
    together = [Mark(SATURDAY + MINUTE * 30, what, terms="fast") for what in kinds]
    orders = {in_order((*each, created)) for each in permutations(together)}
    ends = {
        tuple(
            replace(one, terms="", broken_under="") for one in promises(order, BOOK.__getitem__, SATURDAY + 60 * MINUTE)
        )
        for order in orders
    }

    assert len(ends) == 1
