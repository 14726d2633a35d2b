"""Selects the resources that a run is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reconciler.model import Manifest, Ref
from reconciler.model.environment import matches


@dataclass(frozen=True)
class Selection:
    """Globs of addresses to keep and to leave out. The permissions (`allow_…`) hold addresses, not globs."""

    target: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    prune: bool = False
    allow_delete: frozenset[str] = frozenset()
    allow_create: frozenset[str] = frozenset()
    allow_move: frozenset[str] = frozenset()
    origins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # address → the documents that stand for it

    def with_origins(self, manifests: Mapping[Ref, Manifest], remembered: Mapping[Ref, Ref]) -> Selection:
        """Returns the selection, in which a document's address also means the resources that it stands for.

        `remembered`: the documents of resources without a manifest, which may be deleted.
        """
        past = {str(ref): (str(origin),) for ref, origin in remembered.items() if ref not in manifests}
        origins = {str(ref): tuple(map(str, it.origins)) for ref, it in manifests.items() if it.origins}
        return replace(self, origins=past | origins)

    def covers(self, address: str, part_of: str = "") -> bool:
        """Returns whether the run covers an address. `part_of`: the resource's address if the first is a part's.

        A part is covered together with its resource. A slash does not make a part, since names may hold slashes. A
        resource is covered together with the documents that stand for it.
        """
        known = [address, *([part_of] if part_of else ()), *self.origins.get(part_of or address, ())]
        if any(matches(glob, name) for glob in self.exclude for name in known):
            return False
        return not self.target or any(matches(glob, name) for glob in self.target for name in known)
