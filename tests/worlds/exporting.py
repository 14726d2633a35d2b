"""Tables of another writer, exported and planned in one line each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from reconciler.desired import examine
from reconciler.export import Exported, Known, Target, prepare, write
from reconciler.live import ReadRequest, read
from reconciler.model import Ref
from reconciler.reconcile import Options, preview
from reconciler.sandbox import INSTANCE_ID
from tests.builders.live_tables import Made
from tests.worlds.world import World

TIER = {"Name": "Tier", "ValueType": "TEXT"}
KEY = {"Name": "Key", "ValueType": "TEXT", "Primary": True}


def exported(
    world: World,
    root: Path,
    *only: str,
    kinds: Collection[str] = ("DataTable",),
    into: str = "manifests/base",
    overwrite: bool = False,
    environment: str = "",
) -> Exported:
    """Exports the live resources of these kinds, or the named ones, next to the manifests of the folder.

    `environment`: the exported one of several.
    """
    world.environment = world.with_settings(root=root).environment

    def covers(ref: Ref) -> bool:
        return ref.kind in kinds and (not only or ref.name in only)

    found = examine(world.environment, {})
    known = Known(found.declared, *((found.desired.manifests, found.desired.removed) if found.desired else ()))
    seen = read(world.aws, world.environment.scope, known.manifests, ReadRequest(covers, account_wide=kinds or ()))
    target = Target(root / into, root, root / "manifests", overwrite, environment)
    prepared = prepare(seen, covers, target, known)
    write(prepared, target)
    return prepared


def plans_nothing(world: World) -> bool:
    """Returns whether the plan is empty after the declared resources are adopted."""
    world.adopt()
    plan = preview(Options(world.environment, world.aws)).plan
    return not plan.changes and not plan.orphans


def table(name: str, attributes: Sequence[dict[str, Any]], rows: Sequence[tuple[str, ...]] = (), **more: Any) -> Made:
    """Creates a table. Rows hold a text for each attribute. A table without a key gets one."""
    columns = [*([] if any("Primary" in each for each in attributes) else [KEY]), *attributes]
    values = [
        {
            "PrimaryValues": [
                {"AttributeName": column["Name"], "Value": text}
                for column, text in zip(columns, row, strict=True)
                if "Primary" in column
            ],
            "AttributeName": column["Name"],
            "Value": text,
        }
        for row in rows
        for column, text in zip(columns, row, strict=True)
        if "Primary" not in column
    ]
    born = {"Name": name, "TimeZone": "UTC", "ValueLockLevel": "NONE", **more}
    return Made(born, tuple(columns), tuple(values))


def csv_of(found: Exported) -> str:
    return next(path for path in found.written if path.suffix == ".csv").read_text()


def rename(world: World, old: str, new: str) -> None:
    place = {"InstanceId": INSTANCE_ID, "DataTableId": world.table_id(old)}
    world.connect.update_data_table_metadata(**place, Name=new, TimeZone="UTC", ValueLockLevel="NONE")
