"""`apply`, `adopt`, `destroy`, and the command without a command: what writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import approval, completing, opening, planning, screen
from reconciler.cli.choices import Flags
from reconciler.cli.flags import WRITES, Flagged, full_flag, selection_flags
from reconciler.cli.writing import Asked, carry_out, tell_applied
from reconciler.errors import UsageError
from reconciler.plurals import counted

if TYPE_CHECKING:
    from reconciler.model import Outcome, Plan
    from reconciler.reviewed import Reviewed

DIGEST = re.compile(r"[0-9a-fA-F]{12,64}")


@click.command(
    cls=Flagged,
    uses=WRITES,
    example="""\
reconcile -e prod apply
reconcile -e prod apply --plan plan.json --auto-approve""",
)
@click.option("--expect", metavar="DIGEST", help="Apply only the plan with this digest: 12 digits of it, or more.")
@click.option(
    "--plan", "plan_file", type=planning.FILE, metavar="FILE.json", help="Apply only what this reviewed plan holds."
)
@click.option("--outcome", "outcome_file", type=planning.FILE, metavar="FILE.json", help="Also write the outcome here.")
@full_flag
@selection_flags
@click.pass_obj
def apply(
    flags: Flags, /, expect: str | None, plan_file: Path | None, outcome_file: Path | None, full: bool, **selected: Any
) -> int:
    """Plan again, ask, and apply.

    The outcome is written to .reconcile/outcomes. Its path and the command that undoes the run are printed at the end.
    """
    from reconciler import reconcile

    approval.must_be_possible_to_apply(flags)
    reviewed = reviewed_by(expect, plan_file)
    opened = opening.for_writing(flags, selected)
    opened = replace(opened, options=replace(opened.options, expect=expect or "", reviewed=reviewed))
    asked = Asked(flags, opened, partial(approval.approves, flags), outcome_file, showing(flags, full))
    return carry_out(asked, reconcile.run, partial(tell_applied, full=full))


def reviewed_by(expect: str | None, plan_file: Path | None) -> Reviewed | None:
    """The reviewed plan, where there is one. Raises `UsageError`, also for what is no digest."""
    if expect is not None and plan_file:
        raise UsageError("--expect and --plan both say what was reviewed; give one of them")
    if expect is not None and not DIGEST.fullmatch(expect):
        raise UsageError(f"--expect {expect}: a digest has 12 to 64 hexadecimal digits; the plan's last line shows 12")
    return _read(plan_file) if plan_file else None


def showing(flags: Flags, full: bool) -> Callable[[Plan], None]:
    """How the plan of a run is shown."""
    return partial(planning.show, depth=planning.depth_of(flags, full))


def plan_and_apply(flags: Flags, full: bool, selected: Mapping[str, Any]) -> int:
    """What the command does where no command is named."""
    from reconciler import reconcile

    approval.must_be_possible_to_apply(flags)
    opened = opening.for_writing(flags, selected)
    asked = Asked(flags, opened, partial(approval.approves, flags), show=showing(flags, full))
    return carry_out(asked, reconcile.run, partial(tell_applied, full=full))


@click.command(
    cls=Flagged,
    uses=WRITES,
    example="""\
reconcile -e prod adopt 'HoursOfOperation/Basic Hours'
reconcile -e prod adopt --all""",
)
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...", shell_complete=completing.addresses)
@click.option("--all", "everything", is_flag=True, help="Every declared resource.")
@full_flag
@click.pass_obj
def adopt(flags: Flags, addresses: tuple[str, ...], everything: bool, full: bool) -> int:
    """Tag live resources as managed by this stack. Changes nothing else.

    To adopt in a reviewed change instead, write metadata.adopt: true into the manifest: the resource is then managed
    while it is declared, and no tags are written.
    """
    from reconciler import reconcile

    if bool(addresses) is everything:
        raise UsageError("name the addresses to adopt, as in DataTable/CustomerTypes, or give --all; not both")
    approval.must_be_possible_to_apply(flags)
    show = showing(flags, full)
    asked = Asked(flags, opening.for_writing(flags), partial(approval.approves, flags), show=show)
    return carry_out(asked, partial(reconcile.adopt, addresses=addresses))


@click.command(
    cls=Flagged,
    uses=WRITES,
    example="""\
