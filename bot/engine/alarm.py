"""One bell for the next moment at which the desk has something to do, and a ring every few seconds in any case."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.services.ports import Timepiece

SWEEP = timedelta(seconds=5)

_RING, _SWEEP = "ring", "sweep"
_GRACE = timedelta(seconds=1)

# Its default would drop a job that is a second late; and one job id is armed anew while it still runs.
_JOBS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 100}


class Alarm:
    """A bell in `apscheduler`, which remembers nothing: what is due stands in the database. Its jobs only ring, so
    none of them can be in the way of the next; whoever waits does the work."""

    def __init__(self, timepiece: Timepiece, *, sweep: timedelta = SWEEP) -> None:
        self._time = timepiece
        self._sweep = sweep
        self._bell = asyncio.Event()
        self._armed: datetime | None = None
        self._scheduler: Any = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()}, job_defaults=_JOBS, timezone=UTC
        )

    def start(self) -> None:
        """It rings from now on."""
        self._scheduler.start()
        self.rearm()

    def stop(self) -> None:
        """It does not ring by itself any more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    @property
    def is_ringing(self) -> bool:
        """It has rung and nobody has come yet."""
        return self._bell.is_set()

    def ring(self) -> None:
        """Whoever waits looks at what there is to do."""
        self._bell.set()

    def ring_at(self, moment: datetime) -> None:
        """It rings at that moment of the desk's time, or at an earlier one that is armed already. At once when the
        moment is past."""
        now = self._time.now()
        if self._armed is not None and now < self._armed <= moment:
            return
        if moment <= now:
            self._armed = None
            self.ring()
            return
        self._armed = moment
        self._set()

    def rearm(self) -> None:
        """One of the two times was moved: what it rings at is counted anew, and it rings now."""
        if self._scheduler.running:
            self._scheduler.add_job(
                self._rung, "interval", seconds=self._sweep.total_seconds(), id=_SWEEP, replace_existing=True
            )
        self._set()
        self.ring()

    async def wait(self) -> None:
        """Returns when it rings, or at once when it has rung since the last time."""
        try:
            async with asyncio.timeout((self._sweep + _GRACE).total_seconds()):
                await self._bell.wait()
        except TimeoutError:
            # The scheduler compares with the machine's clock: set back, it would be silent until that caught up.
            self.rearm()
        self._bell.clear()

    def _set(self) -> None:
        if self._armed is None or not self._scheduler.running:
            return
        wait = timedelta(seconds=self._time.real_seconds_until(self._armed))
        self._scheduler.add_job(self._rung, "date", run_date=datetime.now(UTC) + wait, id=_RING, replace_existing=True)

    async def _rung(self) -> None:
        self.ring()
