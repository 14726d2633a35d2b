"""Renders a JSON Schema as Markdown tables: one table for each object, one row for each field."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
# Returns the kind, as Markdown, that the field at a path names; "" for a field that names no resource.
Names = Callable[[str], str]

_KEYED, _REMEDY = "x-keyed-by", "x-remedy"  # the schemas' own marks: see reconciler/schemas/draft7.py
_HEAD = "| Field | Type | Default | Rules | Description |\n|---|---|---|---|---|"
_BOUNDS = {"minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}"}
_SIZES = {
    "minLength": ("at least", "character"),
    "maxLength": ("at most", "character"),
    "minItems": ("at least", "item"),
    "maxItems": ("at most", "item"),
    "minProperties": ("at least", "key"),
}
_SCALARS = {"string", "number", "boolean"}
_ANY = "<name>"  # stands for any key of a map
_MOST_VALUES = 20  # a longer enum is counted instead of listed; editors complete it


@dataclass(frozen=True)
class Block:
    """One object of a schema: its path from the top (empty for the top itself) and its fields."""

    path: str
    schema: Schema

    @property
    def fields(self) -> Iterator[tuple[str, Schema, bool]]:
        """Yields name, schema and whether it is required."""
        required = self.schema.get("required", ())
        for name, field in self.schema.get("properties", {}).items():
            yield name, field, name in required
        for field in self.schema.get("patternProperties", {}).values():
            yield _ANY, field, False

    def path_of(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def blocks(schema: Schema, path: str = "") -> Iterator[Block]:
    """Yields the object and every object below it, each before its own objects."""
    block = Block(path, schema)
    yield block
    for name, field, _ in block.fields:
        for inner, suffix in _objects(field):
            yield from blocks(inner, f"{block.path_of(name)}{suffix}")


def tables(schema: Schema, *, level: int = 3, names: Names = lambda path: "") -> str:
    """Returns a table of the schema's fields. Each object below has a heading, its path, and a table of its own."""
    parts = []
    for block in blocks(schema):
        if block.path:
            parts.append(f"{'#' * level} `{block.path}`")
        parts.append(table(block, names=names))
    return "\n\n".join(parts)


def table(block: Block, *, names: Names = lambda path: "") -> str:
    rows = [_row(block, name, field, required, names) for name, field, required in block.fields]
    return "\n".join((_HEAD, *rows))


def rules(field: Schema) -> Iterator[str]:
    """Yields the limits of a field's value, in words."""
    for word, text in _BOUNDS.items():
        if word in field:
            yield text.format(field[word])
    for word, (bound, noun) in _SIZES.items():
        if word in field:
            yield f"{bound} {field[word]} {noun}{'' if field[word] == 1 else 's'}"
    if field.get("uniqueItems"):
        yield "no item twice"
    if "pattern" in field:
        yield field.get(_REMEDY, f"`{field['pattern']}`")
    if _KEYED in field:
        yield f"overlays merge item by item, by `{field[_KEYED]}`"


def described(schema: Schema) -> str:
    """Returns what a schema says about itself: the Markdown that editors show, where it has that."""
    text: str = schema.get("markdownDescription") or schema.get("description", "")
    return text


def row(*cells: str) -> str:
    """Returns a row of a table. A `|` in a code span is written in HTML: Markdown's dialects disagree about it."""
    return "| " + " | ".join("".join(map(_in_a_cell, _spans(cell.replace("\n", " ")))) for cell in cells) + " |"


def escaped(text: str) -> str:
    """Returns the text so that Markdown shows its `*` and `<`. Code spans stay as they are."""
    return "".join(part if part.startswith("`") else re.sub(r"([*<])", r"\\\1", part) for part in _spans(text))


def anchor(path: str) -> str:
    """Returns the anchor of a heading that holds a path, as GitHub and MkDocs both make it."""
    return re.sub(r"[^\w-]", "", path).lower()


def _spans(text: str) -> list[str]:
    """Returns the code spans of a text, each with its backquotes, and the texts between them."""
    return re.split(r"(`[^`]*`)", text)


def _in_a_cell(span: str) -> str:
    if "|" not in span:
        return span
    if span.startswith("`"):
        inner = re.sub(r"[^A-Za-z0-9 .,:/-]", lambda sign: f"&#{ord(sign[0])};", span.strip("`"))
        return f"<code>{inner}</code>"
    return span.replace("|", r"\|")


def _row(block: Block, name: str, field: Schema, required: bool, names: Names) -> str:
    path = block.path_of(name)
    default = _code(field["default"]) if "default" in field else "**required**" if required else ""
    limits = escaped("; ".join(rules(field)))
    return row(f"`{name}`", _type(field, path, names), default, limits, escaped(_description(field)))


def _description(field: Schema) -> str:
    values = zip(field.get("enum", ()), field.get("enumDescriptions", ()), strict=False)
    text = described(field) or ("Always this value." if "const" in field else "")
    return " ".join((text, *(f"`{value}`: {meaning.removesuffix('.')}." for value, meaning in values)))


def _type(field: Schema, path: str, names: Names) -> str:
    if name := names(path):
        return f"list of {name} names" if field.get("type") == "array" else f"{name} name"
    # An alternative that allows everything only helps editors to complete.
    if "anyOf" in field and {} not in field["anyOf"]:
        return " or ".join(_type(part, path, names) for part in field["anyOf"] if part != {"type": "null"})
    if "const" in field:
        return _code(field["const"])
    if "enum" in field:
        values = [value for value in field["enum"] if value is not None]
        if len(values) > _MOST_VALUES:
            return f"one of {len(values)} values"
        return " or ".join(f"`{value}`" for value in values)
    kinds = field.get("type", "any")
    words = [kinds] if isinstance(kinds, str) else [kind for kind in kinds if kind != "null"]
    if set(words) >= _SCALARS:
        words = ["scalar", *(word for word in words if word not in _SCALARS)]
    return " or ".join(_word(word, field, path, names) for word in words)


def _word(word: str, field: Schema, path: str, names: Names) -> str:
    match word, field.get("items"), field.get("additionalProperties"):
        case "array", dict() as items, _:
            return f"list of {_type(items, f'{path}[]', names)}"
        case "object", _, dict() as values:
            return f"map to {_type(values, f'{path}.{_ANY}', names)}"
        case "object", _, _ if value := _any_value(field):
            return f"map to {_type(value, f'{path}.{_ANY}', names)}"
        case "object", _, _ if _has_fields(field):
            return f"[object](#{anchor(path)})"
    return {"array": "list"}.get(word, word)


def _objects(field: Schema) -> Iterator[tuple[Schema, str]]:
    """Yields the objects right below a field, each with what its path adds to the field's."""
    for part in (field, *field.get("anyOf", ())):
        if value := _any_value(part):
            yield from ((inner, f".{_ANY}{suffix}") for inner, suffix in _objects(value))
        elif _has_fields(part):
            yield part, ""
        items = part.get("items")
        if isinstance(items, dict) and _has_fields(items):
            yield items, "[]"


def _any_value(schema: Schema) -> Schema | None:
    """Returns the schema of a map's values, if every key has the same."""
    values: list[Schema] = list(schema.get("patternProperties", {}).values())
    if isinstance(schema.get("additionalProperties"), dict):
        values.append(schema["additionalProperties"])
    return values[0] if values and not schema.get("properties") else None


def _has_fields(schema: Schema) -> bool:
    return bool(schema.get("properties") or schema.get("patternProperties"))


def _code(value: Any) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`"
