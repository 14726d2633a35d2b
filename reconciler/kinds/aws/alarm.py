"""Alarms of Amazon CloudWatch on a metric, on metric math or on a query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.aws.alarm_metrics import (
    LOW_COUNTS,
    MISSING,
    Dimension,
    EvaluationCriteria,
    EvaluationWindow,
    MetricDataQuery,
    MetricName,
    Namespace,
    Operator,
    Statistic,
    Unit,
    WarmUpConfiguration,
)
from reconciler.kinds.aws.alarm_parts import ALARM_ARN, COST, INDEX, AnyAlarm, action_problems, replacement
from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.services import CLOUDWATCH
from reconciler.kinds.verbs import IdBatch, Listing, Update
from reconciler.model import Call, Clearable, Each, Problem, Ref, Resource, Unordered, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting

HOUR, DAY, WEEK = 3600, 86_400, 604_800
SHORT_PERIODS = (10, 20, 30)
SOURCES = ("metric_name", "metrics", "evaluation_criteria")


class Alarm(AnyAlarm):
    """An alarm. It watches one metric, the result of metric math, or a query, and acts when its state changes."""

    namespace: Annotated[Namespace | None, Clearable()] = Field(None, description="The namespace of the metric.")
    metric_name: Annotated[MetricName | None, Clearable()] = Field(
        None, description="The metric. Declare it, or metrics, or evaluationCriteria."
    )
    dimensions: Unordered[Dimension] = Field(
        (), max_length=30, description="The dimensions of the metric; all of them, or the alarm finds no data."
    )
    statistic: Annotated[Statistic | None, Clearable()] = Field(
        None, description="The statistic of the metric; without it, declare extendedStatistic."
    )
    extended_statistic: Annotated[str | None, Clearable()] = Field(
        None,
        pattern=r"^(p(\d{1,2}(\.\d{1,10})?|100)|IQM|(TM|TC|TS|WM|PR|tm|tc|ts|wm)(\(.+\)|\d.*))$",
        description="A percentile such as p95, or a trimmed statistic such as TM(10%:90%).",
        examples=["p95"],
        json_schema_extra=expecting("a percentile from p0 to p100, IQM, or a trimmed statistic such as TM(10%:90%)"),
    )
    period: Annotated[int | None, Clearable()] = Field(
        None,
        ge=1,
        description="The seconds of one data point: 10, 20, 30 or a multiple of 60. Shorter ones than 60 cost more.",
        examples=[300],
    )
    unit: Annotated[Unit | None, Clearable()] = Field(
        None, description="The unit of the data points that count. AWS recommends to leave it out."
    )
    metrics: Annotated[Unordered[MetricDataQuery], Each("id")] = Field(
        (), description="The metrics and the expressions of metric math. Exactly one returns data."
    )
    evaluation_criteria: Annotated[EvaluationCriteria | None, Clearable()] = None
    evaluation_interval: Annotated[int | None, Clearable()] = Field(
        None,
        ge=10,
        le=3600,
        description="The seconds between evaluations; only with evaluationCriteria.",
        examples=[60],
    )
    evaluation_periods: Annotated[int | None, Clearable()] = Field(
        None, ge=1, description="The number of data points that an evaluation compares.", examples=[3]
    )
    datapoints_to_alarm: Annotated[int | None, Clearable()] = Field(
        None, ge=1, description="The number of them that must be beyond the threshold; by default all.", examples=[2]
    )
    threshold: Annotated[float | None, Clearable()] = Field(
        None, description="The value that data points are compared with.", examples=[1]
    )
    threshold_metric_id: Annotated[str | None, Clearable()] = Field(
        None,
        min_length=1,
        max_length=255,
        description="The id in metrics of a band of anomaly detection, in place of a threshold.",
        examples=["ad1"],
    )
    comparison_operator: Annotated[Operator | None, Clearable()] = Field(
        None, description="How data points are compared with the threshold."
    )
    treat_missing_data: Literal["missing", "breaching", "notBreaching", "ignore"] = Field(
        "missing",
        description="The meaning of missing data. AWS always ignores missing data of AWS/DynamoDB.",
        json_schema_extra=MISSING,
    )
    evaluate_low_sample_count_percentile: Literal["evaluate", "ignore"] = Field(
        "evaluate", description="The meaning of percentiles of few data points.", json_schema_extra=LOW_COUNTS
    )
    evaluation_window: Annotated[EvaluationWindow | None, Clearable()] = None
    warm_up_configuration: Annotated[WarmUpConfiguration | None, Clearable()] = None


class AlarmKind(Kind[Alarm]):
    spec = Alarm
    service = CLOUDWATCH
    identity = Identity("AlarmName", arn=ALARM_ARN)
    reading = Reading(
        search=Listing("DescribeAlarms", "MetricAlarms", {"AlarmTypes": ["MetricAlarm"], "MaxRecords": 100}),
        describe=("DescribeAlarms", "MetricAlarms"),
        batch=IdBatch("AlarmNames", 100, {"AlarmTypes": ["MetricAlarm"], "MaxRecords": 100}),
        by_name=True,
        index=INDEX,
    )
    writing = Writing(
        create="PutMetricAlarm",
        delete="DeleteAlarms",
        delete_ids="AlarmNames",
        updates=(Update("PutMetricAlarm", tuple(f for f in Alarm.model_fields if f not in ("name", "tags"))),),
    )

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        return str(members.get("AlarmName") or members.get("Id") or ""), str(
            members.get("AlarmArn") or members.get("Arn") or ""
        )

    def costs(self, spec: Alarm) -> str:
        return COST

    def replace_call(self, ref: Ref, update: Update, spec: Alarm) -> Call:
        return replacement(self, ref, update, spec)

    def refuses(self, ref: Ref, before: Alarm | None, after: Alarm | None, there: Mapping[Ref, Resource]) -> str:
        """Returns what AWS would refuse: a whole replacement has the live fields too, if no manifest removes them."""
        if after is None:
            return ""
        for several in (SOURCES, ("statistic", "extended_statistic"), ("threshold", "threshold_metric_id")):
            present = [f for f in several if getattr(after, f) not in (None, ())]
            if len(present) > 1:
                one, other = (Alarm.model_fields[f].alias for f in present[:2])
                return f"it would have both {one} and {other}, which AWS refuses; declare one of them as null"
        return ""

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        yield from action_problems(declared)
        yield from _source_problems(declared)
        yield from _period_problems(declared)
        yield from _math_problems(declared.get("metrics"))


def _source_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields fields that cannot stand together, and those that one metric needs."""
    for one, other in (
        *(("metrics", "metricName"), ("evaluationCriteria", "metricName"), ("evaluationCriteria", "metrics")),
        *(("extendedStatistic", "statistic"), ("thresholdMetricId", "threshold")),
    ):
        if declared.get(one) and declared.get(other) not in (None, [], ()):
            yield Problem("error", (one,), f"cannot stand next to {other}; delete one of them")
    if declared.get("metricName") and not declared.get("namespace"):
        yield Problem("error", ("metricName",), "needs a namespace; add it")
    if declared.get("evaluationCriteria") and not declared.get("evaluationInterval"):
        yield Problem("error", ("evaluationCriteria",), "needs an evaluationInterval; add it")


