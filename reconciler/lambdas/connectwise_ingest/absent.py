"""The arithmetic of an id sweep: what is known, what is there, and what follows. Pure, on Arrow tables.

known  id, stamp, misses: the records that raw files brought and no tombstone took away
there  id, stamp: the records that the server has now
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from reconciler.lambdas.connectwise_ingest.values import TIME

KNOWN = pa.schema([("id", pa.int64()), ("stamp", TIME), ("misses", pa.int64())])
LISTED = pa.schema([("id", pa.int64()), ("stamp", TIME)])
RAW_COLUMNS = ("id", "_info__lastUpdated", "_deleted")
FEWEST = 50
"""So many records may vanish at once, whatever their share is."""


@dataclass(frozen=True)
class Sweep:
    """`due`: ids that were absent often enough. `changed`: ids whose stamp differs. `new`: unknown ids, with stamps.

    `index` is the next `known`, before anything is done about the others.
    """

    due: list[int]
    changed: list[int]
    new: pa.Table
    index: pa.Table
    open: int


def after_raw(known: pa.Table, raw: Iterable[pa.Table]) -> pa.Table:
    """Returns `known` after raw files in their order: the newest row of an id counts, and a tombstone removes it."""
    parts = [known.append_column("deleted", pa.array([False] * len(known), pa.bool_()))]
    for rows in raw:
        zeros = pa.array([0] * len(rows), pa.int64())
        columns = [rows["id"], rows["_info__lastUpdated"], zeros, rows["_deleted"]]
        parts.append(pa.table(columns, names=["id", "stamp", "misses", "deleted"]))
    whole = pa.concat_tables(parts)
    last = whole.group_by("id", use_threads=False).aggregate(
        [("stamp", "last"), ("misses", "last"), ("deleted", "last")]
    )
    last = last.filter(pc.invert(last["deleted_last"]))
    return pa.table([last["id"], last["stamp_last"], last["misses_last"]], schema=KNOWN)


def compare(known: pa.Table, listed: pa.Table, confirmations: int) -> Sweep:
    """Compares what is known with what the server has."""
    there = listed.rename_columns(["id", "now"]).append_column("is_there", pa.array([True] * len(listed), pa.bool_()))
    held = known.append_column("is_known", pa.array([True] * len(known), pa.bool_()))
    whole = held.join(there, keys="id", join_type="full outer").sort_by("id")
    is_there, is_known = (pc.fill_null(whole[name], False) for name in ("is_there", "is_known"))
    misses = pc.if_else(is_there, 0, pc.add(pc.fill_null(whole["misses"], 0), 1))
    is_due = pc.and_(pc.invert(is_there), pc.greater_equal(misses, confirmations))
    differs = pc.fill_null(pc.not_equal(whole["stamp"], whole["now"]), False)
    new = whole.filter(pc.and_(is_there, pc.invert(is_known)))
    index = pa.table([whole["id"], whole["stamp"], misses], schema=KNOWN).filter(is_known)
    return Sweep(
        due=whole.filter(is_due)["id"].to_pylist(),
        changed=whole.filter(pc.and_(pc.and_(is_there, is_known), differs))["id"].to_pylist(),
        new=pa.table([new["id"], new["now"]], schema=LISTED),
        index=index,
        open=len(known),
    )


def allowed(open_rows: int, max_percent: int) -> int:
    """Returns the number of records that may vanish at once."""
    return max(FEWEST, open_rows * max_percent // 100)


def sample(ids: list[int], most: int) -> list[int]:
    """Returns up to `most` ids, evenly spread."""
    return ids if len(ids) <= most else [ids[place * len(ids) // most] for place in range(most)]


def reset(index: pa.Table, alive: Iterable[int]) -> pa.Table:
    """Returns the index with no misses for these ids."""
    is_alive = pc.is_in(index["id"], value_set=pa.array(sorted(alive), pa.int64()))
    return pa.table([index["id"], index["stamp"], pc.if_else(is_alive, 0, index["misses"])], schema=KNOWN)
