"""The state of one process's sandbox beside AWS's own: faults, counters, clock and lock."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import RLock
from typing import Any

from reconciler.sandbox.counts import Counts
from reconciler.sandbox.faults import Faults, read_faults
from reconciler.sandbox.injection import Injection
from reconciler.sandbox.switches import Quotas, Switches, read_quotas


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

    @property
    def switches(self) -> Switches:
        return self.faults.switches

    def now(self) -> float:
        """Returns epoch seconds as the service writes them."""
        return round(self.clock(), 3)

    def _begin(self, faults: Faults) -> None:
        self.injection.release()
        self.faults = faults
        self.quotas = faults.quotas.over(self._raised)
        self.injection = Injection(faults, self.counts)


world = World()
