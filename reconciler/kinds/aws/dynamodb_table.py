"""Tables of Amazon DynamoDB."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

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
    table_problems,
)
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import DYNAMODB
from reconciler.kinds.verbs import Detail, Listing, Update, Wait
from reconciler.kinds.wording import in_bytes
from reconciler.kinds.words import Tagged
from reconciler.messages import counted
from reconciler.model import AwsName, Call, Clearable, Does, Each, Partial, Problem, Ref, Unordered, WrittenRecords
from reconciler.model.environment import Quotas
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
    point_in_time_recovery_specification: Annotated[
        PointInTimeRecovery,
        AwsName("PointInTimeRecoverySpecification", "ContinuousBackupsDescription"),
    ] = Field(PointInTimeRecovery(), description="Backups that restore the table of any second.")


_INDEX = "indexes stay as they are; no manifest declares them"
_GLOBAL = "a replica in another Region is another resource"
UNMANAGED = MappingProxyType(
    {
        "GlobalSecondaryIndexes": _INDEX,
        "GlobalSecondaryIndexUpdates": _INDEX,
        "LocalSecondaryIndexes": _INDEX,
        "VectorIndexes": _INDEX,
        "VectorIndexUpdates": _INDEX,
        "ReplicaUpdates": _GLOBAL,
        "MultiRegionConsistency": _GLOBAL,
        "GlobalTableWitnessUpdates": _GLOBAL,
        "GlobalTableSourceArn": _GLOBAL,
        "GlobalTableSettingsReplicationMode": _GLOBAL,
        "DisassociationProtectionEnabled": _GLOBAL,
        "ResourcePolicy": "policies of roles say who may use the table",
        "WarmThroughput": "AWS raises it by itself, and never lowers it",
    }
)


class DynamoDBTableKind(Kind[DynamoDBTable]):
    spec = DynamoDBTable
    service = DYNAMODB
    identity = Identity("TableName", arn="arn:{partition}:dynamodb:{region}:{account}:table/{id}")
    reading = Reading(
        search=Listing("ListTables", "TableNames", {"Limit": 100}),
        describe=("DescribeTable", "Table"),
        details=(
            Detail(("time_to_live_specification",), describe=("DescribeTimeToLive", "")),
            Detail(("point_in_time_recovery_specification",), describe=("DescribeContinuousBackups", "")),
        ),
        by_name=True,
        index="dynamodb:table",
    )
    writing = Writing(
        create="CreateTable",
        delete="DeleteTable",
        # UpdateTable makes one kind of change in a call, on an ACTIVE table (service model; Terraform's provider).
        updates=(
            Update("UpdateTable", ("billing_mode", "provisioned_throughput", "on_demand_throughput"), patch=True),
            Update("UpdateTable", ("table_class",)),
            Update("UpdateTable", ("stream_specification",)),
            Update("UpdateTable", ("sse_specification",)),
            Update("UpdateTable", ("deletion_protection_enabled",)),
            Update("UpdateTimeToLive", ("time_to_live_specification",)),
            Update("UpdateContinuousBackups", ("point_in_time_recovery_specification",)),
        ),
        set_after_create=frozenset({"time_to_live_specification", "point_in_time_recovery_specification"}),
        constants={"BillingMode": ON_DEMAND},
        wait=Wait("TableStatus", "ACTIVE", after=frozenset({Does.CREATE, Does.UPDATE, Does.DELETE})),
    )
    deletion = Deletion(irreversible="its items", needs_both="nothing brings the items of a deleted table back")
    unmanaged = UNMANAGED

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        members = {**members, **members.get("TableDescription", {})}
        return str(members.get("TableName") or members.get("Id") or ""), str(
            members.get("TableArn") or members.get("Arn") or ""
        )

    def lasting(self, members: Mapping[str, Any]) -> str:
        if not members.get("DeletionProtectionEnabled"):
            return ""
        return "AWS protects it from deletion; declare deletionProtectionEnabled: false, apply, then delete it"

    def holds(self, members: Mapping[str, Any]) -> str:
        """Returns the size. AWS updates it about every six hours (service model, TableDescription)."""
        items, size = int(members.get("ItemCount") or 0), int(members.get("TableSizeBytes") or 0)
        return (
            f"about {counted(items, 'item')}, {in_bytes(size)}, as AWS counted at most six hours ago" if items else ""
        )

    def costs(self, spec: DynamoDBTable) -> str:
        return "its provisioned throughput by the hour" if spec.billing_mode == "PROVISIONED" else ""

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> DynamoDBTable:
        """Returns the spec. Attributes that only indexes use are not the key's, and absent means the default."""
        keys = {element.get("AttributeName") for element in answer.get("KeySchema", ())}
        definitions = [it for it in answer.get("AttributeDefinitions", ()) if it.get("AttributeName") in keys]
        mode = answer.get("BillingModeSummary") or {"BillingMode": "PROVISIONED"}
        normal = {"AttributeDefinitions": definitions, "BillingModeSummary": mode}
        if mode["BillingMode"] == ON_DEMAND:
            normal["ProvisionedThroughput"] = None
        return super().from_aws({**answer, **normal}, names, name)

    def read_field(self, field: str, value: Any) -> Any:
        match field:
            case "billing_mode":
                return value["BillingMode"]
            case "table_class":
                return value.get("TableClass", "STANDARD")
            case "on_demand_throughput":
                units = {name: number for name, number in value.items() if number != -1}
                return units or None
            case "sse_specification":
                return value if value.get("Status") in ("ENABLED", "ENABLING", "UPDATING") else None
            case "stream_specification":
                return value if value.get("StreamEnabled") else None
            case "time_to_live_specification":
                is_on = value.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
                # AWS goes on naming the attribute of a disabled expiry (issue 37991 of Terraform's provider).
                return {"Enabled": is_on, "AttributeName": value.get("AttributeName", "")}
            case "point_in_time_recovery_specification":
                recovery = value.get("PointInTimeRecoveryDescription", {})
                is_on = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
                return {**recovery, "PointInTimeRecoveryEnabled": is_on}
        return value

    def write_field(self, field: str, value: Any) -> Any:
        match field:
            case "key_schema":  # AWS takes the partition key first.
                return sorted(value, key=lambda element: str(element["KeyType"]))
            case "stream_specification":
                return {"StreamEnabled": True, **value}
            case "sse_specification":
                return {"Enabled": True, "SSEType": "KMS", **value}
        return value

    def replace_call(self, ref: Ref, update: Update, spec: DynamoDBTable) -> Call:
        call = super().replace_call(ref, update, spec)
        own: dict[str, Any] = {}
        match update.fields:
            case ("stream_specification",) if spec.stream_specification is None:
                own = {"StreamSpecification": {"StreamEnabled": False}}
            case ("sse_specification",) if spec.sse_specification is None:
                own = {"SSESpecification": {"Enabled": False}}
            case ("time_to_live_specification",):
                # A call that disables it names the attribute too.
                ttl = spec.time_to_live_specification
                own = {"TimeToLiveSpecification": {"Enabled": ttl.enabled, "AttributeName": ttl.attribute_name}}
            case ("point_in_time_recovery_specification",):
                recovery = spec.point_in_time_recovery_specification
                own = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False}}
                if recovery.point_in_time_recovery_enabled:
                    own = {"PointInTimeRecoverySpecification": self._encode(update.fields[0], recovery)}
                    own["PointInTimeRecoverySpecification"] |= {"PointInTimeRecoveryEnabled": True}
            case fields if {*fields} & {"billing_mode", "provisioned_throughput", "on_demand_throughput"}:
                return self._capacity_call(call, fields, spec)
        return self.call(call.operation, {**call.params, **own})

    def _capacity_call(self, call: Call, fields: Collection[str], spec: DynamoDBTable) -> Call:
        """Returns the call. Each billing mode has a capacity of its own, and AWS drops that of the other one."""
        params = dict(call.params)
        if spec.billing_mode == ON_DEMAND:
            params.pop("ProvisionedThroughput", None)
            if "on_demand_throughput" in fields:
                units = spec.on_demand_throughput or OnDemandThroughput()
                limits = units.max_read_request_units, units.max_write_request_units
                params["OnDemandThroughput"] = dict(
                    zip(("MaxReadRequestUnits", "MaxWriteRequestUnits"), limits, strict=True)
                )
        else:
            params.pop("OnDemandThroughput", None)
        if params.keys() <= {"TableName"}:
            params["BillingMode"] = spec.billing_mode
        return self.call(call.operation, params)

    def first_calls(self, ref: Ref, update: Update, before: DynamoDBTable, after: DynamoDBTable) -> tuple[Call, ...]:
        """Returns the call that disables a stream: AWS changes the view only of a table without a stream."""
        views = before.stream_specification, after.stream_specification
        if update.fields != ("stream_specification",) or None in views:
            return ()
        off = after.model_copy(update={"stream_specification": None})
        return (self.replace_call(ref, update, off),)

    def unreachable(self, declared: DynamoDBTable, live: DynamoDBTable) -> str:
        wanted, has = declared.time_to_live_specification, live.time_to_live_specification
        if not (has.enabled and wanted.enabled) or wanted.attribute_name == has.attribute_name:
            return ""
        return (
            f"items expire by the attribute {has.attribute_name}, and AWS changes it only after an hour without any; "
            "declare timeToLiveSpecification: {enabled: false}, apply, and change it an hour later"
        )

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return table_problems(declared)
