"""`plan` and `drift`: look, and change nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import opening, screen, typos
from reconciler.cli.choices import Flags
from reconciler.cli.flags import Flagged, selection_flags
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.model import Change, Plan
    from reconciler.reconcile import Preview

CHANGES = 2
SUFFIXES = {".txt": "text", ".json": "json", ".md": "markdown", ".html": "html"}
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(cls=Flagged)
@click.option(
    "--format", "form", type=click.Choice(list(SUFFIXES.values())), default="text", show_default=True, help="On stdout."
)
@click.option(
    "--out", type=FILE, multiple=True, metavar="FILE", help="Also into a file: .txt, .json, .md or .html. Repeatable."
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where there are changes, blocked ones too.")
@selection_flags
@click.pass_obj
def plan(flags: Flags, /, form: str, out: tuple[Path, ...], detailed_exitcode: bool, **selected: Any) -> int:
    """Show what apply would do."""
    from reconciler.reconcile import judged, preview

    forms = forms_of(out)
    opened = opening.for_reading(flags, selected)
    with opened.work.during("reading"):
        seen = judged(preview(opened.options), opened.options.environment)
    typos.check_selection(opened.options.selection, seen, opened.work.log)
    tell(seen.plan, form, forms)
    return CHANGES if detailed_exitcode and seen.plan.changes else 0


@click.command(cls=Flagged)
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@click.pass_obj
def drift(flags: Flags, form: str) -> int:
    """Show what of ours was changed outside, and when. Exits with 2 where something was."""
    from reconciler import report
    from reconciler.reconcile import preview

    opened = opening.for_reading(flags)
    with opened.work.during("reading"):
        seen = preview(opened.options)
    match form:
        case "json":
            screen.say(report.dumps(report.plan_json(seen.plan)))
        case "markdown":
            screen.say(report.drift_markdown(seen.plan))
        case _:
            screen.report(report.drift_text(seen.plan, colour=screen.has_colour(sys.stdout), width=screen.width()))
    return CHANGES if has_drifted(seen) else 0


COMMANDS = (plan, drift)


def forms_of(out: Iterable[Path]) -> dict[Path, str]:
    """The form of each file, by its suffix. Raises `UsageError`."""
    return {path: _form_of(path) for path in out}


def tell(plan: Plan, form: str, files: Mapping[Path, str]) -> None:
    """Into files, and on stdout, each in its form."""
    for path, wanted in files.items():
        screen.write_file(path, plan_writers()[wanted](plan))
    if form == "text":
        show(plan)
    else:
        screen.say(plan_writers()[form](plan))


def show(plan: Plan) -> None:
    from reconciler.report import plan_text

    screen.report(plan_text(plan, colour=screen.has_colour(sys.stdout), width=screen.width()))


def plan_writers() -> dict[str, Callable[[Plan], str]]:
    """How a plan is written into a file: no colours, no width."""
    from reconciler import report

    return {
        "text": lambda plan: report.plan_text(plan, colour=False),
        "json": lambda plan: report.dumps(report.plan_json(plan)),
        "markdown": report.plan_markdown,
        "html": report.plan_html,
    }


def has_drifted(seen: Preview) -> bool:
    """Whether something of ours differs; what is blocked because it is not ours does not count, nor does an orphan."""
    from reconciler.model import Action
    from reconciler.ownership import is_ours

    def is_ours_to_mend(change: Change) -> bool:
        live = seen.world.live.get(change.ref)
        return change.action is not Action.BLOCKED or not live or is_ours(seen.plan.scope, live.ref, live.tags)

    return any(map(is_ours_to_mend, seen.plan.changes))


def _form_of(path: Path) -> str:
    if path.suffix not in SUFFIXES:
        raise UsageError(f"--out {path}: what form is that? end it with {', '.join(SUFFIXES)}")
    return SUFFIXES[path.suffix]
