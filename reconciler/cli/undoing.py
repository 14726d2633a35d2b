"""`undo`: the way back of an earlier run, as a plan like any other."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import approval, opening, planning
from reconciler.cli.applying import reviewed_by
from reconciler.cli.choices import Flags
from reconciler.cli.flags import Flagged, full_flag
from reconciler.cli.logs import log_of
from reconciler.cli.writing import Asked, carry_out, tell_applied
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.model import Plan


@click.command(cls=Flagged)
@click.argument("told", type=planning.FILE, metavar="OUTCOME.json")
@click.option(
    "--format", "form", type=click.Choice(list(planning.SUFFIXES.values())), help="With --dry-run, on stdout. [text]"
)
@click.option(
    "--out", type=planning.FILE, multiple=True, metavar="FILE", help="Also into a file: .txt, .json, .md or .html."
)
@click.option("--detailed-exitcode", is_flag=True, help="With --dry-run: exit with 2 where there is something to undo.")
@click.option("--expect", metavar="DIGEST", help="Undo only by the plan of this digest: 12 digits of it, or more.")
@click.option("--plan", "plan_file", type=planning.FILE, metavar="FILE.json", help="Undo only what this plan holds.")
@click.option("--outcome", "outcome_file", type=planning.FILE, metavar="FILE.json", help="Also write the outcome here.")
@click.option("--target", multiple=True, metavar="GLOB", help="Only addresses like this one, as in 'DataTable/*'.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="All but addresses like this one.")
@click.option("--allow-delete", multiple=True, metavar="ADDRESS", help="Allow what can not be undone.")
@click.option("--allow-create", multiple=True, metavar="ADDRESS", help="Allow to make what is grave to make.")
@full_flag
@click.pass_obj
def undo(
    flags: Flags,
    /,
    told: Path,
    form: str | None,
    out: tuple[Path, ...],
    detailed_exitcode: bool,
    expect: str | None,
    plan_file: Path | None,
    outcome_file: Path | None,
    full: bool,
    **selected: Any,
) -> int:
    """Plan the way back of a run, ask, and apply it; whatever was changed since is left alone."""
    from reconciler import reconcile
    from reconciler.undo import preview_undo

    approval.must_be_possible_to_apply(flags)
    if (form or detailed_exitcode) and not flags.dry_run:
        raise UsageError("--format and --detailed-exitcode are about the plan alone; give --dry-run too, or use --out")
    files, reviewed, past = planning.forms_of(out), reviewed_by(expect, plan_file), _read(told)
    opened = opening.for_writing(flags, selected)
    opened = replace(opened, options=replace(opened.options, expect=expect or "", reviewed=reviewed))
    shown: list[Plan] = []

    def show(plan: Plan) -> None:
        shown.append(plan)
        planning.tell(plan, form or "text", files, planning.depth_of(flags, full))
        if not plan.changes:
            log_of(flags).note("nothing is left to undo: all that the run has done is as it was before it")

    asked = Asked(flags, opened, partial(approval.approves, flags), outcome_file, show)
    try:
        look = partial(preview_undo, told=past, name=str(told))
        return carry_out(asked, partial(reconcile.run, look=look), partial(tell_applied, full=full))
    except click.exceptions.Exit as ended:
        if ended.exit_code == 0 and detailed_exitcode and shown[-1].changes:
            return planning.CHANGES
        raise


COMMANDS = (undo,)


def _read(path: Path) -> dict[str, Any]:
    """Raises `UsageError` where it is no outcome, or is damaged."""
    from reconciler.report import read_outcome

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise UsageError(f"{path} cannot be read: {getattr(wrong, 'strerror', None) or wrong}") from wrong
    return read_outcome(text, str(path))
