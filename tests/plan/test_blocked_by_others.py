"""Changes that AWS would refuse because of other resources: users of a target, and holders of a name. Values only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.directory import World
from reconciler.errors import Source
from reconciler.model import Action, Change, Live, Manifest, Ref, Resource
from reconciler.plan.in_use import unless_refused, unless_used
from reconciler.plan.naming import unless_taken
from tests.builders.lives import live, lives
from tests.builders.resources import connect, group, hours, levels, queue
from tests.builders.tables import table
from tests.builders.works import change, creates, deletes, renames

HERE = Source("removed.yaml", 2)
DAY, NIGHT = hours("day"), hours("night")
QUEUE = queue("q")


def blocked(changes: list[Change]) -> dict[str, str]:
    return {str(it.ref): it.reason for it in changes if it.action is Action.BLOCKED}


# Users.


def after(*manifests: Manifest) -> dict[Ref, Resource]:
    return {manifest.ref: manifest.spec for manifest in manifests}


def of_users(changes: list[Change], *there: Manifest, then: dict[Ref, Resource] | None = None) -> dict[str, str]:
    return blocked(unless_used(changes, lives(*there), then or {}))


IN_USE = "Queue/q still uses it, and AWS does not delete a resource in use"


@pytest.mark.parametrize("action", [Action.DELETE, Action.REPLACE])
def test_a_used_resource_is_not_deleted(action: Action) -> None:
    assert of_users([change("HoursOfOperation/day", action=action)], DAY, QUEUE) == {"HoursOfOperation/day": IN_USE}


def test_a_used_resource_may_change() -> None:
    assert of_users([change("HoursOfOperation/day")], DAY, QUEUE) == {}


def test_a_resource_is_deleted_together_with_its_user() -> None:
    assert of_users([deletes("HoursOfOperation/day"), deletes("Queue/q")], DAY, QUEUE) == {}


def test_a_resource_is_deleted_once_its_user_no_longer_refers_to_it() -> None:
    then = after(queue("q", hoursOfOperation="night"))

    assert of_users([deletes("HoursOfOperation/day"), change("Queue/q")], DAY, NIGHT, QUEUE, then=then) == {}


def test_a_user_that_stays_as_it_is_keeps_its_target() -> None:
    then = after(queue("q", hoursOfOperation="night"))
    stuck = change("Queue/q", action=Action.BLOCKED)

    found = of_users([deletes("HoursOfOperation/day"), stuck], DAY, NIGHT, QUEUE, then=then)

    assert found["HoursOfOperation/day"] == IN_USE


def test_a_resource_that_gets_a_user_only_now_is_deleted() -> None:
    """AWS has no such reference yet. The graph orders the two."""
    then = after(queue("q", hoursOfOperation="day"))

    assert (
        of_users([deletes("HoursOfOperation/day")], DAY, NIGHT, queue("q", hoursOfOperation="night"), then=then) == {}
    )


def test_a_blocked_deletion_keeps_what_it_uses_itself() -> None:
    changes = [deletes("HoursOfOperation/day"), deletes("HoursOfOperation/town"), deletes("Queue/far")]
    town = hours("town", parentHoursOfOperations=["day"])

    found = of_users(changes[:2], DAY, town, queue("far", hoursOfOperation="town"))

    assert found.keys() == {"HoursOfOperation/day", "HoursOfOperation/town"}
    assert "HoursOfOperation/town still uses it" in found["HoursOfOperation/day"]
    assert of_users(changes, DAY, town, queue("far", hoursOfOperation="town")) == {}


def test_references_that_aws_does_not_protect_do_not_count() -> None:
    assert of_users([deletes("QuickConnect/c")], connect("c"), queue("q", quickConnects=["c"])) == {}


def test_the_deletion_of_a_part_does_not_delete_the_resource_of_the_same_address() -> None:
    part = change("Queue/q", action=Action.DELETE, part_of=Ref("Queue", "other"))

    assert of_users([deletes("HoursOfOperation/day"), part], DAY, QUEUE)["HoursOfOperation/day"] == IN_USE


def test_a_blocked_change_keeps_its_place_and_makes_no_call() -> None:
    deletion = replace(deletes("HoursOfOperation/day"), source=HERE, part_of=Ref("HoursOfOperation", "x"))

    (found,) = unless_used([deletion], lives(DAY, QUEUE), {})

    assert found == Change(
        Action.BLOCKED, Ref("HoursOfOperation", "day"), IN_USE, source=HERE, part_of=Ref("HoursOfOperation", "x")
    )


# Levels that groups need.


def of_levels(
    changes: list[Change], *there: Manifest, then: dict[Ref, Resource], beside: tuple[Manifest, ...] = ()
) -> dict[str, str]:
    return blocked(unless_refused(changes, World(lives(*there), beside=lives(*beside)), then))


TREE = (levels("Country", "Site"), group("North"), group("North/Berlin"))
FLAT = change("UserHierarchy/main")
DEEP = (
    "AWS keeps levelTwo while it or a level below has groups: UserHierarchyGroup/North/Berlin; delete them, or keep "
    "the level"
)


def test_a_level_stays_while_groups_need_it() -> None:
    assert of_levels([FLAT], *TREE, then=after(levels("Country"))) == {"UserHierarchy/main": DEEP}
    assert of_levels([FLAT], *TREE, then=after(levels("Country", "City"))) == {}


def test_a_level_goes_with_its_groups() -> None:
    gone = deletes("UserHierarchyGroup/North/Berlin")

    assert of_levels([FLAT, gone], *TREE, then=after(levels("Country"))) == {}


def test_a_group_that_is_blocked_keeps_its_level() -> None:
    stuck = change("UserHierarchyGroup/North/Berlin", action=Action.BLOCKED)

    found = of_levels([FLAT, stuck], *TREE, then=after(levels("Country"), group("North/Berlin")))

    assert found["UserHierarchy/main"] == DEEP


def test_a_new_group_needs_its_level_too() -> None:
    new = creates("UserHierarchyGroup/North/Berlin")

    assert of_levels([FLAT, new], *TREE[:2], then=after(levels("Country"), TREE[2])) == {"UserHierarchy/main": DEEP}


def test_groups_that_are_not_managed_count() -> None:
    assert of_levels([FLAT], *TREE[:2], then=after(levels("Country")), beside=TREE[2:]) == {"UserHierarchy/main": DEEP}


def test_the_whole_hierarchy_stays_while_there_are_groups() -> None:
    found = of_levels([deletes("UserHierarchy/main")], *TREE[:2], then={})

    assert "levelOne" in found["UserHierarchy/main"]


def test_other_kinds_are_not_refused() -> None:
    changes = [change("Queue/q"), change("UserHierarchy/main", action=Action.BLOCKED, reason="another reason")]

    assert unless_refused(changes, World(lives(*TREE)), after(levels("Country"))) == changes


# Names.


def named(ref: str, name: str) -> tuple[Ref, Live]:
    """Returns a live queue or table whose name in AWS is another one than its address has."""
    kind, _, known = ref.partition("/")
    manifest = queue(name) if kind == "Queue" else table(name=name)
    return Ref(kind, known), replace(live(manifest), ref=Ref(kind, known))


def of_names(changes: list[Change], *there: tuple[str, str]) -> dict[str, str]:
    return blocked(unless_taken(changes, dict(named(*each) for each in there)))


KEEPS = "its name is taken by Queue/b, which keeps it; delete or rename that one, or choose another name"


def test_a_name_that_another_resource_keeps_is_not_taken() -> None:
    assert of_names([creates("Queue/a")], ("Queue/b", "a")) == {"Queue/a": KEEPS}
    assert of_names([renames("Queue/a", "z")], ("Queue/a", "z"), ("Queue/b", "a")) == {"Queue/a": KEEPS}


@pytest.mark.parametrize("frees", [renames("Queue/b", "a"), deletes("Queue/a")], ids=["rename", "delete"])
def test_a_name_that_is_freed_in_the_same_plan_is_taken(frees: Change) -> None:
    assert of_names([creates("Queue/a"), frees], ("Queue/b", "a")) == {}


def test_a_resource_may_keep_its_own_name() -> None:
    assert of_names([renames("Queue/a", "A"), renames("Queue/c", "z")], ("Queue/a", "A"), ("Queue/c", "z")) == {}
    assert of_names([creates("Queue/a")], ("Queue/a", "a")) == {}


def test_two_names_are_not_swapped() -> None:
    found = of_names([renames("Queue/a", "b"), renames("Queue/b", "a")], ("Queue/a", "b"), ("Queue/b", "a"))

    assert "frees it only after this; AWS cannot swap names" in found["Queue/a"]
    assert found["Queue/a"].startswith("its name is taken by Queue/b, which")


def test_a_blocked_resource_keeps_the_name_that_another_waits_for() -> None:
    changes = [renames("Queue/a", "b"), renames("Queue/c", "a")]

    found = of_names(changes, ("Queue/c", "a"), ("Queue/a", "b"), ("Queue/d", "c"))

    assert "taken by Queue/d, which keeps it" in found["Queue/c"]
    assert "taken by Queue/c, which keeps it" in found["Queue/a"]


def test_names_in_another_case_are_one_name_only_if_the_kind_says_so() -> None:
    assert of_names([creates("Queue/a")], ("Queue/b", "A")) == {}
    assert "DataTable/b" in of_names([creates("DataTable/a")], ("DataTable/b", "A"))["DataTable/a"]


def test_a_name_of_another_kind_is_free() -> None:
    assert of_names([creates("QuickConnect/a")], ("Queue/b", "a")) == {}


def test_changes_that_take_no_name_stay_as_they_are() -> None:
    changes = [change("Queue/a"), deletes("Queue/b"), change("Queue/c", action=Action.BLOCKED, reason="why")]

    assert unless_taken(changes, dict([named("Queue/a", "a"), named("Queue/b", "b")])) == changes


def test_a_change_without_its_name_keeps_its_place() -> None:
    (found,) = unless_taken([replace(creates("Queue/a"), source=HERE)], dict([named("Queue/b", "a")]))

    assert found == Change(Action.BLOCKED, Ref("Queue", "a"), KEEPS, source=HERE)
