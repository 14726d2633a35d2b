"""The second pass: rules of the old blocks to which the service translates actions. Only valid actions come here.

Words such as `N.Evaluate` are those of the old format. That the service translates is inferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.sandbox.connect.flow_language.actions import form_of
from reconciler.sandbox.connect.flow_language.document import Action, Flow
from reconciler.sandbox.connect.flow_language.grammar import Form

MOST_TAGS = 6


def block_problems(flow: Flow) -> Iterator[str]:
    for action in flow.actions:
        if "" in (action.parameters.get("Attributes") or {}).values():
            yield "Empty value in Parameters.Attributes"
        if _has_empty_value(action):
            yield f"Invalid Action property value. Path: {action.place}.Parameter"
        if any(condition.kind == "" for condition in action.conditions):
            yield f"Invalid branch. Path: {action.place}.Evaluate"
        if len(action.parameters.get("Tags") or ()) > MOST_TAGS:
            yield f"More than {MOST_TAGS} tags in Parameters.Tags"


def _has_empty_value(action: Action) -> bool:
    """Returns whether a text of an action is empty. Data of views and modules may hold empty ones [seen]."""
    form = form_of(action.type, action.parameters)
    if form is None:
        return False
    for name, value in action.parameters.items():
        is_checked = name != "Attributes" and name in form.parameters and form.parameters[name].form is not Form.ANY
        if is_checked and _has_empty(value):
            return True
    return False


def _has_empty(value: Any) -> bool:
    match value:
        case dict():
            return any(_has_empty(item) for item in value.values())
        case list():
            return any(_has_empty(item) for item in value)
    return bool(value == "")
