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

    def covers(self, address: str) -> bool:
        """A part is covered with the resource that it is part of."""
        if any(_holds(glob, address) for glob in self.exclude):
            return False
        return not self.target or any(_holds(glob, address) for glob in self.target)


def _holds(glob: str, address: str) -> bool:
    kind, *names = address.split("/")
    return any(matches(glob, "/".join([kind, *names[:count]])) for count in range(1, len(names) + 1))
