"""`export`: what is live, as manifests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import opening, screen, typos
from reconciler.cli.authoring import DIRECTORY
from reconciler.cli.choices import Flags
from reconciler.cli.flags import Flagged
from reconciler.cli.validating import about
from reconciler.documents.hints import did_you_mean
from reconciler.errors import ManifestError, UsageError

if TYPE_CHECKING:
    from reconciler.export import Exported, Known
    from reconciler.model import Ref
    from reconciler.reconcile import Options


@click.command(cls=Flagged)
@click.option("--into", type=DIRECTORY, metavar="DIR", help="The folder to write to. [the manifests' base]")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind. Repeatable.")
@click.option("--target", "targets", multiple=True, metavar="GLOB", help="Only addresses like this one. Repeatable.")
@click.option("--overwrite", is_flag=True, help="Replace files that are there and say something else.")
@click.pass_obj
def export(flags: Flags, into: Path | None, kinds: tuple[str, ...], targets: tuple[str, ...], overwrite: bool) -> int:
    """Write manifests of what is live and not declared; once it is adopted, a plan of them is empty.

    Into a folder outside of the manifests everything is written, whether it is declared or not.
    """
    from reconciler.desired.examine import BASE
    from reconciler.export import Target, prepare, write
    from reconciler.kinds.registry import KINDS
    from reconciler.live import Asked, read
    from reconciler.plan import Selection

    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(f"no kind {kind!r}{did_you_mean(kind, KINDS)}")
    selection = Selection(target=targets)

    listed: list[str] = []

    def covers(ref: Ref) -> bool:
        listed.append(str(ref))
        return (not kinds or ref.kind in kinds) and selection.covers(str(ref))

    opened = opening.for_reading(flags)
    environment = opened.options.environment
    manifests = environment.root / environment.manifests
    target = Target(into or manifests / BASE, environment.root, manifests, overwrite)
    known = _known(opened.options)
    with opened.work.during("reading"):
        world = read(opened.options.aws, environment.scope, known.manifests, Asked(covers))
    typos.check_targets(targets, [*listed, *map(str, world.live), *map(str, known.manifests)], world)
    exported = prepare(world, covers, target, known)
    for note in exported.notes:
        opened.work.log.note(f"{note.severity}: {about(note)}")
    for told in exported.left:
        opened.work.log.note(told)
    if flags.dry_run:
        _tell("would write", exported)
        return 0
    write(exported, target)
    _tell("wrote", exported)
    screen.say(_totals(exported))
    return 0


COMMANDS = (export,)


def _known(options: Options) -> Known:
    """Raises `ManifestError` where there are manifests that cannot be read: who knows what they declare?"""
    from reconciler.desired import examine
    from reconciler.export import Known

    environment = options.environment
    reading = examine(environment, options.environ, options.known_environments)
    if reading.desired:
        return Known(reading.declared, reading.desired.manifests, reading.desired.removed)
    if any((environment.root / environment.manifests).rglob("*.y*ml")):
        raise ManifestError(reading.mistakes)
    return Known()


def _tell(word: str, exported: Exported) -> None:
    for path in exported.written:
        screen.report(f"{word} {os.path.relpath(path)}")


def _totals(exported: Exported) -> str:
    new = len(exported.written) - len(exported.replaced)
    left = f", {len(exported.left)} left alone" if exported.left else ""
    return f"Export: {new} new, {len(exported.replaced)} replaced, {len(exported.unchanged)} unchanged{left}"
