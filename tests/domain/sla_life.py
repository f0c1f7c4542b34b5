"""Lives of tickets, written short: minutes since Monday 2 March 2026, 09:00 in Shanghai."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.domain.sla import Clock, Mark, MarkKind, Promise, Target, Terms, WorkingDays, current, promises
from bot.domain.worktime import Calendar, parse_hours

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

OFFICE = Calendar("office", "Asia/Shanghai", parse_hours({"mon-fri": [["09:00", "17:00"]]}))
"""Five days of eight hours; 01:00 to 09:00 UTC."""

CREATE, TERMS, RESPOND, REPLY, CUSTOMER, PAUSE, RESUME, RESOLVE, CLOSE, REOPEN, CANCEL = MarkKind


def at(hours: float) -> datetime:
    """So many hours on the wall after Monday's opening."""
    return MONDAY + timedelta(hours=hours)


def target(budget: timedelta | WorkingDays, calendar: Calendar = OFFICE) -> Target:
    return Target(budget, calendar, warn_share=None)


def terms(
    response: Target | None = None,
    update: Target | None = None,
    resolution: Target | None = None,
    loop: Target | None = None,
) -> Terms:
    given = {
        Clock.RESPONSE: response,
        Clock.UPDATE: update,
        Clock.RESOLUTION: resolution,
        Clock.LOOP: loop,
    }
    return Terms({clock: one for clock, one in given.items() if one is not None})


P3 = terms(target(HOUR), target(4 * HOUR), target(8 * HOUR), target(2 * HOUR))
P1 = terms(target(HOUR / 4), target(HOUR), target(2 * HOUR), target(HOUR))
BOOK: Mapping[str, Terms] = {"P1": P1, "P3": P3, "none": terms()}


def life(*told: tuple[float, MarkKind] | tuple[float, MarkKind, str], key: str = "P3") -> tuple[Mark, ...]:
    """A life that begins at `MONDAY` under the terms `key`; a third value names new terms or a reason."""
    marks = [Mark(MONDAY, CREATE, terms=key)]
    for hours, what, *more in told:
        word = str(more[0]) if more else ""
        marks.append(Mark(at(hours), what, terms=word if what is TERMS else "", why=word if what is PAUSE else ""))
    return tuple(marks)


def look(
    clock: Clock, hours: float, marks: tuple[Mark, ...], book: Mapping[str, Terms] = BOOK, cycle: int | None = None
) -> Promise:
    """The promise of one clock so many hours after Monday's opening: the present one, or that of a cycle."""
    found = promises(marks, book.__getitem__, at(hours))
    if cycle is not None:
        return next(one for one in found if one.clock is clock and one.cycle == cycle)
    promise = current(found, clock)
    assert promise is not None
    return promise
