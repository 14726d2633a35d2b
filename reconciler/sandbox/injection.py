"""Serves faults: deterministic for a seed and an order of calls.

Counters run over the calls that a fault is about. Each operation has its own random stream, so the calls of one
operation do not affect another.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from threading import Event

from reconciler.sandbox import codes
from reconciler.sandbox.attempt import Attempt, is_write, names_of
from reconciler.sandbox.counts import Counts
from reconciler.sandbox.errors import Dropped, Refused
from reconciler.sandbox.faults import Every, Faults, Stall

LONGEST_STALL = 120.0  # seconds
VALUE_READS = frozenset({"ListDataTableValues", "BatchDescribeDataTableValue"})
VALUE_WRITES = frozenset(
    {
        "BatchCreateDataTableValue",
        "BatchUpdateDataTableValue",
        "BatchDeleteDataTableValue",
        "UpdateDataTablePrimaryValues",
    }
)


class Injection:
    """The counters, buckets and random streams behind one set of faults."""

    def __init__(self, faults: Faults, counts: Counts) -> None:
        self.faults = faults
        self.counts = counts
        self._counters: Counter[str] = Counter()
        self._streams: dict[str, Random] = {}
        self._buckets: dict[Attempt, tuple[float, float]] = {}
        self._released = Event()

    def before(self, attempt: Attempt, now: float) -> None:
        """Serves the faults that come before a call is carried out: no answer, throttling, or an error."""
        drop = self.faults.drop_before
        if drop and _concerns(drop, attempt.names, attempt.is_write) and self._is_due("dropBefore", drop):
            raise Dropped
        self._take_token(attempt, now)
        for place, error in enumerate(self.faults.errors):
            by_default = codes.can_answer(attempt.service, error.code)
            if _concerns(error, attempt.names, by_default) and self._strikes(place, error, attempt):
                self.counts.served("error")
                raise Refused(error.code, "injected by the sandbox")

    def after(self, attempt: Attempt) -> None:
        """Serves the fault that comes after a call was carried out: a lost reply."""
        lost = self.faults.lost_reply
        if lost and _concerns(lost, attempt.names, attempt.is_write) and self._is_due("lostReply", lost):
            raise Dropped

    def stalls(self, attempt: Attempt, when: str) -> bool:
        """Returns whether this call gets no answer; asked once before and once after a call is carried out."""
        stall = self.faults.stall
        if not stall or stall.when != when or not _concerns(stall, attempt.names, True):
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
            fault and _concerns(fault, names_of(operation), is_write(operation)) and self._is_due("itemFailure", fault)
        )

    def empties_page(self, operation: str) -> bool:
        fault = self.faults.empty_page
        return bool(fault and _concerns(fault, names_of(operation), True) and self._is_due("emptyPage", fault))

    def other_writer_comes(self, operation: str, kind: str) -> bool:
        """Returns whether the other writer acts. Reads and writes (`kind`) have separate counters."""
        fault, kinds = self.faults.other_writer, {"read": VALUE_READS, "write": VALUE_WRITES}
        if not fault or not _concerns(fault, names_of(operation), operation in kinds[kind]):
            return False
        if operation not in kinds[kind]:
            return False
        self._counters[f"otherWriter {kind}"] += 1
        return self._counters[f"otherWriter {kind}"] % fault.every == 0

    def random(self, stream: str) -> Random:
        if stream not in self._streams:
            self._streams[stream] = Random(f"{self.faults.seed} {stream}")  # noqa: S311 - repeatable on purpose
        return self._streams[stream]

    def _take_token(self, attempt: Attempt, now: float) -> None:
        """Takes a token from the bucket of an account, Region and operation [service quotas page]; it starts full."""
        bucket = self.faults.rate.bucket(attempt) if self.faults.rate else None
        if not bucket:
            return
        tokens, then = self._buckets.get(attempt, (bucket.burst, now))
        tokens = min(bucket.burst, tokens + max(0.0, now - then) * bucket.per_second)
        # The tolerance is for a caller who waited exactly long enough: rounding must not refuse it.
        if tokens < 1 - 1e-9:
            self._buckets[attempt] = (tokens, now)
            raise Refused(codes.THROTTLED, "Rate exceeded")
        self._buckets[attempt] = (tokens - 1, now)

    def _strikes(self, place: int, error: Every, attempt: Attempt) -> bool:
        if not error.every:
            return self.random(f"error {place} {attempt.stream}").random() < error.probability
        self._counters[f"error {place}"] += 1
        return (self._counters[f"error {place}"] - 1) % error.every >= error.every - error.burst

    def _is_due(self, fault: str, every: Every) -> bool:
        self._counters[fault] += 1
        if self._counters[fault] % every.every:
            return False
        self.counts.served(fault)
        return True


def _concerns(fault: Every | Stall, names: frozenset[str], by_default: bool) -> bool:
    return by_default if fault.operations is None else not names.isdisjoint(fault.operations)
