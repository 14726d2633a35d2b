"""Renders the reference page of the command line from the help of its commands."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from reconciler.cli import root
from reconciler.cli.flags import Flagged, GlobalOption, Group
from scripts.schema_tables import escaped, row

# Every command is in one group; a command that is in none stops `make docs`.
GROUPS = {
    "Plan and apply": ("plan", "apply", "drift", "undo", "runs", "destroy", "agents"),
    "Write manifests": ("init", "validate", "export", "adopt", "convert", "schema", "graph"),
    "Prepare an environment": ("check", "environments", "sandbox", "secret"),
    "Operate pipelines": ("pipelines",),
    "Report to GitHub": ("github",),
    "Build Lambdas": ("package",),
    "Help": ("help", "version", "completion"),
}


def commands() -> str:
    """Returns the index, the global options, and a section for each command."""
    if loose := {*root.commands} ^ {name for names in GROUPS.values() for name in names}:
        raise ValueError(f"{', '.join(sorted(loose))}: correct GROUPS in scripts/reference_commands.py")
    context = click.Context(root, info_name="reconcile", **root.context_settings)
    parts = [_index(), "## reconcile", *_section(context, root)]
    for title, names in GROUPS.items():
        parts.append(f"## {title}")
        for name in names:
            parts += _command(click.Context(root.commands[name], info_name=name, parent=context), level=3)
    return "\n\n".join(parts)


def _index() -> str:
    rows = [
        f"| {title} | {', '.join(f'[`{name}`](#reconcile-{name})' for name in names)} |"
        for title, names in GROUPS.items()
    ]
    return "\n".join(("| To | Commands |", "|---|---|", *rows))


def _command(context: click.Context, level: int) -> Iterator[str]:
    command = context.command
    yield f"{'#' * level} {context.command_path}"
    yield from _section(context, command)
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            yield from _command(click.Context(inner, info_name=name, parent=context), level + 1)


def _section(context: click.Context, command: click.Command) -> Iterator[str]:
    """Yields usage, help, options and examples of one command."""
    yield f"```text\n{' '.join((context.command_path, *command.collect_usage_pieces(context)))}\n```"
    yield _prose(command.help or "")
    options = [option for option in command.get_params(context) if isinstance(option, click.Option)]
    if own := list(_rows(context, [option for option in options if not isinstance(option, GlobalOption)])):
        yield "\n".join(("| Option | Description |", "|---|---|", *own))
    if context.parent is None:
        yield "Global options, before or after the command:"
        yield "\n".join(
            (
                "| Option | Description |",
                "|---|---|",
                *_rows(context, [option for option in options if isinstance(option, GlobalOption)]),
            )
        )
    elif isinstance(command, Flagged) and command.uses:
        yield f"Global options: {', '.join(f'`{flag}`' for flag in command.uses)}. See [reconcile](#reconcile)."
    if isinstance(command, Group | Flagged) and command.example:
        yield f"Examples:\n\n```text\n{command.example}\n```"


def _rows(context: click.Context, options: list[click.Option]) -> Iterator[str]:
    for option in options:
        if record := option.get_help_record(context):
            flags, text = record
            yield row(f"`{flags}`", escaped(text))


def _prose(text: str) -> str:
    """Returns the help in paragraphs, each on one line."""
    paragraphs = re.split(r"\n\s*\n", text.replace("\b", "").strip())
    return "\n\n".join(escaped(" ".join(paragraph.split())) for paragraph in paragraphs)
