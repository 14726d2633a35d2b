"""Holds the existing declarations, so that an export neither repeats nor contradicts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.errors import Source
from reconciler.kinds.registry import KINDS
from reconciler.model import Live, Manifest, Ref


@dataclass(frozen=True)
class Known:
    """Existing declarations.

    `places` are all declared resources of any environment, `manifests` those of this environment. `removed` are the
    addresses of tombstones.
    """

    places: Mapping[Ref, Source] = field(default_factory=dict)
    manifests: Mapping[Ref, Manifest] = field(default_factory=dict)
    removed: Mapping[str, Source] = field(default_factory=dict)

    def reason_to_skip(self, ref: Ref) -> str:
        """Returns why the resource is not exported, or an empty text if no declaration mentions it."""
        remedy = "left alone; write it elsewhere with --into DIR"
        if ref in self.manifests:
            return f"{ref} is declared in {self.manifests[ref].source.file}; {remedy}"
        if place := {_folded(known): source for known, source in self.places.items()}.get(_folded(ref)):
            return f"{ref} is declared in {place.file}, for other environments; {remedy}"
        if str(ref) in self.removed:
            return f"{ref} is to be deleted by {self.removed[str(ref)].file}; {remedy}"
        return ""


NOTHING = Known()


def without_listed(lives: Sequence[Live], known: Known) -> list[Live]:
    """Returns the resources without the items of lists that the document of another resource has anyway."""
    owners, left = {live.ref for live in lives} - known.manifests.keys(), list[Live]()
    for live in lives:
        membership, container = KINDS[live.ref.kind].writing.membership, KINDS[live.ref.kind].container(live.spec)
        manifest = known.manifests.get(container) if container else None
        has_list = manifest is not None and membership and membership.field in manifest.spec.model_fields_set
        if not membership or not (container in owners or has_list):
            left.append(live)
    return left


def _folded(ref: Ref) -> Ref:
    return ref._replace(name=ref.name.casefold()) if KINDS[ref.kind].identity.folds_case else ref
