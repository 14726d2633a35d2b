"""The rules of names and attributes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from reconciler.sandbox.errors import invalid
from reconciler.sandbox.switches import Quotas, Switches

RESERVED_PREFIXES = ("connect:", "aws:")
DESCRIPTION_CONTROLS = "\r\n\t"


def name(text: str) -> str:
    """Returns the trimmed name. Reserved prefixes are refused in any case [service model]."""
    trimmed = text.strip()
    if not trimmed:
        raise invalid("Name: nothing is left of it without its outer whitespace")
    if trimmed.casefold().startswith(RESERVED_PREFIXES):
        raise invalid(f"Name: {trimmed!r} begins with a reserved prefix")
    return trimmed


def description(text: str | None) -> str:
    """Returns the trimmed description [service model]. CR, LF and TAB are the only control characters [inferred]."""
    trimmed = (text or "").strip()
    for character in trimmed:
        if unicodedata.category(character)[0] == "C" and character not in DESCRIPTION_CONTROLS:
            raise invalid("Description: it holds a control character")
    return trimmed


def is_taken(wanted: str, names: Iterable[str]) -> bool:
    """Returns whether a name is in use; names of tables and of attributes ignore case [service model]."""
    return wanted.casefold() in {name.casefold() for name in names}


def validation(rules: dict[str, Any], value_type: str, primary: bool, quotas: Quotas, switches: Switches) -> None:
    """Refuses rules that contradict each other or exceed the service's limits [service model].

    Rules for another type are stored and have no effect [inferred]. JSON Schema does the same, and the model borrows
    its rules from there.
    """
    _refuse_crossed(rules, "MinLength", "MaxLength")
    _refuse_crossed(rules, "MinValues", "MaxValues")
    _refuse_crossed(rules, "Minimum", "Maximum")
    _refuse_crossed(rules, "Minimum", "ExclusiveMaximum", may_be_equal=False)
    _refuse_crossed(rules, "ExclusiveMinimum", "Maximum", may_be_equal=False)
    _refuse_crossed(rules, "ExclusiveMinimum", "ExclusiveMaximum", may_be_equal=False)
    if switches.both_minimums == "refused" and {"Minimum", "ExclusiveMinimum"} <= set(rules):
        raise invalid("Validation.Minimum: cannot be provided when ExclusiveMinimum is")
    if rules.get("MultipleOf") is not None and rules["MultipleOf"] <= 0:
        raise invalid("Validation.MultipleOf: must be greater than 0")
    _refuse_excess(rules, "MaxLength", _longest_text(value_type, primary, quotas))
    _refuse_excess(rules, "MaxValues", quotas.list_items)
    values = (rules.get("Enum") or {}).get("Values") or []
    if len(values) > quotas.enum_values:
        raise invalid(f"Validation.Enum.Values: holds {len(values)} values; {quotas.enum_values} is the maximum")


def _refuse_crossed(rules: dict[str, Any], low: str, high: str, *, may_be_equal: bool = True) -> None:
    bottom, top = rules.get(low), rules.get(high)
    if bottom is None or top is None:
        return
    if bottom > top or (bottom == top and not may_be_equal):
        raise invalid(f"Validation.{low}: must be {'at most' if may_be_equal else 'less than'} {high}")


def _refuse_excess(rules: dict[str, Any], rule: str, limit: int) -> None:
    if rules.get(rule) is not None and rules[rule] > limit:
        raise invalid(f"Validation.{rule}: the service's own limit is {limit}")


def _longest_text(value_type: str, primary: bool, quotas: Quotas) -> int:
    if value_type == "TEXT_LIST":
        return quotas.list_text
    return quotas.primary_text if primary else quotas.text


def decimal(number: float | str | Decimal) -> Decimal:
    """Returns the number by its shortest decimal spelling: 0.1 is a tenth, not the binary float next to it."""
    return number if isinstance(number, Decimal) else Decimal(str(number))
