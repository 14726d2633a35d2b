"""A pydantic spec as one JSON Schema draft-07, in the form an editor shows best: inlined, without Python's titles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from reconciler.kinds.fields import keyed_by, mark, nested
from reconciler.model import Clearable, Spec

Schema = dict[str, Any]
DRAFT = "http://json-schema.org/draft-07/schema#"
KEYED = "x-keyed-by"  # the schema's own mark: overlays merge the list item by item, told apart by this key
REMEDY = "x-remedy"  # and its other one: what to write instead, for messages
PATTERN_MESSAGE = "patternErrorMessage"  # an editor's word: what to say instead of showing a pattern
_ORDER = {"description": 0, "type": 1, "const": 2, "enum": 2, "default": 3, "required": 5, "properties": 6, "items": 6}
_OF_SCHEMAS = ("anyOf", "oneOf", "allOf")


def expecting(what: str) -> Schema:
    """The message of a pattern, as the end of a sentence that begins with the value."""
    return {PATTERN_MESSAGE: f"is not {what}"}


def draft7(spec: type[Spec]) -> Schema:
    written = spec.model_json_schema()
    return _converted(written, written.get("$defs", {}), spec)


def nullable(schema: Schema) -> Schema:
    """The schema, that also lets `null` be."""
    if "anyOf" in schema:
        return schema | {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    if "const" in schema:
        return {word: value for word, value in schema.items() if word != "const"} | {"enum": [schema["const"], None]}
    kinds = schema.get("type", [])
    if "null" in kinds:
        return schema
    also: Schema = {"type": [*([kinds] if isinstance(kinds, str) else kinds), "null"]} if kinds else {}
    return schema | also | ({"enum": [*schema["enum"], None]} if "enum" in schema else {})


def _converted(schema: Schema, shared: Mapping[str, Schema], spec: type[Spec] | None) -> Schema:
    whole = _resolved(_without_null(_resolved(schema, shared)), shared)
    if "prefixItems" in whole:  # what 2020-12 calls `prefixItems` and `items` are draft-07's `items` and the rest
        whole |= {"additionalItems": whole.get("items", True), "items": whole.pop("prefixItems")}
    words = sorted(whole.keys() - {"title", "$defs"}, key=lambda word: (_ORDER.get(word, 4), word))
    found = {word: _word(word, whole[word], shared, spec) for word in words}
    if "default" in found:
        found["default"] = _short(found["default"], found.get("properties", {}))
    return {word: value for word, value in found.items() if (word, value) != ("default", None)}


def _word(word: str, value: Any, shared: Mapping[str, Schema], spec: type[Spec] | None) -> Any:
    match word, value:
        case "properties", dict():
            return {key: _property(key, part, shared, spec) for key, part in value.items()}
        case (("items" | "additionalItems" | "additionalProperties"), dict()):
            return _converted(value, shared, spec)
        case _, list() if word in _OF_SCHEMAS or word == "items":
            return [_converted(part, shared, spec) for part in value]
        case "pattern", str():
            return _portable(value)
    return value


def _property(key: str, schema: Schema, shared: Mapping[str, Schema], spec: type[Spec] | None) -> Schema:
    field = next((name for name, field in spec.model_fields.items() if field.alias == key), "") if spec else ""
    if not spec or not field:
        return _converted(schema, shared, None)
    keyed = keyed_by(spec, field)
    found = _converted(schema, shared, nested(spec, field)) | ({KEYED: keyed} if keyed else {})
    return nullable(found) if mark(spec, field, Clearable) else found


def _resolved(schema: Schema, shared: Mapping[str, Schema]) -> Schema:
    if "$ref" not in schema:
        return dict(schema)
    said = {word: value for word, value in schema.items() if word != "$ref"}
    shape: Schema = _resolved(shared[schema["$ref"].rpartition("/")[2]], shared)
    return shape | said


def _without_null(schema: Schema) -> Schema:
    """A field that may be unset is left out; nobody writes `null` for it."""
    kinds: list[Schema] = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    if len(kinds) != 1:
        return schema | ({"anyOf": kinds} if kinds else {})
    return kinds[0] | {word: value for word, value in schema.items() if word != "anyOf"}


def _short(default: Any, properties: Mapping[str, Schema]) -> Any:
    """A default of parts, without those that are at their own default."""
    if not isinstance(default, dict):
        return default
    return {key: value for key, value in default.items() if value != properties.get(key, {}).get("default")}


def _portable(pattern: str) -> str:
    r"""A pattern that means one thing to Python and to an editor's JavaScript, whose `\w` knows ASCII alone.

    `^[…]+$` becomes what it refuses of ASCII; scripts beyond it are for the rules to check.
    """
    if not re.fullmatch(r"\^\[[^\]]+\]\+\$", pattern):
        return pattern
    refused = [code for code in range(128) if not chr(code).isprintable() or not re.match(pattern, chr(code))]
    return f"^[^{''.join(_ranges(refused))}]+$"


def _ranges(codes: list[int]) -> Iterator[str]:
    for _, run in groupby(enumerate(codes), key=lambda each: each[1] - each[0]):
        first, *rest = [code for _, code in run]
        yield _letter(first) + (f"-{_letter(rest[-1])}" if rest else "")


def _letter(code: int) -> str:
    letter = chr(code)
    if not letter.isprintable():
        return rf"\x{code:02x}"
    return rf"\{letter}" if letter in r"\]^-[" else letter
