"""Amazon DynamoDB: tables that AWS works on, one kind of change in a call, streams, expiry and backups."""

from __future__ import annotations

from typing import Any

import pytest
from moto.dynamodb.models import dynamodb_backends

from reconciler.sandbox import ACCOUNT, REGION, Control

from .calls import refused
from .clocks import Clock
from .services import ONCE

INVALID = ("ValidationException", 400)
IN_USE = ("ResourceInUseException", 400)
KEY: dict[str, Any] = {
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 2}
ON = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}


@pytest.fixture
def dynamodb(sandbox: Control, session: Any) -> Any:
    return session.create_client("dynamodb", region_name=REGION, config=ONCE)


def make(dynamodb: Any, **more: Any) -> None:
    dynamodb.create_table(**{"TableName": "calls", "BillingMode": "PAY_PER_REQUEST", **KEY, **more})


def change(dynamodb: Any, **changes: Any) -> Any:
    return dynamodb.update_table(TableName="calls", **changes)["TableDescription"]


def described(dynamodb: Any) -> Any:
    return dynamodb.describe_table(TableName="calls")["Table"]


def test_a_table_is_created_changed_and_deleted_after_some_calls(sandbox: Control, dynamodb: Any) -> None:
    sandbox.set_faults({"tables": {"calls": 2}})
    make(dynamodb)
    seen = [described(dynamodb)["TableStatus"]]
    assert refused(lambda: change(dynamodb, DeletionProtectionEnabled=True)) == IN_USE
    seen.append(change(dynamodb, TableClass="STANDARD_INFREQUENT_ACCESS")["TableStatus"])
    assert refused(lambda: dynamodb.delete_table(TableName="calls")) == IN_USE
    seen += [described(dynamodb)["TableStatus"], described(dynamodb)["TableStatus"]]
    dynamodb.delete_table(TableName="calls")
    seen += [described(dynamodb)["TableStatus"], described(dynamodb)["TableStatus"]]

    assert seen == ["CREATING", "UPDATING", "UPDATING", "ACTIVE", "DELETING", "DELETING"]
    assert refused(lambda: described(dynamodb))[0] == "ResourceNotFoundException"
    make(dynamodb)


def test_backups_of_a_table_that_is_being_created_are_unavailable(sandbox: Control, dynamodb: Any) -> None:
    sandbox.set_faults({"tables": {"calls": 1}})
    make(dynamodb)
    on = {"TableName": "calls", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}

    assert refused(lambda: dynamodb.update_continuous_backups(**on))[0] == "ContinuousBackupsUnavailableException"
    dynamodb.update_continuous_backups(**on)


def test_an_update_makes_one_kind_of_change(sandbox: Control, dynamodb: Any) -> None:
    make(dynamodb)
    both = {"StreamSpecification": ON, "DeletionProtectionEnabled": True}

    assert refused(lambda: change(dynamodb, **both)) == INVALID
    assert refused(lambda: change(dynamodb)) == INVALID
    sandbox.set_faults({"switches": {"tableChanges": "several"}})
    assert change(dynamodb, **both)["DeletionProtectionEnabled"]


def test_a_stream_is_new_each_time_and_its_view_changes_only_when_it_is_off(dynamodb: Any) -> None:
    make(dynamodb, StreamSpecification=ON)
    first = described(dynamodb)["LatestStreamArn"]

    other = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    assert refused(lambda: change(dynamodb, StreamSpecification=other)) == INVALID
    change(dynamodb, StreamSpecification={"StreamEnabled": False})
    assert refused(lambda: change(dynamodb, StreamSpecification={"StreamEnabled": False})) == INVALID
    change(dynamodb, StreamSpecification=other)

    now = described(dynamodb)
    assert now["StreamSpecification"] == other
    assert now["LatestStreamArn"] != first


def test_the_capacity_belongs_to_the_billing_mode(dynamodb: Any) -> None:
    assert refused(lambda: make(dynamodb, ProvisionedThroughput=UNITS)) == INVALID
    assert refused(lambda: make(dynamodb, BillingMode="PROVISIONED")) == INVALID
    make(dynamodb, OnDemandThroughput={"MaxReadRequestUnits": 9})

    assert refused(lambda: change(dynamodb, BillingMode="PROVISIONED")) == INVALID
    change(dynamodb, BillingMode="PROVISIONED", ProvisionedThroughput=UNITS)
    assert refused(lambda: change(dynamodb, ProvisionedThroughput=UNITS)) == INVALID
    assert refused(lambda: change(dynamodb, OnDemandThroughput={"MaxReadRequestUnits": 9})) == INVALID

    now = described(dynamodb)
    assert now["ProvisionedThroughput"].items() >= UNITS.items()
    assert not {"BillingModeSummary", "OnDemandThroughput", "TableClassSummary"} & now.keys()


