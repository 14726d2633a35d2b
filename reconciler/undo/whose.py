"""Undoes changes of ownership: removes the tags of an adoption, and restores those of a released resource."""

from __future__ import annotations

from reconciler.kinds.registry import KINDS
from reconciler.messages import command
from reconciler.model import Action, Change, Does, FieldChange, Live, Step
from reconciler.model.ownership import ADDRESS, PROTECT, STACK, pipeline_of, tags
from reconciler.undo.back import Back, Kept, Now, changed
from reconciler.undo.past import Past, PastField

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


def moves_back(past: Past, place: PastField) -> str:
    """Returns how to move a resource back. No run gives one away: the environment of the other instance takes it."""
    owner = past.field(OWNER)
    known = past.field("metadata.address")
    address = str(known.before if known and known.before else past.ref)
    environment = owner.before.rpartition("/")[2] if owner and owner.before else "ENV"
    moves = command("plan", "--allow-move", address, environment=environment)
    return (
        f"was moved here from {place.before}, and an undo does not move it back; the environment of that instance "
        f"takes it back: declare it there, and run: {moves}"
    )


def _change(live: Live, now: Now, owner: PastField) -> Change:
    kind, scope = KINDS[live.ref.kind], now.environment.scope
    fields = (FieldChange("metadata", owner.after, owner.before, inner="owner"),)
    if owner.before is None:
        calls, action, reason = [kind.untag_call(live.ref, (STACK, ADDRESS))], Action.UPDATE, "was adopted by the run"
    elif pipeline_of(scope, owner.before):
        calls = [kind.tag_call(live.ref, {STACK: owner.before}), kind.untag_call(live.ref, (ADDRESS,))]
        action, reason = Action.UPDATE, "was taken over by the run"
    else:
        calls, action, reason = (
            [kind.tag_call(live.ref, tags(scope, live.ref))],
            Action.ADOPT,
            "was released by the run",
        )
    steps = tuple(Step(call, Does.TAG, fields=(0,)) for call in calls)
    return Change(action, live.ref, reason=reason, source=now.source, fields=fields, steps=steps)
