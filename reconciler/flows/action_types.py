"""The words of the catalogue: what a table of action types says about each one, and how its rows are written.

A row writes its parameters as one text, `"QueueId* @queue, Text ~text"`: a path, then marks.

    `A.B`     a parameter inside another         `A[]`     every item of a list, or every value of a map
    `*`       required                           `!`       takes no JSONPath
    `#`       a number as text                   `?`       "True" or "False", as text
    `&`       a list whose order means nothing   `?-`      "true" or "false", as text
    `@kind`   refers to a resource of that kind  `"`       text that a person hears or reads

Errors are words. Errors in brackets may be left out; AWS refuses an action without one of the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

EACH = "[]"  # the step of a path that stands for every item of a list, or every value of a map
Path = tuple[str, ...]

NO_MATCHING_ERROR, NO_MATCHING_CONDITION = "NoMatchingError", "NoMatchingCondition"
_SHORT = {"NME": NO_MATCHING_ERROR, "NMC": NO_MATCHING_CONDITION}

_INBOUND = ("CONTACT_FLOW",)
_WHISPERS = ("AGENT_WHISPER", "CUSTOMER_WHISPER", "OUTBOUND_WHISPER")
_HOLDS = ("AGENT_HOLD", "CUSTOMER_HOLD")
_TRANSFERS = ("AGENT_TRANSFER", "QUEUE_TRANSFER")
_QUEUE, _CAMPAIGN = ("CUSTOMER_QUEUE",), ("CAMPAIGN",)
FLOW_TYPES = (*_INBOUND, *_QUEUE, *_HOLDS, *_WHISPERS, *_TRANSFERS, *_CAMPAIGN)
_WHERE: Mapping[str, Sequence[str]] = {
    "inbound": _INBOUND,
    "queue": _QUEUE,
    "holds": _HOLDS,
    "whispers": _WHISPERS,
    "outbound": ("OUTBOUND_WHISPER",),
    "transfers": _TRANSFERS,
    "campaign": _CAMPAIGN,
}
_PARAMETER = re.compile(r'(?P<path>[\w.\[\]]+)(?P<marks>[*!#?&"-]*)(?: @(?P<refers>[\w-]+))?')


@dataclass(frozen=True)
class ParameterRule:
    """The rule of one parameter. `refers` is the kind of resource that it names, or ""."""

    path: Path
    marks: str
    refers: str = ""

    @property
    def is_required(self) -> bool:
        return "*" in self.marks

    @property
    def is_static(self) -> bool:
        return "!" in self.marks

    @property
    def is_number(self) -> bool:
        return "#" in self.marks

    @property
    def is_boolean(self) -> bool:
        return "?" in self.marks

    @property
    def is_lower_boolean(self) -> bool:
        return "?-" in self.marks

    @property
    def is_set(self) -> bool:
        return "&" in self.marks

    @property
    def is_prose(self) -> bool:
        return '"' in self.marks


@dataclass(frozen=True)
class ActionType:
    """One type of action, or one variant of it.

    `operands` are the sets of condition operands that AWS takes; without sets, any are taken if `has_conditions`.
    `known_operands` are offered, and not all required. `flow_types` is empty for a type that modules alone have.
    """

    name: str
    title: str
    parameters: tuple[ParameterRule, ...] = ()
    required_errors: tuple[str, ...] = ()
    optional_errors: tuple[str, ...] = ()
    has_conditions: bool = False
    operands: tuple[frozenset[str], ...] = ()
    known_operands: frozenset[str] = frozenset()
    flow_types: frozenset[str] = frozenset(FLOW_TYPES)
    channels: str = ""  # "voice" or "chat"; empty if there is no restriction
    is_end: bool = False
    needs_next: bool = True
    takes_other_parameters: bool = False
    is_silent: bool = True  # nothing in it makes a contact wait: no prompt, no input, no queue, no counting loop
    variants: tuple[Variant, ...] = ()

    @property
    def errors(self) -> frozenset[str]:
        return frozenset((*self.required_errors, *self.optional_errors))

    def references(self) -> tuple[ParameterRule, ...]:
        return tuple(rule for rule in self.parameters if rule.refers)

    def of(self, parameters: Any) -> ActionType:
        """Returns the variant that these parameters choose, or the type itself."""
        if not isinstance(parameters, dict):
            return self
        for variant in self.variants:
            if variant.parameter in parameters and variant.value in (None, str(parameters[variant.parameter])):
                return variant.type
        return self


@dataclass(frozen=True)
class Variant:
    """A form of an action type that one parameter chooses. Without `value`, the parameter has only to be there."""

    parameter: str
    value: str | None
    type: ActionType = field(compare=False)


def action(
    name: str, title: str, parameters: str = "", *, errors: str = "", where: str = "", **more: Any
) -> ActionType:
    """Returns a row of the catalogue. `where` lists groups of flow types; empty means every type."""
    required, optional = _errors(errors)
    return ActionType(
        name,
        title,
        parameters=parameter_rules(parameters),
        required_errors=required,
        optional_errors=optional,
        flow_types=_flow_types(where),
        **more,
    )


def end(name: str, title: str, parameters: str = "", *, where: str = "", **more: Any) -> ActionType:
    """Returns the row of an action after which nothing follows."""
    return action(name, title, parameters, where=where, is_end=True, needs_next=False, **more)


def variant_of(base: ActionType, parameter: str, value: str | None, **changed: Any) -> ActionType:
    """Returns the base with one more variant, which has the base's rules where none are `changed`."""
    parameters, errors = changed.pop("parameters", None), changed.pop("errors", None)
    if parameters is not None:
        changed["parameters"] = parameter_rules(parameters)
    if errors is not None:
        changed["required_errors"], changed["optional_errors"] = _errors(errors)
    chosen = replace(base, variants=(), **changed)
    return replace(base, variants=(*base.variants, Variant(parameter, value, chosen)))


def parameter_rules(text: str) -> tuple[ParameterRule, ...]:
    rules = []
    for written in filter(None, text.replace("\n", " ").split(",")):
        match = _PARAMETER.fullmatch(written.strip())
        if not match:
            raise ValueError(f"the catalogue has no valid parameter {written.strip()!r}")
        path = tuple(match["path"].replace(EACH, f".{EACH}").split("."))
        rules.append(ParameterRule(path, match["marks"], match["refers"] or ""))
    return tuple(rules)


def operand_sets(*texts: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(text.split()) for text in texts)


def _errors(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before, _, after = text.partition("(")
    required = tuple(_SHORT.get(word, word) for word in before.split())
    optional = tuple(_SHORT.get(word, word) for word in after.removesuffix(")").split())
    return required, optional


def _flow_types(where: str) -> frozenset[str]:
    if not where:
        return frozenset(FLOW_TYPES)
    if where == "modules":
        return frozenset()
    if where.startswith("not "):
        return frozenset(FLOW_TYPES) - frozenset(_WHERE[where.removeprefix("not ")])
    return frozenset(kind for word in where.split() for kind in _WHERE[word])
