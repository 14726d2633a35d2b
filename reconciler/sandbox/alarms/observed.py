"""Metrics that AWS writes about queues. Here they are taken when an alarm looks at them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.sqs.models import Queue, sqs_backends

from reconciler.sandbox.cloudwatch.store import Alarm
from reconciler.sandbox.place import ACCOUNT
from reconciler.sandbox.world import world

_OF_QUEUES: dict[str, Callable[[Queue], float]] = {
    "ApproximateNumberOfMessagesVisible": lambda queue: float(queue.approximate_number_of_messages),
    "ApproximateNumberOfMessagesNotVisible": lambda queue: float(queue.approximate_number_of_messages_not_visible),
    "ApproximateNumberOfMessagesDelayed": lambda queue: float(queue.approximate_number_of_messages_delayed),
    "ApproximateAgeOfOldestMessage": lambda queue: _age(queue),
}


def observe(alarm: Alarm, now: float) -> None:
    """Writes the value that a queue's metric has now, into the period that ends."""
    queries = alarm.members.get("Metrics") or []
    metrics = [query["MetricStat"]["Metric"] for query in queries if query.get("MetricStat")]
    for metric in metrics or [alarm.members]:
        if metric.get("Namespace") == "AWS/SQS":
            _observe(alarm.arn.split(":")[3], metric, now)


def _observe(region: str, metric: dict[str, Any], now: float) -> None:
    dimensions = metric.get("Dimensions") or []
    name = next((one["Value"] for one in dimensions if one["Name"] == "QueueName"), "")
    queue, measure = sqs_backends[ACCOUNT][region].queues.get(name), _OF_QUEUES.get(metric["MetricName"])
    if queue is None or measure is None:
        return
    at = datetime.fromtimestamp(now - 1, UTC).replace(tzinfo=None)
    datum = {"MetricName": metric["MetricName"], "Value": measure(queue), "Unit": "Count", "Dimensions": dimensions}
    with world.lock:
        cloudwatch_backends[ACCOUNT][region].put_metric_data("AWS/SQS", [datum | {"Timestamp": at}])


def _age(queue: Queue) -> float:
    sent = [float(message.sent_timestamp or 0) for message in queue._messages]
    return time.time() - min(sent) / 1000 if sent else 0.0
