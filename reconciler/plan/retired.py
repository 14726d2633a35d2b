"""Plans the last settings of resources that stay when their manifest is deleted. It is alone, as a rule of its own."""

from __future__ import annotations

from dataclasses import replace

from reconciler.diff.fields import merge_declared
from reconciler.directory import World
from reconciler.errors import Source
from reconciler.kinds.registry import KINDS
from reconciler.model import Desired, Manifest, Ref, Scope
from reconciler.model.ownership import owns

GONE = Source("(manifest deleted)")


def with_retired(desired: Desired, world: World, scope: Scope) -> Desired:
    """Returns the desired state with a manifest for each orphan that its kind changes for its retirement.

    An orphan that is as it will stay gets none, so plans list it as an orphan.
    """
    retired: dict[Ref, Manifest] = {}
    for ref, live in world.live.items():
        kind = KINDS.get(ref.kind)
        if kind is None or ref in desired.manifests or not owns(scope, ref.kind, live.tags):
            continue
        spec = kind.retired(live.spec)
        is_removed = str(ref) in desired.removed
        if spec is not None and not is_removed and merge_declared(live.spec, spec, lambda path: False) != live.spec:
            retired[ref] = Manifest(spec, GONE)
    return replace(desired, manifests={**desired.manifests, **retired}) if retired else desired
