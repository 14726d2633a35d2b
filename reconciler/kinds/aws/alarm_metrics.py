"""The sources of alarms: one metric, metric math, or a query; and the window of an evaluation."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.model import Spec, Unordered
from reconciler.model.spec import expecting, meanings

Statistic = Literal["SampleCount", "Average", "Sum", "Minimum", "Maximum"]
Operator = Literal[
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
]
Unit = Literal[
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
]
Namespace = Annotated[
    str,
    Field(
        min_length=1,
        max_length=255,
        pattern=r"^[^:].*$",
        examples=["reconcile/contact_calls", "AWS/Lambda"],
        json_schema_extra=expecting("a namespace: it cannot begin with a colon"),
    ),
]
MetricName = Annotated[str, Field(min_length=1, max_length=255, examples=["CallsLoaded", "Errors"])]


class Dimension(Spec):
    """A name and a value that identify a metric together with its name and its namespace."""

    name: str = Field(min_length=1, max_length=255, description="The name.", examples=["FunctionName"])
    value: str = Field(min_length=1, max_length=1024, description="The value.", examples=["contact-calls"])


class Metric(Spec):
    """A metric of metric math."""

    namespace: Namespace | None = Field(None, description="The namespace.")
    metric_name: MetricName | None = Field(None, description="The name.")
    dimensions: Unordered[Dimension] = Field((), max_length=30, description="The dimensions.")


class MetricStat(Spec):
    """A statistic of a metric."""

    metric: Metric
    period: int = Field(ge=1, description="The seconds of one data point.", examples=[300])
    stat: str = Field(min_length=1, description="The statistic, such as Sum or p95.", examples=["Sum", "p95"])
    unit: Unit | None = Field(None, description="The unit of the data points that count; by default all units.")


class MetricDataQuery(Spec):
    """One metric or one expression of metric math. Exactly one of them returns data: the alarm watches it."""

    id: str = Field(
        pattern=r"^[a-z][A-Za-z0-9_]{0,254}$",
        description="The name by which expressions refer to it, such as m1.",
        examples=["m1"],
        json_schema_extra=expecting("an id: a small letter first, then letters, digits and _"),
    )
    metric_stat: MetricStat | None = None
    expression: str | None = Field(
        None,
        min_length=1,
        max_length=2048,
        description="Metric math on other ids, or a query of Metrics Insights.",
        examples=["100 * m1 / m2"],
    )
    label: str | None = Field(None, description="The name in graphs.", examples=["Share of errors"])
    return_data: bool = Field(True, description="True: the alarm watches it. False: only expressions use it.")
    period: int | None = Field(None, ge=1, description="The seconds of one data point of an expression.")
    account_id: str | None = Field(
        None,
        pattern=r"^[0-9]{12}$",
        description="The account that has the metric; by default this one.",
        examples=["111122223333"],
        json_schema_extra=expecting("an account id of twelve digits"),
    )


class WallClockWindow(Spec):
    """A window that begins at full hours, days or weeks."""

    timezone: str | None = Field(
        None,
        min_length=1,
        max_length=50,
        description="The IANA time zone, or an offset such as +05:30; by default UTC.",
        examples=["America/New_York"],
    )


class SlidingWindow(Spec):
    """A window that moves with each evaluation."""


class EvaluationWindow(Spec):
    """The window of data that an evaluation reads. Declare one of the two."""

    wall_clock_window: WallClockWindow | None = None
    sliding_window: SlidingWindow | None = None


class WarmUpConfiguration(Spec):
    """A time after a change of the alarm in which data may be missing."""

    warm_up_period_duration_in_minutes: int = Field(
        ge=1, le=2880, description="The minutes, from 1 to 2880.", examples=[15]
    )
    only_start_evaluating_after_warm_up_period_ends: bool = Field(
        False, description="True: AWS evaluates nothing until then. False: it evaluates the data that it has."
    )


class PromQLCriteria(Spec):
    """A query of PromQL. Each series of its answer can begin the alarm."""

    query: str = Field(
        min_length=1, max_length=10_000, description="The query.", examples=["rate(http_errors_total[5m]) > 1"]
    )
    pending_period: int = Field(0, ge=0, le=86_400, description="The seconds until the alarm begins.")
    recovery_period: int = Field(0, ge=0, le=86_400, description="The seconds until the alarm ends.")


class EvaluationCriteria(Spec):
    """The query of an alarm, in place of a metric."""

    prom_ql_criteria: PromQLCriteria | None = Field(None, alias="promQLCriteria")


MISSING = meanings(
    missing="All data missing: the state becomes INSUFFICIENT_DATA.",
    breaching="Missing data begin the alarm.",
    notBreaching="Missing data end the alarm.",
    ignore="The state stays.",
)
LOW_COUNTS = meanings(
    evaluate="AWS evaluates percentiles of few data points too.", ignore="The state stays while there are few."
)
