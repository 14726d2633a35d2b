"""The files that outlive a run: its outcome, and its journal until the outcome is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from reconciler.chosen_files import is_special, must_accept, write_chosen
from reconciler.errors import ReconcileError
from reconciler.model import Outcome, Plan
from reconciler.outcomes.journal import Journal, UnfinishedRun, UnreadableJournalError, unfinished
from reconciler.private_files import LinkedError, make_folder, open_file, refuse_link, refuse_links_in, write_file
from reconciler.report import dumps, outcome_json, plan_json, rebuilt_json

STATE, OUTCOMES = ".reconcile", "outcomes"
_WORDS = ("environment", "startedAt", "status", "digest")


class UnkeptError(ReconcileError):
    """The run ended, but its outcome could not be written to disk."""

    def __init__(self, outcome: Outcome, path: Path, wrong: OSError) -> None:
        super().__init__(f"the outcome cannot be written to {path}: {wrong.strerror or wrong}")
        self.outcome = outcome


class UnreadyError(ReconcileError):
    """Nothing was applied, because the outcome or the journal could not be written."""

    def __init__(self, what: str, path: Path, wrong: OSError) -> None:
        reason = wrong.strerror or str(wrong)
        remedy = f"; make {path.parent} writable"
        if isinstance(wrong, LinkedError):
            remedy = ""  # the message about a link has its own
        elif is_special(path):
            remedy = "; name another file"
        super().__init__(f"the {what} cannot be written to {path}: {reason}; nothing was applied{remedy}")


def begin_journal(outcome: Path, plan: Plan, started: datetime) -> Journal:
    """Begins the journal of a run. Raises `UnreadyError` if the journal or the outcome cannot be written."""
    state = outcome.parents[1]
    try:
        make_folder(state)
        refuse_link(outcome.parent)
    except OSError as wrong:
        raise UnreadyError("outcome", outcome, wrong) from wrong
    must_be_writable(outcome)
    path = state / "journals" / f"{outcome.stem}.jsonl"
    try:
        return Journal.begin(path, plan_json(plan), started)
    except OSError as wrong:
        raise UnreadyError("journal", path, wrong) from wrong


def must_be_writable(outcome: Path) -> None:
    """Raises `UnreadyError` if the outcome cannot be written below `.reconcile`.

    Apply calls this before its first write, because a run without an outcome cannot be undone.
    """
    draft = outcome.with_suffix(".part")
    try:
        draft.parent.mkdir(parents=True, exist_ok=True)
        with open_file(draft, "w") as stream:
            stream.write(" ")
        draft.unlink()
    except OSError as wrong:
        raise UnreadyError("outcome", outcome, wrong) from wrong


def check_outcome_file(path: Path) -> None:
    """Raises `UnreadyError` if the outcome cannot be written where the user wants it. The file does not change."""
    try:
        must_accept(path)
    except OSError as wrong:
        raise UnreadyError("outcome", path, wrong) from wrong


def keep(path: Path, outcome: Outcome) -> None:
    """Writes the outcome below `.reconcile`, for its owner alone. Raises `UnkeptError`."""
    try:
        _keep(path, outcome_json(outcome))
    except OSError as wrong:
        raise UnkeptError(outcome, path, wrong) from wrong


def write_outcome(path: Path, outcome: Outcome) -> None:
    """Writes the outcome where the user wants it, with the rights and through the links that the user chose."""
    write_chosen(path, dumps(outcome_json(outcome)))


def recover(root: Path) -> list[Path]:
    """Writes the outcome of each killed run from its journal. Returns the paths of these outcomes.

    Raises `UnreadableJournalError` for a journal of a newer version.
    """
    folder, written = root / STATE, []
    refuse_links_in(folder)
    refuse_links_in(folder / "journals")
    for run in unfinished(folder / "journals"):
        path = folder / OUTCOMES / f"{run.path.stem}.json"
        _keep(path, _rebuilt(run))
        run.path.unlink()
        written.append(path)
    return written


@dataclass(frozen=True)
class PastRun:
    """The summary of an outcome on disk. `started` is the text of the file: ISO 8601, UTC."""

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
    """Returns the summary of an outcome file, or `None` if the file is not an outcome."""
    try:
        members = json.loads(path.read_text(encoding="utf-8"))
        totals = {str(name): int(count) for name, count in members["totals"].items()}
        environment, started, status, digest = (str(members[name]) for name in _WORDS)
        return PastRun(path, environment, started, status, digest, totals)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def _rebuilt(run: UnfinishedRun) -> dict[str, Any]:
    try:
        return rebuilt_json(dict(run.plan), run.results, started_at=run.started_at, last_at=run.last_at)
    except (LookupError, TypeError, ValueError, AttributeError) as wrong:
        raise UnreadableJournalError(run.path, wrong) from wrong


def _keep(path: Path, outcome: dict[str, Any]) -> None:
    make_folder(path.parents[1])
    make_folder(path.parent)
    write_file(path, dumps(outcome))
