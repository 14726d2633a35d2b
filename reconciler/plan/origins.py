"""Names the document that a resource comes from. The tags of live resources remember it after the document is gone.

AWS cannot tag some resources. Those inside a tagged one have its origin, and others are named by a tag of a sibling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Finding, Live, Manifest, Origin, Ownership, Ref
from reconciler.model.ownership import origin_of, untagged_in, untagged_tags
from reconciler.plan.deletions import Deletions

Origins = Mapping[Ref, Ref]


def remembered_origins(live: Mapping[Ref, Live]) -> dict[Ref, Ref]:
    """Returns the documents that live resources come from, by the resource: those of tags, and of untaggable ones."""
    tagged = {ref: origin for ref, it in live.items() if (origin := origin_of(it.tags))}
    named = {ref: origin for keeper, origin in tagged.items() for ref in untagged_in(live[keeper].tags)}
    inside = {}
    for ref, it in live.items():
        container = KINDS[ref.kind].container(it.spec) if it.is_contained and ref.kind in KINDS else None
        if container in tagged:
            inside[ref] = tagged[container]
    return {**inside, **named, **tagged}


def with_origins(
    changes: Iterable[Change], manifests: Mapping[Ref, Manifest], remembered: Origins
) -> tuple[Change, ...]:
    """Returns the changes, each with its origin. A part has the origin of its resource."""
    named: list[Change] = []
    for change in changes:
        ref = change.part_of or change.ref
        origin = manifests[ref].origin if ref in manifests else remembered.get(ref)
        named.append(replace(change, origin=origin) if origin else change)
    return tuple(named)


def origins_of(
    changes: Iterable[Change], orphans: Collection[Ref], manifests: Mapping[Ref, Manifest], remembered: Origins
) -> tuple[Origin, ...]:
    """Returns the documents that changed resources and orphans come from, each with the number of its resources."""
    changed = {change.origin for change in changes} | {remembered.get(ref) for ref in orphans}
    declared = Counter(manifest.origin for manifest in manifests.values() if manifest.origin)
    left = Counter(origin for ref, origin in remembered.items() if ref not in manifests)
    origins = []
    for ref in sorted({*declared, *left} & changed):
        of_it = tuple(orphan for orphan in orphans if remembered.get(orphan) == ref)
        origins.append(Origin(ref, declared[ref] or left[ref], of_it, is_deleted=ref not in declared))
    return tuple(origins)


def holdings(orphans: Iterable[Ref], live: Mapping[Ref, Live]) -> dict[Ref, str]:
    """Returns how much each orphan holds, if AWS says it. A part is not in `live`."""
    return {ref: live[ref].holds for ref in orphans if ref in live and live[ref].holds}


def staying_untagged(orphans: Mapping[Ref, Live], deletions: Deletions) -> frozenset[Ref]:
    """Returns the untaggable orphans that no deletion of this plan names: the tags must go on remembering them."""
    untagged = [live for ref, live in orphans.items() if KINDS[ref.kind].ownership is Ownership.DECLARED]
    changes = {live.ref: deletions.of_resource(live) for live in untagged}
    return frozenset(ref for ref, change in changes.items() if not change or change.action is not Action.DELETE)


def untagged_children(changes: Iterable[Change], manifests: Mapping[Ref, Manifest]) -> Iterator[Finding]:
    """Yields a finding for each created child that stays at AWS unnoticed when its composite is deleted."""
    remembered = {ref for it in manifests.values() for ref in untagged_in(untagged_tags(it.untagged))}
    for change in changes:
        kind = KINDS[change.ref.kind]
        is_forgotten = kind.ownership is Ownership.DECLARED and not kind.reading.within[0]
        if change.action is Action.CREATE and change.origin and is_forgotten and change.ref not in remembered:
            message = (
                f"AWS cannot tag it, so it will stay when {change.origin} is deleted; to delete both, also name "
                f"{change.ref} in a kind: Removed document"
            )
            yield Finding("info", str(change.ref), message, change.source)
