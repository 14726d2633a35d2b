"""Rules of every name, whatever the kind."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from reconciler.kinds.wording import shown

RESERVED = ("aws:", "connect:")


def invisible(name: str) -> str:
    """What a reader cannot see in a name, with the remedy; empty where he sees all of it."""
    odd = [(at, letter) for at, letter in enumerate(name, 1) if _is_invisible(letter)]
    if not odd:
        return ""
    at, letter = odd[0]
    more = f" and {len(odd) - 1} more" if len(odd) > 1 else ""
    return f"the name {shown(name)} has an invisible character, U+{ord(letter):04X} at {at}{more}; type the name anew"


def _is_invisible(letter: str) -> bool:
    """Zero-width characters, soft hyphens, marks of direction, and spaces that are not the ordinary one."""
    return unicodedata.category(letter) == "Cf" or (letter != " " and unicodedata.category(letter) == "Zs")


def name_faults(name: str) -> Iterator[str]:
    """Each with its remedy."""
    if name != name.strip():
        yield f"the name {shown(name)} has spaces around it; delete them"
    if name in (".", ".."):
        yield f"the name {shown(name)} would be lost in a URL; choose another"
    if name.casefold().startswith(RESERVED):
        yield f"names that begin with {' or '.join(RESERVED)} are AWS's own; choose another"
