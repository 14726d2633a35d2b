"""Names the document that a changed resource comes from, and warns of children that no tag can remember."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Finding, Manifest, Origin, Ownership, Ref


def with_origins(changes: Iterable[Change], manifests: Mapping[Ref, Manifest]) -> tuple[Change, ...]:
    """Returns the changes, each with its origin. A part has the origin of its resource."""
    named: list[Change] = []
    for change in changes:
        manifest = manifests.get(change.part_of or change.ref)
        named.append(replace(change, origin=manifest.origin) if manifest and manifest.origin else change)
    return tuple(named)


def origins_of(changes: Iterable[Change], manifests: Mapping[Ref, Manifest]) -> tuple[Origin, ...]:
    """Returns the documents that the changed resources come from, each with the number of all its resources."""
    changed = {change.origin for change in changes}
    counts = Counter(manifest.origin for manifest in manifests.values() if manifest.origin)
    return tuple(Origin(ref, counts[ref]) for ref in sorted(counts) if ref in changed)


def untagged_children(changes: Iterable[Change]) -> Iterator[Finding]:
    """Yields a finding for each created child that stays at AWS when its composite is deleted."""
    for change in changes:
        is_untagged = KINDS[change.ref.kind].ownership is Ownership.DECLARED
        if change.action is Action.CREATE and change.origin and is_untagged:
            message = (
                f"AWS cannot tag it, so it will stay when {change.origin} is deleted; to delete both, also name "
                f"{change.ref} in a kind: Removed document"
            )
            yield Finding("info", str(change.ref), message, change.source)
