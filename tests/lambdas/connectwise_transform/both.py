"""Ingest and transform in one world: a stand-in of the vendor, the shipped mappings, and the history of a tenant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.session
import duckdb

from reconciler.kinds.pipelines import mapping_files
from reconciler.lambdas.connectwise.clock import iso, run_name
from reconciler.lambdas.connectwise.column_lock import read_lock
from reconciler.lambdas.connectwise.mapping import compiled, read_mapping
from reconciler.lambdas.connectwise_transform.function import answer
from reconciler.packaging.source import LAMBDAS
from reconciler.sandbox import in_process
from reconciler.sandbox.connectwise import standing_in
from tests.lambdas.connectwise.places import create_tables
from tests.lambdas.connectwise_ingest.world import BUCKET, START, World
from tests.lambdas.connectwise_transform.world import READ
from tests.lambdas.invocations import Clock

MAPPINGS = Path(mapping_files.__file__).parent / "mappings"


@contextmanager
def both_functions(session: botocore.session.Session) -> Iterator[World]:
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
    return transform(world, world.poll(seconds, mode=mode))


def transform(world: World, result: dict[str, Any]) -> dict[str, Any]:
    """Runs transform after ingest. Returns the pair."""
    slot = datetime.fromtimestamp(world.clock(), UTC)
    lane = {"run": run_name(slot), "slot": iso(slot), "round": 1, "pairs": [result]}
    context = SimpleNamespace(aws_request_id="r", function_name="transform")
    around = world._around({"DATABASE_THREADS": "1"})
    return dict(answer(lane, context, around)["pairs"][0])


def history(world: World, folder: Path, columns: str, table: str = "tickets") -> list[tuple[Any, ...]]:
    """Returns the history of all tenants by a plain listing."""
    files = list[str]()
    for key in world.objects():
        if f"/canonical/{table}/" in key and "/_state/" not in key:
            path = folder / f"{len(files)}.parquet"
            path.write_bytes(world.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())
            files.append(str(path))
    with duckdb.connect() as connection:
        text = f"SELECT {columns} FROM ({READ.format(files=files)}) ORDER BY source_id, effective_from"
        return list(connection.execute(text).fetchall())
