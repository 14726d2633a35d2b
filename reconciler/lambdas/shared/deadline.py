"""One budget of time for all that an event makes a Lambda do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Deadline:
    """`clock` counts seconds from anywhere, and only forward."""

    ends: float
    clock: Callable[[], float]

    @classmethod
    def within(cls, seconds: float, clock: Callable[[], float]) -> Deadline:
        return cls(clock() + seconds, clock)

    @property
    def left(self) -> float:
        """Seconds; below 0 when it has passed."""
        return self.ends - self.clock()
