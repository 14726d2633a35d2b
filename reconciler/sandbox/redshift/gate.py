"""The gate of a namespace: who may log in, which role COPY may use, and the database, which starts at the first use."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from reconciler.sandbox.redshift import copying, dialect
from reconciler.sandbox.redshift.cluster import Cluster
from reconciler.sandbox.redshift.shelf import RoleShelf

VERIFIER = re.compile(r"SCRAM-SHA-256\$(?P<rounds>\d+):(?P<salt>[^$]+)\$(?P<stored>[^:]+):.+")


class NotAdmitted(Exception):  # noqa: N818 - the name says what happened
    """A login that the database refuses: SQLSTATE and words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Login:
    """A temporary password of an IAM identity. `until`: epoch seconds. It has no text form that shows the password."""

    user: str
    password: str = field(repr=False)
    until: float
    is_superuser: bool = False


@dataclass(frozen=True)
class Holder:
    """The facts of a namespace that may change, read whenever they matter."""

    account: str
    region: str
    database: Callable[[], str]
    admin: Callable[[], str]
    admin_password: Callable[[], str]
    """Empty if the namespace has none."""
    roles: Callable[[], list[str]]
    default_role: Callable[[], str]
    now: Callable[[], float]


class Gate:
    def __init__(self, holder: Holder) -> None:
        self.holder = holder
        self._lock = Lock()
        self._cluster: Cluster | None = None
        self._logins: list[Login] = []

    @property
    def is_running(self) -> bool:
        return self._cluster is not None

    def cluster(self) -> Cluster:
        """Returns the database, which the first call starts."""
        with self._lock:
            if self._cluster is None:
                self._cluster = Cluster(self.holder.database(), self.holder.admin())
            return self._cluster

    def keep(self, file: Path) -> bool:
        """Writes the database into a file. Returns False if there is none yet."""
        with self._lock:
            if self._cluster:
                self._cluster.postgres.keep(file)
            return self._cluster is not None

    def resume(self, file: Path) -> None:
        """Begins with a database that `keep` wrote."""
        with self._lock:
            self._cluster = Cluster(self.holder.database(), self.holder.admin(), file)

    def release(self) -> None:
        with self._lock:
            cluster, self._cluster, self._logins = self._cluster, None, []
        if cluster:
            cluster.release()

    def lend(self, login: Login) -> None:
        """Lets a user log in until the password ends."""
        now = self.holder.now()
        self._logins = [*(one for one in self._logins if one.until > now), login]

    def admit(self, user: str, password: str) -> str:
        """Returns the socket of the database for a user who is right. Raises `NotAdmitted`."""
        cluster = self.cluster()
        if user == self.holder.admin():
            is_right = _equal(self.holder.admin_password(), password)
        elif login := next((one for one in self._logins if one.user == user and _equal(one.password, password)), None):
            is_right = login.until > self.holder.now()
            cluster.know(user, is_superuser=login.is_superuser)
        else:
            is_right = _verifies(cluster.password_of(user), password)
        if not is_right:
            raise NotAdmitted("28P01", f"password authentication failed for user {user}")
        return cluster.socket

    def translated(self, sql: str) -> tuple[str, copying.Copy | None]:
        """Returns SQL for PostgreSQL, and the COPY that it is. SQL that Redshift refuses becomes SQL that fails."""
        try:
            copy = copying.read_copy(sql)
            if copy:
                self._role(copy)
        except copying.CopyFailed as wrong:
            return failing(str(wrong)), None
        if copy:
            return f"copy {copy.table} from stdin with (format csv)", copy
        return dialect.translated(sql), None

    def rows(self, copy: copying.Copy, database: str) -> Iterator[bytes]:
        """Returns the rows of a COPY as CSV."""
        shelf = RoleShelf(self.holder.account, self.holder.region, self._role(copy))
        return copying.rows(shelf, copy, self.cluster().types(copy.table, database))

    def _role(self, copy: copying.Copy) -> str:
        role = copy.role or self.holder.default_role()
        if role not in self.holder.roles():
            known = f"IAM Role {role}" if role else "a default IAM role: the namespace has none"
            raise copying.CopyFailed(f"User is not authorized to assume {known}")
        return role


def failing(message: str) -> str:
    words = message.replace("'", "''")
    return f"do $r$ begin raise exception using errcode = 'XX000', message = '{words}'; end $r$"


def _equal(known: str, given: str) -> bool:
    return bool(known) and hmac.compare_digest(known.encode(), given.encode())


def _verifies(verifier: str, password: str) -> bool:
    """Returns whether a password is the one of a verifier of PostgreSQL [RFC 5802]."""
    match = VERIFIER.fullmatch(verifier)
    if match is None:
        return False
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(match["salt"]), int(match["rounds"]))
    key = hmac.digest(salted, b"Client Key", "sha256")
    return hmac.compare_digest(hashlib.sha256(key).digest(), base64.b64decode(match["stored"]))
