"""Rules of every name, whatever the kind."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.wording import shown

RESERVED = ("aws:", "connect:")


def name_faults(name: str) -> Iterator[str]:
    """Each with its remedy."""
    if name != name.strip():
        yield f"the name {shown(name)} has spaces around it; delete them"
    if name in (".", ".."):
        yield f"the name {shown(name)} would be lost in a URL; choose another"
    if name.casefold().startswith(RESERVED):
        yield f"names that begin with {' or '.join(RESERVED)} are AWS's own; choose another"
