"""Defines the commands that write: `apply`, `adopt`, `destroy`, and the command without a subcommand."""

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
from reconciler.cli.flags import WRITES, Flagged, full_flag, selection_flags, window_option
from reconciler.cli.writing import WriteRequest, carry_out, report_applied
from reconciler.errors import UsageError
from reconciler.messages import counted

if TYPE_CHECKING:
    from reconciler.model import Outcome, Plan
    from reconciler.review.agreement import Reviewed

DIGEST = re.compile(r"[0-9a-fA-F]{12,64}")


@click.command(
    cls=Flagged,
    uses=WRITES,
    example="""\
reconcile -e prod apply
reconcile -e prod apply --plan plan.json --auto-approve""",
)
@click.option("--expect", metavar="DIGEST", help="Apply only if the plan has this digest (12 digits or more).")
@click.option(
    "--plan", "plan_file", type=planning.FILE, metavar="FILE.json", help="Apply only the changes of this reviewed plan."
)
@click.option(
    "--outcome", "outcome_file", type=planning.FILE, metavar="FILE.json", help="Also write the outcome to this file."
)
@full_flag
@selection_flags
@click.pass_obj
def apply(
    flags: Flags, /, expect: str | None, plan_file: Path | None, outcome_file: Path | None, full: bool, **selected: Any
) -> int:
    """Make a new plan, ask for confirmation, and apply it.

    Writes the outcome to .reconcile/outcomes. Prints its path, and the command that reverts the run.
    """
    from reconciler import reconcile

    approval.must_be_possible_to_apply(flags)
    reviewed = reviewed_by(expect, plan_file)
    opened = opening.for_writing(flags, selected)
    opened = replace(opened, options=replace(opened.options, expect=expect or "", reviewed=reviewed))
    request = WriteRequest(flags, opened, partial(approval.approves, flags), outcome_file, showing(flags, full))
    return carry_out(request, reconcile.run, partial(report_applied, full=full))


def reviewed_by(expect: str | None, plan_file: Path | None) -> Reviewed | None:
    """Returns the reviewed plan, or `None` without one.

    Raises `UsageError` if two are given, or if the digest is not valid.
    """
    if expect is not None and plan_file:
        raise UsageError("--expect and --plan both name the reviewed plan; give one of them")
    if expect is not None and not DIGEST.fullmatch(expect):
        raise UsageError(f"--expect {expect}: a digest has 12 to 64 hexadecimal digits; the plan's last line shows 12")
    return _read(plan_file) if plan_file else None


def showing(flags: Flags, full: bool) -> Callable[[Plan], None]:
    """Returns the function that prints the plan of a run."""
    return partial(planning.show, depth=planning.depth_of(flags, full))


def plan_and_apply(flags: Flags, full: bool, selected: Mapping[str, Any]) -> int:
    """Runs a plan, asks and applies. The command does this if no subcommand is given."""
    from reconciler import reconcile

    approval.must_be_possible_to_apply(flags)
    opened = opening.for_writing(flags, selected)
    request = WriteRequest(flags, opened, partial(approval.approves, flags), show=showing(flags, full))
    return carry_out(request, reconcile.run, partial(report_applied, full=full))


@click.command(
    cls=Flagged,
    uses=WRITES,
    example="""\
reconcile -e prod adopt 'HoursOfOperation/Basic Hours'
reconcile -e prod adopt --all""",
)
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...", shell_complete=completing.addresses)
@click.option("--all", "everything", is_flag=True, help="Adopt every declared resource.")
@full_flag
@click.pass_obj
def adopt(flags: Flags, addresses: tuple[str, ...], everything: bool, full: bool) -> int:
    """Take over existing resources by tagging them as managed by this stack.

    Changes only tags. To adopt in a reviewed change instead, set metadata.adopt: true in the manifest. The resource is
    then managed while it is declared, and no tags are written.
    """
    from reconciler import reconcile

    if bool(addresses) is everything:
        raise UsageError("name the addresses to adopt, as in DataTable/CustomerTypes, or give --all; not both")
    approval.must_be_possible_to_apply(flags)
    show = showing(flags, full)
    request = WriteRequest(flags, opening.for_writing(flags), partial(approval.approves, flags), show=show)
    return carry_out(request, partial(reconcile.adopt, addresses=addresses))


