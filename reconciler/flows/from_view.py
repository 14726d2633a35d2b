"""Builds a flow's content from its view. Metadata comes from a base, for the blocks that are still there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.flows.block_names import block_names
from reconciler.flows.parsing import IF, ON_ERROR, THEN, parse_flow, with_changed_targets
from reconciler.flows.respelling import LONGEST_IDENTIFIER, free_name
from reconciler.flows.structure import FORBIDDEN_CHARACTERS
from reconciler.flows.view import CONTENT, IN_ORDER, OTHER, TRANSITIONS, TYPE, View, parameters_of


def from_view(view: View, base: Any) -> Any:
    """Returns the content that a view shows. Blocks of the base keep their Identifiers, places and Metadata."""
    flow = parse_flow(base)
    if CONTENT in view:
        has_metadata = isinstance(view[CONTENT], dict) and isinstance(base, dict) and "Metadata" in base
        return {**view[CONTENT], "Metadata": base["Metadata"]} if has_metadata else view[CONTENT]
    known = {name: identifier for identifier, name in block_names(flow).items()}
    blocks = view.get("blocks", {})
    identifiers = _identifiers(blocks, known)
    value: dict[str, Any] = {"Version": view["version"]} if "version" in view else {}
    if "start" in view:
        value["StartAction"] = _identifier(view["start"], identifiers)
    value |= view.get(OTHER, {})
    if "Metadata" in (base if isinstance(base, dict) else {}):
        value["Metadata"] = _kept_metadata(base["Metadata"], set(identifiers.values()))
    ordered = [name for name in known if name in blocks] + [name for name in blocks if name not in known]
    return {**value, "Actions": [_action(blocks[name], identifiers[name], identifiers) for name in ordered]}


def _identifiers(blocks: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    """Returns the Identifier of each block: that of the base, or a new one made of its name."""
    identifiers = {name: known[name] for name in blocks if name in known}
    taken = set(identifiers.values())
    for name in blocks:
        if name not in identifiers:
            legal = "".join(" " if char in FORBIDDEN_CHARACTERS else char for char in name)
            wanted = " ".join(legal.split())[:LONGEST_IDENTIFIER].strip() or "Block"
            identifiers[name] = free_name(name if wanted == name else wanted, taken)
            taken.add(identifiers[name])
    return identifiers


def _identifier(target: Any, identifiers: Mapping[str, str]) -> Any:
    match target:
        case {"no block": missing}:
            return missing
        case str():
            return identifiers.get(target, target)
        case _:
            return target


def _action(block: Mapping[str, Any], identifier: str, identifiers: Mapping[str, str]) -> dict[str, Any]:
    conditions, errors = dict[str, Any](), dict[str, Any]()
    for key, item in block.items():
        if key.startswith(f"{IF} "):
            conditions[key.removeprefix(f"{IF} ")] = item
        elif key.startswith(f"{ON_ERROR} "):
            errors[key.removeprefix(f"{ON_ERROR} ")] = item
    action: dict[str, Any] = {"Identifier": identifier}
    if TYPE in block:
        action["Type"] = block[TYPE]
    action["Parameters"] = parameters_of(block)
    if TRANSITIONS in block:
        transitions = with_changed_targets(block[TRANSITIONS], lambda target: _identifier(target, identifiers))
        return {**action, "Transitions": transitions, **block.get(OTHER, {})}
    transitions = {"NextAction": _identifier(block[THEN], identifiers)} if THEN in block else {}
    order = [word for word in block.get(IN_ORDER, []) if word in conditions]
    for word in dict.fromkeys([*order, *conditions]):
        target = _identifier(conditions[word], identifiers)
        operator, _, operand = word.partition(" ")
        condition = {"Operator": operator, "Operands": [operand]}
        transitions.setdefault("Conditions", []).append({"NextAction": target, "Condition": condition})
    for word, target in errors.items():
        error = {"NextAction": _identifier(target, identifiers), "ErrorType": word}
        transitions.setdefault("Errors", []).append(error)
    return {**action, "Transitions": transitions, **block.get(OTHER, {})}


def _kept_metadata(metadata: Any, identifiers: set[str]) -> Any:
    """Returns the Metadata without entries of blocks that are gone."""
    entries = metadata.get("ActionMetadata") if isinstance(metadata, dict) else None
    if not isinstance(entries, dict):
        return metadata
    return {**metadata, "ActionMetadata": {key: item for key, item in entries.items() if key in identifiers}}
