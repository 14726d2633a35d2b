"""Serves faults: deterministic for a seed and an order of calls.

Counters run over the calls that a fault is about. Each operation has its own random stream, so the calls of one
operation do not affect another.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from threading import Event

from reconciler.sandbox.counts import Counts
from reconciler.sandbox.errors import Dropped, Refused
from reconciler.sandbox.faults import Every, Faults

LONGEST_STALL = 120.0  # seconds
WRITE_VERBS = (
    *("Create", "Update", "Delete", "Associate", "Disassociate"),
    *("BatchCreate", "BatchUpdate", "BatchDelete", "Tag", "Untag"),
)
VALUE_READS = frozenset({"ListDataTableValues", "BatchDescribeDataTableValue"})
VALUE_WRITES = frozenset(
    {
        "BatchCreateDataTableValue",
        "BatchUpdateDataTableValue",
        "BatchDeleteDataTableValue",
        "UpdateDataTablePrimaryValues",
    }
)


def is_write(operation: str) -> bool:
    return operation.startswith(WRITE_VERBS)


class Injection:
    """The counters, buckets and random streams behind one set of faults."""

    def __init__(self, faults: Faults, counts: Counts) -> None:
        self.faults = faults
        self.counts = counts
        self._counters: Counter[str] = Counter()
        self._streams: dict[str, Random] = {}
        self._buckets: dict[tuple[str, str, str], tuple[float, float]] = {}
        self._released = Event()

    def before(self, operation: str, account: str, region: str, now: float) -> None:
        """Serves the faults that come before a call is carried out: no answer, throttling, or an error."""
        drop = self.faults.drop_before
        if drop and self._concerns(drop, operation, is_write(operation)) and self._is_due("dropBefore", drop):
            raise Dropped
        self._take_token(operation, account, region, now)
        for place, error in enumerate(self.faults.errors):
            if self._concerns(error, operation, True) and self._strikes(place, error, operation):
                self.counts.served("error")
                raise Refused(error.code, "injected by the sandbox")

    def after(self, operation: str) -> None:
        """Serves the fault that comes after a call was carried out: a lost reply."""
        lost = self.faults.lost_reply
        if lost and self._concerns(lost, operation, is_write(operation)) and self._is_due("lostReply", lost):
            raise Dropped

    def stalls(self, when: str) -> bool:
        """Returns whether this call gets no answer; asked once before and once after a call is carried out."""
        stall = self.faults.stall
        if not stall or stall.when != when:
            return False
        self._counters["stall"] += 1
        if self._counters["stall"] != stall.call:
            return False
        self.counts.served("stall")
        return True

    def stand_still(self) -> None:
        """Waits until the faults are replaced, and then raises `Dropped`."""
        self._released.wait(LONGEST_STALL)
        raise Dropped

    def release(self) -> None:
        self._released.set()

    def fails_item(self, operation: str) -> bool:
        fault = self.faults.item_failure
        return bool(
            fault and self._concerns(fault, operation, is_write(operation)) and self._is_due("itemFailure", fault)
        )

    def empties_page(self, operation: str) -> bool:
        fault = self.faults.empty_page
        return bool(fault and self._concerns(fault, operation, True) and self._is_due("emptyPage", fault))

    def other_writer_comes(self, operation: str, kind: str) -> bool:
        """Returns whether the other writer acts. Reads and writes (`kind`) have separate counters."""
        fault, kinds = self.faults.other_writer, {"read": VALUE_READS, "write": VALUE_WRITES}
        if not fault or not self._concerns(fault, operation, operation in kinds[kind]):
            return False
        if operation not in kinds[kind]:
            return False
        self._counters[f"otherWriter {kind}"] += 1
        return self._counters[f"otherWriter {kind}"] % fault.every == 0

    def random(self, stream: str) -> Random:
        if stream not in self._streams:
            self._streams[stream] = Random(f"{self.faults.seed} {stream}")  # noqa: S311 - repeatable on purpose
        return self._streams[stream]

    def _take_token(self, operation: str, account: str, region: str, now: float) -> None:
        """Takes a token from the bucket of an account, Region and operation [service quotas page]; it starts full."""
        bucket = self.faults.rate.bucket(operation) if self.faults.rate else None
        if not bucket:
            return
        key = (account, region, operation)
        tokens, then = self._buckets.get(key, (bucket.burst, now))
        tokens = min(bucket.burst, tokens + max(0.0, now - then) * bucket.per_second)
        # The tolerance is for a caller who waited exactly long enough: rounding must not refuse it.
        if tokens < 1 - 1e-9:
            self._buckets[key] = (tokens, now)
            raise Refused("ThrottlingException", "Rate exceeded")
        self._buckets[key] = (tokens - 1, now)

    def _strikes(self, place: int, error: Every, operation: str) -> bool:
        if not error.every:
            return self.random(f"error {place} {operation}").random() < error.probability
        self._counters[f"error {place}"] += 1
        return (self._counters[f"error {place}"] - 1) % error.every >= error.every - error.burst

    def _is_due(self, fault: str, every: Every) -> bool:
        self._counters[fault] += 1
        if self._counters[fault] % every.every:
            return False
        self.counts.served(fault)
        return True

    @staticmethod
    def _concerns(fault: Every, operation: str, by_default: bool) -> bool:
        return by_default if fault.operations is None else operation in fault.operations
