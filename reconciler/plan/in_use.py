"""Blocks deletions that AWS would refuse, because a resource that stays still uses the target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.directory import World
from reconciler.kinds.fields import named_in
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Live, Ref, Resource

GOING = (Action.DELETE, Action.REPLACE)


def unless_used(changes: Sequence[Change], live: Mapping[Ref, Live], after: Mapping[Ref, Resource]) -> list[Change]:
    """Blocks each change that would delete a resource in use. `after`: the planned spec of each resource."""
    checked = list(changes)
    while any(change.action in GOING for change in checked):
        users = dict(_users(checked, live, after))
        held = [at for at, change in enumerate(checked) if change.action in GOING and change.ref in users]
        if not held:
            return checked
        # A blocked resource stays, and may itself use another one that was to be deleted.
        for at in held:
            change = checked[at]
            reason = f"{users[change.ref]} still uses it, and AWS does not delete a resource in use"
            checked[at] = Change(
                Action.BLOCKED, change.ref, reason=reason, source=change.source, part_of=change.part_of
            )
    return checked


def unless_refused(
    changes: Sequence[Change], world: World, after: Mapping[Ref, Resource], instance: str = ""
) -> list[Change]:
    """Blocks each change that AWS would refuse because of the resources there will be. `after` as above.

    `instance`: the ARN of the environment's instance. Other instances do not count.
    """
    stuck = {change.ref for change in changes if change.action is Action.BLOCKED and change.part_of is None}
    gone = {change.ref for change in changes if change.action is Action.DELETE and change.part_of is None}
    live = {ref: have.spec for ref, have in {**world.beside, **world.live}.items() if ref not in gone}
    new = {ref: spec for ref, spec in after.items() if ref not in stuck}
    there = {ref: spec for ref, spec in {**live, **new}.items() if not _is_elsewhere(ref, world, instance)}
    return [_unless_refused(change, world.live.get(change.ref), there) for change in changes]


def _is_elsewhere(ref: Ref, world: World, instance: str) -> bool:
    """Returns whether it is an instance other than the environment's own."""
    have = world.live.get(ref) or world.beside.get(ref)
    return bool(KINDS[ref.kind].reading.own and instance and (have is None or have.arn != instance))


def _unless_refused(change: Change, have: Live | None, there: Mapping[Ref, Resource]) -> Change:
    kind = KINDS[change.ref.kind]
    if change.action is Action.BLOCKED:
        return change
    before = have.spec if have and change.action is not Action.REPLACE else None
    wanted = None if change.action is Action.DELETE else there.get(change.ref)
    sees = kind.ordering.sees
    watched = {ref: spec for ref, spec in there.items() if ref.kind in sees} if sees else {}
    reason = kind.refuses(change.ref, before, wanted, watched)
    return Change(Action.BLOCKED, change.ref, reason=reason, source=change.source) if reason else change


def _users(
    changes: Sequence[Change], live: Mapping[Ref, Live], after: Mapping[Ref, Resource]
) -> Iterator[tuple[Ref, Ref]]:
    going = {change.ref for change in changes if change.action in GOING and change.part_of is None}
    stuck = {change.ref for change in changes if change.action is Action.BLOCKED}
    for ref, have in live.items():
        fields = KINDS[ref.kind].ordering.keeps_alive
        if not fields or ref in going:
            continue
        then = have.spec if ref in stuck else after.get(ref, have.spec)
        yield from ((target, ref) for target in {*named_in(have.spec, fields)} & {*named_in(then, fields)})
