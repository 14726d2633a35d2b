"""The structures of a table of Amazon DynamoDB, and the rules between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.model import AwsName, Problem, Spec
from reconciler.model.spec import expecting, meanings

_Name = Annotated[str, Field(min_length=1, max_length=255, description="The name of the attribute.", examples=["item"])]
_Units = Annotated[int, Field(ge=1, description="Units a second.", examples=[5])]


class AttributeDefinition(Spec):
    """The type of an attribute of the key."""

    attribute_name: _Name
    attribute_type: Literal["S", "N", "B"] = Field(
        description="The type.", json_schema_extra=meanings(S="A text.", N="A number.", B="Bytes.")
    )


class KeySchemaElement(Spec):
    """An attribute of the key."""

    attribute_name: _Name
    key_type: Literal["HASH", "RANGE"] = Field(
        description="The role in the key.",
        json_schema_extra=meanings(HASH="The partition key.", RANGE="The sort key, below the partition key."),
    )


class ProvisionedThroughput(Spec):
    """The capacity that AWS keeps ready and bills by the hour."""

    read_capacity_units: _Units
    write_capacity_units: _Units


class OnDemandThroughput(Spec):
    """The most units a second. One that is left out has no limit."""

    max_read_request_units: int = Field(-1, ge=-1, description="Units a second; -1 removes the limit.", examples=[100])
    max_write_request_units: int = Field(-1, ge=-1, description="Units a second; -1 removes the limit.", examples=[100])


class StreamSpecification(Spec):
    """The stream of changes."""

    stream_view_type: Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"] = Field(
        description="The content of a record of the stream.",
        json_schema_extra=meanings(
            KEYS_ONLY="The key.",
            NEW_IMAGE="The item after the change.",
            OLD_IMAGE="The item before the change.",
            NEW_AND_OLD_IMAGES="Both.",
        ),
    )


class SseSpecification(Spec):
    """The KMS key of a table."""

    kms_master_key_id: Annotated[str, AwsName("KMSMasterKeyId", "KMSMasterKeyArn")] = Field(
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9A-Za-z-]+$",
        description="The ARN of the KMS key.",
        examples=["arn:aws:kms:ca-central-1:111122223333:key/00000000-0000-4000-8000-000000000001"],
        json_schema_extra=expecting("the ARN of a KMS key"),
    )


class TimeToLive(Spec):
    """When items expire."""

    enabled: bool = Field(False, description="True: AWS deletes an item after the time in the attribute.")
    attribute_name: str = Field(
        "", max_length=255, description="The attribute with the time, in seconds since 1970.", examples=["expires"]
    )


class PointInTimeRecovery(Spec):
    """Continuous backups, which AWS bills by the size of the table."""

    point_in_time_recovery_enabled: bool = Field(False, description="True: AWS keeps continuous backups.")
    recovery_period_in_days: int = Field(35, ge=1, le=35, description="The days that AWS keeps them.", examples=[14])


def table_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields what is wrong in several fields of a table. Skips wrong shapes."""
    yield from _key_problems(declared.get("attributeDefinitions"), declared.get("keySchema"))
    is_provisioned = declared.get("billingMode") == "PROVISIONED"
    if is_provisioned and not declared.get("provisionedThroughput"):
        yield Problem("error", ("billingMode",), "PROVISIONED needs provisionedThroughput; add it")
    if not is_provisioned and declared.get("provisionedThroughput"):
        message = "only billingMode: PROVISIONED has it; declare that, or delete this line"
        yield Problem("error", ("provisionedThroughput",), message)
    if is_provisioned and declared.get("onDemandThroughput"):
        message = "only billingMode: PAY_PER_REQUEST has it; delete this line"
        yield Problem("error", ("onDemandThroughput",), message)
    ttl = declared.get("timeToLiveSpecification")
    if isinstance(ttl, Mapping) and bool(ttl.get("enabled")) != bool(ttl.get("attributeName")):
        message = "write enabled: true with attributeName, or enabled: false alone"
        yield Problem("error", ("timeToLiveSpecification",), message)
    recovery = declared.get("pointInTimeRecoverySpecification")
    has_days = isinstance(recovery, Mapping) and "recoveryPeriodInDays" in recovery
    if isinstance(recovery, Mapping) and has_days and not recovery.get("pointInTimeRecoveryEnabled"):
        message = "recoveryPeriodInDays needs pointInTimeRecoveryEnabled: true; add it, or delete this line"
        yield Problem("error", ("pointInTimeRecoverySpecification", "recoveryPeriodInDays"), message)


def _key_problems(definitions: Any, schema: Any) -> Iterator[Problem]:
    if not (isinstance(definitions, list) and isinstance(schema, list)):
        return
    if not all(isinstance(it, Mapping) for it in (*definitions, *schema)):
        return
    defined, used = ([it.get("attributeName") for it in some] for some in (definitions, schema))
    if sorted(map(str, defined)) != sorted(map(str, used)):
        message = "define the type of each attribute of keySchema, and of no other"
        yield Problem("error", ("attributeDefinitions",), message)
    roles = sorted(str(it.get("keyType")) for it in schema)
    if roles not in (["HASH"], ["HASH", "RANGE"]):
        yield Problem("error", ("keySchema",), "a key has one HASH attribute, and at most one RANGE attribute")
