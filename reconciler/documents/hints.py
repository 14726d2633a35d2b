"""Builds the ends of messages: suggestions for a misspelled word, and values in one line."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

_LONGEST = 60
_BEGINNING = 3  # letters that suffice as the beginning of a word: `Mon` is MONDAY
_NO_BREAK = "\xa0"
_MOST_PATHS = 5
_MOST = 1000  # difflib takes about 10 µs per choice


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Returns `; did you mean "X"?`, or an empty text if no choice is near."""
    meant = nearest(word, choices)
    if meant is None:
        return ""
    return look_alike(word, meant) or f"; did you mean {brief(meant)}?"


def paths_to(name: str, names: Iterable[str]) -> str:
    """Returns the names that end in `/name`, as those that may be meant; an empty text if there are none."""
    paths = sorted({path for path in names if path.endswith(f"/{name}")})
    if len(paths) < 2:
        return f"; did you mean {brief(paths[0])}?" if paths else ""
    more = f" and {len(paths) - _MOST_PATHS} more" if len(paths) > _MOST_PATHS else ""
    return f"; write the whole path, one of {', '.join(map(brief, paths[:_MOST_PATHS]))}{more}"


def look_alike(word: str, other: str) -> str:
    """Returns why two different words look the same on a screen, with the remedy; empty if they do not."""
    if word == other or visible(word) != visible(other):
        return ""
    if unicodedata.normalize("NFC", word) == unicodedata.normalize("NFC", other):
        composed = "composed" if unicodedata.is_normalized("NFC", word) else "decomposed"
        return (
            f"; {brief(other)} looks the same, but its accents are stored in another way (this one is {composed} "
            "Unicode): copy the name from its declaration"
        )
    hidden = " and ".join(sorted({f"U+{ord(letter):04X}" for letter in {*word, *other} if is_invisible(letter)}))
    return f"; {brief(other)} differs only in an invisible character ({hidden}): type the name again"


def visible(text: str) -> str:
    """Returns the text as it looks: accents in one form, no invisible characters, every space a plain one."""
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFC", text).replace(_NO_BREAK, " ")
    return "".join(letter for letter in composed if not is_invisible(letter))


def is_invisible(letter: str) -> bool:
    """Returns whether a reader cannot see the letter or takes it for a space: zero width, or a no-break space."""
    return letter == _NO_BREAK or unicodedata.category(letter) == "Cf"


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Returns the choice that the word most likely misspells."""
    return _nearest(word[: 2 * _LONGEST], tuple(choices))


def brief(value: Any) -> str:
    """Returns the value as JSON, cut after 60 characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def listed(words: Collection[str]) -> str:
    """Returns the words as `A, B or C`."""
    *first, last = words or ("nothing",)
    return f"{', '.join(first)} or {last}" if first else last


@lru_cache(4096)
def _nearest(word: str, choices: tuple[str, ...]) -> str | None:
    folded = visible(word).strip().casefold()
    same = next((choice for choice in choices if visible(choice).casefold() == folded), None)
    if same:
        return same
    begun = [choice for choice in choices if choice.casefold().startswith(folded)] if len(folded) >= _BEGINNING else []
    if len(begun) == 1:
        return begun[0]
    if close := get_close_matches(word, choices[:_MOST], n=1):
        return close[0]
    lower = {choice.casefold(): choice for choice in choices[:_MOST]}
    return next((lower[match] for match in get_close_matches(folded, lower, n=1)), None)
