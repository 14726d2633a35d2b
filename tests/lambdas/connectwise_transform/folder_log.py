"""A log in a folder: raw files, commits and manifests as the function makes them, without AWS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reconciler.lambdas.connectwise.keys import state_key
from reconciler.lambdas.connectwise_transform.columns import Column
from reconciler.lambdas.connectwise_transform.commit import Bench, Done, Kind, Work, carry_out
from reconciler.lambdas.connectwise_transform.mapping import SourceColumns, TableMapping
from reconciler.lambdas.connectwise_transform.merging import connect
from reconciler.lambdas.connectwise_transform.state import Manifest
from tests.lambdas.connectwise_transform.raw_files import write_raw
from tests.lambdas.connectwise_transform.reference import Version
from tests.lambdas.connectwise_transform.stories import Seen

TENANT, TABLE, SOURCE = "harbor-dental", "tickets", "service/tickets"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
# The rule of the design, as any reader may apply it to a plain listing of the files. `nothing` has the columns of the
# manifest without a row: no file has a new column before a row is written under the new mapping.
READ = """SELECT * EXCLUDE (retracted) FROM (
  FROM (SELECT {nothing} WHERE FALSE UNION ALL BY NAME FROM read_parquet({files}, union_by_name = true))
  QUALIFY row_number() OVER (PARTITION BY source_id, effective_from ORDER BY commit_no DESC) = 1) WHERE NOT retracted"""
VERSION = """epoch_us(effective_from), epoch_us(effective_to), change_type, is_deleted, epoch_us(source_updated_at),
  epoch_us(confirmed_at), epoch_us(first_seen_at)"""


def mapping_with(*columns: tuple[str, str, str | None], version: int = 1) -> TableMapping:
    """A mapping of (name, type, source) from one source table."""
    listed = tuple(Column(name, type) for name, type, _ in columns)
    source = SourceColumns(SOURCE, "id", tuple(source for _, _, source in columns))
    return TableMapping(TABLE, version, listed, (source,))


CONTENT = mapping_with(("content", "text", "content"))


@dataclass
class FolderLog:
    folder: Path
    mapping: TableMapping = CONTENT
    tail_share: float = 0.2
    manifest: Manifest = field(default_factory=lambda: Manifest(TENANT, TABLE))
    objects: dict[str, Path] = field(default_factory=dict)
    raw: list[Path] = field(default_factory=list)
    connection: Any = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.connection = self.connection or connect(self.folder / "spill", memory_megabytes=500, threads=1)

    def add(self, rows: Sequence[Mapping[str, Any]], types: Mapping[str, str]) -> Path:
        """Writes a raw file of rows with id, at, seen, gone and the columns of `types`; times are microseconds."""
        path = self.folder / f"raw-{len(self.raw) + 1:06}.parquet"
        write_raw(self.connection, path, rows, types, tenant=TENANT)
        self.raw.append(path)
        return path

    def observe(self, batch: Sequence[Seen]) -> Done:
        """Writes a raw file of observations, and commits it."""
        self.add(
            [
                {"id": key, "at": row.at, "seen": row.seen, "gone": row.is_absent, "content": row.content or None}
                for key, row in batch
            ],
            {"content": "VARCHAR"},
        )
        return self.merge()

    def merge(self, files: int = 1) -> Done:
        """Commits the newest raw files."""
        return self.work("merge", {SOURCE: (len(self.raw) - files + 1, len(self.raw))})

    def work(self, kind: Kind, spans: Mapping[str, tuple[int, int]] | None = None, keys: tuple[str, ...] = ()) -> Done:
        commit = self.manifest.commit + 1
        mapping = self.manifest.current(self.mapping)
        work = Work(kind, commit, EPOCH + timedelta(minutes=commit), mapping, spans or {}, keys)
        raw = {table: self.raw[first - 1 : last] for table, (first, last) in work.spans.items()}
        place = self.folder / f"commit-{commit}-{len(list(self.folder.iterdir()))}"
        place.mkdir()
        bench = Bench(self.connection, self.objects.__getitem__, place, self.tail_share)
        done = carry_out(bench, work, self.manifest, raw)
        for upload in done.uploads:
            self.objects[upload.key] = upload.path
        if done.manifest:
            self.manifest = done.manifest
            self.objects[state_key(TENANT, TABLE, commit)] = place
        return done

    def rows(self, columns: str = "*") -> list[tuple[Any, ...]]:
        """Returns the history by the manifest's files."""
        files = [str(self.objects[file.key]) for file in self.manifest.files]
        return self._read(files, columns)

    def listed_rows(self, columns: str = "*") -> list[tuple[Any, ...]]:
        """Returns the history by every change file that was ever written, also the superseded ones."""
        return self._read([str(path) for key, path in self.objects.items() if "_state" not in key], columns)

    def history(self, key: int) -> list[Version]:
        found = self.rows(f"source_id, {VERSION}, coalesce(content, '')")
        return [Version(*row[1:]) for row in found if row[0] == key]

    def _read(self, files: list[str], columns: str) -> list[tuple[Any, ...]]:
        if not files:
            return []
        nothing = ", ".join(f"CAST(NULL AS {column.sql}) AS {column.name}" for column in self.manifest.columns)
        rule = READ.format(nothing=nothing, files=files)
        text = f"SELECT {columns} FROM ({rule}) ORDER BY source_id, effective_from"
        return list(self.connection.execute(text).fetchall())
