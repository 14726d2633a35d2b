"""The pollers of all event source mappings of this process. They start with the first mapping."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock, Thread

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import EventSourceMapping, lambda_backends

from reconciler.sandbox.events.sources.queues import QueueSource
from reconciler.sandbox.events.sources.source import EventSource
from reconciler.sandbox.events.sources.streams import StreamSource
from reconciler.sandbox.functions.archives import BadArchive
from reconciler.sandbox.functions.containers import Answer
from reconciler.sandbox.functions.pool import Pool, Throttled
from reconciler.sandbox.functions.store import function_stores
from reconciler.sandbox.world import world

LOOK = 0.05  # seconds between two looks at all sources
WORKERS = 8


class Mappings:
    """`pool`: gives the containers; called when a batch is there."""

    def __init__(self, pool: Callable[[], Pool]) -> None:
        self._pool = pool
        self._lock = Lock()
        self._sources: dict[str, EventSource] = {}
        self._busy: set[str] = set()
        self._is_open = True
        self._workers: ThreadPoolExecutor | None = None

    @property
    def is_busy(self) -> bool:
        """Returns whether a batch runs or is due."""
        due = self.next_due()
        return bool(self._busy) or (due is not None and due <= world.clock())

    def next_due(self) -> float | None:
        """Returns the moment at which the next batch is due."""
        return min(self._dues().values(), default=None)

    def add(self, mapping: EventSourceMapping) -> None:
        """Begins to read the source of a new mapping, from its starting position."""
        kind = QueueSource if ":sqs:" in mapping.event_source_arn else StreamSource
        self._begin(kind(mapping, partial(self._invoke, mapping)))

    def sources(self) -> list[EventSource]:
        """Returns the pollers. They can be pickled."""
        with self._lock:
            return list(self._sources.values())

    def resume(self, sources: list[EventSource]) -> None:
        """Goes on where the pollers of another process stopped."""
        for source in sources:
            source.invoke = partial(self._invoke, source.mapping)
            self._begin(source)

    def _begin(self, source: EventSource) -> None:
        with self._lock:
            self._sources[source.mapping.uuid] = source
            if self._workers is None and self._is_open:
                self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="event-sources")
                Thread(target=self._look, daemon=True).start()

    def close(self) -> None:
        with self._lock:
            self._is_open = False
            self._sources.clear()
            workers = self._workers
        if workers:
            workers.shutdown(wait=False, cancel_futures=True)

    def _look(self) -> None:
        """Gives every source that is due to a worker, and forgets the mappings that were deleted."""
        while self._is_open:
            dues = self._dues()
            now = world.clock()  # after them: a full batch is due at the moment of the look
            ready = [uuid for uuid, due in dues.items() if due <= now]
            with self._lock:
                for uuid in ready:
                    if uuid in self._sources and self._workers:
                        self._busy.add(uuid)
                        self._workers.submit(self._poll, uuid, self._sources[uuid])
                gone = [uuid for uuid, source in self._sources.items() if not _is_known(source.mapping)]
                for uuid in gone:
                    del self._sources[uuid]
            time.sleep(LOOK)

    def _dues(self) -> dict[str, float]:
        """Returns when each source has its next batch, but not of those that run one.

        It holds no lock of its own meanwhile: a source waits for the sandbox's, whose holder may add a mapping.
        """
        with self._lock:
            waiting = {uuid: source for uuid, source in self._sources.items() if uuid not in self._busy}
        active = {uuid: source for uuid, source in waiting.items() if _is_active(source.mapping)}
        dues = {uuid: source.next_due() for uuid, source in active.items()}
        return {uuid: due for uuid, due in dues.items() if due is not None}

    def _poll(self, uuid: str, source: EventSource) -> None:
        try:
            source.poll()
        except Exception:  # The sandbox's own mistake must not end the poller.
            traceback.print_exc(file=sys.stderr)
        finally:
            with self._lock:
                self._busy.discard(uuid)

    def _invoke(self, mapping: EventSourceMapping, event: bytes) -> Answer | None:
        _, _, _, region, account = mapping.function_arn.split(":")[:5]
        try:
            function = lambda_backends[account][region].get_function(mapping.function_arn)
            return self._pool().invoke(function, event).answer
        except (Throttled, BadArchive, UnknownFunctionException):
            return None


def _is_active(mapping: EventSourceMapping) -> bool:
    facts = function_stores[mapping.account_id][mapping.region].mappings.get(mapping.uuid)
    is_leaving = facts is not None and facts.state == "Deleting"
    return bool(mapping.enabled) and not is_leaving and _is_known(mapping)


def _is_known(mapping: EventSourceMapping) -> bool:
    return lambda_backends[mapping.account_id][mapping.region].get_event_source_mapping(mapping.uuid) is mapping
