"""The Lambda in a world of its own: the sandbox's AWS, a Redshift, and a clock that only sleeping moves."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from uuid import uuid4

import botocore.session

from reconciler.lambdas.contact_calls.function import answer
from reconciler.lambdas.shared import calls
from reconciler.lambdas.shared.surroundings import Surroundings
from reconciler.sandbox import INSTANCE_ARN, INSTANCE_ID, Control
from tests.lambdas.invocations import Context
from tests.worlds.warehouse import DATABASE, PASSWORD, ROLE, USER, Redshift

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
LEDGER, BUCKET, SECRET = "contact-calls", "contact-calls-111122223333", "redshift/loader"
PHONE_KEY = "0123456789abcdef-of-tests"
Row = dict[str, str | None]


@dataclass
class Clock:
    """Seconds; sleeping moves it on, and those who sleep together wake together."""

    at: float = NOON.timestamp()
    _lock: Lock = field(default_factory=Lock)

    def __call__(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.at = max(self.at, self.at + seconds)


@dataclass
class Pipeline:
    sandbox: Control
    session: botocore.session.Session
    clock: Clock
    redshift: Redshift | None
    environ: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    clients: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environ |= {
            "CONNECT_INSTANCE_ARN": INSTANCE_ARN,
            "LEDGER_TABLE": LEDGER,
            "LOAD_BUCKET": BUCKET,
            "COPY_ROLE_ARN": ROLE,
            "REDSHIFT_SECRET_ID": SECRET,
            "RATES": "SearchContacts=1000/1000,DescribeContact=100000/100000",
        }
        keys = [("pipeline", "HASH"), ("item", "RANGE")]
        self.client("dynamodb").create_table(
            TableName=LEDGER,
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            BillingMode="PAY_PER_REQUEST",
        )
        self.client("s3").create_bucket(Bucket=BUCKET)
        port = self.redshift.port if self.redshift else 5439
        result = {"host": "localhost", "port": port, "dbName": DATABASE, "username": USER, "password": PASSWORD}
        secret = json.dumps(result | {"phone_key": PHONE_KEY})
        self.client("secretsmanager").create_secret(Name=SECRET, SecretString=secret)

    def client(self, service: str, region: str = "us-east-1", patience: Any = None) -> Any:
        """One of each: reading a service model takes longer than most tests."""
        if service not in self.clients:
            self.clients[service] = calls.client(service, region, patience or calls.Patience(), self.session)
        return self.clients[service]

    def invoke(self, event: Any, seconds: float = 900, **environ: str) -> dict[str, Any]:
        around = Surroundings(
            environ={**self.environ, **environ},
            client=self.client,
            clock=self.clock,
            now=self.clock,
            sleep=self.clock.sleep,
            random=random.Random(1).random,  # noqa: S311 - of pauses
            new_id=lambda: uuid4().hex,
            write=self.lines.append,
        )
        return answer(event, Context("contact-calls", seconds, self.clock), around)

    def run(self, at: str, **more: Any) -> dict[str, Any]:
        """A run of the schedule, due at a time of 2026-01-05 in UTC, and not before that time has come."""
        self.clock.at = max(self.clock.at, at_time(at))
        return self.invoke({"time": f"2026-01-05T{at}:00Z"}, **more)

    def seed(self, id: str, ended: str | None, **members: Any) -> None:
        """A call that ended at a time of that day, 60 s after an agent had it."""
        contact: dict[str, Any] = {"Id": id, "Channel": "VOICE", "InitiationMethod": "INBOUND"}
        if ended is not None:
            at = at_time(ended)
            contact |= {"InitiationTimestamp": at - 90, "DisconnectTimestamp": at, "LastUpdateTimestamp": at + 10}
        self.sandbox.seed("Contact", contact | members)

    def seed_many(self, count: int, start: str, end: str, **more: Any) -> None:
        span = {"start": f"2026-01-05T{start}:00+00:00", "end": f"2026-01-05T{end}:00+00:00"}
        self.sandbox.seed("Contacts", {"count": count, "unfinished": 0, **span, **more})

    def calls(self, name: str) -> int:
        return int(self.sandbox.stats()["calls"].get(name, 0))

    def rows(self, *columns: str, table: str = "f_calls", where: str = "true") -> list[Row]:
        assert self.redshift is not None
        order = "contact_id" if table == "f_calls" else "1"
        found = self.redshift.sql(
            f"select {', '.join(columns)} from connect.{table} where {where} order by {order}"  # noqa: S608
        )
        return [dict(zip(columns, row, strict=True)) for row in found]

    def count(self, table: str = "f_calls") -> int:
        assert self.redshift is not None
        return int(self.redshift.sql(f"select count(*) from connect.{table}")[0][0] or 0)  # noqa: S608

    def items(self) -> list[dict[str, Any]]:
        return list(self.client("dynamodb").scan(TableName=LEDGER)["Items"])

    def item(self, name: str) -> Mapping[str, Any]:
        key = {"pipeline": {"S": INSTANCE_ID}, "item": {"S": name}}
        found = self.client("dynamodb").get_item(TableName=LEDGER, Key=key)
        return dict(found.get("Item", {}))

    def watermark(self) -> str:
        return str(self.item("state").get("watermark", {}).get("S", ""))

    def objects(self, prefix: str = "") -> dict[str, bytes]:
        s3 = self.client("s3")
        listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", ())
        return {each["Key"]: s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read() for each in listed}

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


def at_time(clock: str) -> float:
    """Returns a time of 2026-01-05 in UTC: `13:50` or `13:50:30`."""
    return datetime.fromisoformat(f"2026-01-05T{clock}+00:00").timestamp()
