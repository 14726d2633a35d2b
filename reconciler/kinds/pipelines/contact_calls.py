"""Pipelines of type contact_calls: a function that schedules invoke, with a ledger, a bucket and a warehouse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reconciler.kinds.composite import Around, Child
from reconciler.kinds.pipelines import policies
from reconciler.kinds.pipelines.common import PipelineParts, linked
from reconciler.kinds.pipelines.parts import PipelineBucket, PipelineSchedule, Warehouse
from reconciler.kinds.pipelines.shipped import shipped
from reconciler.model import Linked, Problem

if TYPE_CHECKING:
    from reconciler.kinds.pipelines.spec import Pipeline

FUNCTIONS: Mapping[str, str] = {"": "contact_calls"}
KEYS = frozenset({"bucket", "function", "schedules", "warehouse"})
BUCKET = frozenset({"load", "raw"})  # what its `expireDays` may have
SET: Mapping[str, str] = {
    "LEDGER_TABLE": "the pipeline's table",
    "LOAD_BUCKET": "bucket.name",
    "LOAD_PREFIX": "bucket.prefix",
    "COPY_ROLE_ARN": "the pipeline's role for COPY",
    "REDSHIFT_SECRET_ID": "warehouse.secret",
    "REDSHIFT_WORKGROUP": "warehouse.workgroup",
    "REDSHIFT_HOST": "warehouse.host",
    "REDSHIFT_DATABASE": "warehouse.database",
}
DEAD_LETTERS = "contact-calls-dead-letters"
ALARMS = frozenset({*shipped("contact_calls").operations["alarms"], DEAD_LETTERS})
SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"  # Scheduler writes the time that was due in its place


def children(spec: Pipeline, around: Around) -> Iterator[Child]:
    """Yields the resources, in the order in which AWS needs them."""
    assert spec.bucket is not None  # noqa: S101 (`problems` has refused the others)
    assert spec.warehouse is not None  # noqa: S101
    parts = PipelineParts(spec, around.scope)
    yield parts.logs()
    yield from parts.alerts()
    yield from _stores(parts, spec.bucket, spec.warehouse)
    yield from _roles(parts, spec.bucket, spec.warehouse)
    yield from _function(parts, spec.bucket, spec.warehouse)
    yield from _schedules(parts)
    yield from parts.alarms()
    failed = parts.shipped.operations["failedEvents"]["alarm"]
    queue = {failed["dimension"]: parts.named("dead")}
    yield from parts.alarm(DEAD_LETTERS, failed, failed["namespace"], queue)
    yield from parts.dashboard()


def problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields what the schema cannot find."""
    for key, why in (("bucket", "its files"), ("warehouse", "its rows"), ("schedules", "its runs")):
        if not declared.get(key):
            yield Problem("error", (), f"a pipeline of type contact_calls needs {key}, for {why}; add it")
    warehouse = declared.get("warehouse")
    if isinstance(warehouse, Mapping) and not warehouse.get("secret"):
        for key in ("workgroup", "host"):
            if not warehouse.get(key):
                message = f"without a secret, the function signs in by its role, and needs {key}; add it, or a secret"
                yield Problem("error", ("warehouse",), message)


def _stores(parts: PipelineParts, bucket: PipelineBucket, warehouse: Warehouse) -> Iterator[Child]:
    """Yields what keeps data: ledger, bucket, secret, and the queue for failed events."""
    table = {
        "attributeDefinitions": [
            {"attributeName": "pipeline", "attributeType": "S"},
            {"attributeName": "item", "attributeType": "S"},
        ],
        "keySchema": [
            {"attributeName": "pipeline", "keyType": "HASH"},
            {"attributeName": "item", "keyType": "RANGE"},
        ],
        "billingMode": "PAY_PER_REQUEST",
        "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": True},
        "deletionProtectionEnabled": True,
    }
    yield parts.child("DynamoDBTable", parts.name, table)
    yield parts.child("S3Bucket", bucket.name, _bucket(bucket), "bucket")
    if warehouse.secret:
        about = f"Pipeline {parts.spec.name}: user and password of the database"
        yield parts.child("Secret", warehouse.secret, {"description": about}, "warehouse", "secret")
    days = parts.shipped.operations["failedEvents"]["retentionSeconds"]
    yield parts.child("SqsQueue", parts.named("dead"), {"messageRetentionPeriod": days})


def _bucket(bucket: PipelineBucket) -> Mapping[str, Any]:
    """Returns the fields of the bucket, which answers over TLS alone."""
    policy = policies.only_tls(linked("S3Bucket", bucket.name))
    return {"policy": policy, "lifecycleConfiguration": {"Rules": _lifecycle(bucket)}}


def _lifecycle(bucket: PipelineBucket) -> list[Mapping[str, Any]]:
    """Returns the rules by which AWS deletes objects, old versions and uploads that were not completed."""
    rules: list[Mapping[str, Any]] = [
        {
            "ID": name,
            "Status": "Enabled",
            "Filter": {"Prefix": f"{bucket.prefix}/{name}/"},
            "Expiration": {"Days": days},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
        }
        for name, days in (("load", bucket.expire_days.load), ("raw", bucket.expire_days.raw))
    ]
    ended = {"DaysAfterInitiation": 7}
    return [*rules, {"ID": "uploads", "Status": "Enabled", "Filter": {}, "AbortIncompleteMultipartUpload": ended}]


