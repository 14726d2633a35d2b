"""The form of a flow in a file: every save of one flow gives the same bytes, so that git shows what changed.

Actions stand in canonical order, and keys, errors and Metadata in a fixed one. Nothing is dropped. Positions are whole
numbers. Two spaces indent, and a line ends the file. A plain text that looks like a reference has `$\\u007b` in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from reconciler.flows.canonical_form import canonical_order
from reconciler.flows.normal import key_text, normal_condition, with_texts
from reconciler.flows.parsing import ACTION_KEYS, FlowAction, parse_flow
from reconciler.model.names import LIKE_REFERENCE, Linked

_TOP = ("Version", "StartAction", "Settings", "Metadata", "Actions")
_NUL_IN_JSON = r"\u0000"
_TRANSITIONS = ("NextAction", "Conditions", "Errors")


def file_text(value: Any) -> str:
    """Returns a content as the text of a file. Reading it back gives a content of the same meaning and Metadata."""
    formed = file_form(value)
    text = json.dumps(formed, ensure_ascii=False, indent=2) + "\n"
    # More NULs than the text has mark a plain text that looks like a reference, until it gets its escape.
    marks = next(number for number in count(1) if _NUL_IN_JSON * number not in text)
    marked = json.dumps(_marked(formed, "\0" * marks), ensure_ascii=False, indent=2) + "\n"
    return marked.replace(_NUL_IN_JSON * marks, r"\u007b")


def file_form(value: Any) -> Any:
    """Returns a content in the order that a file has. A content that is not a graph keeps its order."""
    flow = parse_flow(value)
    if not flow.is_graph:
        return value
    ordered = canonical_order(flow)
    formed = {**value, "Actions": [_action(action) for action in ordered]}
    if "Metadata" in value:
        formed["Metadata"] = _metadata(value["Metadata"], [action.identifier for action in ordered])
    return _in_order(formed, _TOP)


def _marked(value: Any, mark: str) -> Any:
    match value:
        case Linked():
            return str(value)
        case str():
            return LIKE_REFERENCE.sub(lambda match: match[0].replace("{", mark), value)
        case dict():
            return {_marked(key, mark): _marked(item, mark) for key, item in value.items()}
        case list():
            return [_marked(item, mark) for item in value]
        case _:
            return value


def with_texts_everywhere(value: Any) -> Any:
    """Returns a content with texts where AWS wants texts and its author wrote JSON numbers or booleans."""
    flow = parse_flow(value)
    return {**value, "Actions": [_with_texts(action) for action in flow.actions]} if flow.is_graph else value


def _with_texts(action: FlowAction) -> dict[str, Any]:
    raw = dict(action.raw)
    if "Parameters" in raw:
        raw["Parameters"] = with_texts(action.type, raw["Parameters"])
    transitions = raw.get("Transitions")
    if isinstance(transitions, dict) and isinstance(transitions.get("Conditions"), list):
        conditions = [_with_text_operands(action.type, item) for item in transitions["Conditions"]]
        raw["Transitions"] = {**transitions, "Conditions": conditions}
    return raw


def _with_text_operands(type: Any, item: Any) -> Any:
    has_condition = isinstance(item, dict) and "Condition" in item
    return {**item, "Condition": normal_condition(type, item["Condition"])} if has_condition else item


def _action(action: FlowAction) -> dict[str, Any]:
    formed = dict(action.raw)
    transitions = formed.get("Transitions")
    if isinstance(transitions, dict):
        errors = transitions.get("Errors")
        if isinstance(errors, list):
            transitions = {**transitions, "Errors": sorted(errors, key=_error_key)}
        formed["Transitions"] = _in_order(transitions, _TRANSITIONS)
    return _in_order(formed, ACTION_KEYS)


def _error_key(error: Any) -> str:
    return key_text({**error, "NextAction": ""} if isinstance(error, dict) else error)


def _in_order(value: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """Returns an object with the known keys first, in their order, and the others behind them by name."""
    rest = sorted(key for key in value if key not in keys)
    return {key: value[key] for key in (*keys, *rest) if key in value}


def _metadata(metadata: Any, identifiers: Sequence[str]) -> Any:
    entries = metadata.get("ActionMetadata") if isinstance(metadata, dict) else None
    formed = metadata
    if isinstance(entries, dict):
        formed = {**metadata, "ActionMetadata": _in_order(entries, identifiers)}
    return _with_whole_positions(formed)


def _with_whole_positions(value: Any) -> Any:
    match value:
        case {"x": float() as across, "y": _} | {"x": _, "y": float() as across} if (
            len(value) == 2 and across == across
        ):
            return {key: round(item) if isinstance(item, float) else item for key, item in value.items()}
        case dict():
            return {key: _with_whole_positions(item) for key, item in value.items()}
        case list():
            return [_with_whole_positions(item) for item in value]
        case _:
            return value
