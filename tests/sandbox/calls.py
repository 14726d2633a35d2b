"""Calls as these tests make them: short to say, and with nothing added on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from reconciler.sandbox import INSTANCE_ARN

Item = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """One data table as a caller sees it."""

    client: Any
    id: str

    @property
    def ids(self) -> dict[str, str]:
        return {"InstanceId": INSTANCE_ARN, "DataTableId": self.id}

    def attribute(self, name: str, value_type: str = "TEXT", **more: Any) -> Any:
        return self.client.create_data_table_attribute(**self.ids, Name=name, ValueType=value_type, **more)

    def change_attribute(self, old: str, new: str | None = None, value_type: str = "TEXT", **more: Any) -> Any:
        return self.client.update_data_table_attribute(
            **self.ids, AttributeName=old, Name=new or old, ValueType=value_type, **more
        )

    def described(self) -> Any:
        return self.client.describe_data_table(**self.ids)["DataTable"]

    def described_attribute(self, name: str) -> Any:
        return self.client.describe_data_table_attribute(**self.ids, AttributeName=name)["Attribute"]

    def create(self, *items: Item) -> Any:
        return self.client.batch_create_data_table_value(**self.ids, Values=list(items))

    def update(self, *items: Item) -> Any:
        return self.client.batch_update_data_table_value(**self.ids, Values=list(items))

    def delete(self, *items: Item) -> Any:
        without_values = [{k: v for k, v in {"LockVersion": {}, **item}.items() if k != "Value"} for item in items]
        return self.client.batch_delete_data_table_value(**self.ids, Values=without_values)

    def describe_values(self, *items: Item) -> Any:
        wanted = [{k: v for k, v in item.items() if k in ("AttributeName", "PrimaryValues")} for item in items]
        return self.client.batch_describe_data_table_value(**self.ids, Values=wanted)

    def values(self, **filters: Any) -> list[Any]:
        return list(self.client.list_data_table_values(**self.ids, MaxResults=1000, **filters)["Values"])

    def records(self, **filters: Any) -> list[Any]:
        return list(self.client.list_data_table_primary_values(**self.ids, **filters)["PrimaryValuesList"])

    def evaluate(self, *names: str, key: Mapping[str, str] | None = None) -> list[Any]:
        wanted = {"AttributeNames": list(names)} | ({"PrimaryValues": pairs(key)} if key else {})
        return list(self.client.evaluate_data_table_values(**self.ids, Values=[wanted])["Values"])

    def rename(self, old: Mapping[str, str], new: Mapping[str, str], lock: Mapping[str, str] | None = None) -> Any:
        return self.client.update_data_table_primary_values(
            **self.ids, PrimaryValues=pairs(old), NewPrimaryValues=pairs(new), LockVersion=lock or {}
        )

    def lock(self, attribute: str, key: Mapping[str, str] | None = None) -> dict[str, str]:
        """The whole LockVersion of a stored value, as read."""
        (found,) = self.describe_values(cell(attribute, "", key))["Successful"]
        return dict(found["LockVersion"])


def make(client: Any, name: str = "T", level: str = "NONE", **more: Any) -> Table:
    made = client.create_data_table(
        InstanceId=INSTANCE_ARN, Name=name, TimeZone="UTC", ValueLockLevel=level, Status="PUBLISHED", **more
    )
    return Table(client, made["Id"])


def keyed(client: Any, name: str = "T", level: str = "NONE") -> Table:
    """A table with the primary attribute `k` and the attributes `a` and `b`."""
    table = make(client, name, level)
    table.attribute("k", Primary=True)
    table.attribute("a")
    table.attribute("b")
    return table


def pairs(key: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "Value": value} for name, value in key.items()]


def cell(
    attribute: str, value: str, key: Mapping[str, str] | None = None, lock: Mapping[str, str] | None = None
) -> Item:
    item: Item = {"AttributeName": attribute, "Value": value}
    if key is not None:
        item["PrimaryValues"] = pairs(key)
    if lock is not None:
        item["LockVersion"] = dict(lock)
    return item


def refused(call: Callable[[], Any]) -> tuple[str, int]:
    """The code and the HTTP status that a call is refused with."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    raise AssertionError("the call was answered")


def words_of(call: Callable[[], Any]) -> str:
    """The message that a call is refused with."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Message"]
    raise AssertionError("the call was answered")


INVALID_REQUEST = ("InvalidRequestException", 400)
IN_USE = ("ResourceInUseException", 409)
INVALID = ("InvalidParameterException", 400)
MISSING = ("ResourceNotFoundException", 404)
CONFLICT = ("ConflictException", 409)
DUPLICATE = ("DuplicateResourceException", 409)
QUOTA = ("ServiceQuotaExceededException", 402)
THROTTLED = ("ThrottlingException", 429)
