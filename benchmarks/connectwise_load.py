"""Measures connectwise_load: a load with all its checks against COPY of the same files into an empty table."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from statistics import median
from typing import Any

import botocore.session

from reconciler.lambdas.connectwise.mapping import Column
from reconciler.lambdas.connectwise_load.catalogue import Table
from reconciler.lambdas.shared.sql_files import copy
from reconciler.sandbox import in_process
from reconciler.sandbox.redshift.certificate import certificate
from tests.lambdas.connectwise.places import create_tables
from tests.lambdas.connectwise_load import lakes
from tests.lambdas.connectwise_load.lakes import BUCKET, HARBOR, NORTH, Lake, version
from tests.worlds.warehouse import ROLE, connect, open_warehouse

RUNS, FIRST, SHARE = 3, 100_000, 0.3
TEXTS, DECIMALS, NUMBERS = 15, 3, 4
NAMES = tuple(f"c{number:02}" for number in range(TEXTS + DECIMALS + NUMBERS))
TYPES = ("text",) * TEXTS + ("decimal(18,4)",) * DECIMALS + ("bigint",) * NUMBERS
COLUMNS = [{"name": name, "type": type} for name, type in zip(NAMES, TYPES, strict=True)]
TENANTS = (HARBOR, NORTH)


def figures(first: int = FIRST, runs: int = RUNS) -> Iterator[str]:
    """Yields the figures of loads of two tenants, with so many versions each."""
    changed = int(first * SHARE)
    measured: dict[str, list[tuple[float, float]]] = {"first": [], "changes": []}
    for _ in range(runs):
        for name, ratio in _run(first, changed):
            measured[name].append(ratio)
    for name, rows in (("first", 2 * first), ("changes", 4 * changed)):
        speed, ratio = (median(values) for values in zip(*measured[name], strict=True))
        what = f"a {'first load' if name == 'first' else 'load of changes'} of two tenants"
        yield f"{what}: {rows:,} rows, {speed:,.0f} a second, {ratio:.1f} × COPY alone (goal 2.5)"


def _run(first: int, changed: int) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yields rows a second and the ratio to COPY, of both loads in a new warehouse."""
    session = botocore.session.Session()
    session.set_credentials("bench", "bench")
    os.environ["SSL_CERT_FILE"] = str(certificate())
    with in_process() as sandbox:
        clients = lakes.clients(session)
        create_tables(clients["dynamodb"])
        lake = Lake(sandbox, clients, open_warehouse(clients.__getitem__), columns=COLUMNS)
        lake.set_up()
        lake.put_lock({"tickets": COLUMNS})
        lake.invoke({"migrate": True})
        for name, run, versions in (
            ("first", "20260105T120000Z", [_version(id, 0) for id in range(first)]),
            ("changes", "20260105T121500Z", [it for id in range(changed) for it in _change(id)]),
        ):
            for tenant in TENANTS:
                lake.commit(tenant, *versions)
            rows = len(TENANTS) * len(versions)
            spent = _wall(lambda run=run, rows=rows: _load(lake, run, rows))
            bare = _wall(lambda run=run, rows=rows: _copy(lake, run, rows))
            yield name, (rows / spent, spent / bare)


def _version(id: int, start: int, end: int | None = None, **more: Any) -> dict[str, Any]:
    business: dict[str, Any] = {}
    for number, (name, type) in enumerate(zip(NAMES, TYPES, strict=True)):
        value = (id + start * 7919) * (number * 7 + 3)
        business[name] = {"text": f"text {value % 1000}", "bigint": value}.get(type, Decimal(value % 10_000).scaleb(-2))
    return version(id, start, end, **business, **more)


def _change(id: int) -> tuple[dict[str, Any], dict[str, Any]]:
    return _version(id, 0, 9), _version(id, 9, change_type="UPDATE")


def _load(lake: Lake, run: str, rows: int) -> None:
    done = lake.load(run)
    if done["failed"] or done["tables"]["tickets"]["staged"] != rows:
        raise SystemExit(f"not every row was loaded: {done}")


def _copy(lake: Lake, run: str, rows: int) -> None:
    """Copies the files that a load has read, by its manifest, into a table of their columns."""
    table = Table("tickets", tuple(Column(name, type) for name, type in zip(NAMES, TYPES, strict=True)))
    place = f"loads/{run}/{table.name}-"
    (manifest,) = lake.clients["s3"].list_objects_v2(Bucket=BUCKET, Prefix=place)["Contents"]
    connection = connect(lake.redshift)
    try:
        cursor = connection.cursor()
        cursor.execute(table.create_stage("stage", len(table.columns)))
        cursor.execute(copy("stage", f"s3://{BUCKET}/{manifest['Key']}", ROLE))
        cursor.execute("select count(*) from stage")
        if cursor.fetchone()[0] != rows:
            raise SystemExit("not every row was copied")
        connection.rollback()
    finally:
        connection.close()


def _wall(call: Callable[[], Any]) -> float:
    """Returns seconds of the clock: the database works in another process."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin
