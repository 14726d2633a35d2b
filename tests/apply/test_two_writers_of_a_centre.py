"""Another writer edits a whole centre between plan and apply: no edit is lost, and the outcome has every conflict."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from reconciler.model import Outcome, Status
from reconciler.reconcile import Preview
from tests.tiers import tiers
from tests.worlds.centre import GONE, beside, centre, expected, set_beside, there
from tests.worlds.centre_voice import NUMBERS, RELEASED, furnish, left, unpublished
from tests.worlds.edits_of_centre import EDITS
from tests.worlds.other_writer import OtherWriter
from tests.worlds.world import World

SIGN_IN = {"switches": {"signIn": "SAML"}}
# The second edit of the same resource, or one that keeps another edited resource from being reached.
ALONE = {
    "saves a draft of a flow to be deleted",
    "saves a draft of a view",
    "deletes an alias",
    "publishes a flow that is a draft",
}


@pytest.fixture
def first(world: World) -> World:
    """The first version, and what another writer has beside it."""
    furnish(world)
    world.control.set_faults(SIGN_IN)
    patient = world.with_settings(quotas=NUMBERS)
    done = patient.run(*centre())
    assert done.exit_code == 0, done
    set_beside(OtherWriter(patient, patient.preview(*centre())))
    return patient


def planned(world: World) -> Preview:
    return world.preview(*centre(second=True), removed=GONE, allow_delete=RELEASED)


def statuses(done: Outcome, address: str, path: str) -> set[Status]:
    """Returns the results of the fields at or below a path."""
    found = set()
    for item, result in done.results.items():
        change = done.plan.changes[item.change]
        place = change.fields[item.position].path
        if str(change.ref) == address and (place == path or place.startswith(f"{path}.")):
            found.add(result.status)
    return found


def check(world: World, names: Iterable[str], *strangers: str) -> None:
    """Lets another writer make the edits between plan and apply, and checks that the next run ends well."""
    edits = [EDITS[name] for name in names]
    seen = planned(world)
    by = OtherWriter(world, seen)
    others = beside(by)
    for each in edits:
        each.edit(by)

    done = world.apply(seen)

    for each in edits:
        assert each.is_kept(by), each.address
        found = statuses(done, each.address, each.path)
        assert not each.path or (found and found <= {Status.CONFLICT, Status.SKIPPED}), (each.address, found)
    for each in edits:
        each.settle(by)
    again = world.apply(planned(world))
    assert again.exit_code == 0, [result for result in again.results.values() if result.message]
    assert not planned(world).plan.changes
    assert beside(by) == others
    listed, wanted = there(world), expected([*centre(second=True), *left()], "theirs")
    wanted["PhoneNumber"] = sorted([*wanted["PhoneNumber"], *strangers])
    assert listed == wanted
    assert unpublished(world) == set()


@tiers("name", EDITS, ())
def test_an_edit_stays_and_is_a_conflict(first: World, name: str) -> None:
    check(first, [name], *(["taken"] if "claims" in name else []))


def test_many_edits_stay_and_are_conflicts(first: World) -> None:
    check(first, [name for name in EDITS if name not in ALONE], "taken")
