"""Turns arguments into options, and errors into exit codes. This package knows nothing of how the work is done."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import Any

import click

from reconciler.cli import (
    agents,
    applying,
    authoring,
    checking,
    converting,
    exporting,
    graphing,
    local,
    packaging,
    planning,
    screen,
    secrets,
    starting,
    undoing,
)
from reconciler.cli.choices import Flags, noted
from reconciler.cli.failing import FAILED
from reconciler.cli.flags import Root, full_flag, selection_flags
from reconciler.cli.github import commands, review
from reconciler.cli.logs import log_of
from reconciler.cli.pipelines import commands as operating

EPILOG = (
    "Exit codes: 0 done or nothing to do, 1 error, 2 changes (plan --detailed-exitcode, drift), 3 refused or blocked, "
    "4 stale plan, 5 applied in part, 64 wrong usage, 130 and 143 interrupted."
)
USAGE = 64
_QUOTED = re.compile(r"(?<!\w)'([^']*)'(?!\w)")


@click.group(
    cls=Root,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
    example="""\
reconcile init
reconcile -e prod plan
reconcile -e prod apply""",
)
@click.version_option(None, "-V", "--version", package_name="reconcile-connect", prog_name="reconcile")
@full_flag
@selection_flags
@click.pass_context
def root(context: click.Context, /, full: bool, **selected: Any) -> int | None:
    """Keep an Amazon Connect instance in sync with YAML and CSV files in Git.

    Without a COMMAND, it plans, asks, and applies. Run `reconcile help COMMAND` to learn about a command.
    """
    flags: Flags = context.obj
    if context.invoked_subcommand is None:
        return applying.plan_and_apply(flags, full, selected)
    if misplaced := next((name for name, value in {**selected, "full": full}.items() if value), ""):
        # A command ignores flags that it does not receive, so a flag in the wrong place is an error.
        context.fail(f"--{misplaced.replace('_', '-')} must follow the command {context.invoked_subcommand}")
    return None


for module in (
    planning,
    applying,
    authoring,
    checking,
    graphing,
    exporting,
    converting,
    undoing,
    local,
    starting,
    commands,
    packaging,
    secrets,
    agents,
    operating,
):
    for command in module.COMMANDS:
        root.add_command(command)
for command in review.COMMANDS:
    commands.github.add_command(command)


def run(arguments: Sequence[str]) -> int:
    """Returns the exit code.

    Click's own exit code for wrong usage is 2, which would mean "there are changes".
    """
    if sys.stdout is None:
        click.echo(f"error: stdout is closed; send it to a file or to {os.devnull}", err=True)
        return FAILED
    screen.write_whatever_comes()
    try:
        code = root.main(list(arguments), prog_name="reconcile", standalone_mode=False)
    except click.UsageError as error:
        _print_usage_error(error)
        return USAGE
    except click.ClickException as error:
        _print_usage_error(error)
        return error.exit_code
    except click.Abort:
        return 130
    except OSError as error:  # raised by click's help and version
        screen.leave_unread(sys.stdout)
        click.echo(f"error: {screen.UnwritableError(error)}", err=True)
        return FAILED
    return code if isinstance(code, int) else 0


def _print_usage_error(error: click.ClickException) -> None:
    """Prints click's error in the style of our own errors."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    flags = noted(context.meta) if context else Flags()
    help_of = f"; see {context.command_path} --help" if context else ""
    log_of(flags).error(f"error: {_in_our_style(error.format_message())}{help_of}")


def _in_our_style(message: str) -> str:
    """Returns one line without a capital letter, without a full stop, and with double quotes."""
    text = _QUOTED.sub(lambda quoted: f'"{quoted[1]}"', " ".join(message.split())).rstrip(".")
    return text[:1].lower() + text[1:]
