"""The load of one canonical table: one transaction for all tenants, and smaller ones if it is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from reconciler.lambdas.connectwise.keys import load_key
from reconciler.lambdas.connectwise_load import statements
from reconciler.lambdas.connectwise_load.catalogue import Table
from reconciler.lambdas.connectwise_load.changes import ChangeFile, Changes, copy_manifest
from reconciler.lambdas.connectwise_load.failures import LoadFailed, TenantsFailed
from reconciler.lambdas.connectwise_load.preparing import Cuts, Preparation
from reconciler.lambdas.shared.redshift import Connections, RedshiftFailed, code_of, driver, is_transient
from reconciler.lambdas.shared.sql_files import copy, inserts

BROKEN = ("FOREIGN", "INVARIANT", "ROWS")
"""The codes of the errors of wrong rows."""


@dataclass(frozen=True)
class Loaded:
    """The counts of transactions. `failed` has the error of each tenant that could not be loaded."""

    staged: int = 0
    inserted: int = 0
    removed: int = 0
    files: int = 0
    tenants: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    broken: int = 0
    """How many tenants a check of their rows refused."""
    cuts: Cuts = field(default_factory=dict)
    """The texts that were too long for the warehouse."""

    @property
    def cut(self) -> int:
        """How many texts were cut."""
        return sum(sum(columns.values()) for columns in self.cuts.values())

    def plus(self, other: Loaded) -> Loaded:
        return Loaded(
            self.staged + other.staged,
            self.inserted + other.inserted,
            self.removed + other.removed,
            self.files + other.files,
            self.tenants + other.tenants,
            {**self.failed, **other.failed},
            self.broken + other.broken,
            # Each tenant is loaded in one of them alone.
            {**self.cuts, **other.cuts},
        )


@dataclass(frozen=True)
class Loader:
    """`at` is the instant of the run, in UTC without an offset. `role` is the one that COPY takes on."""

    connections: Connections
    preparation: Preparation
    role: str
    at: datetime

    def load(self, table: Table, changes: Sequence[Changes]) -> Loaded:
        """Loads the changes of all tenants, and leaves out those that are refused. Raises `LoadFailed`."""
        if not changes:
            return Loaded()
        try:
            return self._together(table, changes)
        except TenantsFailed as wrong:
            broken = int(str(wrong).startswith(BROKEN))
            if len(changes) == 1:
                return Loaded(failed={changes[0].tenant: str(wrong)}, broken=broken)
        middle = len(changes) // 2
        # Any refusal is repeated by the part that caused it, so only single tenants count as broken.
        return self.load(table, changes[:middle]).plus(self.load(table, changes[middle:]))

    def _together(self, table: Table, changes: Sequence[Changes]) -> Loaded:
        """Loads some tenants in one transaction. Raises `TenantsFailed` or `LoadFailed`; then nothing is loaded."""
        id = load_id(self.preparation.run, changes)
        prepared = self.preparation.prepare(table, changes)
        parts = list(self._parts(table, prepared.files, id))

        def once(connection: Any) -> Loaded:
            cursor = connection.cursor()
            cursor.execute(statements.ALONE)
            cursor.execute(statements.SEEN, (id, table.name))
            if row := cursor.fetchone():
                return replace(Loaded(*row), cuts=prepared.cuts)
            known = _watermarks(cursor, table)
            if all(known.get(change.tenant, 0) >= change.commit for change in changes):
                connection.rollback()
                return Loaded()
            files = sum(len(change.files) for change in changes)
            counted = self._carry_out(cursor, table, changes, parts)
            loaded = Loaded(*counted, files=files, tenants=len(changes), cuts=prepared.cuts)
            _move_watermarks(cursor, table, changes, known, self.at)
            counts = (loaded.staged, loaded.inserted, loaded.removed, loaded.files, loaded.tenants)
            cursor.execute(statements.NOTE, (id, table.name, *counts, self.at))
            connection.commit()
            return loaded

        try:
            return self.connections.tried(once)
        except RedshiftFailed as wrong:
            raise LoadFailed(str(wrong)) from None

    def _parts(self, table: Table, files: Sequence[ChangeFile], id: str) -> Iterator[tuple[int, str]]:
        """Writes a manifest for the files of each number of columns, and yields both: COPY maps by position."""
        lake, groups = self.preparation.lake, dict[int, list[ChangeFile]]()
        for file in files:
            groups.setdefault(file.columns, []).append(file)
        for count, group in sorted(groups.items()):
            key = load_key(self.preparation.run, f"{table.name}-{id.rpartition('-')[2]}-{count}")
            yield count, lake.put(key, copy_manifest(lake, group))

    def _carry_out(
        self, cursor: Any, table: Table, changes: Sequence[Changes], parts: Sequence[tuple[int, str]]
    ) -> tuple[int, int, int]:
        """Returns how many rows were new, inserted and removed, after all checks."""
        whole = len(table.columns)
        cursor.execute(table.create_stage("stage", whole))
        for count, manifest in parts:
            part = "stage" if count == whole else f"stage_{count}"
            if part != "stage":
                cursor.execute(table.create_stage(part, count))
            _copied(cursor, copy(part, manifest, self.role))
            if part != "stage":
                cursor.execute(statements.fill_stage(table, part, count))
        staged = _check_staged(cursor, changes)
        cursor.execute(statements.DISCARD_LOADED, (table.name,))
        staged -= cursor.rowcount
        if any(len(change.files) > 1 for change in changes):  # A file has a start of a version once.
            cursor.execute(statements.SUPERSEDED)
            cursor.execute(statements.DISCARD_SUPERSEDED)
            staged -= cursor.rowcount
        cursor.execute(statements.remove(table))
        removed = cursor.rowcount
        cursor.execute(statements.insert(table))
        inserted = cursor.rowcount
        cursor.execute(statements.broken(table))
        for name, broken in zip(statements.INVARIANTS, cursor.fetchone(), strict=True):
            if broken:
                raise TenantsFailed(f"INVARIANT: {name}: {broken} versions break it")
        return staged, inserted, removed


def _check_staged(cursor: Any, changes: Sequence[Changes]) -> int:
    """Returns how many rows the stage has. Raises `TenantsFailed` if it is not what the manifests say of each tenant.

    A file with rows of another tenant, which the same load brings, shows in the counts of both.
    """
    expected = {change.tenant: sum(file.rows for file in change.files) for change in changes}
    cursor.execute(statements.COUNT_STAGED)
    staged = {str(tenant): int(count) for tenant, count in cursor.fetchall()}
    if staged.keys() - expected.keys():
        raise TenantsFailed("FOREIGN: a file has rows of another tenant")
    for tenant, rows in expected.items():
        if staged.get(tenant, 0) != rows:
            raise TenantsFailed(f"ROWS: the files have {staged.get(tenant, 0)} of {rows} rows")
    return sum(staged.values())


def load_id(run: str, changes: Sequence[Changes]) -> str:
    """Returns the name of a transaction: the run, and what it loads. The same work has the same name."""
    work = ",".join(f"{change.tenant}:{change.commit}" for change in changes)
    return f"{run}-{hashlib.sha256(work.encode()).hexdigest()[:12]}"


def read_watermarks(connections: Connections, table: Table) -> dict[str, int]:
    """Returns the commit of each tenant that is loaded. Raises `LoadFailed`."""
    try:
        return connections.tried(lambda connection: _watermarks(connection.cursor(), table))
    except RedshiftFailed as wrong:
        raise LoadFailed(str(wrong)) from None


def _watermarks(cursor: Any, table: Table) -> dict[str, int]:
    cursor.execute(statements.WATERMARKS, (table.name,))
    return {str(tenant): int(commit) for tenant, commit in cursor.fetchall()}


def _move_watermarks(
    cursor: Any, table: Table, changes: Sequence[Changes], known: dict[str, int], at: datetime
) -> None:
    """Moves the watermarks forward, and never back: another run may have loaded a newer commit."""
    tenants = [change.tenant for change in changes]
    cursor.execute(statements.FORGET.format(marks=_marks(tenants)), (table.name, *tenants))
    rows = [(it.tenant, table.name, max(it.commit, known.get(it.tenant, 0)), at) for it in changes]
    for text, values in inserts("canonical.watermarks", statements.WATERMARK, rows):
        cursor.execute(text, values)


def _copied(cursor: Any, text: str) -> None:
    """Runs a COPY. Raises `TenantsFailed` if it is refused for good: one of the files may be the cause."""
    try:
        cursor.execute(text)
    except driver().Error as wrong:
        if is_transient(wrong):
            raise
        raise TenantsFailed(f"COPY: {type(wrong).__name__} {code_of(wrong)}".rstrip()) from None


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))
