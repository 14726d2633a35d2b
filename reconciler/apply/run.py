"""The state of one run: its results so far, its counters and its ports."""

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
from reconciler.documents.contents import ContentStore
from reconciler.model import AS_WANTED, Contents, Item, Plan, Ref, Result, Status
from reconciler.model.content import TextFile
from reconciler.model.environment import Environment
from reconciler.model.events import Event, Failed
from reconciler.port import AwsPort


class Reread(Protocol):
    """Reads the contents of one resource again. `parts` and `records` select which listings to make.

    `part`: the name of the one part that matters.
    """

    def __call__(self, ref: Ref, *, parts: bool, records: bool, part: str = "") -> Contents: ...


class Ledger(Protocol):
    """Records every reply as soon as it arrives, so that the next run can report a killed one."""

    def note(self, operation: str, request_id: str, results: Mapping[Item, Result]) -> None: ...


class Stop(Flag):
    """Flag that ends the run. `signal` is the number of the signal that set it, 0 for none."""

    signal: int = 0


@dataclass(frozen=True)
class Ports:
    """Everything outside that apply uses. Once `stop` is set, calls in flight finish and no new one begins."""

    aws: AwsPort
    directory: Directory
    reread: Reread
    ledger: Ledger
    tell: Callable[[Event], None] = lambda event: None
    stop: Stop = field(default_factory=Stop)
    workers: Callable[[], Workers] = Threads
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    contents: ContentStore = field(default_factory=ContentStore)
    documents: Callable[[Ref], Mapping[str, TextFile]] = lambda ref: {}  # reads the files of documents, by field


class Run:
    """Results by item, safe to use from many threads."""

    def __init__(self, plan: Plan, environment: Environment, ports: Ports, decided: Mapping[Item, Result]) -> None:
        self.plan, self.environment, self.ports = plan, environment, ports
        self.results: dict[Item, Result] = dict(decided)
        self.retries = 0
        self.conflicts_resolved = 0
        self.gone: set[Ref] = set()  # resources that this run deleted to recreate them, and has not recreated yet
        self._created: set[Ref] = set()
        self._chosen: set[tuple[str, str]] = set()  # items that a create of this run has chosen, by kind
        self._created_elsewhere: set[Ref] = set()  # resources to create that another run of this stack had created
        self._lock = Lock()

    def settle(self, results: Mapping[Item, Result], operation: str = "", request_id: str = "") -> None:
        """Stores the results of items. A later result replaces an earlier one."""
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

    def note(self, results: Mapping[Item, Result], operation: str, request_id: str) -> None:
        """Writes results of items into the ledger alone: later ones will replace them, unless the run is killed."""
        with self._lock:
            self.ports.ledger.note(operation, request_id, results)

    def note_create(self, ref: Ref) -> None:
        with self._lock:
            self._created.add(ref)
            self.gone.discard(ref)

    def choose(self, kind: str, item: str) -> bool:
        """Notes that a create of this run takes an item. Returns False if another create has taken it."""
        with self._lock:
            is_free = (kind, item) not in self._chosen
            self._chosen.add((kind, item))
            return is_free

    def note_create_elsewhere(self, ref: Ref) -> None:
        """Notes that another run created the resource: the steps after the create must recheck before they write."""
        with self._lock:
            self._created_elsewhere.add(ref)

    def is_created_elsewhere(self, ref: Ref) -> bool:
        with self._lock:
            return ref in self._created_elsewhere

    def note_delete(self, ref: Ref) -> None:
        with self._lock:
            self.gone.add(ref)

    def has_created(self, refs: Iterable[Ref]) -> bool:
        """Returns whether this run created one of the resources."""
        with self._lock:
            return any(ref in self._created for ref in refs)

    def has_written(self, refs: Iterable[Ref]) -> bool:
        """Returns whether this run created or changed one of the resources."""
        named = {*refs}
        with self._lock:
            done = {item.change for item, result in self.results.items() if result.status is Status.DONE}
            return any(self.plan.changes[at].ref in named for at in done)

    def count_retry(self) -> None:
        with self._lock:
            self.retries += 1

    def count_resolved(self, conflicts: int) -> None:
        with self._lock:
            self.conflicts_resolved += conflicts

    def lacks(self, items: Iterable[Item]) -> bool:
        """Returns whether any of the items has a result other than done or unchanged."""
        with self._lock:
            return any(self.results.get(item, _DONE).status not in AS_WANTED for item in items)

    def open(self, items: Iterable[Item]) -> list[Item]:
        """Returns the items that have not failed, conflicted or been skipped.

        A replacement counts twice: delete, then create.
        """
        with self._lock:
            return [item for item in items if self.results.get(item, _DONE).status in AS_WANTED]


_DONE = Result(Status.DONE)


def backoff(attempt: int) -> float:
    """Returns the seconds to wait before a throttled call is repeated, in addition to its own token bucket.

    The first time, the bucket alone is enough: two clocks may have differed by a round trip. After that, another
    program is calling too, so the wait doubles up to 8 seconds.
    """
    return 0.0 if attempt <= 1 else float(min(0.25 * 2**attempt, 8.0))
