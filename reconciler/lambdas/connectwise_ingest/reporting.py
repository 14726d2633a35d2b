"""The log lines of an invocation, with the metrics that CloudWatch takes from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from reconciler.lambdas.connectwise_ingest.results import Counts, Result
from reconciler.lambdas.shared.logs import Log
from reconciler.lambdas.shared.metrics import Metric, embedded

NAMESPACE = "reconcile/connectwise"
# The fields of results that become these metrics. No metric has a dimension for a tenant: that would be thousands.
METRICS = {
    "Requests": "requests",
    "Throttled": "throttled",
    "Retries": "retries",
    "Rows": "rows",
    "RowsRepeated": "repeated",
    "RowsRejected": "rejected",
    "ValuesDrifted": "drifted",
    "FieldsUnknown": "unknown",
    "RawFiles": "files",
    "RawBytes": "bytes",
}
STATUSES = {"PairsDone": ("done", "quiet"), "PairsBehind": ("behind",), "PairsFailed": ("failed",)}


@dataclass(frozen=True)
class Reporting:
    """`function` is the name of the Lambda, `now` returns epoch seconds."""

    log: Log
    function: str
    now: Callable[[], float]

    def pair(self, pair: Mapping[str, Any], result: Result) -> None:
        """Logs how a pair ended: names, counts and codes, and nothing of a record."""
        level = "ERROR" if result.status == "failed" else "INFO"
        names = {name: pair.get(name) for name in ("tenant_id", "table_name", "mode")}
        counts = {name: count for name, count in vars(result.counts).items() if count}
        end = {"status": result.status, "watermark": result.watermark, "reason": result.error}
        self.log.line(level, f"connectwise ingest: {result.status}", {**names, **end, **counts})

    def invocation(self, results: Iterable[Result], milliseconds: float) -> None:
        """Logs the last line, with all metrics."""
        results = list(results)
        total = {field.name: sum(getattr(result.counts, field.name) for result in results) for field in fields(Counts)}
        metrics: dict[str, Metric] = {name: (total[key], "Count") for name, key in METRICS.items()}
        metrics["RawBytes"] = (total["bytes"], "Bytes")
        for name, statuses in STATUSES.items():
            metrics[name] = (sum(result.status in statuses for result in results), "Count")
        refused = sum(result.error.startswith("MASS_DELETE") for result in results)
        metrics["MassDeletesRefused"] = (refused, "Count")
        metrics["Duration"] = (milliseconds, "Milliseconds")
        line = embedded(NAMESPACE, {"FunctionName": self.function}, metrics, self.now())
        self.log.line("INFO", "connectwise ingest: end", {"pairs": len(results)}, line)

    def stopped(self, reason: str, milliseconds: float) -> None:
        """Logs an invocation that could not work at all; it counts as one failed pair, so that the alarm sees it."""
        self.log.line("ERROR", "connectwise ingest: stopped", {"reason": reason})
        self.invocation([Result("failed", Counts())], milliseconds)
