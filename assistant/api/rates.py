"""How many requests a minute each one may make: a bucket of tokens for each, filled at a steady rate."""

from __future__ import annotations

import time
from collections.abc import Callable

KEPT = 10_000
"""Buckets that are remembered before the full ones, which say nothing, are forgotten."""


class Rates:
    """Buckets of ``burst`` tokens that gain ``burst`` in every ``seconds``; ``clock`` gives the time in seconds."""

    def __init__(self, burst: int, seconds: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.burst = burst
        self._gain = burst / seconds
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> float:
        """Take a token out of the bucket of ``key``: 0, or the seconds until there is one to take."""
        now = self._clock()
        if len(self._buckets) >= KEPT:
            self._buckets = {
                each: kept for each, kept in self._buckets.items() if self._filled(kept, now) < self.burst
            }
        tokens = self._filled(self._buckets.get(key, (self.burst, now)), now)
        if tokens < 1:
            return (1 - tokens) / self._gain
        self._buckets[key] = (tokens - 1, now)
        return 0.0

    def _filled(self, bucket: tuple[float, float], now: float) -> float:
        tokens, then = bucket
        return min(self.burst, tokens + (now - then) * self._gain)
