"""The line of an invocation, with metrics that CloudWatch takes from it. It has counts, and no agent's data."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.lambdas.agents import results
from reconciler.lambdas.shared.logs import Log
from reconciler.lambdas.shared.metrics import Metric, embedded

NAMESPACE = "reconcile/agent_roster"
REMOVED, KEPT = "removed", "kept"
_METRICS = {
    "Created": results.CREATED,
    "Changed": results.CHANGED,
    "Unchanged": results.UNCHANGED,
    "Removed": REMOVED,
    "Refused": results.REFUSED,
    "Failed": results.FAILED,
}


@dataclass
class Tally:
    """The work of an invocation. `counts` has the words of results; `wait` is in seconds, from upload to result."""

    records: int = 0
    skipped: int = 0
    retried: int = 0
    calls: int = 0
    wait: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, word: str) -> None:
        self.counts[word] = self.counts.get(word, 0) + 1


def report(log: Log, function: str, outcome: str, tally: Tally, milliseconds: float, now: float) -> None:
    """Logs the last line of an invocation. `now` is epoch seconds."""
    metrics: dict[str, Metric] = {name: (tally.counts.get(word, 0), "Count") for name, word in _METRICS.items()}
    metrics |= {
        "Retried": (tally.retried, "Count"),
        "Calls": (tally.calls, "Count"),
        "Wait": (round(tally.wait, 1), "Seconds"),
        "Duration": (milliseconds, "Milliseconds"),
    }
    fields = {"records": tally.records, "skipped": tally.skipped, "kept": tally.counts.get(KEPT, 0)}
    level = "ERROR" if outcome == "failed" else "INFO"
    log.line(level, f"agent roster: {outcome}", fields, embedded(NAMESPACE, {"FunctionName": function}, metrics, now))
