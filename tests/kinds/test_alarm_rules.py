"""Mistakes in manifests of alarms, each with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.kinds.documents import mistakes

ONE = {
    "namespace": "n",
    "metricName": "m",
    "statistic": "Sum",
    "period": 60,
    "evaluationPeriods": 3,
    "threshold": 1,
    "comparisonOperator": "GreaterThanThreshold",
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"metrics": [{"id": "a", "expression": "1"}]}, "cannot stand next to metricName"),
        ({"evaluationCriteria": {"promQLCriteria": {"query": "up"}}}, "cannot stand next to metricName"),
        ({"extendedStatistic": "p95"}, "cannot stand next to statistic"),
        ({"thresholdMetricId": "ad1"}, "cannot stand next to threshold"),
        ({"threshold": 0, "thresholdMetricId": "ad1"}, "cannot stand next to threshold"),
        ({"namespace": None}, "needs a namespace"),
        ({"period": 90}, "must be 10, 20, 30 or a multiple of 60"),
        ({"datapointsToAlarm": 4}, "cannot be more than evaluationPeriods, which is 3"),
        ({"evaluationPeriods": 1441}, "makes 86,460 seconds with this period; AWS takes one day"),
        ({"period": 3600, "evaluationPeriods": 169}, "AWS takes seven days"),
        ({"extendedStatistic": "p101", "statistic": None}, "is not a percentile from p0 to p100"),
        ({"alarmActions": ["alerts"]}, "is not the ARN of an action"),
        (
            {
                "actionConfiguration": {
                    "alarmTagsPropagation": {"enabled": True, "includedTagKeys": ["a"], "excludedTagKeys": ["b"]}
                }
            },
            "AWS takes either includedTagKeys or excludedTagKeys",
        ),
    ],
    ids=str,
)
def test_what_aws_refuses_is_a_mistake(tmp_path: Path, changed: dict[str, Any], expected: str) -> None:
    spec = {key: value for key, value in {**ONE, **changed}.items() if value is not None}
    document = json.dumps({"kind": "Alarm", "metadata": {"name": "it"}, "spec": spec})

    assert any(expected in mistake for mistake in mistakes(tmp_path, document))


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [
        ([{"id": "a"}], "needs either a metricStat or an expression"),
        ([{"id": "A", "expression": "1"}], "is not an id"),
        ([{"id": "a", "expression": "1"}, {"id": "a", "expression": "2"}], "twice"),
    ],
)
def test_metric_math_has_ids_and_contents(tmp_path: Path, metrics: list[dict[str, Any]], expected: str) -> None:
    spec = {"metrics": metrics, "evaluationPeriods": 1, "threshold": 1, "comparisonOperator": "GreaterThanThreshold"}
    document = json.dumps({"kind": "Alarm", "metadata": {"name": "it"}, "spec": spec})

    assert any(expected in mistake for mistake in mistakes(tmp_path, document))


@pytest.mark.parametrize("statistic", ["p0", "p99.99", "p100", "IQM", "TM(10%:90%)", "tm90", "PR(:300)"])
def test_percentiles_and_trimmed_statistics_are_accepted(tmp_path: Path, statistic: str) -> None:
    spec = {**{key: value for key, value in ONE.items() if key != "statistic"}, "extendedStatistic": statistic}

    assert not mistakes(tmp_path, json.dumps({"kind": "Alarm", "metadata": {"name": "it"}, "spec": spec}))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"alarmRule": 'ALARM("${Alarm/a.id}")'},
            "has ${Alarm/a.id}, which a plan cannot compare; write ${Alarm/a.arn}",
        ),
        ({"alarmRule": " FALSE"}, "is not a rule"),
        ({"actionsSuppressor": "deployment"}, "needs actionsSuppressorWaitPeriod"),
    ],
    ids=str,
)
def test_a_rule_names_alarms_by_arn_and_a_suppressor_has_periods(
    tmp_path: Path, changed: dict[str, Any], expected: str
) -> None:
    alarm = json.dumps({"kind": "Alarm", "metadata": {"name": "a"}, "spec": ONE})
    spec = {"alarmRule": "FALSE", **changed}
    document = json.dumps({"kind": "CompositeAlarm", "metadata": {"name": "it"}, "spec": spec})

    assert any(expected in mistake for mistake in mistakes(tmp_path, f"{alarm}\n", document))
