"""Defines `convert`, which turns files of other programs into manifests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import completing
from reconciler.cli.authoring import DIRECTORY
from reconciler.cli.choices import Flags
from reconciler.cli.converted import Place, kept, place_of, store
from reconciler.cli.flags import TALKS, Flagged
from reconciler.cli.logs import Log, log_of
from reconciler.cli.validating import about
from reconciler.errors import UsageError
from reconciler.messages import command

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.convert import Layout
    from reconciler.export.write import File
    from reconciler.model import Finding

FILE = click.Path(dir_okay=False, path_type=Path)
AGENTS = "agents"  # the word before a CSV file; alone, it is a folder as any other
MAPPINGS = "mappings"  # the word before a JSON file


@click.command(
    cls=Flagged,
    uses=("-C", *TALKS, "--dry-run"),
    example="""\
reconcile convert config
reconcile convert agents agents.csv
reconcile convert mappings canonical_mappings.json""",
)
@click.argument("source", type=DIRECTORY, metavar="DIR", shell_complete=completing.convertible)
@click.argument("file", type=FILE, metavar="| agents FILE.csv | mappings FILE.json", required=False)
@click.option("--into", type=DIRECTORY, metavar="DIR", help="Write to this folder. [the manifests' base]")
@click.option("--overwrite", is_flag=True, help="Replace existing files that differ.")
@click.option("--no-passwords", is_flag=True, help="With agents: leave out the field password.")
@click.pass_context
def convert(
    context: click.Context, /, source: Path, file: Path | None, into: Path | None, overwrite: bool, no_passwords: bool
) -> int:
    """Convert data tables, agents or mappings from other programs' files to manifests. Works offline.

    DIR has this layout:

    \b
      data_tables_config.json    {"instanceARN": "arn:aws:connect:…", "dataTables": [{"name": "T"}]}
      attributes/T.json          {"tableName": "T", "attributes":
                                   [{"name": "Key", "valueType": "TEXT", "primary": true}]}
      attribute_values/T.json    {"tableName": "T", "values":
                                   [{"primaryValues": [{"attributeName": "Key", "value": "a"}],
                                     "attributes": [{"attributeName": "Tier", "value": "Gold"}]}]}

    If there is no reconcile.yaml, it is written too, to the folder of --into. Keys without a counterpart in manifests
    are listed on stderr; the exit code is still 0.

    FILE.csv is a file for the bulk upload of users in the console, with commas, semicolons or tabs. Its columns may be
    in any order. Each row becomes a User. Passwords are never converted: if the file has a column for them, each user
    gets `password: {generate: true}`.

    FILE.json maps the columns of ConnectWise to those of several canonical tables. Each table gets a file, and the
    order of all columns a columns.lock.json, in mappings/connectwise of the manifests.
    """
    if file is None and str(source) == AGENTS and not source.exists():
        raise UsageError(f"the CSV file is missing; name it: {command('convert', AGENTS, 'FILE.csv')}")
    if file is None and no_passwords:
        raise UsageError(f"--no-passwords works with a CSV file: {command('convert', AGENTS, 'FILE.csv')}")
    if file is None:
        return _convert_tables(context.obj, source, into, overwrite)
    if str(source) == MAPPINGS and not no_passwords:
        return _convert_mappings(context.obj, file, into, overwrite)
    if str(source) != AGENTS:
        context.fail(f"Got unexpected extra argument ({file})")
    return _convert_agents(context.obj, file, into, overwrite, may_generate=not no_passwords)


COMMANDS = (convert,)


def _convert_tables(flags: Flags, folder: Path, into: Path | None, overwrite: bool) -> int:
    from reconciler.convert import files_of, read_layout
    from reconciler.export.write import compared

    log = log_of(flags)
    layout = read_layout(folder)
    _print_findings(log, layout.findings)
    place, elsewhere = place_of(flags, into)
    target, beside = place.target(elsewhere, overwrite), place.target(place.root, overwrite)
    tables = files_of(layout, target)
    refs = kept(flags, place, target, tables)
    if layout.lost:
        what = "1 key or file was" if layout.lost == 1 else f"{layout.lost} keys or files were"
        log.note(f"warning: {what} not converted, as listed above")
    config = compared(_config_files(place, layout, log), beside)
    files: list[File] = []
    for ref in refs:
        files += tables[ref]
    store(flags, [(compared(files, target), target), (config, beside)], len(tables) - len(refs))
    return 0


def _convert_agents(flags: Flags, file: Path, into: Path | None, overwrite: bool, *, may_generate: bool) -> int:
    from reconciler.config import FILE as CONFIG
    from reconciler.convert import files_of_agents, read_agents, with_generated_passwords
    from reconciler.export.write import compared

    log = log_of(flags)
    roster = read_agents(file)
    _print_findings(log, roster.findings)
    place, elsewhere = place_of(flags, into)
    target = place.target(elsewhere, overwrite)
    agents = roster.agents
    if roster.has_passwords and may_generate:
        agents = with_generated_passwords(agents)
        log.note("apply generates a password for each new user (password: {generate: true}); or give --no-passwords")
    users = files_of_agents(agents, target)
    refs = kept(flags, place, target, users)
    files: list[File] = []
    for ref in refs:
        files += users[ref]
    store(flags, [(compared(files, target), target)], len(users) - len(refs))
    if place.config is None:
        folder = None if place.root.resolve() == Path.cwd() else place.root
        log.note(f"there is no {CONFIG} yet; create it with: {command('init', folder=folder)}")
    return 0


def _convert_mappings(flags: Flags, file: Path, into: Path | None, overwrite: bool) -> int:
    from reconciler.convert import read_mappings
    from reconciler.export.write import File, compared

    converted = read_mappings(file)
    _print_findings(log_of(flags), converted.findings)
    place, elsewhere = place_of(flags, into)
    folder = elsewhere or place.manifests / MAPPINGS / "connectwise"
    target = place.target(folder, overwrite)
    files = [File(folder / name, text) for name, text in converted.texts.items()]
    store(flags, [(compared(files, target), target)], 0)
    return 0


def _print_findings(log: Log, findings: Iterable[Finding]) -> None:
    for finding in findings:
        log.note(f"{finding.severity}: {finding.source}: {about(finding)}")


def _config_files(place: Place, layout: Layout, log: Log) -> list[File]:
    """Returns the configuration files to write: none if reconcile.yaml exists. A note then says what to add to it."""
    from reconciler.config import FILE
    from reconciler.convert import config_text, environment_text
    from reconciler.export.write import File

    if place.config is None:
        return [File(place.root / FILE, config_text(layout.instance))]
    known = place.config.environments
    if all(environment.instance != layout.instance for environment in known.values()):
        line = environment_text(layout.instance, known)
        log.note(f"{FILE} has no environment for the instance of these tables; add to environments: {line}")
    return []
