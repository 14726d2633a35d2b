"""The normal form of values in a flow: equal exactly if AWS reads them alike. Nothing inside Parameters is dropped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from reconciler.flows.action_types import EACH, ParameterRule, Path
from reconciler.flows.catalogue import NUMBER_OPERANDS, rules_of
from reconciler.model.names import Linked

# The kinds of resources that AWS finds by id and by ARN alike.
_BY_ID_OR_ARN = frozenset({"queue", "agent", "flow", "module", "prompt", "hours", "data-table"})
_REFERENCE_TO_ID = re.compile(r"(?P<before>\$\{[A-Z]\w*/[^{}]+)\.id\}(?P<qualifier>(?::[^{}]*)?)")


def with_texts(type: Any, parameters: Any) -> Any:
    """Returns parameters whose JSON numbers and booleans are texts, at the places where AWS wants texts."""
    for rule in rules_of(type, parameters):
        if rule.is_number or rule.is_boolean:
            parameters = changed_at(parameters, rule.path, _as_text_of(rule))
    return parameters


def normal_parameters(type: Any, parameters: Any) -> Any:
    """Returns parameters in their normal form: texts for numbers and booleans, sorted sets, and ARNs for ids."""
    parameters = with_texts(type, parameters)
    for rule in rules_of(type, parameters):
        if rule.is_set:
            parameters = changed_at(parameters, rule.path, _sorted)
        if rule.refers in _BY_ID_OR_ARN:
            parameters = changed_at(parameters, rule.path, _by_arn)
    return parameters


def normal_condition(type: Any, condition: Any) -> Any:
    """Returns a condition whose operands are texts, where AWS takes numbers as well."""
    if not isinstance(type, str) or type not in NUMBER_OPERANDS:
        return condition
    return changed_at(condition, ("Operands", EACH), number_text)


def changed_at(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """Returns the value with what stands at a path changed. A value without that path stays as it is."""
    if not path:
        return change(value)
    match value, path[0]:
        case list(), step if step == EACH:
            return [changed_at(item, path[1:], change) for item in value]
        case dict(), step if step == EACH:
            return {key: changed_at(item, path[1:], change) for key, item in value.items()}
        case dict(), step if step in value:
            return {**value, step: changed_at(value[step], path[1:], change)}
        case _:
            return value


def number_text(value: Any) -> Any:
    """Returns a whole JSON number as a text. Other values stay: " 8" and "08" are not "8"."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def key_text(value: Any) -> str:
    """Returns a text that two values share exactly if they are equal as JSON. References differ from plain texts."""
    return json.dumps(_tagged(value), sort_keys=True, separators=(",", ":"))


def _by_arn(value: Any) -> Any:
    """Returns a reference to an id as one to the ARN. A qualifier behind it stays."""
    match = _REFERENCE_TO_ID.fullmatch(value) if isinstance(value, Linked) else None
    return Linked(f"{match['before']}.arn}}{match['qualifier']}") if match else value


def _as_text_of(rule: ParameterRule) -> Callable[[Any], Any]:
    if rule.is_number:
        return number_text
    return _lower_boolean_text if rule.is_lower_boolean else _boolean_text


def _boolean_text(value: Any) -> Any:
    return str(value) if isinstance(value, bool) else value


def _lower_boolean_text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _sorted(value: Any) -> Any:
    return sorted(value, key=key_text) if isinstance(value, list) else value


def _tagged(value: Any) -> Any:
    match value:
        case str():
            return f"{'r' if isinstance(value, Linked) else 't'}{value}"
        case dict():
            return {_tagged(key): _tagged(item) for key, item in value.items()}
        case list() | tuple():
            return [_tagged(item) for item in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value
