"""Measures runs of a deployed pipeline connectwise with many tenants: from the schedule to the rows in Redshift."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from reconciler.lambdas.connectwise.tables import TABLES
from reconciler.sandbox.connectwise import StandIn, standing_in
from scripts.demo_deployed import Stack, deployed
from scripts.demo_screen import ask
from tests.worlds.connectwise import WAREHOUSE

TENANTS = 25
MANIFEST = """\
kind: Pipeline
metadata: {name: connectwise}
spec:
  type: connectwise
  schedules: {hourly: {expression: "cron(10 * * * ? *)", timeZone: UTC}}
  bucket: {name: example-map-lake}
  warehouse: {namespace: analytics, secret: connectwise/redshift}
  concurrency: 4
---
kind: Tenants
metadata: {name: all}
spec:
  pipeline: connectwise
  file: tenants.csv
  defaults:
    rate: {perMinute: 6000}
    backfill: {days: 1, chunkDays: 1}
"""


def figures(folder: Path, tenants: int = TENANTS) -> Iterator[str]:
    """Yields the figures of a first run, and of one in which a record of each tenant changed."""
    names = [f"tenant-{number:04}" for number in range(tenants)]
    with standing_in() as vendor, deployed(folder) as stack:
        begin = time.perf_counter()
        _deploy(stack, vendor, names)
        yield f"{tenants} tenants with {len(TABLES)} tables each, applied in {time.perf_counter() - begin:.0f} s"
        for name in names:
            for table in TABLES:
                vendor.company(name).put(table, {"id": 1})
        pairs = tenants * len(TABLES)
        yield f"  first run: {_run(stack, vendor, pairs, pairs)}"
        for name in names:
            vendor.company(name).put(TABLES[0], {"id": 2})
        yield f"  a new record of each tenant: {_run(stack, vendor, pairs, pairs + tenants)}"


def _deploy(stack: Stack, vendor: StandIn, names: list[str]) -> None:
    stack.declare("connectwise", MANIFEST + WAREHOUSE)
    stack.declare_tenants(names, vendor.url)
    stack.reconcile("apply", "--auto-approve")
    secrets = stack.client("secretsmanager")
    for name in names:
        keys = json.dumps(vendor.credentials(name))
        secrets.put_secret_value(SecretId=f"connectwise/{name}/sandbox", SecretString=keys)
    stack.reconcile("secret", "set", "Secret/connectwise/redshift", stdin=json.dumps(stack.login()))
    stack.invoke("centre-sandbox-connectwise-load", {"migrate": True})


def _run(stack: Stack, vendor: StandIn, pairs: int, rows: int) -> str:
    """Lets an hour pass, and returns the figures of its run. Every record must be in Redshift then."""
    vendor.requests.clear()
    before = ask(stack.local, "GET", "stats")["calls"]
    now = datetime.fromisoformat(ask(stack.local, "GET", "")["clock"])
    vendor.clock.advance(3600)
    begin = time.perf_counter()
    ask(stack.local, "POST", "clock", {"to": (now + timedelta(hours=1)).isoformat().replace("+00:00", "Z")})
    seconds = time.perf_counter() - begin
    calls = _more(ask(stack.local, "GET", "stats")["calls"], before)
    loaded = sum(stack.rows(f"select count(*) from canonical.{table}")[0][0] for table in _loaded(stack))
    if loaded != rows:
        raise SystemExit(f"{loaded} of {rows} rows are in Redshift")
    requests, of_aws = len(vendor.requests) / pairs, sum(calls.values()) / pairs
    return f"{pairs:,} pairs in {seconds:.0f} s; each makes {requests:.1f} requests and {of_aws:.1f} calls of AWS"


def _loaded(stack: Stack) -> list[str]:
    return [str(row[0]) for row in stack.rows("select distinct table_name from canonical.watermarks")]


def _more(after: dict[str, int], before: dict[str, Any]) -> dict[str, int]:
    return {name: count - before.get(name, 0) for name, count in after.items()}
