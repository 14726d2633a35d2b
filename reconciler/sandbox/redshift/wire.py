"""PostgreSQL's wire protocol, version 3: messages, and a client for the sandbox itself.

The client waits. It is for the Data API, and for the questions that the sandbox asks its own database.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType

VERSION = 196608  # 3.0
# Types by PostgreSQL's numbers, under Redshift's names. It has no type text: that is a varchar.
TYPES = {16: "bool", 17: "varbyte", 20: "int8", 21: "int2", 23: "int4", 25: "varchar", 700: "float4", 701: "float8"}
TYPES |= {1042: "bpchar", 1043: "varchar", 1082: "date", 1083: "time", 1114: "timestamp", 1184: "timestamptz"}
TYPES |= {1700: "numeric", 3802: "super"}
Rows = Callable[[], Iterator[bytes]]  # the rows of a COPY, as CSV


class DatabaseError(Exception):
    """The database's refusal: SQLSTATE and words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    type_modifier: int


@dataclass(frozen=True)
class Result:
    """The last result of a text. `columns` is None if it returned none; `count`: the rows returned or changed."""

    columns: tuple[Column, ...] | None
    rows: tuple[tuple[str | None, ...], ...]
    count: int


class Connection:
    """A connection to a PostgreSQL on a socket, which trusts the user's name. Raises `OSError`."""

    def __init__(self, path: str, user: str, database: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._file = self._socket.makefile("rb")
        words = (b"user", user.encode(), b"database", database.encode(), b"")
        self._send(b"", struct.pack("!I", VERSION) + b"\0".join(words) + b"\0")
        self.pid = 0
        try:
            self._finish(None)
        except DatabaseError:
            self.close()
            raise

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, type: type[BaseException] | None, wrong: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def run(self, sql: str, values: Sequence[str] | None = None, rows: Rows | None = None) -> Result:
        """Runs SQL: several statements without `values`, one with them. `rows` feeds a COPY from STDIN."""
        if values is None:
            self._send(b"Q", sql.encode() + b"\0")
        else:
            self._send(b"P", b"\0" + sql.encode() + b"\0" + struct.pack("!H", 0))
            texts = [value.encode() for value in values]
            bound = b"".join(struct.pack("!I", len(text)) + text for text in texts)
            self._send(b"B", b"\0\0" + struct.pack("!HH", 0, len(texts)) + bound + struct.pack("!H", 0))
            self._send(b"D", b"P\0")
            self._send(b"E", b"\0" + struct.pack("!I", 0))
            self._send(b"S", b"")
        return self._finish(rows)

    def _send(self, kind: bytes, body: bytes) -> None:
        self._socket.sendall(message(kind, body))

    def _finish(self, feed: Rows | None) -> Result:
        """Reads up to the moment when the database waits for the next statement."""
        columns, rows, count, refusal = None, list[tuple[str | None, ...]](), -1, None
        while True:
            kind, body = self._read()
            match kind:
                case b"T":
                    columns, rows = tuple(_columns(body)), []
                case b"D":
                    rows.append(tuple(_cells(body)))
                case b"C":
                    last = body.rstrip(b"\0").split()[-1]
                    count = int(last) if last.isdigit() else -1
                case b"E":
                    refusal = refusal or _error(body)
                case b"G":
                    self._feed(feed)
                case b"K":
                    (self.pid, _) = struct.unpack("!II", body)
                case b"Z":
                    if refusal:
                        raise refusal
                    return Result(columns, tuple(rows), count)

    def _feed(self, rows: Rows | None) -> None:
        try:
            for part in rows() if rows else ():
                self._send(b"d", part)
            self._send(b"c", b"")
        except Exception as wrong:  # Whatever it is, the statement fails with it.
            self._send(b"f", str(wrong).encode()[:500] + b"\0")

    def _read(self) -> tuple[bytes, bytes]:
        head = self._file.read(5)
        if len(head) < 5:
            raise ConnectionResetError("the database closed the connection")
        (size,) = struct.unpack("!I", head[1:])
        return head[:1], self._file.read(size - 4)


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def _columns(body: bytes) -> Iterator[Column]:
    (count,), rest = struct.unpack("!H", body[:2]), body[2:]
    for _ in range(count):
        name, _, rest = rest.partition(b"\0")
        _, _, type, _, modifier, _ = struct.unpack("!IHIhih", rest[:18])
        rest = rest[18:]
        yield Column(name.decode(), TYPES.get(type, "varchar"), modifier)


def _cells(body: bytes) -> Iterator[str | None]:
    (count,), at = struct.unpack("!H", body[:2]), 2
    for _ in range(count):
        (size,) = struct.unpack("!i", body[at : at + 4])
        at += 4
        if size < 0:
            yield None
            continue
        yield body[at : at + size].decode(errors="replace")
        at += size


def _error(body: bytes) -> DatabaseError:
    parts = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
    return DatabaseError(parts.get(b"C", ""), parts.get(b"M", ""))
