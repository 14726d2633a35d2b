"""The function in a world of its own: the sandbox's S3 and DynamoDB, raw files as ingest leaves them, and a clock."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.session
import duckdb

from reconciler.lambdas.connectwise.keys import raw_key, tagging
from reconciler.lambdas.connectwise.ledger import Ledger, RawFile, canonical_name, raw_name
from reconciler.lambdas.connectwise_transform.engine import HERE, Engine
from reconciler.lambdas.connectwise_transform.function import answer
from reconciler.lambdas.shared import calls
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.surroundings import Surroundings
from tests.lambdas.connectwise.places import LEDGER, TENANTS, create_tables, row
from tests.lambdas.connectwise_transform.raw_files import CONTENT, write_raw
from tests.lambdas.invocations import Clock, Context

BUCKET, TENANT, SOURCE, TABLE = "lake-111122223333", "harbor-dental", "service/tickets", "tickets"
ROLE = "arn:aws:iam::111122223333:role/reconcile/msp/dev/connectwise-tenant"
FIRST_SLOT = datetime(2026, 1, 5, 12, tzinfo=UTC)
ENVIRON = {
    "BUCKET_NAME": BUCKET,
    "TENANT_SERVICES_TABLE": TENANTS,
    "LAST_UPDATED_TABLE": LEDGER,
    "TENANT_ROLE_ARN": ROLE,
    "AWS_REGION": "us-east-1",
    "DATABASE_THREADS": "1",
}
READ = """SELECT * EXCLUDE (retracted) FROM (FROM read_parquet({files}, union_by_name = true)
  QUALIFY row_number() OVER (PARTITION BY source_id, effective_from ORDER BY commit_no DESC) = 1) WHERE NOT retracted"""
SHOWN = "source_id, content, epoch_us(effective_from), epoch_us(effective_to), change_type"


def compiled(columns: Sequence[tuple[str, str, str | None]], *tables: str, name: str = TABLE) -> dict[str, Any]:
    """Returns a compiled mapping of (name, type, source), as the command writes it."""
    listed = [{"name": column, "type": type, "source": source} for column, type, source in columns]
    sources = {table: {"key": "id", "columns": listed} for table in tables or (SOURCE,)}
    head = {"canonical_table": name, "history": "type2", "schema_version": len(columns)}
    return {**head, "sources": {"connectwise": sources}}


MAPPING = compiled([("content", "text", "content")])


@dataclass
class TransformWorld:
    """A bucket, the two tables and one tenant."""

    folder: Path
    session: botocore.session.Session
    clients: dict[str, Any]
    clock: Clock = field(default_factory=Clock)
    lines: list[str] = field(default_factory=list)
    runs: int = 0

    def __post_init__(self) -> None:
        create_tables(self.client("dynamodb"))
        self.client("s3").create_bucket(Bucket=BUCKET)
        self.put("mappings/tickets.json", json.dumps(MAPPING).encode())
        self.add_tenant(TENANT)

    def client(self, service: str, *_: Any) -> Any:
        """One of each: reading a service model takes longer than most tests."""
        if service not in self.clients:
            patience = calls.Patience(connect=3.0, read=20.0)
            self.clients[service] = calls.client(service, "us-east-1", patience, self.session)
        return self.clients[service]

    def add_tenant(self, tenant: str, **changes: Any) -> None:
        from boto3.dynamodb.types import TypeSerializer

        item = {name: TypeSerializer().serialize(value) for name, value in row(tenant, **changes).items()}
        self.client("dynamodb").put_item(TableName=TENANTS, Item=item)

    def put(self, key: str, body: bytes, layer: str = "state") -> None:
        self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body, Tagging=f"layer={layer}")

    def ledger(self, tenant: str = TENANT) -> Ledger:
        patient = calls.Calls(Deadline.within(100.0, lambda: 0.0), lambda seconds: None, lambda: 0.0)
        return Ledger(self.client("dynamodb"), patient, LEDGER, tenant)

    def item(self, tenant: str = TENANT, table: str = TABLE) -> dict[str, Any]:
        return dict(self.ledger(tenant).read(canonical_name(table)))

    def add_raw(
        self,
        rows: Sequence[Mapping[str, Any]],
        types: Mapping[str, str] = CONTENT,
        *,
        tenant: str = TENANT,
        table: str = SOURCE,
        owner: str | None = None,
        seq: int = 0,
    ) -> str:
        """Writes the next raw file of a table as ingest does, and returns its key.

        `owner` is whose rows it has. `seq` is its number, for a ledger in which others have expired.
        """
        ledger = self.ledger(tenant)
        seq = seq or 1 + sum(1 for _ in ledger.raw_files(table))
        path = self.folder / f"raw-{seq}.parquet"
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            write_raw(connection, path, rows, types, tenant=owner or tenant)
        key, body = raw_key(tenant, table, FIRST_SLOT + timedelta(seconds=seq)), path.read_bytes()
        self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body, Tagging=tagging("raw"))
        file = RawFile(seq, key, len(rows), len(body), "2026-01-05T12:00:00Z", "incremental", "r")
        item = {name: value for name, value in vars(file).items() if name != "seq"}
        ledger.put(raw_name(table, seq), {**item, "expires": 2_000_000_000})
        return key

    def lane(self, *pairs: Mapping[str, Any], mode: str = "incremental", round: int = 1) -> dict[str, Any]:
        """Returns the answer of ingest for the next slot, a quarter of an hour later."""
        self.runs += 1
        slot = FIRST_SLOT + timedelta(minutes=15 * self.runs)
        listed = pairs or ({"tenant_id": TENANT, "table_name": SOURCE, "mode": mode, "status": "done", "rows": 1},)
        run = slot.strftime("%Y%m%dT%H%M%SZ")
        return {"run": run, "slot": slot.isoformat(), "round": round, "pairs": [dict(pair) for pair in listed]}

    def invoke(
        self, event: Any, seconds: float = 900, client: Any = None, engine: Engine = HERE, **environ: str
    ) -> dict[str, Any]:
        number = iter(range(1, 1_000_000))
        around = Surroundings(
            environ={**ENVIRON, **environ},
            client=client or self.client,
            clock=self.clock,
            now=lambda: FIRST_SLOT.timestamp() + self.clock(),
            sleep=self.clock.sleep,
            random=lambda: 0.5,
            new_id=lambda: f"{next(number):032x}",
            write=self.lines.append,
        )
        return answer(event, Context("connectwise-transform", seconds, self.clock), around, engine)

    def run(self, *pairs: Mapping[str, Any], mode: str = "incremental", **more: Any) -> dict[str, Any]:
        """Runs the next slot, and returns the answer's first pair."""
        return dict(self.invoke(self.lane(*pairs, mode=mode), **more)["pairs"][0])

    def rows(self, columns: str = SHOWN, tenant: str = TENANT, table: str = TABLE) -> list[tuple[Any, ...]]:
        """Returns the history by the manifest that the ledger names."""
        item = self.item(tenant, table)
        if "manifest" not in item:
            return []
        manifest = json.loads(self.get(item["manifest"]))
        return self.read([file["key"] for file in manifest["files"]], columns)

    def listed_rows(self, columns: str = SHOWN, tenant: str = TENANT, table: str = TABLE) -> list[tuple[Any, ...]]:
        """Returns the history by a plain listing of the folder, superseded files too."""
        prefix = f"{tenant}/canonical/{table}/"
        keys = [key for key in self.listed(prefix) if "/_state/" not in key]
        return self.read(keys, columns)

    def read(self, keys: Sequence[str], columns: str) -> list[tuple[Any, ...]]:
        if not keys:
            return []
        paths = []
        for number, key in enumerate(keys):
            path = self.folder / f"read-{number}.parquet"
            path.write_bytes(self.get(key))
            paths.append(str(path))
        with duckdb.connect(config={"threads": 1}) as connection:
            text = f"SELECT {columns} FROM ({READ.format(files=paths)}) ORDER BY source_id, effective_from"
            return list(connection.execute(text).fetchall())

    def get(self, key: str) -> bytes:
        body: bytes = self.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return body

    def listed(self, prefix: str = "") -> list[str]:
        pages = self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", ())]

    def layer(self, key: str) -> str:
        tags = self.client("s3").get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"]
        return str(tags[0]["Value"])


def seen(id: int, at: int, content: str | None, seen: int = 0, *, gone: bool = False) -> dict[str, Any]:
    """A raw row that was seen 100 microseconds after its stamp, if nothing else is given."""
    return {"id": id, "at": at, "seen": seen or at + 100, "content": content, "gone": gone}
