"""Finds the rules that a cell breaks: its type, the limits of the service, and the validation of its attribute.

AWS checks the same, but cell by cell while others are written. This finds every offender before the first write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from math import isfinite
from typing import Any, NamedTuple

from reconciler.kinds.connect.data_table.spec import Attribute, Enum, Validation
from reconciler.kinds.wording import EXACT, SHOWN, plainly, quoted
from reconciler.model import Linked
from reconciler.model.cells import LISTS, boolean, is_expression, items, number


class Fault(NamedTuple):
    """A broken rule. `many` ends a sentence about several values: `300 values MANY`."""

    message: str
    many: str


Checker = Callable[[str], tuple[Fault, ...]]

# Limits of the service. Source: Amazon Connect service quotas, "Data tables".
LONGEST_TEXT, LONGEST_SHORT_TEXT, MOST_ITEMS = 5000, 1000, 100
_FITS = {
    "NUMBER": "is not a number such as 12 or -0.5",
    "BOOLEAN": "is neither true nor false",
    "TEXT_LIST": 'is not a valid list of texts such as ["a", "b"]',
    "NUMBER_LIST": "is not a valid list of numbers such as [1, 2.5]",
}
_MANY_UNFIT = {
    "NUMBER": "are not numbers such as 12 or -0.5",
    "BOOLEAN": "are neither true nor false",
    "TEXT_LIST": 'are not valid lists of texts such as ["a", "b"]',
    "NUMBER_LIST": "are not valid lists of numbers such as [1, 2.5]",
}


class Rule(NamedTuple):
    """A rule for values. `name` is its key in the manifest, with its limit."""

    name: str
    holds: Callable[[Any], bool]
    why: Callable[[Any], str]
    many: str

    def broken(self, value: Any) -> Fault:
        return Fault(f"{self.name}: {quoted(value)} {self.why(value)}", self.many)


def violations(attribute: Attribute, text: str) -> tuple[str, ...]:
    """Returns the rules that a wire text breaks, each with its limit and the value."""
    return tuple(fault.message for fault in checker(attribute)(text))


@lru_cache(maxsize=1024)
def checker(attribute: Attribute) -> Checker:
    """Returns a function that checks texts against the attribute's rules, prepared once for many texts."""
    value_type, in_list = attribute.value_type, attribute.value_type in LISTS
    read, measures = _READ[value_type], tuple(_lengths(attribute))
    rules = tuple(_item_rules(attribute))
    counts = tuple(_count_rules(attribute.validation)) if in_list else ()

    def check(text: str) -> tuple[Fault, ...]:
        if not attribute.primary and is_expression(value_type, text):
            return ()
        try:
            value = read(text)
        except ValueError:
            return (unfit(value_type, text),)
        # The id that replaces a reference, and so the length, is not known yet.
        every = rules if isinstance(text, Linked) else (*measures, *rules)
        if not in_list:
            return tuple(rule.broken(value) for rule in every if not rule.holds(value))
        return tuple(_list_violations(value, counts, every))

    return check


def unfit(value_type: str, text: str | tuple[str, ...]) -> Fault:
    return Fault(misfit(value_type, text), _MANY_UNFIT.get(value_type, "are not texts"))


def misfit(value_type: str, text: str | tuple[str, ...]) -> str:
    """Returns why a text, or a list of texts, does not fit the type."""
    return f"valueType {value_type}: {quoted(text)} {_FITS.get(value_type, 'is not a text')}"


def enum_reader(attribute: Attribute) -> Callable[[str], Any]:
    """Returns the function that reads a text for comparison with the enum: 1.0 equals 1. Lists are read item by item.

    The function raises `ValueError` for a text that does not fit the type.
    """
    ignores_case = attribute.validation.ignore_case and folds_case(attribute)
    match attribute.value_type:
        case "NUMBER" | "NUMBER_LIST":
            return number
        case "BOOLEAN":
            return boolean
        case _:
            return str.casefold if ignores_case else str


def folds_case(attribute: Attribute) -> bool:
    """Returns whether `ignoreCase` has an effect: on text lists and text keys (service model, Validation)."""
    return attribute.value_type == "TEXT_LIST" or (attribute.value_type == "TEXT" and attribute.primary)


def item_checker(attribute: Attribute) -> Callable[[Any], tuple[str, ...]]:
    """Returns a function that checks one value, or one item of a list, against all rules except the enum."""
    rules = (*_lengths(attribute), *_bounds(attribute.validation, attribute.value_type))
    return lambda value: tuple(rule.broken(value).message for rule in rules if not rule.holds(value))


def _list_violations(values: Sequence[Any], counts: Iterable[Rule], rules: Iterable[Rule]) -> Iterator[Fault]:
    """Yields one fault per rule: its first offender, and the number of others."""
    yield from (rule.broken(values) for rule in counts if not rule.holds(values))
    for rule in rules:
        if wrong := [value for value in values if not rule.holds(value)]:
            first = rule.broken(wrong[0])
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            yield first._replace(message=first.message + more)


