"""How items of Amazon DynamoDB look in AWS's answers and calls: attributes are typed, and tags are attributes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds.aws.dynamodb_item_spec import DynamoDBItem, is_name, key_of, table_of
from reconciler.kinds.aws.dynamodb_values import typed, untyped
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.service import Tagging
from reconciler.kinds.verbs import Update
from reconciler.model import Call, IdOf, Ref, Scope
from reconciler.model.ownership import ref_of

OWN = "reconciler_"  # the beginning of the attributes that are this tool's tags
WHEN_REMOVED = f"{OWN}when_removed"


@dataclass(frozen=True)
class ItemTagging(Tagging):
    """Tags as attributes of the item: `reconciler:stack` is `reconciler_stack`. UpdateItem writes and removes them."""

    def written(self, params: Mapping[str, Any]) -> dict[str, str]:
        names, values = params.get("ExpressionAttributeNames", {}), params.get("ExpressionAttributeValues", {})
        return {_tag(names[f"#{key[1:]}"]): value["S"] for key, value in values.items()}

    def removed(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        names, values = params.get("ExpressionAttributeNames", {}), params.get("ExpressionAttributeValues", {})
        return tuple(_tag(name) for key, name in names.items() if f":{key[1:]}" not in values and key != "#key")


class ItemCalls(Kind[DynamoDBItem]):
    """The translation of items."""

    @property
    def tagging(self) -> Tagging:
        return ItemTagging(create="Item", tag="UpdateItem", untag="UpdateItem", resource="Key", is_own=True)

    def container(self, spec: DynamoDBItem) -> Ref:
        return table_of(spec.name)

    def named(self, name: str, scope: Scope) -> dict[str, Any]:
        return {"TableName": table_of(name).name, "Key": key_of(name)}

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        return str(members.get("Id") or _name(members)), ""

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        return (self.id_and_arn(members)[0],)

    def own_of(self, members: Mapping[str, Any]) -> dict[str, Any]:
        name = self.id_and_arn(members)[0]
        return {"TableName": table_of(name).name, "Key": key_of(name)}

    def own(self, ref: Ref, spec: DynamoDBItem) -> dict[str, Any]:
        return self._own(ref)

    def of_search(self, members: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns the table and the key, which the address of the item has."""
        written = members.get(f"{OWN}address", {}).get("S", "")
        name = ref_of(written).name if written.startswith("DynamoDBItem/") else ""
        return {"TableName": table_of(name).name, "Key": key_of(name)} if is_name(name) else {}

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
        key = key_of(ref.name)
        values = {name: value for name, value in spec.attributes.items() if value is not None}
        values |= {_attribute(tag): text for tag, text in tags.items()}
        values |= {WHEN_REMOVED: spec.when_removed} if spec.when_removed else {}
        item = {**key, **{name: typed(value) for name, value in values.items()}}
        names = {"#key": next(iter(key))}
        new = {"ConditionExpression": "attribute_not_exists(#key)", "ExpressionAttributeNames": names}
        # The reference makes the call wait for a new table.
        return self.call("PutItem", {"TableName": IdOf(table_of(ref.name)), "Item": item, **new})

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

    def _own(self, ref: Ref) -> dict[str, Any]:
        return {"TableName": table_of(ref.name).name, "Key": key_of(ref.name)}

    def _update(
        self, ref: Ref, changed: Collection[str], old: Mapping[str, Any] | None, new: Mapping[str, Any]
    ) -> Call:
        """Returns an UpdateItem. With `old`, AWS refuses it unless the attributes have these values."""
        names = {"#key": next(iter(key_of(ref.name)))}
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
