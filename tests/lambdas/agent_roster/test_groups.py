"""Hierarchy groups of rows: looked up by their path, and created only if the settings allow it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.lambdas.agent_roster.desk import ADA, OWNER, Desk

pytestmark = pytest.mark.slow

IN_SALES = replace(ADA, hierarchy_group="London/Sales")


@pytest.fixture
def levels(desk: Desk) -> Desk:
    """An instance with two levels of groups, and none yet."""
    structure = {"LevelOne": {"Name": "City"}, "LevelTwo": {"Name": "Team"}}
    instance = desk.environ["INSTANCE_ID"]
    desk.clients["connect"].update_user_hierarchy_structure(InstanceId=instance, HierarchyStructure=structure)
    desk.control.reset_stats()
    return desk


def allow(desk: Desk) -> None:
    desk.environ["CREATE_HIERARCHY_GROUPS"] = "true"
    desk.function = desk.container()


def group_of(desk: Desk, name: str = "ada") -> str:
    user = desk.users()[name]
    return str(user.get("HierarchyGroupId", ""))


def paths(desk: Desk) -> list[str]:
    answer = desk.clients["connect"].search_user_hierarchy_groups(InstanceId=desk.environ["INSTANCE_ID"])
    groups = [it for it in answer["UserHierarchyGroups"] if it.get("LevelId") != "0"]
    return sorted("/".join(level["Name"] for level in it["HierarchyPath"].values()) for it in groups)


def test_a_missing_group_is_a_refusal_unless_groups_may_be_created(levels: Desk) -> None:
    sequencer = levels.upload(IN_SALES)

    levels.run()

    result, reason = levels.results(sequencer)["ada"]
    assert (result, "is not known in the instance" in reason) == ("refused", True)
    assert paths(levels) == []


def test_missing_groups_are_created_from_the_top_and_once(levels: Desk) -> None:
    """Both agents need them; the second one finds them in what the container knows."""
    allow(levels)
    sequencer = levels.upload(IN_SALES, replace(IN_SALES, username="bob"))

    levels.run()

    assert levels.calls()["CreateUserHierarchyGroup"] == 2
    assert paths(levels) == ["London", "London/Sales"]
    assert {result for result, _ in levels.results(sequencer).values()} == {"created"}
    assert group_of(levels, "ada") == group_of(levels, "bob") != ""


def test_created_groups_have_the_tag_of_the_pipeline(levels: Desk) -> None:
    allow(levels)
    levels.upload(IN_SALES)
    levels.run()

    connect, instance = levels.clients["connect"], levels.environ["INSTANCE_ID"]
    group = connect.describe_user_hierarchy_group(InstanceId=instance, HierarchyGroupId=group_of(levels))

    assert group["HierarchyGroup"]["Tags"]["reconciler:stack"] == OWNER


def test_an_empty_cell_takes_the_agent_out_of_its_group(levels: Desk) -> None:
    allow(levels)
    levels.upload(IN_SALES)
    levels.run()
    levels.calls()
    sequencer = levels.upload(replace(ADA, hierarchy_group=""))

    levels.run()

    assert levels.results(sequencer) == {"ada": ("changed", "")}
    assert levels.calls() == {"DescribeUser": 1, "UpdateUserHierarchy": 1}
    assert group_of(levels) == ""


def test_a_slash_in_the_name_of_a_group_is_written_as_in_manifests(levels: Desk) -> None:
    allow(levels)
    sequencer = levels.upload(replace(ADA, hierarchy_group="R%2FD"))

    levels.run()

    assert levels.results(sequencer) == {"ada": ("created", "")}
    assert paths(levels) == ["R/D"]


@pytest.mark.parametrize("fault", ["lostReply", "error"])
def test_a_group_without_a_reply_is_not_created_twice(levels: Desk, fault: str) -> None:
    allow(levels)
    sequencer = levels.upload(IN_SALES)
    levels.control.set_faults({fault: {"every": 2, "operations": ["CreateUserHierarchyGroup"]}})

    levels.run_until_done()

    levels.control.set_faults({})
    assert levels.results(sequencer) == {"ada": ("created", "")}
    assert paths(levels) == ["London", "London/Sales"]


def test_a_quota_of_groups_is_a_failed_row_that_names_groups(levels: Desk) -> None:
    allow(levels)
    sequencer = levels.upload(IN_SALES)
    exceeded = {"every": 1, "code": "LimitExceededException", "operations": ["CreateUserHierarchyGroup"]}
    levels.control.set_faults({"error": exceeded})

    levels.run()

    levels.control.set_faults({})
    result, reason = levels.results(sequencer)["ada"]
    assert (result, "as many hierarchy groups as its quota allows" in reason) == ("failed", True)


def test_a_group_deeper_than_the_levels_is_refused_with_awss_code(levels: Desk) -> None:
    allow(levels)
    sequencer = levels.upload(replace(ADA, hierarchy_group="London/Sales/North"))

    levels.run()

    result, reason = levels.results(sequencer)["ada"]
    assert (result, "CreateUserHierarchyGroup" in reason) == ("refused", True)
