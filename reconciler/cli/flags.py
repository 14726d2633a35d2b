"""Defines the flags that work before and after every command, and the commands that accept them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler.cli import completing
from reconciler.cli.choices import NOTED, Verbosity, noted
from reconciler.cli.failing import guarded
from reconciler.documents.hints import brief, did_you_mean

F = TypeVar("F", bound=Callable[..., Any])


def _note(context: click.Context, param: click.Parameter, value: Any) -> None:
    """Stores a flag's value. `meta` is shared by the whole command line, and flags are read from left to right."""
    if value is not None:
        name, value = _VERBOSITIES.get(param.name or "", (param.name, value))
        is_asked = not context.resilient_parsing
        if is_asked and name == "verbosity" and context.meta.get(f"{NOTED}{name}", value) is not value:
            raise click.UsageError("-v shows every call and -q only errors; give one of them", context)
        context.meta[f"{NOTED}{name}"] = value


_VERBOSITIES = {"verbose": ("verbosity", Verbosity.VERBOSE), "quiet": ("verbosity", Verbosity.QUIET)}


class GlobalOption(click.Option):
    """An option that is stored as soon as it is read, so that it works before and after the command."""

    def __init__(self, *names: str, **more: Any) -> None:
        super().__init__(names, expose_value=False, callback=_note, default=None, **more)


def _global_options() -> list[GlobalOption]:
    folder = click.Path(file_okay=False, path_type=Path)
    return [
        GlobalOption(
            "-C", "folder", type=folder, metavar="DIR", help="Folder of reconcile.yaml. [current folder or one above]"
        ),
        GlobalOption(
            *("-e", "--environment"),
            metavar="ENV",
            help="Environment to use. [env var: RECONCILE_ENV]",
            shell_complete=completing.environments,
        ),
        GlobalOption("-v", "--verbose", is_flag=True, help="Show every API call and every batch."),
        GlobalOption("-q", "--quiet", is_flag=True, help="Show errors only."),
        GlobalOption("--log-format", type=click.Choice(["text", "json"]), help="Format of stderr. [text]"),
        GlobalOption("--dry-run", is_flag=True, help="Stop after the plan. Writes nothing."),
        GlobalOption("--auto-approve", is_flag=True, help="Apply without confirmation."),
    ]


# The global flags of each group of commands. Other flags are accepted without effect, so the help leaves them out.
TALKS = ("-q", "--log-format")
OFFLINE = ("-C", "-e", *TALKS)
READS = ("-C", "-e", "-v", *TALKS)
ON_GITHUB = (*TALKS, "--dry-run")
WRITES = (*READS, "--dry-run", "--auto-approve")


class Flagged(click.Command):
    """A command with the global flags in its `obj`. Its callback returns the exit code.

    `uses` has the global flags that its help lists. `example` has one command line per line.
    """

    def __init__(self, *args: Any, uses: Sequence[str] = READS, example: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uses, self.example = uses, example
        self.params.extend(_global_options())

    def invoke(self, ctx: click.Context) -> Any:
        flags = ctx.obj = noted(ctx.meta)
        return guarded(flags, lambda: super(Flagged, self).invoke(ctx))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        every = self.get_params(ctx)
        own = [param.get_help_record(ctx) for param in every if not isinstance(param, GlobalOption | click.Argument)]
        if records := [record for record in own if record]:
            with formatter.section("Options"):
                formatter.write_dl(records)
        self.format_global_options(ctx, formatter)
        if self.example:
            with formatter.section("Examples"):
                formatter.write("".join(f"  {line}\n" for line in self.example.splitlines()))

    def format_global_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes one line. The help of the root command explains each flag."""
        if self.uses:
            names = [flag + _METAVARS.get(flag, "") for flag in self.uses]
            formatter.write_paragraph()
            formatter.write_text(f"Global options: {', '.join(names)}. See reconcile --help.")


_METAVARS = {"-C": " DIR", "-e": " ENV", "--log-format": " FORMAT"}


class Group(Flagged, click.Group):
    """A group of commands that suggests a command for a misspelled name, and lists commands with whole sentences."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, no_args_is_help=False, **kwargs)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, self.commands[name].get_short_help_str(_WHOLE)) for name in self.list_commands(ctx)]
            )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            ctx.fail(f"no command {brief(args[0])}{did_you_mean(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


full_flag = click.option("--full", is_flag=True, help="Show every value and list in full.")


class Root(Group):
    """The root command. Its help explains the global flags."""

    def format_global_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        every = [param.get_help_record(ctx) for param in self.get_params(ctx) if isinstance(param, GlobalOption)]
        with formatter.section("Global options, before or after the command"):
            formatter.write_dl([record for record in every if record])


_WHOLE = 1000  # characters: more than the first sentence of any help text


def _addresses(flag: str, metavar: str, help: str) -> Callable[[F], F]:
    """Returns an option for addresses. A shell completes them from the manifests."""
    return click.option(
        flag, multiple=True, metavar=metavar, help=f"{help} Repeatable.", shell_complete=completing.addresses
    )


target_option = _addresses("--target", "GLOB", "Include only addresses that match this pattern, such as 'DataTable/*'.")
exclude_option = _addresses("--exclude", "GLOB", "Exclude addresses that match this pattern.")
allow_delete_option = _addresses("--allow-delete", "ADDRESS", "Allow an irreversible deletion of ADDRESS.")
allow_create_option = _addresses("--allow-create", "ADDRESS", "Allow creating this Connect instance.")
allow_move_option = _addresses("--allow-move", "ADDRESS", "Allow moving ADDRESS here from another instance.")
window_option = click.option(
    "--window",
    multiple=True,
    metavar="TIMES",
    help="Also refuse changes that callers hear at once outside these times: 'FROM-TO ZONE'. Repeatable.",
)
_SELECTION = (
    target_option,
    exclude_option,
    click.option("--prune", is_flag=True, help="Delete managed resources that are no longer declared."),
    allow_delete_option,
    allow_create_option,
    allow_move_option,
    window_option,
)


def selection_flags(function: F) -> F:
    """Adds the flags that select the changes of a run."""
    for option in reversed(_SELECTION):
        function = option(function)
    return function
