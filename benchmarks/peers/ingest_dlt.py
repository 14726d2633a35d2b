"""dlt from the JSON of pages to Parquet on disk, in an environment of its own: python ingest_dlt.py FOLDER

Prints JSON with the seconds of CPU after the imports, and the rows that were written. `max_table_nesting=0` is dlt's
fastest setting: objects and lists stay JSON texts. With columns for objects and tables for lists it needs a third more.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
os.environ["DATA_WRITER__DISABLE_COMPRESSION"] = "true"

import dlt
import orjson
import pyarrow.parquet as pq


def main() -> None:
    folder = Path(sys.argv[1])

    @dlt.resource(name="tickets", write_disposition="append", max_table_nesting=0)
    def tickets():  # type: ignore[no-untyped-def]
        for page in sorted((folder / "pages").glob("*.json")):
            yield orjson.loads(page.read_bytes())

    destination = dlt.destinations.filesystem(str(folder / "lake"))
    pipeline = dlt.pipeline("bench", destination=destination, dataset_name="d", pipelines_dir=str(folder / "state"))
    before = sum(os.times()[:4])
    pipeline.run(tickets(), loader_file_format="parquet")
    spent = sum(os.times()[:4]) - before
    rows = sum(pq.read_metadata(file).num_rows for file in (folder / "lake").glob("d/tickets/*.parquet"))
    print(json.dumps({"cpu": spent, "rows": rows}))


if __name__ == "__main__":
    main()
