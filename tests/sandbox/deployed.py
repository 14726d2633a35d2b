"""An account whose functions run: archives of a few lines, the queues beside them, and what they leave behind."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from botocore.config import Config

from reconciler.sandbox import ACCOUNT, REGION

ONCE = Config(retries={"total_max_attempts": 1})
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
PATIENCE = 20.0  # seconds
EVER = {"StartTime": datetime(1970, 1, 2, tzinfo=UTC), "EndTime": datetime(2200, 1, 1, tzinfo=UTC)}


def archive(code: str) -> bytes:
    """Returns a ZIP archive with the module `code`."""
    return packed({"code.py": code})


def packed(files: Mapping[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as written:
        for name, text in files.items():
            written.writestr(name, text)
    return content.getvalue()


class Deployment:
    """A caller who deploys functions. `place`: where AWS is, as `create_client` has it."""

    def __init__(self, session: Any, **place: Any) -> None:
        self._session, self._place = session, place
        self._clients: dict[str, Any] = {}
        services = ("lambda.amazonaws.com", "scheduler.amazonaws.com", "states.amazonaws.com")
        trust = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        self("iam").create_role(RoleName="worker", AssumeRolePolicyDocument=document)
        self.allow("*")

    def allow(self, *actions: str, resource: str = "*", **condition: Any) -> None:
        """Gives the role one policy: it may do this, and nothing else."""
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource, **condition}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self("iam").put_role_policy(RoleName="worker", PolicyName="work", PolicyDocument=document)

    def __call__(self, service: str) -> Any:
        if service not in self._clients:
            client = self._session.create_client(service, region_name=REGION, config=ONCE, **self._place)
            self._clients[service] = client
        return self._clients[service]

    def deploy(self, code: str, name: str = "f", **members: Any) -> str:
        """Creates a function whose handler is `handler`, and returns its ARN."""
        settings = {"Runtime": "python3.13", "Role": ROLE, "Handler": "code.handler", "Timeout": 10, **members}
        made = self("lambda").create_function(FunctionName=name, Code={"ZipFile": archive(code)}, **settings)
        return str(made["FunctionArn"])

    def invoke(self, event: Any = None, name: str = "f", **members: Any) -> Any:
        """Returns what the function returns."""
        return read(self("lambda").invoke(FunctionName=name, Payload=json.dumps(event or {}), **members))

    def send(self, event: Any, name: str = "f") -> None:
        """Invokes a function without waiting for it."""
        self("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps(event))

    def queue(self, name: str, **attributes: str) -> str:
        """Creates a queue and returns its ARN."""
        self("sqs").create_queue(QueueName=name, Attributes=attributes)
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"

    def put(self, body: str, queue: str = "q") -> None:
        self("sqs").send_message(QueueUrl=self._url(queue), MessageBody=body)

    def messages(self, queue: str, at_least: int = 1) -> list[Any]:
        """Takes all messages of a queue, once there are so many. They are JSON."""
        bodies: list[Any] = []

        def arrived() -> bool:
            asked = {"QueueUrl": self._url(queue), "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
            for message in self("sqs").receive_message(**asked).get("Messages", []):
                bodies.append(json.loads(message["Body"]))
                self("sqs").delete_message(QueueUrl=asked["QueueUrl"], ReceiptHandle=message["ReceiptHandle"])
            return len(bodies) >= at_least

        wait_until(arrived)
        return bodies

    def depth(self, queue: str) -> int:
        """Returns how many messages a queue holds, hidden ones included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self("sqs").get_queue_attributes(QueueUrl=self._url(queue), AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)

    def logged(self, name: str = "f") -> list[str]:
        """Returns the lines of a function's log group, if there is one."""
        try:
            events = self("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        except self("logs").exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in events]

    def printed(self, name: str = "f") -> list[Any]:
        """Returns the lines of the log that are JSON, in order."""
        found = []
        for line in self.logged(name):
            with suppress(ValueError):
                found.append(json.loads(line))
        return found

    def total(self, namespace: str, metric: str, **dimensions: str) -> float:
        named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        asked = {"Namespace": namespace, "MetricName": metric, "Dimensions": named, **EVER}
        found = self("cloudwatch").get_metric_statistics(**asked, Period=86_400, Statistics=["Sum"])
        return float(sum(point["Sum"] for point in found["Datapoints"]))

    def _url(self, queue: str) -> str:
        return str(self("sqs").get_queue_url(QueueName=queue)["QueueUrl"])


def read(answer: Mapping[str, Any]) -> Any:
    return json.loads(answer["Payload"].read() or b"null")


def wait_until(is_so: Callable[[], bool]) -> None:
    """Waits for something that other threads do. Fails when it takes too long."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
