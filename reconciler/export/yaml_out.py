"""Writes YAML that parsers of YAML 1.1 and 1.2 read alike: ambiguous texts are in double quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.documents.scalars import resolve

WIDTH = 100
# The first character is a letter, so the text is not a number, date or indicator. No character ends a flow scalar.
_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()+-]*[\w)])?")
_WORDS_OF_1_1 = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def yaml_text(document: Mapping[str, Any]) -> str:
    """Returns the document as YAML: the top level in blocks, small values below it on one line."""
    lines: list[str] = []
    for key, value in document.items():
        lines += _entry(key, value, flows=False)
    return "".join(f"{line}\n" for line in lines)


def _entry(key: str, value: Any, *, flows: bool = True) -> Iterator[str]:
    """Yields the lines of one key and its value."""
    head = f"{_text(key)}:"
    if not isinstance(value, Mapping | list) or not value or (flows and _is_small(value)):
        yield f"{head} {_flow(value)}"
        return
    yield head
    for line in _block(value):
        yield f"  {line}"


def _block(value: Mapping[str, Any] | Sequence[Any]) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _entry(key, inner)
        return
    for item in value:
        lines = _block(item) if isinstance(item, Mapping | list) and item else iter((_flow(item),))
        for at, line in enumerate(lines):
            yield f"{'  ' if at else '- '}{line}"


def _is_small(value: Mapping[str, Any] | Sequence[Any]) -> bool:
    inner = value.values() if isinstance(value, Mapping) else value
    return not any(isinstance(item, Mapping) for item in inner) and len(_flow(value)) <= WIDTH


def _flow(value: Any) -> str:
    match value:
        case Mapping():
            return "{" + ", ".join(f"{_text(key)}: {_flow(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flow, value)) + "]"
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)
        case _:
            return _text(value)


def _text(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.casefold() not in _WORDS_OF_1_1 and resolve(text) == text
    return text if plain else "".join(map(_visible, json.dumps(text, ensure_ascii=False)))


def _visible(letter: str) -> str:
    """Returns an escape for an invisible character, or one that changes the text direction."""
    if letter.isprintable():
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
