"""What drawings of dependencies are made of: ids that are never names, groups, arrows, texts that stay texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model import Ref
from reconciler.report.visible import escaped

if TYPE_CHECKING:
    from reconciler.impact import Dependencies, Impact

NEEDS, NEEDED_BY, BOTH = "needs", "needed by", "needs and needed by"


class Arrow(NamedTuple):
    """All references from one resource to another; `label` is where they stand."""

    origin: str
    target: str
    label: str


def ids(drawn: Dependencies) -> dict[Ref, str]:
    """Whatever a name is (`end`, say, is a word of Mermaid's), it is never an id."""
    return {ref: f"n{number}" for number, ref in enumerate(drawn.places)}


def groups(drawn: Dependencies, impact: Impact | None) -> Iterator[tuple[str, Sequence[Ref]]]:
    """Titles and their resources; those without a title come first."""
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
    for (origin, target), said in paths.items():
        yield Arrow(id_of[origin], id_of[target], ", ".join(filter(None, said)))


def entities(text: str, form: str, plain: str) -> str:
    """The text on one line, with an entity for whatever is neither a letter, a digit nor one of `plain`.

    `form` makes an entity of a character's number.
    """
    return "".join(char if char.isalnum() or char in plain else form.format(ord(char)) for char in escaped(text))


def is_declared(drawn: Dependencies, ref: Ref) -> bool:
    return drawn.places[ref] is not None


def drawn_of(seen: Dependencies, impact: Impact | None) -> Dependencies:
    """All, or the surroundings of one resource."""
    return seen.among({impact.of, *impact.needs, *impact.needed_by}) if impact else seen
