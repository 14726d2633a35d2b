"""Defines `convert`, which turns the JSON layout of the predecessor program into manifests."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import screen
from reconciler.cli.authoring import DIRECTORY
from reconciler.cli.choices import Flags
from reconciler.cli.flags import TALKS, Flagged
from reconciler.cli.logs import Log, log_of
from reconciler.cli.validating import about
from reconciler.errors import ManifestError, UsageError

if TYPE_CHECKING:
    from reconciler.config import Config
    from reconciler.convert import Layout
    from reconciler.export.write import Exported, File, Target
    from reconciler.model import Ref

MANIFESTS = Path("manifests")  # unless reconcile.yaml names another folder


@click.command(cls=Flagged, uses=("-C", *TALKS, "--dry-run"), example="reconcile convert config")
@click.argument("old", type=DIRECTORY, metavar="DIR")
@click.option("--into", type=DIRECTORY, metavar="DIR", help="Write to this folder. [the manifests' base]")
@click.option("--overwrite", is_flag=True, help="Replace existing files that differ.")
@click.pass_obj
def convert(flags: Flags, old: Path, into: Path | None, overwrite: bool) -> int:
    """Convert data tables from the JSON layout to manifests and CSV. Works offline.

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
    """
    from reconciler.convert import files_of, read_layout
    from reconciler.export.write import compared, write

    log = log_of(flags)
    layout = read_layout(old)
    for finding in layout.findings:
        log.note(f"{finding.severity}: {finding.source}: {about(finding)}")
    place, elsewhere = _place(flags, into)
    target, beside = place.target(elsewhere, overwrite), place.target(place.root, overwrite)
    tables = files_of(layout, target)
    left = _declared_elsewhere(place, target, tables)
    for left_out in left.values():
        log.note(left_out)
    if layout.lost:
        what = "1 key or file was" if layout.lost == 1 else f"{layout.lost} keys or files were"
        log.note(f"warning: {what} not converted, as listed above")
    config = compared(_config_files(place, layout, log), beside)
    files: list[File] = []
    for ref, of_table in tables.items():
        if ref not in left:
            files += of_table
    converted = compared(files, target)
    for exported, where in ((converted, target), (config, beside)):
        if not flags.dry_run:
            write(exported, where)
        for path in exported.written:
            screen.report(f"{'would write' if flags.dry_run else 'wrote'} {os.path.relpath(path)}")
    if not flags.dry_run:
        screen.say(_totals(converted, config, len(left)))
    return 0


COMMANDS = (convert,)


@dataclass(frozen=True)
class _Place:
    """A repository.

    `root` is the folder of reconcile.yaml, which may not exist yet. `config` is its content if it exists.
    """

    root: Path
    config: Config | None

    @property
    def manifests(self) -> Path:
        return self.root / (next(iter(self.config.environments.values())).manifests if self.config else MANIFESTS)

    def target(self, into: Path | None, overwrite: bool) -> Target:
        from reconciler.desired.layers import BASE
        from reconciler.export import Target

        return Target(into or self.manifests / BASE, self.root, self.manifests, overwrite)


def _place(flags: Flags, into: Path | None) -> tuple[_Place, Path | None]:
    """Returns the repository, and the requested folder in it.

    A folder that is a repository itself is not a folder in one.
    """
    from reconciler.config import FILE, read_config

    root = flags.folder or _root_above(into or Path())
    config = read_config(root / FILE, os.environ) if (root / FILE).is_file() else None
    return _Place(root, config), into if into and into.resolve() != root.resolve() else None


def _root_above(start: Path) -> Path:
    """Returns the folder of reconcile.yaml, or the folder where it will be written."""
    from reconciler.config import find
    from reconciler.desired.layers import BASE

    try:
        return find(start).parent
    except UsageError:
        return start.parent.parent if start.parts[-2:] == (*MANIFESTS.parts, BASE) else start


def _config_files(place: _Place, layout: Layout, log: Log) -> list[File]:
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


def _declared_elsewhere(place: _Place, target: Target, tables: Mapping[Ref, Sequence[File]]) -> dict[Ref, str]:
    """Returns tables that other files declare. A second declaration would make every later run fail.

    Raises `ManifestError` if the manifests cannot be read, because a declaration could then be missed.
    """
    from reconciler.desired import examine

    if place.config is None or not target.is_read:
        return {}
    environments = place.config.environments
    reading = examine(next(iter(environments.values())), os.environ, tuple(environments))
    if reading.desired is None and any(place.manifests.rglob("*.y*ml")):
        raise ManifestError(reading.mistakes)
    known = {ref.name.casefold(): source.file for ref, source in reading.declared.items() if ref.kind == "DataTable"}
    left: dict[Ref, str] = {}
    for ref, files in tables.items():
        declared = known.get(ref.name.casefold())
        if declared and (place.root / declared).resolve() not in {file.path.resolve() for file in files}:
            left[ref] = f"{ref} is declared in {declared}; skipped; to write it to another folder, give --into DIR"
    return left


def _totals(converted: Exported, config: Exported, left: int) -> str:
    written = len(converted.written) + len(config.written)
    replaced = len(converted.replaced) + len(config.replaced)
    unchanged = len(converted.unchanged) + len(config.unchanged)
    counts = f", {left} left alone" if left else ""
    return f"Convert: {written - replaced} new, {replaced} replaced, {unchanged} unchanged{counts}"
