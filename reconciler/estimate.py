"""What applying will cost: calls per operation, and the seconds that the rates force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from heapq import heappop, heappush

from reconciler.graph import Graph, Node, Progress, make_graph
from reconciler.model import Change, Estimate, Step
from reconciler.pacing import Bucket, Rates, full, take

ROUND_TRIP = 0.05  # seconds, until a run has been measured


def estimate(changes: Sequence[Change], rates: Rates, *, round_trip: float = ROUND_TRIP) -> Estimate:
    """The steps run as apply runs them, in simulated time: when what each waits for is done and its token is there."""
    counts = Counter(call for change in changes for step in change.steps for call in _calls(step))
    return Estimate(_seconds(make_graph(changes), rates, round_trip), dict(sorted(counts.items())))


def _calls(step: Step) -> tuple[str, ...]:
    """A full replace is preceded by a read of what it replaces."""
    return (f"{step.call.service}:{step.replaces.read}", step.call.name) if step.replaces else (step.call.name,)


def _seconds(graph: Graph, rates: Rates, round_trip: float) -> float:
    progress, buckets, now = Progress(graph), _Buckets(rates), 0.0
    flying: list[tuple[float, Node]] = []
    while True:
        for choice in progress.ready():
            node = min(choice, key=lambda each: (buckets.delay(graph.step(each).call.operation, now), each))
            progress.begin(node)
            ends = now
            for call in _calls(graph.step(node)):
                ends += buckets.wait(call.partition(":")[2], ends) + round_trip
            heappush(flying, (ends, node))
        if not flying:
            return now
        now, node = heappop(flying)
        progress.done(node)


class _Buckets:
    """One per operation, in simulated time."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._buckets: dict[str, Bucket] = {}

    def wait(self, operation: str, now: float) -> float:
        if not (rate := self._rates.of(operation)):
            return 0.0
        self._buckets[operation], seconds = take(rate, self._buckets.get(operation, full(rate, now)), now)
        return seconds

    def delay(self, operation: str, now: float) -> float:
        rate = self._rates.of(operation)
        return take(rate, self._buckets.get(operation, full(rate, now)), now)[1] if rate else 0.0
