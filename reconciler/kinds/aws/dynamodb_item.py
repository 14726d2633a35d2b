"""Items of Amazon DynamoDB whose attributes manifests declare, such as the rows of a pipeline's tenants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from reconciler.kinds.aws.dynamodb_item_calls import OWN, ItemCalls
from reconciler.kinds.aws.dynamodb_item_spec import TABLE, DynamoDBItem, is_name, key_of
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import DYNAMODB
from reconciler.kinds.verbs import Listing, Update
from reconciler.model import Problem, WrittenRecords
from reconciler.model.environment import Quotas

_ASIDE = "about the answer alone"
_OLDER = "expressions have replaced it"
UNMANAGED = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("ReturnConsumedCapacity", "ReturnItemCollectionMetrics", "ReturnValues"),
                "ReturnValuesOnConditionCheckFailure",
            ),
            _ASIDE,
        ),
        **dict.fromkeys(("AttributeUpdates", "ConditionalOperator", "Expected"), _OLDER),
    }
)


class DynamoDBItemKind(ItemCalls):
    spec = DynamoDBItem
    service = DYNAMODB
    identity = Identity("Key")
    reading = Reading(
        # Only items with the tags of a stack, and no more of them than their address.
        search=Listing(
            "Scan",
            "Items",
            {
                "FilterExpression": "attribute_exists(reconciler_stack)",
                "ProjectionExpression": "reconciler_address",
                "ConsistentRead": True,
            },
        ),
        describe=("GetItem", "Item"),
        described_by={"ConsistentRead": True},
        by_name=True,
        within=(TABLE, "TableName"),
        within_tag="reconciler:declared-items",
    )
    writing = Writing(
        create="PutItem",
        delete="DeleteItem",
        updates=(Update("UpdateItem", ("attributes", "when_removed"), by_item=True),),
    )
    deletion = Deletion(irreversible="its attributes", needs_both="nothing brings a deleted item back")
    unmanaged = UNMANAGED

    def retired(self, spec: DynamoDBItem) -> DynamoDBItem | None:
        if not spec.when_removed:
            return None
        return DynamoDBItem(name=spec.name, attributes=dict(spec.when_removed))

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        name = declared.get("name")
        key = key_of(name) if isinstance(name, str) and is_name(name) else {}
        for field in ("attributes", "whenRemoved"):
            values = declared.get(field)
            for attribute in values if isinstance(values, Mapping) else ():
                if str(attribute).startswith(OWN):
                    message = f"attributes that begin with {OWN} are this tool's own; give it another name"
                    yield Problem("error", (field, attribute), message)
                elif attribute in key:
                    yield Problem("error", (field, attribute), f"{attribute} is in the name already; delete this line")
