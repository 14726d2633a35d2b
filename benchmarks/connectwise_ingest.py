"""Measures ingest: pages to Parquet against bare reading, row by row and dlt; the requests of a quiet run."""

from __future__ import annotations

import gc
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import pyarrow as pa

from benchmarks.history import PYTHON_OF_PEERS, SCRIPTS
from benchmarks.memory import peak_megabytes
from reconciler.lambdas.connectwise.tables import read_table
from reconciler.lambdas.connectwise.tenants import Privacy
from reconciler.lambdas.connectwise_ingest.flatten import Flattener
from reconciler.lambdas.connectwise_ingest.hiding import Hider
from reconciler.lambdas.connectwise_ingest.recent import Recent
from reconciler.lambdas.connectwise_ingest.shelf import parquet
from reconciler.lambdas.connectwise_ingest.values import TYPES, coerced, microseconds
from tests.lambdas.connectwise_ingest.canned import ADDRESS, pages_of, session_of

RUNS, MANY, PAGE, FLUSH, BY_ROW, BY_DLT = 3, 100_000, 1000, 20_000, 5_000, 10_000
TABLE = "service/tickets"
AT = datetime(2026, 11, 28, 19, 40, tzinfo=UTC)
# No ticket is in the overlap before it: of a history, hardly any is.
WATERMARK = "2027-01-01T00:00:00Z"
CHILD = "--peak"


