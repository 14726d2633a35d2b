"""Defines the read-only commands `plan` and `drift`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.chosen_files import write_chosen
from reconciler.cli import opening, screen, typos
from reconciler.cli.choices import Flags, Verbosity
from reconciler.cli.flags import Flagged, full_flag, selection_flags
from reconciler.documents.hints import listed
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.model import Change, Plan
    from reconciler.reconcile import Preview
    from reconciler.report import Frame

CHANGES = 2
SUFFIXES = {".json": "json", ".md": "markdown", ".html": "html", ".txt": "text"}
FORMS = ("text", "json", "markdown", "html")
FILE = click.Path(dir_okay=False, path_type=Path)
# For commands that write: the format applies to a dry run.
format_option = click.option("--format", "form", type=click.Choice(FORMS), help="Output format of --dry-run. [text]")
out_option = click.option(
    "--out",
    type=FILE,
    multiple=True,
    metavar="FILE",
    help="Also write the plan to this file: .json, .md, .html or .txt.",
)


@click.command(
    cls=Flagged,
    example="""\
reconcile -e prod plan
reconcile -e prod plan --target 'DataTable/*' --out plan.json --out plan.md""",
)
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True, help="Output format.")
@click.option(
    "--out",
    type=FILE,
    multiple=True,
    metavar="FILE",
    help="Also write the plan to this file: .json, .md, .html or .txt. Repeatable.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 if there are changes, including blocked ones.")
@full_flag
@selection_flags
@click.pass_obj
def plan(
    flags: Flags, /, form: str, out: tuple[Path, ...], detailed_exitcode: bool, full: bool, **selected: Any
) -> int:
    """Show the changes that apply would make. Writes nothing."""
    from reconciler.reconcile import judged, preview

    forms = forms_of(out)
    opened = opening.for_reading(flags, selected)
    with opened.work.during("reading"):
        planned = judged(preview(opened.options), opened.options.environment, opened.options.clock())
    typos.check_selection(opened.options.selection, planned, opened.work.log)
    print_plan(planned.plan, form, forms, depth_of(flags, full))
    return CHANGES if detailed_exitcode and planned.plan.changes else 0


@click.command(cls=Flagged, example="reconcile -e prod drift --format markdown")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Output format.",
)
@full_flag
@click.pass_obj
def drift(flags: Flags, form: str, full: bool) -> int:
    """Show changes made outside reconcile. Exits with 2 if there are any.

    AWS reports when a resource was changed, but not by whom. The report ends with a CloudTrail command that shows who.
    """
    from reconciler import report
    from reconciler.reconcile import preview

    opened = opening.for_reading(flags)
    with opened.work.during("reading"):
        planned = preview(opened.options)
    match form:
        case "json":
            screen.say(report.dumps(report.plan_json(planned.plan)))
        case "markdown":
            screen.say(report.drift_markdown(planned.plan, _frame(full)))
        case _:
            colour = screen.has_colour(sys.stdout)
            screen.report(report.drift_text(planned.plan, colour=colour, width=screen.width(), full=full))
    return CHANGES if has_drifted(planned) else 0


COMMANDS = (plan, drift)


@dataclass(frozen=True)
class Depth:
    """How much of a plan is shown. `full` shortens nothing. `with_calls` adds the API calls of every change."""

    full: bool = False
    with_calls: bool = False


def depth_of(flags: Flags, full: bool) -> Depth:
    return Depth(full, flags.verbosity is Verbosity.VERBOSE)


def forms_of(out: Iterable[Path]) -> dict[Path, str]:
    """Returns the form of each file, by its suffix.

    Raises `UsageError` if a suffix is unknown or a folder is missing.
    """
    return {path: _form_of(path) for path in out}


def print_plan(plan: Plan, form: str, files: Mapping[Path, str], depth: Depth = Depth()) -> None:
    """Writes the plan to files and to stdout, each in its form."""
    write_files(plan, files, depth)
    if form == "text":
        show(plan, depth)
    else:
        screen.say(plan_writers(depth)[form](plan))


def write_files(plan: Plan, files: Mapping[Path, str], depth: Depth) -> None:
    writers = plan_writers(depth)
    for path, wanted in files.items():
        write_chosen(path, writers[wanted](plan))


def show(plan: Plan, depth: Depth = Depth()) -> None:
    from reconciler.report import plan_text

    colour = screen.has_colour(sys.stdout)
    screen.report(plan_text(plan, colour=colour, width=screen.width(), full=depth.full, with_calls=depth.with_calls))


def plan_writers(depth: Depth) -> dict[str, Callable[[Plan], str]]:
    """Returns the functions that write a plan to a file, without colours or a width."""
    from reconciler import report

    return {
        "text": lambda plan: report.plan_text(plan, colour=False, full=depth.full, with_calls=depth.with_calls),
        "json": lambda plan: report.dumps(report.plan_json(plan)),
        "markdown": lambda plan: report.plan_markdown(plan, _frame(depth.full)),
        "html": report.plan_html,
    }


def _frame(full: bool) -> Frame:
    """Returns the size of a GitHub comment, the usual place of such a document. With `full`, there is no limit."""
    from reconciler.github.marks import LIMIT, size
    from reconciler.report import Frame

    return Frame(full=True) if full else Frame(LIMIT, size, rest="--full shows everything")


def has_drifted(planned: Preview) -> bool:
    """Returns whether a managed resource differs.

    Orphans, and items that are blocked because they are not managed, do not count.
    """
    from reconciler.model import Action
    from reconciler.model.ownership import owns

    def is_drift(change: Change) -> bool:
        live = planned.world.live.get(change.ref)
        return change.action is not Action.BLOCKED or not live or owns(planned.plan.scope, live.ref.kind, live.tags)

    return any(map(is_drift, planned.plan.changes))


def _form_of(path: Path) -> str:
    if path.suffix not in SUFFIXES:
        raise UsageError(f"--out {path}: unknown format; use {listed(SUFFIXES)}")
    if not path.parent.is_dir():
        raise UsageError(f"--out {path}: the folder {path.parent} does not exist; create it first")
    return SUFFIXES[path.suffix]
