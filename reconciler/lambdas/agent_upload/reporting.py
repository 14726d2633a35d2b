"""The last line of an invocation, with metrics that CloudWatch takes from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.lambdas.agent_upload.failures import Failed
from reconciler.lambdas.shared.logs import Log
from reconciler.lambdas.shared.metrics import Metric, embedded

NAMESPACE = "reconcile/agent_upload"
# Metrics, and the counts from which they are made.
METRICS = {
    "Files": "files",
    "Rosters": "rosters",
    "Rows": "rows",
    "Requested": "pending",
    "Unchanged": "unchanged",
    "Refused": "refused",
    "Duplicates": "duplicates",
}


def report(
    log: Log, function: str, now: float, counts: Mapping[str, int], failures: Sequence[Failed], milliseconds: float
) -> None:
    metrics: dict[str, Metric] = {name: (counts.get(key, 0), "Count") for name, key in METRICS.items()}
    metrics |= {"Failed": (len(failures), "Count"), "Duration": (milliseconds, "Milliseconds")}
    fields = {"counts": dict(counts), "reasons": [f"{type(failed).__name__}: {failed}" for failed in failures]}
    level, status = ("ERROR", "failed") if failures else ("INFO", "done")
    log.line(level, f"agent upload: {status}", fields, embedded(NAMESPACE, {"FunctionName": function}, metrics, now))
