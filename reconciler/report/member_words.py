"""Structures in words: the rules of an attribute, a stretch of opening hours. The words hold every value of it.

A structure is known by its keys, whatever the kind; the keys of one that is not known are the manifest's own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from reconciler.report.visible import escaped, said

Json = Mapping[str, Any]

WEEK = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
# The lowest, the highest, and what to say where there are both, or one of them.
_RANGES = (
    ("minLength", "maxLength", ("length {}–{}", "length at least {}", "length at most {}")),
    ("minValues", "maxValues", ("{}–{} items", "at least {} items", "at most {} items")),
    ("minimum", "maximum", ("from {} to {}", "at least {}", "at most {}")),
    ("exclusiveMinimum", "exclusiveMaximum", ("between {} and {}", "greater than {}", "less than {}")),
)
_RULES = {"multipleOf", "ignoreCase", "enum", *(name for low, high, _ in _RANGES for name in (low, high))}
# A word that can be nothing but a text.
_PLAIN = re.compile(r"(?!(?:true|false|null)$)[A-Za-z][\w./:@+-]*", re.ASCII)


def is_structure(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple)


def is_opening(value: Any) -> bool:
    """Whether it is a stretch of one day of the week."""
    if not isinstance(value, Mapping) or value.keys() != {"day", "startTime", "endTime"}:
        return False
    return value["day"] in WEEK and all(isinstance(value[key], str) for key in ("startTime", "endTime"))


def is_enum(value: Any) -> bool:
    """Whether it is the values that an attribute may take."""
    is_one = (
        isinstance(value, Mapping) and value.keys() <= {"strict", "values"} and isinstance(value.get("values"), list)
    )
    return is_one and isinstance(value.get("strict", False), bool)


def stretch(opening: Json) -> str:
    """`09:00–17:30`."""
    text = f"{escaped(opening['startTime'])}–{escaped(opening['endTime'])}"
    return f"{text} (all day)" if opening["startTime"] == opening["endTime"] == "00:00" else text


def day_name(day: str) -> str:
    return day.capitalize()


def words(value: Any) -> str:
    """A structure on one line, in words."""
    if isinstance(value, Mapping):
        return "  ".join(_phrases(value)) or "nothing"
    if isinstance(value, list | tuple):
        return ", ".join(words(item) if is_structure(item) else said(item) for item in value) or "none"
    return said(value)


def item_words(item: Any, named_by: Collection[str]) -> str:
    """Returns what an item of a list holds, without the keys that name it."""
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
            yield said(item)
        case "validation", Mapping() if item:
            yield from _phrases(item)
        case "effectiveFrom" | "effectiveTill", str():
            yield f"{'from' if key == 'effectiveFrom' else 'till'} {escaped(item)}"
        case "config", list() if all(map(is_opening, item)):
            yield from _week(item)
        case _, Mapping() if item:
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
                yield least.format(said(low))
            case None, high:
                yield most.format(said(high))
            case low, high:
                yield both.format(said(low), said(high))
    if rules.get("multipleOf") is not None:
        yield f"multiple of {said(rules['multipleOf'])}"
    if rules.get("ignoreCase") is not None:
        yield "case ignored" if rules["ignoreCase"] is True else "case counts"
    if rules.get("enum") is not None:
        yield words(rules["enum"])


def _enum(enum: Json) -> str:
    """AWS takes other values too where the list is not strict."""
    listed = ", ".join(said(value) for value in enum["values"])
    if enum.get("strict") is True:
        return f"one of {listed}" if listed else "no value at all"
    return f"such as {listed}" if listed else "any value"


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else said(value)
