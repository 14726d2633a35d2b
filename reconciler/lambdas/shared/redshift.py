"""Connections to Redshift: logins that last minutes, transactions that are tried again. Messages show only codes.

An error of a database may repeat values of rows, so its words never leave this module.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from reconciler.lambdas.shared.calls import CallFailed, Calls
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


class RedshiftFailed(Exception):  # noqa: N818 - the name says what happened
    """No login, or the database refused. `code` is its SQLSTATE, or empty."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Redshift:
    """The address of the database. The secret holds missing parts; without a secret, IAM gives credentials."""

    secret: str = ""
    workgroup: str = ""
    host: str = ""
    port: int = 5439
    database: str = "dev"


@dataclass(frozen=True)
class Login:
    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    phone_key: bytes = field(default=b"", repr=False)


def log_in(where: Redshift, client: Callable[[str], Any], calls: Calls) -> Login:
    """Returns a login. Raises `RedshiftFailed`, whose text contains nothing of the secret."""
    try:
        return _from_secret(where, client, calls) if where.secret else _from_iam(where, client, calls)
    except CallFailed as wrong:
        raise RedshiftFailed(f"no credentials for Redshift: {wrong}") from wrong


def _from_secret(where: Redshift, client: Callable[[str], Any], calls: Calls) -> Login:
    """Reads a secret in Redshift's form, with `phone_key` for PHONES=hash of contact_calls.

    Its keys are username, password, host, port and dbName.
    """
    secrets = client("secretsmanager")
    answer = calls.make("secretsmanager:GetSecretValue", lambda: secrets.get_secret_value(SecretId=where.secret))
    try:
        secret = json.loads(answer["SecretString"])
        return Login(
            host=where.host or secret["host"],
            port=int(secret.get("port") or where.port),
            database=secret.get("dbName") or secret.get("dbname") or where.database,
            user=secret["username"],
            password=secret["password"],
            phone_key=str(secret.get("phone_key") or "").encode(),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        # The messages of json and int repeat their input.
        raise RedshiftFailed("the secret must be JSON with username, password and host") from None


def _from_iam(where: Redshift, client: Callable[[str], Any], calls: Calls) -> Login:
    """Gets credentials for the function's role. Without a host, the workgroup's endpoint is looked up."""
    serverless = client("redshift-serverless")
    host, port = where.host, where.port
    if not host:
        answer = calls.make(
            "redshift-serverless:GetWorkgroup", lambda: serverless.get_workgroup(workgroupName=where.workgroup)
        )
        endpoint = answer["workgroup"].get("endpoint", {})
        if not endpoint.get("address"):
            raise RedshiftFailed("the workgroup has no endpoint yet; wait until it is available")
        host, port = str(endpoint["address"]), int(endpoint["port"])
    answer = calls.make(
        "redshift-serverless:GetCredentials",
        lambda: serverless.get_credentials(workgroupName=where.workgroup, dbName=where.database),
    )
    return Login(host, port, where.database, answer["dbUser"], answer["dbPassword"])


@dataclass(frozen=True)
class Connections:
    """Connections within a deadline. `application` is the name that the database shows."""

    login: Callable[[], Login]
    """Asked at every connection: what IAM gives ends after a quarter of an hour."""
    deadline: Deadline
    sleep: Callable[[float], None]
    application: str

    def tried(self, once: Callable[[Any], T]) -> T:
        """Returns what `once` returns for a new connection; it commits. Raises `RedshiftFailed`.

        It is tried again while that may help. So it must be safe to repeat, also if a commit's answer was lost.
        """
        for number in range(TRIES):
            if self.deadline.left < SHORTEST:
                raise RedshiftFailed("there is no time left for Redshift")
            try:
                with self.open() as connection:
                    return once(connection)
            except driver().Error as wrong:
                code = code_of(wrong)
                if not is_transient(wrong) or number == TRIES - 1:
                    raise RedshiftFailed(_spelled(wrong, code), code) from None
            except OSError as wrong:
                if number == TRIES - 1:
                    raise RedshiftFailed(f"Redshift: {type(wrong).__name__}") from None
            self.sleep(PAUSE * 2**number)
        raise AssertionError

    @contextmanager
    def open(self) -> Iterator[Any]:
        """Opens a connection, whose statements end with the deadline. Closing it rolls back."""
        login, left = self.login(), self.deadline.left
        connection = driver().connect(
            host=login.host,
            port=login.port,
            database=login.database,
            user=login.user,
            password=login.password,
            ssl=True,
            sslmode="verify-full",
            # Longer than a statement may take, so the server reports its timeout first; less than the margin.
            timeout=int(left) + 1,
            application_name=self.application,
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


def driver() -> Any:
    """Imports the driver, which takes half a second, only when there is something to load."""
    import redshift_connector

    return redshift_connector


def code_of(wrong: Exception) -> str:
    """Returns the SQLSTATE of the database's answer, or an empty text."""
    answer = wrong.args[0] if wrong.args else None
    return str(answer.get("C", "")) if isinstance(answer, dict) else ""


def is_transient(wrong: Exception) -> bool:
    """Returns whether another try may succeed. Without a code the connection broke, and the outcome is unknown."""
    code = code_of(wrong)
    return code in TRANSIENT or code.startswith("08") or (not code and isinstance(wrong, driver().InterfaceError))


def plain(instant: datetime) -> datetime:
    """Returns the instant in UTC without an offset, as the database keeps it."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def _close(connection: Any) -> None:
    """Closes a connection, which rolls back; a broken one is closed already."""
    try:
        connection.close()
    except (driver().Error, OSError):
        return


def _spelled(wrong: Exception, code: str) -> str:
    meaning = MEANINGS.get(code, "")
    return f"Redshift: {type(wrong).__name__} {code}".rstrip() + (f" ({meaning})" if meaning else "")
