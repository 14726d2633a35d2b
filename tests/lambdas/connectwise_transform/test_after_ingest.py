"""Ingest and transform together: a stand-in of the vendor, the shipped mappings, and the history of one ticket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.session
import duckdb
import pytest

from reconciler.kinds.pipelines import mapping_files
from reconciler.lambdas.connectwise.clock import iso, run_name
from reconciler.lambdas.connectwise.column_lock import read_lock
from reconciler.lambdas.connectwise.mapping import compiled, read_mapping
from reconciler.lambdas.connectwise_transform.function import answer
from reconciler.packaging.source import LAMBDAS
from reconciler.sandbox import in_process
from reconciler.sandbox.connectwise import standing_in
from tests.lambdas.connectwise.places import create_tables
from tests.lambdas.connectwise_ingest.world import BUCKET, START, TICKETS, World, ticket
from tests.lambdas.connectwise_transform.world import READ
from tests.lambdas.invocations import Clock

pytestmark = pytest.mark.slow
MAPPINGS = Path(mapping_files.__file__).parent / "mappings"


@pytest.fixture
def both(session: botocore.session.Session) -> Iterator[World]:
    clock = Clock(START)
    with standing_in() as vendor, in_process(clock=clock, sleep=clock.sleep) as control:
        built = World(control, vendor, clock, session)
        create_tables(built.client("dynamodb"))
        built.set_up()
        # One role for both functions, with what each needs.
        built.allow("function", policy_of("connectwise_ingest", "connectwise_transform"))
        lock: Any = read_lock(json.loads((MAPPINGS / "columns.lock.json").read_text()))
        for path in MAPPINGS.glob("*.json"):
            if path.name != "columns.lock.json":
                mapping: Any = read_mapping(json.loads(path.read_text()))
                body = json.dumps(compiled(mapping, lock[mapping.canonical_table])).encode()
                built.client("s3").put_object(Bucket=BUCKET, Key=f"mappings/{path.name}", Body=body)
        yield built


def policy_of(*folders: str) -> dict[str, Any]:
    policies = [json.loads((LAMBDAS / folder / "policy.json").read_text()) for folder in folders]
    return {**policies[0], "Statement": [it for policy in policies for it in policy["Statement"]]}


def poll(world: World, seconds: float = 900.0, mode: str = "incremental") -> dict[str, Any]:
    """Lets time pass, runs ingest, and hands its answer to transform."""
    result = world.poll(seconds, mode=mode)
    slot = datetime.fromtimestamp(world.clock(), UTC)
    lane = {"run": run_name(slot), "slot": iso(slot), "round": 1, "pairs": [result]}
    context = SimpleNamespace(aws_request_id="r", function_name="transform")
    around = world._around({"DATABASE_THREADS": "1"})
    return dict(answer(lane, context, around)["pairs"][0])


def history(world: World, folder: Path, columns: str, table: str = "tickets") -> list[tuple[Any, ...]]:
    files = []
    for key in world.objects():
        if f"/canonical/{table}/" in key and "/_state/" not in key:
            path = folder / f"{len(files)}.parquet"
            path.write_bytes(world.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())
            files.append(str(path))
    with duckdb.connect() as connection:
        text = f"SELECT {columns} FROM ({READ.format(files=files)}) ORDER BY source_id, effective_from"
        return list(connection.execute(text).fetchall())


def test_the_life_of_a_ticket_is_in_its_history(both: World, tmp_path: Path) -> None:
    """S2-6, S2-18: each hop from the vendor to the canonical files; what was deleted has a tombstone."""
    company = both.add_tenant()
    company.put_all(TICKETS, [ticket(id) for id in (0, 7, 8)])
    first = poll(both)
    company.change(TICKETS, 7, summary="second")
    poll(both)
    company.touch(TICKETS, 7)
    poll(both)
    company.change_silently(TICKETS, 7, summary="third, without a stamp")
    poll(both, mode="content")
    company.delete(TICKETS, 7)
    poll(both, 86_400, mode="ids")
    poll(both, 86_400, mode="ids")
    company.put(TICKETS, ticket(7, summary="back again"))
    last = poll(both)

    assert first["canonical"][0]["rows"]["insert"] == 3
    assert (last["status"], last["canonical"][0]["rows"]["restore"]) == ("done", 1)
    versions = history(both, tmp_path, "source_id, summary, change_type, is_deleted, effective_to IS NULL")
    assert [row[1:] for row in versions if row[0] == 7] == [
        ("VPN drops", "INSERT", False, False),
        ("second", "UPDATE", False, False),
        ("third, without a stamp", "UPDATE", False, False),
        (None, "DELETE", True, False),
        ("back again", "RESTORE", False, True),
    ]
    assert [row[1:] for row in versions if row[0] in (0, 8)] == [("VPN drops", "INSERT", False, True)] * 2
    starts = history(both, tmp_path, "source_id, effective_from, source_updated_at, change_type")
    assert all(row[1] == row[2] for row in starts if row[0] == 7 and row[3] == "INSERT")


def test_the_history_counts_every_raw_version_once(both: World, tmp_path: Path) -> None:
    """S2-18: rows reconcile from the API through the raw ledger to the commits."""
    company = both.add_tenant()
    company.put_all(TICKETS, [ticket(id) for id in range(1, 41)])
    poll(both)
    for id in range(1, 11):
        company.change(TICKETS, id, summary=f"changed {id}")
    poll(both)

    raw = {(row["id"], row["summary"]) for row in both.rows()}
    assert len(raw) == 50
    assert set(history(both, tmp_path, "source_id, summary")) == raw
