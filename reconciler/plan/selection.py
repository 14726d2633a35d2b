"""What of all differences this run is about."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.environment import matches


@dataclass(frozen=True)
class Selection:
    """Globs of addresses to keep and to leave out; `allow_delete` and `allow_create` name addresses,
    never globs."""

    target: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    prune: bool = False
    allow_delete: frozenset[str] = frozenset()
    allow_create: frozenset[str] = frozenset()

    def covers(self, address: str, part_of: str = "") -> bool:
        """A part is covered with the resource that it is part of; a slash alone makes none, names may hold them."""
        known = [address, part_of] if part_of else [address]
        if any(matches(glob, each) for glob in self.exclude for each in known):
            return False
        return not self.target or any(matches(glob, each) for glob in self.target for each in known)
