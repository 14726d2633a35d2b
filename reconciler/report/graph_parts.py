"""Provides the parts of dependency drawings: ids, groups, arrows and escaped texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model import Ref
from reconciler.report.visible import escaped

if TYPE_CHECKING:
    from reconciler.dependencies import Dependencies, Impact

NEEDS, NEEDED_BY, BOTH = "needs", "needed by", "needs and needed by"


class Arrow(NamedTuple):
    """All references from one resource to another. `label` lists the fields that refer."""

    origin: str
    target: str
    label: str


def ids(drawn: Dependencies) -> dict[Ref, str]:
    """Returns an id for each resource. A name is never an id, because names such as `end` are Mermaid keywords."""
    return {ref: f"n{number}" for number, ref in enumerate(drawn.places)}


def groups(drawn: Dependencies, impact: Impact | None) -> Iterator[tuple[str, Sequence[Ref]]]:
    """Yields groups of resources with their titles. The group without a title comes first."""
    if impact is None:
        yield "", tuple(drawn.places)
        return
    needs, needed_by = frozenset(impact.needs), frozenset(impact.needed_by)
    yield "", (impact.of,)
    parts = ((NEEDS, needs - needed_by), (NEEDED_BY, needed_by - needs), (BOTH, needs & needed_by))
    yield from ((title, sorted(refs)) for title, refs in parts if refs)


def arrows(drawn: Dependencies) -> Iterator[Arrow]:
    id_of = ids(drawn)
    paths: dict[tuple[Ref, Ref], list[str]] = {}
    for edge in drawn.edges:
        paths.setdefault((edge.origin, edge.target), []).append(edge.path)
    for (origin, target), labels in paths.items():
        yield Arrow(id_of[origin], id_of[target], ", ".join(filter(None, labels)))


def entities(text: str, form: str, plain: str) -> str:
    """Returns the text on one line. Characters other than letters, digits and those of `plain` become entities.

    `form` formats a character's number as an entity.
    """
    return "".join(char if char.isalnum() or char in plain else form.format(ord(char)) for char in escaped(text))


def is_declared(drawn: Dependencies, ref: Ref) -> bool:
    return drawn.places[ref] is not None


def drawn_of(dependencies: Dependencies, impact: Impact | None) -> Dependencies:
    """Returns all dependencies, or those around one resource."""
    return dependencies.among({impact.of, *impact.needs, *impact.needed_by}) if impact else dependencies
