"""Where records of invocations go: queues, topics, functions, event buses and buckets, in the state of this process."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from moto.awslambda.models import lambda_backends
from moto.core.exceptions import ServiceException
from moto.utilities.utils import get_partition

from reconciler.sandbox import functions
from reconciler.sandbox.place import ACCOUNT, REGION
from reconciler.sandbox.world import world

Record = Mapping[str, Any]


def deliver(arn: str, record: Record, detail_type: str = "") -> None:
    """Sends the record of an invocation to a destination."""
    _, _, service, region, account, *_ = arn.split(":", 5)
    try:
        if service == "lambda":
            function = lambda_backends[account][region].get_function(arn)
            functions.start().queue.put(function, json.dumps(record).encode())
        elif service == "events":
            _put_event(arn, record, detail_type)
        elif service == "s3":
            _put_object(arn, record)
        else:
            send(arn, json.dumps(record))
    except Exception as wrong:  # Lambda drops what it cannot deliver, and the sandbox says so.
        complain(arn, wrong)


def complain(arn: str, wrong: Exception) -> None:
    """Writes to the sandbox's own log what nothing else shows."""
    reason = wrong.message if isinstance(wrong, ServiceException) else repr(wrong)
    sys.stderr.write(f"the sandbox could not deliver to {arn}: {reason}\n")


def send(arn: str, text: str, attributes: Mapping[str, str] | None = None, subject: str | None = None) -> None:
    """Sends a text to a queue or a topic. Raises what moto raises if there is none."""
    # SNS and SQS are imported when the first message is sent.
    from moto.sns.models import sns_backends
    from moto.sqs.models import sqs_backends

    _, _, service, region, account, name = arn.split(":", 5)
    texts = {key: value for key, value in (attributes or {}).items() if value}
    with world.lock:
        if service == "sqs":
            named = {key: {"DataType": "String", "StringValue": value} for key, value in texts.items()}
            group: dict[str, Any] = {}
            if name.endswith(".fifo"):
                group = {"group_id": "sandbox", "deduplication_id": uuid4().hex}
            sqs_backends[account][region].send_message(name, text, message_attributes=named, **group)
        elif service == "sns":
            plain = {key: {"Type": "String", "Value": value} for key, value in texts.items()}
            sns_backends[account][region].publish(text, arn, subject=subject, message_attributes=plain)
        else:
            raise ValueError(f"{service} is neither SQS nor SNS")


def _put_event(arn: str, record: Record, detail_type: str) -> None:
    from moto.events.models import events_backends

    _, _, _, region, account, name = arn.split(":", 5)
    context = record["requestContext"]
    event = {
        "Source": "lambda",
        "DetailType": detail_type,
        "Detail": json.dumps(record),
        "EventBusName": name.removeprefix("event-bus/"),
        "Resources": [arn, context["functionArn"]],
    }
    with world.lock:
        events_backends[account][region].put_events([event])


def _put_object(arn: str, record: Record) -> None:
    """Writes `aws/lambda/async/FUNCTION/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-UUID` [developer guide: S3 destinations]."""
    from moto.s3.models import s3_backends

    account, bucket = ACCOUNT, arn.rpartition(":")[2]
    now = datetime.fromtimestamp(world.now(), UTC)
    function = record["requestContext"]["functionArn"].split(":")[6]
    key = f"aws/lambda/async/{function}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{uuid4()}"
    with world.lock:
        s3_backends[account][get_partition(REGION)].put_object(bucket, key, json.dumps(record).encode())
