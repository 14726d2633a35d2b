"""Numbers with their nouns, for all messages."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """Returns the number and its noun: `1 row`, `1,124 rows`."""
    return f"{count:,} {plural(count, noun)}"


def plural(count: int, one: str, many: str = "") -> str:
    """Returns the form that follows the number. `many` is only needed if it is not `one` with an s."""
    return one if count == 1 else many or f"{one}s"
