"""The tools of one pair, and the writer of its raw files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from reconciler.lambdas.connectwise.clock import iso
from reconciler.lambdas.connectwise.ledger import Item, RawFile
from reconciler.lambdas.connectwise.tables import SourceTable
from reconciler.lambdas.connectwise.tenants import Tenant
from reconciler.lambdas.connectwise_ingest.flatten import Flattener
from reconciler.lambdas.connectwise_ingest.hiding import Hider
from reconciler.lambdas.connectwise_ingest.pages import Page
from reconciler.lambdas.connectwise_ingest.place import Place
from reconciler.lambdas.connectwise_ingest.results import Counts
from reconciler.lambdas.connectwise_ingest.settings import Settings
from reconciler.lambdas.connectwise_ingest.shelf import Shelf
from reconciler.lambdas.connectwise_ingest.vendor import Vendor

DAY_SECONDS = 86_400
# The number of a row: that of its file, and its place in it.
ROWS_A_FILE = 1_000_000


@dataclass
class Work:
    """A pair that is worked on. `passed` returns the seconds since the function began."""

    tenant: Tenant
    table: SourceTable
    run: str
    settings: Settings
    place: Place
    shelf: Shelf
    vendor: Vendor
    hider: Hider
    flattener: Flattener
    passed: Callable[[], float]
    counts: Counts = field(default_factory=Counts)


@dataclass
class Writer:
    """Collects rows and writes them as raw files. `mode` is the pass that they come from."""

    work: Work
    mode: str
    _parts: list[pa.Table] = field(default_factory=list)
    _rejected: list[Any] = field(default_factory=list)
    _since: float = field(init=False)

    def __post_init__(self) -> None:
        self._since = self.work.passed()

    def add(self, page: Page, seen_at: datetime) -> None:
        """Adds the records of a page, which were fetched at this instant."""
        work = self.work
        if page.records:
            flat = work.flattener.page(page.records, seen_at, self._next_seq())
            work.counts.drifted += flat.drifted
            work.counts.unknown += flat.unknown
            self._parts.append(flat.table)
        self._rejected += [work.hider.visible(record, ()) for record in page.rejected]

    def add_tombstones(self, ids: Sequence[int], seen_at: datetime) -> None:
        if ids:
            self._parts.append(self.work.flattener.tombstones(ids, seen_at, self._next_seq()))

    @property
    def rows(self) -> int:
        """Returns the number of rows that wait."""
        return sum(len(part) for part in self._parts)

    @property
    def has_any(self) -> bool:
        """Returns whether rows or rejected records wait."""
        return bool(self._parts or self._rejected)

    def is_due(self) -> bool:
        settings = self.work.settings
        return self.rows >= settings.flush_rows or self.work.passed() - self._since >= settings.flush_seconds

    def flush(self, sets: Item) -> None:
        """Writes the file, and then the ledger: the file's item and `sets` in one transaction.

        A crash between the two leaves an object that nothing names, and the same rows are read again.
        """
        work, place = self.work, self.work.place
        if self._rejected:
            work.shelf.put_rejected(work.table.name, self._rejected, place.clock.now())
            work.counts.rejected += len(self._rejected)
            self._rejected = []
        rows = self.rows
        if not rows:
            place.write(sets)
        else:
            seq, at = place.state.get("raw_seq", 0) + 1, place.seen_at()
            key, size = work.shelf.put_raw(work.table.name, pa.concat_tables(self._parts), at)
            file = RawFile(seq, key, rows, size, iso(at), self.mode, work.run)
            expires = place.clock.seconds() + work.settings.raw_days * DAY_SECONDS
            whole = {**sets, "raw_seq": seq, "last_seen_at": iso(at)}
            place.write(whole, raw=(work.table.name, file, expires))
            work.counts.rows += rows
            work.counts.files += 1
            work.counts.bytes += size
        self._parts, self._since = [], work.passed()

    def _next_seq(self) -> int:
        seq: int = self.work.place.state.get("raw_seq", 0) + 1
        return seq * ROWS_A_FILE + self.rows