def figures(folder: Path, many: int = MANY) -> Iterator[str]:
    pages = list(islice(_pages(), many // PAGE))
    size = sum(map(len, pages)) / many
    ratios, few = [], pages[: BY_ROW // PAGE]
    for _ in range(RUNS):
        spent = _cpu(lambda: _ingest(pages))
        floor = _cpu(lambda: _floor(pages))
        by_row = _cpu(lambda: _by_row(few)) * len(pages) / len(few)
        ratios.append((many / spent, spent / floor, by_row / spent))
    speed, of_floor, of_rows = (median(values) for values in zip(*ratios, strict=True))
    yield f"JSON to zstd Parquet: {speed:,.0f} nested tickets of {size:,.0f} bytes a second of CPU (goal 10,000)"
    yield f"  {of_floor:.1f} × the CPU of the floor: requests and orjson without garbage collection, and all is dropped"
    yield f"  {of_rows:.1f} × as fast as row by row"
    yield f"  {_dlt(folder, pages[: BY_DLT // PAGE], speed)}"
    program = [sys.executable, "-m", "benchmarks.connectwise_ingest", CHILD, str(many)]
    peak = subprocess.run(program, capture_output=True, text=True, check=True, env={**os.environ})
    yield f"  peak memory of a process that does the same: {peak.stdout.strip()} MB (goal 300)"
    yield from _quiet()


def _pages() -> Iterator[bytes]:
    """Yields pages of tickets whose fields are those of the vendor's document, without end."""
    chance, id = random.Random(1), 0  # noqa: S311 - the same in every run
    while True:
        page = []
        for _ in range(PAGE):
            id += 1
            page.append(_ticket(id, chance))
        yield orjson.dumps(page)


def _ticket(id: int, chance: random.Random) -> dict[str, Any]:
    whole: dict[str, Any] = {"id": id}
    for field in read_table(TABLE).fields[1:]:
        if not field.is_returned or (chance.random() < 0.2 and field.path[0] != "_info"):
            continue
        inner = whole
        for part in field.path[:-1]:
            inner = inner.setdefault(part, {"_info": {f"{part}_href": f"https://cw.example.com/{part}/{id}"}})
        inner[field.path[-1]] = _value(field.type, chance)
    return whole


def _value(kind: str, chance: random.Random) -> Any:
    match kind:
        case "bigint":
            return chance.randrange(100_000)
        case "decimal":
            return round(chance.random() * 100, 2)
        case "boolean":
            return chance.random() < 0.5
        case "timestamp":
            return f"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}T15:40:19Z"
        case "json":
            field = {"id": 14, "caption": "Root Cause", "type": "Text", "entryMethod": "List", "numberOfDecimals": 0}
            return [{**field, "value": "ISP"}] * chance.randrange(3)
        case _:
            return "a text of the usual length"[: chance.randrange(5, 26)]


def _flattener() -> Flattener:
    return Flattener(read_table(TABLE), "harbor-dental", Hider(TABLE, Privacy()))


def _ingest(bodies: Iterable[bytes]) -> int:
    """Does what a pass does between the answers and the bucket, and returns the bytes of the files."""
    flattener, parts, size = _flattener(), list[pa.Table](), 0
    recent = Recent((), microseconds(WATERMARK))
    for page in pages_of(TABLE, bodies, flattener.records.read):
        parts.append(flattener.page(recent.new(page)[0].records, AT, 1).table)
        if sum(len(part) for part in parts) >= FLUSH:
            size += len(parquet(pa.concat_tables(parts)))
            parts = []
    return size + (len(parquet(pa.concat_tables(parts))) if parts else 0)


def _floor(bodies: list[bytes]) -> None:
    session = session_of(bodies)
    gc.disable()
    for _ in bodies:
        orjson.loads(session.get(ADDRESS).content)
    gc.enable()


def _dlt(folder: Path, bodies: list[bytes], speed: float) -> str:
    """Compares dlt, which reads the same bodies from files, by the CPU of a ticket."""
    if not PYTHON_OF_PEERS.exists():
        return f"dlt is not measured: there is no {PYTHON_OF_PEERS}"
    (folder / "pages").mkdir()
    for number, body in enumerate(bodies):
        (folder / "pages" / f"{number:04}.json").write_bytes(body)
    program = [str(PYTHON_OF_PEERS), str(SCRIPTS / "ingest_dlt.py"), str(folder)]
    around = {**os.environ, "DO_NOT_TRACK": "1", "HOME": str(folder)}
    done = subprocess.run(program, capture_output=True, text=True, check=True, env=around)
    answer = json.loads(done.stdout.splitlines()[-1])
    ratio = answer["cpu"] / answer["rows"] * speed
    return f"dlt, {answer['rows']:,} tickets with max_table_nesting=0, its fastest setting: {ratio:.1f} × the CPU"


def _by_row(pages: list[bytes]) -> int:
    """Converts each value by itself, as a plain loop would."""
    table, size = read_table(TABLE), 0
    for page in pages:
        columns: dict[str, list[Any]] = {field.column: [] for field in table.fields}
        for record in orjson.loads(page):
            for field in table.fields:
                value: Any = record
                for part in field.path:
                    value = value.get(part) if isinstance(value, dict) else None
                if field.type == "json":
                    columns[field.column].append(orjson.dumps(value).decode() if value else None)
                else:
                    columns[field.column].append(coerced(field.type, value)[1])
        arrays = {field.column: pa.array(columns[field.column], TYPES[field.type]) for field in table.fields}
        size += len(parquet(pa.table(arrays)))
    return size


def _quiet() -> Iterator[str]:

    from reconciler.lambdas.connectwise.tables import TABLES
    from reconciler.sandbox import in_process
    from reconciler.sandbox.connectwise import standing_in
    from tests.lambdas.clients import signed_session
    from tests.lambdas.connectwise.places import create_tables
    from tests.lambdas.connectwise_ingest.world import START, World
    from tests.lambdas.invocations import Clock

    session, clock = signed_session(), Clock(START)
    with standing_in() as vendor, in_process(clock=clock, sleep=clock.sleep) as control:
        world = World(control, vendor, clock, session)
        create_tables(world.client("dynamodb"))
        world.set_up()
        company = world.add_tenant(tables=list(TABLES))
        for table in TABLES:
            company.put(table, {"id": 1})
            world.run(table=table)
        world.pass_time(2000)
        vendor.requests.clear()
        for table in TABLES:
            world.run(table=table)
        yield f"a run of {len(TABLES)} quiet pairs: {len(vendor.requests)} requests to the vendor (goal 12 or fewer)"


def _cpu(call: Callable[[], Any]) -> float:
    begin = time.process_time()
    call()
    return time.process_time() - begin


if __name__ == "__main__" and CHILD in sys.argv:
    # Pages are made one at a time, as they come over HTTP.
    _ingest(islice(_pages(), int(sys.argv[-1]) // PAGE))
    print(round(peak_megabytes()))
