"""Checks a data table: rules between its fields, its attributes and its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.environment import Quotas
from reconciler.kinds.connect import attribute_rules, row_rules
from reconciler.kinds.connect.attribute_rules import MOST_PRIMARIES, Column, name_faults
from reconciler.kinds.connect.row_rules import records
from reconciler.kinds.connect.time_zones import zone_problems
from reconciler.model import Problem, WrittenRecords

__all__ = ["problems", "records"]


def problems(declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
    """Yields every mistake and finding. Skips what cannot be read, because the schema reports it."""
    every = attribute_rules.columns(declared)
    if isinstance(name := declared.get("name"), str):
        yield from (Problem("error", ("name",), fault) for fault in name_faults(name))
    yield from zone_problems(declared.get("timeZone"))
    yield from attribute_rules.problems(every)
    yield from _sizes(declared, every, quotas)
    yield from _sources(declared.get("values"), written)
    yield from row_rules.problems(every, written, quotas)


def _sizes(declared: Mapping[str, Any], every: Sequence[Column], quotas: Quotas) -> Iterator[Problem]:
    if len(every) > quotas.attributes_per_table:
        message = (
            f"{len(every)} attributes; the quota is {quotas.attributes_per_table} (if AWS has raised it, set "
            "quotas.attributesPerTable in reconcile.yaml)"
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
