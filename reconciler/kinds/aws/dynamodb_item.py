"""Items of Amazon DynamoDB whose attributes manifests declare, such as the rows of a pipeline's tenants."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.aws.dynamodb_values import typed, untyped
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.service import Tagging
from reconciler.kinds.services import DYNAMODB
from reconciler.kinds.verbs import Listing, Update
from reconciler.model import Call, IdOf, Partial, Problem, Ref, Resource, Scope, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.ownership import ref_of
from reconciler.model.spec import expecting

TABLE = "DynamoDBTable"
OWN = "reconciler_"  # the beginning of the attributes that are this tool's tags
WHEN_REMOVED = f"{OWN}when_removed"
_PART = r"[^\s=,/#:]+=[^\s,]+"
NAME = rf"^[A-Za-z0-9_.-]{{3,255}}/{_PART}(,{_PART})?$"
_PARTS = re.compile(rf"(?P<table>[A-Za-z0-9_.-]{{3,255}})/(?P<key>{_PART}(,{_PART})?)")


@dataclass(frozen=True)
class ItemTagging(Tagging):
    """Tags as attributes of the item: `reconciler:stack` is `reconciler_stack`. UpdateItem writes and removes them."""

    def written(self, params: Mapping[str, Any]) -> dict[str, str]:
        names, values = params.get("ExpressionAttributeNames", {}), params.get("ExpressionAttributeValues", {})
        return {_tag(names[f"#{key[1:]}"]): value["S"] for key, value in values.items()}

    def removed(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        names, values = params.get("ExpressionAttributeNames", {}), params.get("ExpressionAttributeValues", {})
        return tuple(_tag(name) for key, name in names.items() if f":{key[1:]}" not in values and key != "#key")


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


class DynamoDBItem(Resource):
    """An item of a table. Its declared attributes are compared one by one; other attributes stay as they are."""

    name: str = Field(
        max_length=2048,
        pattern=NAME,
        description="The table and the key, TABLE/ATTRIBUTE=VALUE, with a second ATTRIBUTE=VALUE after a comma if the "
        "table has a sort key. Keys are texts. AWS cannot change them.",
        examples=["contact-centre-prod-connectwise-tenant-services/tenant_id=harbor-dental"],
        json_schema_extra=expecting("an item: write TABLE/ATTRIBUTE=VALUE"),
    )
    attributes: Annotated[dict[str, Any], Partial()] = Field(
        description="The attributes, as texts, numbers, booleans, lists and maps. Null removes an attribute. Never put "
        "a secret into one, because plans show it.",
        examples=[{"enabled": True, "tables": ["service/tickets"]}],
    )
    when_removed: dict[str, Any] = Field(
        {},
        description="Attributes that the item gets when its manifest is deleted. The item stays in the table.",
        examples=[{"enabled": False}],
    )


class DynamoDBItemKind(Kind[DynamoDBItem]):
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

    @property
    def tagging(self) -> Tagging:
        return ItemTagging(create="Item", tag="UpdateItem", untag="UpdateItem", resource="Key", is_own=True)

    def container(self, spec: DynamoDBItem) -> Ref:
        return _table(spec.name)

    def named(self, name: str, scope: Scope) -> dict[str, Any]:
        return {"TableName": _table(name).name, "Key": _key(name)}

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        return str(members.get("Id") or _name(members)), ""

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        return (self.id_and_arn(members)[0],)

    def own_of(self, members: Mapping[str, Any]) -> dict[str, Any]:
        name = self.id_and_arn(members)[0]
        return {"TableName": _table(name).name, "Key": _key(name)}

    def own(self, ref: Ref, spec: DynamoDBItem) -> dict[str, Any]:
        return self._own(ref)

    def of_search(self, members: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns the table and the key, which the address of the item has."""
        written = members.get(f"{OWN}address", {}).get("S", "")
        name = ref_of(written).name if written.startswith("DynamoDBItem/") else ""
        return {"TableName": _table(name).name, "Key": _key(name)} if _PARTS.fullmatch(name) else {}

    def is_one(self, members: Mapping[str, Any]) -> bool:
        return bool(members)

    def of_structure(self, read: Any, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"Item": answer}

    def tags_of(self, members: Mapping[str, Any]) -> dict[str, str]:
        item = members.get("Item") or {}
        own = {name: value for name, value in item.items() if name.startswith(OWN) and name != WHEN_REMOVED}
        return {_tag(name): str(value.get("S", "")) for name, value in own.items()}

    def with_tags(self, members: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
        item = members.get("Item") or {}
        kept = {name: value for name, value in item.items() if not name.startswith(OWN) or name == WHEN_REMOVED}
        return {**members, "Item": kept | {_attribute(tag): typed(text) for tag, text in tags.items()}}

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> DynamoDBItem:
        item, own = answer["Item"], self.own_of(answer)["Key"]
        plain = {key: untyped(value) for key, value in item.items()}
        attributes = {key: value for key, value in plain.items() if key not in own and not key.startswith(OWN)}
        fields = {"name": self.keys_of(answer)[0], "attributes": attributes}
        return DynamoDBItem.model_validate({**fields, "when_removed": plain.get(WHEN_REMOVED) or {}})

    def create_call(self, ref: Ref, spec: DynamoDBItem, tags: Mapping[str, str], held: Collection[str] = ()) -> Call:
        """Returns the call, which AWS refuses if there is an item with the key."""
        key = _key(ref.name)
        values = {name: value for name, value in spec.attributes.items() if value is not None}
        values |= {_attribute(tag): text for tag, text in tags.items()}
        values |= {WHEN_REMOVED: spec.when_removed} if spec.when_removed else {}
        item = {**key, **{name: typed(value) for name, value in values.items()}}
        names = {"#key": next(iter(key))}
        new = {"ConditionExpression": "attribute_not_exists(#key)", "ExpressionAttributeNames": names}
        # The reference makes the call wait for a new table.
        return self.call("PutItem", {"TableName": IdOf(_table(ref.name)), "Item": item, **new})

    def item_call(self, ref: Ref, update: Update, before: DynamoDBItem, after: DynamoDBItem) -> Call:
        """Returns the call that changes what differs, which AWS refuses if another writer has changed any of it."""
        old, new = _written(before), _written(after)
        changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        return self._update(ref, changed, old, new)

    def replace_call(self, ref: Ref, update: Update, spec: DynamoDBItem) -> Call:
        """Returns the call that writes every attribute. An update of a plan changes only what differs."""
        new = _written(spec)
        return self._update(ref, sorted(new), {}, new)

    def tag_call(self, ref: Ref, tags: Mapping[str, str]) -> Call:
        new = {_attribute(tag): text for tag, text in tags.items()}
        return self._update(ref, sorted(new), None, new)

    def untag_call(self, ref: Ref, keys: Collection[str]) -> Call:
        return self._update(ref, sorted(map(_attribute, keys)), None, {})

    def retired(self, spec: DynamoDBItem) -> DynamoDBItem | None:
        if not spec.when_removed:
            return None
        return DynamoDBItem(name=spec.name, attributes=dict(spec.when_removed))

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        name = declared.get("name")
        key = _key(name) if isinstance(name, str) and _PARTS.fullmatch(name) else {}
        for field in ("attributes", "whenRemoved"):
            values = declared.get(field)
            for attribute in values if isinstance(values, Mapping) else ():
                if str(attribute).startswith(OWN):
                    message = f"attributes that begin with {OWN} are this tool's own; give it another name"
                    yield Problem("error", (field, attribute), message)
                elif attribute in key:
                    yield Problem("error", (field, attribute), f"{attribute} is in the name already; delete this line")

    def _own(self, ref: Ref) -> dict[str, Any]:
        return {"TableName": _table(ref.name).name, "Key": _key(ref.name)}

    def _update(
        self, ref: Ref, changed: Collection[str], old: Mapping[str, Any] | None, new: Mapping[str, Any]
    ) -> Call:
        """Returns an UpdateItem. With `old`, AWS refuses it unless the attributes have these values."""
        names = {"#key": next(iter(_key(ref.name)))}
        values, sets, removes, conditions = dict[str, Any](), list[str](), list[str](), ["attribute_exists(#key)"]
        for at, name in enumerate(changed):
            names[f"#a{at}"] = name
            if new.get(name) is None:
                removes.append(f"#a{at}")
            else:
                sets.append(f"#a{at} = :a{at}")
                values[f":a{at}"] = typed(new[name])
            if old is not None and old.get(name) is not None:
                conditions.append(f"#a{at} = :b{at}")
                values[f":b{at}"] = typed(old[name])
            elif old is not None:
                conditions.append(f"attribute_not_exists(#a{at})")
        clauses = [f"SET {', '.join(sets)}"] if sets else []
        clauses += [f"REMOVE {', '.join(removes)}"] if removes else []
        return self.call(
            "UpdateItem",
            {
                **self._own(ref),
                "UpdateExpression": " ".join(clauses),
                "ConditionExpression": " AND ".join(conditions),
                "ExpressionAttributeNames": names,
                **({"ExpressionAttributeValues": values} if values else {}),
            },
        )


def _table(name: str) -> Ref:
    return Ref(TABLE, name.partition("/")[0])


def _key(name: str) -> dict[str, dict[str, str]]:
    """Returns the key that a name has, in DynamoDB's form."""
    pairs = (part.partition("=") for part in name.partition("/")[2].split(","))
    return {attribute: {"S": value} for attribute, _, value in pairs}


def _name(members: Mapping[str, Any]) -> str:
    if not isinstance(members.get("Key"), Mapping):
        # The parameters of a create: only its tags say which attributes are the key.
        written = members.get("Item", {}).get(f"{OWN}address", {}).get("S", "")
        return ref_of(written).name
    key = ",".join(f"{attribute}={value['S']}" for attribute, value in members["Key"].items())
    return f"{members['TableName']}/{key}"


def _written(spec: DynamoDBItem) -> dict[str, Any]:
    """Returns the attributes of an item, with the one for its removal."""
    return {**spec.attributes, **({WHEN_REMOVED: spec.when_removed} if spec.when_removed else {})}


def _attribute(tag: str) -> str:
    return tag.replace(":", "_").replace("-", "_")


def _tag(attribute: str) -> str:
    name = attribute.removeprefix(OWN)
    return f"reconciler:{name.replace('_', '-')}"
