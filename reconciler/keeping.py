"""What outlives a run, on disk: its outcome, and until that is there the journal that tells it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from reconciler.apply.journal import Journal, unfinished
from reconciler.errors import ReconcileError
from reconciler.model import Outcome, Plan
from reconciler.report import dumps, outcome_json, plan_json, rebuilt_json

STATE, OUTCOMES = ".reconcile", "outcomes"
_WORDS = ("environment", "startedAt", "status", "digest")


class UnkeptError(ReconcileError):
    """The run has come to its end, and its outcome is not on disk."""

    def __init__(self, outcome: Outcome, path: Path, wrong: OSError) -> None:
        super().__init__(f"the outcome cannot be written to {path}: {wrong.strerror or wrong}")
        self.outcome = outcome


class UnreadyError(ReconcileError):
    """Nothing was applied: what would become of it could not be kept."""

    def __init__(self, what: str, path: Path, wrong: OSError) -> None:
        reason = wrong.strerror or str(wrong)
        remedy = f"see to it that files can be made in {path.parent}"
        super().__init__(f"the {what} cannot be written to {path}: {reason}; nothing was applied; {remedy}")


def begin_journal(told: Path, plan: Plan, started: datetime) -> Journal:
    """Raises `UnreadyError` where no journal, or later no outcome, could be written: nothing is begun then."""
    must_be_writable(told)
    path = told.parents[1] / "journals" / f"{told.stem}.jsonl"
    try:
        return Journal.begin(path, plan_json(plan), started)
    except OSError as wrong:
        raise UnreadyError("journal", path, wrong) from wrong


def must_be_writable(outcome: Path) -> None:
    """Tried before the first write: what is done and not told could not be undone. Raises `UnreadyError`."""
    draft = outcome.with_suffix(".part")
    try:
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(" ", encoding="utf-8")
        draft.unlink()
    except OSError as wrong:
        raise UnreadyError("outcome", outcome, wrong) from wrong


def keep(path: Path, outcome: Outcome) -> None:
    try:
        write_outcome(path, outcome)
    except OSError as wrong:
        raise UnkeptError(outcome, path, wrong) from wrong


def write_outcome(path: Path, outcome: Outcome) -> None:
    _write(path, outcome_json(outcome))


def recover(root: Path) -> list[Path]:
    """Write the outcome of each run that was killed, from its journal; where they are."""
    folder, written = root / STATE, []
    for told in unfinished(folder / "journals"):
        path = folder / OUTCOMES / f"{told.path.stem}.json"
        _write(path, rebuilt_json(dict(told.plan), told.results, started_at=told.started_at, last_at=told.last_at))
        told.path.unlink()
        written.append(path)
    return written


@dataclass(frozen=True)
class PastRun:
    """An outcome on disk, in short. `started` is as the file has it: ISO 8601, UTC."""

    path: Path
    environment: str
    started: str
    status: str
    digest: str
    totals: Mapping[str, int]

    @property
    def has_written(self) -> bool:
        return self.totals.get("done", 0) > 0


def past_runs(root: Path) -> list[PastRun]:
    """Returns the runs whose outcomes are below the root, the newest first."""
    runs = filter(None, map(past_run, (root / STATE / OUTCOMES).glob("*.json")))
    return sorted(runs, key=lambda run: (run.started, run.path.name), reverse=True)


def past_run(path: Path) -> PastRun | None:
    """Returns the run that left an outcome, `None` where the file is not one."""
    try:
        members = json.loads(path.read_text(encoding="utf-8"))
        totals = {str(name): int(count) for name, count in members["totals"].items()}
        environment, started, status, digest = (str(members[name]) for name in _WORDS)
        return PastRun(path, environment, started, status, digest, totals)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _write(path: Path, outcome: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished_file = path.with_suffix(".part")
    unfinished_file.write_text(dumps(outcome), encoding="utf-8")
    unfinished_file.replace(path)
