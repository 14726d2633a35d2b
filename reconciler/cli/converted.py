"""Knows where `convert` writes, writes there, and skips what other files declare."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli import screen
from reconciler.cli.choices import Flags
from reconciler.cli.logs import log_of
from reconciler.errors import ManifestError, UsageError

if TYPE_CHECKING:
    from reconciler.config import Config
    from reconciler.export.write import Exported, File, Target
    from reconciler.model import Ref

MANIFESTS = Path("manifests")  # unless reconcile.yaml names another folder


@dataclass(frozen=True)
class Place:
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


def place_of(flags: Flags, into: Path | None) -> tuple[Place, Path | None]:
    """Returns the repository, and the requested folder in it.

    A folder that is a repository itself is not a folder in one.
    """
    from reconciler.config import FILE, read_config

    root = flags.folder or _root_above(into or Path())
    config = read_config(root / FILE, os.environ) if (root / FILE).is_file() else None
    return Place(root, config), into if into and into.resolve() != root.resolve() else None


def _root_above(start: Path) -> Path:
    """Returns the folder of reconcile.yaml, or the folder where it will be written."""
    from reconciler.config import find
    from reconciler.desired.layers import BASE

    try:
        return find(start).parent
    except UsageError:
        return start.parent.parent if start.parts[-2:] == (*MANIFESTS.parts, BASE) else start


def store(flags: Flags, parts: Sequence[tuple[Exported, Target]], left: int) -> None:
    """Writes the files, unless it is a dry run, and prints each and the totals."""
    from reconciler.export.write import write

    for exported, target in parts:
        if not flags.dry_run:
            write(exported, target)
        for path in exported.written:
            screen.report(f"{'would write' if flags.dry_run else 'wrote'} {os.path.relpath(path)}")
    if not flags.dry_run:
        screen.say(_totals([exported for exported, _ in parts], left))


def kept(flags: Flags, place: Place, target: Target, converted: Mapping[Ref, Sequence[File]]) -> list[Ref]:
    """Returns the resources to write. A note names each of the others, which other files declare."""
    skipped = _declared_elsewhere(place, target, converted)
    for reason in skipped.values():
        log_of(flags).note(reason)
    return [ref for ref in converted if ref not in skipped]


def _declared_elsewhere(place: Place, target: Target, converted: Mapping[Ref, Sequence[File]]) -> dict[Ref, str]:
    """Returns resources that other files declare, with the reason to skip each.

    A second declaration would make every later run fail. Raises `ManifestError` if the manifests cannot be read,
    because a declaration could then be missed.
    """
    from reconciler.desired import examine

    if place.config is None or not target.is_read:
        return {}
    environments = place.config.environments
    reading = examine(next(iter(environments.values())), os.environ, tuple(environments))
    if reading.desired is None and any(place.manifests.rglob("*.y*ml")):
        raise ManifestError(reading.mistakes)
    known = {_folded(ref): source.file for ref, source in reading.declared.items()}
    left: dict[Ref, str] = {}
    for ref, files in converted.items():
        declared = known.get(_folded(ref))
        if declared and (place.root / declared).resolve() not in {file.path.resolve() for file in files}:
            left[ref] = f"{ref} is declared in {declared}; skipped; to write it to another folder, give --into DIR"
    return left


def _folded(ref: Ref) -> tuple[str, str]:
    """Returns the key of a resource. Tables whose names differ only in case are the same."""
    return ref.kind, ref.name.casefold() if ref.kind == "DataTable" else ref.name


def _totals(parts: Sequence[Exported], left: int) -> str:
    written = sum(len(exported.written) for exported in parts)
    replaced = sum(len(exported.replaced) for exported in parts)
    unchanged = sum(len(exported.unchanged) for exported in parts)
    counts = f", {left} left alone" if left else ""
    return f"Convert: {written - replaced} new, {replaced} replaced, {unchanged} unchanged{counts}"
