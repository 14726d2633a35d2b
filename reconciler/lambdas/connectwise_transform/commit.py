"""Carries out one pinned piece of work: from the objects of the log to new objects and the next manifest.

The work states everything that decides the result. A run that finds it unfinished does exactly the same again. It
writes the same bytes under the same keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from reconciler.lambdas.connectwise.keys import Layer, base_key, canonical_key, state_key
from reconciler.lambdas.connectwise.limits import LONGEST_TEXT
from reconciler.lambdas.connectwise_transform import merging, rewriting
from reconciler.lambdas.connectwise_transform.columns import quoted
from reconciler.lambdas.connectwise_transform.log_files import LocalFile, Log
from reconciler.lambdas.connectwise_transform.mapping import TableMapping
from reconciler.lambdas.connectwise_transform.merging import Connection, Merged
from reconciler.lambdas.connectwise_transform.state import LogFile, Manifest

Kind = Literal["merge", "fill", "compact", "rebuild"]
TAIL_SHARE, TAIL_FILES = 0.2, 32
"""The base is written again when the tail has more than this share of its rows, or so many files."""


@dataclass(frozen=True)
class Work:
    """One commit. `commit` is its number, `at` its instant, which is part of the key of its file."""

    kind: Kind
    commit: int
    at: datetime
    mapping: TableMapping
    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """The numbers of the first and last raw file that it reads, by source table."""
    keys: tuple[str, ...] = ()
    """The files that are compacted."""


@dataclass(frozen=True)
class Upload:
    key: str
    path: Path
    layer: Layer


@dataclass(frozen=True)
class Done:
    """The next manifest, or None if nothing changed, and the objects to write before it."""

    manifest: Manifest | None
    uploads: tuple[Upload, ...] = ()
    merged: Merged = field(default_factory=Merged)
    is_base_new: bool = False


@dataclass(frozen=True)
class Bench:
    """Where the work is done. `fetch` returns the local copy of an object; `folder` takes new files."""

    connection: Connection
    fetch: Callable[[str], Path]
    folder: Path
    tail_share: float = TAIL_SHARE
    tail_files: int = TAIL_FILES


def carry_out(bench: Bench, work: Work, manifest: Manifest, raw: Mapping[str, Sequence[Path]]) -> Done:
    """Does the work on a manifest. `raw`: the raw files of each source table, in order. Raises `WrongRaw`.

    Raises `ValueError` if the mapping lost a column.
    """
    if work.kind == "compact":
        return _compacted(bench, work, manifest)
    if work.kind == "fill":
        # Every file of the span may have expired; then nothing is left to fill from it.
        return _filled(bench, work, manifest, raw)
    following = manifest.under(work.mapping)
    tables = merging.raw_tables(bench.connection, raw, work.mapping)
    if work.kind == "rebuild":
        files = [_local(bench, file) for file in manifest.files]
        merged = rewriting.rebuild_files(bench.connection, tables, manifest.tenant_id, files, work.mapping)
        following = replace(following, refill={})
    else:
        older = manifest.older(work.mapping)
        merged = merging.merge_files(bench.connection, tables, _log(bench, manifest), work.mapping, older)
        following = replace(following, refill=refill_of(manifest, work))
    if not merged.rows:
        return Done(None, merged=merged)
    written, uploads, is_base_new = _written(bench, work, manifest, following, merged)
    return Done(written, uploads, merged, is_base_new)


def refill_of(manifest: Manifest, work: Work) -> dict[str, int]:
    """Returns from where raw files are read again: everything before this work, if the mapping has just changed."""
    if not manifest.commit or (manifest.schemas and manifest.schemas[-1].fingerprint == work.mapping.fingerprint):
        return dict(manifest.refill)
    return {table: work.spans[table][0] if table in work.spans else NOT_YET for table in work.mapping.tables}


# Above every number of a raw file: the span begins with the newest one.
NOT_YET = 999_999_999_999


def _filled(bench: Bench, work: Work, manifest: Manifest, raw: Mapping[str, Sequence[Path]]) -> Done:
    """Fills open rows from older raw files. Its commit also notes how far it has come, so there always is one."""
    following = manifest.under(work.mapping)
    refill = {**refill_of(manifest, work), **{table: first for table, (first, _) in work.spans.items()}}
    older = manifest.older(work.mapping)
    tables = merging.raw_tables(bench.connection, raw, work.mapping)
    merged = Merged()
    if tables and older:
        merged = rewriting.fill_files(bench.connection, tables, _log(bench, manifest), work.mapping, older)
    following = replace(following, refill=refill)
    written, uploads, is_base_new = _written(bench, work, manifest, following, merged)
    left = rewriting.count_unfilled(bench.connection, _log(bench, written, uploads), work.mapping)
    is_over = not left or all(first <= 1 for first in refill.values())
    return Done(replace(written, refill={} if is_over else refill), uploads, merged, is_base_new)


Written = tuple[Manifest, tuple[Upload, ...], bool]
"""The next manifest, its new objects, and whether a base is among them."""


def _written(bench: Bench, work: Work, old: Manifest, following: Manifest, merged: Merged) -> Written:
    """Writes the file of changes, and a new base where it is due."""
    uploads, files, columns = list[Upload](), old.files, len(following.columns)
    if merged.rows:
        key, path = canonical_key(old.tenant_id, old.canonical_table, work.at), bench.folder / "changes.parquet"
        merging.write_changes(bench.connection, following.columns, old.tenant_id, work.commit, path)
        uploads.append(Upload(key, path, "canonical"))
        size, longest = path.stat().st_size, _longest(bench, following, path)
        files = (*files, LogFile(key, work.commit, work.commit, merged.rows, size, columns, longest))
    following = _next(old, replace(following, files=files), work)
    if following.base is None:
        return replace(following, base=files[-1] if files else None), tuple(uploads), False
    tail = sum(file.rows for file in following.tail)
    if tail <= bench.tail_share * following.base.rows and len(following.tail) < bench.tail_files:
        return following, tuple(uploads), False
    return _rebased(bench, following, following.base, tuple(uploads))


def _longest(bench: Bench, manifest: Manifest, path: Path) -> int:
    """Returns a size that no text of a new file exceeds; the load cuts longer ones than the warehouse takes.

    Texts of a new file come from raw files or from older files of the log. The new file is read only if one of those
    has a text that is too long.
    """
    known = [it.longest for it in manifest.files]
    sent = merging.longest_text(bench.connection, manifest.columns, "incoming")
    most = max((sent, *(size or 0 for size in known)))
    if most <= LONGEST_TEXT and None not in known:
        return most
    return merging.longest_text(bench.connection, manifest.columns, f"read_parquet({quoted(str(path))})")


def _rebased(bench: Bench, manifest: Manifest, old: LogFile, uploads: tuple[Upload, ...]) -> Written:
    """Writes all open rows as the new base: its cost is that of the open rows, once per fifth of them changed."""
    key, path = base_key(manifest.tenant_id, manifest.canonical_table, manifest.commit), bench.folder / "base.parquet"
    rows = merging.write_base(bench.connection, _log(bench, manifest, uploads), manifest.columns, path)
    base = LogFile(key, 1, manifest.commit, rows, path.stat().st_size, len(manifest.columns))
    # The first base is a file of the log, which stays.
    is_own = all(file.key != old.key for file in manifest.files)
    superseded = (*manifest.superseded, old.key) if is_own else manifest.superseded
    return replace(manifest, base=base, superseded=superseded), (*uploads, Upload(key, path, "state")), True


def _compacted(bench: Bench, work: Work, manifest: Manifest) -> Done:
    """Writes several files of the log as one."""
    inputs = [file for file in manifest.files if file.key in work.keys]
    key, path = canonical_key(manifest.tenant_id, manifest.canonical_table, work.at), bench.folder / "compacted.parquet"
    local = [_local(bench, file) for file in inputs]
    rows = merging.write_compacted(bench.connection, manifest.tenant_id, local, manifest.columns, path)
    first, last = min(file.first for file in inputs), max(file.last for file in inputs)
    longest = max((file.longest or 0 for file in inputs), default=0) if _are_counted(inputs) else None
    file = LogFile(key, first, last, rows, path.stat().st_size, len(manifest.columns), longest)
    kept = [it for it in manifest.files if it.key not in work.keys]
    files = tuple(sorted([*kept, file], key=lambda it: (it.first, it.last)))
    following = _next(manifest, replace(manifest, files=files), work)
    following = replace(following, superseded=(*following.superseded, *work.keys))
    return Done(following, (Upload(key, path, "canonical"),))


def _are_counted(files: Sequence[LogFile]) -> bool:
    return all(file.longest is not None for file in files)


def _next(old: Manifest, following: Manifest, work: Work) -> Manifest:
    """Returns the manifest with the number and instant of the work. The old manifest's object is superseded."""
    superseded = (state_key(old.tenant_id, old.canonical_table, old.commit),) if old.commit else ()
    return replace(following, commit=work.commit, at=work.at.isoformat(), superseded=superseded)


def _log(bench: Bench, manifest: Manifest, new: Sequence[Upload] = ()) -> Log:
    """Returns the log's files on this disk. `new` are those that are not uploaded yet."""
    paths = {upload.key: upload.path for upload in new}

    def local(file: LogFile) -> LocalFile:
        return LocalFile(paths.get(file.key) or bench.fetch(file.key), file.columns)

    base = local(manifest.base) if manifest.base else None
    tail = [local(file) for file in manifest.tail]
    return Log(manifest.tenant_id, base, tail, lambda: [local(file) for file in manifest.files])


def _local(bench: Bench, file: LogFile) -> LocalFile:
    return LocalFile(bench.fetch(file.key), file.columns)
