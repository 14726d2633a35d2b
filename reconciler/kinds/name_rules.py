"""Rules for the names of all kinds."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from reconciler.kinds.wording import quoted

RESERVED = ("aws:", "connect:")


def invisible(name: str) -> str:
    """Returns the invisible characters of a name, with the remedy; empty if it has none."""
    odd = [(at, letter) for at, letter in enumerate(name, 1) if _is_invisible(letter)]
    if not odd:
        return ""
    at, letter = odd[0]
    more = f" and {len(odd) - 1} more" if len(odd) > 1 else ""
    return f"the name {quoted(name)} has an invisible character, U+{ord(letter):04X} at {at}{more}; type the name again"


def _is_invisible(letter: str) -> bool:
    """Returns whether it is a zero-width character, a soft hyphen, a direction mark or an unusual space."""
    return unicodedata.category(letter) == "Cf" or (letter != " " and unicodedata.category(letter) == "Zs")


def name_faults(name: str) -> Iterator[str]:
    """Yields each fault with its remedy."""
    if name != name.strip():
        yield f"the name {quoted(name)} has spaces around it; delete them"
    if name in (".", ".."):
        yield f"the name {quoted(name)} would be lost in a URL; choose another"
    if name.casefold().startswith(RESERVED):
        yield f"AWS reserves names that begin with {' or '.join(RESERVED)}; choose another"
