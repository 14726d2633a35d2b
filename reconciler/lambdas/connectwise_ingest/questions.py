"""The questions about a table that precede its pages: the newest stamp, and the spelling of the filter.

Which spelling an entity honours differs, and an ignored filter shows as all rows [inferred from public clients]. So a
table is asked once for rows of the far future: a filter that works answers none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from reconciler.lambdas.connectwise.clock import iso
from reconciler.lambdas.connectwise_ingest.records import TypedRecord
from reconciler.lambdas.connectwise_ingest.values import column
from reconciler.lambdas.connectwise_ingest.vendor import Vendor, WrongFilter
from reconciler.lambdas.connectwise_ingest.waits import read_date

STAMP = "_info/lastUpdated"
SPELLINGS = ("lastUpdated", STAMP)
NO_FILTER = "none"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FAR_FUTURE = "2999-01-01T00:00:00Z"


@dataclass(frozen=True)
class Newest:
    """`stamp`: epoch microseconds of the newest record, None without one. `date`: the server's clock, if it says so.

    `is_exact` is false if the server refuses the order, or has no stamps: then the date limits the pass.
    """

    stamp: int | None
    date: datetime | None
    is_exact: bool


def find_newest(vendor: Vendor, table: str) -> Newest:
    """Asks for the newest stamp that is visible now."""
    query = {"fields": f"id,{STAMP}", "orderBy": f"{STAMP} desc", "pageSize": "1"}
    try:
        reply = vendor.get(table, query)
    except WrongFilter:
        reply = vendor.get(table, {"fields": f"id,{STAMP}", "pageSize": "1"})
        return Newest(None, read_date(reply.headers.get("Date", "")), is_exact=False)
    rows, date = reply.content, read_date(reply.headers.get("Date", ""))
    stamp = stamps_of(rows)[0] if rows else None
    return Newest(stamp, date, is_exact=stamp is not None or not rows)


def find_filter(vendor: Vendor, table: str) -> str:
    """Returns the spelling that the table honours, or `none`: then the table is read whole."""
    for spelling in SPELLINGS:
        query = {"conditions": f"({spelling} >= [{FAR_FUTURE}])", "fields": "id", "pageSize": "1"}
        try:
            if not vendor.get(table, query).content:
                return spelling
        except WrongFilter:
            continue
    return NO_FILTER


def written(stamp: int) -> str:
    """Returns epoch microseconds as an ISO text, as conditions and the ledger have them."""
    return iso(_EPOCH + timedelta(microseconds=stamp))


def stamps_of(records: Iterable[Any]) -> list[int | None]:
    """Returns the epoch microseconds of each record's last change, or None."""
    texts = [_stamp(record) for record in records]
    instants, _ = column("timestamp", texts, set(map(type, texts)))
    stamps: list[int | None] = instants.cast(pa.int64()).to_pylist()
    return stamps


def _stamp(record: Any) -> Any:
    if isinstance(record, TypedRecord):
        return getattr(getattr(record, "_info", None), "lastUpdated", None)
    info = record.get("_info") if isinstance(record, dict) else None
    return info.get("lastUpdated") if isinstance(info, dict) else None
