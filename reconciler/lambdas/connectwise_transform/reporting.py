"""The log lines of an invocation, with the metrics that CloudWatch takes from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.lambdas.connectwise_transform.canonical import TableResult
from reconciler.lambdas.shared.logs import Log
from reconciler.lambdas.shared.metrics import Metric, embedded

NAMESPACE = "reconcile/connectwise"
# The counts of commits that become these metrics. No metric has a dimension for a tenant: that would be thousands.
METRICS = {"VersionsClosed": "close", "VersionsRetracted": "retract", "Deleted": "delete", "Restored": "restore"}
NO_JOB = "SPARK: the job has not ended well; EMR Serverless has its state and its log. It was needed"
NEW = ("insert", "update", "delete", "restore")


@dataclass(frozen=True)
class PairResult:
    """The result of one pair: its canonical tables, or why it failed."""

    tables: tuple[TableResult, ...] = ()
    error: str = ""
    written: int = 0
    """Bytes of the objects that its commits wrote."""
    spark: str = ""
    """Why a Spark job does the work; empty: the function did it."""

    @property
    def is_behind(self) -> bool:
        return any(table.is_behind for table in self.tables)

    def answer(self, pair: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the pair with this result. A pair that failed before stays failed."""
        if self.spark:
            return {**pair, "spark": self.spark}
        answer = {**pair, "canonical": [table.answer() for table in self.tables]}
        if self.error:
            return {**answer, "status": "failed", "error": self.error}
        if self.is_behind and pair.get("status") != "failed":
            return {**answer, "status": "behind"}
        return answer

    def stored(self, pair: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the result in the bucket. A pair that waits for a job has failed until the job says otherwise."""
        if self.spark:
            return {**pair, "canonical": [], "status": "failed", "error": f"{NO_JOB}: {self.spark}"}
        return self.answer(pair)


@dataclass(frozen=True)
class Reporting:
    """`function` is the name of the Lambda, `now` returns epoch seconds."""

    log: Log
    function: str
    now: Callable[[], float]
    results: list[PairResult] = field(default_factory=list)

    def pair(self, pair: Mapping[str, Any], result: PairResult) -> None:
        """Logs how a pair ended: names, counts and codes, and nothing of a record."""
        self.results.append(result)
        names = {name: pair.get(name) for name in ("tenant_id", "table_name", "mode")}
        level = "ERROR" if result.error else "INFO"
        fields = {
            **names,
            "reason": result.error or result.spark,
            "canonical": [table.answer() for table in result.tables],
        }
        self.log.line(level, "connectwise transform: pair", fields)

    def end(self, milliseconds: float, reason: str = "") -> None:
        """Logs the last line, with all metrics. `reason`: it could not work at all, which counts as a failed pair."""
        counts = _totals(table for result in self.results for table in result.tables)
        metrics: dict[str, Metric] = {name: (counts.get(key, 0), "Count") for name, key in METRICS.items()}
        metrics["VersionsInserted"] = (sum(counts.get(name, 0) for name in NEW), "Count")
        metrics["LateRows"] = (counts.get("late", 0), "Count")
        metrics["ValuesDrifted"] = (counts.get("drifted", 0), "Count")
        metrics["BaseRewritten"] = (counts.get("bases", 0), "Count")
        metrics["CommitBytes"] = (sum(result.written for result in self.results), "Bytes")
        failed = sum(bool(result.error) for result in self.results) + bool(reason)
        metrics["PairsFailed"] = (failed, "Count")
        metrics["Duration"] = (milliseconds, "Milliseconds")
        line = embedded(NAMESPACE, {"FunctionName": self.function}, metrics, self.now())
        fields = {"pairs": len(self.results), **({"reason": reason} if reason else {})}
        self.log.line("ERROR" if reason else "INFO", "connectwise transform: end", fields, line)


def _totals(tables: Iterable[TableResult]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for table in tables:
        parts = {**table.counts, "late": table.overdue, "drifted": table.drifted, "bases": table.bases}
        for name, count in parts.items():
            totals[name] = totals.get(name, 0) + count
    return totals
