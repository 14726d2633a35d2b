"""Turns converted tables and agents into files: manifests, rows as CSV, and a reconcile.yaml if there is none."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from reconciler.convert.agent_rows import Agent
from reconciler.convert.layout import Layout, Table
from reconciler.convert.writable import escaped
from reconciler.documents.csv_text import write_csv
from reconciler.documents.nodes import Scalar, plain, rewritten
from reconciler.export.file_names import folder_name, stems
from reconciler.export.write import File, Target, schema_comment
from reconciler.export.yaml_out import yaml_text
from reconciler.model import Record, Ref

STACK, ENVIRONMENT = "contact-centre", "prod"


def files_of(layout: Layout, target: Target) -> dict[Ref, tuple[File, ...]]:
    """Returns the files of each table. A file of rows comes first, so that a manifest never names a missing file."""
    named = stems(table.manifest.spec.name for table in layout.tables)
    here = target.folder / folder_name("DataTable")
    comment = schema_comment("DataTable", here, target.root)
    specs = {table.manifest.ref: (table, here / named[table.manifest.spec.name]) for table in layout.tables}
    return {ref: tuple(_files(table, comment, path)) for ref, (table, path) in specs.items()}


def files_of_agents(agents: Sequence[Agent], target: Target) -> dict[Ref, tuple[File, ...]]:
    """Returns the file of each user, with the name that an export gives it."""
    named = stems(agent.name for agent in agents)
    here = target.folder / folder_name("User")
    comment = schema_comment("User", here, target.root)
    files: dict[Ref, tuple[File, ...]] = {}
    for agent in agents:
        spec = plain(rewritten(agent.spec, _as_written))
        text = yaml_text({"kind": "User", "metadata": {"name": agent.name}, "spec": spec})
        files[Ref("User", agent.name)] = (File(here / f"{named[agent.name]}.yaml", comment + text),)
    return files


def config_text(instance: str) -> str:
    """Returns a reconcile.yaml whose first environment needs no account."""
    environments = {"sandbox": {"sandbox": True}, ENVIRONMENT: {"instance": instance}}
    return yaml_text({"stack": STACK, "environments": environments})


def environment_text(instance: str, taken: Collection[str]) -> str:
    """Returns a line to add to an existing reconcile.yaml. `taken` are the names of its environments."""
    name = next(name for name in (ENVIRONMENT, "converted", instance.rpartition("/")[2]) if name not in taken)
    return f'{name}: {{instance: "{instance}"}}'


def _files(table: Table, comment: str, path: Path) -> Iterator[File]:
    records, csv = table.manifest.records, path.with_name(f"{path.name}.csv")
    if records.rows:
        yield File(csv, _csv(table))
    cells = records.default.cells if records.default else {}
    default = {name: escaped(text) for name, text in cells.items() if text is not None}
    values = {**({"file": csv.name} if records.rows else {}), **({"default": default} if default else {})}
    spec = plain(rewritten(table.spec, _as_written))
    document = {
        "kind": "DataTable",
        "metadata": {"name": table.manifest.spec.name},
        "spec": {**spec, **({"values": values} if values else {})},
    }
    yield File(path.with_name(f"{path.name}.yaml"), comment + yaml_text(document))


def _csv(table: Table) -> str:
    """Returns CSV with a column for each attribute that occurs in a row, in the order of the attributes."""
    spec: Any = table.manifest.spec
    rows = table.manifest.records.rows
    names: set[str] = set()
    for row in rows:
        names.update(row.key, row.cells)
    header = [attribute.name for attribute in spec.attributes if attribute.name in names]
    return write_csv(header, ([_cell(row, name) for name in header] for row in rows))


def _cell(row: Record, name: str) -> str | None:
    text = row.key.get(name, row.cells.get(name))
    return None if text is None else escaped(text)


def _as_written(node: Scalar) -> Scalar:
    return node._replace(value=escaped(node.value)) if isinstance(node.value, str) else node
