"""The auditor finds what is late, adrift or silent, repairs what it can, and is quiet when all is well."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.domain.anew import anew
from bot.services.auditor import Auditor, Fault, Limits, Machine, judge
from bot.services.ports import Lag, Letter, Road, Vitals
from bot.services.roads import Roads, way_in, way_out
from bot.services.timepiece import DemoTime
from storage import schema
from tests.domain.small_desk import MON_9, raising
from tests.services.open_desk import Open, an_arrival, keep, opened, standing

WELL = Vitals(Lag(0), Lag(0), Lag(0), Lag(0), 0, 0)
MINUTE = timedelta(minutes=1)


def auditor_of(here: Open, time: DemoTime, roads: Roads | None = None, rung: list[bool] | None = None) -> Auditor:
    return Auditor(
        here.desk,
        here.store.reads,
        time,
        roads or Roads(),
        machine=Machine,
        ring=lambda: (rung if rung is not None else []).append(True),
    )


def faults(*roads: Road, vitals: Vitals = WELL, machine: Machine | None = None) -> list[Fault]:
    found = judge(vitals, roads, machine or Machine(), {}, Limits(), MON_9)
    return [one.fault for one in found]


async def forget_to_wake(here: Open, ticket: int) -> None:
    async with here.store.transaction() as unit:
        await unit.connection.execute(update(schema.tickets).where(schema.tickets.c.id == ticket).values(wake_at=None))


async def test_a_desk_at_peace_is_well(database: Path) -> None:
    time = standing()
    async with opened(database, time=time) as here:
        await here.desk.do(raising())

        report = await auditor_of(here, time).look()

    assert report.is_well
    assert report.findings == ()


async def test_a_ticket_that_nothing_would_wake_is_found_and_woken_again(database: Path) -> None:
    time = standing()
    async with opened(database, time=time) as here:
        number = (await here.desk.do(raising())).ticket.id
        before = await here.store.reads.ticket(number)
        await forget_to_wake(here, number)

        report = await auditor_of(here, time).look()

        after = await here.store.reads.ticket(number)
    assert before is not None
    assert after is not None
    assert [one.fault for one in report.findings] == [Fault.ADRIFT]
    assert not report.is_well
    assert report.repaired == 1
    assert after.wake_at == before.wake_at


async def test_one_that_would_be_woken_too_late_is_found_within_the_next_looks(database: Path) -> None:
    time = standing()
    async with opened(database, time=time) as here:
        for _ in range(450):
            await here.desk.do(raising())
        late = {"wake_at": 9_999_999_999_999}
        async with here.store.transaction() as unit:
            await unit.connection.execute(update(schema.tickets).where(schema.tickets.c.id == 430).values(late))
        auditor = auditor_of(here, time)

        reports = [await auditor.look() for _ in range(3)]

    assert [report.repaired for report in reports] == [0, 0, 1]


async def test_what_is_overdue_rings_the_bell(database: Path) -> None:
    time, rung = standing(), list[bool]()
    async with opened(database, time=time) as here:
        await here.desk.do(raising())
        time.jump(timedelta(days=1))

        report = await auditor_of(here, time, rung=rung).look()

    assert Fault.OVERDUE in [one.fault for one in report.findings]
    assert rung


async def test_an_arrival_that_nobody_handles_is_found(database: Path) -> None:
    time = standing()
    async with opened(database, time=time) as here:
        await keep(here.store, an_arrival("k1"))
        time.jump(2 * MINUTE)

        (finding,) = (await auditor_of(here, time).look()).findings

    assert (finding.fault, finding.count, finding.since) == (Fault.UNHANDLED, 1, MON_9)


async def test_a_page_that_does_not_go_is_found_sooner_than_another_letter(database: Path) -> None:
    time = standing()
    async with opened(database, time=time) as here:
        async with here.store.transaction() as unit:
            page = Letter("p", "local:dm:bo", "person:bo", "page", urgency=0)
            news = Letter("n", "local:dm:bo", "person:bo", "reply", urgency=2)
            later = Letter("l", "local:dm:bo", "person:bo", "page", urgency=0, not_before=MON_9 + timedelta(hours=3))
            await unit.post([page, news, later], time.now())
        auditor = auditor_of(here, time)
        time.jump(3 * MINUTE)
        soon = await auditor.look()
        time.jump(15 * MINUTE)
        later_on = await auditor.look()

    assert [(one.fault, one.count) for one in soon.findings] == [(Fault.UNSENT_PAGES, 1)]
    assert [(one.fault, one.count) for one in later_on.findings] == [
        (Fault.UNSENT_PAGES, 1),
        (Fault.UNSENT_LETTERS, 1),
    ]


async def test_roads_are_remembered_over_a_restart(database: Path) -> None:
    time = standing()
    roads = Roads()
    roads.proved(way_in("slack"), MON_9)
    roads.failed(way_out("email"), MON_9, "no route")
    async with opened(database, time=time) as here:
        await auditor_of(here, time, roads).look()

    async with opened(database, time=time) as again:
        known = await again.store.reads.roads()

    assert known == [Road("in:slack", MON_9), Road("out:email", None, MON_9, "no route")]


@pytest.mark.parametrize(
    ("road", "is_bad"),
    [
        (Road("out:slack", MON_9), False),
        (Road("out:slack", MON_9 - MINUTE, MON_9, "blocked"), False),  # one refusal
        (Road("out:slack", MON_9 - 6 * MINUTE, MON_9, "revoked"), True),
        (Road("out:slack", None, MON_9, "revoked"), True),
        (Road("out:slack", MON_9, MON_9 - MINUTE, "was down"), False),
    ],
)
def test_a_road_is_bad_when_it_fails_for_minutes_without_a_proof(road: Road, is_bad: bool) -> None:
    assert (Fault.ROAD in faults(road)) is is_bad


def test_a_road_that_should_prove_itself_is_bad_when_it_is_silent() -> None:
    since = MON_9 - timedelta(minutes=11)
    quiet, fresh = Road("in:slack", since), Road("in:telegram", MON_9 - MINUTE)
    proving = {"in:slack": since, "in:telegram": since, "in:never": MON_9}

    found = judge(WELL, [quiet, fresh], Machine(), proving, Limits(), MON_9)

    assert [(one.fault, one.about) for one in found] == [(Fault.ROAD, "in:slack")]


def test_a_full_disk_a_long_log_and_a_wrong_clock_are_found() -> None:
    machine = Machine(free_bytes=10, log_bytes=100 * 1024 * 1024, skew=timedelta(hours=1))

    assert faults(machine=machine) == [Fault.CLOCK, Fault.DISK, Fault.LOG]


def test_letters_given_up_are_worth_knowing_but_the_heart_goes_on() -> None:
    found = judge(anew(WELL, buried=2, aside=1), [], Machine(), {}, Limits(), MON_9)

    assert [one.fault for one in found] == [Fault.BURIED, Fault.ASIDE]
    assert not any(one.stops_heartbeat for one in found)


async def test_what_was_repaired_stays_repaired(database: Path) -> None:
    time = standing()
    async with opened(database, time=time) as here:
        number = (await here.desk.do(raising())).ticket.id
        await forget_to_wake(here, number)
        auditor = auditor_of(here, time)

        first, second = await auditor.look(), await auditor.look()

    assert (first.repaired, second.repaired) == (1, 0)
    assert second.is_well
