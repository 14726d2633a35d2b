"""An Amazon Connect instance, a reconciler that reads it, and another writer in the console."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import boto3

from reconciler.aws.client import Aws
from reconciler.aws.pacer import Pacer
from reconciler.errors import Source
from reconciler.kinds.registry import KINDS, LOOKUPS
from reconciler.live import read
from reconciler.model import Desired, Item, Manifest, Outcome, Plan, Records, Ref, Result, Written, WrittenRecords
from reconciler.model.environment import Environment
from reconciler.model.events import Event
from reconciler.pacing import Rates
from reconciler.plan import Selection, make_plan
from reconciler.reconcile import Options, Preview, adopt, by_address, carry_out
from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, INSTANCE_ID, REGION, Control

UNLIMITED = Rates(default=None)
_EXAMPLES = Path(__file__).parent / "kinds" / "examples"
EXAMPLES = {path.stem: json.loads(path.read_text()) for path in sorted(_EXAMPLES.glob("*.json"))}
HERE = Source("manifests/base/test.yaml", 1, 1)


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
        return _other_client()

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
        """Seeds the flows, users, numbers and addresses that they name."""
        named = {ref for each in manifests for ref in KINDS[each.ref.kind].references(each.spec)}
        for ref in sorted(named):
            if ref.kind in LOOKUPS:
                self.control.seed(ref.kind, {LOOKUPS[ref.kind].name: ref.name})

    def adopt(self, *addresses: str) -> Outcome:
        return adopt(Options(self.environment, self.aws), addresses)

    def calls(self) -> dict[str, int]:
        """Returns the service's count of Connect calls since the last read, and resets it."""
        found = self.control.stats()["calls"]
        self.control.reset_stats()
        return {name.removeprefix("connect:"): count for name, count in found.items() if name.startswith("connect:")}

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


@cache
def _other_client() -> Any:
    return session().client("connect")


def manifest(
    kind: str, name: str, spec: Mapping[str, Any], rows: Sequence[Mapping[str, Any]] = (), **more: Any
) -> Manifest:
    """A resource as its author declares it; cells are texts, `None` for «absent»."""
    built = KINDS[kind].spec.model_validate({**spec, "name": name})
    default, moved = more.pop("default", None), more.pop("moved", ())
    written = WrittenRecords(
        tuple(Written(row, HERE) for row in rows),
        Written(default, HERE) if default is not None else None,
        tuple((Written(old, HERE), Written(new, HERE)) for old, new in moved),
        more.pop("prune", False),
    )
    records = KINDS[kind].records(built, written) if rows or default or moved or written.prune else Records()
    return Manifest(built, HERE, records, **more)


def example(kind: str, which: str = "first", name: str = "") -> Manifest:
    it = EXAMPLES[kind][which]
    return manifest(kind, name or it.get("name", "it"), it["spec"], it.get("rows", ()), **it.get("more", {}))


def needed(kind: str, which: str = "first") -> dict[str, Any]:
    """Returns the required fields of an example."""
    required = [field.alias for field in KINDS[kind].spec.model_fields.values() if field.is_required()]
    fields = [*(key for key in required if key and key != "name"), *EXAMPLES[kind].get("needed", ())]
    return {key: EXAMPLES[kind][which]["spec"][key] for key in fields}


def surroundings(*manifests: Manifest) -> list[Manifest]:
    """Returns the manifests that these refer to, at any depth, with their required fields only."""
    known = {each.ref for each in manifests}
    found = list(manifests)
    for each in found:
        kind = KINDS[each.ref.kind]
        wanted = {*kind.references(each.spec), *(example(other).ref for other in kind.needs)}
        for ref in sorted(wanted - known):
            if ref.kind in KINDS:
                known.add(ref)
                found.append(
                    example(ref.kind) if ref.kind in kind.needs else manifest(ref.kind, ref.name, needed(ref.kind))
                )
    return found[len(manifests) :]


def permitted(*manifests: Manifest) -> dict[str, frozenset[str]]:
    """Returns the flags that allow to create them, and to replace those without values."""
    addresses = frozenset(str(each.ref) for each in manifests)
    remade = frozenset(str(each.ref) for each in manifests if not KINDS[each.ref.kind].cells)
    return {"allow_create": addresses, "allow_delete": remade}


def address(kind: str, name: str) -> str:
    return str(Ref(kind, name))
