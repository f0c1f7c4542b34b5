"""Time knocks at the door like everybody else: every due ticket gets its tick, digests and handovers are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import structlog

from bot.domain.commands import Downtime, Review, Tick
from bot.domain.ids import DESK, TeamId, TicketId
from bot.domain.rules import Rules
from bot.services import failpoint
from bot.services.desk import Desk
from bot.services.digests import WriteDigest, due_digest, next_digest_at
from bot.services.handovers import Handovers
from bot.services.ports import Fenced, Filed, Reads, Timepiece, Unit, Wake

BEFORE_TICKS = failpoint.declare("watch.before_ticks")
AFTER_TICKS = failpoint.declare("watch.after_ticks")
BEFORE_OUTAGE = failpoint.declare("watch.before_outage")
AFTER_OUTAGE = failpoint.declare("watch.after_outage")
FIRST_DAY = failpoint.declare("watch.first_day")

MOST_DUE = 5000
"""Tickets of one look; more are found by the next, which follows at once."""

REVIEWED_AT_ONCE = 200

SEEN_EVERY = timedelta(seconds=5)
DOWN_FROM = timedelta(seconds=60)
"""A shorter gap between two lives of the process is a restart, not a downtime."""

FAR = datetime(9999, 1, 1, tzinfo=UTC)
"""Later than anything that is armed."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Saw:
    """A chore: the desk was alive at that moment."""

    at: datetime

    async def apply(self, unit: Unit) -> None:
        await unit.saw(self.at)


@dataclass(frozen=True, slots=True)
class FirstDay:
    """A chore: the desk begins. Digests of days before it existed are not owed."""

    before: tuple[tuple[TeamId, date], ...]
    at: datetime

    async def apply(self, unit: Unit) -> None:
        for team, day in self.before:
            await unit.mark_digest(team, day)
        failpoint.hit(FIRST_DAY)
        await unit.saw(self.at)


@dataclass(frozen=True, slots=True)
class WasDown:
    """A chore: a downtime is on record, and the desk is alive again."""

    down: Downtime

    async def apply(self, unit: Unit) -> None:
        failpoint.hit(BEFORE_OUTAGE)
        await unit.outage(self.down)
        await unit.saw(self.down.until)
        failpoint.hit(AFTER_OUTAGE)


