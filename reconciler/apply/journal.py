"""A line per reply, on disk before the next call: what a killed run had done can be told by the next one.

The first line holds the plan; each other line the results that one reply decided. Once the outcome is written the
journal has done its work and is removed. The run holds a lock on the file: the system releases it however the run ends,
while a process id may still name a process that has ended, or already another one.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from reconciler.model import Item, Result, Status
from reconciler.private_files import make_folder, open_file


class Journal:
    """An open journal; `note` is called under the run's lock, one reply at a time."""

    def __init__(self, path: Path, stream: IO[str]) -> None:
        self.path, self._stream = path, stream

    @classmethod
    def begin(cls, path: Path, plan: Mapping[str, Any], started_at: datetime) -> Journal:
        make_folder(path.parent)
        journal = cls(path, open_file(path, "x"))
        fcntl.flock(journal._stream, fcntl.LOCK_EX)
        journal._write({"plan": plan, "startedAt": started_at.isoformat(), "pid": os.getpid()})
        return journal

    def note(self, operation: str, request_id: str, results: Mapping[Item, Result]) -> None:
        told = [[*item, result._asdict()] for item, result in results.items()]
        at = datetime.now(UTC).isoformat()
        self._write({"at": at, "operation": operation, "requestId": request_id, "results": told})

    def end(self) -> None:
        """The outcome is written: nothing is left to rebuild."""
        self.close()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Leave it to be told by the next run."""
        self._stream.close()

    def _write(self, line: Mapping[str, Any]) -> None:
        self._stream.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._stream.flush()


@dataclass(frozen=True)
class Told:
    """What a journal tells: the plan as JSON, the last word on each item, and when the last reply came."""

    path: Path
    plan: Mapping[str, Any]
    started_at: str
    last_at: str
    results: Mapping[Item, Result]


def unfinished(folder: Path) -> Iterator[Told]:
    """The journals of runs that ended without an outcome; one that is still running is left alone."""
    for path in sorted(folder.glob("*.jsonl")):
        if not _is_locked(path) and (told := _read(path)):
            yield told


def _read(path: Path) -> Told | None:
    """Returns `None` if the first line is missing. A last line that the kill cut off is skipped."""
    head: dict[str, Any] = {}
    results: dict[Item, Result] = {}
    last = ""
    for line in path.read_text(encoding="utf-8").split("\n"):
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            continue
        if "plan" in entry:
            head = entry
        for change, part, position, told in entry.get("results", ()):
            results[Item(change, part, position)] = Result(**{**told, "status": Status(told["status"])})
        last = entry.get("at", last)
    if not head:
        return None
    return Told(path, head["plan"], head["startedAt"], last or head["startedAt"], results)


def _is_locked(path: Path) -> bool:
    """Returns whether the run that writes the journal is alive."""
    with path.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
