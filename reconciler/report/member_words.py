"""Describes structures in words: the rules of an attribute, a period of opening hours. The words include every value.

A structure is recognised by its keys, whatever its kind. An unknown structure is shown with the manifest's own keys.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from reconciler.model import Content
from reconciler.report.visible import escaped, value_text

Json = Mapping[str, Any]

WEEK = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
# The keys of the lowest and the highest value. The words: for both, for the lowest only, for the highest only.
_RANGES = (
    ("minLength", "maxLength", ("length {}–{}", "length at least {}", "length at most {}")),
    ("minValues", "maxValues", ("{}–{} items", "at least {} items", "at most {} items")),
    ("minimum", "maximum", ("from {} to {}", "at least {}", "at most {}")),
    ("exclusiveMinimum", "exclusiveMaximum", ("between {} and {}", "greater than {}", "less than {}")),
)
_RULES = {"multipleOf", "ignoreCase", "enum", *(name for low, high, _ in _RANGES for name in (low, high))}
# A word that cannot be read as another type.
_PLAIN = re.compile(r"(?!(?:true|false|null)$)[A-Za-z][\w./:@+-]*", re.ASCII)


def is_structure(value: Any) -> bool:
    """Returns whether the value has parts to show. A content is one value."""
    return isinstance(value, Mapping | list | tuple) and not Content.from_json(value)


def is_opening(value: Any) -> bool:
    """Returns whether the value is a period of opening hours on one weekday."""
    if not isinstance(value, Mapping) or value.keys() != {"day", "startTime", "endTime"}:
        return False
    return value["day"] in WEEK and all(isinstance(value[key], str) for key in ("startTime", "endTime"))


def is_enum(value: Any) -> bool:
    """Returns whether the value lists the values of an attribute."""
    is_one = (
        isinstance(value, Mapping) and value.keys() <= {"strict", "values"} and isinstance(value.get("values"), list)
    )
    return is_one and isinstance(value.get("strict", False), bool)


def stretch(opening: Json) -> str:
    """Returns `09:00–17:30`."""
    text = f"{escaped(opening['startTime'])}–{escaped(opening['endTime'])}"
    return f"{text} (all day)" if opening["startTime"] == opening["endTime"] == "00:00" else text


def day_name(day: str) -> str:
    return day.capitalize()


def words(value: Any) -> str:
    """Returns a structure on one line, in words."""
    if isinstance(value, Mapping):
        return "  ".join(_phrases(value)) or "nothing"
    if isinstance(value, list | tuple):
        return ", ".join(words(item) if is_structure(item) else value_text(item) for item in value) or "none"
    return value_text(value)


def item_words(item: Any, named_by: Collection[str]) -> str:
    """Returns an item of a list in words, without the keys that identify it."""
    if isinstance(item, Mapping):
        return "  ".join(_phrases({key: value for key, value in item.items() if key not in named_by}))
    return ""


def _phrases(value: Json, path: str = "") -> Iterator[str]:
    if value and value.keys() <= _RULES:
        yield from _rules(value)
        return
    if is_enum(value):
        yield _enum(value)
        return
    for key, item in value.items():
        yield from _phrase(key, item, path)


def _phrase(key: str, item: Any, path: str) -> Iterator[str]:
    name = f"{path}{escaped(key)}"
    match key, item:
        case "valueType", str():
            yield escaped(item)
        case "primary", True:
            yield "key"
        case "description", str():
            yield value_text(item)
        case "validation", Mapping() if item:
            yield from _phrases(item)
        case "effectiveFrom" | "effectiveTill", str():
            yield f"{'from' if key == 'effectiveFrom' else 'until'} {escaped(item)}"
        case "config", list() if all(map(is_opening, item)):
            yield from _week(item)
        case _, Mapping() if item and is_structure(item):
            yield from _phrases(item, f"{name}.")
        case _, Mapping() | list() | tuple() if not item:
            yield f"no {name}"
        case _, list() | tuple():
            yield f"{name} {words(item)}"
        case _:
            yield f"{name} {_scalar(item)}"


def _week(openings: list[Json]) -> Iterator[str]:
    if not openings:
        yield "never open"
    for day in WEEK:
        stretches = [stretch(opening) for opening in openings if opening["day"] == day]
        if stretches:
            yield f"{day_name(day)} {', '.join(stretches)}"


def _rules(rules: Json) -> Iterator[str]:
    for lowest, highest, (both, least, most) in _RANGES:
        match rules.get(lowest), rules.get(highest):
            case None, None:
                continue
            case low, None:
                yield least.format(value_text(low))
            case None, high:
                yield most.format(value_text(high))
            case low, high:
                yield both.format(value_text(low), value_text(high))
    if rules.get("multipleOf") is not None:
        yield f"multiple of {value_text(rules['multipleOf'])}"
    if rules.get("ignoreCase") is not None:
        yield "case ignored" if rules["ignoreCase"] is True else "case matters"
    if rules.get("enum") is not None:
        yield words(rules["enum"])


def _enum(enum: Json) -> str:
    """Returns the listed values. If the list is not strict, AWS accepts other values as well."""
    listed = ", ".join(value_text(value) for value in enum["values"])
    if enum.get("strict") is True:
        return f"one of {listed}" if listed else "no value allowed"
    return f"such as {listed}" if listed else "any value"


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else value_text(value)
