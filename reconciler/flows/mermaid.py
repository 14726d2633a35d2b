"""Draws the blocks of one flow as a Mermaid flowchart, which GitHub renders in Markdown.

Mermaid interprets some words and characters even in quotes. So a label has only ASCII letters, digits and a few
characters. All others become entity codes (its flowchart syntax, "Entity codes to escape characters").
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from reconciler.flows.block_names import block_names
from reconciler.flows.canonical_form import canonical_order
from reconciler.flows.catalogue import action_type, title_of
from reconciler.flows.parsing import ON_ERROR, THEN, Branch, Flow, FlowAction, parse_flow

MOST_EDGES = 500  # maxEdges: Mermaid's default limit, which GitHub keeps
_PLAIN = " /-.,"


class _FlowArrow(NamedTuple):
    """All branches from one block to another. The arrow is dotted if they are errors only."""

    origin: str
    target: str
    labels: tuple[str, ...]
    is_error: bool


def mermaid(value: Any, title: str) -> str:
    """Returns the flowchart of a content. The title is above it."""
    flow = parse_flow(value)
    return "\n".join(["flowchart TD", f'  subgraph flow["{_text(title)}"]', *_lines(flow), "  end"]) + "\n"


def _lines(flow: Flow) -> Iterator[str]:
    names, order = block_names(flow), canonical_order(flow)
    ids = {action.identifier: f"n{number}" for number, action in enumerate(order)}
    reached = len(flow.reachable)
    arrows = _arrows(order, ids)
    if flow.start in ids:
        yield '    start(("start"))'
    for number, action in enumerate(order):
        yield f"    {ids[action.identifier]}{_node(action, names[action.identifier])}"
        if number >= reached:
            yield f"    style {ids[action.identifier]} stroke-dasharray:4"
    targets = {arrow.target for arrow in arrows}
    yield from (f'    {id}["no block"]' for id in sorted(targets - set(ids.values())))
    if flow.start in ids:
        yield f"    start --> {ids[flow.start]}"
    # The arrow from the start counts too.
    drawn = [*arrows][: MOST_EDGES - 1]
    yield from (f"    {_arrow(arrow)}" for arrow in drawn)
    if len(drawn) < len(arrows):
        yield f'    rest["{len(arrows) - len(drawn)} more arrows are not drawn"]'


def _arrows(order: tuple[FlowAction, ...], ids: dict[str, str]) -> list[_FlowArrow]:
    """Returns the arrows, those of errors last: where not all can be drawn, they are left out first."""
    arrows = []
    for action in order:
        labels: dict[str, list[Branch]] = {}
        for branch in action.branches:
            labels.setdefault(ids.get(branch.target, "missing"), []).append(branch)
        for target, branches in labels.items():
            is_error = all(branch.kind == ON_ERROR for branch in branches)
            # An arrow that is the usual way too says so, or it would look like an error alone.
            words = tuple(branch.word or THEN for branch in branches) if len(branches) > 1 else (branches[0].word,)
            arrows.append(_FlowArrow(ids[action.identifier], target, words, is_error))
    return sorted(arrows, key=lambda arrow: arrow.is_error)


def _arrow(arrow: _FlowArrow) -> str:
    label = f'|"{_text(", ".join(arrow.labels))}"|' if any(arrow.labels) else ""
    return f"{arrow.origin} {'-.->' if arrow.is_error else '-->'}{label} {arrow.target}"


def _node(action: FlowAction, name: str) -> str:
    """Returns a node. Blocks after which nothing follows have rounded ends."""
    title = title_of(action.type, action.parameters)
    label = name if name.startswith(title) else f"{name} - {title}"
    known = action_type(action.type, action.parameters)
    before, after = ("([", "])") if known and known.is_end else ("[", "]")
    return f'{before}"{_text(label)}"{after}'


def _text(text: str) -> str:
    """Returns a text on one line that Mermaid cannot take for syntax."""
    readable = "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
    return "".join(
        char if (char.isascii() and char.isalnum()) or char in _PLAIN else f"#{ord(char)};" for char in readable
    )
