"""Remarks on the changes of a plan: children without tags, kinds without a lock, kinds that cost by existing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Finding
from reconciler.plan.origins import untagged_children


def remarks(changes: Sequence[Change]) -> Iterator[Finding]:
    yield from (*untagged_children(changes), *_unlocked(changes), *_billed(changes))


def _unlocked(changes: Sequence[Change]) -> Iterator[Finding]:
    """Yields a finding for each kind whose resources apply reads right before it writes them, because of no lock.

    Kinds inside an instance are left out: the guarantees say it of all of them.
    """
    rechecked = {
        change.ref.kind
        for change in changes
        if any(step.replaces and step.replaces.reads for step in change.steps) and change.action is not Action.BLOCKED
    }
    for name in sorted(rechecked & KINDS.keys()):
        if not KINDS[name].service.instance:
            message = "AWS has no lock for this kind: an edit between read and write is not seen"
            yield Finding("info", f"{name}/*", message)


def _billed(changes: Sequence[Change]) -> Iterator[Finding]:
    """Yields a finding for each kind of which the plan creates resources that cost money by existing."""
    new = Counter(change.ref.kind for change in changes if change.action is Action.CREATE and not change.part_of)
    for name in sorted(new.keys() & KINDS.keys()):
        if cost := KINDS[name].standing_cost:
            yield Finding("info", f"{name}/*", f"this plan creates {new[name]:,}; {cost}")
