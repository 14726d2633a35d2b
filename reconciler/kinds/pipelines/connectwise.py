"""Pipelines of type connectwise: five functions that a state machine runs for every tenant and table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reconciler.kinds.composite import Around, CannotExpandError, Child
from reconciler.kinds.pipelines import connectwise_alarms, connectwise_roles, connectwise_spark, connectwise_stores
from reconciler.kinds.pipelines.common import PipelineParts, linked
from reconciler.kinds.pipelines.connectwise_machine import definition
from reconciler.kinds.pipelines.mapping_files import Mappings, read_folder, shipped_mappings
from reconciler.kinds.pipelines.parts import PipelineBucket, PipelineSchedule, Warehouse
from reconciler.model import Problem

if TYPE_CHECKING:
    from reconciler.kinds.pipelines.spec import Pipeline

PARTS = ("plan", "ingest", "transform", "load", "report")
FUNCTIONS: Mapping[str, str] = {part: f"connectwise_{part}" for part in PARTS}
KEYS = frozenset({"bucket", "concurrency", "functions", "mappings", "schedules", "spark", "warehouse"})
BUCKET = frozenset[str]()
SET: Mapping[str, str] = {
    "BUCKET_NAME": "bucket.name",
    "TENANT_SERVICES_TABLE": "the pipeline's table of tenants",
    "LAST_UPDATED_TABLE": "the pipeline's ledger",
    "TENANT_ROLE_ARN": "the pipeline's role of tenants",
    "ENVIRONMENT": "the environment",
    "ALLOW_HTTP": "the environment: a sandbox may",
    "ALERT_TOPIC_ARN": "alerts",
    "SPARK_OPEN_ROWS": "spark.above.openRows",
    "SPARK_NEW_ROWS": "spark.above.newRows",
    "SPARK_REBUILT_ROWS": "spark.above.rebuiltRows",
    "RAW_DAYS": "bucket.rawDays.expire",
    "COPY_ROLE_ARN": "the pipeline's role for COPY",
    "REDSHIFT_SECRET_ID": "warehouse.secret",
    "REDSHIFT_WORKGROUP": "warehouse.workgroup",
    "REDSHIFT_HOST": "warehouse.host",
    "REDSHIFT_DATABASE": "warehouse.database",
}
ALARMS = connectwise_alarms.names(FUNCTIONS)
SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"  # Scheduler writes the time that was due in its place
LONGEST_NAME = 64  # of a role and of a function


def children(spec: Pipeline, around: Around) -> Iterator[Child]:
    """Yields the resources, in the order in which AWS needs them."""
    assert spec.bucket is not None  # noqa: S101 (`problems` has refused the others)
    assert spec.warehouse is not None  # noqa: S101
    parts = PipelineParts(spec, around.scope)
    if problem := name_problem(parts):
        raise CannotExpandError((), problem)
    functions = functions_of(spec, around)
    for function in functions.values():
        yield function.logs()
    yield parts.child("LogGroup", _machine_log(parts), {"retentionInDays": 90})
    yield from parts.alerts()
    yield from connectwise_stores.tables(parts)
    yield connectwise_stores.bucket(parts, spec.bucket)
    if spec.warehouse.secret:
        about = f"Pipeline {spec.name}: user and password of the database"
        yield parts.child("Secret", spec.warehouse.secret, {"description": about}, "warehouse", "secret")
    yield parts.child("SqsQueue", parts.named("dead"), {"messageRetentionPeriod": 1_209_600})
    if spec.spark is not None:
        yield from connectwise_spark.resources(parts, spec.spark, spec.bucket)
    yield from connectwise_roles.roles(parts, functions, spec.bucket, spec.warehouse)
    for function in functions.values():
        yield _function(function, spec.bucket, spec.warehouse)
    yield from connectwise_stores.mappings(parts, spec.bucket, mappings_of(spec, around))
    yield _machine(parts, functions, spec.bucket)
    yield parts.child("ScheduleGroup", parts.name, {}, "schedules")
    for name, schedule in spec.schedules.items():
        yield parts.child("Schedule", f"{parts.name}/{name}", _schedule(parts, name, schedule), "schedules", name)
    yield from connectwise_alarms.alarms(parts, functions)
    yield from parts.dashboard(tuple(functions.values()))


def functions_of(spec: Pipeline, around: Around) -> dict[str, PipelineParts]:
    return {part: PipelineParts(spec, around.scope, part, package) for part, package in FUNCTIONS.items()}


def mappings_of(spec: Pipeline, around: Around) -> Mappings:
    """Returns the mappings of the pipeline's folder, or those that this tool ships. Raises `CannotExpandError`."""
    if spec.mappings is None:
        return shipped_mappings()
    return read_folder(around.folder(spec.mappings, ("mappings",)), ("mappings",), around.warn)


def problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields what the schema cannot find."""
    for key, why in (("bucket", "its files"), ("warehouse", "its rows"), ("schedules", "its runs")):
        if not declared.get(key):
            yield Problem("error", (), f"a pipeline of type connectwise needs {key}, for {why}; add it")
    bucket = declared.get("bucket")
    if isinstance(bucket, Mapping) and "prefix" in bucket:
        message = "the keys of a pipeline of type connectwise begin with the tenant; delete this line"
        yield Problem("error", ("bucket", "prefix"), message)
    spark = declared.get("spark")
    if isinstance(spark, Mapping) and bool(spark.get("image")) == bool(spark.get("application")):
        message = "spark needs either image, for an application of its own, or application; write one of them"
        yield Problem("error", ("spark",), message)
    warehouse = declared.get("warehouse")
    if isinstance(warehouse, Mapping) and not warehouse.get("secret"):
        for key in ("workgroup", "host"):
            if not warehouse.get(key):
                message = f"without a secret, load signs in by its role, and needs {key}; add it, or a secret"
                yield Problem("error", ("warehouse",), message)


def name_problem(parts: PipelineParts) -> str:
    """Returns why the names of the pipeline's resources are too long for AWS; empty if they are not."""
    longest = max((parts.named(part) for part in (*PARTS, "scheduler", "spark", "tenant")), key=len)
    if len(longest) <= LONGEST_NAME:
        return ""
    return (
        f"{longest} has {len(longest)} characters, and AWS takes {LONGEST_NAME} for the names of roles and functions; "
        "give the pipeline a shorter name, or a namePrefix"
    )


def _machine_log(parts: PipelineParts) -> str:
    return f"/aws/vendedlogs/states/{parts.name}"


def _function(function: PipelineParts, bucket: PipelineBucket, warehouse: Warehouse) -> Child:
    """Returns a function, with those of the variables that it knows."""
    parts, scope = function, function.scope
    variables = {
        "BUCKET_NAME": bucket.name,
        "TENANT_SERVICES_TABLE": parts.named(connectwise_stores.TENANTS),
        "LAST_UPDATED_TABLE": parts.named(connectwise_stores.LEDGER),
        "TENANT_ROLE_ARN": linked("IamRole", parts.named("tenant")),
        "ENVIRONMENT": scope.environment,
        "RAW_DAYS": str(bucket.raw_days.expire),
        "COPY_ROLE_ARN": linked("IamRole", parts.named("copy")),
        "REDSHIFT_DATABASE": warehouse.database,
        **(connectwise_spark.variables(parts.spec.spark) if parts.spec.spark else {}),
        **({"ALLOW_HTTP": "true"} if scope.is_sandbox else {}),
        **({"ALERT_TOPIC_ARN": linked("SnsTopic", parts.topic)} if parts.topic else {}),
        **({"REDSHIFT_SECRET_ID": warehouse.secret} if warehouse.secret else {}),
        **({"REDSHIFT_WORKGROUP": str(warehouse.workgroup)} if not warehouse.secret else {}),
        **({"REDSHIFT_HOST": warehouse.host} if warehouse.host else {}),
    }
    known = function.shipped.environment["properties"]
    own = {name: value for name, value in variables.items() if name in known}
    return function.function(own, reservedConcurrentExecutions=function.settings.reserved_concurrency)


def _machine(parts: PipelineParts, functions: Mapping[str, PipelineParts], bucket: PipelineBucket) -> Child:
    destination = {"cloudWatchLogsLogGroup": {"logGroupArn": linked("LogGroup", _machine_log(parts))}}
    fields = {
        "definition": definition(functions, bucket.name, parts),
        "role": parts.named("machine"),
        "loggingConfiguration": {"level": "ERROR", "destinations": [destination]},
    }
    return parts.child("StateMachine", parts.name, fields, "concurrency")


def _schedule(parts: PipelineParts, name: str, schedule: PipelineSchedule) -> Mapping[str, Any]:
    """Returns a schedule that starts the machine. The machine begins one run for each slot."""
    given = schedule.input.value if schedule.input is not None else {}
    minutes = schedule.flexible_minutes
    window = {"mode": "FLEXIBLE", "maximumWindowInMinutes": minutes} if minutes else {"mode": "OFF"}
    return {
        "scheduleExpression": schedule.expression,
        "scheduleExpressionTimezone": schedule.time_zone,
        "state": schedule.state,
        "flexibleTimeWindow": window,
        "target": {
            "arn": linked("StateMachine", parts.name),
            "role": parts.named("scheduler"),
            "input": {"schedule": name, "event": {"slot": SCHEDULED_TIME, **given}},
            "deadLetterConfig": {"arn": linked("SqsQueue", parts.named("dead"))},
            "retryPolicy": {"maximumEventAgeInSeconds": 7200, "maximumRetryAttempts": 3},
        },
    }
