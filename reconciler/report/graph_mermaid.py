"""Draws dependencies as a Mermaid flowchart, which GitHub renders in Markdown.

Mermaid interprets some words and characters even in quotes: directives, Markdown, icons and line breaks. So a label has
only letters, digits and a few characters. All others become entity codes (its flowchart syntax, "Entity codes to escape
characters").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.model import Ref
from reconciler.report.graph_parts import arrows, drawn_of, entities, groups, ids, is_declared

if TYPE_CHECKING:
    from reconciler.dependencies import Dependencies, Impact

MOST_EDGES = 500  # maxEdges: Mermaid's default limit
_PLAIN = " /-.,"


def graph_mermaid(dependencies: Dependencies, impact: Impact | None = None) -> str:
    drawn = drawn_of(dependencies, impact)
    return "\n".join(["flowchart LR", *_lines(drawn, impact)]) + "\n"


def _lines(drawn: Dependencies, impact: Impact | None) -> Iterator[str]:
    for number, (title, refs) in enumerate(groups(drawn, impact)):
        if title:
            yield f'  subgraph g{number}["{title}"]'
        yield from (f"  {'  ' if title else ''}{_node(drawn, ref)}" for ref in refs)
        if title:
            yield "  end"
    for arrow in arrows(drawn):
        label = f'|"{_text(arrow.label)}"|' if arrow.label else ""
        yield f"  {arrow.origin} -->{label} {arrow.target}"
    if impact:
        yield f"  style {ids(drawn)[impact.of]} stroke-width:4px"


def _node(drawn: Dependencies, ref: Ref) -> str:
    """Returns a node. Undeclared resources have rounded ends."""
    before, after = ("[", "]") if is_declared(drawn, ref) else ("([", "])")
    return f'{ids(drawn)[ref]}{before}"{_text(str(ref))}"{after}'


def _text(text: str) -> str:
    return entities(text, "#{};", _PLAIN)
