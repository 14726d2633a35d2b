"""Functions of AWS Lambda: code, configuration, asynchronous calls, concurrency and permissions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from reconciler.kinds.aws.lambda_answers import FunctionAnswers
from reconciler.kinds.aws.lambda_rules import function_problems
from reconciler.kinds.aws.lambda_spec import ASYNCHRONOUS, LambdaFunction
from reconciler.kinds.composite import Around, Child
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.services import LAMBDA
from reconciler.kinds.verbs import Detail, Guard, Listing, Set, Update, Wait
from reconciler.model import (
    Does,
    Problem,
    Ref,
    Resource,
    WrittenRecords,
)
from reconciler.model.environment import Quotas

CONFIGURATION = (
    *("runtime", "handler", "role", "description", "timeout", "memory_size", "environment", "layers", "vpc_config"),
    *("dead_letter_config", "tracing_config", "kms_key_arn", "file_system_configs", "ephemeral_storage"),
    *("snap_start", "logging_config"),
)
ALIAS = "live"
_RELEASE = 12  # digits of a release
_IMAGES = "images are built and pushed elsewhere"
_VERSIONS = "versions are not declared"
_STORED = "the key of an archive has its hash"
_COPIED = "the function keeps a copy, so that the bucket may lose the archive"
_OWN_KEY = "AWS encrypts archives with its own key"
UNMANAGED = MappingProxyType(
    {
        "AcceleratorConfig": "accelerators belong to functions on managed instances",
        "CapacityProviderConfig": "functions on managed instances are another product",
        "ImageUri": _IMAGES,
        "S3ObjectStorageMode": _COPIED,
        "S3ObjectVersion": _STORED,
        "SourceKMSKeyArn": _OWN_KEY,
        "CodeSigningConfigArn": "signed archives need a signing profile that this tool does not have",
        "DryRun": "a plan shows the change",
        "DurableConfig": "durable functions are another product",
        "ImageConfig": _IMAGES,
        "PackageType": _IMAGES,
        "Publish": _VERSIONS,
        "PublishTo": _VERSIONS,
        "Qualifier": _VERSIONS,
        "RevisionId": "apply takes it from the live function",
        "RuntimeConfig": "AWS chooses the version of a runtime",
        "TenancyConfig": "isolated tenants are another product",
    }
)


class LambdaFunctionKind(FunctionAnswers):
    spec = LambdaFunction
    service = LAMBDA
    identity = Identity("FunctionName", arn="arn:{partition}:lambda:{region}:{account}:function:{id}")
    reading = Reading(
        search=Listing("ListFunctions", "Functions", {"MaxItems": 50}),
        describe=("GetFunction", ""),
        details=(
            Detail(
                ASYNCHRONOUS,
                describe=("GetFunctionEventInvokeConfig", ""),
                absent=frozenset({"ResourceNotFoundException"}),
            ),
            Detail(("permissions",), describe=("GetPolicy", ""), absent=frozenset({"ResourceNotFoundException"})),
        ),
        by_name=True,
        index="lambda:function",
    )
    writing = Writing(
        create="CreateFunction",
        delete="DeleteFunction",
        updates=(
            Update("UpdateFunctionConfiguration", CONFIGURATION, guard=Guard("RevisionId", "RevisionId")),
            Update("UpdateFunctionCode", ("code", "architectures"), guard=Guard("RevisionId", "RevisionId")),
            Update(
                "PutFunctionConcurrency",
                ("reserved_concurrent_executions",),
                clear="DeleteFunctionConcurrency",
            ),
            Update("PutFunctionEventInvokeConfig", ASYNCHRONOUS, clear="DeleteFunctionEventInvokeConfig"),
        ),
        sets=(
            Set(
                *("permissions", "AddPermission", "RemovePermission"),
                batch=1,
                removed="StatementId",
                one_by_one=True,
                spreads=True,
                recreates=True,
                guard=Guard("RevisionId", "PolicyRevisionId"),
            ),
        ),
        set_after_create=frozenset({"reserved_concurrent_executions", "permissions", *ASYNCHRONOUS}),
        wait=Wait(
            *("Configuration.State", "Active", ("Failed",), ("Configuration", "StateReason")),
            after=frozenset({Does.CREATE, Does.UPDATE}),
            of_updates=Wait(
                *("Configuration.LastUpdateStatus", "Successful", ("Failed",)),
                reason=("Configuration", "LastUpdateStatusReason"),
            ),
        ),
    )
    # A function that finds no log group creates one, which keeps its events for ever.
    # An alias publishes what a run writes, so it follows these fields.
    ordering = Ordering(
        needs=("LogGroup",),
        follows=frozenset({*CONFIGURATION, "code", "architectures"}),
        followed=frozenset({"LambdaFunction"}),
    )
    deletion = Deletion(breaks="flows, schedules and event sources that call it fail; its versions are gone")
    calls_for = MappingProxyType({"code": ("s3:PutObject", "s3:HeadObject")})
    unmanaged = UNMANAGED

    def expand(self, spec: LambdaFunction, around: Around) -> Iterable[Child]:
        """Yields the alias with the provisioned concurrency. Its release is the hash of what the function is."""
        if spec.provisioned_concurrency:
            own = {"release": release_of(spec), "provisionedConcurrentExecutions": spec.provisioned_concurrency}
            fields = {"name": f"{spec.name}/{ALIAS}", **own, **_asynchronous(spec)}
            yield Child("LambdaAlias", fields, ("provisionedConcurrency",))

    def refuses(
        self, ref: Ref, before: LambdaFunction | None, after: LambdaFunction | None, there: Mapping[Ref, Resource]
    ) -> str:
        if before or after is None or after.code:
            return ""
        return "AWS creates a function from its code; write code"

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return function_problems(declared)


def release_of(spec: LambdaFunction) -> str:
    """Returns a hash of all that a version freezes: the code, and the configuration with its defaults."""
    frozen = spec.model_dump(mode="json", include={*CONFIGURATION, "code", "architectures"})
    return sha256(json.dumps(frozen, sort_keys=True).encode()).hexdigest()[:_RELEASE]


def _asynchronous(spec: LambdaFunction) -> dict[str, Any]:
    """Returns the declared settings of asynchronous calls in a manifest's words: an alias has its own."""
    to = spec.destination_config
    ends = {"onSuccess": to.on_success, "onFailure": to.on_failure} if to else {}
    written = {
        "maximum_retry_attempts": ("maximumRetryAttempts", spec.maximum_retry_attempts),
        "maximum_event_age_in_seconds": ("maximumEventAgeInSeconds", spec.maximum_event_age_in_seconds),
        "destination_config": (
            "destinationConfig",
            {name: {"destination": end.destination} for name, end in ends.items() if end},
        ),
    }
    return {key: value for field, (key, value) in written.items() if field in spec.model_fields_set and value != {}}
