"""The structural faults of a flow: what AWS refuses whatever the blocks do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from reconciler.flows.parsing import VERSION, Flow, Steps, parse_flow

MOST_ACTIONS = 250
MOST_CHARACTERS = 256_000
LONGEST = 50
FORBIDDEN_CHARACTERS = frozenset("%:(\\/)=$,;[]{}")
_FORBIDDEN_WORDS = frozenset(
    [
        "__proto__",
        "constructor",
        "__defineGetter__",
        "__defineSetter__",
        "toString",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "valueOf",
    ]
)


class FlowFault(NamedTuple):
    """One structural fault. `steps` lead to its place in the content, and `block` is its Identifier or ""."""

    steps: Steps
    block: str
    message: str


def faults(value: Any) -> tuple[FlowFault, ...]:
    """Returns the structural faults of a content, in the order of the text."""
    if not isinstance(value, dict):
        return (FlowFault((), "", "a flow is an object with Version, StartAction and Actions"),)
    return (*_top_faults(value), *_identifier_faults(value), *_target_faults(parse_flow(value)))


def content_length(value: Any) -> int:
    """Returns the number of characters of a content as one line. References count as they are written."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def identifier_fault(identifier: str) -> str:
    """Returns why AWS refuses an Identifier; empty if it takes it."""
    if not identifier:
        return "an Identifier needs at least 1 character"
    if len(identifier) > LONGEST:
        return f"an Identifier has at most {LONGEST} characters, and this one has {len(identifier)}"
    if wrong := sorted(FORBIDDEN_CHARACTERS & set(identifier)):
        return f"an Identifier cannot have {' '.join(wrong)}"
    return "AWS reserves this word" if identifier in _FORBIDDEN_WORDS else ""


def _top_faults(value: dict[str, Any]) -> Iterator[FlowFault]:
    if value.get("Version") != VERSION:
        yield FlowFault(("Version",), "", f'Version must be "{VERSION}"')
    if not isinstance(value.get("StartAction"), str):
        yield FlowFault(("StartAction",), "", "StartAction must be the Identifier of an action")
    if not isinstance(value.get("Actions"), list):
        yield FlowFault(("Actions",), "", "Actions must be a list")
    elif len(value["Actions"]) > MOST_ACTIONS:
        message = f"a flow has at most {MOST_ACTIONS} actions, and this one has {len(value['Actions'])}"
        yield FlowFault(("Actions",), "", message)
    if (length := content_length(value)) > MOST_CHARACTERS:
        yield FlowFault((), "", f"a content has at most {MOST_CHARACTERS:,} characters, and this one has {length:,}")


def _identifier_faults(value: dict[str, Any]) -> Iterator[FlowFault]:
    listed = value.get("Actions")
    first: dict[str, int] = {}
    for at, action in enumerate(listed if isinstance(listed, list) else []):
        if not isinstance(action, dict):
            yield FlowFault(("Actions", at), "", "an action must be an object")
            continue
        name, steps = action.get("Identifier"), ("Actions", at, "Identifier")
        if not isinstance(name, str):
            yield FlowFault(steps, "", "an action needs an Identifier")
            continue
        if message := identifier_fault(name):
            yield FlowFault(steps, name, message)
        if name in first:
            yield FlowFault(steps, name, f'"{name}" is the Identifier of Actions[{first[name]}] already')
        first.setdefault(name, at)
        if not isinstance(action.get("Type"), str):
            yield FlowFault(("Actions", at, "Type"), name, "an action needs a Type")


def _target_faults(flow: Flow) -> Iterator[FlowFault]:
    if not flow.is_graph:
        return
    if flow.start is not None and flow.start not in flow.by_identifier:
        yield FlowFault(("StartAction",), "", f'StartAction names "{flow.start}", and no action has that Identifier')
    for action in flow.actions:
        for branch in action.branches:
            if branch.target not in flow.by_identifier:
                message = f'{branch.label} leads to "{branch.target}", and no action has that Identifier'
                yield FlowFault(branch.steps, action.identifier, message)
