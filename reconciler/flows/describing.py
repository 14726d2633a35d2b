"""Differences of two flows in words, one line each: texts first, then branches, then the rest. No text is cut.

Every difference in meaning has a line. Changes of recording, streaming, logging or encryption begin with `privacy:`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from reconciler.flows.block_names import is_word
from reconciler.flows.catalogue import rules_of, title_of
from reconciler.flows.pairing import renames
from reconciler.flows.parsing import IF, ON_ERROR, THEN, parse_flow
from reconciler.flows.value_changes import ABSENT, ValueChange, changes, differ, value_text
from reconciler.flows.view import CONTENT, IN_ORDER, NO_BLOCK, OTHER, TRANSITIONS, TYPE, View, parameters_of, views

_PRIVACY_TYPES = frozenset(
    {
        "UpdateContactRecordingBehavior",
        "UpdateContactRecordingAndAnalyticsBehavior",
        "UpdateContactMediaStreamingBehavior",
        "UpdateFlowLoggingBehavior",
    }
)
_PRIVACY_PARAMETERS = frozenset({"InputEncryption", "SensitiveDataConfiguration"})
_TEXTS, _BRANCHES, _REST = range(3)


class _Line(NamedTuple):
    """A line, and its place: texts, branches, the rest."""

    rank: int
    text: str


def describe(before: Any, after: Any, *, with_renames: bool = True) -> tuple[str, ...]:
    """Returns what differs in two contents, in words. Where both mean the same, there are only renames."""
    old, new = views(before, after)
    lines = [*_top(old, new)]
    blocks, new_blocks = old.get("blocks", {}), new.get("blocks", {})
    for name, block in new_blocks.items():
        lines += _block(name, blocks[name], block) if name in blocks else _added(name, new)
    gone = [name for name in blocks if name not in new_blocks]
    lines += [_Line(_REST, f"{_privacy(blocks[name])}- {_introduced(name, blocks[name])}") for name in gone]
    if with_renames:
        lines += _renamed(before, after)
    return tuple(line.text for line in sorted(lines, key=lambda line: line.rank))


def _top(old: View, new: View) -> Iterator[_Line]:
    if CONTENT in old or CONTENT in new:
        contents = old.get(CONTENT, old), new.get(CONTENT, new)
        yield from (_Line(_REST, f"content: {change}") for change in changes(*contents))
        return
    starts = old.get("start", ABSENT), new.get("start", ABSENT)
    if differ(*starts):
        yield _Line(_BRANCHES, f"starts with {_arrow(*starts)}")
    yield from (_Line(_REST, str(change)) for change in _changes_of(("version", OTHER), old, new))


def _block(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[_Line]:
    start = f"{_privacy(old) or _privacy(new)}{_named_block(name)}: "
    for key in [*new, *(key for key in old if key not in new)]:
        sides = old.get(key, ABSENT), new.get(key, ABSENT)
        if is_branch(key) and differ(*sides):
            yield _Line(_BRANCHES, f"{start}{branch_words(key)}: {_arrow(*sides)}")
    if IN_ORDER in new and differ(old.get(IN_ORDER, ABSENT), new[IN_ORDER]):
        yield _Line(_BRANCHES, start + _order(old.get(IN_ORDER), new[IN_ORDER]))
    prose = {rule.path[0] for rule in rules_of(new.get(TYPE), parameters_of(new)) if rule.is_prose}
    for change in changes(parameters_of(old), parameters_of(new)):
        is_private = not start.startswith("privacy") and change.first in _PRIVACY_PARAMETERS
        yield _Line(_TEXTS if change.first in prose else _REST, f"{'privacy: ' if is_private else ''}{start}{change}")
    yield from (_Line(_REST, f"{start}{change}") for change in _changes_of((TYPE, OTHER, TRANSITIONS), old, new))


def _changes_of(keys: tuple[str, ...], old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ValueChange]:
    left, right = ({key: side[key] for key in keys if key in side} for side in (old, new))
    yield from changes(left, right)


def _added(name: str, view: View) -> Iterator[_Line]:
    """Yields the line of a new block with its neighbours, and below it all that it has."""
    blocks = view["blocks"]
    yield _Line(_REST, f"{_privacy(blocks[name])}+ {_introduced(name, blocks[name])} {_place(name, view)}")
    bare = {key: item for key, item in blocks[name].items() if key == TYPE}
    for line in _block(name, bare, blocks[name]):
        yield _Line(_REST, line.text)


def _place(name: str, view: View) -> str:
    """Returns where a new block is: between its neighbours, at the start, or nowhere."""
    blocks = view["blocks"]
    before = next((other for other in blocks if other != name and name in _targets(blocks[other])), None)
    after = next((target for target in _targets(blocks[name]) if target != name), None)
    if before is None:
        return "at the start" if view.get("start") == name else "(nothing leads here)"
    return f"between {_named(before)} and {_named(after)}" if after is not None else f"after {_named(before)}"


def _targets(block: Mapping[str, Any]) -> list[str]:
    """Returns the blocks to which the branches lead: the way without trouble first, then conditions, then errors."""
    branches = sorted(filter(is_branch, block), key=lambda key: (key.startswith(ON_ERROR), key != THEN))
    return [block[key] for key in branches if isinstance(block[key], str)]


def _renamed(before: Any, after: Any) -> Iterator[_Line]:
    flow = parse_flow(after)
    followers = Counter(branch.target for action in flow.actions for branch in action.branches)
    unreadable = 0
    for rename in renames(before, after):
        if is_word(rename.before) or is_word(rename.after):
            count = followers[rename.after]
            follow = f" ({count} branch{'es follow' if count != 1 else ' follows'})"
            yield _Line(_REST, f'block renamed "{rename.before}" → "{rename.after}"{follow}')
        else:
            unreadable += 1
    if unreadable:
        subject = "1 block has another Identifier" if unreadable == 1 else f"{unreadable} blocks have other Identifiers"
        yield _Line(_REST, subject)


def is_branch(key: str) -> bool:
    """Returns whether a key of a block in the view is one of its branches."""
    return key == THEN or key.startswith((f"{IF} ", f"{ON_ERROR} "))


def branch_words(key: str) -> str:
    """Returns a branch in words: `branch True` for `if Equals True`."""
    if not key.startswith(f"{IF} "):
        return key
    operator, _, operand = key.removeprefix(f"{IF} ").partition(" ")
    is_plain = operator == "Equals" and operand.strip()
    return f"branch {operand}" if is_plain else f"branch {operator} {value_text(operand)}"


def _order(old: list[str] | None, new: list[str]) -> str:
    listed = ", ".join(new)
    return (
        f"conditions tried in another order: {', '.join(old)} → {listed}" if old else f"conditions in order: {listed}"
    )


def _arrow(old: Any, new: Any) -> str:
    if old is ABSENT:
        return f"+ {_target(new)}"
    return f"- {_target(old)}" if new is ABSENT else f"{_target(old)} → {_target(new)}"


def _target(target: Any) -> str:
    if isinstance(target, str):
        return _named(target)
    missing = target.get(NO_BLOCK) if isinstance(target, dict) else target
    return f"no block ({value_text(missing)})"


def _named(name: str) -> str:
    """Returns a name in quotes, and one that has a quoted text in it as it is."""
    return name if '"' in name else value_text(name)


def _named_block(name: str) -> str:
    return name if '"' in name else f"block {value_text(name)}"


def _introduced(name: str, block: Mapping[str, Any]) -> str:
    title = title_of(block.get(TYPE), parameters_of(block))
    return _named_block(name) if name.startswith(title) else f"{_named_block(name)} ({title})"


def _privacy(block: Mapping[str, Any]) -> str:
    type = block.get(TYPE)
    return "privacy: " if isinstance(type, str) and type in _PRIVACY_TYPES else ""
