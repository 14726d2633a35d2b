"""Pipelines of type agent_import: a bucket for spreadsheets, a function that reads them, and one that makes users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reconciler.kinds.composite import Around, Child
from reconciler.kinds.pipelines import agent_stores, policies
from reconciler.kinds.pipelines.common import PipelineParts, linked
from reconciler.kinds.pipelines.parts import PipelineBucket
from reconciler.kinds.pipelines.shipped import shipped
from reconciler.lambdas.agents.item import STREAM_FILTERS
from reconciler.model import Linked, Problem
from reconciler.model.ownership import pipeline_owner

if TYPE_CHECKING:
    from reconciler.kinds.pipelines.spec import Pipeline

FUNCTIONS: Mapping[str, str] = {"upload": "agent_upload", "roster": "agent_roster"}
KEYS = frozenset({"agents", "bucket", "functions", "kmsKey", "uploads"})
BUCKET = frozenset({"uploads", "quarantine", "results"})  # what its `expireDays` may have
SET: Mapping[str, str] = {
    "UPLOADS_TABLE": "the pipeline's table of uploads",
    "ROSTER_TABLE": "the pipeline's table of agents",
    "BUCKET_NAME": "bucket.name",
    "SECRET_PREFIX": "the pipeline's name",
    "KMS_KEY_ARN": "kmsKey",
    "REMOVE": "agents.remove",
    "DEACTIVATED_SECURITY_PROFILE": "agents.deactivated",
    "DEACTIVATED_ROUTING_PROFILE": "agents.deactivated",
    "DEAD_LETTERS_URL": "the pipeline's queue",
    "CREATE_HIERARCHY_GROUPS": "agents.createHierarchyGroups",
    "GENERATE_PASSWORDS": "agents.generatePasswords",
    "OWNER": "the stack and the pipeline's name",
    **dict.fromkeys(("UPLOAD_PREFIX", "RESULT_PREFIX", "QUARANTINE_PREFIX", "KEPT_PREFIX"), "the type"),
}
DEAD_LETTERS: Mapping[str, str] = {part: f"agent-{part}-dead-letters" for part in FUNCTIONS}
ALARMS = frozenset(
    {*DEAD_LETTERS.values(), *(name for it in FUNCTIONS.values() for name in shipped(it).operations["alarms"])}
)
UPLOADS, RESULTS, QUARANTINE = agent_stores.UPLOADS, agent_stores.RESULTS, agent_stores.QUARANTINE


def children(spec: Pipeline, around: Around) -> Iterator[Child]:
    """Yields the resources, in the order in which AWS needs them."""
    assert spec.bucket is not None  # noqa: S101 (`problems` has refused the others)
    parts = PipelineParts(spec, around.scope)
    upload, roster = (PipelineParts(spec, around.scope, part, package) for part, package in FUNCTIONS.items())
    yield from (upload.logs(), roster.logs())
    yield from parts.alerts()
    yield from agent_stores.tables(parts)
    for function in (upload, roster):
        days = function.shipped.operations["failedEvents"]["retentionSeconds"]
        yield parts.child("SqsQueue", _dead_name(function), {"messageRetentionPeriod": days})
    yield agent_stores.bucket(parts, spec.bucket, upload.function_name)
    for function, does in ((upload, "reads spreadsheets"), (roster, "makes users")):
        policy = policies.filled(function.shipped.policy, _values(function, spec.bucket), {})
        yield function.role("", policies.trust("lambda"), policy, f"Pipeline {spec.name}: {does}")
    yield _upload(upload, spec.bucket)
    yield _roster(roster, spec.bucket)
    yield _mapping(roster)
    for function in (upload, roster):
        yield from function.alarms()
        failed = function.shipped.operations["failedEvents"]["alarm"]
        queue = {failed["dimension"]: _dead_name(function)}
        yield from function.alarm(DEAD_LETTERS[function.part], failed, failed["namespace"], queue)
    yield from parts.dashboard((upload, roster))
    yield from agent_stores.declared_files(parts, spec.bucket, around)


def problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields what the schema cannot find."""
    if not declared.get("bucket"):
        yield Problem("error", (), "a pipeline of type agent_import needs bucket, for its spreadsheets; add it")
    agents = declared.get("agents")
    if not isinstance(agents, Mapping):
        return
    is_deactivating = agents.get("remove") == "deactivate"
    if is_deactivating and not agents.get("deactivated"):
        message = (
            "remove: deactivate gives a removed agent other profiles, because Amazon Connect cannot disable a user; "
            "add deactivated with securityProfile"
        )
        yield Problem("error", ("agents", "remove"), message)
    if agents.get("deactivated") and not is_deactivating:
        yield Problem("error", ("agents", "deactivated"), "it belongs to remove: deactivate; write both or neither")


def _dead(function: PipelineParts) -> Linked:
    return linked("SqsQueue", _dead_name(function))


def _dead_name(function: PipelineParts) -> str:
    return function.named(f"{function.part}-dead")


def _instance(parts: PipelineParts) -> str:
    return parts.spec.environment.get("INSTANCE_ID") or parts.scope.instance


