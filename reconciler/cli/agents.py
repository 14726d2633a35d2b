"""Defines `agents plan`, which shows the effect of uploading a file of agents."""

from __future__ import annotations

import os
from pathlib import Path

import click

from reconciler.cli import opening
from reconciler.cli.choices import Flags
from reconciler.cli.flags import READS, Flagged, Group
from reconciler.cli.planning import CHANGES, FORMS, Depth, forms_of, print_plan

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(cls=Group)
def agents() -> None:
    """Plan uploads of agents from a spreadsheet."""


@agents.command(
    "plan",
    cls=Flagged,
    uses=READS,
    example="""\
reconcile -e prod agents plan agents.csv
reconcile -e prod agents plan agents.csv --offline --format json""",
)
@click.argument("file", type=FILE, metavar="FILE.csv")
@click.option("--offline", is_flag=True, help="Check the file alone, without AWS.")
@click.option("--create-groups", is_flag=True, help="Accept missing hierarchy groups: the function creates them.")
@click.option("--generate-passwords", is_flag=True, help="A new user needs no password: the function makes one.")
@click.option("--format", "form", type=click.Choice(FORMS), default="text", show_default=True, help="Output format.")
@click.option(
    "--out",
    type=FILE,
    multiple=True,
    metavar="OUT",
    help="Also write the plan to this file: .json, .md, .html or .txt. Repeatable.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 if there are changes, including refused rows.")
@click.pass_obj
def plan(
    flags: Flags,
    /,
    file: Path,
    offline: bool,
    create_groups: bool,
    generate_passwords: bool,
    form: str,
    out: tuple[Path, ...],
    detailed_exitcode: bool,
) -> int:
    """Show what an upload of FILE.csv would do. Uploads nothing, and writes nothing to AWS.

    Each good row is a create, an update, or no change. A refused row is a blocked change with its row, column and
    remedy. Nothing is shortened, and no password is shown. If one Pipeline of type agent_import is declared, its
    settings count.
    """
    from reconciler.agents import Settings, plan_live, plan_offline, read_file, settings_of
    from reconciler.desired import read_desired

    forms = forms_of(out)
    read = read_file(file)
    if offline:
        config, environment = opening.chosen(flags)
        declared = read_desired(environment, os.environ, tuple(config.environments)).manifests
        planned = plan_offline(environment, read, declared)
    else:
        opened = opening.for_reading(flags)
        options = opened.options
        with opened.work.during("reading"):
            declared = read_desired(options.environment, options.environ, options.known_environments).manifests
            settings = settings_of(declared, Settings(create_groups, generate_passwords))
            planned = plan_live(options.environment, options.aws, read, declared, settings)
    print_plan(planned, form, forms, Depth(full=True))
    return CHANGES if detailed_exitcode and planned.changes else 0


COMMANDS = (agents,)
