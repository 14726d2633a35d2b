"""State machines: new roles, deletions that take a while, and creates that AWS answers for an existing machine."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.model import Manifest
from tests.builders.manifests import manifest
from tests.builders.roles import trust
from tests.worlds.world import World

DONE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
ARN = "arn:aws:states:us-east-1:111122223333:stateMachine:nightly"


def role(name: str = "runner") -> Manifest:
    return manifest("IamRole", name, {"assumeRolePolicyDocument": trust("states.amazonaws.com")})


def machine(**more: Any) -> Manifest:
    return manifest("StateMachine", "nightly", {"definition": DONE, "role": "runner", **more})


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.apply.waiting.PAUSE", 0.0)
    monkeypatch.setattr("reconciler.apply.sending.backoff", lambda attempt: 0.0)


def test_a_machine_waits_until_aws_knows_its_new_role(world: World) -> None:
    world.control.set_faults({"propagation": {"calls": 4}})

    done = world.run(role(), machine())

    assert done.exit_code == 0, done
    assert world.control.stats()["faults"]["propagation"] > 0


def test_a_deletion_waits_until_aws_has_finished_it(world: World) -> None:
    world.control.set_faults({"deletion": {"calls": 5}})
    world.run(role(), machine())

    done = world.run(role(), removed=["StateMachine/nightly"])

    assert done.exit_code == 0
    assert not world.client("stepfunctions").list_state_machines()["stateMachines"]


def test_another_type_waits_for_the_end_of_the_deletion(world: World) -> None:
    world.control.set_faults({"deletion": {"calls": 5}})
    world.run(role(), machine())

    done = world.run(role(), machine(type="EXPRESS"), allow_delete=frozenset({"StateMachine/nightly"}))

    assert done.exit_code == 0, done
    assert world.client("stepfunctions").describe_state_machine(stateMachineArn=ARN)["type"] == "EXPRESS"


def test_an_equal_machine_of_another_writer_is_left_alone(world: World) -> None:
    """CreateStateMachine would answer it, and ignore the role and the tags."""
    world.run(role(), role("theirs"))
    seen = world.preview(role(), role("theirs"), machine())
    arn = "arn:aws:iam::111122223333:role/reconcile/theirs"
    states = world.client("stepfunctions")
    states.create_state_machine(name="nightly", definition=json.dumps(DONE, separators=(",", ":")), roleArn=arn)

    done = world.apply(seen)

    assert done.exit_code == 5
    assert states.describe_state_machine(stateMachineArn=ARN)["roleArn"] == arn
    assert states.list_tags_for_resource(resourceArn=ARN)["tags"] == []