class Watch:
    """Looks when the bell rings. `arm` is told the next moment at which there will be something to do, `on_letters`
    that there are letters to send."""

    def __init__(
        self,
        desk: Desk,
        reads: Reads,
        timepiece: Timepiece,
        *,
        arm: Callable[[datetime], None],
        on_letters: Callable[[], None],
    ) -> None:
        self._desk = desk
        self._reads = reads
        self._time = timepiece
        self._arm = arm
        self._on_letters = on_letters
        self._handovers = Handovers(desk, reads)
        self._down: Downtime | None = None
        self._seen_at: datetime | None = None
        self._failed: set[TicketId] = set()

    async def wake_up(self) -> Downtime | None:
        """After a start: the downtime since the desk was last alive is on record; None when there was none worth
        the name. What fell due in it is said late by the first `look`."""
        now, last = self._time.now(), await self._reads.last_seen()
        if last is not None and now - last >= DOWN_FROM:
            self._down = Downtime(since=last, until=now)
            await self._desk.chore(WasDown(self._down))
        elif last is None:
            await self._desk.chore(FirstDay(self._days_before(now), now))
        else:
            await self._desk.chore(Saw(now))
        self._seen_at = now
        self._handovers.begin(now, last)
        return self._down

    @property
    def _rules(self) -> Rules:
        return self._desk.rules  # never a copy: they change while the desk works

    def _days_before(self, now: datetime) -> tuple[tuple[TeamId, date], ...]:
        due = (due_digest(team, self._rules, now, None) for team in self._rules.teams.values())
        return tuple((one.team, one.day) for one in due if one is not None)

    async def look(self) -> int:
        """Everything that was due is done; how many tickets were looked at. The next moment is armed."""
        done = await self._tick_due()
        await self._write_digests()
        await self._hand_over()
        await self._be_seen()
        await self._arm_next()
        return done

    async def review(self) -> int:
        """The deadlines of all open tickets follow the rules in force; how many were looked at again. Those that are
        over stay as they were judged."""
        seen: set[int] = set()
        while True:
            found = await self._reads.outdated(self._rules.version, REVIEWED_AT_ONCE)
            fresh = [one for one in found if one.ticket.id not in seen]
            if not fresh:
                return len(seen)
            seen.update(one.ticket.id for one in fresh)
            await self._give([_review(one) for one in fresh], "review_failed")

    async def next_moment(self) -> datetime | None:
        """When the next ticket, digest or handover wants to be looked at."""
        now = self._time.now()
        moments = [next_digest_at(team, self._rules, now) for team in self._rules.teams.values()]
        return min(filter(None, (*moments, self._handovers.next_at(now), await self._next_wake())), default=None)

    async def _next_wake(self) -> datetime | None:
        """Of no ticket whose tick has just failed: it is tried again at every look, but a bell that is set for a moment
        which stays past would ring without end."""
        if not self._failed:
            return await self._reads.next_wake()
        armed = await self._reads.due(FAR, len(self._failed) + 1)
        return next((one.at for one in armed if one.ticket not in self._failed), None)

    async def _tick_due(self) -> int:
        """From one snapshot at a time, each ticket once in a look: one that does not move on cannot hold up others."""
        ticked: set[TicketId] = set()
        self._failed.clear()
        while True:
            due = await self._reads.due(self._time.now(), MOST_DUE)
            fresh = [one for one in due if one.ticket not in ticked]
            if not fresh:
                return len(ticked)
            ticked.update(one.ticket for one in fresh)
            failpoint.hit(BEFORE_TICKS)
            await self._tick(fresh)
            failpoint.hit(AFTER_TICKS)

    async def _tick(self, due: Sequence[Wake]) -> None:
        ticks = [Tick(by=DESK, ticket=one.ticket, down=self._why_late(one.at)) for one in due]
        self._failed.update(await self._give(ticks, "tick_failed"))

    async def _give(self, orders: Sequence[Tick | Review], trouble: str) -> list[TicketId]:
        """Every order is given, whatever becomes of the others; the tickets of those that failed."""
        results = await asyncio.gather(*map(self._desk.do, orders), return_exceptions=True)
        failed = []
        for order, result in zip(orders, results, strict=True):
            if isinstance(result, Fenced | asyncio.CancelledError):
                raise result
            if isinstance(result, BaseException):
                failed.append(order.ticket)
                log.error(trouble, ticket=order.ticket, why=type(result).__name__)
        return failed

    def _why_late(self, due: datetime) -> Downtime | None:
        return self._down if self._down is not None and due < self._down.until else None

    async def _write_digests(self) -> None:
        now = self._time.now()
        for team in self._rules.teams.values():
            due = due_digest(team, self._rules, now, await self._reads.last_digest(team.id))
            if due is None or team.channel is None:
                continue
            if await self._desk.chore(WriteDigest(due, team.channel, now)):
                self._on_letters()

    async def _hand_over(self) -> None:
        if await self._handovers.tell(self._time.now(), self._down):
            self._on_letters()

    async def _be_seen(self) -> None:
        now = self._time.now()
        if self._seen_at is None or now - self._seen_at >= SEEN_EVERY:
            await self._desk.chore(Saw(now))
            self._seen_at = now

    async def _arm_next(self) -> None:
        moment = await self.next_moment()
        if moment is not None:
            self._arm(moment)


def _review(filed: Filed) -> Review:
    dues = filed.dues
    return Review(
        by=DESK, ticket=filed.ticket.id, response=dues.response, update=dues.update, resolution=dues.resolution
    )
