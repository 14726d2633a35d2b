"""Checks a document against a JSON Schema, as an editor does. A mistake is one line: place, fault, remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from reconciler.documents.hints import brief, did_you_mean, listed, nearest
from reconciler.documents.nodes import ListNode, MapNode, Node, Scalar, find, key_place, place, plain
from reconciler.documents.scalars import resolve
from reconciler.errors import Mistake
from reconciler.messages import plural

REMEDY = "x-remedy"  # our own schema keyword: the text to write instead
PATTERN_MESSAGE = "patternErrorMessage"  # the editors' keyword: the message for a value that does not match
_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "empty",
}
_LIMITS = {
    "minLength": ("at least", "character"),
    "maxLength": ("at most", "character"),
    "minItems": ("at least", "item"),
    "maxItems": ("at most", "item"),
    "minProperties": ("at least", "key"),
    "maxProperties": ("at most", "key"),
}
_BOUNDS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
}
_FEW = 8  # the most keys that a message lists
_NAMED = re.compile(r"\^\(([\w:-]+(?:\|[\w:-]+)+)\)\$")
_CHARACTERS = re.compile(r"\^(\[.+\])\+\$")


class _Fault(NamedTuple):
    """One of jsonschema's errors: the broken rule, its value in the schema, and the value that breaks it."""

    rule: str
    limit: Any
    schema: Mapping[str, Any]
    value: Any
    path: tuple[str | int, ...]
    message: str
    inner: tuple[tuple[Any, _Fault], ...]  # an alternative, and one fault in it


def against(schema: Mapping[str, Any], node: Node) -> tuple[Mistake, ...]:
    """Returns every mistake of the document, without repetitions."""
    mistakes: list[Mistake] = []
    for error in Draft7Validator(schema).iter_errors(plain(node)):
        mistakes += _mistakes(_fault(error), node)
    places = {mistake.source for mistake in mistakes}
    mistakes += (mistake for mistake in _not_finite(node, ()) if mistake.source not in places)
    return tuple(dict.fromkeys(mistakes))


def _fault(error: ValidationError) -> _Fault:
    return _Fault(
        rule=str(error.validator),
        limit=error.validator_value,
        schema=error.schema if isinstance(error.schema, Mapping) else {},
        value=error.instance,
        path=tuple(error.absolute_path),
        message=error.message,
        inner=tuple((inner.relative_schema_path[0], _fault(inner)) for inner in error.context or ()),
    )


def _mistakes(fault: _Fault, node: Node) -> Iterator[Mistake]:
    match fault.rule:
        case "additionalProperties":
            yield from _unknown(fault, node)
        case "required":
            yield from _missing(fault, node)
        case "anyOf" | "oneOf" if meant := _meant(fault):
            for inner in meant:
                yield from _mistakes(inner, node)
        case _:
            path = fault.path
            message = f"{_label(node, path)} {_MESSAGES.get(fault.rule, _other)(fault, node)}"
            yield Mistake(place(node, path), message + _remedy(fault))


def _unknown(fault: _Fault, node: Node) -> Iterator[Mistake]:
    path = fault.path
    where = f" in {_label(node, path)}" if path else ""
    known = fault.schema.get("properties", {})
    for key in _unknown_keys(fault):
        hint = (
            did_you_mean(key, [*known, *_words(fault.schema)])
            or _remedy(fault)
            or (f"; the keys are {listed(list(known))}" if 0 < len(known) < _FEW else "")
        )
        yield Mistake(key_place(node, (*path, key)), f"unknown key {brief(key)}{where}{hint}")


