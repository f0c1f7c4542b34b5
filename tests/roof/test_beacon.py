"""What machines read of the desk: enough to wake somebody, and nothing that anybody wrote."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from bot.beacon import Beacon
from bot.domain.commands import Acknowledge
from bot.domain.refusals import Refusal
from bot.services.auditor import Auditor, Machine
from bot.services.roads import Roads, way_in
from storage import schema
from tests.domain.small_desk import LIN, MEI, raising
from tests.services.open_desk import Open, opened, standing


def beacon_of(here: Open, roads: Roads | None = None) -> tuple[Beacon, Auditor]:
    auditor = Auditor(here.desk, here.store.reads, here.time, roads or Roads(), machine=Machine, ring=lambda: None)
    return Beacon(auditor, here.store.reads, here.time, here.desk.counts), auditor


def asking(beacon: Beacon) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=beacon.site()), base_url="http://desk")


async def test_health_tells_the_age_of_the_last_proof_of_each_road(tmp_path: Path) -> None:
    time = standing()
    roads = Roads()
    roads.proved(way_in("slack"), time.now())
    async with opened(tmp_path / "desk.db", time=time) as here:
        beacon, auditor = beacon_of(here, roads)
        time.jump(timedelta(seconds=90))
        await auditor.look()
        async with asking(beacon) as machine:
            answer = await machine.get("/health")

    assert answer.status_code == 200
    assert answer.json()["ok"] is True
    (road,) = answer.json()["roads"]
    assert (road["road"], road["works"], road["proof_age_s"]) == ("in:slack", True, 90)
    assert answer.json()["classifier"]["is_fallback"] is False


async def test_health_is_red_when_something_is_wrong_and_says_what(tmp_path: Path) -> None:
    time = standing()
    async with opened(tmp_path / "desk.db", time=time) as here:
        await here.desk.do(raising())
        async with here.store.transaction() as unit:
            await unit.connection.execute(update(schema.tickets).values(wake_at=None))
        beacon, auditor = beacon_of(here)
        await auditor.look()
        async with asking(beacon) as machine:
            answer = await machine.get("/health")

    assert answer.status_code == 503
    assert [(one["fault"], one["serious"]) for one in answer.json()["findings"]] == [("adrift", True)]


async def test_health_is_red_when_the_auditor_itself_has_stopped(tmp_path: Path) -> None:
    time = standing()
    async with opened(tmp_path / "desk.db", time=time) as here:
        beacon, auditor = beacon_of(here)
        await auditor.look()
        time.jump(timedelta(minutes=4))
        async with asking(beacon) as machine:
            answer = await machine.get("/health")

    assert (answer.status_code, answer.json()["findings"]) == (503, [])


async def test_metrics_count_what_was_done_and_quote_nobody(tmp_path: Path) -> None:
    time = standing()
    async with opened(tmp_path / "desk.db", time=time) as here:
        number = (await here.desk.do(raising(words="canary words of an employee"))).ticket.id
        await here.desk.do(Acknowledge(by=LIN, ticket=number))
        with pytest.raises(Refusal):
            await here.desk.do(Acknowledge(by=MEI, ticket=number))
        beacon, auditor = beacon_of(here)
        await auditor.look()
        async with asking(beacon) as machine:
            text = (await machine.get("/metrics")).text

    found = {
        (one.name, *sorted(one.labels.values())): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }
    assert found["deskbell_commands_total", "done", "raise"] == 1
    assert found["deskbell_commands_total", "acknowledge", "done"] == 1
    assert found["deskbell_commands_total", "NotAllowed", "acknowledge"] == 1
    assert found[("deskbell_well",)] == 1
    assert sum(value for name, value in found.items() if name[0] == "deskbell_open_tickets") == 1
    assert found[("deskbell_commits_total",)] >= 3
    assert "canary" not in text
