"""Checks the attributes of a table: names, renames, and validation rules that do not contradict each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from unicodedata import category

from pydantic import ValidationError

from reconciler.kinds.connect.data_table.cells import enum_reader, folds_case, item_checker, misfit
from reconciler.kinds.connect.data_table.spec import Attribute
from reconciler.kinds.services import CONNECT
from reconciler.kinds.wording import EXACT, quoted
from reconciler.model import Mode, Problem
from reconciler.model.cells import EXPRESSIONS, LISTS, TYPES, is_expression

Path = tuple[str | int, ...]

MOST_PRIMARIES = 5
# The service model limits arrays inside a validation to 5. It does not say whether an enum's values count.
SURE_ENUM_VALUES = 5
_TEXTS, _NUMBERS = frozenset({"TEXT", "TEXT_LIST"}), frozenset({"NUMBER", "NUMBER_LIST"})
_RULE_TYPES: Mapping[str, frozenset[str]] = {
    "minLength": _TEXTS,
    "maxLength": _TEXTS,
    "minValues": LISTS,
    "maxValues": LISTS,
    "minimum": _NUMBERS,
    "maximum": _NUMBERS,
    "exclusiveMinimum": _NUMBERS,
    "exclusiveMaximum": _NUMBERS,
    "multipleOf": _NUMBERS,
}
# The lower rule, the upper rule, and whether their limits may be equal.
_PAIRS = (
    ("minLength", "maxLength", True),
    ("minValues", "maxValues", True),
    ("minimum", "maximum", True),
    ("minimum", "exclusiveMaximum", False),
    ("exclusiveMinimum", "maximum", False),
    ("exclusiveMinimum", "exclusiveMaximum", False),
)
_EITHER = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))


class Column(NamedTuple):
    """An attribute as far as it can be read. `attribute` is `None` if its name or type cannot be read."""

    place: Path
    name: str
    written: Mapping[str, Any]
    attribute: Attribute | None


def columns(declared: Mapping[str, Any]) -> tuple[Column, ...]:
    match declared.get("attributes", ()):
        case list() | tuple() as parts:
            return tuple(_column(("attributes", place), part) for place, part in enumerate(parts))
        case _:
            return (_column(("attributes",), None),)


def problems(columns: Sequence[Column]) -> Iterator[Problem]:
    every = [column for column in columns if column.name]
    yield from _names(every)
    yield from _renames(every)
    for column in every:
        rules = column.written.get("validation")
        if column.attribute is None:
            continue
        yield from _keys(column, column.attribute)
        if isinstance(rules, Mapping):
            yield from _limits(column, column.attribute.value_type, rules)
            yield from _enum(column, column.attribute, rules)


def name_faults(name: str) -> Iterator[str]:
    """Yields faults of the name of a table or attribute that a schema cannot find."""
    if name.strip() != name:
        yield f"{quoted(name)} has spaces around it, which AWS would remove; delete them"
    if name in (".", ".."):
        yield f"{quoted(name)} would be lost in a URL; choose another name"
    if name.casefold().startswith(CONNECT.reserved):
        prefixes = " or ".join(CONNECT.reserved)
        yield f"{quoted(name)} begins with a prefix that AWS reserves ({prefixes}); choose another name"
    # \p{L}, \p{N} and \p{Z} of the service model's DataTableName. The schema checks ASCII.
    odd = [letter for letter in name if not letter.isascii() and category(letter)[0] not in "LNZ"]
    if odd:
        yield f"{quoted(name)} has {quoted(odd[0])}, which is not a letter, number or space; delete it"


def _column(place: Path, part: Any) -> Column:
    match part:
        case {"name": str(name)} if name:
            return Column(place, name, part, _attribute(part))
        case _:
            return Column(place, "", {}, None)


def _attribute(written: Mapping[str, Any]) -> Attribute | None:
    """Returns the attribute. If its rules are wrong, drops them, so that the type of its cells is still checked."""
    try:
        return Attribute.model_validate(dict(written))
    except ValidationError:
        pass  # the schema reports the fault
    if written.get("valueType") not in TYPES:
        return None
    owner = next((mode for mode in Mode if written.get("ownership") == mode), Mode.MANAGED)
    bare = {"name": "x", "valueType": written["valueType"], "primary": written.get("primary") is True}
    return Attribute.model_validate(bare | {"ownership": owner}).model_copy(update={"name": written["name"]})


def _names(every: Sequence[Column]) -> Iterator[Problem]:
    first: dict[str, Column] = {}
    for column in every:
        path = (*column.place, "name")
        yield from (Problem("error", path, fault) for fault in name_faults(column.name))
        twin = first.setdefault(column.name.strip().casefold(), column)
        if twin is not column:
            also = "" if twin.name == column.name else f" ({quoted(twin.name)}: AWS ignores case)"
            message = f"attribute {quoted(column.name)} is declared twice{also}; remove or rename one"
            yield Problem("error", path, message)


def _renames(every: Sequence[Column]) -> Iterator[Problem]:
    names = {column.name.strip().casefold(): column for column in reversed(every)}
    first: dict[str, Column] = {}
    for column in every:
        old = column.written.get("renamedFrom")
        if not isinstance(old, str):
            continue
        folded = old.strip().casefold()
        other, twin = names.get(folded), first.setdefault(folded, column)
        fault = ""
        if old == column.name:
            fault = f"renamedFrom is its own name, {quoted(old)}; leave it out"
        elif other is not None and other.name.strip().casefold() != column.name.strip().casefold():
            fault = f"renamedFrom {quoted(old)} is also declared as an attribute; remove one of the two"
        elif twin is not column:
            fault = f"renamedFrom {quoted(old)} is also what {quoted(twin.name)} is renamed from; remove one of the two"
        if fault:
            yield Problem("error", (*column.place, "renamedFrom"), fault)


def _keys(column: Column, attribute: Attribute) -> Iterator[Problem]:
    if attribute.primary and attribute.value_type not in ("TEXT", "NUMBER"):
        message = (
            f"{quoted(column.name)} is a primary attribute of type {attribute.value_type}; AWS documents only TEXT "
            "and NUMBER keys, so it may refuse this one"
        )
        yield Problem("warning", (*column.place, "valueType"), message)
    if attribute.primary and attribute.ownership is not Mode.MANAGED:
        message = f"{quoted(column.name)} is a primary attribute: manifests always decide keys; remove ownership"
        yield Problem("warning", (*column.place, "ownership"), message)


def _limits(column: Column, value_type: str, rules: Mapping[str, Any]) -> Iterator[Problem]:
    path = (*column.place, "validation")
    for rule, types in _RULE_TYPES.items():
        if rules.get(rule) is not None and value_type not in types:
            message = f"{rule} is a rule for {' and '.join(sorted(types))}, not for {value_type}; remove it"
            yield Problem("error", (*path, rule), message)
    yield from _case(column, value_type, rules)
    limits = {rule: limit for rule in _RULE_TYPES if (limit := _limit(rules.get(rule))) is not None}
    for one, other in _EITHER:
        if one in limits and other in limits:
            message = f"{one} and {other} cannot be used together (service model, Validation); remove one"
            yield Problem("error", (*path, other), message)
    for low, high, equal in _PAIRS:
        if low in limits and high in limits and _excludes(limits[low], limits[high], equal):
            yield Problem("error", (*path, low), _contradiction(low, high, limits))
    yield from _steps((*path, "multipleOf"), limits)


def _steps(path: Path, limits: Mapping[str, Decimal]) -> Iterator[Problem]:
    """Yields a problem if no multiple lies within the limits."""
    step = limits.get("multipleOf", Decimal(0))
    low = next((rule for rule in ("minimum", "exclusiveMinimum") if rule in limits), "")
    high = next((rule for rule in ("maximum", "exclusiveMaximum") if rule in limits), "")
    if step <= 0 or not low or not high or _excludes(limits[low], limits[high], low + high == "minimummaximum"):
        return
    first = EXACT.subtract(limits[low], EXACT.remainder(limits[low], step))
    if first < limits[low] or (first == limits[low] and low != "minimum"):
        first = EXACT.add(first, step)
    if _excludes(first, limits[high], high == "maximum"):
        message = (
            f"no multiple of {quoted(step)} is within {low} {quoted(limits[low])} and {high} {quoted(limits[high])}, "
            "so no value is valid; change one"
        )
        yield Problem("error", path, message)


def _case(column: Column, value_type: str, rules: Mapping[str, Any]) -> Iterator[Problem]:
    if rules.get("ignoreCase") is not True or (column.attribute and folds_case(column.attribute)):
        return
    path = (*column.place, "validation", "ignoreCase")
    if value_type == "TEXT":
        yield Problem("warning", path, "ignoreCase has no effect on a TEXT that is not a primary attribute; remove it")
    else:
        yield Problem(
            "error", path, f"ignoreCase is a rule for TEXT keys and TEXT_LIST, not for {value_type}; remove it"
        )


def _enum(column: Column, attribute: Attribute, rules: Mapping[str, Any]) -> Iterator[Problem]:
    enum = rules.get("enum")
    values = enum.get("values") if isinstance(enum, Mapping) else None
    if not isinstance(enum, Mapping) or not isinstance(values, Sequence) or isinstance(values, str):
        return
    path = (*column.place, "validation", "enum", "values")
    if not values and enum.get("strict") is True:
        yield Problem("error", path, "a strict enum without values allows nothing; add values, or remove the enum")
    if len(values) > SURE_ENUM_VALUES:
        message = f"the enum has {len(values)} values; AWS may allow {SURE_ENUM_VALUES} (service model, Validation)"
        yield Problem("info", path, message)
    yield from _enum_values(attribute, path, values)


def _enum_values(attribute: Attribute, path: Path, values: Sequence[Any]) -> Iterator[Problem]:
    read, check = enum_reader(attribute), item_checker(attribute)
    item_type = attribute.value_type.removesuffix("_LIST")
    first: dict[Any, str] = {}
    for place, text in enumerate(values):
        if not isinstance(text, str):
            continue
        try:
            value = read(text)
        except ValueError:
            yield Problem("error", (*path, place), f"{misfit(item_type, text)}; correct it")
            continue
        if value in first:
            also = "" if first[value] == text else f", also as {quoted(first[value])}"
            yield Problem("error", (*path, place), f"{quoted(text)} is in the enum twice{also}; remove one")
        first.setdefault(value, text)
        if is_expression(item_type, text) and attribute.value_type in EXPRESSIONS:
            yield Problem(
                "error", (*path, place), f"{quoted(text)} would be an expression; write plain values in an enum"
            )
        for broken in check(text if isinstance(value, str) else value):
            yield Problem(
                "error", (*path, place), f"the attribute's own rules refuse it: {broken}; change one of the two"
            )


def _excludes(low: Decimal, high: Decimal, equal: bool) -> bool:
    return low > high or (low == high and not equal)


def _contradiction(low: str, high: str, limits: Mapping[str, Decimal]) -> str:
    relation = "is greater than" if limits[low] > limits[high] else "equals"
    return f"{low} {quoted(limits[low])} {relation} {high} {quoted(limits[high])}, so no value is valid; change one"


def _limit(value: Any) -> Decimal | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    limit = Decimal(repr(value))
    return limit if limit.is_finite() else None
