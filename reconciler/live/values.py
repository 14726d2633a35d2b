"""Listed values as the rows they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.directory import Directory
from reconciler.model import LiveCell, LiveRecord


def to_records(values: Iterable[Mapping[str, Any]], directory: Directory) -> Iterable[LiveRecord]:
    """The default record is the one without primary values, whatever its record id says."""
    records: dict[tuple[tuple[str, str], ...], LiveRecord] = {}
    for value in values:
        given = value.get("PrimaryValues") or ()
        pairs = tuple(sorted((primary["AttributeName"], primary["Value"]) for primary in given))
        record = records.get(pairs)
        if record is None:
            record = records[pairs] = LiveRecord(dict(pairs), {})
        # Whether keys are listed as values of their own is not documented; they are never ours to write.
        if value["AttributeName"] not in record.key:
            record.cells[value["AttributeName"]] = LiveCell(
                directory.by_name(value["Value"]),
                value.get("LockVersion") or {},
                value.get("LastModifiedTime"),
                value.get("LastModifiedRegion", ""),
            )
    return records.values()
