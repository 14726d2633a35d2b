"""The undo of a move: no run gives a number away."""

from __future__ import annotations

from reconciler.model import Action, Change, Manifest, Plan
from reconciler.sandbox import INSTANCE_ARN
from tests.builders.manifests import manifest
from tests.worlds.other_instance import ALLOWED, MANAGED, NUMBER, Other
from tests.worlds.undoing import way_back
from tests.worlds.world import World


def number() -> Manifest:
    return manifest("PhoneNumber", "support-line", {"phoneNumber": NUMBER, "contactFlow": "Main"})


def only(plan: Plan) -> Change:
    (change,) = plan.changes
    return change


def test_an_undo_says_how_to_move_the_number_back(world: World) -> None:
    other = Other(world, MANAGED)
    done = world.run(number(), **ALLOWED)

    change = only(way_back(world, done, **ALLOWED).plan)

    assert (change.action, other.place) == (Action.BLOCKED, INSTANCE_ARN)
    assert change.reason == (
        f"was moved here from {other.arn}, and an undo does not move it back; the environment of that instance takes "
        "it back: declare it there, and run: reconcile -e prod plan --allow-move PhoneNumber/old-line"
    )


def test_an_undo_of_a_move_that_was_moved_back_does_nothing(world: World) -> None:
    other = Other(world, MANAGED)
    done = world.run(number(), **ALLOWED)
    other.world.run(manifest("PhoneNumber", "support-line", {"phoneNumber": NUMBER}), **ALLOWED)

    assert other.place == other.arn
    assert way_back(world, done).plan.changes == ()
