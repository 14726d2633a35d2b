"""Counts of calls and faults.

`calls` counts every attempt that the service accepted, by service and operation, with retries. A refusal and an
injected 500 are answers to an accepted attempt. `throttled` counts the attempts that were refused for their rate.
Attempts that were dropped before anything happened are in `faults` only. `total` is the sum of `calls`. `faults` counts
the faults that were served, by their JSON key.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from typing import Any


@dataclass
class Counts:
    calls: Counter[str] = field(default_factory=Counter)
    throttled: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def accepted(self, service: str, operation: str) -> None:
        with self._lock:
            self.calls[f"{service}:{operation}"] += 1

    def refused_for_rate(self, service: str, operation: str) -> None:
        with self._lock:
            self.throttled[f"{service}:{operation}"] += 1

    def served(self, fault: str) -> None:
        with self._lock:
            self.faults[fault] += 1

    def clear(self) -> None:
        with self._lock:
            for counter in (self.calls, self.throttled, self.faults):
                counter.clear()

    def as_json(self) -> dict[str, Any]:
        with self._lock:
            return {
                "calls": dict(sorted(self.calls.items())),
                "total": self.calls.total(),
                "throttled": dict(sorted(self.throttled.items())),
                "faults": dict(sorted(self.faults.items())),
            }
