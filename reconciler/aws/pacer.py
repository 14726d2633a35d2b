"""One token bucket per operation, shared by all workers. Every attempt takes a token, also botocore's own retries."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from threading import Lock

from reconciler.pacing import Bucket, Rates, drained, full, take


class Pacer:
    def __init__(
        self, rates: Rates, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._rates, self._clock, self._sleep = rates, clock, sleep
        self._buckets: dict[str, Bucket] = {}
        self._attempts: Counter[str] = Counter()
        self._lock = Lock()

    def wait(self, service: str, operation: str) -> None:
        """Counts an attempt, and sleeps until its token is available."""
        with self._lock:
            self._attempts[f"{service}:{operation}"] += 1
            rate = self._rates.of(operation)
            if rate is None:
                return
            now = self._clock()
            self._buckets[operation], seconds = take(rate, self._buckets.get(operation, full(rate, now)), now)
        if seconds:
            self._sleep(seconds)

    def delay(self, operation: str) -> float:
        """Returns the seconds that an attempt would wait now."""
        with self._lock:
            rate, now = self._rates.of(operation), self._clock()
            return take(rate, self._buckets.get(operation, full(rate, now)), now)[1] if rate else 0.0

    def throttled(self, operation: str) -> None:
        """Empties the bucket of an operation, because AWS has throttled it: another caller used the tokens."""
        with self._lock:
            if rate := self._rates.of(operation):
                now = self._clock()
                self._buckets[operation] = drained(self._buckets.get(operation, full(rate, now)), now)

    def attempts(self) -> Mapping[str, int]:
        with self._lock:
            return dict(sorted(self._attempts.items()))
