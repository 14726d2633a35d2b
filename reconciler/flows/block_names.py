"""Names the blocks of a flow for readers: an Identifier that is a word, or the block's title and its first text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from reconciler.flows.action_types import EACH, Path
from reconciler.flows.canonical_form import canonical_order
from reconciler.flows.catalogue import rules_of, title_of
from reconciler.flows.parsing import Flow, FlowAction
from reconciler.model.names import REFERENCE

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ARN = re.compile(r"arn:aws[\w-]*:\S*[:/](?P<last>[^:/\s]+)")
_LONGEST_TEXT = 40
# Parameters that say which of several blocks with one title it is, where the catalogue has no text or reference.
_TELLING = (
    "ComparisonValue",
    "MetricType",
    "ThirdPartyPhoneNumber",
    "TextToSpeechVoice",
    "FlowLoggingBehavior",
    "Result",
)


def block_names(flow: Flow, taken: Mapping[str, str] | None = None) -> dict[str, str]:
    """Returns a unique name for each Identifier. Those in `taken`, the names of another flow, keep their name."""
    taken = taken or {}
    names = {action.identifier: taken[action.identifier] for action in flow.actions if action.identifier in taken}
    used = set(taken.values())
    rest = [action for action in canonical_order(flow) if action.identifier not in names]
    # Words first: an Identifier is the name that the author chose.
    for action in sorted(rest, key=lambda action: not is_word(action.identifier)):
        wanted = action.identifier if is_word(action.identifier) else _described(action)
        name = next(name for name in _candidates(wanted) if name not in used)
        names[action.identifier] = name
        used.add(name)
    return {action.identifier: names[action.identifier] for action in flow.actions}


def is_word(identifier: str) -> bool:
    """Returns whether a person can read an Identifier: it has no UUID in it."""
    return bool(identifier.strip()) and not _UUID.search(identifier)


def _described(action: FlowAction) -> str:
    text = next(_texts(action), "")
    title = title_of(action.type, action.parameters)
    return f'{title} "{text}"' if text else title


def _texts(action: FlowAction) -> Iterator[str]:
    """Yields the texts by which a reader may know a block: what it says, what it refers to, what it tests."""
    rules = rules_of(action.type, action.parameters)
    paths = [rule.path for rule in rules if rule.is_prose] + [rule.path for rule in rules if rule.refers]
    for path in [*paths, *((key,) for key in _TELLING)]:
        for value in values_at(action.parameters, path):
            if isinstance(value, str) and (text := _short(value)):
                yield text


def values_at(value: Any, path: Path) -> Iterator[Any]:
    """Yields the values at a path of the catalogue."""
    for _, item in places_at(value, path):
        yield item


def places_at(value: Any, path: Path) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yields the values at a path of the catalogue, with the steps to each."""
    if not path:
        yield (), value
        return
    if path[0] != EACH:
        keys: list[Any] = [path[0]] if isinstance(value, dict) and path[0] in value else []
    elif isinstance(value, dict):
        keys = list(value)
    else:
        keys = list(range(len(value))) if isinstance(value, list) else []
    for key in keys:
        for steps, item in places_at(value[key], path[1:]):
            yield (key, *steps), item


def _short(text: str) -> str:
    """Returns a text on one line, with names for references and without UUIDs; "" if nothing readable is left."""
    named = REFERENCE.sub(lambda match: match["name"], text)
    if _UUID.fullmatch(named.strip()):
        return ""
    named = _ARN.sub(lambda match: match["last"], named)
    line = " ".join(_UUID.sub("…", named).split())
    if line == "…":
        return ""
    return line if len(line) <= _LONGEST_TEXT else f"{line[: _LONGEST_TEXT - 1].rstrip()}…"


def _candidates(wanted: str) -> Iterator[str]:
    yield wanted
    for number in count(2):
        yield f"{wanted} {number}"
