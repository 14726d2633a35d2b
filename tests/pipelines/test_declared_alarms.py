"""Every declared alarm of session_data, contact_calls and agent_import goes off and ends with its metric.

The declarations of each function are tested beside it: its code emits the metrics that its alarms watch.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import botocore.session
import moto  # noqa: F401 - clients made before moto is imported are not answered by it
import pytest

from reconciler.sandbox import Control, in_process
from tests.kinds.pipelines.expanding import AGENT_IMPORT, CONTACT_CALLS, SESSION_DATA, expanded
from tests.sandbox.clocks import Clock
from tests.sandbox.deployed import Deployment

pytestmark = pytest.mark.slow
OF_QUEUES = "AWS/SQS"


@pytest.fixture
def sandbox() -> Iterator[Control]:
    clock = Clock()
    clock.now = datetime(2026, 3, 6, 12, tzinfo=UTC).timestamp()
    with in_process(clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
def aws(sandbox: Control) -> Deployment:
    session = botocore.session.Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    return Deployment(session)


def declare(aws: Deployment, spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Creates the alarms that the document stands for, with the queues that they watch. Returns them by name."""
    alarms = {}
    for child in expanded({**spec, "namePrefix": ""}).values():
        if child.kind == "Alarm":
            call = {key[0].upper() + key[1:]: it for key, it in child.spec.items() if it is not None}
            call["Dimensions"] = [{"Name": it["name"], "Value": it["value"]} for it in call["Dimensions"]]
            alarms[str(call.pop("Name"))] = call
    for name, call in alarms.items():
        if call["Namespace"] == OF_QUEUES:
            aws.queue(call["Dimensions"][0]["Value"])
        aws("cloudwatch").put_metric_alarm(AlarmName=name, **call)
    return alarms


def report(aws: Deployment, alarms: dict[str, dict[str, Any]], *, is_bad: bool) -> None:
    """Reports one value of each metric: the threshold and more, or nothing of what is counted."""
    for call in alarms.values():
        if call["Namespace"] == OF_QUEUES:
            queue = call["Dimensions"][0]["Value"]
            if is_bad:
                aws.put("{}", queue)
            else:
                clear(aws, queue)
            continue
        datum = {"MetricName": call["MetricName"], "Dimensions": call["Dimensions"]}
        value = call["Threshold"] + 1 if is_bad else 0
        aws("cloudwatch").put_metric_data(Namespace=call["Namespace"], MetricData=[{**datum, "Value": value}])


def clear(aws: Deployment, queue: str) -> None:
    """An operator deletes the messages of the queue."""
    sqs = aws("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ()):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def states(aws: Deployment) -> dict[str, str]:
    alarms = aws("cloudwatch").describe_alarms()["MetricAlarms"]
    return {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms}


def changes(steps: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Returns the states that each alarm has entered, in order."""
    entered: dict[str, list[str]] = {}
    for step in steps:
        for change in step["alarms"]:
            entered.setdefault(change["alarm"], []).append(change["to"])
    return entered


@pytest.mark.parametrize(
    ("spec", "count"),
    [(SESSION_DATA, 3), (CONTACT_CALLS, 4), (AGENT_IMPORT, 5)],
    ids=lambda it: it["type"] if isinstance(it, dict) else "",
)
def test_every_alarm_goes_off_and_ends(aws: Deployment, sandbox: Control, spec: dict[str, Any], count: int) -> None:
    alarms = declare(aws, spec)
    assert len(alarms) == count

    report(aws, alarms, is_bad=False)
    steps = [sandbox.advance("2h")]
    report(aws, alarms, is_bad=True)
    steps.append(sandbox.advance("2h"))
    report(aws, alarms, is_bad=False)
    steps.append(sandbox.advance("2h"))

    for name in alarms:
        assert changes(steps)[name][-3:] == ["OK", "ALARM", "OK"], name
