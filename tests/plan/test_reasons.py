"""Reasons in words, the selection of a run, and what `destroy` may delete."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.diff.cells import RowsDiff
from reconciler.directory import World
from reconciler.model import Action, Change, Desired, FieldChange, Manifest, Ref, RowChange
from reconciler.model.environment import Environment
from reconciler.model.ownership import STACK, tags
from reconciler.plan.destruction import is_managed, managed_world, without_permission
from reconciler.plan.reasons import count_differences
from reconciler.plan.selection import Selection
from tests.builders.lives import live, lives
from tests.builders.plans import cell
from tests.builders.resources import levels, queue

# Reasons.


@pytest.mark.parametrize(
    ("fields", "cells", "keys", "text"),
    [
        (0, 0, 0, ""),
        (1, 0, 0, "1 field differs"),
        (2, 0, 0, "2 fields differ"),
        (0, 1, 0, "1 cell differs"),
        (0, 0, 1, "1 key differs"),
        (1, 1, 0, "1 field and 1 cell differ"),
        (1, 3, 0, "1 field and 3 cells differ"),
        (0, 2, 2, "2 cells and 2 keys differ"),
        (1, 2, 1, "1 field, 2 cells and 1 key differ"),
    ],
)
def test_differences_are_counted_in_words(fields: int, cells: int, keys: int, text: str) -> None:
    rows = RowsDiff((cell("A", "1", "2", K="a"),) * cells, (RowChange({"K": "a"}, {"K": "b"}),) * keys)

    assert count_differences((FieldChange("description", "a", "b"),) * fields, rows) == text


# Selections.


@pytest.mark.parametrize(
    ("target", "exclude", "covered"),
    [
        ((), (), True),
        (("Queue/q",), (), True),
        (("Queue/*",), (), True),
        (("Queue/r",), (), False),
        (("Queue/r", "Queue/q"), (), True),
        ((), ("Queue/q",), False),
        ((), ("Queue/r",), True),
        (("Queue/*",), ("Queue/q",), False),
        (("queue/q",), (), False),
    ],
)
def test_a_run_covers_its_targets_without_the_excluded_ones(
    target: tuple[str, ...], exclude: tuple[str, ...], covered: bool
) -> None:
    assert Selection(target, exclude).covers("Queue/q") is covered


@pytest.mark.parametrize(
    ("target", "exclude", "covered"),
    [
        (("DataTable/T",), (), True),
        (("DataTable/T/A",), (), True),
        (("DataTable/T/B",), (), False),
        ((), ("DataTable/T",), False),
        ((), ("DataTable/T/A",), False),
        (("DataTable/T",), ("DataTable/T/A",), False),
    ],
)
def test_a_part_is_covered_with_its_resource(target: tuple[str, ...], exclude: tuple[str, ...], covered: bool) -> None:
    assert Selection(target, exclude).covers("DataTable/T/A", "DataTable/T") is covered


def test_a_slash_does_not_make_a_part() -> None:
    assert not Selection(("DataTable/T",)).covers("DataTable/T/A")


# Resources that `destroy` may delete.

ENVIRONMENT = Environment("centre", "prod", Path(), "arn")
MINE, OTHER = Ref("Queue", "mine"), Ref("Queue", "other")


def world(**of_queues: dict[str, str]) -> World:
    return World({Ref("Queue", name): live(queue(name), tags=its) for name, its in of_queues.items()})


def managed(there: World, *declared: Manifest) -> set[str]:
    return {str(ref) for ref in managed_world(ENVIRONMENT, Desired({it.ref: it for it in declared}), there).live}


def test_only_resources_with_the_tags_of_the_stack_are_managed() -> None:
    there = world(
        mine=tags(ENVIRONMENT.scope, MINE),
        test={**tags(ENVIRONMENT.scope, MINE), STACK: "centre/test"},
        other={"Team": "a"},
        bare={},
    )

    assert managed(there) == {"Queue/mine"}


def test_a_resource_with_the_tag_of_the_stack_alone_stays_for_a_finding() -> None:
    there = world(copy={STACK: "centre/prod"})

    assert managed(there) == {"Queue/copy"}
    assert not is_managed(ENVIRONMENT, there.live[Ref("Queue", "copy")])


def test_a_resource_that_a_manifest_adopts_is_managed() -> None:
    there = world(other={"Team": "a"}, bare={})
    adopting = Manifest(queue("other").spec, queue("other").source, adopt=True)

    found = managed_world(ENVIRONMENT, Desired({OTHER: adopting}), there)

    assert found.live.keys() == {OTHER}
    assert found.live[OTHER].tags == {**tags(ENVIRONMENT.scope, OTHER), "Team": "a"}
    assert managed(there, queue("other")) == set()


def test_a_tag_of_another_stack_is_stronger_than_an_adoption() -> None:
    there = world(other={STACK: "centre/test"})
    adopting = Manifest(queue("other").spec, queue("other").source, adopt=True)

    assert managed(there, adopting) == set()


def test_resources_without_tags_are_managed_by_their_kind() -> None:
    hierarchy = levels("Country")

    assert managed(World(lives(hierarchy))) == {"UserHierarchy/main"}
    assert is_managed(ENVIRONMENT, live(hierarchy))


def test_other_resources_are_known_beside_the_managed_ones() -> None:
    there = World({OTHER: live(queue("other"))}, beside={MINE: live(queue("mine"))})

    found = managed_world(ENVIRONMENT, Desired(), there)

    assert (found.live.keys(), found.beside.keys()) == (set(), {MINE, OTHER})


def test_a_deletion_needs_no_permission_and_names_none() -> None:
    deletion, blocked = (Change(action, MINE, "with --allow-delete") for action in (Action.DELETE, Action.BLOCKED))

    assert without_permission(deletion) == Change(Action.DELETE, MINE, "managed by this stack")
    assert without_permission(blocked) is blocked
