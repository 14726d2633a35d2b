"""One token bucket per `service:Operation`, shared by all workers.

Every attempt takes a token, also botocore's own retries.
"""

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

    def wait(self, call: str) -> None:
        """Counts an attempt, and sleeps until its token is available."""
        with self._lock:
            self._attempts[call] += 1
            rate = self._rates.of(call)
            if rate is None:
                return
            now = self._clock()
            self._buckets[call], seconds = take(rate, self._buckets.get(call, full(rate, now)), now)
        if seconds:
            self._sleep(seconds)

    def delay(self, call: str) -> float:
        """Returns the seconds that an attempt would wait now."""
        with self._lock:
            rate, now = self._rates.of(call), self._clock()
            return take(rate, self._buckets.get(call, full(rate, now)), now)[1] if rate else 0.0

    def throttled(self, call: str) -> None:
        """Empties the bucket of an operation, because AWS has throttled it: another caller used the tokens."""
        with self._lock:
            if rate := self._rates.of(call):
                now = self._clock()
                self._buckets[call] = drained(self._buckets.get(call, full(rate, now)), now)

    def attempts(self) -> Mapping[str, int]:
        with self._lock:
            return dict(sorted(self._attempts.items()))
