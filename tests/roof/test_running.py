"""`deskbell run` as a process: it starts, stops cleanly, and never looks alive when it is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx

KEY = "a-key-for-the-tests-0123"


def started(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """A desk on this folder that has printed its address."""
    environment = {
        "PATH": os.environ["PATH"],
        "DESKBELL_DATABASE": str(folder / "desk.db"),
        "DESKBELL_LOCAL_KEY": KEY,
        "DESKBELL_SWEEP_S": "0.5",
        "PYTHONPATH": str(Path.cwd()),
    }
    desk = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"], env=environment, cwd=folder, stdout=subprocess.PIPE, text=True
    )
    assert desk.stdout is not None
    address = desk.stdout.readline().split("/?")[0].rsplit(" ", 1)[-1]
    return desk, address


def test_it_starts_with_an_empty_environment_and_stops_cleanly(tmp_path: Path) -> None:
    desk, address = started(tmp_path)

    answer = httpx.get(f"{address}/health", headers={"Authorization": f"Bearer {KEY}"})
    locked = httpx.get(f"{address}/api/people")
    desk.send_signal(signal.SIGTERM)

    assert answer.json()["ok"] is True
    assert locked.status_code == 401
    assert desk.wait(10) == 0
    assert (tmp_path / "desk.db").stat().st_mode & 0o077 == 0


def test_a_second_desk_on_the_same_database_is_refused(tmp_path: Path) -> None:
    desk, _ = started(tmp_path)

    second = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        env={"PATH": os.environ["PATH"], "DESKBELL_DATABASE": str(tmp_path / "desk.db"), "PYTHONPATH": str(Path.cwd())},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    desk.terminate()

    assert second.returncode == 1
    assert "in use" in second.stderr
    assert desk.wait(10) == 0


def test_a_desk_whose_database_was_taken_over_goes_away_by_itself(tmp_path: Path) -> None:
    first, _ = started(tmp_path)
    (tmp_path / "desk.db.lock").unlink()  # as on a network drive whose locks were lost

    second, _ = started(tmp_path)

    assert first.wait(30) == 1
    second.terminate()
    assert second.wait(10) == 0
