"""The test's own time does what the other tests rely on."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiosqlite
import pytest

from tests import clock as times
from tests.clock import START, Clock, Stuck, run, virtual


def test_a_day_passes_at_once() -> None:
    began = time.perf_counter()

    async def story(clock: Clock) -> tuple[datetime, float, datetime]:
        await clock.passes(hours=24)
        return clock.wall(), clock.mono(), datetime.now(UTC)

    wall, passed_s, machine = run(story)

    assert wall == machine
    assert timedelta() <= machine - START - timedelta(days=1) < timedelta(milliseconds=1)
    assert passed_s == pytest.approx(86_400)
    assert time.perf_counter() - began < 5


@virtual
async def test_timers_go_off_in_their_order_and_at_their_time(clock: Clock) -> None:
    seen: dict[str, float] = {}
    for name, after_s in (("late", 60.0), ("soon", 1.0), ("last", 3600.0)):
        asyncio.get_running_loop().call_later(after_s, _note, seen, name, clock)

    await clock.passes(hours=2)

    assert list(seen) == ["soon", "late", "last"]
    assert list(seen.values()) == pytest.approx([1, 60, 3600])


def _note(seen: dict[str, float], name: str, clock: Clock) -> None:
    seen[name] = clock.mono()


@virtual
async def test_a_turned_clock_lets_no_time_pass(clock: Clock) -> None:
    clock.turn(timedelta(hours=-3))

    assert clock.wall() == START - timedelta(hours=3)
    assert clock.mono() == 0


LONG_WORK = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT count(*) FROM n"


@virtual
async def test_no_time_passes_while_the_database_works(clock: Clock, tmp_path: Path) -> None:
    asyncio.get_running_loop().call_later(1, lambda: None)

    async with aiosqlite.connect(tmp_path / "file") as connection:
        await connection.execute_fetchall(LONG_WORK)

    assert clock.mono() == 0


@virtual
async def test_no_time_passes_while_a_thread_works(clock: Clock) -> None:
    asyncio.get_running_loop().call_later(1, lambda: None)

    await asyncio.to_thread(sum, range(2_000_000))

    assert clock.mono() == 0


@pytest.mark.parametrize("number", [1, 2])
@virtual
async def test_fixtures_and_examples_are_given_as_usual(number: int, tmp_path: Path) -> None:
    assert number in {1, 2}
    assert tmp_path.name


def test_waiting_for_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "PATIENCE_S", 0.01)

    with pytest.raises(Stuck):
        run(lambda _: asyncio.Event().wait())
