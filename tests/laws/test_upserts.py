"""No kind overwrites what another writer has created, although AWS would let it."""

from __future__ import annotations

import pytest

from reconciler.kinds.registry import KINDS
from reconciler.model import Ownership, Status
from tests.builders.examples import permitted
from tests.laws.places import first, second
from tests.worlds.world import World

UPSERTS = [
    name
    for name, kind in KINDS.items()
    if kind.writing.looks_before_create and kind.ownership is Ownership.TAGS and not kind.writing.choice
]


@pytest.mark.parametrize("kind", UPSERTS)
def test_what_another_writer_created_after_the_plan_stays(world: World, kind: str) -> None:
    place = first(world, kind)
    world.run(*place.around)
    seen = world.preview(place.it, *place.around, **permitted(place.it))
    second(world, kind).run()
    directory = world.preview(place.it, *place.around).world.directory
    world.send(KINDS[kind].untag_call(place.it.ref, ["reconciler:stack", "reconciler:address"]), directory)
    before = world.preview(place.it, *place.around).world.live[place.it.ref]

    done = world.apply(seen)

    assert done.exit_code == 5
    assert Status.CONFLICT in {result.status for result in done.results.values()}
    assert world.preview(place.it, *place.around).world.live[place.it.ref] == before
