"""The container ends at any of its calls, and Lambda gives the batch to another one: the end is always the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.lambdas.agents.agent import Agent
from tests.lambdas.agent_roster.desk import ADA, Desk, Kill, Killed

pytestmark = pytest.mark.slow

WHEN = pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
MOST = 40  # calls of two rows


def ended(desk: Desk, agents: tuple[Agent, ...], key: str) -> dict[str, Any]:
    """Returns what an import leaves behind, without ids and times."""
    users = desk.users(*(agent.username for agent in agents))
    kept: dict[str, Any] = {}
    for number, agent in enumerate(agents):
        user, item = users[agent.username], desk.item(agent.username)
        kept[f"user {number}"] = (user["IdentityInfo"], user.get("PhoneConfig"), len(user["SecurityProfileIds"]))
        kept[f"item {number}"] = (item["status"], item["user_id"] == user["Id"], item.get("last_error"))
    lines = [line for line in desk.result_rows(desk.uploaded, key) if line.pop("username")]
    kept["results"] = lines
    return kept


def pair(run: int, **change: Any) -> tuple[Agent, ...]:
    return tuple(replace(ADA, username=f"{name}-{run}", **change) for name in ("ada", "bob"))


def run_killed(desk: Desk, kill: Kill | None) -> bool:
    """Runs the new records in a container that is killed, and then in others. Returns whether it was killed."""
    records = desk.records()
    desk.kill = kill
    desk.function = desk.container()
    try:
        desk.run(records)
    except Killed:
        desk.kill = None
        desk.function = desk.container()
        desk.run(records)
        return True
    finally:
        desk.kill = None
    return False


@WHEN
def test_new_agents(desk: Desk, is_after: bool) -> None:
    """S4-33: created once each, and counted once in the result file."""
    expected: dict[str, Any] = {}
    for run in range(MOST):
        agents, key = pair(run), f"uploads/{run}.csv"
        desk.uploaded = desk.upload(*agents, key=key)

        was_killed = run_killed(desk, Kill(run, is_after) if run else None)

        left = ended(desk, agents, key)
        expected = expected or left
        assert left == expected
        if run and not was_killed:
            break
    assert [line["result"] for line in expected["results"]] == ["created", "created"]
    assert not was_killed
    assert run > 8


@WHEN
def test_changed_agents(desk: Desk, is_after: bool) -> None:
    """S4-33: the result file is the same, also after a kill between the last call of a row and its result."""
    expected: dict[str, Any] = {}
    desk.run()
    for run in range(MOST):
        agents, key = pair(run), f"uploads/{run}.csv"
        desk.upload(*agents)
        desk.function = desk.container()
        desk.run()
        changed = pair(run, last_name="King", auto_accept=True, security_profiles=("Admin", "Agent"))
        lost = replace(ADA, username=f"lost-{run}", routing_profile="Basic Routing Profil")
        desk.uploaded = desk.upload(*changed, lost, key=key)

        was_killed = run_killed(desk, Kill(run, is_after) if run else None)

        left = ended(desk, changed, key)
        expected = expected or left
        assert left == expected
        if run and not was_killed:
            break
    results = [(line["result"], line["column"]) for line in expected["results"]]
    assert results == [("changed", ""), ("changed", ""), ("refused", "routing profile name")]
    assert not was_killed
    assert run > 10


@WHEN
@pytest.mark.parametrize("remove", ["delete", "deactivate"])
def test_removed_agents(desk: Desk, remove: str, is_after: bool) -> None:
    """S4-33: each user is deleted, or has the profile of a deactivated one."""
    desk.environ |= {"REMOVE": remove, "DEACTIVATED_SECURITY_PROFILE": "Admin"}
    listed = desk.clients["connect"].list_security_profiles(InstanceId=desk.environ["INSTANCE_ID"])
    (admin,) = (it["Id"] for it in listed["SecurityProfileSummaryList"] if it["Name"] == "Admin")
    for run in range(1, MOST):
        names = [agent.username for agent in pair(run)]
        desk.upload(*pair(run), key=f"uploads/{run}.csv")
        desk.function = desk.container()
        desk.run()
        for name in names:
            desk.forget(name)

        was_killed = run_killed(desk, Kill(run, is_after))

        left = {name: user["SecurityProfileIds"] for name, user in desk.users(*names).items()}
        assert left == ({} if remove == "delete" else {name: [admin] for name in names})
        if not was_killed:
            break
    assert not was_killed
    assert run > 5


@WHEN
def test_new_agents_in_new_groups(desk: Desk, is_after: bool) -> None:
    """S4-33: no group is created twice, and both users are in it."""
    levels = {"LevelOne": {"Name": "City"}, "LevelTwo": {"Name": "Team"}}
    connect, instance = desk.clients["connect"], desk.environ["INSTANCE_ID"]
    connect.update_user_hierarchy_structure(InstanceId=instance, HierarchyStructure=levels)
    desk.environ["CREATE_HIERARCHY_GROUPS"] = "true"
    for run in range(1, MOST):
        agents, key = pair(run, hierarchy_group=f"City {run}/Team"), f"uploads/{run}.csv"
        sequencer = desk.upload(*agents, key=key)

        was_killed = run_killed(desk, Kill(run, is_after))

        groups = connect.list_user_hierarchy_groups(InstanceId=instance)["UserHierarchyGroupSummaryList"]
        users = desk.users(*(agent.username for agent in agents)).values()
        assert len(groups) == 2 * run
        assert len({user["HierarchyGroupId"] for user in users}) == 1
        assert {line["result"] for line in desk.result_rows(sequencer, key)} == {"created"}
        if not was_killed:
            break
    assert not was_killed
    assert run > 10
