"""The DataTable kind: attributes (columns), their rules, and rows of values that contact flows look up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.kinds.connect.data_table import attributes, rows
from reconciler.kinds.connect.data_table import cells as cell_rules
from reconciler.kinds.connect.data_table.attributes import MOST_PRIMARIES, Column, name_faults
from reconciler.kinds.connect.data_table.quotas import ATTRIBUTES, BATCH_ITEMS, CELLS, TABLES
from reconciler.kinds.connect.data_table.rows import records
from reconciler.kinds.connect.data_table.spec import Attribute, DataTable, Enum, Moved, Validation, Values
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.time_zones import zone_problems
from reconciler.kinds.verbs import Cells, Listing, Parts, Update
from reconciler.model import Problem, Records, Spec, WrittenRecords
from reconciler.model.environment import Quotas


def problems(declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
    """Yields every mistake and finding. Skips what cannot be read, because the schema reports it."""
    every = attributes.columns(declared)
    if isinstance(name := declared.get("name"), str):
        yield from (Problem("error", ("name",), fault) for fault in name_faults(name))
    yield from zone_problems(declared.get("timeZone"))
    yield from attributes.problems(every)
    yield from _sizes(declared, every, quotas)
    yield from _sources(declared.get("values"), written)
    yield from rows.problems(every, written, quotas)


def _sizes(declared: Mapping[str, Any], every: Sequence[Column], quotas: Quotas) -> Iterator[Problem]:
    if len(every) > quotas.of(ATTRIBUTES):
        message = (
            f"{len(every)} attributes; the quota is {quotas.of(ATTRIBUTES)} (if AWS has raised it, set "
            f"quotas.{ATTRIBUTES.key} in reconcile.yaml)"
        )
        yield Problem("error", ("attributes",), message)
    primaries = [column for column in every if column.written.get("primary") is True]
    if len(primaries) > MOST_PRIMARIES:
        message = (
            f"{len(primaries)} primary attributes; AWS allows {MOST_PRIMARIES} and does not raise that; remove some"
        )
        yield Problem("error", (*primaries[MOST_PRIMARIES].place, "primary"), message)


def _sources(values: Any, written: WrittenRecords) -> Iterator[Problem]:
    if not isinstance(values, Mapping):
        return
    has_file, has_rows = (values.get(key) is not None for key in ("file", "rows"))
    if has_file and has_rows:
        yield Problem("error", ("values", "rows"), "values.file and values.rows are both declared; remove one")
    if values.get("prune") is not True:
        return
    if not (has_file or has_rows):
        message = (
            "prune is true but neither values.file nor values.rows is declared, so every live row would be deleted; "
            "add the rows, write rows: [] to delete all, or remove prune (an overlay replaces values whole)"
        )
        yield Problem("error", ("values", "prune"), message)
    elif has_rows and not written.rows:  # a file without rows has a finding of its own
        message = "prune is true and no row is declared, so every live row would be deleted"
        yield Problem("warning", ("values", "prune"), message)


__all__ = ["Attribute", "DataTable", "DataTableKind", "Enum", "Moved", "Validation", "Values"]

PAGE = {"MaxResults": 1000}  # the limit of the service model; the service may return smaller pages


class DataTableKind(Kind[DataTable]):
    spec = DataTable
    service = CONNECT
    identity = Identity("DataTableId", folds_case=True)
    reading = Reading(
        search=Listing("SearchDataTables", "DataTables", PAGE),
        lookup=Listing("ListDataTables", "DataTableSummaryList", PAGE),
        describe=("DescribeDataTable", "DataTable"),
    )
    writing = Writing(
        create="CreateDataTable",
        delete="DeleteDataTable",
        updates=(Update("UpdateDataTableMetadata", ("name", "description", "time_zone", "value_lock_level")),),
        # AWS requires both members, and PUBLISHED is the only status. Source: service model, CreateDataTableRequest.
        constants={"ValueLockLevel": "NONE", "Status": "PUBLISHED"},
    )
    deletion = Deletion(
        irreversible="its values and its audit history are lost, and references to its id no longer work"
    )
    parts = Parts(
        field="attributes",
        listing=Listing("ListDataTableAttributes", "Attributes", PAGE),
        create="CreateDataTableAttribute",
        update="UpdateDataTableAttribute",
        delete="DeleteDataTableAttribute",
        id_param="AttributeName",
    )
    cells = Cells(
        listing=Listing("ListDataTableValues", "Values", PAGE),
        create="BatchCreateDataTableValue",
        update="BatchUpdateDataTableValue",
        delete="BatchDeleteDataTableValue",
        rename="UpdateDataTablePrimaryValues",
        level="value_lock_level",
        most=CELLS,
        batch=BATCH_ITEMS,
    )
    quotas = (CELLS, ATTRIBUTES, TABLES, BATCH_ITEMS)

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return problems(declared, written, quotas)

    def records(self, declared: DataTable, written: WrittenRecords) -> Records:
        return records(declared, written)

    def violations(self, part: Spec, text: str) -> tuple[str, ...]:
        return cell_rules.violations(part, text) if isinstance(part, Attribute) else ()
