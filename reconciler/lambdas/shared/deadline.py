"""One time budget for all work of an event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Deadline:
    """`clock` counts seconds from any start, and only forward."""

    ends: float
    clock: Callable[[], float]

    @classmethod
    def within(cls, seconds: float, clock: Callable[[], float]) -> Deadline:
        return cls(clock() + seconds, clock)

    @property
    def left(self) -> float:
        """Returns the remaining seconds; below 0 after the deadline."""
        return self.ends - self.clock()
