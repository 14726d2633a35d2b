"""Converts a pydantic spec to one JSON Schema draft-07, in the form that editors show best: inlined, objects titled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import groupby
from typing import Any

from reconciler.kinds.fields import item_key_in_manifest, nested
from reconciler.kinds.marks import mark
from reconciler.model import Clearable, Spec
from reconciler.model.spec import MARKDOWN, MEANINGS, Schema

DRAFT = "http://json-schema.org/draft-07/schema#"
KEYED = "x-keyed-by"  # overlays merge the list item by item, by this key.
_FIRST = ("title", "description", MARKDOWN, "type", "const", "enum", MEANINGS, "default", "examples")
_LAST = ("required", "properties", "items")
_OF_SCHEMAS = ("anyOf", "oneOf", "allOf")
_WORD = re.compile(r"[A-Z][A-Z0-9]*(?=[A-Z][a-z]|\b)|[A-Z]?[a-z0-9]+")


@cache
def draft7(spec: type[Spec]) -> Schema:
    """Returns the schema of a spec. Every caller gets the same one, and must not change it."""
    generated = spec.model_json_schema()
    return _converted(generated, generated.get("$defs", {}), spec)


def nullable(schema: Schema) -> Schema:
    """Returns the schema, extended to allow `null`."""
    if "const" in schema:
        return {word: value for word, value in schema.items() if word != "const"} | {"enum": [schema["const"], None]}
    types = schema.get("type", [])
    if "null" in types:
        return schema
    wider = dict(schema)
    if types:
        wider["type"] = [*([types] if isinstance(types, str) else types), "null"]
    if "enum" in schema:
        wider["enum"] = [*schema["enum"], None]
    if MEANINGS in schema:
        wider[MEANINGS] = [*schema[MEANINGS], "Removes the value."]
    # An alternative that allows everything allows `null` as well.
    if {} not in schema.get("anyOf", [{}]):
        wider["anyOf"] = [*schema["anyOf"], {"type": "null"}]
    return wider


def titled(name: str) -> str:
    """Returns a name of the code as a title: `MediaConcurrency` is "Media concurrency"."""
    first, *others = _WORD.findall(name)
    return " ".join((first[0].upper() + first[1:], *(word if word[1:].isupper() else word.lower() for word in others)))


def _converted(schema: Schema, shared: Mapping[str, Schema], spec: type[Spec] | None) -> Schema:
    whole = _resolved(_without_null(_resolved(schema, shared)), shared)
    if "prefixItems" in whole:  # what 2020-12 calls `prefixItems` and `items` are draft-07's `items` and the rest
        whole |= {"additionalItems": whole.get("items", True), "items": whole.pop("prefixItems")}
    # pydantic titles every field by its own name, which an editor shows anyway. Only objects keep their title.
    is_object = "object" in (whole.get("type") or ())  # a text, or a list of the types that are allowed
    title = {"title": titled(whole["title"])} if is_object and "title" in whole else {}
    words = sorted(whole.keys() - {"title", "$defs"}, key=_order)
    converted = title | {word: _word(word, whole[word], shared, spec) for word in words}
    if MEANINGS in converted:
        converted[MEANINGS] = [converted[MEANINGS][value] for value in converted["enum"]]
    if "default" in converted:
        converted["default"] = _short(converted["default"], converted.get("properties", {}))
    return {word: value for word, value in converted.items() if (word, value) != ("default", None)}


def _order(word: str) -> tuple[int, str]:
    if word in _FIRST:
        return _FIRST.index(word), word
    return len(_FIRST) + (1 if word in _LAST else 0), word


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
    keyed = item_key_in_manifest(spec, field)
    converted = _converted(schema, shared, nested(spec, field)) | ({KEYED: keyed} if keyed else {})
    return nullable(converted) if mark(spec, field, Clearable) else converted


def _resolved(schema: Schema, shared: Mapping[str, Schema]) -> Schema:
    if "$ref" not in schema:
        return dict(schema)
    own = {word: value for word, value in schema.items() if word != "$ref"}
    shape: Schema = _resolved(shared[schema["$ref"].rpartition("/")[2]], shared)
    return shape | own


def _without_null(schema: Schema) -> Schema:
    """Drops `null`: an author leaves out a field that is unset."""
    kinds: list[Schema] = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    if len(kinds) != 1:
        return schema | ({"anyOf": kinds} if kinds else {})
    return kinds[0] | {word: value for word, value in schema.items() if word != "anyOf"}


def _short(default: Any, properties: Mapping[str, Schema]) -> Any:
    """Drops the members of a default that equal their own defaults."""
    if not isinstance(default, dict):
        return default
    return {key: value for key, value in default.items() if value != properties.get(key, {}).get("default")}


def _portable(pattern: str) -> str:
    r"""Returns a pattern with one meaning in Python and in an editor's JavaScript, whose `\w` knows ASCII only.

    `^[…]+$` becomes the ASCII characters that it refuses. The kinds' rules check other scripts.
    """
    if not re.fullmatch(r"\^\[[^\]]+\]\+\$", pattern):
        return pattern
    refused = [code for code in range(128) if not chr(code).isprintable() or not re.match(pattern, chr(code))]
    return f"^[^{''.join(_ranges(refused))}]+$"


def _ranges(codes: list[int]) -> Iterator[str]:
    # Codes that follow each other have the same distance to their positions.
    for _, run in groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0]):
        first, *rest = [code for _, code in run]
        yield _letter(first) + (f"-{_letter(rest[-1])}" if rest else "")


def _letter(code: int) -> str:
    letter = chr(code)
    if not letter.isprintable():
        return rf"\x{code:02x}"
    return rf"\{letter}" if letter in r"\]^-[" else letter
