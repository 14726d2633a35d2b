"""Hierarchy groups are named by their path: the same name may lie below several groups."""

from __future__ import annotations

import pytest

from reconciler.model import Action
from tests.builders.resources import group
from tests.worlds.agents import sign_in
from tests.worlds.hierarchies import LEVELS, SALES, actions, group_of, paths, profile, rename, user
from tests.worlds.undoing import undone
from tests.worlds.world import World

RENAMED = [LEVELS, group("Paris", renamed_from="London"), group("Paris/Sales"), group("Leeds"), group("Leeds/Sales")]


@pytest.fixture(autouse=True)
def saml(world: World) -> None:
    """Lets users be created without a password."""
    sign_in(world)


def test_groups_of_one_name_are_created_below_their_parents(world: World) -> None:
    done = world.run(*SALES, profile("Leeds/Sales"), user("London/Sales"))

    assert done.exit_code == 0
    ids = paths(world)
    assert sorted(ids) == ["Leeds", "Leeds/Sales", "London", "London/Sales"]
    assert group_of(world, "ada") == ids["London/Sales"]
    assert world.plan(*SALES, profile("Leeds/Sales"), user("London/Sales")).changes == ()


def test_a_user_moves_between_groups_of_one_name(world: World) -> None:
    world.run(*SALES, user("London/Sales"))

    done = world.run(*SALES, user("Leeds/Sales"))

    assert [[field.path for field in change.fields] for change in done.plan.changes] == [["hierarchyGroup"]]
    assert group_of(world, "ada") == paths(world)["Leeds/Sales"]


def test_a_path_addresses_one_of_two_groups(world: World) -> None:
    world.run(*SALES)

    targeted = world.plan(LEVELS, group("London"), group("Leeds"), prune=True, target=("*/London/Sales",))
    done = world.run(*SALES[:3], SALES[4], removed=["UserHierarchyGroup/London/Sales"])

    assert actions(targeted) == {"London/Sales": Action.DELETE}
    assert actions(done.plan) == {"London/Sales": Action.DELETE}
    assert sorted(paths(world)) == ["Leeds", "Leeds/Sales", "London"]


def test_all_groups_are_deleted_from_the_leaves_up(world: World) -> None:
    world.run(*SALES)

    done = world.run(prune=True, removed=["UserHierarchy/main"])

    assert done.exit_code == 0
    assert paths(world) == {}


# Renames.


def test_groups_below_a_renamed_group_follow(world: World) -> None:
    world.run(*SALES, user("London/Sales"))
    before = paths(world)
    world.calls()

    done = world.run(*RENAMED, user("Paris/Sales"))

    calls = world.calls()
    after = paths(world)
    assert actions(done.plan) == {"Paris": Action.UPDATE, "Paris/Sales": Action.UPDATE}
    assert (after["Paris"], after["Paris/Sales"]) == (before["London"], before["London/Sales"])
    assert calls["UpdateUserHierarchyGroupName"] == 1
    assert not {"CreateUserHierarchyGroup", "DeleteUserHierarchyGroup"} & calls.keys()
    assert world.plan(*RENAMED, user("Paris/Sales")).changes == ()


def test_a_group_below_a_renamed_group_may_be_renamed_too(world: World) -> None:
    world.run(*SALES)
    both = [*RENAMED[:2], group("Paris/Care", renamed_from="London/Sales"), *RENAMED[3:]]

    done = world.run(*both)

    assert actions(done.plan) == {"Paris": Action.UPDATE, "Paris/Care": Action.UPDATE}
    assert sorted(paths(world)) == ["Leeds", "Leeds/Sales", "Paris", "Paris/Care"]
    assert world.plan(*both).changes == ()


def test_a_group_is_created_below_a_group_that_is_renamed(world: World) -> None:
    world.run(*SALES)

    done = world.run(*RENAMED, group("Paris/Care"))

    assert (done.exit_code, actions(done.plan)["Paris/Care"]) == (0, Action.CREATE)
    assert "Paris/Care" in paths(world)


def test_a_rename_in_the_console_is_undone_for_the_one_group(world: World) -> None:
    world.run(*SALES)
    rename(world, paths(world)["London"], "Paris")

    done = world.run(*SALES)

    assert actions(done.plan) == {"London": Action.UPDATE}
    assert world.plan(*SALES).changes == ()


def test_undo_gives_a_group_and_those_below_their_paths_back(world: World) -> None:
    world.run(*SALES)
    done = world.run(*RENAMED)

    back = undone(world, done)

    assert back.exit_code == 0
    assert sorted(paths(world)) == ["Leeds", "Leeds/Sales", "London", "London/Sales"]
    left = world.plan(*SALES)
    assert [(name, action) for name, action in actions(left).items() if action is not Action.UPDATE] == []
    assert {field.path for change in left.changes for field in change.fields} <= {"metadata.address"}


def test_a_group_with_another_parent_is_another_group_to_which_users_move(world: World) -> None:
    world.run(*SALES, group("London/Sales/Desk"), user("London/Sales/Desk"))
    wanted = [*SALES[:3], SALES[4], group("Leeds/Care"), group("Leeds/Care/Desk"), user("Leeds/Care/Desk")]

    done = world.run(*wanted, prune=True)

    assert actions(done.plan) == {
        "London/Sales": Action.DELETE,
        "London/Sales/Desk": Action.DELETE,
        "Leeds/Care": Action.CREATE,
        "Leeds/Care/Desk": Action.CREATE,
        "ada": Action.UPDATE,
    }
    assert done.exit_code == 0
    assert group_of(world, "ada") == paths(world)["Leeds/Care/Desk"]
    assert world.plan(*wanted).changes == ()


def test_a_group_that_is_renamed_to_another_parent_is_replaced(world: World) -> None:
    world.run(*SALES, profile("London/Sales"))
    wanted = [*SALES[:3], SALES[4], group("Leeds/Care", renamed_from="London/Sales"), profile("Leeds/Care")]

    blocked = world.plan(*wanted)
    done = world.run(*wanted, allow_delete=frozenset({"UserHierarchyGroup/Leeds/Care"}))

    assert actions(blocked) == {"Leeds/Care": Action.BLOCKED}
    assert actions(done.plan) == {"Leeds/Care": Action.REPLACE, "leads": Action.UPDATE}
    assert done.exit_code == 0
    assert world.plan(*wanted).changes == ()


def test_a_group_with_agents_is_not_replaced(world: World) -> None:
    world.run(*SALES, user("London/Sales"))
    wanted = [*SALES[:3], SALES[4], group("Leeds/Care", renamed_from="London/Sales"), user("Leeds/Care")]

    (change,) = world.plan(*wanted, allow_delete=frozenset({"UserHierarchyGroup/Leeds/Care"})).changes

    assert change.action is Action.BLOCKED
    assert change.reason == "User/ada still uses it, and AWS does not delete a resource in use"
