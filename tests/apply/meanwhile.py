"""Runs with an edit of another writer between plan and apply."""

from __future__ import annotations

from reconciler.model import Manifest, Outcome, Status
from reconciler.reconcile import Preview
from tests.builders.resources import around
from tests.worlds.other_writer import Edit, OtherWriter
from tests.worlds.world import World


def meanwhile(world: World, before: Manifest, after: Manifest, edit: Edit) -> tuple[Outcome, OtherWriter]:
    """Applies `before`, plans `after`, lets another writer edit, then applies the plan."""
    others = around(before)
    assert world.run(before, *others).exit_code == 0
    seen: Preview = world.preview(after, *[each for each in others if each.ref != after.ref])
    by = OtherWriter(world, seen)
    edit(by)
    return world.apply(seen), by


def statuses(done: Outcome) -> dict[str, Status]:
    """Maps the path of each field to the status of its result."""
    return {
        done.plan.changes[item.change].fields[item.position].path: result.status
        for item, result in done.results.items()
    }
