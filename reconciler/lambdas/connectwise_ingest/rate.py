"""Keeps requests within the tenant's rate: a token bucket for the time of one invocation.

The tables of a tenant share its rate evenly: another function may read each of them at the same time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

# The bucket holds the requests of so many seconds.
BURST_SECONDS = 10.0


@dataclass
class Rate:
    """`per_second`: tokens that arrive. `clock` counts seconds."""

    per_second: float
    clock: Callable[[], float]
    _tokens: float = field(init=False)
    _since: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens, self._since = self._full, self.clock()

    @classmethod
    def shared(cls, per_minute: int, tables: int, clock: Callable[[], float]) -> Rate:
        return cls(per_minute / 60.0 / max(1, tables), clock)

    @property
    def _full(self) -> float:
        return max(1.0, self.per_second * BURST_SECONDS)

    def take(self) -> float:
        """Takes a token and returns the seconds to wait until it exists."""
        now = self.clock()
        self._tokens = min(self._full, self._tokens + (now - self._since) * self.per_second)
        self._since = now
        self._tokens -= 1.0
        return max(0.0, -self._tokens / self.per_second)
