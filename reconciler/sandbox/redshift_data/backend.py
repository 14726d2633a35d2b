"""The statements of an account and Region, and how one runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Thread

from moto.core.base_backend import BackendDict, BaseBackend

from reconciler.sandbox.redshift.gate import Gate
from reconciler.sandbox.redshift.wire import Connection, DatabaseError, Result

# Quoted texts and comments have no parameters, and neither have casts.
_WORDS = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|::|:(?P<name>[A-Za-z_]\w*)", re.DOTALL)
CANCELLED = "57014"


@dataclass
class SqlText:
    """One SQL text of a statement. `status` is one of the service's."""

    sql: str
    status: str = "SUBMITTED"
    result: Result | None = None
    error: str = ""


@dataclass(eq=False)
class Statement:
    """A statement or a batch. `until`: the number of the accepted call up to which it is not shown as done."""

    id: str
    parts: list[SqlText]
    is_batch: bool
    gate: Gate
    database: str
    user: str
    members: Mapping[str, object]
    values: Mapping[str, str]
    created: float
    until: int
    updated: float = 0.0
    is_cancelled: bool = False
    pid: int = 0
    _thread: Thread | None = field(default=None, repr=False)

    def __getstate__(self) -> dict[str, object]:
        """Leaves out the way to the database: only what has ended is kept."""
        return {**vars(self), "gate": None, "_thread": None}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state, _thread=Thread())

    @property
    def is_done(self) -> bool:
        return self._thread is not None and not self._thread.is_alive()

    def start(self, *, is_superuser: bool) -> None:
        self._thread = Thread(target=self._run, args=(is_superuser,), daemon=True, name="redshift data")
        self._thread.start()

    def cancel(self) -> None:
        """Ends the statement that the database runs now; a later one of the batch does not begin."""
        self.is_cancelled = True
        if self.pid:
            cluster = self.gate.cluster()
            cluster.postgres.sql(f"select pg_cancel_backend({self.pid})", cluster.database)

    def _run(self, is_superuser: bool) -> None:
        try:
            cluster = self.gate.cluster()
            cluster.know(self.user, is_superuser=is_superuser)
            with cluster.connect(self.user, self.database) as connection:
                self.pid = connection.pid
                self._carry_out(connection)
        except (DatabaseError, OSError) as wrong:
            self._fail(self.parts[0], wrong)
        finally:
            self.pid = 0
            for part in self.parts:
                if part.status in ("SUBMITTED", "STARTED"):
                    part.status = "ABORTED"

    def _carry_out(self, connection: Connection) -> None:
        if self.is_batch:
            connection.run("begin")
        for part in self.parts:
            if self.is_cancelled:
                return
            part.status = "STARTED"
            try:
                part.result = self._result(connection, part.sql)
            except DatabaseError as wrong:
                self._fail(part, wrong)
                return
            part.status = "FINISHED"
        if self.is_batch:
            try:
                connection.run("commit")
            except DatabaseError as wrong:
                self._fail(self.parts[-1], wrong)

    def _result(self, connection: Connection, sql: str) -> Result:
        text, copy = self.gate.translated(sql)
        names: list[str] = []
        if self.values:
            text, names = numbered(text, self.values)
        feed = (lambda: self.gate.rows(copy, self.database)) if copy else None
        return connection.run(text, [self.values[name] for name in names] if names else None, feed)

    def _fail(self, part: SqlText, wrong: Exception) -> None:
        is_cancel = self.is_cancelled and isinstance(wrong, DatabaseError) and wrong.code == CANCELLED
        part.status, part.error = "ABORTED" if is_cancel else "FAILED", f"ERROR: {wrong}"


class RedshiftDataBackend(BaseBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.statements: dict[str, Statement] = {}
        self.tokens: dict[str, str] = {}


redshift_data_backends = BackendDict(RedshiftDataBackend, "redshift")


def numbered(sql: str, values: Mapping[str, str]) -> tuple[str, list[str]]:
    """Returns SQL with $1, $2 … in place of `:name`, and the names in this order."""
    names: list[str] = []

    def number(word: re.Match[str]) -> str:
        name = word["name"]
        if name is None or name not in values:
            return word[0]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _WORDS.sub(number, sql), names


def named(sql: str) -> Sequence[str]:
    """Returns the names of the parameters of a text."""
    return [word["name"] for word in _WORDS.finditer(sql) if word["name"]]
