"""The laws of resources that no manifest declares any more: orphans, and what deletes them."""

from __future__ import annotations

from reconciler.kinds.base import Kind
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Ownership
from tests.builders.examples import example
from tests.laws.places import first
from tests.tiers import of_kinds
from tests.worlds.world import World

tagged_kind = of_kinds(name for name, kind in KINDS.items() if kind.ownership is Ownership.TAGS)
untagged_kind = of_kinds(
    name for name, kind in KINDS.items() if kind.ownership is Ownership.DECLARED and not kind.reading.within[0]
)
contained_kind = of_kinds(
    name for name, kind in KINDS.items() if kind.ownership is Ownership.DECLARED and kind.reading.within[0]
)
# A resource that changes when its manifest is deleted has tests of its own, tests/plan/test_retired.py.
staying_kind = of_kinds(
    name for name, kind in KINDS.items() if kind.ownership is Ownership.TAGS and type(kind).retired is Kind.retired
)


@tagged_kind
def test_a_pruned_resource_is_deleted_or_reports_why_not(world: World, kind: str) -> None:
    place = first(world, kind)
    place.run()
    ref, k = place.it.ref, KINDS[kind]
    address = str(ref)

    done = world.run(*place.around, prune=True, removed=[address], allow_delete=frozenset({address}))

    (change,) = [each for each in done.plan.changes if each.ref == ref]
    if k.deletion.impossible:
        assert (change.action, k.deletion.impossible in change.reason) == (Action.BLOCKED, True)
    else:
        assert change.action is Action.DELETE
        left = world.preview(place.it, *place.around).world.live
        assert ref not in left or "is scheduled for deletion" in left[ref].unready


@contained_kind
def test_a_resource_in_a_managed_container_is_an_orphan_until_it_is_pruned(world: World, kind: str) -> None:
    place = first(world, kind)
    place.run()

    kept = world.plan(*place.around)
    done = world.run(*place.around, prune=True)

    assert (kept.changes, kept.orphans) == ((), (place.it.ref,))
    assert [(change.ref, change.action) for change in done.plan.changes] == [(place.it.ref, Action.DELETE)]
    assert done.exit_code == 0
    assert not world.plan(*place.around).orphans


@untagged_kind
def test_an_untaggable_resource_is_deleted_only_by_address(world: World, kind: str) -> None:
    place = first(world, kind)
    place.run()

    assert not world.plan(*place.around, prune=True).changes
    done = world.run(*place.around, removed=[str(place.it.ref)])

    assert [(change.ref, change.action) for change in done.plan.changes] == [(place.it.ref, Action.DELETE)]
    assert done.exit_code == 0
    assert place.it.ref not in world.preview(place.it, *place.around).world.live


@staying_kind
def test_an_orphan_stays(world: World, kind: str) -> None:
    place = first(world, kind)
    # A plan lists the candidates of a kind only if the stack has something outside the instance.
    around = [*place.around, *([example("LogGroup")] if KINDS[kind].reading.candidates else [])]
    world.run(place.it, *around)

    plan = world.preview(*around, removed=[]).plan

    reading = KINDS[kind].reading
    listed = (place.it.ref,) if reading.index or reading.candidates or not reading.describes_each else ()
    assert (plan.changes, plan.orphans) == ((), listed)
