"""Work on what is stored: fills after a change of the mapping, rebuilds, and compaction."""

from __future__ import annotations

import json

import pytest

from tests.lambdas.connectwise_transform.world import BUCKET, SOURCE, TENANT, TransformWorld, compiled, seen


def test_a_changed_mapping_fills_open_rows_at_the_next_commit(world: TransformWorld) -> None:
    """In commits of their own, after the new rows."""
    types = {"content": "VARCHAR", "extra": "VARCHAR"}
    world.add_raw([{**seen(number, 900, f"c{number}"), "extra": f"e{number}"} for number in range(3)], types)
    world.run()
    wider = compiled([("content", "text", "content"), ("extra", "text", "extra")])
    world.put("mappings/tickets.json", json.dumps(wider).encode())
    world.add_raw([{**seen(2, 1050, "d"), "extra": "e"}], types)

    pair = world.run()

    assert pair["canonical"][0]["commit"] == 3
    assert world.rows("content, extra, schema_version, change_type") == [
        ("c0", "e0", 2, "INSERT"),
        ("c1", "e1", 2, "INSERT"),
        ("c2", None, 1, "INSERT"),
        ("d", "e", 2, "UPDATE"),
    ]
    assert world.item()["unfilled"] is False


def test_a_fill_takes_raw_files_from_the_newest_to_the_oldest_and_skips_expired_ones(world: TransformWorld) -> None:
    types = {"content": "VARCHAR", "extra": "VARCHAR"}
    keys = [world.add_raw([{**seen(number, 900, "c"), "extra": "e"}], types) for number in range(5)]
    world.run()
    world.client("s3").delete_object(Bucket=BUCKET, Key=keys[1])
    wider = compiled([("content", "text", "content"), ("extra", "text", "extra")])
    world.put("mappings/tickets.json", json.dumps(wider).encode())
    world.add_raw([{**seen(9, 900, "c"), "extra": "e"}], types)

    world.run(COMMIT_FILES="2")

    assert world.rows("source_id, extra") == [(0, "e"), (1, None), (2, "e"), (3, "e"), (4, "e"), (9, "e")]
    assert world.item()["unfilled"] is False


def test_a_rebuild_is_done_once_in_a_run(world: TransformWorld) -> None:
    for at, content in ((900, "a"), (930, "a"), (950, "a"), (920, "b")):
        world.add_raw([seen(1, at, content, seen=1000 + at if content == "a" else 3000)])
        world.run()
    assert [row[2] for row in world.rows()] == [900, 920, 950]

    event = world.lane(mode="rebuild")
    pair = world.invoke(event)["pairs"][0]
    again = world.invoke(event)["pairs"][0]

    assert [row[2] for row in world.rows()] == [900, 920, 930]
    assert (pair["canonical"][0]["rows"]["retract"], again["canonical"][0]["rows"]["retract"]) == (1, 0)


def test_a_rebuild_without_all_raw_files_is_refused(world: TransformWorld) -> None:
    for number in range(3):
        world.add_raw([seen(number, 900, "a")])
    world.run()
    key = {"tenant_id": {"S": TENANT}, "table_name": {"S": f"raw#{SOURCE}#000000000001"}}
    world.client("dynamodb").delete_item(TableName="last-updated", Key=key)

    pair = world.run(mode="rebuild")

    message = "RAW_EXPIRED: 1 raw files of service/tickets have expired, so the history cannot be rebuilt"
    assert pair["error"] == message
    assert len(world.rows()) == 3


@pytest.mark.parametrize("gone", ["item", "object"])
def test_a_refused_rebuild_does_not_hold_up_the_next_run(world: TransformWorld, gone: str) -> None:
    """An archived object is found only when it is fetched."""
    raw = world.add_raw([seen(1, 900, "a")])
    world.run()
    if gone == "item":
        key = {"tenant_id": {"S": TENANT}, "table_name": {"S": f"raw#{SOURCE}#000000000001"}}
        world.client("dynamodb").delete_item(TableName="last-updated", Key=key)
    else:
        world.client("s3").delete_object(Bucket=BUCKET, Key=raw)
    refused = world.run(mode="rebuild")
    world.add_raw([seen(2, 950, "b")], seq=2)

    pair = world.run()

    assert refused["error"].startswith("RAW_EXPIRED: ")
    assert "error" not in pair
    assert [row[1] for row in world.rows()] == ["a", "b"]


@pytest.mark.slow
def test_the_nightly_run_compacts_16_files_of_one_size(world: TransformWorld) -> None:
    for number in range(18):
        world.add_raw([seen(number, 900, "a")])
        world.run()
    before = world.rows()

    pair = world.run(mode="ids")

    manifest = json.loads(world.get(world.item()["manifest"]))
    assert (pair["canonical"][0]["commit"], len(manifest["files"])) == (19, 3)
    assert world.rows() == world.listed_rows() == before


@pytest.mark.slow
def test_files_that_the_warehouse_has_not_loaded_are_not_compacted(world: TransformWorld) -> None:
    for number in range(18):
        world.add_raw([seen(number, 900, "a")])
        world.run()
    item = {name: value for name, value in world.item().items() if name not in ("lease_owner", "lease_until")}
    world.ledger().put("canonical/tickets", {**item, "loaded_commit": 5})

    assert world.run(mode="ids")["canonical"][0]["commit"] == 18


def test_a_mapping_that_lost_a_column_is_refused_until_it_is_repaired(world: TransformWorld) -> None:
    """The refused mapping is not pinned, so the repaired one takes over."""
    columns = [("content", "text", "content"), ("extra", "text", "extra")]
    types = {"content": "VARCHAR", "extra": "VARCHAR"}
    world.put("mappings/tickets.json", json.dumps(compiled(columns)).encode())
    world.add_raw([{**seen(1, 900, "a"), "extra": "e"}], types)
    world.run()
    world.put("mappings/tickets.json", json.dumps(compiled(columns[:1])).encode())
    world.add_raw([{**seen(2, 950, "b"), "extra": "f"}], types)
    refused = world.run()
    world.put("mappings/tickets.json", json.dumps(compiled(columns)).encode())

    pair = world.run()

    assert refused["error"].startswith("MAPPING: column extra was removed")
    assert "error" not in pair
    assert world.rows("content, extra") == [("a", "e"), ("b", "f")]
