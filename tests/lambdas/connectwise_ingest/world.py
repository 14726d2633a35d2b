"""Ingest between a stand-in of ConnectWise and the local AWS, with a simulated clock on both sides."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import botocore.session
import pyarrow as pa
import pyarrow.parquet as pq
from boto3.dynamodb.types import TypeSerializer

from reconciler.lambdas.connectwise.clock import iso, run_name
from reconciler.lambdas.connectwise.ledger import Ledger, RawFile
from reconciler.lambdas.connectwise.session import TenantRole
from reconciler.lambdas.connectwise_ingest.function import answer
from reconciler.lambdas.shared import calls
from reconciler.lambdas.shared.calls import Calls, Patience
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.surroundings import Surroundings
from reconciler.packaging.source import LAMBDAS
from reconciler.sandbox import ACCOUNT, Control
from reconciler.sandbox.connectwise import Company, StandIn
from tests.lambdas.connectwise.places import LEDGER, TENANTS, row
from tests.lambdas.invocations import Clock
from tests.lambdas.policies import filled_in

BUCKET, ROLE, FUNCTION = "lake", "tenant", "function"
PLACES = {"PARTITION": "aws", "REGION": "us-east-1", "ACCOUNT": ACCOUNT, "FUNCTION_NAME": "connectwise-ingest"}
TICKETS = "service/tickets"
SLOT = "2026-11-28T19:40:00Z"
# Our clock is in another year than the vendor's: they are never compared.
START = datetime(2026, 11, 28, 19, 40, tzinfo=UTC).timestamp()
ENVIRON = {
    **{"BUCKET_NAME": BUCKET, "TENANT_SERVICES_TABLE": TENANTS, "LAST_UPDATED_TABLE": LEDGER},
    **{"AWS_REGION": "us-east-1", "TENANT_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}", "ALLOW_HTTP": "true"},
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["sts:AssumeRole", "sts:TagSession"]},
}


@dataclass
class World:
    control: Control
    vendor: StandIn
    clock: Clock
    aws: botocore.session.Session
    environ: dict[str, str] = field(default_factory=lambda: dict(ENVIRON))
    lines: list[str] = field(default_factory=list)
    make_client: Callable[..., Any] = calls.client
    budget: float = 600.0
    own: botocore.session.Session | None = None
    """The session of the function's own role."""
    _hands: int = 0

    def client(self, name: str) -> Any:
        return calls.client(name, "us-east-1", Patience(connect=3.0, read=10.0), self.aws)

    def set_up(self) -> None:
        """Creates the bucket and both roles with the shipped policies; the tables are there."""
        self.client("s3").create_bucket(Bucket=BUCKET)
        for name, folder in ((ROLE, "connectwise"), (FUNCTION, "connectwise_ingest")):
            self.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
            self.allow(name, json.loads((LAMBDAS / folder / "policy.json").read_text()))
        role = TenantRole(self.client("sts"), calm(), f"arn:aws:iam::{ACCOUNT}:role/{FUNCTION}")
        self.own = role.session("-", "function")

    def allow(self, role: str, policy: Any) -> None:
        """Gives a role a policy, with the names of this world."""
        document = filled_in(policy, {**self.environ, **PLACES})
        self.client("iam").put_role_policy(RoleName=role, PolicyName="main", PolicyDocument=document)

    def add_tenant(self, tenant: str = "harbor-dental", **changes: Any) -> Company:
        """Creates a tenant with a company of its own at the vendor, and its secret."""
        company = self.vendor.company(tenant)
        company.private_key = f"private-{tenant}"
        attributes = row(tenant, connectwise_url=self.vendor.url, **changes)
        item = {name: TypeSerializer().serialize(value) for name, value in attributes.items()}
        self.client("dynamodb").put_item(TableName=TENANTS, Item=item)
        secret = {**self.vendor.credentials(tenant), "pii_key": "0123456789abcdef"}
        self.put_secret(tenant, secret)
        return company

    def put_secret(self, tenant: str, content: Any) -> None:
        client, name = self.client("secretsmanager"), f"connectwise/{tenant}/dev"
        text = content if isinstance(content, str) else json.dumps(content)
        try:
            client.create_secret(Name=name, SecretString=text)
        except client.exceptions.ResourceExistsException:
            client.put_secret_value(SecretId=name, SecretString=text)

    def invoke(self, event: Any, **environ: str) -> dict[str, Any]:
        ends = self.clock() + self.budget
        context = SimpleNamespace(
            aws_request_id="request",
            function_name="connectwise-ingest",
            get_remaining_time_in_millis=lambda: (ends - self.clock()) * 1000,
        )
        return answer(event, context, self._around(environ))

    def _around(self, environ: Mapping[str, str]) -> Surroundings:
        def client(service: str, region: str, patience: Patience, session: botocore.session.Session | None) -> Any:
            return self.make_client(service, region, patience, session or self.own)

        def new_id() -> str:
            self._hands += 1
            return f"{self._hands:08x}" + "0" * 24

        return Surroundings(
            {**self.environ, **environ},
            client,
            self.clock,
            self.clock,
            self.clock.sleep,
            lambda: 0.5,
            self.lines.append,
            new_id,
        )

    def run(
        self, tenant: str = "harbor-dental", table: str = TICKETS, mode: str = "incremental", **more: Any
    ) -> dict[str, Any]:
        """Runs one pair to its end, as the machine does: again while it is behind. Returns its last result."""
        environ = {name: more.pop(name) for name in list(more) if name.isupper()}
        pair: dict[str, Any] = {"tenant_id": tenant, "table_name": table, "mode": mode, **more}
        slot = datetime.fromtimestamp(self.clock(), UTC)
        lane: dict[str, Any] = {"run": run_name(slot), "slot": iso(slot), "round": 1, "pairs": [pair]}
        for _ in range(40):
            lane = {**self.invoke(lane, **environ), "round": lane["round"] + 1}
            if lane["pairs"][0]["status"] != "behind":
                break
            if wait := lane["pairs"][0].get("wait"):
                self.pass_time(wait)
                lane["now"] = iso(datetime.fromtimestamp(self.clock(), UTC))
        return dict(lane["pairs"][0])

    def poll(self, seconds: float = 900.0, **more: Any) -> dict[str, Any]:
        """Lets time pass on both sides, and runs."""
        self.pass_time(seconds)
        return self.run(**more)

    def pass_time(self, seconds: float = 900.0) -> None:
        self.clock.seconds += seconds
        self.vendor.clock.advance(seconds)

    def ledger(self, tenant: str = "harbor-dental") -> Ledger:
        return Ledger(self.client("dynamodb"), calm(), LEDGER, tenant)

    def state(self, tenant: str = "harbor-dental", table: str = TICKETS) -> Mapping[str, Any]:
        return self.ledger(tenant).read(table)

    def files(self, tenant: str = "harbor-dental", table: str = TICKETS) -> list[RawFile]:
        return list(self.ledger(tenant).raw_files(table))

    def rows(self, tenant: str = "harbor-dental", table: str = TICKETS) -> list[dict[str, Any]]:
        """Returns the rows of all raw files that the ledger names, in order."""
        return [found for file in self.files(tenant, table) for found in self.read(file.key).to_pylist()]

    def read(self, key: str) -> pa.Table:
        body = self.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return pq.read_table(io.BytesIO(body))

    def objects(self) -> list[str]:
        pages = self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return [found["Key"] for page in pages for found in page.get("Contents", ())]

    def everything(self) -> str:
        """Returns every byte that is kept anywhere, as text: objects, items, logs."""
        parts = list(self.lines)
        for key in self.objects():
            body = self.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
            parts.append(str(self.read(key).to_pylist()) if key.endswith(".parquet") else body.decode())
            parts.append(key)
        parts.append(str(self.client("dynamodb").scan(TableName=LEDGER)["Items"]))
        return "\n".join(parts)


