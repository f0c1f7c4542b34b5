"""Why these times: a promise as a sum that anybody can add up again, with the cause of every running and pause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.chat.card import Card, Tone
from bot.domain.sla import Clock, PromiseState, WorkingDays
from bot.domain.why import Explanation, Interval, Row, Shut, explain, heard_as
from handlers.cards.clocks import clock_name, due_moment, is_round_the_clock, time_left
from handlers.cards.view import View
from handlers.reader import Reader, offset_of

MOST_LINES = 9
"""Lines of a sum that a card shows for one promise; of a longer one it shows the beginning and the end."""

_OPEN = frozenset({PromiseState.RUNNING, PromiseState.BROKEN, PromiseState.PAUSED})
_CAUSES = frozenset(
    {
        "create",
        "terms",
        "first_response",
        "agent_reply",
        "customer_message",
        "pause",
        "waiting_requester",
        "waiting_supplier",
        "waiting_approval",
        "scheduled",
        "answered",
        "resume",
        "resolve",
        "close",
        "cancel",
        "reopen",
    }
)


def why_card(view: View) -> Card:
    """The present promise of each clock as a sum; long ones are clipped with a mark."""
    lines = [line for one in present_explanations(view) for line in _promise_lines(one, view, MOST_LINES)]
    return Card(
        title=view.say("why-title", ref=view.ticket.ref),
        tone=Tone.QUIET,
        lead=view.say("why-lead") if lines else view.say("why-nothing", ref=view.ticket.ref),
        lines=tuple(lines),
        footer=view.say("as-of", at=view.reader.moment(view.now, view.now)),
    )


def why_lines(view: View) -> Iterator[str]:
    """Every promise of the ticket's life as a sum, whole."""
    yield view.say("why-title", ref=view.ticket.ref)
    told = explanations(view)
    yield view.say("why-lead") if told else view.say("why-nothing", ref=view.ticket.ref)
    yield view.say("as-of", at=view.reader.moment(view.now, view.now))
    for one in told:
        yield ""
        yield from _promise_lines(one, view, None)


def explanations(view: View) -> tuple[Explanation, ...]:
    """The sum behind every promise, in order of beginning."""
    return explain(view.ticket.marks, view.rules.terms_of, view.now)


def present_explanations(view: View) -> list[Explanation]:
    """The sum behind the present promise of each clock."""
    latest = {one.promise.clock: one for one in explanations(view)}
    return [latest[clock] for clock in Clock if clock in latest]


def exact(length: timedelta, reader: Reader) -> str:
    """A duration to its last digit, and in seconds: 2 h 30 min 15 s (9015 s)."""
    hours, rest = divmod(length, timedelta(hours=1))
    minutes, rest = divmod(rest, timedelta(minutes=1))
    parts = [(hours, "exact-hours"), (minutes, "exact-minutes")]
    words = [reader.say(key, count=str(count)) for count, key in parts if count]
    if rest or not words:
        words.append(reader.say("exact-seconds", count=_seconds(rest)))
    return reader.say("exact-length", length=reader.say("exact-joint").join(words), seconds=_seconds(length))


