"""One fault of the desk's own does not take the others with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.life import LIN, OUTAGE, ZHAO, living


async def test_a_digest_that_cannot_be_written_silences_neither_the_ladder_nor_the_drills(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with living(tmp_path) as life:
        app = life.house.app
        looked: list[str] = []

        async def broken() -> None:
            raise LookupError("a bug in the look")

        async def looks(name: str) -> None:
            looked.append(name)

        monkeypatch.setattr(app.watch, "look", broken)
        monkeypatch.setattr(app.ladder, "look", lambda: looks("ladder"))
        monkeypatch.setattr(app, "_keep_drills", lambda: looks("drills"))
        app.alarm.ring()
        await app.until_at_rest()

        assert {"ladder", "drills"} <= set(looked)
        await life.say(LIN, OUTAGE)
        assert ZHAO in str((await life.happened("called"))[0].facts["people"])
