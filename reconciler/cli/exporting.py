"""`export`: what is live, as manifests."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from reconciler.cli import opening, screen
from reconciler.cli.authoring import DIRECTORY
from reconciler.cli.choices import Flags
from reconciler.cli.flags import Flagged
from reconciler.documents.hints import did_you_mean
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.export import Exported
    from reconciler.model import Ref


@click.command(cls=Flagged)
@click.option("--into", type=DIRECTORY, metavar="DIR", help="The folder to write to. [the manifests' base]")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind. Repeatable.")
@click.option("--target", "targets", multiple=True, metavar="GLOB", help="Only addresses like this one. Repeatable.")
@click.pass_obj
def export(flags: Flags, into: Path | None, kinds: tuple[str, ...], targets: tuple[str, ...]) -> int:
    """Write manifests of what is live; once it is adopted, a plan of them is empty."""
    from reconciler.desired.examine import BASE
    from reconciler.export import write_manifests
    from reconciler.kinds.registry import KINDS
    from reconciler.plan import Selection
    from reconciler.reconcile import snapshot

    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(f"no kind {kind!r}{did_you_mean(kind, KINDS)}")
    selection = Selection(target=targets)

    def covers(ref: Ref) -> bool:
        return (not kinds or ref.kind in kinds) and selection.covers(str(ref))

    opened = opening.for_reading(flags)
    environment = opened.options.environment
    with opened.work.during("reading"):
        world = snapshot(opened.options, covers)
    folder = into or environment.root / environment.manifests / BASE
    if flags.dry_run:
        with TemporaryDirectory() as elsewhere:
            exported = write_manifests(world, Path(elsewhere), covers, root=environment.root)
            _tell("would write", [folder / path.relative_to(elsewhere) for path in exported.written])
        return 0
    exported = write_manifests(world, folder, covers, root=environment.root)
    for note in exported.notes:
        opened.work.log.note(f"{note.severity}: {note.address}: {note.message}")
    _tell("wrote", exported.written)
    screen.say(_totals(exported))
    return 0


COMMANDS = (export,)


def _tell(word: str, paths: tuple[Path, ...] | list[Path]) -> None:
    for path in paths:
        screen.report(f"{word} {os.path.relpath(path)}")


def _totals(exported: Exported) -> str:
    new = len(exported.written) - len(exported.replaced)
    return f"Export: {new} new, {len(exported.replaced)} replaced, {len(exported.unchanged)} unchanged"
