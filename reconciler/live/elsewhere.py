"""Finds declared resources that this instance lacks: another instance has them, or another stack took them over.

Only kinds that can move are looked for (`Writing.move`), and only if a declared one is missing here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from reconciler.errors import CallError
from reconciler.kinds.asking import items, listed
from reconciler.kinds.base import Kind
from reconciler.kinds.operations import INDEX, reads_of
from reconciler.kinds.registry import KINDS
from reconciler.live.request import LiveReader
from reconciler.model import Manifest, Ref
from reconciler.model.ownership import ADDRESS, MOVED, STACK, address, former

Members = dict[str, Any]
_MOST = 20  # values of one tag filter (service model, TagFilter)


def found_elsewhere(
    reader: LiveReader, kind: Kind[Any], here: Collection[Members], describe: Callable[[Members], Members | None]
) -> Iterator[Members]:
    """Yields the declared resources that `here` lacks and AWS has. `describe` completes an item of a list."""
    declared = {ref: manifest for ref, manifest in reader.desired.items() if ref.kind == kind.name}
    missing = {
        ref: manifest
        for ref, manifest in declared.items()
        if not any(_is_it(reader, ref, manifest, members) for members in here)
    }
    if not kind.writing.move or not missing:
        return
    known = {kind.id_and_arn(members)[0] for members in here}
    for members in (*_by_key(reader, kind, missing), *_by_tag(reader, kind, missing)):
        id = kind.id_and_arn(members)[0]
        if id not in known and (whole := describe(members)):
            known.add(id)
            yield whole


def _is_it(reader: LiveReader, ref: Ref, manifest: Manifest, members: Members) -> bool:
    """Returns whether a live resource is the declared one, by its tags or by its key."""
    kind = KINDS[ref.kind]
    tagged, key = kind.tags_of(members), kind.key_of(manifest.spec)
    names = {address(ref), address(ref._replace(name=manifest.renamed_from or ref.name))}
    is_own = tagged.get(STACK) == reader.scope.owner and tagged.get(ADDRESS) in names
    return is_own or (bool(key) and key in kind.keys_of(members))


def _by_key(reader: LiveReader, kind: Kind[Any], missing: Mapping[Ref, Manifest]) -> Iterator[Members]:
    """Yields those of all instances that have the key of a missing one; none if the role may not list them."""
    everywhere, keys = reads_of(kind).everywhere, {kind.key_of(it.spec) for it in missing.values()} - {""}
    if not everywhere or not keys:
        return
    try:
        every = [*listed(reader.aws, kind, everywhere)]
    except CallError as wrong:
        if not wrong.is_denied:
            raise
        return
    yield from (members for members in every if not keys.isdisjoint(kind.keys_of(members)))


def _by_tag(reader: LiveReader, kind: Kind[Any], missing: Mapping[Ref, Manifest]) -> Iterator[Members]:
    """Yields those that another stack has taken over from a missing one, by AWS's tag index."""
    before = [former(reader.scope.owner, address(ref)) for ref in sorted(missing)]
    for at in range(0, len(before), _MOST):
        filters = {
            "TagFilters": [{"Key": MOVED, "Values": before[at : at + _MOST]}],
            "ResourceTypeFilters": [kind.reading.index],
        }
        try:
            ids = [kind.id_within(entry["ResourceARN"]) for entry in items(reader.aws, INDEX, filters)]
        except CallError as wrong:
            if not wrong.is_denied:
                raise
            return
        yield from ({kind.identity.id_param: id} for id in ids if id)
