"""Agents that a pipeline made from a spreadsheet: another owner's, until a person takes them over. They never fight."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model import Action, Status
from reconciler.model.ownership import STACK, pipeline_owner
from tests.worlds.agents import add_user, agent, described, sign_in
from tests.worlds.exporting import exported
from tests.worlds.undoing import undone
from tests.worlds.world import World

ADA = "User/ada"


@pytest.fixture(autouse=True)
def manifests(world: World) -> None:
    """A folder without manifests, which `adopt` reads."""
    (world.environment.root / "manifests" / "base").mkdir(parents=True)


@pytest.fixture
def owner(world: World) -> str:
    """The tag of users of the pipeline `agents`, of which there is one."""
    sign_in(world, "CONNECT_MANAGED")
    tag = pipeline_owner(world.environment.scope, "agents")
    add_user(world, Tags={STACK: tag})
    return tag


def test_a_declared_agent_of_a_pipeline_is_blocked_with_both_ways_out(world: World, owner: str) -> None:
    (change,) = world.plan(agent()).changes

    assert change.action is Action.BLOCKED
    assert "Pipeline/agents made it" in change.reason
    assert "delete the manifest" in change.reason
    assert f"reconcile -e test adopt {ADA}" in change.reason


def test_an_agent_of_a_pipeline_is_not_an_orphan(world: World, owner: str) -> None:
    plan = world.plan(prune=True)

    assert plan.changes == ()
    assert plan.orphans == ()


def test_an_agent_of_a_pipeline_is_taken_over_by_one_command(world: World, owner: str) -> None:
    done = world.adopt(ADA)

    assert {result.status for result in done.results.values()} == {Status.DONE}
    assert described(world)["Tags"][STACK] == world.environment.scope.owner
    assert not [change for change in world.plan(agent()).changes if change.action is Action.BLOCKED]


def test_the_undo_of_a_takeover_gives_the_agent_back(world: World, owner: str) -> None:
    run = world.adopt(ADA)

    done = undone(world, run)

    assert done.exit_code == 0, done
    assert described(world)["Tags"] == {STACK: owner}


@pytest.mark.parametrize("other", ["other/prod", "other/prod:Pipeline/agents"])
def test_an_agent_of_another_stack_is_not_taken_over(world: World, other: str) -> None:
    sign_in(world, "CONNECT_MANAGED")
    add_user(world, Tags={STACK: other})

    done = world.adopt(ADA)

    (change,) = done.plan.changes
    assert (change.action, f"is managed by {other}" in change.reason) == (Action.BLOCKED, True)


def test_an_export_has_declared_agents_and_those_of_pipelines(world: World, owner: str, tmp_path: Path) -> None:
    add_user(world, Username="bob")

    done = exported(world, tmp_path, kinds=("User",))

    assert sorted(path.name for path in done.written) == ["ada.yaml", "bob.yaml"]
    (note,) = [note for note in done.notes if note.address == "User/*"]
    assert "Pipeline/agents made 1 of these" in note.message
