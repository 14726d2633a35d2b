"""The answer and the log lines of a load, with the metrics that CloudWatch takes from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.lambdas.connectwise_load.loading import Loaded
from reconciler.lambdas.shared.logs import Log
from reconciler.lambdas.shared.metrics import Metric, embedded

NAMESPACE = "reconcile/connectwise"
COUNTS = ("staged", "inserted", "removed", "files", "tenants")


@dataclass(frozen=True)
class TableLoad:
    """The load of one canonical table. `waiting`: when the oldest change was written that is not loaded."""

    table: str
    loaded: Loaded
    waiting: datetime | None = None


@dataclass(frozen=True)
class Reporting:
    """`function` is the name of the Lambda, `now` returns epoch seconds."""

    log: Log
    function: str
    now: Callable[[], float]

    def loads(self, loads: Sequence[TableLoad], now: datetime, seconds: float) -> dict[str, Any]:
        """Logs the end of a load, and returns the answer: the counts of each table, and the tenants that failed."""
        tables = {load.table: {name: getattr(load.loaded, name) for name in COUNTS} for load in loads}
        failed = [
            {"tenant_id": tenant, "canonical_table": load.table, "error": error}
            for load in loads
            for tenant, error in sorted(load.loaded.failed.items())
        ]
        cut = [
            {"tenant_id": tenant, "canonical_table": load.table, "columns": dict(sorted(columns.items()))}
            for load in loads
            for tenant, columns in sorted(load.loaded.cuts.items())
        ]
        lag = max((now - load.waiting).total_seconds() for load in loads if load.waiting) if _waits(loads) else 0.0
        metrics: dict[str, Metric] = {
            "RowsStaged": (sum(load.loaded.staged for load in loads), "Count"),
            "RowsInserted": (sum(load.loaded.inserted for load in loads), "Count"),
            "RowsRemoved": (sum(load.loaded.removed for load in loads), "Count"),
            "TenantsFailed": (len({one["tenant_id"] for one in failed}), "Count"),
            "TextsCut": (sum(load.loaded.cut for load in loads), "Count"),
            "InvariantsBroken": (sum(load.loaded.broken for load in loads), "Count"),
            "LoadLag": (max(0.0, round(lag, 3)), "Seconds"),
        }
        content = {"tables": tables, "failed": failed, "cut": cut}
        level = "ERROR" if failed else "WARNING" if cut else "INFO"
        self.log.line(level, "connectwise load", content, self._metrics(metrics, seconds))
        return content

    def failed(self, reason: str, seconds: float) -> None:
        """Logs the end of an invocation that could not work. Without LoadLag, the alarm on it rings."""
        self.log.line("ERROR", "connectwise load: failed", {"reason": reason}, self._metrics({}, seconds))

    def _metrics(self, metrics: dict[str, Metric], seconds: float) -> dict[str, Any]:
        whole = {**metrics, "Duration": (round(seconds * 1000, 1), "Milliseconds")}
        return embedded(NAMESPACE, {"FunctionName": self.function}, whole, self.now())


def _waits(loads: Sequence[TableLoad]) -> bool:
    return any(load.waiting for load in loads)