def _roles(parts: PipelineParts, bucket: PipelineBucket, warehouse: Warehouse) -> Iterator[Child]:
    name, own = parts.spec.name, linked("S3Bucket", bucket.name)
    copy = policies.document(
        policies.allow(["s3:GetObject"], [Linked(f"{own}/{bucket.prefix}/*")]),
        policies.allow(["s3:GetBucketLocation", "s3:ListBucket"], [own]),
    )
    yield parts.role("copy", policies.trust("redshift"), copy, f"Pipeline {name}: lets Redshift read its files")
    yield from parts.attachment(warehouse.namespace)
    policy = policies.filled(parts.shipped.policy, _values(parts, bucket, warehouse), {})
    yield parts.role("", policies.trust("lambda"), policy, f"Pipeline {name}: loads contacts")


def _values(parts: PipelineParts, bucket: PipelineBucket, warehouse: Warehouse) -> dict[str, str]:
    """Returns the values of the function's policy. Resources that the pipeline does not use have none."""
    values = {
        **policies.scope_values(parts.scope),
        "CONNECT_INSTANCE_ID": _instance(parts).rpartition("/")[2],
        "LEDGER_TABLE": parts.name,
        "LOAD_BUCKET": bucket.name,
        "LOAD_PREFIX": bucket.prefix,
        "FAILED_EVENTS_QUEUE_ARN": linked("SqsQueue", parts.named("dead")),
        "FUNCTION_NAME": parts.name,
    }
    if warehouse.secret:
        return {**values, "REDSHIFT_SECRET_ARN": linked("Secret", warehouse.secret)}
    return {**values, "REDSHIFT_WORKGROUP_ARN": linked("RedshiftWorkgroup", str(warehouse.workgroup))}


def _instance(parts: PipelineParts) -> str:
    return parts.spec.environment.get("CONNECT_INSTANCE_ARN") or parts.scope.instance


def _function(parts: PipelineParts, bucket: PipelineBucket, warehouse: Warehouse) -> Iterator[Child]:
    operations, reserved = parts.shipped.operations, parts.spec.function.reserved_concurrency
    failed = operations["failedEvents"]
    environment = {
        "CONNECT_INSTANCE_ARN": _instance(parts),
        "LEDGER_TABLE": parts.name,
        "LOAD_BUCKET": bucket.name,
        "LOAD_PREFIX": bucket.prefix,
        "COPY_ROLE_ARN": linked("IamRole", parts.named("copy")),
        "REDSHIFT_DATABASE": warehouse.database,
        **({"REDSHIFT_SECRET_ID": warehouse.secret} if warehouse.secret else {}),
        **({"REDSHIFT_WORKGROUP": str(warehouse.workgroup)} if not warehouse.secret else {}),
        **({"REDSHIFT_HOST": warehouse.host} if warehouse.host else {}),
    }
    yield parts.function(
        environment,
        reservedConcurrentExecutions=operations["reservedConcurrency"] if reserved is None else reserved,
        maximumRetryAttempts=failed["maximumRetryAttempts"],
        maximumEventAgeInSeconds=failed["maximumEventAgeSeconds"],
        destinationConfig={"onFailure": {"destination": linked("SqsQueue", parts.named("dead"))}},
    )


def _schedules(parts: PipelineParts) -> Iterator[Child]:
    """Yields the group of the schedules, the role that Scheduler assumes, and the schedules."""
    group, dead = linked("ScheduleGroup", parts.name), linked("SqsQueue", parts.named("dead"))
    function = linked("LambdaFunction", parts.name)
    yield parts.child("ScheduleGroup", parts.name, {}, "schedules")
    only = {"StringEquals": {"aws:SourceAccount": parts.scope.account, "aws:SourceArn": group}}
    policy = policies.document(
        policies.allow(["lambda:InvokeFunction"], [function, Linked(f"{function}:*")]),
        policies.allow(["sqs:SendMessage"], [dead]),
    )
    about = f"Pipeline {parts.spec.name}: lets its schedules invoke it"
    yield parts.role("scheduler", policies.trust("scheduler", only), policy, about)
    for name, schedule in parts.spec.schedules.items():
        yield parts.child("Schedule", f"{parts.name}/{name}", _schedule(parts, schedule), "schedules", name)


def _schedule(parts: PipelineParts, schedule: PipelineSchedule) -> Mapping[str, Any]:
    given = schedule.input.value if schedule.input is not None else {}
    minutes = schedule.flexible_minutes
    window = {"mode": "FLEXIBLE", "maximumWindowInMinutes": minutes} if minutes else {"mode": "OFF"}
    return {
        "scheduleExpression": schedule.expression,
        "scheduleExpressionTimezone": schedule.time_zone,
        "state": schedule.state,
        "flexibleTimeWindow": window,
        "target": {
            "arn": parts.callee,
            "role": parts.named("scheduler"),
            "input": {"time": SCHEDULED_TIME, **given},
            "deadLetterConfig": {"arn": linked("SqsQueue", parts.named("dead"))},
            "retryPolicy": {"maximumEventAgeInSeconds": 7200, "maximumRetryAttempts": 3},
        },
    }
