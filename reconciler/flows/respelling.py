"""Writes a flow in the spelling of a known one: its Identifiers, order and Metadata. The meaning stays.

A difference between the two is then as small as the change. A flow whose blocks only have other Identifiers becomes the
known one; `renames` lists them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from reconciler.flows.canonical_form import meaning_of
from reconciler.flows.normal import key_text, normal_parameters
from reconciler.flows.pairing import pairs
from reconciler.flows.parsing import Flow, FlowAction, parse_flow, with_changed_targets
from reconciler.model.meaning import JSON

LONGEST_IDENTIFIER = 50


def respelled_flow(value: Any, known: Any) -> Any:
    """Returns the content in the spelling of a known one."""
    if meaning_of(value) == meaning_of(known):
        return known
    new, old = parse_flow(value), parse_flow(known)
    if not new.is_graph or not old.is_graph:
        return JSON.respelled(value, known)
    old_of = pairs(old, new)
    names = _names(new, old_of)
    if _catches_loose_target(new, names):
        return value
    actions = {}
    for action in new.actions:
        action_known = old.by_identifier.get(old_of.get(action.identifier, ""))
        renamed = with_targets(action, names)
        actions[names[action.identifier]] = _spelled(renamed, action_known) if action_known else renamed
    places = {action.identifier: place for place, action in enumerate(old.actions)}
    ordered = sorted(actions, key=lambda name: places.get(name, len(places)))
    start = {"StartAction": names.get(new.start, new.start)} if new.start is not None else {}
    top = {**value, **start, "Actions": [actions[name] for name in ordered]}
    return _like_keys(_with_metadata(top, _metadata(new, old, names)), known)


def with_targets(action: FlowAction, names: Mapping[str, str]) -> dict[str, Any]:
    """Returns an action with other Identifiers for itself and its targets."""
    raw = {**action.raw, "Identifier": names.get(action.identifier, action.identifier)}
    if "Transitions" in raw:
        raw["Transitions"] = with_changed_targets(raw["Transitions"], lambda target: _renamed(target, names))
    return raw


def _renamed(target: Any, names: Mapping[str, str]) -> Any:
    return names.get(target, target) if isinstance(target, str) else target


def free_name(wanted: str, taken: Mapping[str, Any] | set[str]) -> str:
    """Returns an Identifier that is not taken: the wanted one, or one with a number."""
    name = wanted
    for number in count(2):
        if name not in taken:
            break
        ending = f" {number}"
        name = wanted[: LONGEST_IDENTIFIER - len(ending)] + ending
    return name


def _names(new: Flow, old_of: Mapping[str, str]) -> dict[str, str]:
    """Returns the Identifier of each action in the respelled flow."""
    names, taken = dict(old_of), set(old_of.values())
    for action in new.actions:
        if action.identifier not in names:
            names[action.identifier] = free_name(action.identifier, taken)
            taken.add(names[action.identifier])
    return names


def _catches_loose_target(new: Flow, names: Mapping[str, str]) -> bool:
    """Returns whether a target that no action has would lead to an action under its other Identifier."""
    taken = set(names.values())
    targets = [branch.target for action in new.actions for branch in action.branches]
    return any(target in taken and target not in names for target in [*targets, new.start])


def _spelled(new: dict[str, Any], known: FlowAction) -> dict[str, Any]:
    """Returns an action in the spelling of the known one that it pairs with."""
    spelled = {**new}
    spelled |= _or_absent("Parameters", _spelled_parameters(new, known), {}, known.raw)
    transitions = new.get("Transitions", {})
    if isinstance(transitions, dict):
        spelled |= _or_absent("Transitions", _spelled_transitions(transitions, known), {}, known.raw)
    kept = {key: item for key, item in spelled.items() if item is not _ABSENT}
    return _like_keys(kept, known.raw)


def _spelled_parameters(new: dict[str, Any], known: FlowAction) -> Any:
    """Returns the parameters, and those of equal meaning as the known action writes them."""
    parameters, old = new.get("Parameters", {}), known.parameters
    if not isinstance(parameters, dict) or not isinstance(old, dict):
        return parameters
    normal, normal_old = (normal_parameters(new.get("Type"), side) for side in (parameters, old))
    spelled = {}
    for key, item in parameters.items():
        is_equal = key in old and key_text(normal[key]) == key_text(normal_old[key])
        spelled[key] = old[key] if is_equal else JSON.respelled(item, old.get(key))
    return _like_keys(spelled, old)


def _spelled_transitions(transitions: dict[str, Any], known: FlowAction) -> Any:
    raw = known.raw.get("Transitions", {})
    if not isinstance(raw, dict):
        return transitions
    spelled = {**transitions}
    for key in ("Conditions", "Errors"):
        items, old = transitions.get(key, []), raw.get(key, [])
        if isinstance(items, list) and isinstance(old, list):
            has_order = key == "Conditions" and _order_matters(transitions, known.raw)
            spelled |= _or_absent(key, JSON.respelled(items if has_order else _in_order_of(items, old), old), [], raw)
    return _like_keys({key: item for key, item in spelled.items() if item is not _ABSENT}, raw)


def _order_matters(transitions: dict[str, Any], raw: Mapping[str, Any]) -> bool:
    return FlowAction("", 0, {**raw, "Transitions": transitions}).conditions_have_order


def _in_order_of(items: list[Any], known: list[Any]) -> list[Any]:
    """Returns the items in the order of the known ones with the same condition or error; new ones follow."""
    places: dict[str, int] = {}
    for place, item in enumerate(known):
        places.setdefault(_label(item), place)
    return sorted(items, key=lambda item: places.get(_label(item), len(known)))


def _label(item: Any) -> str:
    return key_text({**item, "NextAction": ""} if isinstance(item, dict) else item)


class _Absent:
    """The mark of a key that is left out."""


_ABSENT = _Absent()


def _or_absent(key: str, item: Any, empty: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the key with its value; an empty value is absent or there as in the known object."""
    return {key: item if item != empty or key in known else _ABSENT}


