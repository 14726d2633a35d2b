"""Adoptions, the other way: what was nobody's loses our tags, what was ours gets them back."""

from __future__ import annotations

from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Does, FieldChange, Live, Step
from reconciler.ownership import ADDRESS, PROTECT, STACK, tags
from reconciler.undo.back import Back, Kept, Now, changed
from reconciler.undo.past import PastField

OWNER = "metadata.owner"


def owned_as_before(live: Live, now: Now, told: PastField) -> Back:
    found = live.tags.get(STACK)
    if found == told.before:
        return Back(live.ref, live=live, already=1)
    if found != told.after:
        return Back(live.ref, live=live, kept=(Kept(OWNER, changed(found, told.after)),))
    if told.before is None and PROTECT in live.tags:
        reason = "is protected since; declare it with protect: false and apply, then it can be let go"
        return Back(live.ref, live=live, kept=(Kept(OWNER, reason),))
    return Back(live.ref, live=live, changes=(_change(live, now, told),))


def _change(live: Live, now: Now, told: PastField) -> Change:
    kind, scope = KINDS[live.ref.kind], now.environment.scope
    fields = (FieldChange(OWNER, told.after, told.before),)
    if told.before is None:
        call, action, reason = kind.untag_call(live.ref, (STACK, ADDRESS)), Action.UPDATE, "was adopted by the run"
    else:
        call, action, reason = kind.tag_call(live.ref, tags(scope, live.ref)), Action.ADOPT, "was let go by the run"
    return Change(
        action, live.ref, reason=reason, source=now.source, fields=fields, steps=(Step(call, Does.TAG, fields=(0,)),)
    )
