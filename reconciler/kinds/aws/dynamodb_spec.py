"""The spec of a table of Amazon DynamoDB."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.aws.dynamodb_parts import (
    AttributeDefinition,
    KeySchemaElement,
    OnDemandThroughput,
    PointInTimeRecovery,
    ProvisionedThroughput,
    SseSpecification,
    StreamSpecification,
    TimeToLive,
)
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, Clearable, Each, InTag, Partial, Unordered
from reconciler.model.spec import expecting, meanings

ON_DEMAND = "PAY_PER_REQUEST"


class DynamoDBTable(Tagged):
    """A table, without its items. Its secondary indexes stay as they are: no manifest declares them."""

    name: Annotated[str, AwsName("TableName")] = Field(
        pattern=r"^[A-Za-z0-9_.-]{3,255}$",
        description="The name, in 3 to 255 letters, digits, and the characters _ - . AWS cannot change it.",
        examples=["contact-centre-prod-calls"],
        json_schema_extra=expecting("a name of a table"),
    )
    attribute_definitions: Annotated[Unordered[AttributeDefinition], Each("attribute_name")] = Field(
        min_length=1, max_length=2, description="The types of the attributes of the key. AWS cannot change them."
    )
    key_schema: Annotated[Unordered[KeySchemaElement], Each("attribute_name")] = Field(
        min_length=1, max_length=2, description="The attributes of the key. AWS cannot change them."
    )
    billing_mode: Annotated[Literal["PAY_PER_REQUEST", "PROVISIONED"], AwsName("BillingMode", "BillingModeSummary")] = (
        Field(
            "PAY_PER_REQUEST",
            description="The use, or the capacity, that AWS bills.",
            json_schema_extra=meanings(
                PAY_PER_REQUEST="Reads and writes.",
                PROVISIONED="The capacity of provisionedThroughput by the hour, used or not.",
            ),
        )
    )
    provisioned_throughput: ProvisionedThroughput | None = Field(
        None, description="The capacity of a table with billingMode PROVISIONED."
    )
    on_demand_throughput: Annotated[OnDemandThroughput | None, Clearable()] = Field(
        None, description="The most units a second of a table with billingMode PAY_PER_REQUEST. Null removes the limit."
    )
    table_class: Annotated[
        Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"], AwsName("TableClass", "TableClassSummary")
    ] = Field(
        "STANDARD",
        description="The class.",
        json_schema_extra=meanings(
            STANDARD="Cheaper to read and write.",
            STANDARD_INFREQUENT_ACCESS="Cheaper to keep, dearer to read and write.",
        ),
    )
    stream_specification: Annotated[StreamSpecification | None, Clearable()] = Field(
        None,
        description="The stream of changes; null disables it. Another view is a new stream with another ARN.",
    )
    sse_specification: Annotated[
        SseSpecification | None, Clearable(), AwsName("SSESpecification", "SSEDescription")
    ] = Field(None, description="The KMS key that encrypts the table. Without it, or with null, DynamoDB uses its own.")
    deletion_protection_enabled: bool = Field(
        False, description="True: AWS refuses to delete the table, also for other people and programs."
    )
    time_to_live_specification: Annotated[
        TimeToLive, Partial(), AwsName("TimeToLiveSpecification", "TimeToLiveDescription")
    ] = Field(
        TimeToLive(), description="The attribute with the time at which an item expires. AWS takes one change an hour."
    )
    declared_items: Annotated[int, InTag("reconciler:declared-items")] = Field(
        0,
        ge=0,
        le=100_000,
        description="About how many items manifests declare, in a table that programs do not fill. A plan scans such a "
        "table for items whose manifests were deleted. With 0 it scans nothing. A tag keeps the number.",
        examples=[1000],
    )
    point_in_time_recovery_specification: Annotated[
        PointInTimeRecovery,
        AwsName("PointInTimeRecoverySpecification", "ContinuousBackupsDescription"),
    ] = Field(PointInTimeRecovery(), description="Backups that restore the table of any second.")
