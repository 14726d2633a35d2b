"""Events of schedules and their targets: templated targets, universal targets, retries and the dead-letter queue.

Sources: the user guide of EventBridge Scheduler, "Managing targets" and "Configuring a dead-letter queue". Its retries
follow each other at once; at AWS their pauses grow.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from reconciler.sandbox.events import destinations
from reconciler.sandbox.events.clients import client
from reconciler.sandbox.place import REGION

Json = dict[str, Any]
MOST_TRIES = 186  # 1 and 185 retries [service model: MaximumRetryAttempts]


@dataclass(frozen=True)
class Firing:
    """A schedule at one of its moments."""

    schedule: Json
    at: datetime
    execution_id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def target(self) -> Json:
        target: Json = self.schedule["Target"]
        return target

    @property
    def scheduled_time(self) -> str:
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    @property
    def region(self) -> str:
        return str(self.schedule["Arn"].split(":")[3]) or REGION

    def input(self, attempt: int) -> str:
        """Returns the target's input, with the context attributes filled in."""
        text = self.target.get("Input")
        if text is None:
            return json.dumps(self._default_event())
        attributes = {
            "schedule-arn": self.schedule["Arn"],
            "scheduled-time": self.scheduled_time,
            "execution-id": self.execution_id,
            "attempt-number": str(attempt),
        }
        for name, value in attributes.items():
            text = text.replace(f"<aws.scheduler.{name}>", value)
        return str(text)

    def _default_event(self) -> Json:
        """Returns what a target without an input gets [user guide: the event of templated targets]."""
        return {
            "version": "0",
            "id": self.execution_id,
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": self.schedule["Arn"].split(":")[4],
            "time": self.scheduled_time,
            "region": self.region,
            "resources": [self.schedule["Arn"]],
            "detail": "{}",
        }


def fire(firing: Firing) -> str:
    """Sends to the target. Returns an empty text, or the code of the error after which the event was given up."""
    most = min(int(firing.target["RetryPolicy"]["MaximumRetryAttempts"]) + 1, MOST_TRIES)
    code, message, attempt = "", "", 0
    for attempt in range(1, most + 1):
        try:
            _send(firing, firing.input(attempt))
            return ""
        except ClientError as wrong:
            code, message = wrong.response["Error"]["Code"], wrong.response["Error"].get("Message", "")
            if wrong.response["ResponseMetadata"]["HTTPStatusCode"] not in (429, 500, 502, 503, 504):
                break  # Another try would fail alike.
        except (BotoCoreError, ValueError, AttributeError) as wrong:
            code, message = "InvalidTarget", str(wrong)
            break
    _bury(firing, code, message, attempt)
    return code


def _send(firing: Firing, text: str) -> None:
    target, arn = firing.target, str(firing.target["Arn"])
    _, _, service, _, _, name = arn.split(":", 5)

    def call(of: str) -> Any:
        return client(of, firing.region, target["RoleArn"], "scheduler")

    match service:
        case "lambda":
            call("lambda").invoke(FunctionName=arn, InvocationType="Event", Payload=text)
        case "states":
            call("stepfunctions").start_execution(stateMachineArn=arn, input=text)
        case "sqs":
            url = call("sqs").get_queue_url(QueueName=name)["QueueUrl"]
            call("sqs").send_message(QueueUrl=url, MessageBody=text, **target.get("SqsParameters", {}))
        case "sns":
            call("sns").publish(TopicArn=arn, Message=text)
        case "events":
            entry = target.get("EventBridgeParameters", {})
            call("events").put_events(Entries=[{**entry, "Detail": text, "EventBusName": name.rpartition("/")[2]}])
        case "scheduler":
            _, _, api, operation = arn.rsplit(":", 3)
            getattr(call(api), xform_name(operation[0].upper() + operation[1:]))(**json.loads(text))
        case _:
            raise ValueError(f"the sandbox has no targets of {service}")


def _bury(firing: Firing, code: str, message: str, attempts: int) -> None:
    """Sends what was given up to the dead-letter queue, with the attributes that say why."""
    arn = firing.target.get("DeadLetterConfig", {}).get("Arn")
    if not arn:
        return
    attributes: Mapping[str, str] = {
        "ERROR_CODE": code,
        "ERROR_MESSAGE": message[:1024],
        "EXECUTION_ID": firing.execution_id,
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": str(max(0, attempts - 1)),
        "SCHEDULED_TIME": firing.scheduled_time,
        "SCHEDULE_ARN": firing.schedule["Arn"],
        "TARGET_ARN": firing.target["Arn"],
    }
    try:
        destinations.send(arn, firing.input(attempts), attributes)
    except Exception as wrong:
        destinations.complain(arn, wrong)
