"""The database of one namespace: a PostgreSQL of its own, with Redshift's users and defaults.

A server takes two seconds to start, so one that a namespace no longer needs is emptied and used again.
"""

from __future__ import annotations

import atexit
from pathlib import Path
from threading import Lock

from reconciler.sandbox.redshift.postgres import OWNER, Postgres
from reconciler.sandbox.redshift.wire import Connection

COMPAT = Path(__file__).with_name("compat.sql")
TEMPLATE = "redshift"
# Rights of Redshift's superusers that PostgreSQL gives without those over files and programs.
RIGHTS = "pg_read_all_data, pg_write_all_data, pg_monitor, pg_signal_backend"
_free: list[Postgres] = []
_lock = Lock()


class Cluster:
    """A namespace's database. `admin` is the name of its administrator.

    `kept`: a file with its data, which an earlier process wrote.
    """

    def __init__(self, database: str, admin: str, kept: Path | None = None) -> None:
        self.database, self.admin = database, admin
        self.postgres = _started(kept) if kept else _take()
        if kept:
            return
        self._run(f"create role {quoted(admin)} login createrole createdb")
        self._run(f"grant {RIGHTS} to {quoted(admin)}")
        self._run(f"create database {quoted(database)} owner {quoted(admin)} template {TEMPLATE}")

    @property
    def socket(self) -> str:
        return self.postgres.socket

    def know(self, user: str, *, is_superuser: bool = False) -> None:
        """Creates a user that does not exist. The administrator has the rights of every user.

        A superuser has those of the administrator.
        """
        if user == self.admin or self._has(user):
            return
        # PostgreSQL's members do not inherit these two.
        self._run(f"create role {quoted(user)} login{' createrole createdb' if is_superuser else ''}")
        granted, to = (self.admin, user) if is_superuser else (user, self.admin)
        self._run(f"grant {quoted(granted)} to {quoted(to)} with inherit true, set true")

    def password_of(self, user: str) -> str:
        """Returns the verifier of a password that SQL gave to a user, or an empty text."""
        answer = self.postgres.sql(f"select rolpassword from pg_authid where rolname = {literal(user)}", OWNER)  # noqa: S608
        return answer.rows[0][0] or "" if answer.rows else ""

    def connect(self, user: str, database: str) -> Connection:
        """Raises `DatabaseError` and `OSError`."""
        return Connection(self.socket, user, database)

    def types(self, table: str, database: str) -> list[str] | None:
        """Returns the types of a table's columns, as committed; None of a table that its transaction creates."""
        schema, _, name = table.replace('"', "").rpartition(".")
        which = f"table_schema = {literal(schema or 'public')} and table_name = {literal(name)}"
        columns = f"information_schema.columns where {which} order by ordinal_position"
        answer = self.postgres.sql(f"select data_type from {columns}", database)  # noqa: S608
        return [str(row[0]) for row in answer.rows] or None

    def release(self) -> None:
        """Deletes databases and users, and keeps the server for the next namespace."""
        others = f"datname not in ('postgres', 'template0', 'template1', '{TEMPLATE}')"
        for (name,) in self.postgres.sql(f"select datname from pg_database where {others}", OWNER).rows:  # noqa: S608
            self._run(f"drop database {quoted(str(name))} with (force)")
        own = "rolname !~ '^pg_' and rolname <> 'postgres'"
        for (name,) in self.postgres.sql(f"select rolname from pg_roles where {own}", OWNER).rows:  # noqa: S608
            self._run(f"drop owned by {quoted(str(name))}")
            self._run(f"drop role {quoted(str(name))}")
        with _lock:
            _free.append(self.postgres)

    def _has(self, user: str) -> bool:
        return bool(self.postgres.sql(f"select 1 from pg_roles where rolname = {literal(user)}", OWNER).rows)  # noqa: S608

    def _run(self, statement: str) -> None:
        self.postgres.sql(statement, OWNER)


def quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def literal(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _take() -> Postgres:
    with _lock:
        if _free:
            return _free.pop()
    server = _started()
    # Without an encoding lengths are bytes, as they are in Redshift.
    server.sql(f"create database {TEMPLATE} encoding 'SQL_ASCII' locale 'C' template template0 is_template true", OWNER)
    server.sql(COMPAT.read_text(encoding="utf-8"), TEMPLATE)
    return server


def _started(kept: Path | None = None) -> Postgres:
    server = Postgres(kept)
    atexit.register(server.stop)
    return server
