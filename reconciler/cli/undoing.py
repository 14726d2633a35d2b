"""Defines `undo`, which plans and applies the reversal of an earlier run, and `runs`, which lists earlier runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import approval, opening, planning, screen
from reconciler.cli.applying import reviewed_by
from reconciler.cli.choices import Flags
from reconciler.cli.flags import (
    OFFLINE,
    WRITES,
    Flagged,
    allow_create_option,
    allow_delete_option,
    exclude_option,
    full_flag,
    target_option,
    window_option,
)
from reconciler.cli.logs import log_of
from reconciler.cli.writing import WriteRequest, carry_out, recover_killed, report_applied
from reconciler.errors import ReconcileError, UsageError

if TYPE_CHECKING:
    from reconciler.model import Plan
    from reconciler.outcomes.store import PastRun

DIGITS = 12  # of a digest, as plans show it


@click.command(
    cls=Flagged,
    uses=WRITES,
    example="""\
reconcile -e prod undo --last --dry-run
reconcile -e prod undo .reconcile/outcomes/FILE.json""",
)
@click.argument("path", type=planning.FILE, metavar="[OUTCOME.json]", required=False)
@click.option("--last", is_flag=True, help="Undo the environment's newest run that has written something.")
@planning.format_option
@planning.out_option
@click.option("--detailed-exitcode", is_flag=True, help="With --dry-run, exit with 2 if there is something to undo.")
@click.option("--expect", metavar="DIGEST", help="Undo only if the plan has this digest (12 digits or more).")
@click.option(
    "--plan", "plan_file", type=planning.FILE, metavar="FILE.json", help="Undo only the changes of this reviewed plan."
)
@click.option(
    "--outcome", "outcome_file", type=planning.FILE, metavar="FILE.json", help="Also write the outcome to this file."
)
@target_option
@exclude_option
@allow_delete_option
@allow_create_option
@window_option
@full_flag
@click.pass_obj
def undo(
    flags: Flags,
    /,
    path: Path | None,
    last: bool,
    form: str | None,
    out: tuple[Path, ...],
    detailed_exitcode: bool,
    expect: str | None,
    plan_file: Path | None,
    outcome_file: Path | None,
    full: bool,
    **selected: Any,
) -> int:
    """Revert a previous run.

    Plans the reversal, asks, and applies it. Values that were changed after that run are kept. Name the outcome of the
    run, or give --last; `reconcile runs` lists the runs. An undo is also a run, and can be undone.
    """
    from reconciler import reconcile
    from reconciler.undo import preview_undo

    path = _outcome(flags, path, last)
    past = _read(path)
    approval.must_be_possible_to_apply(flags)
    if (form or detailed_exitcode) and not flags.dry_run:
        raise UsageError("--format and --detailed-exitcode require --dry-run; to write the plan to a file, use --out")
    files, reviewed = planning.forms_of(out), reviewed_by(expect, plan_file)
    opened = opening.for_writing(flags, selected)
    opened = replace(opened, options=replace(opened.options, expect=expect or "", reviewed=reviewed))
    printed: list[Plan] = []

    def show(plan: Plan) -> None:
        printed.append(plan)
        planning.print_plan(plan, form or "text", files, planning.depth_of(flags, full))
        if not plan.changes:
            log_of(flags).note("nothing to undo: everything that the run changed already has its earlier state")

    request = WriteRequest(flags, opened, partial(approval.approves, flags), outcome_file, show)
    try:
        look = partial(preview_undo, outcome=past, name=str(path))
        return carry_out(request, partial(reconcile.run, look=look), partial(report_applied, full=full))
    except click.exceptions.Exit as ended:
        if ended.exit_code == 0 and detailed_exitcode and printed[-1].changes:
            return planning.CHANGES
        raise


@click.command(cls=Flagged, uses=OFFLINE, example="reconcile -e prod runs")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format."
)
@click.pass_obj
def runs(flags: Flags, form: str) -> int:
    """List earlier runs, newest first. Works offline.

    Reads the outcomes in .reconcile/outcomes. Git ignores that folder, so runs on other machines and in CI are not
    listed.
    """
    config = opening.read_config_of(flags)
    name = opening.named(flags, config)
    past_runs = [run for run in past_runs_of(config.path.parent) if name in ("", run.environment)]
    if form == "json":
        screen.say(json.dumps([_members(run) for run in past_runs], indent=2))
    else:
        screen.report(_listing(past_runs) if past_runs else "No runs yet.")
    return 0


COMMANDS = (undo, runs)


def past_runs_of(root: Path) -> list[PastRun]:
    from reconciler.reconcile import past_runs

    return past_runs(root)


def _members(run: PastRun) -> dict[str, Any]:
    return {
        "startedAt": run.started,
        "environment": run.environment,
        "digest": run.digest,
        "status": run.status,
        "totals": dict(run.totals),
        "path": screen.path_from_here(run.path),
    }


def _listing(past_runs: Sequence[PastRun]) -> str:
    from reconciler.report.lines import aligned
    from reconciler.report.visible import escaped

    lines: list[tuple[str, ...]] = [("started", "environment", "digest", "status", "items", "outcome")]
    lines += [
        (run.started, run.environment, run.digest[:DIGITS], run.status, _counts(run), screen.path_from_here(run.path))
        for run in past_runs
    ]
    lines = [tuple(map(escaped, line)) for line in lines]
    return "\n".join(aligned(lines))


def _counts(run: PastRun) -> str:
    return ", ".join(f"{count} {word}" for word, count in run.totals.items() if count and word != "asked") or "none"


def _outcome(flags: Flags, path: Path | None, last: bool) -> Path:
    """Returns the outcome to undo.

    Raises `UsageError` if none or two are named.
    """
    if path and not last:
        return path
    if path or not last:
        raise UsageError("name the outcome of a run, or give --last; list the runs with: reconcile runs")
    opening.must_be_named_to_write(flags)
    config, environment = opening.chosen(flags)
    if not flags.dry_run:
        recover_killed(flags, environment.root)
    runs = past_runs_of(config.path.parent)
    for run in runs:
        if run.environment == environment.name and run.has_written:
            return Path(screen.path_from_here(run.path))
    raise NothingToUndoError(f"no run of environment {environment.name} has written anything in this folder")


class NothingToUndoError(ReconcileError):
    """No outcome below .reconcile belongs to a run that wrote something."""


def _read(path: Path) -> dict[str, Any]:
    """Returns an outcome.

    Raises `UsageError` if the file is not an outcome, or is damaged.
    """
    from reconciler.report import read_outcome

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path} cannot be read: {reason}; list the runs with: reconcile runs") from error
    return read_outcome(text, str(path))
