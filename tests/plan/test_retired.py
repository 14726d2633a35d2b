"""A resource that stays when its manifest is deleted gets its last settings, and is an orphan after that."""

from __future__ import annotations

from reconciler.model import Action, Manifest
from tests.builders.manifests import manifest
from tests.worlds.world import World

TABLE = "centre-tenant-services"
NAME = f"{TABLE}/tenant_id=harbor-dental"


def table(declared: int = 10) -> Manifest:
    key = {"attributeName": "tenant_id"}
    spec = {"attributeDefinitions": [{**key, "attributeType": "S"}], "keySchema": [{**key, "keyType": "HASH"}]}
    return manifest("DynamoDBTable", TABLE, {**spec, "declaredItems": declared})


def item() -> Manifest:
    spec = {"attributes": {"enabled": True, "title": "Harbor"}, "whenRemoved": {"enabled": False}}
    return manifest("DynamoDBItem", NAME, spec)


def test_an_item_whose_manifest_is_deleted_is_disabled_and_keeps_the_rest(world: World) -> None:
    world.run(table(), item())

    done = world.run(table())

    (change,) = done.plan.changes
    assert (change.action, change.ref, [field.path for field in change.fields]) == (
        Action.UPDATE,
        item().ref,
        ["attributes[enabled]"],
    )
    kept = world.client("dynamodb").get_item(TableName=TABLE, Key={"tenant_id": {"S": "harbor-dental"}})["Item"]
    assert (kept["enabled"], kept["title"]) == ({"BOOL": False}, {"S": "Harbor"})


def test_a_disabled_item_is_an_orphan_that_pruning_leaves(world: World) -> None:
    world.run(table(), item())
    world.run(table())

    plan = world.plan(table(), prune=True)

    assert all(change.action is Action.BLOCKED for change in plan.changes)
    assert world.plan(table()).orphans == (item().ref,)


def test_an_item_comes_back_with_its_manifest(world: World) -> None:
    world.run(table(), item())
    world.run(table())

    done = world.run(table(), item())

    assert [field.path for field in done.plan.changes[0].fields] == ["attributes[enabled]"]
    assert not world.plan(table(), item()).changes


def test_a_table_that_programs_fill_is_not_scanned(world: World) -> None:
    world.run(table(declared=0), item())
    world.every_call()

    plan = world.plan(table(declared=0))

    assert (plan.changes, plan.orphans) == ((), ())
    assert "dynamodb:Scan" not in world.every_call()