def _period_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields periods and counts that AWS refuses (service model, of Period and DatapointsToAlarm)."""
    period, count, points = (declared.get(key) for key in ("period", "evaluationPeriods", "datapointsToAlarm"))
    if isinstance(period, int) and period > 0 and period not in SHORT_PERIODS and period % 60:
        yield Problem("error", ("period",), "must be 10, 20, 30 or a multiple of 60")
    if not isinstance(count, int):
        return
    if isinstance(points, int) and points > count:
        yield Problem("error", ("datapointsToAlarm",), f"cannot be more than evaluationPeriods, which is {count}")
    if isinstance(period, int) and period * count > (DAY if period < HOUR else WEEK):
        most = "one day" if period < HOUR else "seven days"
        yield Problem(
            "error", ("evaluationPeriods",), f"makes {period * count:,} seconds with this period; AWS takes {most}"
        )


def _math_problems(metrics: Any) -> Iterator[Problem]:
    """Yields items of metric math that are neither a metric nor an expression, or both."""
    for at, item in enumerate(metrics if isinstance(metrics, list | tuple) else ()):
        if isinstance(item, Mapping) and bool(item.get("metricStat")) == bool(item.get("expression")):
            yield Problem("error", ("metrics", at), "needs either a metricStat or an expression")
