"""Loads into Redshift: a load is one transaction, and can be repeated whatever happened to the last try.

Rows go into staging by COPY from S3, or by INSERT if they are few, under the load's id. The procedure merges them and
records the load. A recorded load is done, so a commit whose answer was lost is recognised. Errors show only their code:
a database's messages may repeat values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from reconciler.lambdas.contact_calls import migration, statements
from reconciler.lambdas.contact_calls.failures import LoadFailed
from reconciler.lambdas.contact_calls.migration import Migrated
from reconciler.lambdas.contact_calls.statements import DIMENSION, STAGED
from reconciler.lambdas.contact_calls.transform import Row
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.redshift import Connections, Login, RedshiftFailed, plain
from reconciler.lambdas.shared.sql_files import inserts

T = TypeVar("T")


@dataclass(frozen=True)
class Load:
    """A load. `seen` and `found` are the search's counts; `manifest` is the address of the rows, or empty."""

    id: str
    start: datetime
    end: datetime
    seen: int
    found: int
    described: int
    at: datetime
    manifest: str = ""
    role: str = ""


@dataclass(frozen=True)
class Loaded:
    staged: int
    inserted: int
    updated: int
    unchanged: int
    late: int


@dataclass(frozen=True)
class Warehouse:
    login: Callable[[], Login]
    """Asked at every connection: what IAM gives ends after a quarter of an hour."""
    deadline: Deadline
    sleep: Callable[[float], None]

    def load(self, load: Load, rows: Sequence[Row], source: str = "API") -> Loaded:
        """Loads the rows and returns the counts. Raises `LoadFailed`: then all rows are loaded or none."""

        def once(connection: Any) -> Loaded:
            cursor = connection.cursor()
            cursor.execute(statements.ALONE)
            cursor.execute(statements.SEEN, (load.id,))
            if row := cursor.fetchone():
                return Loaded(*row)
            if load.manifest:
                cursor.execute(statements.copy(load.manifest, load.role))
            else:
                staged = [(load.id, source, load.at, *row) for row in rows]
                for text, values in inserts("connect.f_calls_staging", STAGED, staged):
                    cursor.execute(text, values)
            start, end = plain(load.start), plain(load.end)
            cursor.execute(statements.MERGE, (load.id, start, end, load.seen, load.found, load.described))
            cursor.execute(statements.SEEN, (load.id,))
            loaded = Loaded(*cursor.fetchone())
            if loaded.staged != len(rows):
                raise LoadFailed(f"{len(rows)} rows were sent and {loaded.staged} staged")
            connection.commit()
            return loaded

        return self._tried(once)

    def load_dimensions(self, load_id: str, rows: Sequence[tuple[str, str, str | None, datetime | None]]) -> None:
        """Loads rows of dimension (queue, user), id, name, last modified."""

        def once(connection: Any) -> None:
            cursor = connection.cursor()
            cursor.execute(statements.ALONE)
            staged = [(load_id, *row) for row in rows]
            for text, values in inserts("connect.dimensions_staging", DIMENSION, staged):
                cursor.execute(text, values)
            cursor.execute(statements.MERGE_DIMENSIONS, (load_id,))
            connection.commit()

        self._tried(once)

    def migrate(self, at: datetime) -> Migrated:
        """Brings tables and procedures up to date. Raises `LoadFailed` if tables of another program are there."""
        return self._tried(lambda connection: migration.migrate(connection, plain(at)))

    def take_over(self, at: datetime) -> Migrated:
        """Does the same, and moves the rows of the program that this one replaces. All of it is done, or nothing."""
        return self._tried(lambda connection: migration.take_over(connection, plain(at)))

    def _tried(self, once: Callable[[Any], T]) -> T:
        try:
            return self.connections.tried(once)
        except RedshiftFailed as wrong:
            raise LoadFailed(str(wrong)) from None

    @property
    def connections(self) -> Connections:
        return Connections(self.login, self.deadline, self.sleep, "reconcile contact_calls")
