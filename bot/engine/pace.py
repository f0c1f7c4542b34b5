"""Manners towards one address: a bucket of tokens that fills by itself."""

from __future__ import annotations

import math

from bot.chat.port import Manners

ROUNDING = 1e-6


class Pace:
    """Counts in seconds of a clock nobody can set. It keeps only the moment at which the bucket is full again."""

    def __init__(self, manners: Manners) -> None:
        self.burst = max(manners.burst, 1)
        self._each_s = manners.per.total_seconds() / max(manners.posts, 1)
        self._full_at_s = 0.0

    def ready_at(self, tokens: int = 1) -> float:
        """When so many tokens are there; as many as the bucket holds, when it never holds more."""
        return self._full_at_s - (self.burst - min(tokens, self.burst)) * self._each_s

    def full_at(self) -> float:
        """When there are as many as the bucket holds."""
        return self._full_at_s

    def tokens(self, now_s: float) -> int:
        """How many are there."""
        missing = math.ceil((self._full_at_s - now_s) / self._each_s - ROUNDING)
        return self.burst - min(max(missing, 0), self.burst)

    def spend(self, now_s: float) -> None:
        """One is taken."""
        self._full_at_s = max(self._full_at_s, now_s) + self._each_s
