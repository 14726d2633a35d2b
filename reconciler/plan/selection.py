"""Selects the resources that a run is about."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.environment import matches


@dataclass(frozen=True)
class Selection:
    """Globs of addresses to keep and to leave out. `allow_delete` and `allow_create` hold addresses, not globs."""

    target: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    prune: bool = False
    allow_delete: frozenset[str] = frozenset()
    allow_create: frozenset[str] = frozenset()

    def covers(self, address: str, part_of: str = "") -> bool:
        """Returns whether the run covers an address. `part_of`: the resource's address if the first is a part's.

        A part is covered together with its resource. A slash does not make a part, since names may hold slashes.
        """
        known = [address, part_of] if part_of else [address]
        if any(matches(glob, name) for glob in self.exclude for name in known):
            return False
        return not self.target or any(matches(glob, name) for glob in self.target for name in known)