def lane(*tenants: str, run: str = "20261128T194000Z", **more: Any) -> dict[str, Any]:
    """Returns the event of a lane with one pair for each tenant."""
    pairs = [{"tenant_id": tenant, "table_name": TICKETS, "mode": "incremental", **more} for tenant in tenants]
    return {"run": run, "slot": SLOT, "round": 1, "pairs": pairs}


def statuses(answer: dict[str, Any]) -> list[str]:
    return [pair["status"] for pair in answer["pairs"]]


def errors(answer: dict[str, Any]) -> list[str]:
    return [pair.get("error", "") for pair in answer["pairs"]]


def calm() -> Calls:
    """Returns calls that wait without waiting."""
    return Calls(Deadline.within(1000.0, lambda: 0.0), lambda seconds: None, lambda: 0.0)


def ticket(id: int, summary: str = "VPN drops", **members: Any) -> dict[str, Any]:
    return {
        "id": id,
        "summary": summary,
        "board": {"id": 7, "name": "Help Desk", "_info": {"board_href": "https://cw.example.com/boards/7"}},
        "contact": {"id": 9127, "name": "Dana Whitfield"},
        "budgetHours": 2.0,
        "closedFlag": False,
        "requiredDate": "2026-03-04T00:00:00Z",
        **members,
    }