reconcile -e test destroy --dry-run --out destroy.md
reconcile -e test destroy""",
)
@click.option("--yes", is_flag=True, help="Delete without asking; --auto-approve is not enough here.")
@planning.format_option
@planning.out_option
@full_flag
@click.pass_obj
def destroy(flags: Flags, yes: bool, form: str | None, out: tuple[Path, ...], full: bool) -> int:
    """Delete everything that the stack manages in this environment, except what is protected.

    Resources that are protected, or that AWS never deletes, are kept; the plan says why. The exit code is then 3, as
    for any blocked change.
    """
    from reconciler import reconcile

    if form and not flags.dry_run:
        raise UsageError("--format is about the plan alone; give --dry-run too, or use --out")
    files = planning.forms_of(out)
    approval.must_be_possible(yes or flags.dry_run, "give --yes to delete without asking, or --dry-run")
    ask = (lambda plan: True) if yes else approval.types_the_name
    show = partial(show_owned, form=form or "text", files=files, depth=planning.depth_of(flags, full))
    asked = Asked(flags, opening.for_writing(flags), ask, show=show)
    return carry_out(asked, reconcile.destroy, tell_destroyed)


COMMANDS = (apply, adopt, destroy)


def show_owned(plan: Plan, form: str, files: Mapping[Path, str], depth: planning.Depth) -> None:
    from reconciler.report.summary import last_line, summary

    if plan.changes or form != "text":
        planning.tell(plan, form, files, depth)
        return
    planning.write_files(plan, files, depth)
    screen.report(f"Nothing is owned here by {plan.scope.owner}.\n{last_line(summary(plan))}")


def tell_destroyed(outcome: Outcome) -> None:
    """A line for each resource, one for those that are kept, and the totals."""
    from reconciler.model import Action
    from reconciler.report.applied import applied_line

    if outcome.status == "declined":
        tell_applied(outcome)
        return
    changes = outcome.plan.changes
    lines = [_destroyed(outcome, at) for at in range(len(changes)) if changes[at].action is not Action.BLOCKED]
    if kept := len(changes) - len(lines):
        reasons = f"for the reasons in the plan above; hence exit code {outcome.exit_code}"
        lines.append(f"kept       {counted(kept, 'resource')}, {reasons}")
    if outcome.message and outcome.status != "blocked":
        lines.append(outcome.message)
    screen.report("\n".join([*lines, applied_line(outcome, "Destroy")]))


def _destroyed(outcome: Outcome, at: int) -> str:
    from reconciler.model import Result, Status
    from reconciler.report.counting import change_counts, deleted_text
    from reconciler.report.results import worst
    from reconciler.report.visible import escaped

    change = outcome.plan.changes[at]
    result = worst(outcome, at) or Result(Status.SKIPPED, "not begun")
    address = escaped(str(change.ref))
    if result.status is Status.DONE:
        # Only a call that was answered with success has a request id: else it was gone already.
        size = deleted_text(change_counts(change))
        return f"deleted    {address}{f': {size}' if size else ''}" if result.request_id else f"not found  {address}"
    told = ": ".join(text for text in (result.code, result.message) if text)
    return f"{result.status.value:<9}  {address}: {escaped(told)}"


def _read(path: Path) -> Reviewed:
    from reconciler.report import read_plan
    from reconciler.reviewed import check_whole

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise UsageError(f"--plan {path} cannot be read: {getattr(wrong, 'strerror', None) or wrong}") from wrong
    reviewed = read_plan(text, str(path))
    check_whole(reviewed, str(path))
    return reviewed
