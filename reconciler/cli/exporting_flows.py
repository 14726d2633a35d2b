"""Exports the flows of one environment into the manifests that several environments share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli import opening
from reconciler.cli.choices import Flags
from reconciler.cli.validating import about
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.cli.export_filter import ExportFilter
    from reconciler.cli.opening import Opened
    from reconciler.export import FlowExport, FlowTarget
    from reconciler.model.environment import Environment


def check_alone(*, into: Path | None, kinds: tuple[str, ...], targets: tuple[str, ...]) -> None:
    """Raises `UsageError` if a flag beside --flows selects other resources or another folder."""
    given = {"--into": into is not None, "--kind": bool(kinds), "--target": bool(targets)}
    if others := [flag for flag, is_given in given.items() if is_given]:
        raise UsageError(f"--flows exports all flows and modules into its own folder; leave out {', '.join(others)}")


def merge_flows(flags: Flags, folder: Path, wanted: ExportFilter, *, overwrite: bool) -> tuple[FlowExport, FlowTarget]:
    """Reads the manifests of the folder and the live flows, and returns the files to write. Logs the notes."""
    from reconciler.desired.by_layer import read_by_layer
    from reconciler.export import FLOWS, prepare_flows
    from reconciler.live import read

    opened = opening.for_reading(flags)
    options, log = opened.options, opened.work.log
    target = _target(opened, folder, overwrite=overwrite)
    placed = replace(options.environment, manifests=target.folder, overlays=_overlays(options.environment))
    declared = read_by_layer(placed, options.environ, options.known_environments, FLOWS)
    with opened.work.during("reading"):
        world = read(options.aws, options.environment.scope, declared.manifests, wanted.request())
    merged = prepare_flows(world, declared, target)
    for note in (*wanted.unread(world), *merged.exported.notes):
        log.note(f"{note.severity}: {about(note)}")
    shared = _shared(flags, target, merged)
    for line in (*merged.exported.left, *shared, *_settings(options.environment, target, merged)):
        log.note(line)
    return merged, target


def totals(merged: FlowExport) -> str:
    exported = merged.exported
    new = len(exported.written) - len(exported.replaced)
    left = f", {len(exported.left)} left alone" if exported.left else ""
    return f"Export: {new} new, {len(exported.replaced)} replaced, {len(merged.matching)} unchanged{left}"


def _target(opened: Opened, folder: Path, *, overwrite: bool) -> FlowTarget:
    from reconciler.export import FlowTarget

    environment = opened.options.environment
    return FlowTarget(
        # The folder is relative to the current one, and manifests are relative to reconcile.yaml.
        folder=Path(os.path.abspath(folder)),
        root=environment.root,
        environment=environment.name,
        overlay=_overlays(environment)[-1],
        others=tuple(name for name in opened.options.known_environments if name != environment.name),
        overwrite=overwrite,
        ignored=environment.ignored,
        expected=environment.overlays,
    )


def _overlays(environment: Environment) -> tuple[Path, ...]:
    """Returns the overlays of the environment. One without any gets a folder with its name."""
    return environment.overlays or (Path("environments", environment.name),)


def _shared(flags: Flags, target: FlowTarget, merged: FlowExport) -> Iterator[str]:
    """Yields the other environments that read the overlay, if anything but an empty folder is written there."""
    here = target.folder / target.overlay
    if not any(path.suffix and path.is_relative_to(here) for path in merged.exported.written):
        return
    others = opening.read_config_of(flags).environments
    shared = [name for name in target.others if target.overlay in others[name].overlays]
    if shared:
        whose = "its" if len(shared) == 1 else "their"
        yield (
            f"warning: {target.overlay.as_posix()} is also an overlay of {', '.join(shared)}: what is written there "
            f"changes {whose} plans too"
        )


def _settings(environment: Environment, target: FlowTarget, merged: FlowExport) -> Iterator[str]:
    """Yields what reconcile.yaml needs, so that a plan reads the files."""
    here = target.folder / target.overlay
    is_used = here.is_dir() or any(path.is_relative_to(here) for path in merged.exported.written)
    if not environment.overlays and is_used:
        yield (
            f"{target.overlay.as_posix()} is not an overlay yet: write `overlays: [{target.overlay.as_posix()}]` for "
            f"{environment.name} in reconcile.yaml"
        )
    if target.folder.resolve() != (environment.root / environment.manifests).resolve():
        folder = Path(os.path.relpath(target.folder, environment.root)).as_posix()
        yield (
            f"plans read {environment.manifests.as_posix()}: to plan these files, write `manifests: {folder}` in "
            "reconcile.yaml"
        )
