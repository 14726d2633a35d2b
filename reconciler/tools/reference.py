"""The manifest reference as Markdown, from the schemas: one line per field."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from reconciler.kinds.config_schema import config_schema
from reconciler.kinds.draft7 import KEYED, REMEDY, Schema
from reconciler.kinds.registry import KINDS
from reconciler.kinds.schema import REMOVED, kind_schema, removed_schema

_HEAD = "| field | type | default | rule | meaning |\n|---|---|---|---|---|"
_RULES = {"minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}"}
_SIZES = {
    "minLength": ("at least", "character"),
    "maxLength": ("at most", "character"),
    "minItems": ("at least", "item"),
    "maxItems": ("at most", "item"),
    "minProperties": ("at least", "key"),
}
_SCALARS = {"string", "number", "boolean"}


def render() -> str:
    """A section per kind, and one for `reconcile.yaml`."""
    schemas = {
        **{name: kind_schema(kind) for name, kind in KINDS.items()},
        REMOVED: removed_schema(),
        "reconcile.yaml": config_schema(),
    }
    return "\n".join(_section(title, schema) for title, schema in schemas.items())


def _section(title: str, schema: Schema) -> str:
    lines = "\n".join(_line(path, field, required) for path, field, required in _fields(schema, ""))
    return f"### {title}\n\n{schema['description']}\n\n{_HEAD}\n{lines}\n"


def _fields(schema: Schema, prefix: str) -> Iterator[tuple[str, Schema, bool]]:
    """Every field below a map, the map's own first: `spec.attributes[].name`, `environments.*.instance`."""
    named = [*schema.get("properties", {}).items(), *(("*", part) for part in _open(schema))]
    for name, field in named:
        if "const" in field:
            continue
        path = f"{prefix}{name}"
        yield path, field, name in schema.get("required", ())
        yield from _below(path, field)


def _below(path: str, field: Schema) -> Iterator[tuple[str, Schema, bool]]:
    for part in (field, *field.get("anyOf", ())):
        if "properties" in part or part.get("patternProperties"):
            yield from _fields(part, f"{path}.")
        items = part.get("items")
        if isinstance(items, dict) and "properties" in items:
            yield from _fields(items, f"{path}[].")


def _open(schema: Schema) -> list[Schema]:
    """What a map of free keys holds, where that has fields of its own."""
    return list(schema.get("patternProperties", {}).values())


def _line(path: str, field: Schema, required: bool) -> str:
    default = _code(field["default"]) if "default" in field else "**required**" if required else ""
    rules = "; ".join(_rules(field))
    cells = (f"`{path}`", _type(field), default, rules, field.get("description", ""))
    return "| " + " | ".join(cell.replace("|", r"\|").replace("\n", " ") for cell in cells) + " |"


def _type(field: Schema) -> str:
    # An alternative that allows everything only helps editors to complete.
    if "anyOf" in field and {} not in field["anyOf"]:
        return " or ".join(_type(part) for part in field["anyOf"])
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    kinds = field.get("type", "any")
    words = [kinds] if isinstance(kinds, str) else [kind for kind in kinds if kind != "null"]
    if set(words) >= _SCALARS:
        words = ["scalar", *(word for word in words if word not in _SCALARS)]
    return " or ".join(_word(word, field) for word in words)


def _word(word: str, field: Schema) -> str:
    match word, field.get("items"), field.get("additionalProperties"):
        case "array", dict() as items, _:
            return f"list of {_type(items)}"
        case "object", _, dict() as values:
            return f"map to {_type(values)}"
        case "object", _, _:
            return "map"
    return {"string": "text", "integer": "whole number", "array": "list"}.get(word, word)


def _rules(field: Schema) -> Iterator[str]:
    for word, text in _RULES.items():
        if word in field:
            yield text.format(field[word])
    for word, (bound, noun) in _SIZES.items():
        if word in field:
            yield f"{bound} {field[word]} {noun}{'s' * (field[word] != 1)}"
    if field.get("uniqueItems"):
        yield "no item twice"
    if "pattern" in field:
        yield field.get(REMEDY, f"`{field['pattern']}`")
    if KEYED in field:
        yield f"overlays merge item by item, by `{field[KEYED]}`"


def _code(value: Any) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`"


if __name__ == "__main__":
    sys.stdout.write(render())
