"""Writes dependencies as JSON. Minor versions of the format only add keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.errors import Source
from reconciler.model import FORMAT_VERSION
from reconciler.report.graph_parts import drawn_of

if TYPE_CHECKING:
    from reconciler.dependencies import Dependencies, Impact


def graph_json(environment: str, dependencies: Dependencies, impact: Impact | None = None) -> dict[str, Any]:
    """Returns the nodes and edges.

    With an impact, it returns only what the impact reaches, and adds `of`. `needs` and `neededBy` are sorted addresses,
    and `reaches` counts the latter by kind.
    """
    drawn = drawn_of(dependencies, impact)
    graph: dict[str, Any] = {"format_version": FORMAT_VERSION, "environment": environment}
    if impact:
        graph |= {
            "of": str(impact.of),
            "needs": list(map(str, impact.needs)),
            "neededBy": list(map(str, impact.needed_by)),
            "reaches": impact.reaches,
        }
    return graph | {
        "nodes": [
            {"address": str(ref), "kind": ref.kind, "source": _place(place)} for ref, place in drawn.places.items()
        ],
        "edges": [{"from": str(edge.origin), "to": str(edge.target), "path": edge.path} for edge in drawn.edges],
    }


def _place(place: Source | None) -> dict[str, Any] | None:
    return {"file": place.file, "line": place.line} if place else None
