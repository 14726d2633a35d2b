"""The texts of cells: the author's text, the wire text, and their typed value.

AWS transfers every value as a string (API reference, DataTableValue). It does not document whether it rewrites texts,
such as `2.0` as `2`. Therefore texts are compared by their typed value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from math import inf
from typing import Any

from reconciler.model import REFERENCE, Key, Linked

LISTS = frozenset({"TEXT_LIST", "NUMBER_LIST"})
EXPRESSIONS = frozenset({"TEXT", "NUMBER", "BOOLEAN"})
TYPES = ("TEXT", "NUMBER", "BOOLEAN", "TEXT_LIST", "NUMBER_LIST")
_BEYOND_DOUBLES = (0.0, inf, -inf)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def same(value_type: str, one: str | None, other: str | None) -> bool:
    """Returns whether two wire texts mean the same value."""
    return one == other or (
        one is not None and other is not None and typed(value_type, one) == typed(value_type, other)
    )


def typed(value_type: str, text: str | None) -> Any:
    """Returns the canonical JSON value of a wire text. An expression, or a text of the wrong type, is its own value."""
    if text is None or value_type == "TEXT" or is_expression(value_type, text):
        return text
    try:
        return _TYPED[value_type](text)
    except ValueError:
        return text


def is_expression(value_type: str, text: str) -> bool:
    return text.startswith("=") and value_type in EXPRESSIONS


def number(text: str) -> Decimal:
    """Returns a finite decimal number. Raises `ValueError`, also for `1,5`, `NaN` and `0x10`."""
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError(f"{text!r} is not a number")
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None
    # The service cannot store a number outside a double's range, and printing it would use all memory.
    if value and float(value) in _BEYOND_DOUBLES:
        raise ValueError(f"{text!r} is out of range")
    return value


def boolean(text: str) -> bool:
    """Reads `true` or `false` in any case. Raises `ValueError`."""
    match text.strip().lower():
        case "true":
            return True
        case "false":
            return False
    raise ValueError(f"{text!r} is neither true nor false")


def items(value_type: str, text: str) -> tuple[str, ...]:
    """Returns the items of a list's wire text, a JSON array, as texts. Raises `ValueError`.

    An item with references is `Linked`. References are in the array without JSON's escapes.
    """
    is_linked = isinstance(text, Linked)
    array = REFERENCE.sub(lambda reference: _inside(reference[0]), text) if is_linked else text
    try:
        # Numbers keep their original text: 0.10 must not become 0.1.
        read = json.loads(array, parse_int=_Literal, parse_float=_Literal, parse_constant=_refuse)
    except (json.JSONDecodeError, RecursionError):
        raise ValueError(f"{text!r} is not a JSON array") from None
    if not isinstance(read, list):
        raise ValueError(f"{text!r} is not a JSON array")
    wanted: type[str] = _Literal if value_type == "NUMBER_LIST" else str
    for item in read:
        if type(item) is not wanted:
            raise ValueError(
                f"{text!r} has {json.dumps(item)}, which is not a {'number' if wanted is _Literal else 'text'}"
            )
    return tuple(Linked(item) if is_linked and REFERENCE.search(item) else str(item) for item in read)


def array(texts: Iterable[str]) -> str:
    """Returns the JSON array of texts. References stay unescaped: JSON escapes the ids that replace them later."""
    every = list(texts)
    sent = "[" + ", ".join(_quoted(text) for text in every) + "]"
    return Linked(sent) if any(isinstance(text, Linked) for text in every) else sent


def split(text: str) -> list[str]:
    """Returns the items of a list that is written with commas. A comma inside a reference does not separate."""
    if not text.strip():
        return []
    inside = [reference.span() for reference in REFERENCE.finditer(text)] if isinstance(text, Linked) else []
    cuts = [at for at, letter in enumerate(text) if letter == "," and not any(a < at < b for a, b in inside)]
    parts = [text[one + 1 : other].strip() for one, other in zip([-1, *cuts], [*cuts, len(text)], strict=True)]
    return [Linked(part) if inside and REFERENCE.search(part) else part for part in parts]


def wire(value_type: str, text: str) -> str:
    """Returns the author's text in the form that is sent. Raises `ValueError` if it does not fit the type.

    An author may write a list with commas, a boolean in any case, and a number as `+1` or `007`.
    """
    if is_expression(value_type, text):
        return text
    match value_type:
        case "NUMBER":
            # AWS does not document which spellings of a number it accepts. JSON's spellings are sent unchanged.
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


def primary_keys(attributes: Iterable[Any]) -> tuple[Key, ...]:
    """Returns the primary ones of a table's attributes, sorted by name."""
    return tuple(sorted(Key(it.name, it.value_type, it.validation.ignore_case) for it in attributes if it.primary))


def key_text(pairs: Iterable[tuple[str, str]], unnamed: str = "the default record") -> str:
    """Returns a row's key as one text, `CustomerID=A, Region=EU`, or `unnamed` if it has no key."""
    return ", ".join(f"{name}={text}" for name, text in pairs) or unnamed


def identity(primaries: Collection[Key], key: Mapping[str, str]) -> tuple[str, ...]:
    """Returns the identity of a row: two keys with the same identity are one row.

    It has typed texts in the order of `primaries`. The default record has an empty key and an empty identity.
    """
    if not key:
        return ()
    # A primary attribute added later is empty in stored rows (API reference, CreateDataTableAttribute).
    return tuple(_identity(primary, key.get(primary.name, "")) for primary in primaries)


def _identity(primary: Key, text: str) -> str:
    if primary.value_type == "TEXT":
        return text.casefold() if primary.ignore_case else text
    value = typed(primary.value_type, text)
    folded = value.casefold() if primary.ignore_case and isinstance(value, str) else value
    return folded if isinstance(folded, str) else json.dumps(folded, ensure_ascii=False)


def _inside(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _quoted(text: str) -> str:
    if not isinstance(text, Linked):
        return json.dumps(text, ensure_ascii=False)
    # `finditer`, because `split` would also return the pattern's groups.
    pieces, last = [], 0
    for reference in REFERENCE.finditer(text):
        pieces += [_inside(text[last : reference.start()]), reference[0]]
        last = reference.end()
    return f'"{"".join(pieces)}{_inside(text[last:])}"'


class _Literal(str):
    """The original text of a JSON number."""

    __slots__ = ()


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")


def _plain_number(text: str) -> str:
    value = number(text)
    if not value:
        return "0"
    # `normalize` would round to the context's 28 digits.
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _json_number(text: str) -> str:
    """Returns the text if it is a JSON number, else the number in JSON's form, such as 7 for `007`."""
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
