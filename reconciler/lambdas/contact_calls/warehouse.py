"""Loads into Redshift: a load is one transaction, and can be repeated whatever happened to the last try.

Rows go into staging by COPY from S3, or by INSERT if they are few, under the load's id. The procedure merges them and
records the load. A recorded load is done, so a commit whose answer was lost is recognised. Errors show only their code:
a database's messages may repeat values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from reconciler.lambdas.contact_calls import migration, statements
from reconciler.lambdas.contact_calls.credentials import Login
from reconciler.lambdas.contact_calls.failures import LoadFailed
from reconciler.lambdas.contact_calls.migration import Migrated
from reconciler.lambdas.contact_calls.statements import DIMENSION, STAGED
from reconciler.lambdas.contact_calls.transform import Row
from reconciler.lambdas.shared.deadline import Deadline

T = TypeVar("T")
TRIES = 4
PAUSE = 1.0  # seconds before the second try
SHORTEST = 5.0  # the minimum seconds of a try
# Two writers at a time, a restart, an overload: temporary. 1023 is Redshift's own code. A refused password may be in
# rotation: each try reads it again.
TRANSIENT = frozenset({"40001", "40P01", "57P01", "57P02", "57P03", "53300", "53400", "1023", "28000", "28P01"})
OUTDATED = 'a table, column or procedure is missing: send {"migrate": true}'
# Meanings of codes here. The database's own words may repeat values.
MEANINGS = {
    "42P01": OUTDATED,
    "42703": OUTDATED,
    "42883": OUTDATED,
    "42501": "the database user lacks a right",
    "57014": "a statement was cancelled; at the deadline, it may have waited for a lock",
}


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
                for text, values in statements.inserts("connect.f_calls_staging", STAGED, staged):
                    cursor.execute(text, values)
            start, end = _plain(load.start), _plain(load.end)
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
            for text, values in statements.inserts("connect.dimensions_staging", DIMENSION, staged):
                cursor.execute(text, values)
            cursor.execute(statements.MERGE_DIMENSIONS, (load_id,))
            connection.commit()

        self._tried(once)

    def migrate(self, at: datetime) -> Migrated:
        """Brings tables and procedures up to date. Raises `LoadFailed` if tables of another program are there."""
        return self._tried(lambda connection: migration.migrate(connection, _plain(at)))

    def take_over(self, at: datetime) -> Migrated:
        """Does the same, and moves the rows of the program that this one replaces. All of it is done, or nothing."""
        return self._tried(lambda connection: migration.take_over(connection, _plain(at)))

    def _tried(self, once: Callable[[Any], T]) -> T:
        for number in range(TRIES):
            if self.deadline.left < SHORTEST:
                raise LoadFailed("there is no time left for Redshift")
            try:
                with self._connection() as connection:
                    return once(connection)
            except _driver().Error as wrong:
                code = _code(wrong)
                if not _is_transient(wrong, code) or number == TRIES - 1:
                    raise LoadFailed(_spelled(wrong, code)) from None
            except OSError as wrong:
                if number == TRIES - 1:
                    raise LoadFailed(f"Redshift: {type(wrong).__name__}") from None
            self.sleep(PAUSE * 2**number)
        raise AssertionError

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        login, left = self.login(), self.deadline.left
        connection = _driver().connect(
            host=login.host,
            port=login.port,
            database=login.database,
            user=login.user,
            password=login.password,
            ssl=True,
            sslmode="verify-full",
            # Longer than a statement may take, so the server reports its timeout first; less than the margin.
            timeout=int(left) + 1,
            application_name="reconcile contact_calls",
        )
        try:
            # A statement that outlives this invocation would keep the lock from the next one.
            connection.cursor().execute(
                "select set_config('statement_timeout', %s, false)", (str(max(1000, int(left * 1000))),)
            )
            connection.commit()
            yield connection
        finally:
            _close(connection)


def _driver() -> Any:
    """Imports the driver, which takes half a second, only when there is something to load."""
    import redshift_connector

    return redshift_connector


def _close(connection: Any) -> None:
    """Closes a connection, which rolls back; a broken one is closed already."""
    try:
        connection.close()
    except (_driver().Error, OSError):
        return


def _code(wrong: Exception) -> str:
    """Returns the SQLSTATE of the database's answer, or an empty text."""
    answer = wrong.args[0] if wrong.args else None
    return str(answer.get("C", "")) if isinstance(answer, dict) else ""


def _spelled(wrong: Exception, code: str) -> str:
    meaning = MEANINGS.get(code, "")
    return f"Redshift: {type(wrong).__name__} {code}".rstrip() + (f" ({meaning})" if meaning else "")


def _is_transient(wrong: Exception, code: str) -> bool:
    """Returns whether another try may succeed. Without a code the connection broke, and the outcome is unknown."""
    return code in TRANSIENT or code.startswith("08") or (not code and isinstance(wrong, _driver().InterfaceError))


def _plain(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
