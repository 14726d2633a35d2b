"""An Amazon Connect instance, a reconciler that reads it, and another writer in the console."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore import xform_name

from reconciler.aws.client import Aws
from reconciler.aws.pacer import Pacer
from reconciler.directory import Directory
from reconciler.kinds.registry import KINDS
from reconciler.live import read
from reconciler.model import Call, Code, Content, Desired, Item, Manifest, Outcome, Plan, Result
from reconciler.model.environment import Environment
from reconciler.model.events import Event
from reconciler.pacing import Rates
from reconciler.plan import Selection, make_plan
from reconciler.reconcile import Options, Preview, adopt, by_address, carry_out
from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, INSTANCE_ID, REGION, Control
from tests.builders.archives import archive_of
from tests.builders.manifests import HERE

UNLIMITED = Rates(default=None)


@cache
def session() -> boto3.Session:
    """One for all tests of a process: reading Amazon Connect's service model takes longer than most of them."""
    return boto3.Session("testing", "testing", region_name=REGION)


@cache
def _clients() -> Aws:
    return Aws(session(), INSTANCE_ID, Pacer(UNLIMITED))


class World:
    """`plan` and `run` are the command's own stages, handed manifests as values instead of files."""

    def __init__(self, control: Control, root: Path, **settings: Any) -> None:
        self.control = control
        self.environment = Environment(
            "contact-centre",
            "test",
            root,
            instance=INSTANCE_ARN,
            account=ACCOUNT,
            region=REGION,
            **{"rates": UNLIMITED, **settings},
        )
        self.events: list[Event] = []
        self.aws = _clients()

    @property
    def connect(self) -> Any:
        """Returns the client of another writer: the console, a flow, a script."""
        return _other_client("connect")

    def with_settings(self, **settings: Any) -> World:
        other = World(self.control, self.environment.root)
        other.environment = replace(self.environment, **settings)
        return other

    def preview(self, *manifests: Manifest, removed: Sequence[str] = (), **selection: Any) -> Preview:
        desired = Desired({manifest.ref: manifest for manifest in manifests}, dict.fromkeys(removed, HERE))
        chosen = Selection(**selection)
        world = read(self.aws, self.environment.scope, desired.manifests, by_address(desired, chosen))
        return Preview(make_plan(self.environment, desired, world, chosen), desired, world)

    def plan(self, *manifests: Manifest, **selection: Any) -> Plan:
        return self.preview(*manifests, **selection).plan

    def apply(self, seen: Preview, decided: Mapping[Item, Result] | None = None) -> Outcome:
        options = Options(self.environment, self.aws, tell=self.events.append)
        return carry_out(options, seen, decided or {}, datetime.now(UTC))

    def run(self, *manifests: Manifest, **selection: Any) -> Outcome:
        return self.apply(self.preview(*manifests, **selection))

    def seed(self, *manifests: Manifest) -> None:
        """Seeds the flows, numbers and addresses that they name, and the users that none of them declares."""
        named = {ref for each in manifests for ref in KINDS[each.ref.kind].references(each.spec)}
        for ref in sorted(named - {each.ref for each in manifests}):
            if ref.kind == "EmailAddress":
                self.control.seed(ref.kind, {"EmailAddress": ref.name})
            elif ref.kind == "User":
                self.control.seed(ref.kind, {"Username": ref.name})
            elif ref.kind == "PhoneNumber":
                self.control.seed(ref.kind, {"PhoneNumber": ref.name})

    def adopt(self, *addresses: str) -> Outcome:
        return adopt(Options(self.environment, self.aws), addresses)

    def calls(self) -> dict[str, int]:
        """Returns the service's count of Connect calls since the last read, and resets it."""
        found = self.control.stats()["calls"]
        self.control.reset_stats()
        return {name.removeprefix("connect:"): count for name, count in found.items() if name.startswith("connect:")}

    def every_call(self) -> dict[str, int]:
        """Returns the count of all calls as `service:Operation` since the last read, and resets it."""
        found = self.control.stats()["calls"]
        self.control.reset_stats()
        return dict(found)

    def client(self, service: str) -> Any:
        """Returns the client of another writer for a service."""
        return _other_client(service)

    def send(self, call: Call, directory: Directory) -> None:
        """Makes a call as another writer."""
        client = self.client(call.service)
        takes = client.meta.service_model.operation_model(call.operation).input_shape.members
        scoped = {"InstanceId": INSTANCE_ID} if "InstanceId" in takes else {}
        getattr(client, xform_name(call.operation))(**{**scoped, **_with_code(directory.by_id(call.params))})

    def table_calls(self) -> dict[str, int]:
        """Those of them that are about data tables; of the other kinds a plan makes one bulk read each."""
        found = self.calls()
        other = {name: count for name, count in found.items() if "DataTable" not in name and name.startswith("Search")}
        assert set(other.values()) <= {1}, other
        return {name: count for name, count in found.items() if name not in other}

    def table_id(self, name: str) -> str:
        tables = self.connect.list_data_tables(InstanceId=INSTANCE_ID, MaxResults=1000)["DataTableSummaryList"]
        return str(next(table["Id"] for table in tables if table["Name"] == name))

    def cells(self, name: str) -> dict[tuple[tuple[str, ...], str], str]:
        """Returns the stored values: (primary values by attribute name, attribute) → wire text."""
        return {place: value["Value"] for place, value in self.stored(name).items()}

    def stored(self, name: str) -> dict[tuple[tuple[str, ...], str], dict[str, Any]]:
        pages = self.connect.get_paginator("list_data_table_values").paginate(
            InstanceId=INSTANCE_ID, DataTableId=self.table_id(name)
        )
        return {
            (
                tuple(p["Value"] for p in sorted(value.get("PrimaryValues") or (), key=lambda p: p["AttributeName"])),
                value["AttributeName"],
            ): value
            for page in pages
            for value in page["Values"]
        }

    def edit(self, table: str, key: Mapping[str, str], attribute: str, value: str) -> None:
        """Changes one cell in the console, as another writer."""
        place = tuple(key[name] for name in sorted(key)), attribute
        item = {
            "PrimaryValues": [{"AttributeName": name, "Value": text} for name, text in key.items()],
            "AttributeName": attribute,
            "Value": value,
            "LockVersion": self.stored(table)[place]["LockVersion"],
        }
        answer = self.connect.batch_update_data_table_value(
            InstanceId=INSTANCE_ID, DataTableId=self.table_id(table), Values=[item]
        )
        assert not answer["Failed"], answer["Failed"]


def _with_code(value: Any) -> Any:
    """Returns a call's parameters with another writer's bytes in place of each content."""
    match value:
        case Code():
            return archive_of({"theirs.py": f"# {value.sha256}"})
        case {"Body": Content() as content}:
            own = {key: item for key, item in value.items() if not key.startswith(("Checksum", "If"))}
            return {**own, "Body": content.sha256.encode()}
        case dict():
            return {key: _with_code(item) for key, item in value.items()}
        case _:
            return value


@cache
def _other_client(service: str) -> Any:
    return session().client(service)
