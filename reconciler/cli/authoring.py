"""Defines the commands for authors of manifests: `validate` and `schema`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import completing, opening, screen, validating
from reconciler.cli.choices import Flags
from reconciler.cli.flags import OFFLINE, TALKS, Flagged
from reconciler.documents.hints import brief, did_you_mean
from reconciler.errors import ManifestError, UsageError
from reconciler.messages import command

if TYPE_CHECKING:
    from reconciler.cli.validating import ValidationReport

DIRECTORY = click.Path(file_okay=False, path_type=Path)
SCHEMAS = "schemas"


@click.command(cls=Flagged, uses=(*OFFLINE, "--dry-run"), example="reconcile validate --format github")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="Output format.",
)
@click.option("--full", is_flag=True, help="List every mistake, also equal ones.")
@click.option("--write", "writes", is_flag=True, help="First write files that follow from others: columns.lock.json.")
@click.pass_obj
def validate(flags: Flags, form: str, full: bool, writes: bool) -> int:
    """Check configuration and manifests. Works offline.

    Reports every mistake with its file, line and column.
    """
    verdict = _verdict(flags, full, writes=writes)
    match form:
        case "json":
            screen.say(validating.as_json(verdict))
        case "github":
            screen.say(validating.as_annotations(verdict, os.environ))
        case _:
            screen.report(validating.as_text(verdict))
    return 1 if verdict.mistakes else 0


@click.command(
    cls=Flagged,
    uses=("-C", *TALKS, "--dry-run"),
    example="""\
reconcile schema DataTable
reconcile schema --write schemas""",
)
@click.argument("kind", required=False, shell_complete=completing.schemas)
@click.option("--write", "into", type=DIRECTORY, metavar="DIR", help="Write all schemas to this folder.")
@click.option(
    "--check", is_flag=True, help="Fail if a schema file is out of date, in schemas/ or in the folder of --write."
)
@click.pass_obj
def schema(flags: Flags, kind: str | None, into: Path | None, check: bool) -> int:
    """Print the JSON Schema of one kind, or of all kinds."""
    from reconciler.schemas import files

    if kind and (into or check):
        raise UsageError("--write and --check work on all kinds; leave out the kind")
    if check:
        folder = into or (flags.folder or Path()) / SCHEMAS
        stale = files.stale(folder)
        for name in stale:
            screen.say(f"{folder / name} is stale; write it with: {command('schema', '--write', folder)}")
        return 1 if stale else 0
    if into and not flags.dry_run:
        files.write(into)
    elif not into:
        screen.say(_schema(kind))
    return 0


COMMANDS = (validate, schema)


def _verdict(flags: Flags, full: bool, *, writes: bool = False) -> ValidationReport:
    try:
        config = opening.read_config_of(flags)
    except ManifestError as error:
        return validating.ValidationReport(opening.config_path(flags).parent, (), error.mistakes, full=full)
    name = opening.named(flags, config)
    names = [name] if name else list(config.environments)
    if writes and flags.dry_run:
        stale = [path for name in names for path in validating.stale_files(config, name, os.environ)]
        for path in dict.fromkeys(stale):
            screen.report(f"would write {os.path.relpath(path)}")
    elif writes:
        for path in validating.write_generated(config, names, os.environ):
            screen.report(f"wrote {os.path.relpath(path)}")
    return validating.verdict(config, names, os.environ, full=full)


def _schema(kind: str | None) -> str:
    from reconciler.schemas import files

    texts = {name.removesuffix(".schema.json"): text for name, text in files.texts().items()}
    if kind is None:
        return json.dumps({name: json.loads(text) for name, text in texts.items()}, indent=2, ensure_ascii=False)
    if kind not in texts:
        raise UsageError(f"no schema for {brief(kind)}{did_you_mean(kind, texts)}")
    return texts[kind]
