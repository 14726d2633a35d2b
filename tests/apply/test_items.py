"""Items and objects: another writer's edits after the plan are never overwritten, and what is not declared stays."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Manifest, Status
from tests.builders.manifests import manifest
from tests.worlds.world import World

TABLE = "centre-tenant-services"
KEY = {"tenant_id": {"S": "harbor-dental"}}
BUCKET = "example-centre-calls"
OBJECT = "mappings/tickets.json"


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.apply.sending.backoff", lambda attempt: 0.0)


def table() -> Manifest:
    key = {"attributeName": "tenant_id"}
    spec = {
        "attributeDefinitions": [{**key, "attributeType": "S"}],
        "keySchema": [{**key, "keyType": "HASH"}],
        "declaredItems": 10,
    }
    return manifest("DynamoDBTable", TABLE, spec)


def item(**attributes: Any) -> Manifest:
    return manifest("DynamoDBItem", f"{TABLE}/tenant_id=harbor-dental", {"attributes": attributes})


def edit(world: World, expression: str, **values: Any) -> None:
    """Changes the item as another writer."""
    world.client("dynamodb").update_item(
        TableName=TABLE,
        Key=KEY,
        UpdateExpression=expression,
        **({"ExpressionAttributeValues": {f":{name}": value for name, value in values.items()}} if values else {}),
    )


def stored(world: World) -> dict[str, Any]:
    answer: dict[str, Any] = world.client("dynamodb").get_item(TableName=TABLE, Key=KEY)["Item"]
    return answer


def test_an_attribute_that_another_writer_changed_is_a_conflict(world: World) -> None:
    world.run(table(), item(enabled=True, rate=240))
    seen = world.preview(table(), item(enabled=False, rate=240))
    edit(world, "SET enabled = :e", e={"S": "perhaps"})

    done = world.apply(seen)

    assert [result.status for result in done.results.values()] == [Status.CONFLICT]
    assert stored(world)["enabled"] == {"S": "perhaps"}


def test_an_edit_of_another_attribute_is_no_conflict_and_stays(world: World) -> None:
    world.run(table(), item(enabled=True, rate=240))
    seen = world.preview(table(), item(enabled=False, rate=240))
    edit(world, "SET rate = :r, note = :n", r={"N": "7"}, n={"S": "by hand"})

    done = world.apply(seen)

    assert done.exit_code == 0
    assert (stored(world)["enabled"], stored(world)["rate"], stored(world)["note"]) == (
        {"BOOL": False},
        {"N": "7"},
        {"S": "by hand"},
    )


def test_an_edit_between_the_recheck_and_the_write_is_refused_by_the_condition(world: World) -> None:
    """The call itself has the values that the plan saw, so that it cannot lose an edit."""
    world.run(table(), item(enabled=True))
    seen = world.preview(table(), item(enabled=False))
    (change,) = seen.plan.changes
    edit(world, "SET enabled = :e", e={"S": "perhaps"})

    with pytest.raises(world.client("dynamodb").exceptions.ConditionalCheckFailedException):
        world.send(change.steps[0].call, seen.world.directory)


def test_each_declared_attribute_that_another_writer_changes_is_drift(world: World) -> None:
    declared = {"enabled": True, "rate": 240, "tables": ["a", "b"], "backfill": {"days": 730}, "title": "Calls"}
    for name in declared:
        world.control.reset()
        world.run(table(), item(**declared))
        edit(world, f"SET {name} = :other", other={"S": "other"})

        (change,) = world.plan(table(), item(**declared)).changes

        assert [field.path for field in change.fields] == [f"attributes[{name}]"]


def test_null_removes_an_attribute_once(world: World) -> None:
    world.run(table(), item(enabled=True, note="old"))

    done = world.run(table(), item(enabled=True, note=None))

    assert done.exit_code == 0
    assert "note" not in stored(world)
    assert not world.plan(table(), item(enabled=True, note=None)).changes


def test_an_item_that_another_writer_created_after_the_plan_is_left_alone(world: World) -> None:
    world.run(table())
    seen = world.preview(table(), item(enabled=True))
    world.client("dynamodb").put_item(TableName=TABLE, Item={**KEY, "enabled": {"BOOL": False}})

    done = world.apply(seen)

    assert {result.status for result in done.results.values()} == {Status.FAILED}
    assert "exists, not managed" in next(iter(done.results.values())).message
    assert stored(world) == {**KEY, "enabled": {"BOOL": False}}


def objects() -> tuple[Manifest, Manifest]:
    bucket = manifest("S3Bucket", BUCKET, {})
    return bucket, manifest("S3Object", f"{BUCKET}/{OBJECT}", {"content": {"file": "objects/tickets.json"}})


def other_object() -> Manifest:
    return manifest("S3Object", f"{BUCKET}/{OBJECT}", {"content": {"file": "objects/other.json"}})


def content(world: World) -> bytes:
    answer: bytes = world.client("s3").get_object(Bucket=BUCKET, Key=OBJECT)["Body"].read()
    return answer


def test_an_object_that_another_writer_replaced_is_a_conflict(world: World) -> None:
    bucket, it = objects()
    world.run(bucket, it)
    seen = world.preview(bucket, other_object())
    world.client("s3").put_object(Bucket=BUCKET, Key=OBJECT, Body=b"by hand", ChecksumAlgorithm="SHA256")

    done = world.apply(seen)

    assert [result.status for result in done.results.values()] == [Status.CONFLICT]
    assert content(world) == b"by hand"


def test_an_object_that_another_writer_created_after_the_plan_is_a_conflict(world: World) -> None:
    bucket, it = objects()
    world.run(bucket)
    seen = world.preview(bucket, it)
    world.client("s3").put_object(Bucket=BUCKET, Key=OBJECT, Body=b"by hand", ChecksumAlgorithm="SHA256")

    done = world.apply(seen)

    assert Status.CONFLICT in {result.status for result in done.results.values()}
    assert content(world) == b"by hand"


def test_an_object_without_a_checksum_is_uploaded_again(world: World) -> None:
    bucket, it = objects()
    world.run(bucket, it)
    world.client("s3").put_object(Bucket=BUCKET, Key=OBJECT, Body=b"by hand")

    done = world.run(bucket, it)

    assert done.exit_code == 0
    assert content(world) == b'{"canonical_table": "tickets"}\n'
    assert not world.plan(bucket, it).changes
