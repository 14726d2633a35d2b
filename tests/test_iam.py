"""Least privilege: the policies hold what the code calls, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.sandbox import in_process
from reconciler.tools.iam import apply_actions, plan_actions, policy
from tests.shapes import attribute, key, table
from tests.world import World

WRITES = ("Create", "Update", "Delete", "Batch", "Tag", "Untag", "Put", "Associate")


def test_the_plan_policy_holds_no_write_and_no_evaluation() -> None:
    assert not [name for name in plan_actions() if name.partition(":")[2].startswith((*WRITES, "Evaluate"))]


def test_the_plan_policy_is_what_a_plan_calls(world: World) -> None:
    it = table(rows=[{"K": "a", "A": "1"}])
    world.run(it)
    world.calls()

    world.plan(it)

    assert {f"connect:{name}" for name in world.calls()} == plan_actions()


def test_the_apply_policy_is_what_all_the_ways_of_writing_call(tmp_path: Path) -> None:
    with in_process() as control:
        world = World(control, tmp_path)
        called = _everything(world)

    assert called == apply_actions()


def test_a_policy_is_for_one_instance() -> None:
    (statement,) = policy({"connect:SearchDataTables"}, "arn:aws:connect:eu-west-2:111122223333:instance/i")[
        "Statement"
    ]

    assert statement["Resource"] == [
        "arn:aws:connect:eu-west-2:111122223333:instance/i",
        "arn:aws:connect:eu-west-2:111122223333:instance/i/*",
    ]


@pytest.mark.parametrize("action", ["connect:EvaluateDataTableValues", "connect:DescribeInstance"])
def test_what_nobody_calls_is_in_no_policy(action: str) -> None:
    assert action not in apply_actions()


def _everything(world: World) -> set[str]:
    columns = [key(), attribute("A"), attribute("B")]
    world.calls()
    world.control.set_faults({"lostReply": {"every": 1, "operations": ["CreateDataTable"]}})
    world.run(table(columns, [{"K": "a", "A": "1"}, {"K": "b", "A": "1"}], spec={"tags": {"One": "1"}}))
    called = world.calls()
    world.control.set_faults({})
    changed = table(
        [key(), attribute("A", description="x")],
        [{"K": "c", "A": "2"}, {"K": "b", "A": None}],
        moved=[({"K": "a"}, {"K": "c"})],
        spec={"description": "x", "tags": {"Two": "2"}},
    )
    world.run(changed, prune=True)
    world.run(allow_delete=frozenset({"DataTable/T"}))
    return {f"connect:{name}" for name in {**called, **world.calls()}}