def _words(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yields the keys that a pattern lists, as `^(a|b)$` does."""
    for pattern in schema.get("patternProperties", {}):
        if keys := _NAMED.match(pattern):
            yield from keys[1].split("|")


def _unknown_keys(fault: _Fault) -> list[str]:
    patterns = fault.schema.get("patternProperties", {})
    known = fault.schema.get("properties", {})
    return [key for key in fault.value if key not in known and not any(re.search(regex, key) for regex in patterns)]


def _missing(fault: _Fault, node: Node) -> Iterator[Mistake]:
    path = fault.path
    known = fault.schema.get("properties", {})
    meant = {nearest(key, known) for key in _unknown_keys(fault)}
    for key in fault.limit:
        # A misspelled key is already reported as unknown; reporting it as missing would repeat the mistake.
        if key not in fault.value and key not in meant:
            choices = known.get(key, {}).get("enum")
            remedy = f"; write {listed([str(choice) for choice in choices])}" if choices else _remedy(fault)
            yield Mistake(place(node, path), f"{_label(node, (*path, key))} is missing{remedy}")


def _meant(fault: _Fault) -> Sequence[_Fault]:
    """Returns the faults of the only alternative whose type fits, if there is one."""
    branches: dict[Any, list[_Fault]] = {}
    for branch, inner in fault.inner:
        branches.setdefault(branch, []).append(inner)
    fitting = []
    for faults in branches.values():
        if not any(inner.rule == "type" and inner.path == fault.path for inner in faults):
            fitting.append(faults)
    return fitting[0] if len(fitting) == 1 else ()


def _type(fault: _Fault, node: Node) -> str:
    wanted = [fault.limit] if isinstance(fault.limit, str) else list(fault.limit)
    words = [_TYPES[word] for word in wanted if word != "null"]
    value = find(node, fault.path)
    hint = "" if REMEDY in fault.schema else _as_written(value, wanted)
    return f"must be {listed(words)}, is {_described(value)}{hint}"


def _described(node: Node | None) -> str:
    match node:
        case MapNode():
            return "a map"
        case ListNode():
            return "a list"
        case Scalar(value=None):
            return "empty"
        case Scalar(value=bool() | int() | float() as value, text=text):
            return text if isinstance(value, bool) else f"the number {text}"
        case Scalar(text=text):
            return f"the text {brief(text)}"
    return "missing"


def _as_written(node: Node | None, wanted: Sequence[str]) -> str:
    match node:
        case Scalar(value=bool() | int() | float(), text=text) if "string" in wanted:
            return f"; write it in quotes: {brief(text)}"
        case Scalar(value=str() as text) if {"number", "integer"} & set(wanted) and text:
            return "; write it without quotes" if isinstance(resolve(text), int | float) else ""
        case Scalar(value=str() as text) if "boolean" in wanted:
            return "; write it without quotes" if isinstance(resolve(text), bool) else ""
    return ""


def _one_of(fault: _Fault, node: Node) -> str:
    choices = [choice for choice in fault.limit if choice is not None]
    hint = did_you_mean(fault.value, map(str, choices)) if isinstance(fault.value, str) else ""
    return f"must be {listed([str(choice) for choice in choices])}, is {_short(fault.value)}{hint}"


def _constant(fault: _Fault, node: Node) -> str:
    return f"must be {brief(fault.limit)}, is {_short(fault.value)}"


def _pattern(fault: _Fault, node: Node) -> str:
    allowed = _CHARACTERS.fullmatch(fault.limit)
    odd = [letter for letter in fault.value if allowed and not re.match(allowed[1], letter)]
    if odd:
        return f"may not contain {listed([brief(letter) for letter in dict.fromkeys(odd)])}: {brief(fault.value)}"
    if message := fault.schema.get(PATTERN_MESSAGE):
        return f"{brief(fault.value)} {message}"
    why = "" if REMEDY in fault.schema else f": it must match {fault.limit}"
    return f"has an invalid format, {brief(fault.value)}{why}"


def _size(fault: _Fault, node: Node) -> str:
    bound, noun = _LIMITS[fault.rule]
    limit = fault.limit
    return f"must have {bound} {limit} {plural(limit, noun)}, has {len(fault.value)}"


def _bound(fault: _Fault, node: Node) -> str:
    return f"must be {_BOUNDS[fault.rule]} {fault.limit}, is {fault.value}"


def _twice(fault: _Fault, node: Node) -> str:
    return "has the same item twice; delete one of them"


def _forms(fault: _Fault, node: Node) -> str:
    return f"has a form that is not allowed: {_short(fault.value)}"


def _other(fault: _Fault, node: Node) -> str:
    return f"is not allowed: {fault.message[:200]}"


def _not_finite(node: Node, path: tuple[str | int, ...]) -> Iterator[Mistake]:
    """Yields `.inf`, `.nan` and numbers outside the range of doubles. Schemas allow them, and AWS does not."""
    match node:
        case Scalar(value=float() as value, text=text) if not isfinite(value):
            yield Mistake(node.source, f"{text[:40]} cannot be sent to AWS; write a finite number")
        case MapNode(entries=entries):
            for key, entry in entries.items():
                yield from _not_finite(entry.node, (*path, key))
        case ListNode(items=items):
            for index, item in enumerate(items):
                yield from _not_finite(item, (*path, index))


def _label(node: Node, path: Iterable[str | int]) -> str:
    """Returns the path as text, `spec.attributes[CustomerTier].validation`: items by name, else by number."""
    label = ""
    current: Node | None = node
    for step in path:
        current = find(current, [step]) if current else None
        if isinstance(step, int):
            name = current.get("name") if isinstance(current, MapNode) else None
            label += f"[{name.text if isinstance(name, Scalar) else step + 1}]"
        else:
            label += f".{step}" if label else step
    return label or "the document"


def _short(value: Any) -> str:
    match value:
        case dict():
            return "a map"
        case list():
            return "a list"
    return brief(value)


def _remedy(fault: _Fault) -> str:
    remedy = fault.schema.get(REMEDY)
    return f"; {remedy}" if remedy else ""


_MESSAGES: Mapping[str, Callable[[_Fault, Node], str]] = {
    "type": _type,
    "enum": _one_of,
    "const": _constant,
    "pattern": _pattern,
    **dict.fromkeys(_LIMITS, _size),
    **dict.fromkeys(_BOUNDS, _bound),
    "uniqueItems": _twice,
    "anyOf": _forms,
    "oneOf": _forms,
}