def _like_keys(new: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the object with its keys in the order of the known one."""
    kept = {key: new[key] for key in known if key in new}
    return kept | {key: item for key, item in new.items() if key not in kept}


# Metadata.


def _with_metadata(value: dict[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
    return {**value, "Metadata": metadata} if metadata else {key: value[key] for key in value if key != "Metadata"}


def _metadata(new: Flow, old: Flow, names: Mapping[str, str]) -> dict[str, Any]:
    """Returns the known Metadata, with entries for the actions of the new flow."""
    entries = dict(_entries(new, old, names))
    rest = old.metadata or new.metadata
    has_entries = "ActionMetadata" in old.metadata or "ActionMetadata" in new.metadata
    return {**rest, "ActionMetadata": entries} if has_entries or entries else dict(rest)


def _entries(new: Flow, old: Flow, names: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    own, known = _action_metadata(new), _action_metadata(old)
    for action in new.actions:
        name = names[action.identifier]
        before = old.by_identifier.get(name)
        if before and name in known:
            yield name, _without_stale(known[name], action, before)
        elif action.identifier in own:
            yield name, own[action.identifier]


def _without_stale(entry: Any, action: FlowAction, before: FlowAction) -> Any:
    """Returns an action's known Metadata without the cached names of parameters that changed."""
    names = entry.get("parameters") if isinstance(entry, dict) else None
    new, old = action.parameters, before.parameters
    if not isinstance(names, dict) or not isinstance(new, dict) or not isinstance(old, dict):
        return entry
    kept = {key: item for key, item in names.items() if key_text(new.get(key)) == key_text(old.get(key))}
    return entry if len(kept) == len(names) else {**entry, "parameters": kept}


def _action_metadata(flow: Flow) -> dict[str, Any]:
    entries = flow.metadata.get("ActionMetadata")
    return entries if isinstance(entries, dict) else {}
