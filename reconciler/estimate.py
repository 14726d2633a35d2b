"""What applying will cost: calls per operation, and the seconds that the rates force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush

from reconciler.model import Change, Estimate, Step
from reconciler.pacing import Bucket, Rates, full, take

ROUND_TRIP = 0.05  # seconds, until a run has been measured


def estimate(changes: Iterable[Change], rates: Rates, *, round_trip: float = ROUND_TRIP) -> Estimate:
    """The steps run as apply runs them, in simulated time: each when what it needs is done and its bucket allows."""
    runs = [change.steps for change in changes]
    counts = Counter(call for steps in runs for step in steps for call in _calls(step))
    return Estimate(_seconds(runs, rates, round_trip), dict(sorted(counts.items())))


def _calls(step: Step) -> tuple[str, ...]:
    """A full replace is preceded by a read of what it replaces."""
    return (step.call.name, f"{step.call.service}:{step.replaces.read}") if step.replaces else (step.call.name,)


def _seconds(runs: Sequence[Sequence[Step]], rates: Rates, round_trip: float) -> float:
    buckets: dict[str, Bucket] = {}
    ready: list[tuple[float, int, int]] = []
    done: dict[tuple[int, int], float] = {}
    for run, steps in enumerate(runs):
        for at, step in enumerate(steps):
            if not step.needs:
                heappush(ready, (0.0, run, at))
    waiting = {(run, at): len(step.needs) for run, steps in enumerate(runs) for at, step in enumerate(steps)}
    while ready:
        now, run, at = heappop(ready)
        operation = runs[run][at].call.operation
        wait = 0.0
        if rate := rates.of(operation):
            buckets[operation], wait = take(rate, buckets.get(operation, full(rate, now)), now)
        done[run, at] = now + wait + round_trip
        for later, step in enumerate(runs[run]):
            if at in step.needs:
                waiting[run, later] -= 1
                if not waiting[run, later]:
                    heappush(ready, (max(done[run, need] for need in step.needs), run, later))
    return max(done.values(), default=0.0)
