"""Shows the differences of two documents by path, and takes differences back. deepdiff compares the values.

A path names keys and positions as `jq` does: `Statement[0].Condition["aws:SourceArn"]`. Positions count from 0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from reconciler.model.canonical import canonical
from reconciler.model.document import Document
from reconciler.model.meaning import common_ends, json_meaning

Steps = tuple[str | int, ...]
_BARE = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_STEP = re.compile(r'\.?(?P<bare>[A-Za-z_][\w-]*)|\[(?P<at>\d+)\]|\[(?P<key>"(?:[^"\\]|\\.)*")\]', re.ASCII)


class DocumentDifference(NamedTuple):
    """One difference inside a document. `None`: there is no value. Without steps it is the whole document."""

    steps: Steps
    before: Any
    after: Any


class _Whole(str):
    """A value that is shown whole, as its canonical text, because something inside it is null."""

    __slots__ = ("value",)

    value: Any


def differences(before: Document, after: Document) -> tuple[DocumentDifference, ...]:
    """Returns what differs in the two texts, sorted by path. Together the differences are the whole change.

    A map has one difference for each key. A list has one for each position between the items that both lists begin and
    end with. A document that is not a map is one difference.
    """
    old, new = type(after).sides(before, after)
    if not isinstance(old, dict) or not isinstance(new, dict):
        return (DocumentDifference((), old, new),)
    return tuple(sorted(_compared(*_aligned(old, new)), key=_order))


def _compared(before: Any, after: Any) -> Iterator[DocumentDifference]:
    # The import takes a quarter of a second, and most runs have no document that differs.
    from deepdiff import DeepDiff
    from deepdiff.helper import notpresent

    # By default DeepDiff skips keys that begin with `__`, and shows objects with few common keys as one difference.
    compared = DeepDiff(before, after, view="tree", ignore_private_variables=False, threshold_to_diff_deeper=0)
    for level in chain.from_iterable(compared.values()):
        sides = (None if side is notpresent else _unaligned(side) for side in (level.t1, level.t2))
        yield DocumentDifference(tuple(level.path(output_format="list")), *sides)


def _aligned(before: Any, after: Any) -> tuple[Any, Any]:
    """Returns what differs in two values, with lists as maps of positions.

    DeepDiff pairs the items of lists in a way that cannot be taken back, so they are paired here.
    """
    left, right = _by_key(before, after)
    if left is None or right is None:
        return before, after
    changed = [key for key in {**left, **right} if not _is_same(left, right, key)]
    if any(key in side and side[key] is None for key in changed for side in (left, right)):
        # In a difference, `None` means absent.
        return _whole(before), _whole(after)
    both = {key: _aligned(left[key], right[key]) for key in changed if key in left and key in right}
    return (
        {key: both[key][0] if key in both else left[key] for key in changed if key in left},
        {key: both[key][1] if key in both else right[key] for key in changed if key in right},
    )


def _by_key(before: Any, after: Any) -> tuple[Mapping[Any, Any] | None, Mapping[Any, Any] | None]:
    match before, after:
        case dict(), dict():
            return before, after
        case list(), list():
            first, last = common_ends(before, after)
            return _positions(before, first, last), _positions(after, first, last)
        case _:
            return None, None


def _positions(items: Sequence[Any], first: int, last: int) -> dict[int, Any]:
    """Returns the items by position, without those that both lists begin and end with."""
    return {at: items[at] for at in range(first, len(items) - last)}


def _is_same(left: Mapping[Any, Any], right: Mapping[Any, Any], key: Any) -> bool:
    return key in left and key in right and json_meaning(left[key]) == json_meaning(right[key])


def _whole(value: Any) -> _Whole:
    whole = _Whole(canonical(value))
    whole.value = value
    return whole


def _unaligned(value: Any) -> Any:
    return value.value if isinstance(value, _Whole) else value


def _order(difference: DocumentDifference) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (0, step) for step in difference.steps]


# Paths.


def path_text(steps: Steps) -> str:
    """Returns steps as text: `Statement[0].Action`, with keys of other characters in brackets and quotes."""
    text = ""
    for step in steps:
        is_bare = isinstance(step, str) and _BARE.fullmatch(step)
        text += f".{step}" if is_bare else f"[{json.dumps(step)}]"
    return text.removeprefix(".")


def path_steps(text: str) -> Steps | None:
    """Returns the steps of a path, or `None` if the text is not a valid path of a document."""
    steps, at = list[str | int](), 0
    while at < len(text):
        if not (match := _STEP.match(text, at)):
            return None
        at = match.end()
        if match["at"]:
            steps.append(int(match["at"]))
        else:
            steps.append(match["bare"] or json.loads(match["key"]))
    return tuple(steps)


# The way back.


class DiffersError(Exception):
    """A document in which a difference is not as stated, so that it cannot be taken back."""


def applied(value: Any, changes: Sequence[DocumentDifference]) -> Any:
    """Returns the value of a document with its differences made. Raises `DiffersError` if a `before` is not there."""
    whole = next((change for change in changes if not change.steps), None)
    if whole:
        if len(changes) > 1 or json_meaning(value) != json_meaning(whole.before):
            raise DiffersError
        return whole.after
    inside: dict[str | int, list[DocumentDifference]] = {}
    for change in changes:
        inside.setdefault(change.steps[0], []).append(change._replace(steps=change.steps[1:]))
    match value:
        case dict():
            items = {**value, **{key: applied(value.get(key), inner) for key, inner in inside.items()}}
            return {key: item for key, item in items.items() if key not in inside or item is not None}
        case list():
            return _applied_to_list(value, inside)
    raise DiffersError


def _applied_to_list(value: list[Any], inside: Mapping[str | int, list[DocumentDifference]]) -> list[Any]:
    """Returns the list with changed items, then without removed ones, then with added ones, the first first."""
    items, added = dict(enumerate(value)), dict[int, Any]()
    for at, inner in inside.items():
        if not isinstance(at, int):
            raise DiffersError
        new = next((change.after for change in inner if not change.steps and change.before is None), None)
        if new is not None:
            added[at] = new
        elif at not in items:
            raise DiffersError
        else:
            items[at] = applied(items[at], inner)
    # An item may be null itself where another one is added.
    left = [item for at, item in items.items() if at not in inside or at in added or item is not None]
    for at in sorted(added):
        left.insert(at, added[at])
    return left
