"""Draws dependencies in Graphviz's DOT language.

Labels use HTML entities, which Graphviz accepts (its documentation of `lblString`). Entities avoid the backslash, which
means different things in quotes and in labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.model import Ref
from reconciler.report.graph_parts import arrows, drawn_of, entities, groups, ids, is_declared

if TYPE_CHECKING:
    from reconciler.dependencies import Dependencies, Impact

_PLAIN = " !#$%()*+,-./:;=?@[]^_`{|}~'"


def graph_dot(dependencies: Dependencies, impact: Impact | None = None) -> str:
    drawn = drawn_of(dependencies, impact)
    return "\n".join(["digraph {", "  rankdir=LR;", "  node [shape=box];", *_lines(drawn, impact), "}"]) + "\n"


def _lines(drawn: Dependencies, impact: Impact | None) -> Iterator[str]:
    for number, (title, refs) in enumerate(groups(drawn, impact)):
        if title:
            yield f"  subgraph cluster_{number} {{"
            yield f'    label="{title}";'
        yield from (f"  {'  ' if title else ''}{_node(drawn, ref, impact)}" for ref in refs)
        if title:
            yield "  }"
    for arrow in arrows(drawn):
        label = f' [label="{_text(arrow.label)}"]' if arrow.label else ""
        yield f"  {arrow.origin} -> {arrow.target}{label};"


def _node(drawn: Dependencies, ref: Ref, impact: Impact | None) -> str:
    """Returns a node. Undeclared resources have a dashed border."""
    style = "" if is_declared(drawn, ref) else ", style=dashed"
    weight = ", penwidth=3" if impact and ref == impact.of else ""
    return f'{ids(drawn)[ref]} [label="{_text(str(ref))}"{style}{weight}];'


def _text(text: str) -> str:
    return entities(text, "&#{};", _PLAIN)
