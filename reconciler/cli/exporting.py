"""`export`: what is live, as manifests."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import completing, opening, screen, typos
from reconciler.cli.authoring import DIRECTORY
from reconciler.cli.choices import Flags
from reconciler.cli.flags import READS, Flagged
from reconciler.cli.validating import about
from reconciler.documents.hints import brief, did_you_mean
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.directory import World
    from reconciler.export import Exported
    from reconciler.live import ReadRequest
    from reconciler.model import Finding, Ref
    from reconciler.reconcile import Options

NAMED = 5  # addresses in a line that could name hundreds


@click.command(
    cls=Flagged,
    uses=(*READS, "--dry-run"),
    example="""\
reconcile -e prod export --dry-run
reconcile -e prod export --kind DataTable --into copy""",
)
@click.option("--into", type=DIRECTORY, metavar="DIR", help="The folder to write to. [the manifests' base]")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind. Repeatable.")
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="GLOB",
    help="Only addresses like this one. Repeatable.",
    shell_complete=completing.addresses,
)
@click.option("--overwrite", is_flag=True, help="Replace files that exist and differ.")
@click.pass_obj
def export(flags: Flags, into: Path | None, kinds: tuple[str, ...], targets: tuple[str, ...], overwrite: bool) -> int:
    """Generate manifests for unmanaged resources.

    Once they are adopted, a plan is empty. A folder outside the manifests gets every live resource, declared or not.
    Only the environment's own instance is written, unless a --target names the kind ConnectInstance. With several
    environments, a resource that holds ids or ARNs of this one gets metadata.environments: [ENV].
    """
    from reconciler.desired.layers import BASE
    from reconciler.export import Known, Target, prepare, write
    from reconciler.kinds.registry import KINDS
    from reconciler.live import read
    from reconciler.reconcile import declared_here

    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(f"no kind {brief(kind)}{did_you_mean(kind, KINDS)}")
    wanted = Wanted(kinds, targets)
    opened = opening.for_reading(flags)
    environment = opened.options.environment
    manifests = environment.root / environment.manifests
    target = Target(into or manifests / BASE, environment.root, manifests, overwrite, _only(opened.options))
    reading = declared_here(opened.options)
    known = Known(reading.declared, reading.desired.manifests, reading.desired.removed) if reading.desired else Known()
    with opened.work.during("reading"):
        world = read(opened.options.aws, environment.scope, known.manifests, wanted.asked())
    typos.check_targets(targets, [*wanted.seen, *map(str, world.live), *map(str, known.manifests)], world)
    exported = prepare(world, wanted.covers, target, known)
    for note in (*wanted.unread(world), *exported.notes):
        opened.work.log.note(f"{note.severity}: {about(note)}")
    for told in (*exported.left, *_of_one(exported.of_one, target.only)):
        opened.work.log.note(told)
    if flags.dry_run:
        _tell("would write", exported)
        return 0
    write(exported, target)
    _tell("wrote", exported)
    screen.say(_totals(exported))
    return 0


@dataclass(frozen=True)
class Wanted:
    """What is to be exported: of these kinds, and like one of these globs; all where none is given. `seen` is every
    address that anybody asked about."""

    kinds: tuple[str, ...]
    targets: tuple[str, ...]
    seen: list[str] = field(default_factory=list)

    def asked(self) -> ReadRequest:
        from reconciler.live import ReadRequest

        return ReadRequest(self.covers, elsewhere=self.names)

    def covers(self, ref: Ref) -> bool:
        from reconciler.plan import Selection

        self.seen.append(str(ref))
        return (not self.kinds or ref.kind in self.kinds) and Selection(target=self.targets).covers(str(ref))

    def names(self, ref: Ref) -> bool:
        """Whether a glob says the kind in full."""
        return any(glob.partition("/")[0] == ref.kind for glob in self.targets) and self.covers(ref)

    def unread(self, world: World) -> Iterator[Finding]:
        """Kinds that may not be listed."""
        from reconciler.environment import matches
        from reconciler.model import Finding

        globs = [glob.partition("/")[0] for glob in self.targets]
        for kind, told in sorted(world.unread.items()):
            if (not self.kinds or kind in self.kinds) and (not globs or any(matches(glob, kind) for glob in globs)):
                yield Finding("warning", f"{kind}/*", f"left out, it can not be read: {told}")


COMMANDS = (export,)


def _only(options: Options) -> str:
    """The environment that is read, where there are others."""
    return options.environment.name if len(options.known_environments) > 1 else ""


def _of_one(refs: Sequence[Ref], environment: str) -> Iterator[str]:
    """One line that says which manifests are for one environment, and why."""
    if refs:
        named = ", ".join(map(str, refs[:NAMED])) + (f" and {len(refs) - NAMED} more" if len(refs) > NAMED else "")
        hold = "resource holds" if len(refs) == 1 else "resources hold"
        yield (
            f"{len(refs)} {hold} ids or ARNs of environment {environment}, so metadata.environments is [{environment}] "
            f"there: {named}"
        )


def _tell(word: str, exported: Exported) -> None:
    for path in exported.written:
        screen.report(f"{word} {os.path.relpath(path)}")


def _totals(exported: Exported) -> str:
    new = len(exported.written) - len(exported.replaced)
    left = f", {len(exported.left)} left alone" if exported.left else ""
    return f"Export: {new} new, {len(exported.replaced)} replaced, {len(exported.unchanged)} unchanged{left}"
