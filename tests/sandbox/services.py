"""A write and a read of one service for each protocol, and the errors that each service answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.config import Config

from reconciler.sandbox import shapes

ONCE = Config(retries={"total_max_attempts": 1})
# One write and one read of a service for each protocol, and the names of the written thing.
SERVICES: dict[str, tuple[str, dict[str, Any], str, Callable[[Any], list[str]]]] = {
    "iam": ("create_user", {"UserName": "x"}, "list_users", lambda found: [u["UserName"] for u in found["Users"]]),
    "logs": (
        "create_log_group",
        {"logGroupName": "x"},
        "describe_log_groups",
        lambda found: [group["logGroupName"] for group in found["logGroups"]],
    ),
    "s3": ("create_bucket", {"Bucket": "xxx"}, "list_buckets", lambda found: [b["Name"] for b in found["Buckets"]]),
    "secretsmanager": (
        "create_secret",
        {"Name": "x", "SecretString": "s"},
        "list_secrets",
        lambda found: [secret["Name"] for secret in found["SecretList"]],
    ),
    "cloudwatch": (
        "put_dashboard",
        {"DashboardName": "x", "DashboardBody": '{"widgets": []}'},
        "list_dashboards",
        lambda found: [dashboard["DashboardName"] for dashboard in found["DashboardEntries"]],
    ),
    "scheduler": (
        "create_schedule_group",
        {"Name": "x"},
        "list_schedule_groups",
        lambda found: [group["Name"] for group in found["ScheduleGroups"] if group["Name"] != "default"],
    ),
    "sqs": (
        *("create_queue", {"QueueName": "x"}, "list_queues"),
        lambda found: [url.rpartition("/")[2] for url in found.get("QueueUrls", [])],
    ),
}
SERVED = [service for service in SERVICES if service in shapes.SERVED]


class User:
    """A caller of one service, with one write and one read."""

    def __init__(self, client: Any, service: str) -> None:
        write, self.params, read, self.names = SERVICES[service]
        self.service = service
        self.call, self._read = getattr(client, write), getattr(client, read)
        self.operation = "".join(word.capitalize() for word in write.split("_"))

    def write(self) -> Any:
        return self.call(**self.params)

    def read(self) -> list[str]:
        return self.names(self._read())


THROTTLES = {
    "iam": ("Throttling", 400),
    "logs": ("ThrottlingException", 400),
    "s3": ("SlowDown", 503),
    "secretsmanager": ("ThrottlingException", 400),
    "cloudwatch": ("Throttling", 400),
    "scheduler": ("ThrottlingException", 429),
    "sqs": ("RequestThrottled", 400),
}
FAILURES = {
    "iam": ("ServiceFailure", 500),
    "logs": ("ServiceUnavailableException", 500),
    "s3": ("InternalFailure", 500),
    "secretsmanager": ("InternalServiceError", 500),
    "cloudwatch": ("InternalServiceError", 500),
    "scheduler": ("InternalServerException", 500),
    "sqs": ("InternalFailure", 500),
}
