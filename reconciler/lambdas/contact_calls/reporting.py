"""The lines of an invocation, with metrics that CloudWatch takes from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.shared.logs import Log
from reconciler.lambdas.shared.metrics import Metric, embedded

NAMESPACE = "reconcile/contact_calls"
# The keys of results that become these metrics.
METRICS = {
    "Searched": "seen",
    "Described": "described",
    "Loaded": "staged",
    "Changed": "changed",
    "Late": "late",
    "Quarantined": "quarantined",
}


@dataclass(frozen=True)
class Reporting:
    """`function` is the name of the Lambda, `now` returns epoch seconds."""

    log: Log
    function: str
    now: Callable[[], float]

    def warn(self, message: str, fields: Mapping[str, Any], counts: Mapping[str, int]) -> None:
        """Logs a line with metrics of its own, which count even if the run fails later."""
        self.log.line("WARNING", message, fields, self._metrics({name: (n, "Count") for name, n in counts.items()}))

    def result(self, result: Mapping[str, Any], milliseconds: float) -> None:
        """Logs the last line of an invocation."""
        has_failed = result["status"] == "failed"
        counted = {**result, "changed": result.get("inserted", 0) + result.get("updated", 0)}
        metrics: dict[str, Metric] = {name: (counted.get(key, 0), "Count") for name, key in METRICS.items()}
        metrics |= {"Failed": (int(has_failed), "Count"), "Duration": (milliseconds, "Milliseconds")}
        if "lagSeconds" in result:
            metrics["WindowLag"] = (result["lagSeconds"], "Seconds")
        level = "ERROR" if has_failed else "INFO"
        self.log.line(level, f"contact calls: {result['status']}", result, self._metrics(metrics))

    def _metrics(self, metrics: Mapping[str, Metric]) -> dict[str, Any]:
        return embedded(NAMESPACE, {"FunctionName": self.function}, metrics, self.now())
