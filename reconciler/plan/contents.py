"""Blocks changes whose calls need the bytes of a file that no manifest names. AWS's own bytes are never read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from reconciler.kinds.contents import contents_of, holds_contents
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Content, Manifest, Ref


def unless_unknown(changes: Iterable[Change], manifests: Mapping[Ref, Manifest]) -> list[Change]:
    """Blocks each change that would send unknown bytes.

    A call may send several fields: the manifest declares one that differs, and leaves out the content.
    """
    return [
        _unless_unknown(change, manifests[change.ref].contents) if change.ref in manifests else change
        for change in changes
    ]


def _unless_unknown(change: Change, known: Collection[Content]) -> Change:
    if not holds_contents(KINDS[change.ref.kind].spec):
        return change
    for step in change.steps:
        for content in contents_of(step.call.params):
            if content not in known:
                what = f"{step.call.operation} also sends the file with {content}, and no manifest names it"
                reason = f"{what}; declare that field with its file"
                return Change(Action.BLOCKED, change.ref, reason=reason, source=change.source)
    return change
