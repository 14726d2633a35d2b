"""Tables of Amazon DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from reconciler.kinds.aws.dynamodb_answers import TableAnswers
from reconciler.kinds.aws.dynamodb_parts import table_problems
from reconciler.kinds.aws.dynamodb_spec import ON_DEMAND, DynamoDBTable
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import DYNAMODB
from reconciler.kinds.verbs import Detail, Listing, Update, Wait
from reconciler.kinds.wording import in_bytes
from reconciler.messages import counted
from reconciler.model import Does, Problem, WrittenRecords
from reconciler.model.environment import Quotas

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


class DynamoDBTableKind(TableAnswers):
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
