"""Finds names on the command line that match nothing. Without an error, they would read as "nothing to do"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from reconciler.documents.hints import brief, did_you_mean, listed
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.cli.logs import Log
    from reconciler.directory import World
    from reconciler.plan import Selection
    from reconciler.reconcile import Preview


def check_selection(selection: Selection, planned: Preview, log: Log) -> None:
    """Raises `UsageError` if a flag matches nothing. A flag without effect is a warning."""
    known = [*map(str, planned.desired.manifests), *map(str, planned.world.live), *planned.desired.removed]
    check_targets(selection.target, [*known, *map(str, planned.desired.composites)], planned.world)
    flags = {
        "--allow-delete": selection.allow_delete,
        "--allow-create": selection.allow_create,
        "--allow-move": selection.allow_move,
    }
    check_moves(selection.allow_move)
    for flag, addresses in flags.items():
        _check_allowed(flag, sorted(addresses), [*known, *_parts(planned)], planned.world, log)


def check_targets(targets: Iterable[str], known: Collection[str], world: World) -> None:
    from reconciler.plan import Selection

    for glob in targets:
        if not _is_live(glob, world) and not any(map(Selection(target=(glob,)).covers, known)):
            hint = did_you_mean(glob, known) or "; * matches any text"
            raise UsageError(f"no resource matches --target {brief(glob)}{hint}")


def check_moves(addresses: Iterable[str]) -> None:
    """Raises `UsageError` if an address is of a kind that never moves."""
    from reconciler.kinds.registry import KINDS

    kinds = [kind.name for kind in KINDS.values() if kind.writing.move]
    for address in sorted(addresses):
        name = address.partition("/")[0]
        if name in KINDS and name not in kinds:
            raise UsageError(f"--allow-move {brief(address)}: a {name} cannot move; {listed(kinds)} can")


def _check_allowed(flag: str, addresses: Iterable[str], known: Collection[str], world: World, log: Log) -> None:
    for address in addresses:
        if _is_live(address, world) or address in known:
            continue
        if set("*?") & set(address):
            raise UsageError(f"{flag} {brief(address)}: patterns are not allowed; give each address in full")
        log.note(f"warning: {flag} {brief(address)} is not a declared or live address{did_you_mean(address, known)}")


def _is_live(address: str, world: World) -> bool:
    from reconciler.model import Ref

    kind, _, name = address.partition("/")
    return Ref(kind, name) in world.directory


def _parts(planned: Preview) -> Iterator[str]:
    from reconciler.kinds.parts import parts_of
    from reconciler.kinds.registry import KINDS
    from reconciler.plan.held_rows import rows_of
    from reconciler.plan.table import is_table

    specs = [(ref, live.spec) for ref, live in planned.world.live.items()]
    specs += [(ref, manifest.spec) for ref, manifest in planned.desired.manifests.items()]
    for ref, spec in specs:
        yield from (f"{ref}/{part.name}" for part in parts_of(KINDS[ref.kind], spec))
        if is_table(ref):
            yield str(rows_of(ref))
