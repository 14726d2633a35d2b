"""Documents that override a resource which another document stands for: `metadata: {overrides: Pipeline/NAME}`.

The line shows reviewers that a pipeline's resource differs. Without it, an author who takes such a name by chance would
change the pipeline.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from reconciler.desired.layers import Draft
from reconciler.documents.hints import brief
from reconciler.documents.nodes import Scalar, find, place
from reconciler.errors import Mistake
from reconciler.model import Ref

KEY = ("metadata", "overrides")


def misnamed_overrides(documents: Sequence[Draft], chain: Sequence[Ref]) -> Iterator[Mistake]:
    """Yields a mistake if the documents of a resource do not name the one that stands for it.

    `documents`: one for each layer, of which one names it for all. `chain`: from the author's document to the nearest.
    """
    names = {str(ref) for ref in chain}
    named = [(draft, text) for draft in documents if (text := _overridden(draft))]
    for draft, text in named:
        if text not in names:
            message = f"{brief(text)} does not stand for this resource; write overrides: {chain[0]}"
            yield Mistake(place(draft.node, KEY), message)
    if documents and not named:
        first = documents[0]
        message = (
            f"{chain[0]} stands for {first.kind}/{first.name}; to override that, add metadata: "
            f"{{overrides: {chain[0]}}}; otherwise give one of them another name"
        )
        yield Mistake(place(first.node, ("metadata", "name")), message)


def idle_overrides(documents: Iterable[Draft], failed: Collection[Ref]) -> Iterator[Mistake]:
    """Yields a mistake for each document that overrides a resource for which no document stands.

    `failed`: documents that could not be expanded, so that their resources are unknown.
    """
    unknown = {str(ref) for ref in failed}
    for draft in documents:
        text = _overridden(draft)
        if text and text not in unknown:
            message = (
                f"{brief(text)} does not stand for {draft.kind}/{draft.name}; name the right one, or delete the line"
            )
            yield Mistake(place(draft.node, KEY), message)


def _overridden(draft: Draft) -> str:
    node = find(draft.node, KEY)
    return node.text if isinstance(node, Scalar) else ""
