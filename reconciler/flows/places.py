"""Finds the place of a value in the text of a JSON file. A parsed flow has no positions, and few messages need one."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

_SPACE = re.compile(r"[ \t\n\r]*")
_SKIP = json.JSONDecoder().raw_decode


class TextPlace(NamedTuple):
    """A position in a text. Both numbers count from 1."""

    line: int
    column: int


def place_of(text: str, steps: Sequence[str | int]) -> TextPlace:
    """Returns the place of the value to which steps lead, or of the nearest existing one around it."""
    at = _after_space(text, 0)
    for step in steps:
        inside = _inside(text, at, step)
        if inside is None:
            break
        at = inside
    return TextPlace(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _inside(text: str, at: int, step: str | int) -> int | None:
    """Returns where the value of a key or of a position begins; `None` if the value at `at` has none."""
    try:
        return _of_key(text, at, step) if isinstance(step, str) else _of_item(text, at, step)
    except (IndexError, ValueError):  # it is not JSON there, such as a reference to a name with a quote
        return None


def _of_key(text: str, at: int, key: str) -> int | None:
    if text[at] != "{":
        return None
    at = _after_space(text, at + 1)
    while text[at] == '"':
        name, end = _SKIP(text, at)
        value = _after_space(text, _after_space(text, end) + 1)  # behind the colon
        if name == key:
            return value
        at = _next(text, value)
    return None


def _of_item(text: str, at: int, position: int) -> int | None:
    if text[at] != "[":
        return None
    at = _after_space(text, at + 1)
    for _ in range(position):
        at = _next(text, at)
    return None if text[at] == "]" else at


def _next(text: str, at: int) -> int:
    """Returns where the next key or item begins, or where the object or list ends."""
    _, end = _SKIP(text, at)
    end = _after_space(text, end)
    return _after_space(text, end + 1) if text[end] == "," else end


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
