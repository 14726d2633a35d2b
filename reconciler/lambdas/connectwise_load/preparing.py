"""Prepares the files for COPY: it merges too many small ones, and cuts texts that the warehouse does not take.

Most loads copy the files as transform wrote them. The manifest has the length of their longest text. So a file is read
here only if it has to be written again. New files lie in `loads/`, and expire as superseded objects do.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.lambdas.connectwise.keys import merged_key
from reconciler.lambdas.connectwise.limits import LONGEST_TEXT
from reconciler.lambdas.connectwise_load.catalogue import Table
from reconciler.lambdas.connectwise_load.changes import ChangeFile, Changes, Lake
from reconciler.lambdas.connectwise_load.failures import LoadFailed, TenantsFailed

MOST_FILES = 500
"""COPY of more small files is slow, so they are merged first."""
MERGED_FILES = 32
WORKERS = 16
ELLIPSIS = "…"
_ROOM = LONGEST_TEXT - len(ELLIPSIS.encode())
_LONGEST_CHARACTER = 4  # bytes, in UTF-8
Cuts = Mapping[str, Mapping[str, int]]
"""How many texts were cut, by tenant and column."""


@dataclass(frozen=True)
class Prepared:
    files: tuple[ChangeFile, ...]
    cuts: Cuts = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A file with its tenant. Rows of commits above `after` are new."""

    tenant: str
    after: int
    file: ChangeFile

    @property
    def may_be_long(self) -> bool:
        """Returns whether it may have a text that is too long; files of older releases do not say."""
        return self.file.longest is None or self.file.longest > LONGEST_TEXT


@dataclass(frozen=True)
class Preparation:
    """`memory_megabytes`: what DuckDB may use."""

    lake: Lake
    run: str
    memory_megabytes: int

    def prepare(self, table: Table, changes: Sequence[Changes]) -> Prepared:
        """Returns the files to copy. Raises `TenantsFailed` if one cannot be read, or `LoadFailed`."""
        sources = [Source(change.tenant, change.watermark, file) for change in changes for file in change.files]
        if len(sources) > MOST_FILES:
            groups, kept = list(_groups(sources)), []
        else:
            groups = [[source] for source in sources if source.may_be_long]
            kept = [source.file for source in sources if not source.may_be_long]
        files, cuts = list[ChangeFile](kept), dict[str, dict[str, int]]()
        for group in groups:
            with tempfile.TemporaryDirectory(prefix="load-") as folder:
                file, counts = self._written_again(table, group, Path(folder))
            files.append(file)
            for tenant, columns in counts.items():
                for column, count in columns.items():
                    known = cuts.setdefault(tenant, {})
                    known[column] = known.get(column, 0) + count
        return Prepared(tuple(files), cuts)

    def _written_again(self, table: Table, group: Sequence[Source], folder: Path) -> tuple[ChangeFile, Cuts]:
        """Writes the rows of some files as one file with all columns of the table."""
        duckdb = _import_duckdb()
        paths = self._fetched(group, folder)
        path = folder / "merged.parquet"
        connection = duckdb.connect(config=_configuration(folder, self.memory_megabytes))
        try:
            counts = _count_long(connection, table, group, paths)
            text = "\nUNION ALL\n".join(_rows(table, group, paths))
            connection.execute(f"COPY ({text}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
        except duckdb.OutOfMemoryException as wrong:
            raise LoadFailed("merging files needs more memory or disk; raise those of the function") from wrong
        except duckdb.Error as wrong:
            raise TenantsFailed(f"MERGE: {type(wrong).__name__}") from None
        finally:
            connection.close()
        body = path.read_bytes()
        key = merged_key(self.run, table.name, hashlib.sha256(body).hexdigest()[:16])
        self.lake.put_for_now(key, body)
        rows = sum(source.file.rows for source in group)
        return ChangeFile(key, len(body), len(table.columns), rows, longest=0), counts

    def _fetched(self, group: Sequence[Source], folder: Path) -> list[Path]:
        def fetch(place: int) -> Path:
            path = folder / f"{place:06}.parquet"
            path.write_bytes(self.lake.read_change(group[place].file.key))
            return path

        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(fetch, range(len(group))))


def cut_text(column: str) -> str:
    """Returns the SQL of a text that the warehouse takes: cut at the edge of a character, with an ellipsis.

    DuckDB has no function that cuts at bytes. A byte from 0x80 to 0xBF goes on with a character. So the cut is before
    the last byte in reach that begins one.
    """
    name, bytes = f'"{column}"', f'encode("{column}")'
    begins = ""
    for end in range(_ROOM, _ROOM - _LONGEST_CHARACTER, -1):
        following = f"{bytes}[{end + 1}:{end + 1}]"
        begins += f" WHEN NOT {following} BETWEEN '\\x80'::BLOB AND '\\xBF'::BLOB THEN {end}"
    kept = f"decode({bytes}[1:CASE{begins} END]) || '{ELLIPSIS}'"
    return f"CASE WHEN strlen({name}) > {LONGEST_TEXT} THEN {kept} ELSE {name} END"


def _groups(sources: Sequence[Source]) -> Iterator[Sequence[Source]]:
    """Yields neighbours, in at most `MERGED_FILES` groups of equal counts."""
    size = -(-len(sources) // MERGED_FILES)
    for place in range(0, len(sources), size):
        yield sources[place : place + size]


def _rows(table: Table, group: Sequence[Source], paths: Sequence[Path]) -> Iterator[str]:
    """Yields the statements that give the rows of files with as many columns, in the table's order."""
    by_count: dict[int, list[Path]] = {}
    for source, path in zip(group, paths, strict=True):
        by_count.setdefault(source.file.columns, []).append(path)
    for count, files in sorted(by_count.items()):
        known, columns = table.staged(count), []
        for name, type in table.staged(len(table.columns)).items():
            value = f"CAST(NULL AS {type})" if name not in known else f'"{name}"'
            columns.append(f'{cut_text(name) if name in known and name in table.texts else value} AS "{name}"')
        listed = ", ".join(f"'{file}'" for file in files)
        yield f"SELECT {', '.join(columns)} FROM read_parquet([{listed}])"  # noqa: S608


def _count_long(connection: Any, table: Table, group: Sequence[Source], paths: Sequence[Path]) -> Cuts:
    """Counts the texts of new rows that are too long. Other rows were counted when they were loaded."""
    counts: dict[str, dict[str, int]] = {}
    for source, path in zip(group, paths, strict=True):
        texts = [column.name for column in table.columns[: source.file.columns] if column.name in table.texts]
        if not source.may_be_long or not texts:
            continue
        sums = ", ".join(f'count(*) FILTER (WHERE strlen("{name}") > {LONGEST_TEXT})' for name in texts)
        text = f"SELECT {sums} FROM read_parquet('{path}') WHERE commit_no > {source.after}"  # noqa: S608
        for name, count in zip(texts, connection.execute(text).fetchone(), strict=True):
            if count:
                known = counts.setdefault(source.tenant, {})
                known[name] = known.get(name, 0) + int(count)
    return counts


def _configuration(folder: Path, memory_megabytes: int) -> dict[str, Any]:
    return {
        "threads": 2,
        "memory_limit": f"{memory_megabytes}MB",
        "temp_directory": str(folder),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }


def _import_duckdb() -> Any:
    """Returns the module. Most loads do not need it, and it takes 0.1 s."""
    import duckdb

    return duckdb
