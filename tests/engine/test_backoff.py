"""How long a letter waits before it is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.backoff import asked_for, backoff

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("attempts", "limit_s"), [(0, 1), (1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (50, 60), (10**9, 60)]
)
def test_the_limit_doubles_up_to_a_minute(attempts: int, limit_s: int) -> None:
    assert backoff(attempts, chance=lambda: 1.0) == limit_s * SECOND
    assert backoff(attempts, chance=lambda: 0.0) == timedelta()


@given(st.integers(1, 100), st.floats(0, 1, exclude_max=True))
def test_in_doubt_it_is_at_least_so_long_that_a_slow_server_is_done(attempts: int, chance: float) -> None:
    wait = backoff(attempts, maybe_sent=True, chance=lambda: chance)

    assert 2 * SECOND <= wait <= 60 * SECOND


@pytest.mark.parametrize(
    ("asked_s", "waits_s"), [(-1, 1), (0, 1), (0.4, 1), (1, 1.5), (30, 30.5), (3599.5, 3600), (3600, 3600), (1e9, 3600)]
)
def test_what_a_platform_asks_for_is_kept_within_reason(asked_s: float, waits_s: float) -> None:
    assert asked_for(timedelta(seconds=asked_s)) == timedelta(seconds=waits_s)
