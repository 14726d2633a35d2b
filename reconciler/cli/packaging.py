"""Defines `package`, which builds a Lambda's archive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler import signals
from reconciler.cli import completing, opening, screen
from reconciler.cli.authoring import DIRECTORY
from reconciler.cli.choices import Flags
from reconciler.cli.flags import TALKS, Flagged
from reconciler.documents.hints import brief, did_you_mean
from reconciler.errors import UsageError
from reconciler.packaging.target import DEFAULT_PYTHON, PYTHONS
from reconciler.private_files import make_folder, refuse_links_in

if TYPE_CHECKING:
    from reconciler.packaging.archive import Archive

UPLOAD = 50 * 1024 * 1024


@click.command(cls=Flagged, uses=("-C", *TALKS, "--dry-run"), example="reconcile package contact_calls --into dist")
@click.argument("name", shell_complete=completing.lambdas)
@click.option(
    "--python",
    type=click.Choice(PYTHONS),
    default=DEFAULT_PYTHON,
    show_default=True,
    help="Version of the Lambda runtime.",
)
@click.option("--into", type=DIRECTORY, metavar="DIR", help="Write the archive to this folder. [.reconcile/packages]")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format."
)
@click.pass_obj
def package(flags: Flags, name: str, python: str, into: Path | None, form: str) -> int:
    """Build a Lambda's archive. The same input always gives the same bytes.

    Calls no AWS service. Pip may download packages.
    """
    from reconciler.packaging.building import package as build
    from reconciler.packaging.building import place_of
    from reconciler.packaging.source import names

    if name not in (known := names()):
        raise UsageError(f"no Lambda {brief(name)}; there is {', '.join(known)}{did_you_mean(name, known)}")
    folder = into or opening.state_folder(flags) / "packages"
    if flags.dry_run:
        screen.say(f"would write {place_of(name, into=folder, python=python)}")
        return 0
    if not into:
        make_folder(folder.parent)
        refuse_links_in(folder)
    with signals.cleaning_up():
        archive = build(name, into=folder, python=python)
    facts = _facts(archive, name, python)
    screen.say(json.dumps(facts, indent=2) if form == "json" else _as_text(archive, facts))
    return 0


COMMANDS = (package,)


def _facts(archive: Archive, name: str, python: str) -> dict[str, str | int | bool]:
    return {
        "name": name,
        "runtime": f"python{python}",
        "handler": f"reconciler.lambdas.{name}.handler.handler",
        "path": str(archive.path),
        "sha256": archive.sha256,
        "codeSha256": archive.code_sha256,
        "treeSha256": archive.tree,
        "zippedBytes": archive.zipped,
        "unzippedBytes": archive.unzipped,
        "built": archive.is_new,
    }


def _as_text(archive: Archive, facts: dict[str, str | int | bool]) -> str:
    word = "built" if archive.is_new else "unchanged"
    lines = [f"{key:13} {facts[key]}" for key in ("runtime", "handler", "path", "sha256", "codeSha256")]
    lines.append(f"{'size':13} {archive.zipped:,} bytes zipped, {archive.unzipped:,} unzipped")
    if archive.zipped > UPLOAD:
        lines.append(f"{'upload':13} via S3: a direct upload may have {UPLOAD // 2**20} MB")
    return "\n".join([f"{facts['name']}: {word}", *(f"  {line}" for line in lines)])
