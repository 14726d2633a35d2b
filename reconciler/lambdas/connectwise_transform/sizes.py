"""Decides by size whether a pair is the work of a Spark job.

The ledger and the manifest have all numbers, so nothing lists the bucket and nothing reads a file of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.connectwise_transform.canonical import Tools, manifest_of
from reconciler.lambdas.connectwise_transform.mapping import TableMapping


@dataclass(frozen=True)
class Thresholds:
    """The rows above which a job does the work; None: never, because the pipeline has no job."""

    open_rows: int | None = None
    new_rows: int | None = None
    rebuilt_rows: int | None = None

    @property
    def are_set(self) -> bool:
        return any(it is not None for it in (self.open_rows, self.new_rows, self.rebuilt_rows))


@dataclass(frozen=True)
class Size:
    """The size of the work on a canonical table.

    `open_rows`: rows of the base and of the changes since. `new_rows`: rows of raw files that are not in the history.
    `rebuilt_rows`: rows of all raw files, if the history is rebuilt.
    """

    open_rows: int = 0
    new_rows: int = 0
    rebuilt_rows: int = 0


def reason_of(table: str, size: Size, above: Thresholds) -> str:
    """Returns why a job does the work, or "" if the function does it."""
    if not size.new_rows and not size.rebuilt_rows:
        return ""  # what is left to do, such as a compaction, is as long as its files
    for what, rows, most in (
        ("open rows", size.open_rows, above.open_rows),
        ("new rows", size.new_rows, above.new_rows),
        ("rows to rebuild", size.rebuilt_rows, above.rebuilt_rows),
    ):
        if most is not None and rows > most:
            return f"{table} has {rows} {what}, which is above {most}"
    return ""


def size_of(tools: Tools, item: Mapping[str, Any], mapping: TableMapping, mode: str) -> Size:
    """Returns the size of the work on a canonical table. `item` is the table's item in the ledger.

    Raises `TableFailed` or `LedgerFailed`.
    """
    manifest = manifest_of(tools, item, mapping)
    new = rebuilt = 0
    is_rebuild = mode == "rebuild" and item.get("rebuilt") != tools.run
    for source in mapping.tables:
        consumed = int(item.get("consumed", {}).get(source, 0))
        new += sum(file.rows for file in tools.ledger.raw_files(source, consumed))
        if is_rebuild:
            rebuilt += sum(file.rows for file in tools.ledger.raw_files(source))
    base = manifest.base.rows if manifest.base else 0
    return Size(base + sum(file.rows for file in manifest.tail), new, rebuilt)
