"""The user hierarchy: its levels, and the groups on them."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox import Control

from .administrative import GROUP, HERE, add_group, levels
from .calls import DUPLICATE, IN_USE, INVALID, INVALID_REQUEST, MISSING, refused


def structure(client: Any) -> list[str]:
    found = client.describe_user_hierarchy_structure(**HERE)["HierarchyStructure"]
    return [level["Name"] for level in found.values()]


def level_id(client: Any, level: str) -> str:
    found = client.describe_user_hierarchy_structure(**HERE)["HierarchyStructure"]
    return str(found[level]["Id"])


def test_levels_are_set_in_one_call(connect: Any) -> None:
    """Service model: add, remove and rename."""
    levels(connect, "Region", "Site")
    levels(connect, "Country", "Site", "Team")
    three = structure(connect)
    id = level_id(connect, "LevelOne")
    levels(connect, "Country")

    assert (three, structure(connect)) == (["Country", "Site", "Team"], ["Country"])
    assert level_id(connect, "LevelOne") == id
    levels(connect)
    assert structure(connect) == []


def test_a_level_with_groups_stays(connect: Any) -> None:
    levels(connect, "Region", "Site")
    site = add_group(connect, "A", add_group(connect, "North"))

    assert refused(lambda: levels(connect, "Region")) == IN_USE
    GROUP.delete(connect, site)
    levels(connect, "Region")


def test_levels_follow_each_other_and_have_short_names(connect: Any) -> None:
    """The order is inferred, the length is the model's text."""
    gap = {"LevelTwo": {"Name": "Site"}}

    assert refused(lambda: connect.update_user_hierarchy_structure(**HERE, HierarchyStructure=gap)) == INVALID_REQUEST
    assert refused(lambda: levels(connect, "x" * 51)) == INVALID
    levels(connect, "Region")
    assert refused(lambda: add_group(connect, "x" * 101)) == INVALID
    assert refused(lambda: add_group(connect, "")) == INVALID


def test_a_group_shows_its_path(connect: Any) -> None:
    levels(connect, "Region", "Site")
    north = add_group(connect, "North")
    site = add_group(connect, "A", north)

    connect.update_user_hierarchy_group_name(**HERE, HierarchyGroupId=north, Name="South")

    found = GROUP.described(connect, site)
    assert [step["Name"] for step in found["HierarchyPath"].values()] == ["South", "A"]
    shown = connect.describe_user_hierarchy_structure(**HERE)["HierarchyStructure"]
    assert found["LevelId"] == shown["LevelTwo"]["Id"]


def test_groups_reach_no_deeper_than_the_levels(connect: Any) -> None:
    """Inferred."""
    assert refused(lambda: add_group(connect, "North")) == INVALID_REQUEST
    levels(connect, "Region")
    north = add_group(connect, "North")
    assert refused(lambda: add_group(connect, "A", north)) == INVALID_REQUEST
    assert refused(lambda: add_group(connect, "B", "nowhere")) == MISSING


def test_a_group_with_children_or_agents_stays(sandbox: Control, connect: Any) -> None:
    levels(connect, "Region", "Site")
    north = add_group(connect, "North")
    site = add_group(connect, "A", north)
    sandbox.seed("User", {"Username": "ada", "HierarchyGroupId": site})

    assert refused(lambda: GROUP.delete(connect, north)) == IN_USE
    assert refused(lambda: GROUP.delete(connect, site)) == IN_USE


def test_groups_of_one_name_have_different_parents_unless_switched(sandbox: Control, connect: Any) -> None:
    """Inferred; a switch."""
    levels(connect, "Region", "Site")
    north, south = add_group(connect, "North"), add_group(connect, "South")
    add_group(connect, "A", north)

    sandbox.set_faults({"switches": {"hierarchyNames": "instance"}})
    assert refused(lambda: add_group(connect, "A", south)) == DUPLICATE
    sandbox.set_faults({})
    add_group(connect, "A", south)
    assert refused(lambda: add_group(connect, "A", south)) == DUPLICATE


def test_search_shows_the_foundation_that_no_list_has(connect: Any) -> None:
    """Service model: LevelId 0, not user-definable."""
    levels(connect, "Region")
    add_group(connect, "North")

    searched = {row["LevelId"]: row["Id"] for row in GROUP.searched(connect)}

    assert set(searched) == {"0", level_id(connect, "LevelOne")}
    assert [row["Name"] for row in GROUP.listed(connect)] == ["North"]
    assert refused(lambda: GROUP.delete(connect, searched["0"])) == MISSING


def test_groups_are_searched_by_parent_and_level(connect: Any) -> None:
    levels(connect, "Region", "Site")
    north = add_group(connect, "North")
    add_group(connect, "A", north)

    def found(field: str, value: str) -> list[str]:
        condition = {"FieldName": field, "Value": value, "ComparisonType": "EXACT"}
        return [row["Name"] for row in GROUP.searched(connect, SearchCriteria={"StringCondition": condition})]

    assert found("parentId", north) == ["A"]
    assert found("levelId", level_id(connect, "LevelOne")) == ["North"]
