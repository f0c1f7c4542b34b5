"""How long to wait before the next try."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

Chance = Callable[[], float]
"""A number in [0, 1), each equally likely."""

BASE = timedelta(seconds=1)
CAP = timedelta(seconds=60)

SHORTEST_ASKED = timedelta(seconds=1)
LONGEST_ASKED = timedelta(hours=1)
MARGIN = timedelta(seconds=0.5)
"""Platforms count in whole seconds; who comes back exactly on time is sometimes still too early."""

UNKNOWN_REST = timedelta(seconds=2)
"""A server that was too slow to answer may still deliver; only then is it worth looking for what it delivered."""


def backoff(attempts: int, *, maybe_sent: bool = False, chance: Chance = random.random) -> timedelta:
    """Full jitter: anywhere between nothing and a limit that doubles with each of the `attempts` so far."""
    limit = min(CAP, BASE * (1 << min(max(attempts - 1, 0), 16)))
    wait = limit * chance()
    return max(wait, UNKNOWN_REST) if maybe_sent else wait


def asked_for(retry_after: timedelta) -> timedelta:
    """What a platform asked for and a little more, within reason."""
    return min(max(retry_after + MARGIN, SHORTEST_ASKED), LONGEST_ASKED)
