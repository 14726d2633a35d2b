"""The flags that work before and after every command, and the commands that know them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler.cli.choices import Flags, Verbosity
from reconciler.cli.failing import guarded
from reconciler.documents.hints import did_you_mean

_NOTED = "reconciler.cli.flags."
F = TypeVar("F", bound=Callable[..., Any])


def _note(context: click.Context, param: click.Parameter, value: Any) -> None:
    """`meta` is one for a command line, and flags are seen from left to right."""
    if value is not None:
        name, value = _VERBOSITIES.get(param.name or "", (param.name, value))
        if name == "verbosity" and context.meta.get(f"{_NOTED}{name}", value) is not value:
            raise click.UsageError("-v says every call and -q errors alone; give one of them", context)
        context.meta[f"{_NOTED}{name}"] = value


_VERBOSITIES = {"verbose": ("verbosity", Verbosity.VERBOSE), "quiet": ("verbosity", Verbosity.QUIET)}


def noted(meta: Mapping[str, Any]) -> Flags:
    """What a command line has said so far."""
    return Flags(**{key.removeprefix(_NOTED): value for key, value in meta.items() if key.startswith(_NOTED)})


class GlobalOption(click.Option):
    """Noted as soon as it is seen, so that it means the same before and after the command."""

    def __init__(self, *names: str, **more: Any) -> None:
        super().__init__(names, expose_value=False, callback=_note, default=None, **more)


def _global_options() -> list[click.Parameter]:
    folder = click.Path(file_okay=False, path_type=Path)
    return [
        GlobalOption("-C", "folder", type=folder, metavar="DIR", help="The folder of reconcile.yaml. [here, or above]"),
        GlobalOption("-e", "--environment", metavar="ENV", help="The environment. [env var: RECONCILE_ENV]"),
        GlobalOption("-v", "--verbose", is_flag=True, help="Every call, batch by batch."),
        GlobalOption("-q", "--quiet", is_flag=True, help="Errors alone."),
        GlobalOption("--log-format", type=click.Choice(["text", "json"]), help="How stderr is written. [text]"),
        GlobalOption("--dry-run", is_flag=True, help="Stop after the plan: nothing is written."),
        GlobalOption("--auto-approve", is_flag=True, help="Apply without asking."),
    ]


class Flagged(click.Command):
    """A command with the global flags; its `obj` is what they say. Its callback returns the exit code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_global_options())

    def invoke(self, ctx: click.Context) -> Any:
        flags = ctx.obj = noted(ctx.meta)
        return guarded(flags, lambda: super(Flagged, self).invoke(ctx))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        told = [(isinstance(param, GlobalOption), param.get_help_record(ctx)) for param in self.get_params(ctx)]
        for title, is_global in (("Options", False), ("Global options, before or after the command", True)):
            if records := [record for global_, record in told if record and global_ is is_global]:
                with formatter.section(title):
                    formatter.write_dl(records)


class Root(Flagged, click.Group):
    """Says which command was meant where there is none of that name."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            ctx.fail(f"no command {args[0]!r}{did_you_mean(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


full_flag = click.option("--full", is_flag=True, help="Shorten no value and fold no list.")

_SELECTION = (
    click.option("--target", multiple=True, metavar="GLOB", help="Only addresses like this one, as in 'DataTable/*'."),
    click.option("--exclude", multiple=True, metavar="GLOB", help="All but addresses like this one."),
    click.option("--prune", is_flag=True, help="Delete what is ours and no longer declared."),
    click.option("--allow-delete", multiple=True, metavar="ADDRESS", help="Allow what can not be undone."),
    click.option("--allow-create", multiple=True, metavar="ADDRESS", help="Allow to make what is grave to make."),
)


def selection_flags(function: F) -> F:
    """What of all differences a run is about."""
    for option in reversed(_SELECTION):
        function = option(function)
    return function
