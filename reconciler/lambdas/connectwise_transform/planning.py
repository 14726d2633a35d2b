"""Decides the next piece of work for a canonical table, and spells it as the ledger keeps it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, cast

from reconciler.lambdas.connectwise.clock import iso, read_instant
from reconciler.lambdas.connectwise.ledger import Item, RawFile
from reconciler.lambdas.connectwise_transform.commit import NOT_YET, Kind, Work
from reconciler.lambdas.connectwise_transform.mapping import TableMapping, mapping_of
from reconciler.lambdas.connectwise_transform.state import LogFile, Manifest

# So many files of one size become one.
COMPACTED = 16
_SMALLEST = 1000  # rows of a file of the first size
_STEP = timedelta(microseconds=1)


@dataclass(frozen=True)
class Limits:
    """The most that one commit reads."""

    files: int = 64
    rows: int = 1_000_000


@dataclass(frozen=True)
class Table:
    """A canonical table as a run finds it. `item` is its item in the ledger."""

    item: Item
    manifest: Manifest
    mapping: TableMapping

    @property
    def consumed(self) -> dict[str, int]:
        """The number of the last raw file that is in the history, by source table."""
        return {table: int(self.item.get("consumed", {}).get(table, 0)) for table in self.mapping.tables}


def spans_of(files: Mapping[str, Iterable[RawFile]], limits: Limits) -> dict[str, tuple[int, int]]:
    """Returns the first and last new file of each source table, up to the limits. One file is always taken."""
    spans: dict[str, tuple[int, int]] = {}
    count = rows = 0
    for table, new in files.items():
        for file in new:
            if count and (count >= limits.files or rows + file.rows > limits.rows):
                return spans
            count, rows = count + 1, rows + file.rows
            spans[table] = (spans.get(table, (file.seq, 0))[0], file.seq)
    return spans


def next_work(
    table: Table, files: Mapping[str, Iterable[RawFile]], mode: str, run: str, now: datetime, limits: Limits = Limits()
) -> Work | None:
    """Returns the next piece of work, or None if there is none. `files` yields the new raw files of each source."""
    commit, mapping = table.manifest.commit + 1, table.manifest.current(table.mapping)
    at = max(now, read_instant(table.manifest.at) + _STEP) if table.manifest.at else now
    spans = spans_of(files, limits)
    if spans:
        return Work("merge", commit, at, mapping, spans)
    if needs_fill(table.manifest, table.mapping):
        return Work("fill", commit, at, mapping, _spans_to_fill(table, limits))
    if mode == "rebuild" and table.manifest.commit and table.item.get("rebuilt") != run:
        whole = {source: (1, last) for source, last in table.consumed.items() if last}
        return Work("rebuild", commit, at, mapping, whole)
    keys = compactable(table.manifest, table.item.get("loaded_commit")) if mode == "ids" else ()
    return Work("compact", commit, at, mapping, keys=keys) if keys else None


def needs_fill(manifest: Manifest, mapping: TableMapping) -> bool:
    """Returns whether open rows may have an older schema that raw files can fill."""
    if not manifest.commit:
        return False
    return bool(manifest.refill) or manifest.schemas[-1].fingerprint != mapping.fingerprint


def _spans_to_fill(table: Table, limits: Limits) -> dict[str, tuple[int, int]]:
    """Returns the newest raw files of each source that were not read again yet; (1, 0) if there are none."""
    is_new = table.manifest.schemas[-1].fingerprint != table.mapping.fingerprint
    refill = {} if is_new else table.manifest.refill
    spans = {}
    for source, consumed in table.consumed.items():
        last = min(refill.get(source, NOT_YET) - 1, consumed)
        spans[source] = (max(1, last - limits.files + 1), max(last, 0))
    return spans


def compactable(manifest: Manifest, loaded: int | None) -> tuple[str, ...]:
    """Returns the keys of files of one size that become one, oldest first.

    They are older than the base, so its tail stays small. The warehouse has loaded them, if there is one.
    """
    base = manifest.base
    most = min(base.last if base else 0, manifest.commit if loaded is None else loaded)
    ready = [file for file in manifest.files if file.last <= most and base and file.key != base.key]
    for _, files in groupby(sorted(ready, key=lambda file: (_size(file), file.first)), key=_size):
        keys = tuple(file.key for file in files)[:COMPACTED]
        if len(keys) == COMPACTED:
            return keys
    return ()


def _size(file: LogFile) -> int:
    """Returns the size of a file: each is up to 16 times the one before."""
    size, rows = 0, file.rows
    while rows > _SMALLEST:
        size, rows = size + 1, rows // COMPACTED
    return size


def pinned(work: Work) -> dict[str, Any]:
    """Returns the work as the ledger keeps it until it is done: everything that decides its result."""
    return {
        "commit": work.commit,
        "at": iso(work.at),
        "kind": work.kind,
        "upto": {table: last for table, (_, last) in work.spans.items()},
        "first": {table: first for table, (first, _) in work.spans.items()},
        "keys": list(work.keys),
        "schema_version": work.mapping.schema_version,
        "mapping": json.dumps(work.mapping.content(), sort_keys=True),
    }


def unpinned(inflight: Mapping[str, Any], canonical_table: str) -> Work:
    """Returns the work that `pinned` describes."""
    mapping = mapping_of(canonical_table, inflight["schema_version"], json.loads(inflight["mapping"]))
    return Work(
        kind=cast(Kind, inflight["kind"]),  # `pinned` wrote it
        commit=inflight["commit"],
        at=read_instant(inflight["at"]),
        mapping=mapping,
        spans={table: (inflight["first"][table], last) for table, last in inflight["upto"].items()},
        keys=tuple(inflight["keys"]),
    )