def _values(function: PipelineParts, bucket: PipelineBucket) -> dict[str, str]:
    """Returns the values of a function's policy. Without a KMS key, its statements are left out."""
    agents, key = function.spec.agents, function.spec.kms_key
    return {
        **policies.scope_values(function.scope),
        "CONNECT_INSTANCE_ID": _instance(function).rpartition("/")[2],
        "UPLOADS_TABLE": function.named("uploads"),
        "ROSTER_TABLE": function.named("roster"),
        "BUCKET_NAME": bucket.name,
        "UPLOAD_PREFIX": UPLOADS,
        "RESULT_PREFIX": RESULTS,
        "QUARANTINE_PREFIX": QUARANTINE,
        "SECRET_PREFIX": _secrets(function),
        "FAILED_EVENTS_QUEUE_ARN": _dead(function),
        "FUNCTION_NAME": function.function_name,
        **({"KMS_KEY_ARN": key} if key else {}),
        # A role may delete users, or create groups, only if the manifest says that the function does.
        **({"DELETES_INSTANCE_ID": _instance(function).rpartition("/")[2]} if agents.remove == "delete" else {}),
        **({"GROUPS_INSTANCE_ID": _instance(function).rpartition("/")[2]} if agents.create_hierarchy_groups else {}),
    }


def _secrets(parts: PipelineParts) -> str:
    return f"{parts.name}/passwords"


def _shared(function: PipelineParts, bucket: PipelineBucket) -> dict[str, str]:
    """Returns the variables that both functions have."""
    return {
        "INSTANCE_ID": _instance(function),
        "UPLOADS_TABLE": function.named("uploads"),
        "ROSTER_TABLE": function.named("roster"),
        "BUCKET_NAME": bucket.name,
        "UPLOAD_PREFIX": UPLOADS,
        "RESULT_PREFIX": RESULTS,
        "CREATE_HIERARCHY_GROUPS": str(function.spec.agents.create_hierarchy_groups).lower(),
        "OWNER": pipeline_owner(function.scope, function.spec.name),
        **({"KMS_KEY_ARN": function.spec.kms_key} if function.spec.kms_key else {}),
    }


def _upload(function: PipelineParts, bucket: PipelineBucket) -> Child:
    """Returns the function that S3 calls for each new file, of this bucket and this account alone."""
    failed, spec = function.shipped.operations["failedEvents"], function.spec
    environment = {
        **_shared(function, bucket),
        "QUARANTINE_PREFIX": QUARANTINE,
        **({"KEPT_PREFIX": agent_stores.DECLARED} if spec.uploads else {}),
        "SECRET_PREFIX": _secrets(function),
        "GENERATE_PASSWORDS": str(spec.agents.generate_passwords).lower(),
    }
    permission = {
        "statementId": "reconcile-bucket",
        "action": "lambda:InvokeFunction",
        "principal": "s3.amazonaws.com",
        "sourceArn": linked("S3Bucket", bucket.name),
        # Offline, the account of a sandbox is not known yet.
        **({"sourceAccount": function.scope.account} if function.scope.account else {}),
    }
    return function.function(
        environment,
        reservedConcurrentExecutions=function.settings.reserved_concurrency,
        maximumRetryAttempts=failed["maximumRetryAttempts"],
        maximumEventAgeInSeconds=failed["maximumEventAgeSeconds"],
        destinationConfig={"onFailure": {"destination": _dead(function)}},
        permissions=[permission],
    )


def _roster(function: PipelineParts, bucket: PipelineBucket) -> Child:
    """Returns the function that makes users. It runs once at a time, because the account has one rate of calls."""
    agents, reserved = function.spec.agents, function.settings.reserved_concurrency
    deactivated = agents.deactivated
    environment = {
        **_shared(function, bucket),
        "REMOVE": agents.remove,
        "DEAD_LETTERS_URL": linked("SqsQueue", _dead_name(function), "id"),
    }
    if deactivated:
        environment["DEACTIVATED_SECURITY_PROFILE"] = deactivated.security_profile
        environment |= {"DEACTIVATED_ROUTING_PROFILE": deactivated.routing_profile or ""}
    operations = function.shipped.operations
    return function.function(
        environment,
        reservedConcurrentExecutions=operations["reservedConcurrency"] if reserved is None else reserved,
    )


def _mapping(function: PipelineParts) -> Child:
    """Returns the mapping from the stream. A record that fails again and again leaves the shard to the others."""
    stream = function.shipped.operations["stream"]
    fields = {
        "eventSourceArn": linked("DynamoDBTable", function.named("roster"), "stream"),
        "functionName": function.function_name,
        "startingPosition": "TRIM_HORIZON",
        "batchSize": stream["batchSize"],
        "maximumBatchingWindowInSeconds": stream["batchingWindowSeconds"],
        "maximumRetryAttempts": stream["maximumRetryAttempts"],
        "maximumRecordAgeInSeconds": stream["maximumRecordAgeSeconds"],
        "bisectBatchOnFunctionError": True,
        "functionResponseTypes": ["ReportBatchItemFailures"],
        "filterCriteria": {"filters": [{"pattern": dict(pattern)} for pattern in STREAM_FILTERS]},
        "destinationConfig": {"onFailure": {"destination": _dead(function)}},
    }
    return function.child("EventSourceMapping", function.function_name, fields, *function.place)
