"""The auditor asks every minute whether anything open has no next step, anything due is not done, anything written is
not sent. It repairs what it can, tells the rest, and says whether all is well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from bot.domain.commands import Tick
from bot.domain.ids import DESK, TicketId
from bot.domain.passing import ahead
from bot.services.desk import Desk
from bot.services.ports import Filed, Lag, Reads, Road, Timepiece, Vitals
from bot.services.roads import KeepRoads, Roads

EVERY = timedelta(minutes=1)
LEAST_PAUSE_S = 1.0
"""However fast a demonstration's time runs."""
RECOMPUTED_AT_ONCE = 200
"""Open tickets whose next moment is worked out anew in one look; the next look takes the next."""

MIB = 1024 * 1024

log = structlog.get_logger(__name__)


class Fault(StrEnum):
    """What can be wrong with the desk as a whole; the words live in the texts and on the page of the operator."""

    ADRIFT = "adrift"
    """Open tickets that nothing would have woken in time."""
    OVERDUE = "overdue"
    UNHANDLED = "unhandled"
    UNSENT_PAGES = "unsent_pages"
    UNSENT_LETTERS = "unsent_letters"
    BURIED = "buried"
    ASIDE = "aside"
    CLOCK = "clock"
    DISK = "disk"
    LOG = "log"
    ROAD = "road"


WORTH_KNOWING = frozenset({Fault.BURIED, Fault.ASIDE})
"""Somebody should look, but the desk does its work: the heartbeat goes on."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: how many, since when, and what it is about (a road, an amount)."""

    fault: Fault
    count: int = 1
    since: datetime | None = None
    about: str = ""

    @property
    def stops_heartbeat(self) -> bool:
        """Whoever waits for the heartbeat must be told."""
        return self.fault not in WORTH_KNOWING


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something is wrong."""

    late: timedelta = timedelta(seconds=60)
    late_pages: timedelta = timedelta(minutes=2)
    late_letters: timedelta = timedelta(minutes=15)
    silent: timedelta = timedelta(minutes=10)
    """How old the last proof of a road may be that proves itself every few minutes."""
    failing: timedelta = timedelta(minutes=5)
    """How long a road may fail without a proof in between."""
    free_bytes: int = 200 * MIB
    log_bytes: int = 64 * MIB


@dataclass(frozen=True, slots=True)
class Machine:
    """What the machine says: free space beside the database, the size of its write-ahead log, and how far the clock
    is behind the desk's time. None where nobody can say."""

    free_bytes: int | None = None
    log_bytes: int | None = None
    skew: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Report:
    """What one look found."""

    at: datetime
    findings: tuple[Finding, ...]
    roads: tuple[Road, ...]
    took: timedelta
    repaired: int = 0

    @property
    def is_well(self) -> bool:
        """Everything that was promised is being done."""
        return not any(finding.stops_heartbeat for finding in self.findings)


def judge(
    vitals: Vitals,
    roads: Sequence[Road],
    machine: Machine,
    proving: Mapping[str, datetime],
    limits: Limits,
    now: datetime,
) -> tuple[Finding, ...]:
    """What is wrong. `proving`: roads that prove themselves regularly, and since when they are expected to."""
    lags = (
        (Fault.OVERDUE, vitals.overdue),
        (Fault.UNHANDLED, vitals.unhandled),
        (Fault.UNSENT_PAGES, vitals.unsent_pages),
        (Fault.UNSENT_LETTERS, vitals.unsent_letters),
        (Fault.BURIED, Lag(vitals.buried)),
        (Fault.ASIDE, Lag(vitals.aside)),
    )
    found = [Finding(fault, lag.count, lag.since) for fault, lag in lags if lag.count]
    if machine.skew:
        found.append(Finding(Fault.CLOCK, about=str(machine.skew)))
    if machine.free_bytes is not None and machine.free_bytes < limits.free_bytes:
        found.append(Finding(Fault.DISK, about=f"{machine.free_bytes // MIB} MiB"))
    if machine.log_bytes is not None and machine.log_bytes > limits.log_bytes:
        found.append(Finding(Fault.LOG, about=f"{machine.log_bytes // MIB} MiB"))
    return (*found, *_bad_roads(roads, proving, limits, now))


def _bad_roads(
    roads: Sequence[Road], proving: Mapping[str, datetime], limits: Limits, now: datetime
) -> tuple[Finding, ...]:
    known = {road.name: road for road in roads}
    silent = [
        Finding(Fault.ROAD, since=last, about=name)
        for name, since in sorted(proving.items())
        if now - (last := max(since, _proof(known.get(name)) or since)) > limits.silent
    ]
    failing = [
        Finding(Fault.ROAD, since=road.proved_at, about=road.name)
        for road in roads
        if road.name not in proving and _is_failing(road, limits)
    ]
    return (*silent, *failing)


def _proof(road: Road | None) -> datetime | None:
    return None if road is None else road.proved_at


def _is_failing(road: Road, limits: Limits) -> bool:
    """It failed, and for so long before that nothing came through. One refusal after many deliveries is none."""
    if road.works or road.failed_at is None:
        return False
    return road.proved_at is None or road.failed_at - road.proved_at > limits.failing


class Auditor:
    """Looks once a minute. `told` hears of every report."""

    def __init__(
        self,
        desk: Desk,
        reads: Reads,
        timepiece: Timepiece,
        roads: Roads,
        *,
        machine: Callable[[], Machine],
        ring: Callable[[], None],
        told: Callable[[Report], None] = lambda _: None,
        limits: Limits | None = None,
    ) -> None:
        self.last: Report | None = None
        self._desk = desk
        self._reads = reads
        self._time = timepiece
        self._roads = roads
        self._machine = machine
        self._ring = ring
        self._told = told
        self._limits = limits or Limits()
        self._proving: dict[str, datetime] = {}
        self._asleep_after = self._after = TicketId(0)
        self._known: frozenset[tuple[Fault, str]] = frozenset()

    def expect(self, road: str) -> None:
        """From now on this road proves itself every few minutes, and its silence is a fault."""
        self._proving.setdefault(road, self._time.now())

    @property
    def pause_s(self) -> float:
        """How long to wait until the next look."""
        return max(LEAST_PAUSE_S, self._time.real_seconds_until(self._time.now() + EVERY))

    async def look(self) -> Report:
        """One report. What could be repaired is; whoever should know has been told."""
        limits, begun = self._limits, self._time.now()
        vitals = await self._reads.vitals(
            begun, late=limits.late, late_pages=limits.late_pages, late_letters=limits.late_letters
        )
        adrift = await self._adrift(begun)
        unsaved = self._roads.unsaved()
        if unsaved:
            await self._desk.chore(KeepRoads(unsaved))
        findings = judge(vitals, self._roads.all(), self._machine(), self._proving, limits, begun)
        if adrift:
            findings = (Finding(Fault.ADRIFT, len(adrift)), *findings)
        await self._repair(adrift)
        if vitals.overdue.count:
            self._ring()
        report = Report(begun, findings, self._roads.all(), self._time.now() - begun, len(adrift))
        self._tell(report)
        return report

    async def _adrift(self, now: datetime) -> list[TicketId]:
        """Of the next few hundred open tickets those whose next moment is not, or not in time, written down."""
        found = await self._reads.to_check(asleep_after=self._asleep_after, after=self._after, limit=RECOMPUTED_AT_ONCE)
        asleep = [filed.ticket.id for filed in found if filed.wake_at is None]
        self._asleep_after = asleep[-1] if len(asleep) >= RECOMPUTED_AT_ONCE else TicketId(0)
        last = found[-1].ticket.id if found else TicketId(0)
        self._after = last if last > self._after else TicketId(0)
        return sorted({filed.ticket.id for filed in found if self._would_sleep_in(filed, now)})

    def _would_sleep_in(self, filed: Filed, now: datetime) -> bool:
        wanted = ahead(filed.ticket, self._desk.rules, now).wake_at
        return wanted is not None and (filed.wake_at is None or filed.wake_at > max(wanted, now) + self._limits.late)

    async def _repair(self, adrift: Sequence[TicketId]) -> None:
        """A tick works out the next moment anew and writes it down."""
        for ticket in adrift:
            log.error("ticket_was_adrift", ticket=ticket)
            await self._desk.do(Tick(by=DESK, ticket=ticket))

    def _tell(self, report: Report) -> None:
        self.last = report
        now_known = frozenset((one.fault, one.about if one.fault is Fault.ROAD else "") for one in report.findings)
        for one in report.findings:
            if (one.fault, one.about if one.fault is Fault.ROAD else "") not in self._known:
                log.error("audit_found", fault=one.fault, count=one.count, since=_iso(one.since), about=one.about)
        if self._known and not now_known:
            log.info("audit_clean_again")
        self._known = now_known
        self._told(report)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
