"""Undoes changes of ownership: removes the tags of an adoption, and restores those of a released resource."""

from __future__ import annotations

from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Does, FieldChange, Live, Step
from reconciler.model.ownership import ADDRESS, PROTECT, STACK, tags
from reconciler.undo.back import Back, Kept, Now, changed
from reconciler.undo.past import PastField

OWNER = "metadata.owner"


def owned_as_before(live: Live, now: Now, owner: PastField) -> Back:
    stack = live.tags.get(STACK)
    if stack == owner.before:
        return Back(live.ref, live=live, already=1)
    if stack != owner.after:
        return Back(live.ref, live=live, kept=(Kept(OWNER, changed(stack, owner.after)),))
    if owner.before is None and PROTECT in live.tags:
        reason = "was protected since the run; declare it with protect: false, apply, then undo again"
        return Back(live.ref, live=live, kept=(Kept(OWNER, reason),))
    return Back(live.ref, live=live, changes=(_change(live, now, owner),))


def _change(live: Live, now: Now, owner: PastField) -> Change:
    kind, scope = KINDS[live.ref.kind], now.environment.scope
    fields = (FieldChange("metadata", owner.after, owner.before, inner="owner"),)
    if owner.before is None:
        call, action, reason = kind.untag_call(live.ref, (STACK, ADDRESS)), Action.UPDATE, "was adopted by the run"
    else:
        call, action, reason = kind.tag_call(live.ref, tags(scope, live.ref)), Action.ADOPT, "was released by the run"
    return Change(
        action, live.ref, reason=reason, source=now.source, fields=fields, steps=(Step(call, Does.TAG, fields=(0,)),)
    )
