"""The story of one canonical table of a tenant: lease, pin, merge, write, move the pointer; again while work is left.

Work is pinned in the ledger before it begins. A run that finds it unfinished does exactly the same again. Objects come
first and the pointer last, so a killed run leaves only objects that no manifest names.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb

from reconciler.lambdas.connectwise.clock import RunClock
from reconciler.lambdas.connectwise.keys import state_key
from reconciler.lambdas.connectwise.ledger import Lease, Ledger, RawFile, canonical_name
from reconciler.lambdas.connectwise_transform.commit import Bench, Done, Work, carry_out
from reconciler.lambdas.connectwise_transform.disk import needed_bytes
from reconciler.lambdas.connectwise_transform.failures import TableFailed
from reconciler.lambdas.connectwise_transform.lake import Lake, ObjectGone, too_large
from reconciler.lambdas.connectwise_transform.mapping import TableMapping
from reconciler.lambdas.connectwise_transform.merging import COUNTS, Connection, WrongRaw
from reconciler.lambdas.connectwise_transform.planning import Limits, Table, next_work, pinned, unpinned
from reconciler.lambdas.connectwise_transform.state import Manifest, from_json, to_json


@dataclass(frozen=True)
class Tools:
    """The tools of the work on one tenant. `has_time` returns whether another commit may begin.

    `connect` opens the engine of a commit, which may spill into the folder. `hold` renews a lease while a commit is
    computed; AWS ends a function before its lease matters, and a job may take longer.
    """

    ledger: Ledger
    lake: Lake
    clock: RunClock
    run: str
    folder: Path
    connect: Callable[[Path], Connection]
    limits: Limits
    has_time: Callable[[], bool]
    hold: Callable[[Lease], AbstractContextManager[None]]


@dataclass
class TableResult:
    """The result for one canonical table. `commits` were made by this run; `commit` is the newest one."""

    canonical_table: str
    commit: int = 0
    commits: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    overdue: int = 0
    drifted: int = 0
    bases: int = 0
    is_behind: bool = False
    is_busy: bool = False
    """Another run has the lease. It does the work, or the next run does."""

    def add(self, work: Work, done: Done) -> None:
        for name, count in done.merged.counts.items():
            self.counts[name] += count
        self.overdue += done.merged.overdue
        self.drifted += done.merged.drifted
        self.bases += done.is_base_new
        if done.manifest:
            self.commit, self.commits = work.commit, self.commits + 1

    def answer(self) -> dict[str, Any]:
        """Returns the table's part of the answer."""
        rows = {name: count for name, count in self.counts.items() if name in COUNTS}
        part = {"canonical_table": self.canonical_table, "commit": self.commit, "rows": rows, "late": self.overdue}
        return {**part, "busy": True} if self.is_busy else part


def continue_history(tools: Tools, mapping: TableMapping, source: str, mode: str) -> TableResult:
    """Brings the history of a canonical table up to the newest raw file, as far as the time allows.

    `source` is the source table of the pair. Raises `TableFailed`, `LeaseLost` or `LedgerFailed`.
    """
    result = TableResult(mapping.canonical_table)
    name = canonical_name(mapping.canonical_table)
    # Two pairs of one run may have this canonical table, so the pair is part of the owner.
    lease = tools.ledger.lease(name, f"{tools.run} {source}", tools.clock.seconds())
    if lease is None:
        result.is_busy = True
        return result
    item = dict(lease.state)
    manifest = manifest_of(tools, item, mapping)
    result.commit = manifest.commit
    while True:
        work = _next(tools, Table(item, manifest, mapping), mode)
        if work is None:
            break
        if not tools.has_time():
            result.is_behind = True
            break
        manifest = _carry_out(tools, lease, work, manifest, item, result)
    tools.ledger.end(lease, {})
    return result


def _next(tools: Tools, table: Table, mode: str) -> Work | None:
    """Returns the unfinished work, if there is one, or the next."""
    if "inflight" in table.item:
        return unpinned(table.item["inflight"], table.mapping.canonical_table)
    consumed = table.consumed
    page = tools.limits.files + 1
    files = {source: tools.ledger.raw_files(source, consumed[source], page=page) for source in table.mapping.tables}
    return next_work(table, files, mode, tools.run, tools.clock.now(), tools.limits)


def _carry_out(
    tools: Tools, lease: Lease, work: Work, manifest: Manifest, item: dict[str, Any], result: TableResult
) -> Manifest:
    """Does one piece of work, from its pin to the pointer. Returns the newest manifest, and changes the item."""
    # A pin is carried out whatever changes later. So what stops the work is found before it, and leaves none.
    files = {source: _listed(tools, work, source) for source in work.spans}
    _check(tools, work, manifest, files)
    raw = {source: list(_fetched(tools, work, listed)) for source, listed in files.items()}
    # Downloads may take long: this renews the lease too.
    _write(tools, lease, {} if "inflight" in item else {"inflight": pinned(work)})
    with tools.hold(lease), tempfile.TemporaryDirectory(dir=tools.folder, prefix="spill-") as spill:
        done = _computed(tools, work, manifest, raw, Path(spill))
    result.add(work, done)
    _write(tools, lease, {})
    for upload in done.uploads:
        tools.lake.put(upload.key, upload.path, upload.layer)
    sets = _pointer(tools, work, done, item)
    if done.manifest:
        # The objects that the commit before this one replaced: no reader of the newest manifest needs them.
        for key in manifest.superseded:
            tools.lake.supersede(key)
    tools.ledger.write(lease, sets, ("inflight",), now=tools.clock.seconds())
    item.pop("inflight", None)
    item.update(sets)
    tools.lake.drop(path for paths in raw.values() for path in paths)
    return done.manifest or manifest


