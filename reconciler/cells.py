"""A cell's text and its meaning: what the author wrote, what goes over the wire, what two texts have in common.

Every value travels as a string (API reference, DataTableValue). Whether the service keeps the text as it was sent or
rewrites it (`2.0` as `2`) is not documented, so texts are compared by their typed value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from math import inf
from typing import Any

from reconciler.model import REFERENCE, Linked

LISTS = frozenset({"TEXT_LIST", "NUMBER_LIST"})
EXPRESSIONS = frozenset({"TEXT", "NUMBER", "BOOLEAN"})
TYPES = ("TEXT", "NUMBER", "BOOLEAN", "TEXT_LIST", "NUMBER_LIST")
_BEYOND_DOUBLES = (0.0, inf, -inf)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def same(value_type: str, one: str | None, other: str | None) -> bool:
    """Whether two wire texts mean one value."""
    return one == other or (
        one is not None and other is not None and typed(value_type, one) == typed(value_type, other)
    )


def typed(value_type: str, text: str | None) -> Any:
    """The canonical JSON value of a wire text; a text that does not fit its type, or an expression, means itself."""
    if text is None or value_type == "TEXT" or is_expression(value_type, text):
        return text
    try:
        return _TYPED[value_type](text)
    except ValueError:
        return text


def is_expression(value_type: str, text: str) -> bool:
    return text.startswith("=") and value_type in EXPRESSIONS


def number(text: str) -> Decimal:
    """A finite decimal number. Raises `ValueError`: `1,5`, `NaN` and `0x10` are none."""
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError(f"{text!r} is not a number")
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None
    # Beyond a double's range the service cannot hold it, and printing it out would take all memory.
    if value and float(value) in _BEYOND_DOUBLES:
        raise ValueError(f"{text!r} is out of range")
    return value


def boolean(text: str) -> bool:
    """`true` or `false` in any case. Raises `ValueError`."""
    match text.strip().lower():
        case "true":
            return True
        case "false":
            return False
    raise ValueError(f"{text!r} is neither true nor false")


def items(value_type: str, text: str) -> tuple[str, ...]:
    """The items of a list's wire text, a JSON array, each as text; `Linked` where it holds references, which stand in
    the array as they are, without JSON's escapes. Raises `ValueError`."""
    is_linked = isinstance(text, Linked)
    array = REFERENCE.sub(lambda found: _inside(found[0]), text) if is_linked else text
    try:
        # Numbers stay the text they were written as: 0.10 must not become 0.1 on its way.
        read = json.loads(array, parse_int=_Literal, parse_float=_Literal, parse_constant=_refuse)
    except (json.JSONDecodeError, RecursionError):
        raise ValueError(f"{text!r} is not a JSON array") from None
    if not isinstance(read, list):
        raise ValueError(f"{text!r} is not a JSON array")
    wanted: type[str] = _Literal if value_type == "NUMBER_LIST" else str
    for item in read:
        if type(item) is not wanted:
            raise ValueError(
                f"{text!r} holds {json.dumps(item)}, which is no {'number' if wanted is _Literal else 'text'}"
            )
    return tuple(Linked(item) if is_linked and REFERENCE.search(item) else str(item) for item in read)


def array(texts: Iterable[str]) -> str:
    """The way back, of texts: ids put in the place of references are JSON's to escape, so references are not yet."""
    every = list(texts)
    sent = "[" + ", ".join(_quoted(text) for text in every) + "]"
    return Linked(sent) if any(isinstance(text, Linked) for text in every) else sent


def split(text: str) -> list[str]:
    """The items of a list written with commas; a comma in a reference is its own."""
    if not text.strip():
        return []
    inside = [found.span() for found in REFERENCE.finditer(text)] if isinstance(text, Linked) else []
    cuts = [at for at, letter in enumerate(text) if letter == "," and not any(a < at < b for a, b in inside)]
    parts = [text[one + 1 : other].strip() for one, other in zip([-1, *cuts], [*cuts, len(text)], strict=True)]
    return [Linked(part) if inside and REFERENCE.search(part) else part for part in parts]


def wire(value_type: str, text: str) -> str:
    """The author's text as it is sent: kept, but that a list may be written with commas, a boolean in any case, and a
    number as `+1` or `007`.

    Raises `ValueError` where the text does not fit the type.
    """
    if is_expression(value_type, text):
        return text
    match value_type:
        case "NUMBER":
            # Which spellings of a number the service takes is not documented: one that JSON has is sent as it is.
            return _json_number(text.strip())
        case "BOOLEAN":
            return "true" if boolean(text) else "false"
        case "TEXT_LIST" | "NUMBER_LIST":
            return _wire_list(value_type, text)
        case _:
            return text


def _wire_list(value_type: str, text: str) -> str:
    if text.strip().startswith("["):
        items(value_type, text)
        return text.strip()
    parts = split(text)
    if value_type == "TEXT_LIST":
        return array(parts)
    return "[" + ", ".join(_json_number(part) for part in parts) + "]"


def identity(primaries: Collection[tuple[str, str, bool]], key: Mapping[str, str]) -> tuple[str, ...]:
    """What makes two keys one row: typed texts in the order of `primaries` (name, value type, whether case is ignored).

    The default record's key is empty, and so is its identity.
    """
    if not key:
        return ()
    # A key that is new to stored rows is empty in them (API reference, CreateDataTableAttribute).
    return tuple(_identity(value_type, ignore_case, key.get(name, "")) for name, value_type, ignore_case in primaries)


def _identity(value_type: str, ignore_case: bool, text: str) -> str:
    if value_type == "TEXT":
        return text.casefold() if ignore_case else text
    value = typed(value_type, text)
    folded = value.casefold() if ignore_case and isinstance(value, str) else value
    return folded if isinstance(folded, str) else json.dumps(folded, ensure_ascii=False)


def _inside(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _quoted(text: str) -> str:
    if not isinstance(text, Linked):
        return json.dumps(text, ensure_ascii=False)
    # Group 0 alone: `split` would yield the groups as well.
    pieces, last = [], 0
    for found in REFERENCE.finditer(text):
        pieces += [_inside(text[last : found.start()]), found[0]]
        last = found.end()
    return f'"{"".join(pieces)}{_inside(text[last:])}"'


class _Literal(str):
    """A JSON number as it was written."""

    __slots__ = ()


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number that JSON knows")


def _plain_number(text: str) -> str:
    value = number(text)
    if not value:
        return "0"
    # Not `normalize`, which rounds to the context's 28 digits.
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _json_number(text: str) -> str:
    """The text where JSON allows it, else the same number as JSON writes it: `+1`, `007` and `.5` are no JSON."""
    plain = _plain_number(text)
    try:
        json.loads(text)
    except json.JSONDecodeError:
        return plain
    return text


_TYPED: Mapping[str, Any] = {
    "NUMBER": _plain_number,
    "BOOLEAN": boolean,
    "TEXT_LIST": lambda text: list(items("TEXT_LIST", text)),
    "NUMBER_LIST": lambda text: [_plain_number(item) for item in items("NUMBER_LIST", text)],
}
