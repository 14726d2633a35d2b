"""Keeps calls within Amazon Connect's rates: a token bucket per operation, a token per attempt, with retries.

The quotas hold per account and Region: SearchContacts 0.5 a second, burst 1; DescribeContact 10, burst 15; others 2,
burst 5 (Service Quotas).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from reconciler.lambdas.shared.calls import OutOfTime


class Rate(NamedTuple):
    per_second: float
    burst: int


OTHERS = Rate(2.0, 5)
# The service's bucket refills from a call's arrival, this one from its departure.
FIRST_TRIP = 0.05  # seconds


@dataclass
class Pace:
    """The buckets. `left` returns the seconds until the invocation ends; a longer wait raises `OutOfTime`."""

    rates: Mapping[str, Rate]
    left: Callable[[], float]
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def wait(self, operation: str) -> None:
        seconds = self._promise(operation)
        if seconds > self.left():
            raise OutOfTime(operation)
        if seconds > 0:
            self.sleep(seconds)

    def _promise(self, operation: str) -> float:
        """Takes a token, if need be a future one, and returns the seconds until it exists."""
        rate = self.rates.get(operation, OTHERS)
        with self._lock:
            now = self.clock()
            tokens, since = self._buckets.get(operation, (float(rate.burst), now))
            tokens = min(float(rate.burst), tokens + max(0.0, now - since) * rate.per_second)
            begins = now + FIRST_TRIP if tokens >= rate.burst else max(now, since)
            self._buckets[operation] = (tokens - 1.0, begins)
            return max(0.0, (1.0 - tokens) / rate.per_second + begins - now) if tokens < 1.0 else 0.0