def _pointer(tools: Tools, work: Work, done: Done, item: Mapping[str, Any]) -> dict[str, Any]:
    """Writes the manifest, and returns the attributes that make it the newest."""
    sets: dict[str, Any] = {}
    if work.kind == "merge":
        sets["consumed"] = {**item.get("consumed", {}), **{table: last for table, (_, last) in work.spans.items()}}
    if work.kind == "rebuild":
        sets["rebuilt"] = tools.run
    if done.manifest is None:
        return sets
    manifest = done.manifest
    key = state_key(manifest.tenant_id, manifest.canonical_table, manifest.commit)
    tools.lake.put_bytes(key, to_json(manifest))
    return {
        **sets,
        "commit": manifest.commit,
        "manifest": key,
        "schema_version": manifest.schemas[-1].version,
        "unfilled": bool(manifest.refill),
    }


def _computed(tools: Tools, work: Work, manifest: Manifest, raw: dict[str, list[Path]], spill: Path) -> Done:
    folder = Path(tempfile.mkdtemp(dir=tools.folder, prefix=f"commit-{work.commit}-"))
    try:
        connection = tools.connect(spill)
        try:
            return carry_out(Bench(connection, tools.lake.fetch, folder), work, manifest, raw)
        finally:
            connection.close()
    except WrongRaw as wrong:
        raise TableFailed("RAW", str(wrong)) from wrong
    except duckdb.OutOfMemoryException as wrong:
        remedy = "raise memoryMegabytes or ephemeralStorageMegabytes of transform"
        raise TableFailed("DISK", f"a commit needs more memory and disk than there is; {remedy}") from wrong
    except ValueError as wrong:
        raise TableFailed("MAPPING", str(wrong)) from wrong


def _check(tools: Tools, work: Work, manifest: Manifest, files: Mapping[str, Sequence[RawFile]]) -> None:
    """Raises `TableFailed` if the mapping lost a column, or if the disk is too small."""
    try:
        manifest.under(work.mapping)
    except ValueError as wrong:
        raise TableFailed("MAPPING", str(wrong)) from wrong
    needed = needed_bytes(work, manifest, chain.from_iterable(files.values()), tools.lake.is_here)
    free = tools.lake.free_bytes()
    if needed > free:
        raise TableFailed("DISK", f"commit {work.commit} {too_large(needed, free)}, or lower COMMIT_ROWS")


def _listed(tools: Tools, work: Work, source: str) -> list[RawFile]:
    """Returns the raw files of a span. A fill skips what has expired; any other work needs every file."""
    first, last = work.spans[source]
    files: list[RawFile] = list(tools.ledger.raw_files(source, first - 1, last)) if first <= last else []
    if work.kind != "fill" and len(files) != last - first + 1:
        message = (
            f"{last - first + 1 - len(files)} raw files of {source} have expired, so the history cannot be rebuilt"
        )
        raise TableFailed("RAW_EXPIRED", message)
    return files


def _fetched(tools: Tools, work: Work, files: Sequence[RawFile]) -> Iterator[Path]:
    for file in files:
        try:
            yield tools.lake.fetch(file.key)
        except ObjectGone:
            if work.kind != "fill":
                raise


def manifest_of(tools: Tools, item: Mapping[str, Any], mapping: TableMapping) -> Manifest:
    """Returns the newest manifest of a canonical table; an empty one before the first commit. Raises `TableFailed`."""
    if "manifest" not in item:
        return Manifest(tools.ledger.tenant, mapping.canonical_table)
    try:
        return from_json(tools.lake.fetch(item["manifest"]).read_bytes())
    except ValueError as wrong:
        raise TableFailed("MANIFEST", f"{item['manifest']}: {wrong}") from wrong


def _write(tools: Tools, lease: Lease, sets: dict[str, Any]) -> None:
    tools.ledger.write(lease, sets, now=tools.clock.seconds())


def is_quiet(tools: Tools, table: str, items: Mapping[str, Any], mode: str) -> bool:
    """Returns whether no canonical table of a source table has anything to do. It costs one query.

    `items` are those of all canonical tables. A change of the mapping alone waits for the next new raw file.
    """
    readers = [item for item in items.values() if table in item.get("consumed", {})]
    is_unfinished = any("inflight" in item or item.get("unfilled") for item in readers)
    if not readers or mode != "incremental" or is_unfinished:
        return False
    after = min(int(item["consumed"][table]) for item in readers)
    return next(iter(tools.ledger.raw_files(table, after, page=1)), None) is None
