"""Writes stderr line by line: text for people, JSON for machines. A cell's value never appears here."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from enum import IntEnum
from threading import Lock
from typing import Any

from reconciler.cli.choices import Flags
from reconciler.cli.screen import leave_unread, printable

Line = Callable[["LogLevel", str, str, dict[str, Any]], str]


class LogLevel(IntEnum):
    """The lowest verbosity that shows a line."""

    ERROR = 0
    NOTE = 1
    DETAIL = 2


class Log:
    """A log that is safe to use from many threads. A failing stderr never ends a run."""

    def __init__(self, most: LogLevel, line: Line, always: Collection[str] = ()) -> None:
        self.most, self._always = most, always
        self.write: Callable[[str], None] = to_stderr
        self._line, self._lock = line, Lock()

    def error(self, message: str, **members: Any) -> None:
        self.put(LogLevel.ERROR, "error", message, **members)

    def note(self, message: str, **members: Any) -> None:
        self.put(LogLevel.NOTE, "note", message, **members)

    def detail(self, message: str, **members: Any) -> None:
        self.put(LogLevel.DETAIL, "note", message, **members)

    def line(self, level: LogLevel, event: str, message: str, **members: Any) -> str:
        """Returns the line to print; empty if the verbosity hides it."""
        return self._line(level, event, message, members) if level <= self.most or event in self._always else ""

    def put(self, level: LogLevel, event: str, message: str, **members: Any) -> None:
        if not (line := self.line(level, event, message, **members)):
            return
        with self._lock:
            try:
                self.write(line)
            except OSError:
                leave_unread(sys.stderr)


def log_of(flags: Flags) -> Log:
    if flags.log_format == "json":
        # A machine gets every write, unless only errors are requested.
        return Log(LogLevel(flags.verbosity), _json, always=("write",) if flags.verbosity else ())
    return Log(LogLevel(flags.verbosity), _text)


def _text(level: LogLevel, event: str, message: str, members: dict[str, Any]) -> str:
    return printable(message)


def _json(level: LogLevel, event: str, message: str, members: dict[str, Any]) -> str:
    time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    given = {key: value for key, value in members.items() if value is not None}
    record = {"time": time, "level": _LEVELS[level], "event": event, "message": message, **given}
    return json.dumps(record, ensure_ascii=False)


_LEVELS = {LogLevel.ERROR: "error", LogLevel.NOTE: "info", LogLevel.DETAIL: "debug"}


def to_stderr(line: str) -> None:
    if sys.stderr:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
