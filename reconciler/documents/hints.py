"""The end of a message: which of the known words an author may have meant, and how a value looks in one line."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

_LONGEST = 60
_MOST = 1000  # difflib takes some 10 µs a choice


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """`; did you mean "X"?`, or nothing where no choice is near."""
    meant = nearest(word, choices)
    return f"; did you mean {shown(meant)}?" if meant else ""


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that the word is a slip of."""
    return _nearest(word[: 2 * _LONGEST], tuple(choices))


def shown(value: Any) -> str:
    """The value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def listed(words: Collection[str]) -> str:
    """`A, B or C`."""
    *first, last = words or ("nothing",)
    return f"{', '.join(first)} or {last}" if first else last


@lru_cache(4096)
def _nearest(word: str, choices: tuple[str, ...]) -> str | None:
    folded = word.strip().casefold()
    same = next((choice for choice in choices if choice.casefold() == folded), None)
    return same or next(iter(get_close_matches(word, choices[:_MOST], n=1)), None)
