"""The wire: a server that speaks to `redshift_connector` as Redshift does, and to a PostgreSQL behind it.

It takes only TLS and asks for a password. It drops start-up parameters that PostgreSQL does not know, and reports
Redshift's version. It translates the SQL of Query and Parse. A cut closes the connection at the n-th statement that
contains a text: before the database gets it, or after it ran, when the reply is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.redshift import copying, dialect

SSL_REQUEST = 80877103
PASSED_ON = ("user", "database", "application_name", "options")
RESULT = {b"server_version": b"8.0.2", b"client_encoding": b"UNICODE"}


@dataclass
class Cut:
    """At the n-th statement with `text` in it; `when` is before or after it was carried out."""

    text: str
    when: str
    number: int = 1


@dataclass
class Front:
    """`socket` is PostgreSQL's; `types` returns the types of a table's columns, or None."""

    socket: str
    s3: Any
    tls: ssl.SSLContext
    passwords: Mapping[str, str]
    roles: frozenset[str]
    types: Callable[[str], list[str] | None]
    cuts: list[Cut] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)

    async def serve(self) -> asyncio.Server:
        return await asyncio.start_server(self._accept, "127.0.0.1", 0)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A session that is cancelled before its first step closes its connection as well."""
        meeting = asyncio.ensure_future(self._meet(reader, writer))
        meeting.add_done_callback(lambda _: writer.transport.abort())

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            session = await self._begin(reader, writer)
            if session:
                await session.run()
        await _close(writer)

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Session | None:
        body = await _start_up(reader)
        if struct.unpack("!I", body[:4])[0] == SSL_REQUEST:
            writer.write(b"S")
            await writer.drain()
            await writer.start_tls(self.tls)
            body = await _start_up(reader)
        elif self.tls:
            writer.write(_error("28000", "only connections with TLS are taken"))
            return None
        words = body[4:].rstrip(b"\0").split(b"\0")
        expected = {key.decode(): value.decode() for key, value in zip(words[::2], words[1::2], strict=True)}
        writer.write(_message(b"R", struct.pack("!I", 3)))
        kind, password = await _read(reader)
        if kind != b"p" or self.passwords.get(expected["user"]) != password.rstrip(b"\0").decode():
            writer.write(_error("28P01", "password authentication failed"))
            await writer.drain()
            return None
        kept = {key: value for key, value in expected.items() if key in PASSED_ON} | {"user": "postgres"}
        behind = await asyncio.open_unix_connection(self.socket)
        words = [word.encode() + b"\0" for pair in kept.items() for word in pair]
        start = body[:4] + b"".join(words) + b"\0"
        behind[1].write(struct.pack("!I", len(start) + 4) + start)
        return Session(self, (reader, writer), behind)

    def heard(self, sql: str) -> Cut | None:
        """Note a statement; the cut that is due at it."""
        self.statements.append(sql)
        for cut in self.cuts:
            if cut.text in sql:
                cut.number -= 1
                if cut.number == 0:
                    self.cuts.remove(cut)
                    return cut
        return None


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Session:
    front: Front
    client: Stream
    behind: Stream
    copy: copying.Copy | None = None
    prepared: dict[bytes, str] = field(default_factory=dict)
    is_extended: bool = False
    is_cut: bool = False

    async def run(self) -> None:
        pumps = [asyncio.ensure_future(self._from_client()), asyncio.ensure_future(self._from_behind())]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self.behind[1].transport.abort()

    async def _from_client(self) -> None:
        while True:
            kind, body = await _read(self.client[0])
            self.is_extended = kind != b"Q"
            if kind == b"Q":
                sql = body[:-1].decode()
                self._begin(sql)
                body = self._translated(sql).encode() + b"\0"
            elif kind == b"P":
                name, text, tail = body.split(b"\0", 2)
                self.prepared[name] = text.decode()
                body = name + b"\0" + self._translated(text.decode()).encode() + b"\0" + tail
            elif kind == b"B":
                # Parsing carries nothing out, and the driver parses what it has parsed before no second time.
                self._begin(self.prepared[body.split(b"\0", 2)[1]])
            self.behind[1].write(_message(kind, body))
            await self.behind[1].drain()

    def _begin(self, sql: str) -> None:
        cut = self.front.heard(sql)
        if cut and cut.when == "before":
            raise ConnectionResetError("cut")
        self.is_cut = cut is not None

    def _translated(self, sql: str) -> str:
        try:
            self.copy = copying.read_copy(sql)
            if self.copy and self.copy.role not in self.front.roles:
                raise copying.CopyFailed(f"User is not authorized to assume IAM Role {self.copy.role}")
        except copying.CopyFailed as wrong:
            return _failing(str(wrong))
        if self.copy:
            return f"copy {self.copy.table} from stdin with (format csv)"
        return dialect.translated(sql)

    async def _from_behind(self) -> None:
        reader, client = self.behind[0], self.client[1]
        while True:
            kind, body = await _read(reader)
            if kind == b"G":
                await self._feed()
                continue
            if kind == b"Z" and self.is_cut:
                raise ConnectionResetError("cut")
            name = body.partition(b"\0")[0]
            if kind == b"S" and name in RESULT:
                body = name + b"\0" + RESULT[name] + b"\0"
            if not self.is_cut:
                client.write(_message(kind, body))
                await client.drain()

    async def _feed(self) -> None:
        """Be the client of PostgreSQL's COPY; the driver never sees it."""
        assert self.copy is not None
        behind = self.behind[1]
        try:
            parts = copying.rows(self.front.s3, self.copy, self.front.types(self.copy.table))
            while (part := await asyncio.to_thread(next, parts, None)) is not None:
                behind.write(_message(b"d", part))
                await behind.drain()
            behind.write(_message(b"c", b""))
        except Exception as wrong:  # Whatever it is, the statement fails with it.
            behind.write(_message(b"f", str(wrong).encode()[:500] + b"\0"))
        if self.is_extended:
            # PostgreSQL ignored the driver's own Sync while it waited for rows.
            behind.write(_message(b"S", b""))
        await behind.drain()


def _failing(message: str) -> str:
    expected = message.replace("'", "''")
    return f"do $r$ begin raise exception using errcode = 'XX000', message = '{expected}'; end $r$"


async def _start_up(reader: asyncio.StreamReader) -> bytes:
    (size,) = struct.unpack("!I", await reader.readexactly(4))
    return await reader.readexactly(size - 4)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readexactly(5)
    (size,) = struct.unpack("!I", head[1:])
    return head[:1], await reader.readexactly(size - 4)


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def _error(code: str, message: str) -> bytes:
    return _message(b"E", f"SFATAL\0VFATAL\0C{code}\0M{message}\0\0".encode())
