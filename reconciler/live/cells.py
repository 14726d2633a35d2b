"""Groups listed values into rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.directory import Directory
from reconciler.model import LiveCell, LiveRecord


def to_records(values: Iterable[Mapping[str, Any]], directory: Directory) -> Iterable[LiveRecord]:
    """Returns the rows of listed values. A value without primary values belongs to the default record.

    Its record id does not matter.
    """
    records: dict[tuple[tuple[str, str], ...], LiveRecord] = {}
    for value in values:
        given = value.get("PrimaryValues") or ()
        pairs = tuple(sorted((primary["AttributeName"], primary["Value"]) for primary in given))
        record = records.get(pairs)
        if record is None:
            record = records[pairs] = LiveRecord(dict(pairs), {})
        # AWS does not document whether it lists keys as values. Apply never writes them as values.
        if value["AttributeName"] not in record.key:
            record.cells[value["AttributeName"]] = LiveCell(
                directory.by_name(value["Value"]),
                value.get("LockVersion") or {},
                value.get("LastModifiedTime"),
                value.get("LastModifiedRegion", ""),
            )
    return records.values()
