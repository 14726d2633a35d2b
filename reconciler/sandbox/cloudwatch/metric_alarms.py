"""Alarms of metrics and of metric math."""

from __future__ import annotations

from typing import Any

from moto.core.responses import EmptyResult

from reconciler.sandbox.cloudwatch.room import Params, Proceed, WatchRoom, invalid, put_tags
from reconciler.sandbox.cloudwatch.store import METRIC, Alarm

OF_ONE_METRIC = ("Namespace", "MetricName", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic")
# "If you use the EvaluationCriteria parameter, you cannot include" these [service model].
OF_EVALUATION = ("Threshold", "ComparisonOperator", "ThresholdMetricId", "EvaluationPeriods", "DatapointsToAlarm")
MISSING_DATA = ("breaching", "notBreaching", "ignore", "missing")
SHORT_PERIODS = (10, 20, 30)
HOUR, DAY, WEEK = 3600, 86_400, 604_800


class MetricAlarms(WatchRoom):
    def put_metric_alarm(self, params: Params, proceed: Proceed) -> Any:
        """Creates an alarm, or replaces all of it but its state and its tags [service model]."""
        _check_source(params)
        _check_evaluation(params)
        if params.get("TreatMissingData", "missing") not in MISSING_DATA:
            raise invalid(f"TreatMissingData must be one of {', '.join(MISSING_DATA)}")
        self.put_alarm(METRIC, params)
        return EmptyResult()

    def put_alarm(self, type: str, params: Params) -> None:
        name = params["AlarmName"]
        members = {key: value for key, value in params.items() if key != "Tags"} | _echoed(params)
        known, now = self.store.alarms.get(name), self.world.now()
        if known and known.type != type and self.world.switches.alarm_of_another_type == "refused":
            raise invalid(f"An alarm of type {known.type} with the name {name} exists already.")
        if known:
            # "any tags you specify in this parameter are ignored" on an update [service model]
            known.type, known.members, known.updated = type, members, now
            return
        tags = put_tags({}, params.get("Tags") or [])
        alarm = Alarm(type, self.store.arn(name), members, now, self.world.accepted, tags=tags)
        # "the alarm state is immediately set to INSUFFICIENT_DATA" [service model]
        alarm.state = {"StateValue": "INSUFFICIENT_DATA", "StateReason": "Unchecked: Initial alarm creation"}
        self.store.alarms[name] = alarm


def _echoed(params: Params) -> dict[str, Any]:
    """Returns the members that an answer has although the request may leave them out [seen: moto, terraform]."""
    lists = ("OKActions", "AlarmActions", "InsufficientDataActions")
    is_enabled = params.get("ActionsEnabled")
    return {
        "ActionsEnabled": True if is_enabled is None else is_enabled,
        **{name: list(params.get(name) or ()) for name in lists},
    }


def _check_source(params: Params) -> None:
    """Checks what the alarm watches: "either MetricName, a Metrics array, or an EvaluationCriteria" [service model]."""
    sources = [name for name in ("MetricName", "Metrics", "EvaluationCriteria") if params.get(name)]
    if len(sources) != 1:
        raise invalid("Exactly one of MetricName, Metrics and EvaluationCriteria must be specified")
    if sources != ["MetricName"] and (both := [name for name in OF_ONE_METRIC if params.get(name)]):
        raise invalid(f"{sources[0]} cannot be specified together with {both[0]}")
    match sources[0]:
        case "EvaluationCriteria":
            if both := [name for name in OF_EVALUATION if params.get(name) is not None]:
                raise invalid(f"EvaluationCriteria cannot be specified together with {both[0]}")
            if not params.get("EvaluationInterval"):
                raise invalid("EvaluationInterval is required for alarms with EvaluationCriteria")
        case "Metrics":
            _check_metrics(params["Metrics"], bands=int(bool(params.get("ThresholdMetricId"))))
        case _:
            if not params.get("Namespace") or not params.get("Period"):
                raise invalid("Namespace and Period are required for an alarm of one metric")
            if bool(params.get("Statistic")) == bool(params.get("ExtendedStatistic")):
                raise invalid("Exactly one of Statistic and ExtendedStatistic must be specified")


def _check_metrics(metrics: list[dict[str, Any]], bands: int) -> None:
    """Checks metric math: one item returns data, and each is either a metric or an expression [service model].

    `bands`: the bands of anomaly detection, which return data too [service model: example].
    """
    if sum(metric.get("ReturnData", True) is not False for metric in metrics) != 1 + bands:
        raise invalid("Exactly one element of the metrics list should return data.")
    if len({metric["Id"] for metric in metrics}) < len(metrics):
        raise invalid("The values of Id must be unique in Metrics")
    for metric in metrics:
        if bool(metric.get("MetricStat")) == bool(metric.get("Expression")):
            raise invalid(f"{metric['Id']}: exactly one of MetricStat and Expression must be specified")


def _check_evaluation(params: Params) -> None:
    """Checks periods and thresholds [service model, of Period, Threshold and DatapointsToAlarm]."""
    if params.get("EvaluationCriteria"):
        return
    count, period = params.get("EvaluationPeriods"), params.get("Period")
    if not count or not params.get("ComparisonOperator"):
        raise invalid("EvaluationPeriods and ComparisonOperator are required")
    if (params.get("Threshold") is None) == (not params.get("ThresholdMetricId")):
        raise invalid("Exactly one of Threshold and ThresholdMetricId must be specified")
    if (params.get("DatapointsToAlarm") or 0) > count:
        raise invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
    if period and period not in SHORT_PERIODS and period % 60:
        raise invalid("Period must be 10, 20, 30 or a multiple of 60")
    if period and period * count > (DAY if period < HOUR else WEEK):
        raise invalid("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)")
