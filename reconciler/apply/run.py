"""The state of one run: results so far, counters, and what the run has been handed to work with."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Event as Flag
from threading import Lock
from typing import Protocol

from reconciler.apply.workers import Threads, Workers
from reconciler.directory import Directory
from reconciler.environment import Environment
from reconciler.model import AS_WANTED, Contents, Item, Plan, Ref, Result, Status
from reconciler.model.events import Event, Failed
from reconciler.port import AwsPort


class Reread(Protocol):
    """Reads again what is in one resource; `parts` and `records` say which of the two listings to make."""

    def __call__(self, ref: Ref, *, parts: bool, records: bool) -> Contents: ...


class Ledger(Protocol):
    """Takes down every reply as soon as it is there, so that a killed run can still be told."""

    def note(self, operation: str, request_id: str, results: Mapping[Item, Result]) -> None: ...


class Stop(Flag):
    """Set when the run shall end; `signal` is what asked for it."""

    signal: int = 0


@dataclass(frozen=True)
class Ports:
    """What apply works with. `stop` is set when the run shall end: calls in flight are finished, no new one begins."""

    aws: AwsPort
    directory: Directory
    reread: Reread
    ledger: Ledger
    tell: Callable[[Event], None] = lambda event: None
    stop: Stop = field(default_factory=Stop)
    workers: Callable[[], Workers] = Threads
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep


class Run:
    """Results by item, safe to use from many threads."""

    def __init__(self, plan: Plan, environment: Environment, ports: Ports, decided: Mapping[Item, Result]) -> None:
        self.plan, self.environment, self.ports = plan, environment, ports
        self.results: dict[Item, Result] = dict(decided)
        self.retries = 0
        self.conflicts_resolved = 0
        self.gone: set[Ref] = set()  # deleted by this run to be made anew, and not made yet
        self._made: set[Ref] = set()
        self._met: set[Ref] = set()  # to be created, and another run of this stack had created it
        self._lock = Lock()

    def settle(self, results: Mapping[Item, Result], operation: str = "", request_id: str = "") -> None:
        """Say what became of items; the last word stands."""
        if not results:
            return
        with self._lock:
            self.results.update(results)
            self.ports.ledger.note(operation, request_id, results)
        failed = Counter(
            (self.plan.changes[item.change].ref, result.code)
            for item, result in results.items()
            if result.status is Status.FAILED
        )
        for (ref, code), count in failed.items():
            self.ports.tell(Failed(ref, operation, count, code))

    def made(self, ref: Ref) -> None:
        with self._lock:
            self._made.add(ref)
            self.gone.discard(ref)

    def met(self, ref: Ref) -> None:
        """Another run created it: what follows the create looks before it writes."""
        with self._lock:
            self._met.add(ref)

    def has_met(self, ref: Ref) -> bool:
        with self._lock:
            return ref in self._met

    def deleted(self, ref: Ref) -> None:
        with self._lock:
            self.gone.add(ref)

    def has_made(self, refs: Iterable[Ref]) -> bool:
        """Whether one of them is this run's own work."""
        with self._lock:
            return any(ref in self._made for ref in refs)

    def retried(self) -> None:
        with self._lock:
            self.retries += 1

    def resolved(self, count: int) -> None:
        with self._lock:
            self.conflicts_resolved += count

    def lacks(self, items: Iterable[Item]) -> bool:
        """Whether any of the items has a result that does not make it true."""
        with self._lock:
            return any(self.results.get(item, _DONE).status not in AS_WANTED for item in items)

    def open(self, items: Iterable[Item]) -> list[Item]:
        """The items that nothing stands against: a replaced thing is done twice, deleted and made."""
        with self._lock:
            return [item for item in items if self.results.get(item, _DONE).status in AS_WANTED]


_DONE = Result(Status.DONE)


def backoff(attempt: int) -> float:
    """Seconds before a call that was throttled is made again, on top of what our own bucket asks for: the bucket alone
    after the first time, when two clocks may have differed by a trip; then more and more, somebody else is calling."""
    return 0.0 if attempt <= 1 else float(min(0.25 * 2**attempt, 8.0))
