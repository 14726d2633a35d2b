"""dlt's merge strategy scd2 of a batch, in a process and an environment of its own: python history_dlt.py FOLDER RAW

The rows are Arrow, which is dlt's fastest form. DuckDB computes their hash. It has the key, because dlt compares no
other column.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"

import dlt
import duckdb


def main() -> None:
    folder, raw = Path(sys.argv[1]), sys.argv[2]
    store = folder / "dlt"
    store.mkdir(exist_ok=True)
    columns = ", ".join(f"c{number:02}" for number in range(22))
    connection = duckdb.connect()
    hash = f"sha256(concat_ws(chr(31), id, {columns}))"
    query = f"""SELECT id, {columns}, "_info__lastUpdated" AS stamp, {hash} AS row_hash
        FROM read_parquet('{folder / raw}.parquet')
        QUALIFY row_number() OVER (PARTITION BY id ORDER BY "_info__lastUpdated" DESC) = 1"""
    rows = connection.sql(query).to_arrow_table()

    @dlt.resource(
        name="tickets",
        merge_key="id",
        write_disposition={"disposition": "merge", "strategy": "scd2", "row_version_column_name": "row_hash"},
    )
    def tickets():  # type: ignore[no-untyped-def]
        yield rows

    destination = dlt.destinations.duckdb(str(store / "history.duckdb"))
    pipeline = dlt.pipeline("bench", destination=destination, dataset_name="d", pipelines_dir=str(store / "state"))
    pipeline.run(tickets())
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    written = (store / "history.duckdb").stat().st_size
    print(json.dumps({"megabytes": peak, "written": written}))


if __name__ == "__main__":
    main()
