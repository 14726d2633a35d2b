"""The shape of the table of action types, and the short form in which the table is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any

TOKEN = re.compile(r"(?P<name>\w+)(?P<form>\{\}|\[\]|\?)?(?P<marks>[*!~]*)")


class Form(Enum):
    """The JSON form of a parameter. AWS writes every scalar as a text."""

    TEXT = None
    OBJECT = "{}"
    LIST = "[]"
    ANY = "?"


@dataclass(frozen=True)
class Parameter:
    """`is_static`: no JSONPath is accepted. `is_dynamic`: only a JSONPath is."""

    name: str
    form: Form
    is_required: bool
    is_static: bool
    is_dynamic: bool


@dataclass(frozen=True)
class Conditions:
    """The conditions of an action.

    operators   the operators that are accepted; none for an action without conditions
    operands    the operands that are accepted; empty for every one
    is_whole    each operand must be there, and no other
    least       the smallest number of conditions
    """

    operators: tuple[str, ...] = ()
    operands: tuple[str, ...] = ()
    is_whole: bool = False
    least: int = 0


@dataclass(frozen=True)
class Variant:
    """One form of an action type.

    errors        error types, with whether each is required
    one_of        exactly one of these parameters must be there
    most_one_of   at most one of these may be
    one_object    the same as `one_of`, with another message
    some_of       at least one of these must be there
    when          a parameter and a pattern of its text that select this form
    is_end        the action has no transitions
    needs_next    NextAction is required
    """

    parameters: dict[str, Parameter]
    errors: dict[str, bool]
    conditions: Conditions
    one_of: tuple[str, ...] = ()
    most_one_of: tuple[str, ...] = ()
    one_object: tuple[str, ...] = ()
    some_of: tuple[str, ...] = ()
    when: tuple[str, str] = ("", "")
    is_end: bool = False
    needs_next: bool = True

    def is_selected_by(self, parameters: dict[str, Any]) -> bool:
        """Returns whether an action with these parameters has this form. The pattern "*" asks for the name alone."""
        name, pattern = self.when
        if not name:
            return True
        value = parameters.get(name)
        return name in parameters and (pattern == "*" or (isinstance(value, str) and fnmatchcase(value, pattern)))


NO_CONDITIONS = Conditions()
EQUALS = ("Equals",)
OPERATORS = (
    *("Equals", "TextStartsWith", "TextEndsWith", "TextContains"),
    *("NumberGreaterThan", "NumberGreaterOrEqualTo", "NumberLessThan", "NumberLessOrEqualTo"),
    "KeyExists",
)
NUMERIC = tuple(name for name in OPERATORS if name.startswith("Number"))


def variant(parameters: str = "", errors: str = "", conditions: Conditions = NO_CONDITIONS, **more: Any) -> Variant:
    """Returns a form from its short form: `Name* Other{} Third[]!` and `Required* Permitted`."""
    read = [_parameter(token) for token in parameters.split()]
    named = {token.rstrip("*"): token.endswith("*") for token in errors.split()}
    return Variant({parameter.name: parameter for parameter in read}, named, conditions, **more)


def end(parameters: str = "") -> Variant:
    """Returns the form of an action that ends the flow."""
    return variant(parameters, is_end=True, needs_next=False)


def equals(*operands: str, whole: bool = False, least: int = 0) -> Conditions:
    """Returns conditions that compare for equality."""
    return Conditions(EQUALS, operands, whole, len(operands) if whole else least)


def _parameter(token: str) -> Parameter:
    read = TOKEN.fullmatch(token)
    if read is None:
        raise ValueError(token)
    marks = read["marks"]
    return Parameter(read["name"], Form(read["form"]), "*" in marks, "!" in marks, "~" in marks)
