"""Writes one line per reply to disk before the next call. The next run can then report the results of a killed run.

The first line holds the plan. Each other line holds the results that one reply decided. The journal is removed once the
outcome is written. The run holds a lock on the file, which the system releases however the run ends. A process id would
not do: it may belong to a process that has ended, or already to another one.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from reconciler.documents.hints import brief
from reconciler.errors import ReconcileError
from reconciler.model import Item, Result, Status
from reconciler.private_files import make_folder, open_file
from reconciler.report.as_json import PARTS

_PARTS = ("change", *dict(PARTS))


class UnreadableJournalError(ReconcileError):
    """A journal holds what this version does not write. A newer version wrote it, or it is damaged."""

    def __init__(self, path: Path, wrong: Exception) -> None:
        # The other exceptions come from Python, and say little without their names.
        reason = str(wrong) if type(wrong) is ValueError else f"{type(wrong).__name__}: {wrong}"
        super().__init__(
            f"{path}: the journal of a killed run cannot be read: {reason}; "
            "run the newer version of reconcile that wrote it, or move the file away"
        )


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
        entries = [[*item, result._asdict()] for item, result in results.items()]
        at = datetime.now(UTC).isoformat()
        self._write({"at": at, "operation": operation, "requestId": request_id, "results": entries})

    def end(self) -> None:
        """Removes the journal, because the outcome is written and holds the same results."""
        self.close()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Closes the journal without removing it, so that the next run reports it."""
        self._stream.close()

    def _write(self, line: Mapping[str, Any]) -> None:
        # ASCII, because UTF-8 cannot write half of a surrogate pair, which AWS's JSON may hold.
        self._stream.write(json.dumps(line, separators=(",", ":")) + "\n")
        self._stream.flush()


@dataclass(frozen=True)
class UnfinishedRun:
    """Contents of a journal: the plan as JSON, the last result of each item, and the time of the last reply."""

    path: Path
    plan: Mapping[str, Any]
    started_at: str
    last_at: str
    results: Mapping[Item, Result]


def unfinished(folder: Path) -> Iterator[UnfinishedRun]:
    """Yields the journals of runs that ended without an outcome, but not those of runs that are alive."""
    for path in sorted(folder.glob("*.jsonl")):
        if not _is_locked(path) and (run := _read(path)):
            yield run


def _read(path: Path) -> UnfinishedRun | None:
    """Returns `None` if the first line is missing. A last line that the kill cut off is skipped.

    Raises `UnreadableJournalError`.
    """
    try:
        entries = list(_entries(path))
        return _run(path, entries)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as wrong:
        raise UnreadableJournalError(path, wrong) from wrong


def _entries(path: Path) -> Iterator[Any]:
    # Earlier releases wrote UTF-8. A kill may have cut the last line inside a letter of several bytes.
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def _run(path: Path, entries: Iterable[Mapping[str, Any]]) -> UnfinishedRun | None:
    head: Mapping[str, Any] = {}
    results: dict[Item, Result] = {}
    last = ""
    for entry in entries:
        if "plan" in entry:
            head = entry
        for change, part, position, result in entry.get("results", ()):
            if part not in _PARTS:
                raise ValueError(f"{brief(part)} is not a known part of a change")
            results[Item(change, part, position)] = _result(result)
        last = entry.get("at", last)
    if not head:
        return None
    return UnfinishedRun(path, head["plan"], head["startedAt"], last or head["startedAt"], results)


def _result(members: Mapping[str, Any]) -> Result:
    """Raises `ValueError` for what a newer version may have added."""
    for name in members:
        if name not in Result._fields:
            raise ValueError(f"{brief(name)} is not a known field of a result")
    status = members.get("status")
    if status not in list(Status):
        raise ValueError(f"{brief(status)} is not a known status")
    return Result(**{**members, "status": Status(status)})


def _is_locked(path: Path) -> bool:
    """Returns whether the run that writes the journal is alive."""
    with path.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