def _promise_lines(told: Explanation, view: View, most: int | None) -> Iterator[str]:
    sheet = _Sheet.of(told, view)
    yield from sheet.head(most)
    yield from sheet.clipped([*sheet.sum()], most)
    yield from sheet.balance()
    yield from sheet.clipped([*sheet.to_come()], most)
    yield from sheet.deadline()


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One promise on paper. Hours are written in the zone of their calendar, because its windows are; where every
    hour counts, in the reader's."""

    told: Explanation
    view: View
    there: Reader
    around: bool

    @classmethod
    def of(cls, told: Explanation, view: View) -> _Sheet:
        calendar = told.promise.target.calendar
        around = is_round_the_clock(calendar)
        zone = view.reader.zone if around else ZoneInfo(calendar.zone)
        return cls(told, view, replace(view.reader, zone=zone), around)

    def head(self, most: int | None) -> Iterator[str]:
        """Which promise, by which terms, on which calendar."""
        promise = self.told.promise
        clock = clock_name(promise.clock, self.view)
        if promise.cycle == 1:
            yield self._say("why-head", clock=clock, budget=self._budget())
        else:
            yield self._say("why-head-again", clock=clock, cycle=str(promise.cycle), budget=self._budget())
        yield self._terms()
        key = "why-around-the-clock" if self.around else "why-calendar"
        yield self._say(key, calendar=promise.target.calendar.id, zone=str(self.there.zone))
        if self.told.named is not None:
            counted = [self._day(day) for day in self.told.days]
            if most is not None and len(counted) > most:
                counted = [*counted[: most // 2], "…", *counted[-(most // 2) :]]
            days = self.there.listed(counted)
            until, budget = self._moment(self.told.named), self._exact(promise.budget)
            yield self._say("why-days", days=days, until=until, budget=budget)

    def sum(self) -> Iterator[str]:
        """Every interval with its cause and its rows."""
        for number, interval in enumerate(self.told.intervals, start=1):
            yield self._say(
                "why-runs" if interval.running else "why-stands",
                number=str(number),
                since=self._moment(interval.begin),
                until=self._moment(interval.end),
                cause=self._cause(interval),
            )
            if interval.running:
                yield from self._counted(interval)

    def balance(self) -> Iterator[str]:
        """What is used, and what is left of it, as the card says it."""
        promise = self.told.promise
        yield self._say("why-used", used=self._exact(self.told.total))
        if promise.state not in _OPEN:
            if promise.done_at is not None:
                yield self._say(f"why-{promise.state}", at=self._moment(promise.done_at))
            return
        sums = {"budget": self._exact(promise.budget), "used": self._exact(self.told.total)}
        if self.told.total > promise.budget:
            yield self._say("why-late-by", over=self._exact(self.told.total - promise.budget), **sums)
        elif promise.state is not PromiseState.BROKEN:
            left = self._exact(promise.budget - self.told.total)
            yield self._say("why-left", left=left, shown=time_left(promise, self.view), **sums)

    def to_come(self) -> Iterator[str]:
        """The hours that lie between now and the deadline."""
        if self.told.ahead:
            yield self._say("why-ahead" if self.told.promise.state in _OPEN else "why-ahead-then")
            yield from self._rows(self.told.ahead, self.told.shut_ahead)

    def deadline(self) -> Iterator[str]:
        """When it is due and how that is found, then the same moment as the card says it."""
        promise, crossing = self.told.promise, self.told.crossing
        if promise.due is None:
            yield self._say("why-due-none")
            return
        due = self._moment(promise.due)
        if self.told.named is not None:
            yield from self._counted_off(self.told.named, promise.due)
        elif crossing is None:
            yield self._say("why-due-plain", due=due)
        else:
            row, needed = crossing
            yield self._say(
                "why-due",
                opens=self._moment(row.opens),
                needed=self._exact(needed),
                due=due,
                budget=self._exact(promise.budget),
            )
        here = due_moment(promise, promise.due, self.view)
        if here != due:
            yield self._say("why-due-here", due=here)
        yield from self._judged_otherwise()
        if promise.broken_at is not None and promise.broken_at != promise.due:
            key = "why-broken-since" if promise.broken_under == promise.terms else "why-broken-before"
            yield self._say(key, at=self._moment(promise.broken_at))

    def clipped(self, lines: Sequence[str], most: int | None) -> Iterator[str]:
        """The beginning and the end of what is too long, with a mark between them."""
        if most is None or len(lines) <= most:
            yield from lines
            return
        first = most // 2
        last = most - 1 - first
        yield from lines[:first]
        yield self._say("why-left-out", count=len(lines) - first - last, ref=self.view.ticket.ref)
        yield from lines[-last:]

    def _judged_otherwise(self) -> Iterator[str]:
        """Once it is over a promise stays as it was judged, whatever the rules say since."""
        mine = self.told.promise
        for one in self.view.promises:
            same = (one.clock, one.cycle) == (mine.clock, mine.cycle)
            if same and one.due is not None and (one.due, one.used) != (mine.due, mine.used):
                yield self._say("why-judged-then", used=self._exact(one.used), due=self._moment(one.due))

    def _counted_off(self, named: datetime, due: datetime) -> Iterator[str]:
        calendar = self.told.promise.target.calendar
        lost = calendar.between(named, due)
        if lost:
            moments = {"named": self._moment(named), "due": self._moment(due)}
            yield self._say("why-due-moved", lost=self._exact(lost), **moments)
        else:
            yield self._say("why-due-plain", due=self._moment(due))

    def _budget(self) -> str:
        target = self.told.promise.target
        if isinstance(target.budget, WorkingDays):
            key = "why-budget-days" if target.budget.end_of_day else "why-budget-days-same-time"
            return self._say(key, days=target.budget.count)
        key = "why-budget-around-the-clock" if self.around else "why-budget"
        return self._say(key, length=self._exact(target.budget))

    def _terms(self) -> str:
        written = self.told.promise.terms
        match written.split("/"):
            case [agreement, kind, priority]:
                terms = {"agreement": agreement, "kind": self._say(f"kind-{kind}"), "priority": priority}
            case _:
                return self._say("why-terms-other", terms=written)
        since = self.told.terms_since
        if since is None or since is self.view.ticket.marks[0]:
            return self._say("why-terms", **terms)
        return self._say("why-terms-changed", at=self._moment(since.at), **terms)

    def _cause(self, interval: Interval) -> str:
        cause = heard_as(interval.cause, self.view.ticket.marks)
        return self._say(f"why-cause-{cause if cause in _CAUSES else 'pause'}")

    def _counted(self, interval: Interval) -> Iterator[str]:
        if not interval.rows and not interval.shut:
            yield self._say("why-outside")
        elif self.around:
            worked, total = self._exact(interval.worked), self._exact(interval.total)
            yield self._say("why-row-around-the-clock", length=worked, total=total)
        else:
            yield from self._rows(interval.rows, interval.shut)

    def _rows(self, rows: Sequence[Row], shut: Sequence[Shut]) -> Iterator[str]:
        """Rows and holidays in the order of their days; holidays that follow one another are one line."""
        if self.around:
            total = rows[-1].total
            length = total - rows[0].total + rows[0].worked
            yield self._say("why-row-around-the-clock", length=self._exact(length), total=self._exact(total))
            return
        entries: list[Row | Shut] = sorted([*rows, *shut], key=lambda one: one.day)
        for is_row, group in groupby(entries, lambda one: isinstance(one, Row)):
            found = list(group)
            if is_row:
                yield from (self._row(one) for one in found if isinstance(one, Row))
            elif len(found) == 1:
                yield self._say("why-shut", day=self._day(found[0].day))
            else:
                yield self._say("why-shut-days", first=self._day(found[0].day), last=self._day(found[-1].day))

    def _row(self, row: Row) -> str:
        calendar = self.told.promise.target.calendar
        key = "why-weekly"
        if row.row.startswith("special"):
            is_usual = calendar.weekly[row.day.weekday()] and row.day not in calendar.shifts
            key = "why-special" if is_usual else "why-make-up"
        return self._say(
            "why-row",
            day=self._day(row.day),
            row=self._say(key, window=str(row.window)),
            opens=self._edge(row.opens, row),
            closes=self._edge(row.closes, row),
            length=self._exact(row.worked),
            total=self._exact(row.total),
        )

    def _moment(self, at: datetime) -> str:
        """Date, time and offset; seconds only where there are any."""
        plain = self.there.moment(at, self.view.now)
        local = at.astimezone(self.there.zone)
        return plain if not (local.second or local.microsecond) else plain.replace(f"{local:%H:%M}", _clock(local), 1)

    def _edge(self, at: datetime, row: Row) -> str:
        """The time of day; with the offset where the clocks change in between, because then it does not add up."""
        time, zone = self._time(at, row.day), self.there.zone
        opens, closes = row.opens.astimezone(zone), row.closes.astimezone(zone)
        return time if opens.utcoffset() == closes.utcoffset() else f"{time} {offset_of(at.astimezone(zone))}"

    def _time(self, at: datetime, day: date) -> str:
        """The time of day; with the date when it is not that of the row."""
        local = at.astimezone(self.there.zone)
        midnight_after = local.date() == day + timedelta(days=1) and _clock(local) == "00:00"
        if midnight_after:
            return "24:00"
        return _clock(local) if local.date() == day else f"{self._day(local.date())} {_clock(local)}"

    def _day(self, day: date) -> str:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=self.there.zone)
        return self.there.day(noon, self.view.now)

    def _exact(self, length: timedelta) -> str:
        return exact(length, self.there)

    def _say(self, key: str, /, **facts: str | int) -> str:
        return self.view.say(key, **facts)


def _clock(local: datetime) -> str:
    """09:00, 09:00:15, 09:00:15.250."""
    if not local.second and not local.microsecond:
        return f"{local:%H:%M}"
    if not local.microsecond:
        return f"{local:%H:%M:%S}"
    return f"{local:%H:%M:%S.%f}".rstrip("0")


def _seconds(length: timedelta) -> str:
    """Seconds with as many digits as they have."""
    whole, rest = divmod(length, timedelta(seconds=1))
    part = f".{rest // timedelta(microseconds=1):06}".rstrip("0") if rest else ""
    return f"{whole}{part}"
