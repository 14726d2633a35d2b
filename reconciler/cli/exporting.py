"""Defines `export`, which writes live resources as manifests."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import completing, exporting_flows, opening, screen, typos
from reconciler.cli.authoring import DIRECTORY
from reconciler.cli.choices import Flags
from reconciler.cli.export_filter import ExportFilter
from reconciler.cli.flags import READS, Flagged
from reconciler.cli.validating import about
from reconciler.documents.hints import brief, did_you_mean
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.export import Exported, Target
    from reconciler.model import Ref

NAMED = 5  # addresses in one line


@click.command(
    cls=Flagged,
    uses=(*READS, "--dry-run"),
    example="""\
reconcile -e prod export --dry-run
reconcile -e prod export --kind DataTable --into copy
reconcile -e prod export --flows manifests""",
)
@click.option("--into", type=DIRECTORY, metavar="DIR", help="Write to this folder. [the manifests' base]")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Export only this kind. Repeatable.")
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="GLOB",
    help="Export only addresses that match this pattern. Repeatable.",
    shell_complete=completing.addresses,
)
@click.option(
    "--flows",
    type=DIRECTORY,
    metavar="DIR",
    help="Merge the flows and modules of this environment into the manifests in this folder.",
)
@click.option("--overwrite", is_flag=True, help="Replace existing files that differ.")
@click.pass_obj
def export(
    flags: Flags,
    /,
    *,
    into: Path | None,
    kinds: tuple[str, ...],
    targets: tuple[str, ...],
    flows: Path | None,
    overwrite: bool,
) -> int:
    """Write manifests for unmanaged resources.

    Once they are adopted, a plan has no changes. In a folder outside the manifests, it writes every live resource,
    declared or not. It writes only the environment's own instance, unless a --target names the kind ConnectInstance.
    With several environments, a resource with ids or ARNs of this one gets metadata.environments: [ENV].

    --flows writes flows and modules only. Run it once for each environment: the first one fills DIR/base, and each
    later one writes what differs to its last overlay, or to DIR/environments/ENV. Files in the base stay as they are.
    """
    from reconciler.export import FLOWS, write

    if flows:
        exporting_flows.check_alone(into=into, kinds=kinds, targets=targets)
        merged, place = exporting_flows.merge_flows(flags, flows, ExportFilter(FLOWS, ()), overwrite=overwrite)
        exported, target, totals = merged.exported, place.files, exporting_flows.totals(merged)
    else:
        exported, target = _prepared(flags, into, ExportFilter(kinds, targets), overwrite=overwrite)
        totals = _totals(exported)
    if flags.dry_run:
        _tell("would write", exported)
        return 0
    write(exported, target)
    _tell("wrote", exported)
    screen.say(totals)
    return 0


def _prepared(flags: Flags, into: Path | None, wanted: ExportFilter, *, overwrite: bool) -> tuple[Exported, Target]:
    """Returns the files to write, and where. Logs the notes."""
    from reconciler.desired.layers import BASE
    from reconciler.export import Known, Target, prepare
    from reconciler.kinds.registry import KINDS
    from reconciler.live import read
    from reconciler.reconcile import declared_here

    for kind in wanted.kinds:
        if kind not in KINDS:
            raise UsageError(f"no kind {brief(kind)}{did_you_mean(kind, KINDS)}")
    opened = opening.for_reading(flags)
    environment = opened.options.environment
    manifests = environment.root / environment.manifests
    only = environment.name if len(opened.options.known_environments) > 1 else ""
    target = Target(into or manifests / BASE, environment.root, manifests, overwrite, only)
    reading = declared_here(opened.options)
    places = {ref: place for ref, place in reading.declared.items() if ref.kind in KINDS}
    known = Known(places, reading.desired.manifests, reading.desired.removed) if reading.desired else Known()
    with opened.work.during("reading"):
        world = read(opened.options.aws, environment.scope, known.manifests, wanted.request())
    addresses = [*wanted.asked_about, *map(str, world.live), *map(str, known.manifests)]
    typos.check_targets(wanted.targets, addresses, world)
    exported = prepare(world, wanted.covers, target, known)
    for note in (*wanted.unread(world), *exported.notes):
        opened.work.log.note(f"{note.severity}: {about(note)}")
    for finding in (*exported.left, *_of_one(exported.of_one, target.only)):
        opened.work.log.note(finding)
    return exported, target


COMMANDS = (export,)


def _of_one(refs: Sequence[Ref], environment: str) -> Iterator[str]:
    """Yields a line that says which manifests are for one environment, and why."""
    if refs:
        named = ", ".join(map(str, refs[:NAMED])) + (f" and {len(refs) - NAMED} more" if len(refs) > NAMED else "")
        hold = "resource contains" if len(refs) == 1 else "resources contain"
        yield (
            f"{len(refs)} {hold} ids or ARNs of environment {environment}; "
            f"metadata.environments is set to [{environment}] there: {named}"
        )


def _tell(word: str, exported: Exported) -> None:
    for path in exported.written:
        screen.report(f"{word} {os.path.relpath(path)}")


def _totals(exported: Exported) -> str:
    new = len(exported.written) - len(exported.replaced)
    left = f", {len(exported.left)} left alone" if exported.left else ""
    return f"Export: {new} new, {len(exported.replaced)} replaced, {len(exported.unchanged)} unchanged{left}"