@click.command(
    cls=Flagged,
    uses=WRITES,
    example="""\
reconcile -e test destroy --dry-run --out destroy.md
reconcile -e test destroy""",
)
@click.option("--yes", is_flag=True, help="Delete without asking. --auto-approve has no effect here.")
@planning.format_option
@planning.out_option
@window_option
@full_flag
@click.pass_obj
def destroy(
    flags: Flags, yes: bool, form: str | None, out: tuple[Path, ...], full: bool, window: tuple[str, ...]
) -> int:
    """Delete every resource that the stack manages in this environment, except protected ones.

    Keeps resources that are protected or that AWS never deletes, and gives the reason in the plan. The exit code is
    then 3, as for any blocked change.
    """
    from reconciler import reconcile

    if form and not flags.dry_run:
        raise UsageError("--format requires --dry-run; to write the plan to a file, use --out")
    files = planning.forms_of(out)
    approval.must_be_possible(yes or flags.dry_run, "give --yes to delete without asking, or --dry-run to only plan")
    ask = (lambda plan: True) if yes else approval.types_the_name
    show = partial(show_owned, form=form or "text", files=files, depth=planning.depth_of(flags, full))
    request = WriteRequest(flags, opening.for_writing(flags, {"window": window}), ask, show=show)
    return carry_out(request, reconcile.destroy, report_destroyed)


COMMANDS = (apply, adopt, destroy)


def show_owned(plan: Plan, form: str, files: Mapping[Path, str], depth: planning.Depth) -> None:
    from reconciler.report.summary import last_line, summary

    if plan.changes or form != "text":
        planning.print_plan(plan, form, files, depth)
        return
    planning.write_files(plan, files, depth)
    screen.report(f"Nothing is owned here by {plan.scope.owner}.\n{last_line(summary(plan))}")


def report_destroyed(outcome: Outcome) -> None:
    """Prints one line per deleted resource, one line for the kept ones, and the totals."""
    from reconciler.model import Action
    from reconciler.report.applied import applied_line

    if outcome.status == "declined":
        report_applied(outcome)
        return
    changes = outcome.plan.changes
    lines = [_destroyed(outcome, at) for at in range(len(changes)) if changes[at].action is not Action.BLOCKED]
    if kept := len(changes) - len(lines):
        reasons = f"see the plan above for the reasons; exit code {outcome.exit_code}"
        lines.append(f"kept       {counted(kept, 'resource')}; {reasons}")
    if outcome.message and outcome.status != "blocked":
        lines.append(outcome.message)
    screen.report("\n".join([*lines, applied_line(outcome, "Destroy")]))


def _destroyed(outcome: Outcome, at: int) -> str:
    from reconciler.model import Result, Status
    from reconciler.report.counting import change_counts, deleted_text
    from reconciler.report.results import worst
    from reconciler.report.visible import escaped

    change = outcome.plan.changes[at]
    result = worst(outcome, at) or Result(Status.SKIPPED, "not started")
    address = escaped(str(change.ref))
    if result.status is Status.DONE:
        # Only a successful call has a request id. Without one, the resource did not exist any more.
        size = deleted_text(change_counts(change))
        return f"deleted    {address}{f': {size}' if size else ''}" if result.request_id else f"not found  {address}"
    reason = ": ".join(text for text in (result.code, result.message) if text)
    return f"{result.status.value:<9}  {address}: {escaped(reason)}"


def _read(path: Path) -> Reviewed:
    from reconciler.report import read_plan
    from reconciler.review.agreement import check_whole

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--plan {path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    reviewed = read_plan(text, str(path))
    check_whole(reviewed, str(path))
    return reviewed
