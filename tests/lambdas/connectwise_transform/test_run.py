"""The function on the sandbox: raw files become commits, the ledger points to the newest, and the answer says so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.lambdas.connectwise.clock import read_instant
from tests.lambdas.connectwise_transform.world import BUCKET, SOURCE, TABLE, TENANT, TransformWorld, compiled, seen

PAIR = {"tenant_id": TENANT, "table_name": SOURCE, "mode": "incremental", "status": "done", "rows": 1}


def test_new_raw_files_become_one_commit(world: TransformWorld) -> None:
    """S2-6, S2-20: under the layout of the contract."""
    world.add_raw([seen(1, 900, "a"), seen(2, 900, "x")])
    world.add_raw([seen(1, 1050, "b")])

    pair = world.run()

    rows = {"insert": 2, "update": 1, "delete": 0, "restore": 0, "close": 0, "retract": 0}
    assert pair["canonical"] == [{"canonical_table": TABLE, "commit": 1, "rows": rows, "late": 0}]
    expected = [(1, "a", 900, 1050, "INSERT"), (1, "b", 1050, None, "UPDATE"), (2, "x", 900, None, "INSERT")]
    assert world.rows() == world.listed_rows() == expected
    assert world.item()["consumed"] == {SOURCE: 2}
    assert "inflight" not in world.item()
    keys = world.listed(f"{TENANT}/canonical/")
    assert keys == [
        f"{TENANT}/canonical/tickets/2026-01-05T121500.000000Z.parquet",
        f"{TENANT}/canonical/tickets/_state/1.json",
    ]
    assert [world.layer(key) for key in keys] == ["canonical", "state"]


def test_a_run_without_new_files_writes_nothing_and_takes_no_lease(world: TransformWorld) -> None:
    world.add_raw([seen(1, 900, "a")])
    world.run()
    fence, keys = world.item()["fence"], world.listed(f"{TENANT}/canonical/")

    pair = world.run({**PAIR, "status": "quiet"})

    assert (pair["status"], pair["canonical"]) == ("quiet", [])
    assert (world.item()["fence"], world.listed(f"{TENANT}/canonical/")) == (fence, keys)


def test_files_that_bring_nothing_new_are_consumed_without_a_commit(world: TransformWorld) -> None:
    world.add_raw([seen(1, 900, "a")])
    world.run()
    world.add_raw([seen(1, 900, "a", seen=1900)])

    pair = world.run()

    assert pair["canonical"][0]["commit"] == 1
    assert (world.item()["commit"], world.item()["consumed"]) == (1, {SOURCE: 2})


def test_the_result_of_the_pair_is_left_in_the_bucket(world: TransformWorld) -> None:
    world.add_raw([seen(1, 900, "a")])
    pair = world.run()

    assert json.loads(world.get(f"{TENANT}/runs/20260105T121500Z/service.tickets.json")) == pair


def test_replaced_objects_are_tagged_by_the_next_commit(world: TransformWorld) -> None:
    """The base and the manifest of the commit before: lifecycle rules expire them."""
    for number in range(4):
        world.add_raw([seen(1, 900 + 100 * number, f"c{number}")])
        world.run()

    layers = {key.rpartition("/")[2]: world.layer(key) for key in world.listed(f"{TENANT}/canonical/tickets/_state/")}
    assert layers == {
        **{"1.json": "superseded", "2.json": "superseded", "3.json": "state", "4.json": "state"},
        **{"base-2.parquet": "superseded", "base-3.parquet": "state", "base-4.parquet": "state"},
    }


def test_more_files_than_a_commit_takes_make_several_commits(world: TransformWorld) -> None:
    for number in range(5):
        world.add_raw([seen(number, 900, "a")])

    pair = world.run(COMMIT_FILES="2")

    assert (pair["canonical"][0]["commit"], pair["canonical"][0]["rows"]["insert"]) == (3, 5)


def test_a_file_above_the_limit_of_rows_is_committed_alone(world: TransformWorld) -> None:
    for start in (0, 10):
        world.add_raw([seen(start + number, 900, "a") for number in range(3)])

    pair = world.run(COMMIT_ROWS="2")

    assert (pair["canonical"][0]["commit"], len(world.rows())) == (2, 6)


def test_a_pair_without_time_is_behind_and_comes_again(world: TransformWorld) -> None:
    world.add_raw([seen(1, 900, "a")])

    answered = world.invoke(world.lane(), seconds=30)

    assert (answered["more"], answered["round"]) == (True, 2)
    assert [pair["status"] for pair in answered["pairs"]] == ["behind"]
    again = {**answered, "pairs": [{**pair, "status": "quiet"} for pair in answered["pairs"]]}
    assert world.invoke(again)["more"] is False
    assert len(world.rows()) == 1


def test_a_pair_that_ingest_left_behind_comes_again(world: TransformWorld) -> None:
    world.add_raw([seen(1, 900, "a")])

    answered = world.invoke(world.lane({**PAIR, "status": "behind"}, {**PAIR, "table_name": "time/entries"}))

    assert (answered["more"], [pair["table_name"] for pair in answered["pairs"]]) == (True, [SOURCE])


def test_after_the_last_round_a_pair_stays_behind(world: TransformWorld) -> None:
    world.add_raw([seen(1, 900, "a")])

    answered = world.invoke(world.lane(round=40), seconds=30)

    assert (answered["more"], answered["pairs"][0]["status"]) == (False, "behind")


@pytest.mark.parametrize(
    ("waits", "waited", "expected"),
    [
        ([300], 0, (True, 300, 300, 1)),
        ([300, 200], 0, (True, 200, 200, 2)),
        ([300, None], 0, (True, 0, 0, 2)),
        ([300], 300, (True, 300, 600, 1)),
        ([301, 100], 300, (True, 100, 400, 1)),
        ([301], 300, (False, 0, 300, 1)),
    ],
)
def test_pairs_whose_server_wants_a_wait_go_on_behind_it(
    world: TransformWorld, waits: list[int | None], waited: int, expected: tuple[Any, ...]
) -> None:
    """600 seconds in all; what would wait longer is left to a later run."""
    pairs = [
        {"tenant_id": TENANT, "table_name": SOURCE, "status": "behind", **({"wait": wait} if wait else {})}
        for wait in waits
    ]

    answered = world.invoke({**world.lane(*pairs), "waited": waited, "now": "2026-01-05T12:01:00Z"})

    assert (answered["more"], answered["wait"], answered["waited"], len(answered["pairs"])) == expected
    seconds = read_instant(answered["now"]) - read_instant("2026-01-05T12:01:00Z")
    assert seconds.total_seconds() >= answered["wait"]


def test_a_call_by_hand_plans_for_itself(world: TransformWorld) -> None:
    """The README's event; a disabled tenant is skipped and named."""
    world.add_tenant("acme", enabled=False)
    world.add_raw([seen(1, 900, "a")])

    answered = world.invoke({})

    assert answered["run"].startswith("20260105T120000Z-")
    assert answered["skipped"] == [{"tenant_id": "acme", "reason": "disabled"}]
    assert answered["pairs"][0]["canonical"][0]["commit"] == 1


