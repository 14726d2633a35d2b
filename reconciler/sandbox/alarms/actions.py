"""The actions of an alarm when its state changes: a message to its topics, or an event to its functions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from moto.awslambda.models import lambda_backends

from reconciler.sandbox import functions
from reconciler.sandbox.cloudwatch.store import Alarm
from reconciler.sandbox.events import destinations
from reconciler.sandbox.world import world

ACTIONS = {"OK": "OKActions", "ALARM": "AlarmActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
OF_TRIGGER = (
    *("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Unit", "Dimensions", "Period", "Metrics"),
    *("EvaluationPeriods", "DatapointsToAlarm", "ComparisonOperator", "Threshold", "TreatMissingData"),
)


def act(alarm: Alarm, before: str) -> list[str]:
    """Carries out the actions of an alarm's new state. Returns those that the sandbox has no way to carry out."""
    left = []
    for arn in alarm.members[ACTIONS[alarm.state["StateValue"]]]:
        service = arn.split(":")[2]
        try:
            if service == "sns":
                destinations.send(arn, json.dumps(_message(alarm, before)), subject=_subject(alarm))
            elif service == "lambda":
                _, _, _, region, account = arn.split(":")[:5]
                function = lambda_backends[account][region].get_function(arn)
                functions.start().queue.put(function, json.dumps(_event(alarm, before)).encode())
            else:
                left.append(arn)
        except Exception as wrong:  # An action that fails does not change the alarm.
            destinations.complain(arn, wrong)
    return left


def _subject(alarm: Alarm) -> str:
    text = f'{alarm.state["StateValue"]}: "{_name(alarm)}" in {_region(alarm)}'
    return text if len(text) <= 100 else text[:97] + "..."


def _message(alarm: Alarm, before: str) -> dict[str, Any]:
    """Returns the message that topics get [user guide: "Notifying users on alarm changes"]."""
    members = alarm.members
    message = {
        "AlarmName": _name(alarm),
        "AlarmDescription": members.get("AlarmDescription"),
        "AWSAccountId": alarm.arn.split(":")[4],
        "AlarmConfigurationUpdatedTimestamp": _time(alarm.updated),
        "NewStateValue": alarm.state["StateValue"],
        "NewStateReason": alarm.state["StateReason"],
        "StateChangeTime": _time(world.now()),
        "Region": _region(alarm),
        "AlarmArn": alarm.arn,
        "OldStateValue": before,
        **{name: members[name] for name in ACTIONS.values()},
    }
    if rule := members.get("AlarmRule"):
        return message | {"AlarmRule": rule}
    return message | {"Trigger": {name: members[name] for name in OF_TRIGGER if members.get(name) is not None}}


def _event(alarm: Alarm, before: str) -> dict[str, Any]:
    """Returns the event that functions get [user guide: "Invoke a Lambda function from an alarm"]."""
    return {
        "source": "aws.cloudwatch",
        "alarmArn": alarm.arn,
        "accountId": alarm.arn.split(":")[4],
        "time": _time(world.now()),
        "region": _region(alarm),
        "alarmData": {
            "alarmName": _name(alarm),
            "state": {
                "value": alarm.state["StateValue"],
                "reason": alarm.state["StateReason"],
                "timestamp": _time(world.now()),
            },
            "previousState": {"value": before},
            "configuration": {"description": alarm.members.get("AlarmDescription")},
        },
    }


def _name(alarm: Alarm) -> str:
    return str(alarm.members["AlarmName"])


def _region(alarm: Alarm) -> str:
    return alarm.arn.split(":")[3]


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S.000+0000}"
