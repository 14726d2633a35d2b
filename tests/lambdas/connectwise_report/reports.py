"""The world of a report: a bucket with what a run left, the ledger, and a topic with a queue behind it."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from boto3.dynamodb.types import TypeSerializer

from reconciler.lambdas.connectwise.keys import lanes_key, result_key
from reconciler.lambdas.connectwise_report.function import answer
from reconciler.lambdas.shared.surroundings import Surroundings
from reconciler.sandbox import Control
from tests.lambdas.connectwise.places import LEDGER, TENANTS

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
RUN, BUCKET = "20260105T120000Z", "lake-111122223333"
HARBOR, NORTH, TICKETS = "harbor-dental", "north-clinic", "service/tickets"


@dataclass
class Reports:
    sandbox: Control
    clients: dict[str, Any]
    topic: str = ""
    queue: str = ""
    lines: list[str] = field(default_factory=list)

    def set_up(self) -> None:
        self.clients["s3"].create_bucket(Bucket=BUCKET)
        self.topic = self.clients["sns"].create_topic(Name="alerts")["TopicArn"]
        self.queue = self.clients["sqs"].create_queue(QueueName="alerts")["QueueUrl"]
        where = {"QueueUrl": self.queue, "AttributeNames": ["QueueArn"]}
        arn = self.clients["sqs"].get_queue_attributes(**where)["Attributes"]["QueueArn"]
        self.clients["sns"].subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn)

    def put(self, key: str, content: Any) -> None:
        self.clients["s3"].put_object(Bucket=BUCKET, Key=key, Body=json.dumps(content))

    def get(self, key: str) -> Any:
        return json.loads(self.clients["s3"].get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def plan(self, run: str, *tenants: str) -> None:
        pairs = [{"tenant_id": tenant, "table_name": TICKETS, "mode": "incremental"} for tenant in tenants]
        self.put(lanes_key(run), [{"run": run, "slot": "", "round": 1, "pairs": [pair]} for pair in pairs])

    def end(self, run: str, tenant: str, status: str, **more: Any) -> None:
        pair = {"tenant_id": tenant, "table_name": TICKETS, "status": status, "canonical": [], **more}
        self.put(result_key(tenant, run, TICKETS), pair)

    def item(self, tenant: str, name: str, **members: Any) -> None:
        item = {"tenant_id": tenant, "table_name": name, **members}
        typed = {key: TypeSerializer().serialize(value) for key, value in item.items()}
        self.clients["dynamodb"].put_item(TableName=LEDGER, Item=typed)

    def items(self) -> list[str]:
        return sorted(it["table_name"]["S"] for it in self.clients["dynamodb"].scan(TableName=LEDGER)["Items"])

    def report(self, event: Any, clients: Mapping[str, Any] | None = None, **environ: str) -> dict[str, Any]:
        known = clients or self.clients
        around = Surroundings(
            environ={
                "BUCKET_NAME": BUCKET,
                "TENANT_SERVICES_TABLE": TENANTS,
                "LAST_UPDATED_TABLE": LEDGER,
                "ALERT_TOPIC_ARN": self.topic,
                "AWS_REGION": "us-east-1",
                **environ,
            },
            client=lambda service, region, patience: known[service],
            clock=lambda: 0.0,
            now=NOON.timestamp,
            sleep=lambda seconds: None,
            random=random.Random(1).random,  # noqa: S311 - of pauses
            new_id=lambda: uuid4().hex,
            write=self.lines.append,
        )
        return answer(event, None, around)

    def messages(self) -> list[tuple[str, str]]:
        """Returns the subjects and errors of all messages that have arrived since the last call."""
        arrived = []
        while found := self.clients["sqs"].receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for each in found:
                body = json.loads(each["Body"])
                arrived.append((body["Subject"], json.loads(body["Message"])["error"]))
                self.clients["sqs"].delete_message(QueueUrl=self.queue, ReceiptHandle=each["ReceiptHandle"])
        return sorted(arrived)
