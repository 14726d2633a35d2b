"""The rules of values. The service checks a value when it is created or updated, and never again [service model].

Every value is a string on the wire. A NUMBER is written as in JSON, a BOOLEAN as `true` or `false` [seen: programs send
this]. The sandbox refuses other spellings [inferred].
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from reconciler.sandbox.connect.data_tables.rules import decimal
from reconciler.sandbox.connect.data_tables.state import Attribute
from reconciler.sandbox.errors import ItemRefused, Why
from reconciler.sandbox.switches import Quotas, Switches

NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
EXPRESSIONS_ALLOWED = {"TEXT", "NUMBER", "BOOLEAN"}
EMPTY = {"TEXT": "", "NUMBER": "0", "BOOLEAN": "false", "TEXT_LIST": "[]", "NUMBER_LIST": "[]"}


def checked(attribute: Attribute, value: str, quotas: Quotas, switches: Switches) -> str:
    """Returns the value as it is stored. Raises `ItemRefused`."""
    if value.startswith("=") and attribute.value_type in EXPRESSIONS_ALLOWED:
        return _expression(attribute, value, quotas)
    parsed = parse(attribute.value_type, value)
    if parsed is None:
        raise _bad(attribute, f"{_shown(value)} is not a {attribute.value_type}")
    rules = attribute.validation
    items = parsed if isinstance(parsed, list) else [parsed]
    if isinstance(parsed, list):
        _check_count(attribute, len(parsed), rules, quotas)
    if attribute.value_type.startswith("TEXT"):
        _check_lengths(attribute, items, rules, quotas)
    if attribute.value_type.startswith("NUMBER"):
        _check_ranges(attribute, items, rules)
    _check_enum(attribute, items, rules)
    return canonical(parsed) if switches.values_read_back == "canonical" else value


def parse(value_type: str, value: str) -> Any:
    """Returns the Python value, or None if the text is not of the type. Numbers become decimals."""
    match value_type:
        case "TEXT":
            return value
        case "NUMBER":
            return Decimal(value) if NUMBER.fullmatch(value) else None
        case "BOOLEAN":
            return {"true": True, "false": False}.get(value)
        case "TEXT_LIST":
            return _list(value, str)
        case _:
            return _list(value, Decimal)


def canonical(parsed: Any) -> str:
    match parsed:
        case bool():
            return str(parsed).lower()
        case Decimal():
            return format(parsed.normalize(), "f")
        case list():
            numbers = all(isinstance(item, Decimal) for item in parsed)
            spelled = map(canonical, parsed) if numbers else (json.dumps(item, ensure_ascii=False) for item in parsed)
            return f"[{','.join(spelled)}]"
        case _:
            return str(parsed)


def _list(value: str, item_type: type) -> list[Any] | None:
    try:
        parsed = json.loads(value, parse_float=Decimal, parse_int=Decimal, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    if not isinstance(parsed, list) or not all(type(item) is item_type for item in parsed):
        return None
    return parsed


def _expression(attribute: Attribute, value: str, quotas: Quotas) -> str:
    """Returns an expression unchanged. Primary values refuse it [service model].

    The length limit of TEXT applies [inferred].
    """
    if attribute.primary:
        raise _bad(attribute, "values of primary attributes must not be expressions")
    if len(value) > quotas.text:
        raise _bad(attribute, f"has {len(value)} characters; {quotas.text} is the maximum")
    return value


def _check_count(attribute: Attribute, count: int, rules: dict[str, Any], quotas: Quotas) -> None:
    high = min(rules.get("MaxValues", quotas.list_items), quotas.list_items)
    if not rules.get("MinValues", 0) <= count <= high:
        raise _bad(attribute, f"holds {count} values; {rules.get('MinValues', 0)} to {high} are allowed")


def _check_lengths(attribute: Attribute, items: Iterable[str], rules: dict[str, Any], quotas: Quotas) -> None:
    """Checks lengths in characters, not bytes [service model: "number of characters"]."""
    if attribute.value_type == "TEXT_LIST":
        limit = quotas.list_text
    else:
        limit = quotas.primary_text if attribute.primary else quotas.text
    low, high = rules.get("MinLength", 0), min(rules.get("MaxLength", limit), limit)
    for item in items:
        if not low <= len(item) <= high:
            raise _bad(attribute, f"has {len(item)} characters; {low} to {high} are allowed")


def _check_ranges(attribute: Attribute, items: Iterable[Decimal], rules: dict[str, Any]) -> None:
    """Checks ranges with decimals: 0.3 is a multiple of 0.1, but not in binary floats [inferred]."""
    tests: dict[str, Callable[[Decimal, Decimal], bool]] = {
        "Minimum": lambda value, bound: value >= bound,
        "Maximum": lambda value, bound: value <= bound,
        "ExclusiveMinimum": lambda value, bound: value > bound,
        "ExclusiveMaximum": lambda value, bound: value < bound,
        "MultipleOf": lambda value, step: (value / step) % 1 == 0,
    }
    bounds = {rule: decimal(rules[rule]) for rule in tests if rules.get(rule) is not None}
    for item in items:
        for rule, bound in bounds.items():
            if not tests[rule](item, bound):
                raise _bad(attribute, f"{item} breaks {rule} {bound}")


def _check_enum(attribute: Attribute, items: Iterable[Any], rules: dict[str, Any]) -> None:
    """Checks a strict enumeration. Strict is false by default, and then nothing is refused [service model].

    Numbers are compared as numbers, and texts ignore case under IgnoreCase [inferred].
    """
    enum = rules.get("Enum") or {}
    if not enum.get("Strict"):
        return
    allowed = {_comparable(attribute, value) for value in enum.get("Values") or []}
    for item in items:
        if _comparable(attribute, item) not in allowed:
            raise _bad(attribute, f"{_shown(str(item))} is not among the values of its strict enumeration")


def _comparable(attribute: Attribute, value: Any) -> Any:
    if attribute.value_type.startswith("NUMBER"):
        return Decimal(value) if isinstance(value, Decimal) or NUMBER.fullmatch(value) else value
    if isinstance(value, bool):
        return str(value).lower()
    return value.casefold() if attribute.validation.get("IgnoreCase") else value


def _bad(attribute: Attribute, wrong: str) -> ItemRefused:
    return ItemRefused(Why.INVALID, f"Value of {attribute.name}: {wrong}.")


def _shown(value: str) -> str:
    return repr(value if len(value) <= 40 else value[:40] + "…")