def _item_rules(attribute: Attribute) -> Iterator[Rule]:
    yield from _bounds(attribute.validation, attribute.value_type)
    if (enum := attribute.validation.enum) and enum.strict:
        yield _enum_rule(enum, enum_reader(attribute))


def _lengths(attribute: Attribute) -> Iterator[Rule]:
    """Yields rules for lengths, in characters and not in bytes."""
    if attribute.value_type not in ("TEXT", "TEXT_LIST"):
        return
    least, most = attribute.validation.min_length, attribute.validation.max_length
    long = attribute.value_type == "TEXT" and not attribute.primary
    limit = LONGEST_TEXT if long else LONGEST_SHORT_TEXT
    if least is not None:
        yield Rule(
            f"minLength {least}", lambda text: len(text) >= least, _length, f"are shorter than {least} characters"
        )
    if most is not None:
        yield Rule(f"maxLength {most}", lambda text: len(text) <= most, _length, f"are longer than {most} characters")
    yield Rule(
        f"at most {limit} characters, the service's limit",
        lambda text: len(text) <= limit,
        _length,
        f"are longer than {limit} characters, the service's limit",
    )


def _count_rules(validation: Validation) -> Iterator[Rule]:
    least, most = validation.min_values, validation.max_values
    if least is not None:
        yield Rule(f"minValues {least}", lambda values: len(values) >= least, _count, f"have fewer than {least} items")
    if most is not None:
        yield Rule(f"maxValues {most}", lambda values: len(values) <= most, _count, f"have more than {most} items")
    yield Rule(
        f"at most {MOST_ITEMS} items, the service's limit",
        lambda values: len(values) <= MOST_ITEMS,
        _count,
        f"have more than {MOST_ITEMS} items, the service's limit",
    )


def _bounds(validation: Validation, value_type: str) -> Iterator[Rule]:
    if value_type not in ("NUMBER", "NUMBER_LIST"):
        return
    if (least := exact(validation.minimum)) is not None:
        yield _bound("minimum", least, lambda value: value >= least, "less")
    if (most := exact(validation.maximum)) is not None:
        yield _bound("maximum", most, lambda value: value <= most, "greater")
    if (above := exact(validation.exclusive_minimum)) is not None:
        yield _bound("exclusiveMinimum", above, lambda value: value > above, "not greater")
    if (below := exact(validation.exclusive_maximum)) is not None:
        yield _bound("exclusiveMaximum", below, lambda value: value < below, "not less")
    if step := exact(validation.multiple_of):
        limit = plainly(step)
        yield Rule(
            f"multipleOf {limit}",
            lambda value: not EXACT.remainder(value, step),
            lambda _: "is not a multiple of it",
            f"are not multiples of {limit}",
        )


def _bound(word: str, number: Decimal, holds: Callable[[Any], bool], than: str) -> Rule:
    limit = plainly(number)
    return Rule(f"{word} {limit}", holds, lambda _: f"is {than}", f"are {than} than {limit}")


def _enum_rule(enum: Enum, read: Callable[[str], Any]) -> Rule:
    allowed = {value for text in enum.values if (value := _read_or_none(read, text)) is not None}

    def holds(value: Any) -> bool:
        return (read(value) if isinstance(value, str) else value) in allowed

    def why(value: Any) -> str:
        near = get_close_matches(value, enum.values, 1) if isinstance(value, str) else []
        return "is not in the list" + (f"; did you mean {quoted(near[0])}?" if near else "")

    values = ", ".join(enum.values)
    name = f"enum [{values if len(values) <= SHOWN else values[: SHOWN - 1] + '…'}]"
    return Rule(name, holds, why, f"are not in {name}")


def exact(limit: float | None) -> Decimal | None:
    """Returns the decimal that the author wrote, not the nearest binary fraction. Infinity is not a limit."""
    return Decimal(repr(limit)) if limit is not None and isfinite(limit) else None


def _read_or_none(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except ValueError:
        return None


def _length(text: str) -> str:
    return f"has {len(text)} character{'' if len(text) == 1 else 's'}"


def _count(values: Sequence[Any]) -> str:
    return f"has {len(values)} item{'' if len(values) == 1 else 's'}"


def _numbers(text: str) -> tuple[Decimal, ...]:
    return tuple(number(item) for item in items("NUMBER_LIST", text))


_READ: dict[str, Callable[[str], Any]] = {
    "TEXT": str,
    "NUMBER": number,
    "BOOLEAN": boolean,
    "TEXT_LIST": lambda text: items("TEXT_LIST", text),
    "NUMBER_LIST": _numbers,
}
