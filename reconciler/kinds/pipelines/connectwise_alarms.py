"""The alarms of a connectwise pipeline: those of its functions, of its runs, and of events that nothing could take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.composite import Child
from reconciler.kinds.pipelines.common import PipelineParts, linked
from reconciler.kinds.pipelines.shipped import shipped

RUNS, DEAD_LETTERS = "connectwise-run-failed", "connectwise-dead-letters"
_DEAD = {
    "metric": "ApproximateNumberOfMessagesVisible",
    "statistic": "Maximum",
    "periodSeconds": 300,
    "threshold": 1,
    "comparison": "GreaterThanOrEqualToThreshold",
    "missingData": "notBreaching",
}
_SHARE_OF_TIMEOUT = 0.8  # in the alarms on durations


def names(functions: Mapping[str, str]) -> frozenset[str]:
    """Returns the names of all alarms, as manifests write them."""
    own = {name for package in functions.values() for name in shipped(package).operations["alarms"]}
    return frozenset({RUNS, DEAD_LETTERS, *own})


def alarms(parts: PipelineParts, functions: Mapping[str, PipelineParts]) -> Iterator[Child]:
    """Yields every alarm that the manifest does not leave out."""
    yield from _runs(parts)
    for function in functions.values():
        operations = function.shipped.operations
        for name, rule in operations["alarms"].items():
            dimensions = {operations["dimension"]: function.function_name}
            yield from function.alarm(name, _timed(function, rule), operations["namespace"], dimensions)
    yield from parts.alarm(DEAD_LETTERS, _DEAD, "AWS/SQS", {"QueueName": parts.named("dead")})


def _timed(function: PipelineParts, rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the rule of a function with the manifest's time-out: a duration is slow near its own time-out."""
    seconds = function.settings.timeout_seconds
    if rule["metric"] != "Duration" or not seconds:
        return rule
    return {**rule, "threshold": round(seconds * 1000 * _SHARE_OF_TIMEOUT)}


def _runs(parts: PipelineParts) -> Iterator[Child]:
    """Yields the alarm on runs that failed or did not end in time. They are two metrics of the machine."""
    wanted = parts.spec.alerts.alarms if parts.spec.alerts else {}
    if RUNS in wanted and wanted[RUNS] is None:
        return
    own = wanted.get(RUNS)
    dimensions = [{"name": "StateMachineArn", "value": linked("StateMachine", parts.name)}]
    metrics: list[Mapping[str, Any]] = []
    for id, metric in (("failed", "ExecutionsFailed"), ("late", "ExecutionsTimedOut")):
        stat = {"namespace": "AWS/States", "metricName": metric, "dimensions": dimensions}
        period = (own and own.period_seconds) or 900
        statistic = {"metric": stat, "period": period, "stat": "Sum"}
        metrics.append({"id": id, "metricStat": statistic, "returnData": False})
    metrics.append({"id": "both", "expression": "FILL(failed, 0) + FILL(late, 0)", "returnData": True})
    fields = {
        "metrics": metrics,
        "evaluationPeriods": (own and own.evaluation_periods) or 1,
        "threshold": 1 if own is None or own.threshold is None else own.threshold,
        "comparisonOperator": "GreaterThanOrEqualToThreshold",
        "treatMissingData": "notBreaching",
        "alarmActions": [linked("SnsTopic", parts.topic)] if parts.topic else None,
        "okActions": [linked("SnsTopic", parts.topic)] if parts.topic else None,
    }
    yield parts.child("Alarm", parts.named("run-failed"), fields, "alerts")
