"""The world of the load: a bucket with commits of tenants, their ledger, and a Redshift of the sandbox."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from boto3.dynamodb.types import TypeSerializer

from reconciler.lambdas.connectwise.keys import canonical_key, mapping_keys, state_key
from reconciler.lambdas.connectwise_load.function import LOCK_KEY, answer
from reconciler.lambdas.shared import calls
from reconciler.lambdas.shared.surroundings import Surroundings
from reconciler.sandbox import Control
from tests.lambdas.connectwise.places import LEDGER, TENANTS, row
from tests.lambdas.invocations import Context
from tests.worlds.warehouse import DATABASE, PASSWORD, ROLE, USER, Redshift

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
RUN = "20260105T120000Z"
BUCKET, SECRET = "lake-111122223333", "connectwise/warehouse"
HARBOR, NORTH = "harbor-dental", "north-clinic"
COLUMNS = [{"name": "summary", "type": "text"}, {"name": "hours", "type": "decimal(18,4)"}]
LOCK = {"tickets": COLUMNS}
START = datetime(2025, 6, 1)
_TIME, _TEXT, _FLAG, _LONG = pa.timestamp("us"), pa.string(), pa.bool_(), pa.int64()
_BEFORE = [("tenant_id", _TEXT), ("source_system", _TEXT), ("source_id", _LONG)]
_AFTER = [
    *(("effective_from", _TIME), ("effective_to", _TIME), ("is_current", _FLAG), ("is_deleted", _FLAG)),
    *(("change_type", _TEXT), ("source_updated_at", _TIME), ("confirmed_at", _TIME), ("first_seen_at", _TIME)),
    *(("row_hash", _LONG), ("schema_version", _LONG), ("commit_no", _LONG), ("retracted", _FLAG)),
]
_TYPES = {"text": _TEXT, "decimal(18,4)": pa.decimal128(18, 4), "bigint": _LONG}


def version(id: int, start: int, end: int | None = None, **more: Any) -> dict[str, Any]:
    """Returns a version of a record; `start` and `end` are days."""
    begun = START + timedelta(days=start)
    return {
        "source_system": "connectwise",
        "source_id": id,
        "summary": f"ticket {id}",
        "hours": Decimal("1.5000"),
        "effective_from": begun,
        "effective_to": None if end is None else START + timedelta(days=end),
        "is_current": end is None,
        "is_deleted": False,
        "change_type": "INSERT",
        "source_updated_at": begun,
        "confirmed_at": begun,
        "first_seen_at": begun,
        "row_hash": id * 1000 + start,
        "schema_version": 2,
        "retracted": False,
        **more,
    }


@dataclass
class Lake:
    """`commits` has the manifest of each tenant and table."""

    sandbox: Control
    clients: dict[str, Any]
    redshift: Redshift
    columns: list[dict[str, str]] = field(default_factory=lambda: list(COLUMNS))
    lines: list[str] = field(default_factory=list)
    manifests: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    seconds: float = 0.0

    def set_up(self) -> None:
        self.clients["s3"].create_bucket(Bucket=BUCKET)
        login = {"host": "localhost", "port": self.redshift.port, "dbName": DATABASE}
        login |= {"username": USER, "password": PASSWORD}
        self.clients["secretsmanager"].create_secret(Name=SECRET, SecretString=json.dumps(login))
        self.put_lock(LOCK)
        for tenant in (HARBOR, NORTH):
            self.put_tenant(tenant)

    @property
    def environ(self) -> dict[str, str]:
        return {
            "BUCKET_NAME": BUCKET,
            "TENANT_SERVICES_TABLE": TENANTS,
            "LAST_UPDATED_TABLE": LEDGER,
            "COPY_ROLE_ARN": ROLE,
            "REDSHIFT_SECRET_ID": SECRET,
            "AWS_REGION": "us-east-1",
        }

    def put_lock(self, lock: Any) -> None:
        self.clients["s3"].put_object(Bucket=BUCKET, Key=LOCK_KEY, Body=json.dumps(lock))

    def put_mapping(self, history: str, tenant: str = "") -> None:
        """Writes a compiled mapping: a tenant's own one, or that of all."""
        key = mapping_keys(tenant, "tickets")[0 if tenant else 1]
        body = json.dumps({"canonical_table": "tickets", "history": history, "schema_version": 2, "sources": {}})
        self.clients["s3"].put_object(Bucket=BUCKET, Key=key, Body=body)

    def put_tenant(self, tenant: str, **more: Any) -> None:
        item = {name: TypeSerializer().serialize(value) for name, value in row(tenant, **more).items()}
        self.clients["dynamodb"].put_item(TableName=TENANTS, Item=item)

    def commit(self, tenant: str, *versions: dict[str, Any], table: str = "tickets", **file: Any) -> str:
        """Writes a change file with the next commit, its manifest, and the pointer. Returns the key of the file."""
        key, manifest = self.write(tenant, *versions, table=table, **file)
        self.point_to(tenant, table, manifest)
        return key

    def write(self, tenant: str, *versions: dict[str, Any], table: str = "tickets", **file: Any) -> tuple[str, Any]:
        """Writes the change file of the next commit. Returns its key and the manifest."""
        known = self.manifests.setdefault((tenant, table), {"commit": 0, "files": []})
        number = known["commit"] + 1
        at = NOON - timedelta(hours=1) + timedelta(minutes=number)
        key = canonical_key(tenant, table, at)
        body = parquet(self.columns, [{"tenant_id": tenant, "commit_no": number, **it} for it in versions])
        self.clients["s3"].put_object(Bucket=BUCKET, Key=key, Body=body)
        longest = max((len(str(it["summary"]).encode()) for it in versions if it.get("summary")), default=0)
        entry = {"key": key, "first": number, "last": number, "rows": len(versions), "bytes": len(body)}
        entry |= {"longest": longest}
        files = [*known["files"], {**entry, "columns": len(self.columns), **file}]
        manifest = {"format": 1, "commit": number, "at": at.isoformat(), "columns": self.columns, "files": files}
        self.manifests[tenant, table] = manifest
        return key, manifest

    def point_to(self, tenant: str, table: str, manifest: dict[str, Any]) -> None:
        """Writes a manifest, and the pointer to it."""
        place = state_key(tenant, table, manifest["commit"])
        self.clients["s3"].put_object(Bucket=BUCKET, Key=place, Body=json.dumps(manifest))
        item = {"tenant_id": {"S": tenant}, "table_name": {"S": f"canonical/{table}"}}
        item |= {"commit": {"N": str(manifest["commit"])}, "manifest": {"S": place}}
        self.clients["dynamodb"].put_item(TableName=LEDGER, Item=item)

    def invoke(self, event: Any, seconds: float = 900, **environ: str) -> dict[str, Any]:
        def sleep(duration: float) -> None:
            self.seconds += duration

        around = Surroundings(
            environ={**self.environ, **environ},
            client=lambda service, region, patience: self.clients[service],
            clock=lambda: self.seconds,
            now=lambda: NOON.timestamp() + self.seconds,
            sleep=sleep,
            random=random.Random(1).random,  # noqa: S311 - of pauses
            new_id=lambda: uuid4().hex,
            write=self.lines.append,
        )
        return answer(event, Context("connectwise-load", seconds), around)

    def load(self, run: str = RUN, **environ: str) -> dict[str, Any]:
        return self.invoke({"run": run}, **environ)

    def rows(self, columns: str = "tenant_id, source_id, effective_from::date, effective_to::date") -> list[list[Any]]:
        return self.redshift.sql(f"select {columns} from canonical.tickets order by 1, 2, 3")  # noqa: S608

    def watermarks(self) -> dict[str, int]:
        rows = self.redshift.sql("select tenant_id, commit_no from canonical.watermarks")
        return {str(tenant): int(commit or 0) for tenant, commit in rows}

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


def parquet(columns: Sequence[dict[str, str]], rows: Sequence[dict[str, Any]]) -> bytes:
    """Returns a canonical file: the columns in the order in which transform writes them."""
    business = [(column["name"], _TYPES[column["type"]]) for column in columns]
    schema = pa.schema([*_BEFORE, *business, *_AFTER])
    table = pa.table({name: [it.get(name) for it in rows] for name in schema.names}, schema=schema)
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def clients(session: Any) -> dict[str, Any]:
    names = ("dynamodb", "iam", "redshift-data", "redshift-serverless", "s3", "secretsmanager")
    patience = calls.Patience(connect=3.0, read=10.0)
    return {name: calls.client(name, "us-east-1", patience, session) for name in names}
