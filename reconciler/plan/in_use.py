"""What AWS would refuse to delete, because something that stays still uses it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.directory import World
from reconciler.kinds.fields import named_in
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Live, Ref, Resource

GOING = (Action.DELETE, Action.REPLACE)


def unless_used(changes: Sequence[Change], live: Mapping[Ref, Live], after: Mapping[Ref, Resource]) -> list[Change]:
    """The changes, those blocked that would delete what is in use. `after`: how each planned resource will be."""
    found = list(changes)
    while any(change.action in GOING for change in found):
        users = dict(_users(found, live, after))
        held = [at for at, change in enumerate(found) if change.action in GOING and change.ref in users]
        if not held:
            return found
        # What is blocked stays, and may itself use something else that was to go.
        for at in held:
            change = found[at]
            reason = f"{users[change.ref]} uses it, and stays: AWS deletes nothing that is in use"
            found[at] = Change(Action.BLOCKED, change.ref, reason=reason, source=change.source, part_of=change.part_of)
    return found


def unless_refused(changes: Sequence[Change], world: World, after: Mapping[Ref, Resource]) -> list[Change]:
    """The changes, those blocked that AWS refuses because of what will be there besides. `after` as above."""
    stuck = {change.ref for change in changes if change.action is Action.BLOCKED and change.part_of is None}
    gone = {change.ref for change in changes if change.action is Action.DELETE and change.part_of is None}
    live = {ref: have.spec for ref, have in {**world.beside, **world.live}.items() if ref not in gone}
    new = {ref: spec for ref, spec in after.items() if ref not in stuck}
    return [_unless_refused(change, {**live, **new}) for change in changes]


def _unless_refused(change: Change, there: Mapping[Ref, Resource]) -> Change:
    kind = KINDS[change.ref.kind]
    if not kind.watches or change.action is Action.BLOCKED:
        return change
    shall = None if change.action is Action.DELETE else there.get(change.ref)
    reason = kind.refuses(shall, {ref: spec for ref, spec in there.items() if ref.kind in kind.watches})
    return Change(Action.BLOCKED, change.ref, reason=reason, source=change.source) if reason else change


def _users(
    changes: Sequence[Change], live: Mapping[Ref, Live], after: Mapping[Ref, Resource]
) -> Iterator[tuple[Ref, Ref]]:
    going = {change.ref for change in changes if change.action in GOING and change.part_of is None}
    stuck = {change.ref for change in changes if change.action is Action.BLOCKED}
    for ref, have in live.items():
        fields = KINDS[ref.kind].holds
        if not fields or ref in going:
            continue
        then = have.spec if ref in stuck else after.get(ref, have.spec)
        yield from ((target, ref) for target in {*named_in(have.spec, fields)} & {*named_in(then, fields)})