def test_two_tenants_with_equal_ids_share_nothing(world: TransformWorld) -> None:
    """S2-1."""
    world.add_tenant("acme")
    world.add_raw([seen(1, 900, "ours")])
    world.add_raw([seen(1, 950, "another")], tenant="acme")

    world.invoke(world.lane(PAIR, {**PAIR, "tenant_id": "acme"}))

    assert [row[1] for row in world.rows()] == ["ours"]
    assert [row[1] for row in world.rows(tenant="acme")] == ["another"]
    assert {key.partition("/")[0] for key in world.listed()} == {TENANT, "acme", "mappings"}


def test_a_raw_file_with_rows_of_another_tenant_is_refused(world: TransformWorld) -> None:
    """S2-1."""
    world.add_raw([seen(1, 900, "a")], owner="acme")

    pair = world.run()

    assert (pair["status"], pair["error"]) == (
        "failed",
        "RAW: the raw files of service/tickets have rows of another tenant",
    )
    assert world.rows() == []


def test_id_0_has_a_history_and_a_row_without_id_has_none(world: TransformWorld) -> None:
    world.add_raw([seen(0, 900, "zero"), {**seen(1, 900, "a"), "id": None}])

    world.run()

    assert [row[:2] for row in world.rows()] == [(0, "zero")]


def test_a_record_without_a_stamp_has_the_time_of_the_poll(world: TransformWorld) -> None:
    world.add_raw([{**seen(1, 900, "a"), "at": None, "seen": 1000}])
    world.add_raw([{**seen(1, 900, "b"), "at": None, "seen": 2000}])

    world.run()

    assert [row[2] for row in world.rows()] == [1000, 2000]


def test_a_column_that_is_not_mapped_reaches_no_canonical_object(world: TransformWorld) -> None:
    world.add_raw(
        [{**seen(1, 900, "a"), "portalPassword": "planted-denied"}], {"content": "VARCHAR", "portalPassword": "VARCHAR"}
    )

    world.run()

    bodies = [world.get(key) for key in world.listed() if "/raw/" not in key]
    assert not any(b"planted-denied" in body or b"portalPassword" in body for body in bodies)
    assert "planted-denied" not in "".join(world.lines)


def test_an_own_mapping_holds_for_its_tenant_alone(world: TransformWorld) -> None:
    """S2-36."""
    world.add_tenant("acme")
    own = compiled([("content", "text", "content"), ("twin", "text", "content")])
    world.put("acme/mappings/tickets.json", json.dumps(own).encode())
    world.add_raw([seen(1, 900, "a")])
    world.add_raw([seen(1, 900, "b")], tenant="acme")

    world.invoke(world.lane(PAIR, {**PAIR, "tenant_id": "acme"}))

    assert world.rows("content, twin", tenant="acme") == [("b", "b")]
    assert len(world.rows("*")[0]) == len(world.rows("*", tenant="acme")[0]) - 1


def test_a_broken_own_mapping_stops_its_tenant_alone(world: TransformWorld) -> None:
    """S2-36: no silent return to the default."""
    world.add_tenant("acme")
    world.put("acme/mappings/tickets.json", b"{")
    world.add_raw([seen(1, 900, "a")])
    world.add_raw([seen(1, 900, "b")], tenant="acme")

    answered = world.invoke(world.lane({**PAIR, "tenant_id": "acme"}, PAIR))

    assert answered["pairs"][0]["error"] == "MAPPING: acme/mappings/tickets.json: it is not JSON"
    assert (world.rows(tenant="acme"), len(world.rows())) == ([], 1)


def test_a_table_that_no_mapping_reads_is_a_failed_pair(world: TransformWorld) -> None:
    pair = world.run({**PAIR, "table_name": "time/entries"})

    assert pair["error"].startswith("MAPPING: no mapping has the source time/entries")


def test_a_raw_object_that_is_gone_fails_the_pair_and_moves_no_pointer(world: TransformWorld) -> None:
    key = world.add_raw([seen(1, 900, "a")])
    world.client("s3").delete_object(Bucket=BUCKET, Key=key)

    pair = world.run()

    assert pair["error"].startswith("RAW_EXPIRED: ")
    assert "commit" not in world.item()
