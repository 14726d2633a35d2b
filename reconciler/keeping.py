"""What outlives a run, on disk: its outcome, and until that is there the journal that tells it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from reconciler.apply.journal import Journal, unfinished
from reconciler.errors import ReconcileError
from reconciler.model import Outcome, Plan
from reconciler.private_files import LinkedError, make_folder, open_file, refuse_link, refuse_links_in, write_file
from reconciler.report import dumps, outcome_json, plan_json, read_outcome, rebuilt_json

STATE = ".reconcile"


class UnkeptError(ReconcileError):
    """The run has come to its end, and its outcome is not on disk."""

    def __init__(self, outcome: Outcome, path: Path, wrong: OSError) -> None:
        super().__init__(f"the outcome cannot be written to {path}: {wrong.strerror or wrong}")
        self.outcome = outcome


class UnreadyError(ReconcileError):
    """Nothing was applied: what would become of it could not be kept."""

    def __init__(self, what: str, path: Path, wrong: OSError) -> None:
        reason = wrong.strerror or str(wrong)
        # The message about a link says what to do.
        remedy = "" if isinstance(wrong, LinkedError) else f"; see to it that files can be made in {path.parent}"
        super().__init__(f"the {what} cannot be written to {path}: {reason}; nothing was applied{remedy}")


def begin_journal(told: Path, plan: Plan, started: datetime) -> Journal:
    """Raises `UnreadyError` where no journal, or later no outcome, could be written: nothing is begun then."""
    state = told.parents[1]
    try:
        make_folder(state)
        refuse_link(told.parent)
    except OSError as wrong:
        raise UnreadyError("outcome", told, wrong) from wrong
    must_be_writable(told)
    path = state / "journals" / f"{told.stem}.jsonl"
    try:
        return Journal.begin(path, plan_json(plan), started)
    except OSError as wrong:
        raise UnreadyError("journal", path, wrong) from wrong


def must_be_writable(outcome: Path) -> None:
    """Tried before the first write: what is done and not told could not be undone. Raises `UnreadyError`."""
    draft = outcome.with_suffix(".part")
    try:
        draft.parent.mkdir(parents=True, exist_ok=True)
        with open_file(draft, "w") as stream:
            stream.write(" ")
        draft.unlink()
    except OSError as wrong:
        raise UnreadyError("outcome", outcome, wrong) from wrong


def keep(path: Path, outcome: Outcome) -> None:
    """Writes the outcome below `.reconcile`, for its owner alone. Raises `UnkeptError`."""
    try:
        _keep(path, outcome_json(outcome))
    except OSError as wrong:
        raise UnkeptError(outcome, path, wrong) from wrong


def write_outcome(path: Path, outcome: Outcome) -> None:
    """Writes the outcome where the user wants it, with the rights and through the links that the user chose."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished_file = path.with_suffix(".part")
    unfinished_file.write_text(dumps(outcome_json(outcome)), encoding="utf-8")
    unfinished_file.replace(path)


def recover(root: Path) -> list[Path]:
    """Write the outcome of each run that was killed, from its journal; where they are."""
    folder, written = root / STATE, []
    refuse_links_in(folder)
    refuse_links_in(folder / "journals")
    for told in unfinished(folder / "journals"):
        path = folder / "outcomes" / f"{told.path.stem}.json"
        _keep(path, rebuilt_json(dict(told.plan), told.results, started_at=told.started_at, last_at=told.last_at))
        told.path.unlink()
        written.append(path)
    return written


def latest_outcome(root: Path, environment: str) -> Path | None:
    """Returns the outcome of the run that began last, in the environment if one is named."""
    found: list[tuple[str, Path]] = []
    for path in (root / STATE / "outcomes").glob("*.json"):
        outcome = read_outcome(path.read_text(encoding="utf-8"), path.name)
        if environment in ("", outcome["environment"]):
            found.append((outcome["startedAt"], path))
    return max(found)[1] if found else None


def _keep(path: Path, outcome: dict[str, Any]) -> None:
    make_folder(path.parents[1])
    make_folder(path.parent)
    write_file(path, dumps(outcome))
