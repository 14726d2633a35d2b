"""Selects the resources of an export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.directory import World
    from reconciler.live import ReadRequest
    from reconciler.model import Finding, Ref


@dataclass(frozen=True)
class ExportFilter:
    """The resources to export: of these kinds, and with a matching address. Without either, all of them.

    `asked_about` has every address that was requested.
    """

    kinds: tuple[str, ...]
    targets: tuple[str, ...]
    asked_about: list[str] = field(default_factory=list)

    def request(self) -> ReadRequest:
        from reconciler.live import ReadRequest

        return ReadRequest(self.covers, elsewhere=self.names)

    def covers(self, ref: Ref) -> bool:
        from reconciler.plan import Selection

        self.asked_about.append(str(ref))
        return (not self.kinds or ref.kind in self.kinds) and Selection(target=self.targets).covers(str(ref))

    def names(self, ref: Ref) -> bool:
        """Returns whether a pattern names the kind exactly."""
        return any(glob.partition("/")[0] == ref.kind for glob in self.targets) and self.covers(ref)

    def unread(self, world: World) -> Iterator[Finding]:
        """Yields findings for kinds that the credentials may not list."""
        from reconciler.model import Finding
        from reconciler.model.environment import matches

        globs = [glob.partition("/")[0] for glob in self.targets]
        for kind, reason in sorted(world.unread.items()):
            if (not self.kinds or kind in self.kinds) and (not globs or any(matches(glob, kind) for glob in globs)):
                yield Finding("warning", f"{kind}/*", f"left out, because it cannot be read: {reason}")
