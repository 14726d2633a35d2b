"""The state of one process's sandbox beside AWS's own: faults, counters, clock and lock."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import RLock
from typing import Any

from reconciler.sandbox.counts import Counts
from reconciler.sandbox.facts import forget_facts
from reconciler.sandbox.faults import Faults, read_faults
from reconciler.sandbox.injection import Injection
from reconciler.sandbox.switches import Quotas, Switches, read_quotas


@dataclass(frozen=True)
class Ahead:
    """A clock that is some seconds ahead of another one."""

    base: Callable[[], float]
    seconds: float

    def __call__(self) -> float:
        return self.base() + self.seconds


class World:
    """Every state change happens under `lock`; sleeping does not."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.counts = Counts()
        self._raised = Quotas()
        self.injection = Injection(Faults(), self.counts)
        self.restart(Faults())

    def restart(
        self,
        faults: Faults,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        with self.lock:
            self.clock, self.sleep = clock, sleep
            self.accepted = 0
            self.counts.clear()
            self._raised = Quotas()
            forget_facts()
            self._begin(faults)

    def come_to_rest(self) -> None:
        """Removes faults and virtual time. The counters stay readable."""
        with self.lock:
            self.clock, self.sleep = time.time, time.sleep
            self._raised = Quotas()
            self._begin(Faults())

    def set_faults(self, given: Mapping[str, Any] | None) -> None:
        """Replaces the faults, with new counters, buckets and random streams. The statistics stay."""
        faults = read_faults(given)
        with self.lock:
            self._begin(faults)

    def raise_quotas(self, given: Mapping[str, Any]) -> None:
        """Replaces the quotas that AWS raised, and nothing else."""
        raised = read_quotas(given)
        with self.lock:
            self._raised = raised
            self.quotas = self.faults.quotas.over(raised)

    def kept(self) -> dict[str, Any]:
        """Returns what outlives a stop of the sandbox: the clock and the raised quotas, but no faults."""
        return {"accepted": self.accepted, "ahead": self.ahead, "raised": self._raised}

    def resume(self, kept: Mapping[str, Any]) -> None:
        """Goes on from what `kept` returned."""
        with self.lock:
            self.accepted, self._raised = kept["accepted"], kept["raised"]
            self.quotas = self.faults.quotas.over(self._raised)
            self.move_clock(self.clock() + kept["ahead"])

    @property
    def switches(self) -> Switches:
        return self.faults.switches

    def now(self) -> float:
        """Returns epoch seconds as the service writes them."""
        return round(self.clock(), 3)

    @property
    def ahead(self) -> float:
        """The seconds by which the clock was moved."""
        return self.clock.seconds if isinstance(self.clock, Ahead) else 0.0

    def move_clock(self, to: float) -> None:
        """Moves the clock forward to a moment. It runs on from there, and never goes back."""
        with self.lock:
            clock = self.clock if isinstance(self.clock, Ahead) else Ahead(self.clock, 0.0)
            self.clock = replace(clock, seconds=clock.seconds + max(0.0, to - clock()))

    def _begin(self, faults: Faults) -> None:
        self.injection.release()
        self.faults = faults
        self.quotas = faults.quotas.over(self._raised)
        self.injection = Injection(faults, self.counts)


world = World()


def iso(seconds: float) -> str:
    """Returns the UTC time with whole seconds, as 2026-01-31T12:00:00Z."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
