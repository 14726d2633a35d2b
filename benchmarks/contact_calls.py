"""Measures contact_calls: its transform against JSON, its loading against single rows, its calls against a floor."""

from __future__ import annotations

import gc
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import botocore.session
from dateutil.tz import tzlocal

from reconciler.lambdas.contact_calls import files
from reconciler.lambdas.contact_calls.function import answer
from reconciler.lambdas.contact_calls.statements import STAGED
from reconciler.lambdas.contact_calls.transform import Row, make_rows
from reconciler.lambdas.contact_calls.warehouse import Load, Warehouse
from reconciler.lambdas.shared.calls import client
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.redshift import Login
from reconciler.lambdas.shared.surroundings import Surroundings
from reconciler.sandbox import Control, in_process
from reconciler.sandbox.connect.contacts_made import make_contacts
from tests.lambdas.contact_calls.served import set_up
from tests.worlds.warehouse import DATABASE, PASSWORD, ROLE, USER, Redshift, open_warehouse

MORNING = {"start": "2026-01-05T10:00:00+00:00", "end": "2026-01-05T12:00:00+00:00"}
ZONE = ZoneInfo("America/New_York")
BUCKET = "contact-calls-111122223333"


@dataclass(frozen=True)
class Sizes:
    """Numbers of contacts, by what is done with them. `runs`: of each measurement."""

    runs: int = 3
    transformed: int = 100_000
    loaded: int = 20_000
    by_row: int = 2_000
    collected: int = 3_000


FULL = Sizes()
SMALL = Sizes(1, 2_000, 500, 100, 300)


def figures(sizes: Sizes = FULL) -> Iterator[str]:
    made_up = make_contacts(count=sizes.transformed, queues=["q"], agents=["a"], **MORNING)
    contacts = [_as_boto3_gives(contact) for contact in made_up]
    yield from _transform(contacts, sizes.runs)
    rows = make_rows(contacts[: sizes.loaded], ZONE)
    with _redshift() as (sandbox, redshift, s3):
        yield from _loading(redshift, s3, rows, sizes)
        yield from _calls(sandbox, sizes.collected)


def _transform(contacts: list[dict[str, Any]], runs: int) -> Iterator[str]:
    pairs = []
    for _ in range(runs):
        transformed = _cpu(lambda: make_rows(contacts, ZONE))
        rows = make_rows(contacts, ZONE)
        # JSON has no dates, so each becomes a text, as short as possible.
        dumped = _cpu(lambda rows=rows: [json.dumps(row, default=str) for row in rows])
        pairs.append((dumped / transformed, len(contacts) / transformed))
    ratio, speed = (median(values) for values in zip(*pairs, strict=True))
    yield f"transform: {speed:,.0f} rows a second of CPU, {ratio:.2f} × json.dumps of them (of {len(contacts):,})"


def _loading(redshift: Redshift, s3: Any, rows: list[Row], sizes: Sizes) -> Iterator[str]:
    """Yields the wall-clock seconds per row, because the database works in another process."""
    login = Login("localhost", redshift.port, DATABASE, USER, PASSWORD)
    warehouse = Warehouse(lambda: login, Deadline.within(3600, time.monotonic), time.sleep)
    warehouse.migrate(datetime.now(UTC))
    ratios = []
    for _ in range(sizes.runs):
        by_copy = _wall(lambda: _copy(warehouse, s3, rows)) / len(rows)
        by_row = _wall(lambda: _executemany(warehouse, rows[: sizes.by_row])) / sizes.by_row
        ratios.append(by_row / by_copy)
    text = f"{len(rows):,} rows by one and {sizes.by_row:,} by the other"
    yield f"Parquet + COPY + procedure: {median(ratios):.1f} × as fast a row as executemany alone ({text})"


def _copy(warehouse: Warehouse, s3: Any, rows: list[Row]) -> None:
    id, at = uuid4().hex, datetime(2026, 1, 5, 12)
    content = files.parquet(rows, id, "API", at)
    uri = f"s3://{BUCKET}/{id}.parquet"
    s3.put_object(Bucket=BUCKET, Key=f"{id}.parquet", Body=content)
    s3.put_object(Bucket=BUCKET, Key=f"{id}.manifest", Body=files.manifest(uri, len(content)))
    start, end = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (10, 12))
    manifest = f"s3://{BUCKET}/{id}.manifest"
    done = warehouse.load(Load(id, start, end, len(rows), len(rows), len(rows), at, manifest, ROLE), rows)
    if done.staged != len(rows):
        raise SystemExit("not every row was staged")


def _executemany(warehouse: Warehouse, rows: list[Row]) -> None:
    """Inserts each row with a statement of its own, into staging only."""
    id, at = uuid4().hex, datetime(2026, 1, 5, 12)
    marks = ", ".join(["%s"] * len(STAGED))
    text = f"insert into connect.f_calls_staging ({', '.join(STAGED)}) values ({marks})"
    with warehouse.connections.open() as connection:
        connection.cursor().executemany(text, [(id, "API", at, *row) for row in rows])
        connection.rollback()


def _calls(sandbox: Control, count: int) -> Iterator[str]:
    for label, columns in (
        ("all columns", ""),
        ("columns that search returns", "contact_id,disconn_time,queue_id,agent_id"),
    ):
        sandbox.reset()
        session = botocore.session.Session()
        session.set_credentials("bench", "bench")
        around = Surroundings(
            set_up("") | {"COLUMNS": columns},
            lambda service, region, patience, session=session: client(service, region, patience, session),
            *(time.monotonic, time.time, time.sleep, random.random, lambda line: None),
        )
        answer({"migrate": True}, None, around)
        sandbox.seed("Contacts", {"count": count, "unfinished": 0, **MORNING})
        sandbox.reset_stats()
        done = answer({"time": "2026-01-05T12:40:00Z"}, None, around)
        calls = sandbox.stats()["calls"]
        connect = {name.partition(":")[2]: count for name, count in calls.items() if name.startswith("connect:")}
        yield f"{done['inserted']:,} contacts, {label}: {connect} (floor: {count // 100} searches)"


@contextmanager
def _redshift() -> Iterator[tuple[Control, Redshift, Any]]:
    """Yields a Redshift of this process's sandbox, and its S3."""
    session = botocore.session.Session()
    session.set_credentials("bench", "bench")
    before = os.environ.get("SSL_CERT_FILE", "")
    with in_process() as sandbox:
        s3 = session.create_client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket=BUCKET)
        redshift = open_warehouse(lambda service: session.create_client(service, region_name="us-east-1"))
        os.environ["SSL_CERT_FILE"] = str(redshift.certificate)
        try:
            yield sandbox, redshift, s3
        finally:
            os.environ["SSL_CERT_FILE"] = before


def _as_boto3_gives(members: dict[str, Any]) -> dict[str, Any]:
    """Returns the members with times as datetimes in this machine's zone, as boto3 returns them."""

    def read(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {inner: read(inner, item) for inner, item in value.items()}
        return datetime.fromtimestamp(value, tzlocal()) if name.endswith("Timestamp") else value

    return {name: read(name, value) for name, value in members.items()}


def _cpu(work: Callable[[], object]) -> float:
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


def _wall(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
