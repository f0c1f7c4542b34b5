"""What the desk says of itself to machines: `/health` for those who wake somebody, `/metrics` for those who draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.classifier import health as classifier_health
from bot.services.auditor import EVERY, Auditor, Finding, Report
from bot.services.counts import Counts, Labels
from bot.services.ports import OpenCount, Reads, Road, Timepiece

STALE_AFTER = 3 * EVERY
"""A report older than this says that the auditor itself has stopped."""


@dataclass(frozen=True, slots=True)
class Beacon:
    """Asked by machines; changes nothing and names no ticket and no person."""

    auditor: Auditor
    reads: Reads
    time: Timepiece
    counts: Counts
    heartbeat_at: Callable[[], datetime | None] = lambda: None
    """When the outward heartbeat was last heard; None when there is none."""

    def routes(self) -> list[BaseRoute]:
        """To be mounted wherever machines may ask."""
        return [Route("/health", self.health), Route("/metrics", self.metrics)]

    def site(self) -> Starlette:
        """The same as a site of its own."""
        return Starlette(routes=self.routes())

    async def health(self, _: Request) -> Response:
        """200 when all is well, 503 when somebody should look."""
        told = await self.told()
        return JSONResponse(told, status_code=200 if told["ok"] else 503)

    async def told(self) -> dict[str, Any]:
        """All that is known of how the desk is, as JSON."""
        now, report = self.time.now(), self.auditor.last
        reader = classifier_health()
        return {
            "ok": report is None or (report.is_well and now - report.at < STALE_AFTER),
            "now": now.isoformat(),
            "audited_at": None if report is None else report.at.isoformat(),
            "findings": [] if report is None else [_finding(one, now) for one in report.findings],
            "roads": [] if report is None else [_road(one, now) for one in report.roads],
            "heartbeat_at": _iso(self.heartbeat_at()),
            "classifier": {"model": reader.model_version, "is_fallback": reader.is_fallback, "why": reader.reason},
            "waiting_arrivals": await self.reads.waiting_arrivals(),
            "waiting_letters": await self.reads.waiting_letters(),
            "dead_letters": len(await self.reads.dead_letters()),
        }

    async def metrics(self, _: Request) -> Response:
        """Everything worth a graph, in Prometheus' text format."""
        families = list(
            _families(
                self.counts, self.auditor.last, await self.reads.open_counts(), await self._queues(), self.time.now()
            )
        )
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Given(families))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    async def _queues(self) -> Mapping[str, int]:
        return {
            "arrivals": await self.reads.waiting_arrivals(),
            "letters": await self.reads.waiting_letters(),
            "dead_letters": len(await self.reads.dead_letters()),
        }


class _Given(Collector):
    """Families that were worked out before, because asking the database has to be awaited."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _families(
    counts: Counts, report: Report | None, tickets: Iterable[OpenCount], queues: Mapping[str, int], now: datetime
) -> Iterator[Metric]:
    yield _gauge("deskbell_open_tickets", "Open tickets.", ["team", "priority"], _open(tickets))
    yield _gauge("deskbell_waiting", "What waits.", ["queue"], {(name,): count for name, count in queues.items()})
    yield _counter("deskbell_commands", "Commands, by verb and outcome.", ["verb", "outcome"], counts.commands)
    yield _counter(
        "deskbell_letters", "Letters, by platform, card and fate.", ["platform", "about", "fate"], counts.letters
    )
    yield _counter("deskbell_arrivals", "What came in, by platform.", ["platform"], counts.arrivals)
    for name, total in counts.as_totals().items():
        yield CounterMetricFamily(
            f"deskbell_{name}", f"{name.replace('_', ' ').capitalize()} at the door.", value=total
        )
    if report is None:
        return
    yield GaugeMetricFamily("deskbell_well", "1 when the last audit found nothing serious.", value=int(report.is_well))
    yield GaugeMetricFamily(
        "deskbell_audit_age_seconds", "Seconds since the last audit.", value=(now - report.at).total_seconds()
    )
    yield _gauge("deskbell_findings", "What the last audit found.", ["fault"], _by_fault(report.findings))
    proofs: dict[Labels, float] = {
        (road.name,): (now - road.proved_at).total_seconds() for road in report.roads if road.proved_at
    }
    yield _gauge("deskbell_road_proof_age_seconds", "Seconds since a road was last seen to work.", ["road"], proofs)
    works: dict[Labels, float] = {(road.name,): int(road.works) for road in report.roads}
    yield _gauge("deskbell_road_works", "1 when the last thing seen of a road is that it works.", ["road"], works)


def _gauge(name: str, told: str, labels: list[str], values: Mapping[Labels, float]) -> Metric:
    family = GaugeMetricFamily(name, told, labels=labels)
    for of, value in values.items():
        family.add_metric(list(of), value)
    return family


def _counter(name: str, told: str, labels: list[str], values: Mapping[Labels, float]) -> Metric:
    family = CounterMetricFamily(name, told, labels=labels)
    for of, value in values.items():
        family.add_metric(list(of), value)
    return family


def _open(tickets: Iterable[OpenCount]) -> dict[Labels, float]:
    return {(one.team, one.priority): one.count for one in tickets}


def _by_fault(findings: Iterable[Finding]) -> dict[Labels, float]:
    found: dict[Labels, float] = {}
    for one in findings:
        found[(one.fault,)] = found.get((one.fault,), 0) + one.count
    return found


def _finding(one: Finding, now: datetime) -> dict[str, Any]:
    return {
        "fault": one.fault,
        "count": one.count,
        "since": _iso(one.since),
        "age_s": None if one.since is None else int((now - one.since).total_seconds()),
        "about": one.about,
        "serious": one.stops_heartbeat,
    }


def _road(one: Road, now: datetime) -> dict[str, Any]:
    return {
        "road": one.name,
        "works": one.works,
        "proved_at": _iso(one.proved_at),
        "proof_age_s": None if one.proved_at is None else int((now - one.proved_at).total_seconds()),
        "failed_at": _iso(one.failed_at),
        "why": one.why,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
