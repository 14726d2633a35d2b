"""Shows the content of flows by block and branch: `block "Check hours": branch True`.

A flow is recognised by its keys, and a change inside one by its path, whatever the kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.diff.documents import Steps, path_steps
from reconciler.flows.catalogue import title_of
from reconciler.flows.describing import branch_words, is_branch
from reconciler.flows.file_form import file_form
from reconciler.flows.value_changes import steps_text
from reconciler.flows.view import TYPE, parameters_of, view
from reconciler.report.visible import escaped, value_text

Leaf = tuple[str, str | None, str | None]  # a label, and a value on both sides
BLOCKS, LAYOUT = "blocks", "Metadata"
_PATH = re.compile(r"content\.(?P<inner>(?:blocks[.\[]|start$|version$|other[.\[]).*)", re.DOTALL)


def is_flow(value: Any) -> bool:
    """Returns whether a value is the content of a flow or a module."""
    return isinstance(value, Mapping) and "StartAction" in value and isinstance(value.get("Actions"), list)


def field_label(path: str) -> str:
    """Returns the path of a field for people: in words if it leads into a flow."""
    match = _PATH.fullmatch(path)
    steps = path_steps(match["inner"]) if match else None
    return _label(steps) if steps else escaped(path)


def flow_leaves(path: str, before: Any, after: Any) -> list[Leaf] | None:
    """Returns one line for each value that differs inside a flow; `None` if it is another change."""
    sides = [side for side in (before, after) if side is not None]
    if len(sides) == 1 and is_flow(sides[0]):
        return list(_whole(before, after))
    match = _PATH.fullmatch(path)
    steps = path_steps(match["inner"]) if match else None
    return list(_leaves(steps, before, after)) if steps else None


def _whole(before: Any, after: Any) -> Iterator[Leaf]:
    value = after if before is None else before
    yield from _leaves((), *_on_side(view(file_form(value)), before, after))
    if placed := value.get(LAYOUT):
        # The layout in the designer and its notes. No caller notices them, and the JSON formats have them whole.
        entries = placed.get("ActionMetadata") if isinstance(placed, Mapping) else None
        count = len(entries) if isinstance(entries, Mapping) else 0
        yield "layout", *_on_side(f"of {count} block{'' if count == 1 else 's'}", before, after)


def _on_side(value: Any, before: Any, after: Any) -> tuple[Any, Any]:
    return (None, value) if before is None else (value, None)


def _leaves(steps: Steps, before: Any, after: Any) -> Iterator[Leaf]:
    sides = [side for side in (before, after) if side is not None]
    is_block = len(steps) == 2 and steps[0] == BLOCKS
    if is_block and len(sides) == 1:
        yield _label(steps) + _title(sides[0]), *_on_side("", before, after)
    if all(isinstance(side, Mapping) and side for side in sides):
        one, other = before or {}, after or {}
        for key in dict.fromkeys((*one, *other)):
            if one.get(key) != other.get(key) and not (is_block and len(sides) == 1 and key == TYPE):
                yield from _leaves((*steps, key), one.get(key), other.get(key))
        return
    was, wanted = (None if side is None else value_text(side) for side in (before, after))
    yield _label(steps), was, wanted


def _title(block: Any) -> str:
    if not isinstance(block, Mapping) or TYPE not in block:
        return ""
    return f" ({escaped(str(title_of(block[TYPE], parameters_of(block))))})"


def _label(steps: Steps) -> str:
    match steps:
        case ("start", *_):
            return "starts with"
        case (str(first), str(name), *rest) if first == BLOCKS:
            return f"block {value_text(name)}{_part(tuple(rest))}"
        case _:
            return escaped(steps_text(steps))


def _part(steps: Steps) -> str:
    if not steps:
        return ""
    is_one = len(steps) == 1 and isinstance(steps[0], str) and is_branch(steps[0])
    return f": {escaped(branch_words(str(steps[0])) if is_one else steps_text(steps))}"
