"""The wire: a server that speaks to `redshift_connector` as Redshift does, and to a PostgreSQL behind it.

It takes only TLS and asks for a password. It drops start-up parameters that PostgreSQL does not know, and reports
Redshift's version. It translates the SQL of Query and Parse. A cut closes the connection at the n-th statement that
contains a text: before the database gets it, or after it ran, when the reply is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from dataclasses import dataclass, field

from reconciler.sandbox.redshift import certificate, copying
from reconciler.sandbox.redshift.gate import Gate, NotAdmitted
from reconciler.sandbox.redshift.wire import message

SSL_REQUEST = 80877103
PASSED_ON = ("user", "database", "application_name", "options")
RESULT = {b"server_version": b"8.0.2", b"client_encoding": b"UNICODE"}


@dataclass
class Cut:
    """At the n-th statement with `text` in it; `when` is before or after it was carried out."""

    text: str
    when: str
    number: int = 1


@dataclass(eq=False)
class Front:
    """The endpoint of a workgroup. Nothing behind the gate runs before the first client comes."""

    gate: Gate
    cuts: list[Cut] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    sessions: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, port: int = 0) -> asyncio.Server:
        return await asyncio.start_server(self._accept, "127.0.0.1", port)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Begins a session. One that is cancelled before its first step closes its connection as well."""
        session = asyncio.ensure_future(self._meet(reader, writer))
        self.sessions.add(session)
        session.add_done_callback(self.sessions.discard)
        session.add_done_callback(lambda _: writer.transport.abort())

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            session = await self._begin(reader, writer)
            if session:
                await session.run()
        await _close(writer)

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Wire | None:
        body = await _start_up(reader)
        if struct.unpack("!I", body[:4])[0] != SSL_REQUEST:
            writer.write(_error("28000", "only connections with TLS are taken"))
            return None
        # Nothing may be awaited between the answer and TLS: the client's next bytes belong to TLS.
        tls = await asyncio.to_thread(certificate.context)
        writer.write(b"S")
        await writer.start_tls(tls)
        body = await _start_up(reader)
        words = body[4:].rstrip(b"\0").split(b"\0")
        given = {key.decode(): value.decode() for key, value in zip(words[::2], words[1::2], strict=True)}
        writer.write(message(b"R", struct.pack("!I", 3)))
        kind, password = await _read(reader)
        try:
            if kind != b"p":
                raise NotAdmitted("08P01", "a password is expected")
            socket = await asyncio.to_thread(self.gate.admit, given["user"], password.rstrip(b"\0").decode())
        except NotAdmitted as refused:
            writer.write(_error(refused.code, str(refused)))
            await writer.drain()
            return None
        behind = await asyncio.open_unix_connection(socket)
        parts = [part.encode() + b"\0" for key in PASSED_ON if key in given for part in (key, given[key])]
        behind[1].write(message(b"", body[:4] + b"".join(parts) + b"\0"))
        return Wire(self, (reader, writer), behind, given.get("database") or given["user"])

    def heard(self, sql: str) -> Cut | None:
        """Notes a statement, and returns the cut that is due at it."""
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
class Wire:
    front: Front
    client: Stream
    behind: Stream
    database: str
    copy: copying.Copy | None = None
    prepared: dict[bytes, str] = field(default_factory=dict)
    is_extended: bool = False
    is_cut: bool = False

    async def run(self) -> None:
        pumps = [asyncio.ensure_future(self._from_client()), asyncio.ensure_future(self._from_behind())]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # First: a session that is cancelled now does not come back from waiting.
            self.behind[1].transport.abort()
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

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
            self.behind[1].write(message(kind, body))
            await self.behind[1].drain()

    def _begin(self, sql: str) -> None:
        cut = self.front.heard(sql)
        if cut and cut.when == "before":
            raise ConnectionResetError("cut")
        self.is_cut = cut is not None

    def _translated(self, sql: str) -> str:
        text, self.copy = self.front.gate.translated(sql)
        return text

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
                client.write(message(kind, body))
                await client.drain()

    async def _feed(self) -> None:
        """Sends the rows to PostgreSQL's COPY; the driver never sees it."""
        assert self.copy is not None  # noqa: S101 (nothing else reads from STDIN)
        behind, copy = self.behind[1], self.copy
        try:
            parts = await asyncio.to_thread(self.front.gate.rows, copy, self.database)
            while (part := await asyncio.to_thread(next, parts, None)) is not None:
                behind.write(message(b"d", part))
                await behind.drain()
            behind.write(message(b"c", b""))
        except Exception as wrong:  # Whatever it is, the statement fails with it.
            behind.write(message(b"f", str(wrong).encode()[:500] + b"\0"))
        if self.is_extended:
            # PostgreSQL ignored the driver's own Sync while it waited for rows.
            behind.write(message(b"S", b""))
        await behind.drain()


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


def _error(code: str, words: str) -> bytes:
    return message(b"E", f"SFATAL\0VFATAL\0C{code}\0M{words}\0\0".encode())
