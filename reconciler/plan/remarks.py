"""Remarks on the changes of a plan: children without tags, and kinds without a lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Finding, Manifest, Ref, Step
from reconciler.plan.origins import untagged_children


def remarks(changes: Sequence[Change], manifests: Mapping[Ref, Manifest]) -> Iterator[Finding]:
    yield from (*untagged_children(changes, manifests), *_unlocked(changes))


def _unlocked(changes: Sequence[Change]) -> Iterator[Finding]:
    """Yields a finding for each kind whose resources apply reads right before it writes them, because of no lock.

    Kinds inside an instance are left out: the guarantees say it of all of them.
    """
    rechecked = {
        change.ref.kind
        for change in changes
        if any(_reads_before(change, step) for step in change.steps) and change.action is not Action.BLOCKED
    }
    for name in sorted(rechecked & KINDS.keys()):
        if not KINDS[name].service.instance:
            message = "AWS has no lock for this kind: an edit between read and write is not seen"
            yield Finding("info", f"{name}/*", message)


def _reads_before(change: Change, step: Step) -> bool:
    is_recheck = step.replaces is not None and bool(step.replaces.reads)
    return is_recheck or KINDS[change.ref.kind].writing.membership is not None