def test_a_protected_table_is_not_deleted(dynamodb: Any) -> None:
    make(dynamodb, DeletionProtectionEnabled=True)

    assert refused(lambda: dynamodb.delete_table(TableName="calls")) == INVALID


def test_the_expiry_changes_once_an_hour(later: Control, clock: Clock, session: Any) -> None:
    dynamodb = session.create_client("dynamodb", region_name=REGION, config=ONCE)
    make(dynamodb)

    def expire(attribute: str, *, enabled: bool = True) -> Any:
        wanted = {"Enabled": enabled, "AttributeName": attribute}
        return dynamodb.update_time_to_live(TableName="calls", TimeToLiveSpecification=wanted)

    assert refused(lambda: expire("x", enabled=False)) == INVALID
    expire("x")
    assert refused(lambda: expire("y")) == INVALID
    assert refused(lambda: expire("x", enabled=False)) == INVALID
    clock.now += 3601
    expire("x", enabled=False)
    later.set_faults({"switches": {"timeToLiveChanges": "at_will"}})
    expire("y")

    seen = dynamodb.describe_time_to_live(TableName="calls")["TimeToLiveDescription"]
    assert seen == {"TimeToLiveStatus": "ENABLED", "AttributeName": "y"}


def test_a_missing_table_has_the_code_of_the_operation(dynamodb: Any) -> None:
    named = {"TableName": "missing"}

    assert refused(lambda: dynamodb.describe_time_to_live(**named))[0] == "ResourceNotFoundException"
    assert refused(lambda: dynamodb.describe_continuous_backups(**named))[0] == "TableNotFoundException"


def test_the_size_of_a_table_is_that_of_its_items(dynamodb: Any) -> None:
    make(dynamodb)
    dynamodb.put_item(TableName="calls", Item={"id": {"S": "1"}})

    assert described(dynamodb)["ItemCount"] == 1
    assert described(dynamodb)["TableSizeBytes"] > 0


def test_a_cancelled_transaction_changes_no_item_and_leaves_no_record_in_the_stream(dynamodb: Any) -> None:
    make(dynamodb, StreamSpecification={**ON, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    change(dynamodb, TableClass="STANDARD_INFREQUENT_ACCESS")
    for name in ("changed", "deleted"):
        dynamodb.put_item(TableName="calls", Item={"id": {"S": name}, "number": {"N": "1"}})
    before = contents(dynamodb)

    writes = [update("changed"), {"Delete": {"TableName": "calls", "Key": {"id": {"S": "deleted"}}}}, put("new")]
    check = {"TableName": "calls", "Key": {"id": {"S": "absent"}}, "ConditionExpression": "attribute_exists(id)"}
    cancelled = refused(lambda: dynamodb.transact_write_items(TransactItems=[*writes, {"ConditionCheck": check}]))

    assert cancelled == ("TransactionCanceledException", 400)
    assert contents(dynamodb) == before
    assert described(dynamodb)["TableClassSummary"] == {"TableClass": "STANDARD_INFREQUENT_ACCESS"}


def test_a_transaction_makes_all_its_writes(dynamodb: Any) -> None:
    make(dynamodb, StreamSpecification={**ON, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    dynamodb.put_item(TableName="calls", Item={"id": {"S": "changed"}, "number": {"N": "1"}})

    dynamodb.transact_write_items(TransactItems=[update("changed"), put("new")])
    items, records = contents(dynamodb)

    assert items == [{"id": {"S": "changed"}, "number": {"N": "2"}}, {"id": {"S": "new"}}]
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "INSERT"]


def update(name: str) -> Any:
    return {
        "Update": {
            "TableName": "calls",
            "Key": {"id": {"S": name}},
            "UpdateExpression": "SET #n = #n + :one",
            "ExpressionAttributeNames": {"#n": "number"},
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }


def put(name: str) -> Any:
    return {"Put": {"TableName": "calls", "Item": {"id": {"S": name}}}}


def contents(dynamodb: Any) -> tuple[Any, Any]:
    """Returns the items of the table and the records of its stream."""
    shard = dynamodb_backends[ACCOUNT][REGION].tables["calls"].stream_shard
    assert shard
    items = dynamodb.scan(TableName="calls")["Items"]
    return sorted(items, key=lambda item: str(item["id"]["S"])), [record.to_json() for record in shard.items]
