"""A job sends the metrics that a function has in its log lines; `make spark-tests` runs the job itself."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from reconciler.lambdas.connectwise_spark.metrics import MetricLines
from reconciler.lambdas.shared.calls import Calls
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.sandbox import set_faults
from tests.lambdas.connectwise_transform.world import FIRST_SLOT, TransformWorld, seen

CALLS = Calls(Deadline.within(100.0, lambda: 0.0), lambda seconds: None, lambda: 0.0)
NAMESPACE = "reconcile/connectwise"


@pytest.fixture
def worked(world: TransformWorld) -> TransformWorld:
    """The log lines of a commit of two records."""
    world.add_raw([seen(1, 900, "a"), seen(2, 900, "b")])
    world.run()
    return world


def total(world: TransformWorld, metric: str) -> float:
    """Returns the sum of a metric of the function that the job works for."""
    answer = world.client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": "connectwise-transform"}],
        StartTime=FIRST_SLOT - timedelta(hours=1),
        EndTime=FIRST_SLOT + timedelta(hours=1),
        Period=7200,
        Statistics=["Sum"],
    )
    return float(sum(it["Sum"] for it in answer["Datapoints"]))


def test_the_metrics_of_a_job_arrive_under_the_name_of_transform(worked: TransformWorld) -> None:
    """Its alarms and its dashboard watch them there."""
    output: list[str] = []
    lines = MetricLines(output.append)
    for line in worked.lines:
        lines.write(line)

    lines.send(worked.client("cloudwatch"), CALLS)

    expected = json.loads(worked.lines[-1])
    assert {name: total(worked, name) for name in ("VersionsInserted", "CommitBytes", "PairsFailed")} == {
        "VersionsInserted": 2.0,
        "CommitBytes": expected["CommitBytes"],
        "PairsFailed": 0.0,
    }


def test_the_lines_of_a_job_have_no_metrics_to_count_twice(worked: TransformWorld) -> None:
    output: list[str] = []
    lines = MetricLines(output.append)

    for line in worked.lines:
        lines.write(line)

    assert [json.loads(line)["message"] for line in output] == [json.loads(line)["message"] for line in worked.lines]
    assert "_aws" not in "".join(output)
    assert json.loads(output[-1])["VersionsInserted"] == 2


def test_metrics_that_are_refused_are_a_line_of_the_log(worked: TransformWorld) -> None:
    output: list[str] = []
    lines = MetricLines(output.append)
    lines.write(worked.lines[-1])
    set_faults({"error": {"every": 1, "code": "AccessDenied", "operations": ["PutMetricData"]}})

    lines.send(worked.client("cloudwatch"), CALLS)

    set_faults(None)
    assert json.loads(output[-1])["reason"] == "cloudwatch:PutMetricData: AccessDenied"
