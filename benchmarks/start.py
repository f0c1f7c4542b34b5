"""From the command to readiness with a hundred thousand open tickets; memory then; and what a route costs.

python -m benchmarks.start
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.armed import fill
from bot.house_rules import load

ROUNDS = 5
OPEN_TICKETS = 100_000
ROUTES = 60
LOOKUPS = 20_000
MB = 1024


def main() -> int:
    """Prints the tables."""
    folder = Path(tempfile.mkdtemp(prefix="deskbell-bench-"))
    try:
        now = datetime.now(UTC)
        far = now + timedelta(days=29)
        asyncio.run(fill(folder / "desk.db", load(None, now=now), now=now, far=OPEN_TICKETS, due=0, due_at=far))
        starts = [_start(folder) for _ in range(ROUNDS)]
    finally:
        shutil.rmtree(folder)
    ready = statistics.median(one[0] for one in starts)
    bare = statistics.median(_bare() for _ in range(ROUNDS))
    memory = statistics.median(one[1] for one in starts)
    print("| what | median |\n|---|---|")
    print(f"| start to ready, {OPEN_TICKETS:,} open tickets | {ready:.2f} s |")
    print(f"| of it the interpreter and its imports (`deskbell run --help`) | {bare:.2f} s |")
    print(f"| resident memory when ready | {memory:.0f} MB |")
    one, many = _routing(1), _routing(ROUTES)
    print(f"| a route among {ROUTES} against one alone | {many / one:.2f} times ({many:.2f} µs) |")
    return 0


def _start(folder: Path) -> tuple[float, float]:
    """Seconds until the address is printed, and megabytes then."""
    environment = os.environ | {"DESKBELL_DATABASE": str(folder / "desk.db"), "DESKBELL_LOG_LEVEL": "error"}
    began = time.perf_counter()
    desk = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"], stdout=subprocess.PIPE, env=environment, cwd=Path.cwd(), text=True
    )
    assert desk.stdout is not None
    desk.stdout.readline()
    took = time.perf_counter() - began
    status = Path(f"/proc/{desk.pid}/status").read_text()
    resident_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    desk.terminate()
    desk.wait(20)
    return took, resident_kb / MB


def _bare() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import bot.running"], check=True)
    return time.perf_counter() - began


def _routing(routes: int) -> float:
    """Microseconds to find who answers a press, the last of so many, as the dispatcher does."""
    from handlers.heard import wish_from

    table = {f"verb{one}": object() for one in range(routes)}
    wish = f"verb{routes - 1}:42"
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(LOOKUPS):
            table.get(wish_from(wish).verb)
        times.append((time.perf_counter() - began) / LOOKUPS * 1e6)
    return statistics.median(times)


if __name__ == "__main__":
    raise SystemExit(main())
