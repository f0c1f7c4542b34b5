"""Deadlines a second beside the libraries that count working time, and a check against the minute walk.

    python -m benchmarks.worktime                              the table
    python -m benchmarks.worktime --against-the-walk 100000    that many random cases, minute by minute

CPU time; every contender of a row is measured in turn, five times over, and the median is shown.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as datetime_time
from itertools import cycle, islice
from zoneinfo import ZoneInfo

import businesstimedelta
import pytz
from business_duration import businessDuration
from workalendar.core import Calendar as Workalendar

from bot.domain.worktime import Calendar, Pause, add_with_pauses, between_without, parse_hours, united_pauses
from tests.domain.oracle_minutes import MINUTE, MinuteWalk, random_calendar, zones_with_a_change

ROUNDS = 5
SECONDS_A_ROUND = 0.4
STARTS = 500
ZONE = "Europe/Berlin"
BUDGETS = (timedelta(hours=8), timedelta(hours=400))
WINDOWS = (("09:00", "12:00"), ("13:00", "18:00"))
HOURS_A_DAY = 8

Question = Callable[[datetime], object]


@dataclass(frozen=True, slots=True)
class Contender:
    """Somebody who answers a question about each start."""

    name: str
    ask: Question
    note: str = ""


@dataclass(frozen=True, slots=True)
class Race:
    """One question and all who can answer it; ours comes first."""

    name: str
    contenders: tuple[Contender, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against-the-walk", type=int, metavar="CASES", help="compare so many random cases instead")
    parser.add_argument("--seed", type=int, default=2026, help="for starts, holidays and random cases")
    chosen = parser.parse_args(arguments)
    if chosen.against_the_walk:
        return compare_with_the_walk(chosen.against_the_walk, chosen.seed)
    print(table(races(chosen.seed), random_starts(chosen.seed)))
    return 0


# The calendar of the race, written for each contender.


def holidays_of(seed: int) -> list[date]:
    """Thirty holidays on weekdays of 2026 to 2028, fifteen a year until the race is over."""
    weekdays = [day for day in (date(2026, 1, 1) + timedelta(days=step) for step in range(730)) if day.weekday() < 5]
    return sorted(random.Random(seed).sample(weekdays, 30))


def random_starts(seed: int) -> list[datetime]:
    """Moments of 2026 and 2027 at which something may be reported, by night and on weekends too."""
    rng, first = random.Random(seed + 1), datetime(2026, 1, 1, tzinfo=UTC)
    return [first + timedelta(seconds=rng.randrange(600 * 86_400)) for _ in range(STARTS)]


def pauses_after(start: datetime) -> list[Pause]:
    """Three waits for the requester: over lunch, over a night, and for some days."""
    return [
        (start + timedelta(hours=2), start + timedelta(hours=4)),
        (start + timedelta(hours=7), start + timedelta(hours=23)),
        (start + timedelta(days=3), start + timedelta(days=5)),
    ]


def ours(holidays: Iterable[date]) -> Calendar:
    weekly = parse_hours({"mon-fri": [list(window) for window in WINDOWS]})
    return Calendar(id="bench", zone=ZONE, weekly=weekly, closed=frozenset(holidays))


def business_rules(holidays: Iterable[date]) -> businesstimedelta.Rules:
    """The quickest way to say it there: a rule for each window (one window with a lunch rule takes twice as long).

    Holidays go in as a set, and one far away is added, because past the last one the library raises TypeError.
    """
    zone, weekdays = pytz.timezone(ZONE), [0, 1, 2, 3, 4]
    windows = [
        businesstimedelta.WorkDayRule(wall_clock(opens), wall_clock(closes), working_days=weekdays, tz=zone)
        for opens, closes in WINDOWS
    ]
    return businesstimedelta.Rules([*windows, businesstimedelta.HolidayRule({*holidays, date(2028, 12, 25)}, tz=zone)])


class BenchDays(Workalendar):  # type: ignore[misc]  # the library has no types
    """The same holidays as whole days, all that workalendar knows."""

    days_off: frozenset[date] = frozenset()

    def get_calendar_holidays(self, year: int) -> list[tuple[date, str]]:
        return [(day, "holiday") for day in self.days_off if day.year == year]

    def get_weekend_days(self) -> tuple[int, int]:
        return (5, 6)


# The questions.


def races(seed: int) -> Iterator[Race]:
    holidays, starts = holidays_of(seed), random_starts(seed)
    calendar, rules = ours(holidays), business_rules(holidays)
    for budget in BUDGETS:
        ends = {start: calendar.add(start, budget) for start in starts}
        yield deadline_race(calendar, rules, budget)
        yield paused_race(calendar, rules, budget, {start: pauses_after(start) for start in starts})
        yield elapsed_race(calendar, rules, holidays, budget, ends)
        yield working_days_race(calendar, holidays, budget // timedelta(hours=HOURS_A_DAY))


def deadline_race(calendar: Calendar, rules: businesstimedelta.Rules, budget: timedelta) -> Race:
    theirs = businesstimedelta.BusinessTimeDelta(rules, timedelta=budget)
    return Race(
        f"deadline, {written(budget)}",
        (
            Contender("Deskbell", lambda start: calendar.add(start, budget)),
            Contender("businesstimedelta", lambda start: start + theirs),
        ),
    )


def paused_race(
    calendar: Calendar, rules: businesstimedelta.Rules, budget: timedelta, pauses: dict[datetime, list[Pause]]
) -> Race:
    def pause_by_pause(start: datetime) -> datetime:
        at, left = start, budget
        for begin, resumed in pauses[start]:
            worked = rules.difference(at, begin).timedelta
            if worked >= left:
                break
            at, left = resumed or at, left - worked
        due: datetime = at + businesstimedelta.BusinessTimeDelta(rules, timedelta=left)
        return due

    return Race(
        f"deadline with 3 pauses, {written(budget)}",
        (
            Contender("Deskbell", lambda start: add_with_pauses(calendar, start, budget, pauses[start])),
            Contender("businesstimedelta", pause_by_pause, "it knows no pauses: its add and difference, one by one"),
        ),
    )


def elapsed_race(
    calendar: Calendar,
    rules: businesstimedelta.Rules,
    holidays: Iterable[date],
    budget: timedelta,
    ends: dict[datetime, datetime],
) -> Race:
    """How much of the time up to each deadline counts."""
    zone, as_set = ZoneInfo(ZONE), set(holidays)
    windows = [[wall_clock(edge) for edge in window] for window in WINDOWS]

    def window_by_window(start: datetime) -> timedelta:
        begin, end = (moment.astimezone(zone).replace(tzinfo=None) for moment in (start, ends[start]))
        counted = (businessDuration(begin, end, *edges, holidaylist=as_set, unit="sec") for edges in windows)
        return timedelta(seconds=float(sum(counted)))

    return Race(
        f"time elapsed, {written(budget)}",
        (
            Contender("Deskbell", lambda start: calendar.between(start, ends[start])),
            Contender("businesstimedelta", lambda start: rules.difference(start, ends[start]).timedelta),
            Contender("business-duration", window_by_window, "once a window; it knows no deadlines and no zones"),
        ),
    )


def working_days_race(calendar: Calendar, holidays: Iterable[date], days: int) -> Race:
    """Whole days are all that workalendar can express, so both answer with a date."""
    theirs, zone = BenchDays(), ZoneInfo(ZONE)
    theirs.days_off = frozenset(holidays)

    def our_day(start: datetime) -> date:
        return calendar.add_working_days(start, days, end_of_day=True).astimezone(zone).date()

    return Race(
        f"end of working day {days} from the start",
        (
            Contender("Deskbell", our_day),
            Contender("workalendar", lambda start: theirs.add_working_days(start.astimezone(zone).date(), days)),
        ),
    )


def wall_clock(clock: str) -> datetime_time:
    return datetime_time.fromisoformat(clock)


def written(budget: timedelta) -> str:
    return f"{budget // timedelta(hours=1)} h"


# The race.


def table(all_races: Iterable[Race], starts: Sequence[datetime]) -> str:
    """A markdown table: answers a second, how often ours is quicker, and how many answers differ."""
    lines = [
        "| question | who | answers/s | ours is quicker | answers that differ | remark |",
        "|---|---|---:|---:|---:|---|",
    ]
    for race in all_races:
        say(f"measuring: {race.name}")
        rates = measured(race, starts)
        our_answers = [race.contenders[0].ask(start) for start in starts]
        for contender, rate in zip(race.contenders, rates, strict=True):
            theirs = [contender.ask(start) for start in starts]
            differ = sum(one != other for one, other in zip(our_answers, theirs, strict=True))
            quicker = "" if contender is race.contenders[0] else f"{rates[0] / rate:,.0f}x"
            shown = "" if contender is race.contenders[0] else f"{differ} of {len(starts)}"
            lines.append(f"| {race.name} | {contender.name} | {rate:,.0f} | {quicker} | {shown} | {contender.note} |")
    return "\n".join(lines)


def measured(race: Race, starts: Sequence[datetime]) -> list[float]:
    """The median rate of each contender, all measured in turn in every round."""
    asked = [questions_a_round(contender, starts) for contender in race.contenders]
    rates: list[list[float]] = [[] for _ in race.contenders]
    for _ in range(ROUNDS):
        for contender, count, found in zip(race.contenders, asked, rates, strict=True):
            found.append(count / cpu_seconds(contender, starts, count))
    return [statistics.median(found) for found in rates]


def questions_a_round(contender: Contender, starts: Sequence[datetime]) -> int:
    """About as many questions as fill a round; asking them first also warms everything up."""
    count = 10
    while (taken := cpu_seconds(contender, starts, count)) < SECONDS_A_ROUND / 8:
        count *= 4
    return max(10, int(count * SECONDS_A_ROUND / taken))


def cpu_seconds(contender: Contender, starts: Sequence[datetime], count: int) -> float:
    ask, chosen = contender.ask, list(islice(cycle(starts), count))
    begun = time.process_time()
    for start in chosen:
        ask(start)
    return time.process_time() - begun


# The minute walk.


def compare_with_the_walk(cases: int, seed: int) -> int:
    """Deadlines and elapsed times of random calendars, with and without pauses; says every difference.

    Each calendar lives in a zone whose clocks change, and is asked around one change.
    """
    rng, compared, differing = random.Random(seed), 0, 0
    changes = list(zones_with_a_change(date(2026, 1, 1), date(2028, 1, 1)).items())
    while compared < cases:
        zone, moments = rng.choice(changes)
        near = rng.choice(moments)
        calendar = random_calendar(rng, zone, near.date())
        walk = MinuteWalk(calendar, near - timedelta(days=7), near + timedelta(days=14))
        for pauses in ([], random_pauses(rng, near)):
            paused = walk.without(pauses)
            for _ in range(min(100, cases - compared)):
                compared += 1
                differing += not agree(rng, near, calendar, paused, pauses)
        if compared % 10_000 == 0:
            say(f"{compared:,} cases compared, {differing} differ")
    print(f"{compared:,} random cases against the minute walk: {differing} differ")
    return 1 if differing else 0


def agree(
    rng: random.Random,
    near: datetime,
    calendar: Calendar,
    walk: MinuteWalk,
    pauses: list[tuple[datetime, datetime]],
) -> bool:
    """Whether one random budget and one random stretch have the same answers in both."""
    start = near + timedelta(seconds=rng.randint(-6 * 86_400, 3 * 86_400))
    budget = timedelta(seconds=rng.choice([rng.randint(1, 144_000), 60 * rng.randint(1, 2_400)]))
    due, walked = add_with_pauses(calendar, start, budget, pauses), walk.add(start, budget)
    elapsed = between_without(calendar, start, start + budget, pauses)
    same = (walked is None or walked == due) and elapsed == walk.between(start, start + budget)
    if not same:
        print(f"differs: {calendar}, from {start}, budget {budget}, pauses {united_pauses(pauses)}: {due}, {walked}")
    return same


def random_pauses(rng: random.Random, near: datetime) -> list[tuple[datetime, datetime]]:
    pauses = []
    for _ in range(rng.randint(1, 4)):
        begin = near + rng.randint(-6 * 1440, 6 * 1440) * MINUTE
        pauses.append((begin, begin + rng.randint(0, 2 * 1440) * MINUTE))
    return pauses


def say(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
