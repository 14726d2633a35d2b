"""Functions that flows call: an association and a flow refer to a function of the same stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.desired import examine
from reconciler.model import Manifest, Ref
from tests.builders.folders import messages, write
from tests.worlds.world import World

pytestmark = pytest.mark.slow

FUNCTION = """
kind: LambdaFunction
metadata: {name: hello}
spec:
  code: {folder: ../../code}
  runtime: python3.13
  handler: main.handler
  role: functions
  permissions: []
---
kind: IamRole
metadata: {name: functions}
spec:
  assumeRolePolicyDocument:
    Version: "2012-10-17"
    Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
"""
ASSOCIATION = """
---
kind: LambdaAssociation
metadata: {name: hello}
spec: {functionArn: "${LambdaFunction/hello.arn}"}
"""
FLOW = """
---
kind: ContactFlow
metadata: {name: Calls}
spec:
  type: CONTACT_FLOW
  content:
    Version: "2019-10-30"
    StartAction: call
    Actions:
      - Identifier: call
        Type: InvokeLambdaFunction
        Parameters: {LambdaFunctionARN: "${LambdaFunction/hello.arn}", InvocationTimeLimitSeconds: "8"}
        Transitions: {NextAction: end, Errors: [{NextAction: end, ErrorType: NoMatchingError}]}
      - {Identifier: end, Type: DisconnectParticipant, Parameters: {}, Transitions: {}}
"""


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.apply.waiting.PAUSE", 0.0)


def read(world: World, root: Path, *documents: str) -> list[Manifest]:
    write(root, {"manifests/base/it.yaml": "".join(documents), "code/main.py": "def handler(event, context): ..."})
    examined = examine(world.environment, {})
    assert messages(examined) == []
    assert examined.desired
    return list(examined.desired.manifests.values())


def test_a_flow_may_call_a_function_of_the_stack(world: World) -> None:
    world.control.set_faults({"switches": {"unassociatedLambda": "refused"}})
    manifests = read(world, world.environment.root, FUNCTION, ASSOCIATION, FLOW)

    done = world.run(*manifests)

    assert done.exit_code == 0, set(done.results.values())
    assert not world.plan(*manifests).changes


def test_the_statement_of_connect_stays(world: World) -> None:
    manifests = read(world, world.environment.root, FUNCTION, ASSOCIATION)
    world.run(*manifests)

    assert not world.plan(*manifests).changes
    assert "connect.amazonaws.com" in world.client("lambda").get_policy(FunctionName="hello")["Policy"]


def test_an_association_is_looked_up_by_the_arn_of_its_function(world: World) -> None:
    manifests = read(world, world.environment.root, FUNCTION, ASSOCIATION)
    world.control.set_faults({"lostReply": {"every": 1, "operations": ["AssociateLambdaFunction"]}})

    done = world.run(*manifests)

    assert done.exit_code == 0, set(done.results.values())
    assert world.connect.list_lambda_functions(InstanceId=world.environment.instance)["LambdaFunctions"]


def test_an_association_bears_the_name_of_its_function(world: World) -> None:
    wrong = ASSOCIATION.replace("name: hello", "name: other")
    write(world.environment.root, {"manifests/base/it.yaml": FUNCTION + wrong, "code/main.py": "1"})

    (mistake,) = messages(examine(world.environment, {}))

    assert mistake.endswith("call this one hello")


def test_a_function_is_deleted_after_its_association(world: World) -> None:
    manifests = read(world, world.environment.root, FUNCTION, ASSOCIATION)
    world.run(*manifests)

    done = world.run(removed=["LambdaAssociation/hello", "LambdaFunction/hello"], prune=True)

    assert done.exit_code == 0, set(done.results.values())
    assert {change.ref for change in done.plan.changes} >= {Ref("LambdaFunction", "hello")}
    assert not world.client("lambda").list_functions()["Functions"]
