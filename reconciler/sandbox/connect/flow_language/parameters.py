"""The first pass, of parameters: names, forms, values and exclusive ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.sandbox.connect.flow_language.actions import CHOICES, NUMBERS, RANGES, SYNCHRONOUS_SECONDS
from reconciler.sandbox.connect.flow_language.document import Action
from reconciler.sandbox.connect.flow_language.grammar import Form, Parameter, Variant
from reconciler.sandbox.connect.flow_language.references import is_dynamic

PYTHON = {Form.TEXT: str, Form.OBJECT: dict, Form.LIST: list}
VALUE = "Invalid Action property value. Path: "


def parameter_problems(action: Action, form: Variant) -> Iterator[str]:
    path = f"{action.path}.Parameters"
    for name in action.parameters:
        if name not in form.parameters:
            yield f"Invalid Action property name. Path: {path}.{name}"
    for parameter in form.parameters.values():
        if parameter.name in action.parameters:
            yield from _value_problems(action, parameter)
        elif parameter.is_required:
            yield f"Action is missing required property. Path: {path}.{parameter.name}"
    yield from _exclusive_problems(action, form)


def wrong_type(action: Action) -> str:
    return f"Invalid Action type. Type: {action.type}, Path: {action.path}.Type"


def _value_problems(action: Action, parameter: Parameter) -> Iterator[str]:
    value = action.parameters[parameter.name]
    path = f"{action.path}.Parameters.{parameter.name}"
    key = (action.type, parameter.name)
    if key in NUMBERS and type(value) is int:
        value = str(value)
    if parameter.form is not Form.ANY and not isinstance(value, PYTHON[parameter.form]):
        # The message for a boolean in place of a text misleads [seen]; for other forms it is inferred.
        yield wrong_type(action)
    elif parameter.form is not Form.ANY and _has_bare_scalar(value):
        yield wrong_type(action)
    elif is_dynamic(value):
        if parameter.is_static:
            yield f"{VALUE}{path}"
    elif value != "" and (parameter.is_dynamic or not _is_in_limits(action, key, value)):
        yield f"{VALUE}{path}"


def _has_bare_scalar(value: Any) -> bool:
    """Returns whether a scalar in a value is not a text."""
    match value:
        case dict():
            return any(_has_bare_scalar(item) for item in value.values())
        case list():
            return any(_has_bare_scalar(item) for item in value)
        case str():
            return False
    return True


def _is_in_limits(action: Action, key: tuple[str, str], value: Any) -> bool:
    if key in CHOICES:
        return value in CHOICES[key]
    if key not in RANGES:
        return True
    low, high = RANGES[key]
    if key[0] == "InvokeLambdaFunction" and action.parameters.get("InvocationType") != "ASYNCHRONOUS":
        high = SYNCHRONOUS_SECONDS
    return isinstance(value, str) and value.isdecimal() and low <= int(value) <= high


def _exclusive_problems(action: Action, form: Variant) -> Iterator[str]:
    for group in (form.one_of, form.most_one_of):
        given = [name for name in group if name in action.parameters]
        if len(given) > 1:
            yield f"Only one of these properties may be defined. Properties: [{', '.join(given)}]"
    for group in (form.one_of, form.some_of):
        if group and not any(name in action.parameters for name in group):
            properties = ", ".join(f"Parameters.{name}" for name in group)
            yield f"At least one of the following properties must be set. Properties: [{properties}]"
    objects = [name for name in form.one_object if name in action.parameters]
    if form.one_object and len(objects) != 1:
        yield f"{VALUE}{action.path}.Parameters"
