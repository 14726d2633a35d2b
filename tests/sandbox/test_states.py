"""AWS Step Functions: machines, whose creates are idempotent and whose deletions take a while."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.sandbox import ACCOUNT, REGION, Control

from .calls import refused
from .roles import ONCE, create, trust

ARN = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:m"
DONE = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
OTHER = json.dumps({"StartAt": "B", "States": {"B": {"Type": "Succeed"}}})
GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/m:*"


@pytest.fixture
def states(sandbox: Control, session: Any) -> Any:
    return session.create_client("stepfunctions", region_name=REGION, config=ONCE)


@pytest.fixture
def role(sandbox: Control, session: Any) -> str:
    iam = session.create_client("iam", region_name=REGION, config=ONCE)
    return str(create(iam, "r", trust({"Service": "states.amazonaws.com"}))["Arn"])


def machine(states: Any, role: str, definition: str = DONE, **more: Any) -> Any:
    return states.create_state_machine(**{"name": "m", "definition": definition, "roleArn": role, **more})


def described(states: Any) -> dict[str, Any]:
    return dict(states.describe_state_machine(stateMachineArn=ARN))


def code(call: Any) -> str:
    return refused(call)[0]


def log(arn: str = GROUP, level: str = "ALL") -> dict[str, Any]:
    return {"level": level, "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}]}


def test_a_machine_has_its_defaults(states: Any, role: str) -> None:
    assert machine(states, role)["stateMachineArn"] == ARN

    found = described(states)
    assert (found["status"], found["type"], found["definition"]) == ("ACTIVE", "STANDARD", DONE)
    assert found["loggingConfiguration"] == {"level": "OFF", "includeExecutionData": False}
    assert (found["tracingConfiguration"], found["encryptionConfiguration"]) == (
        {"enabled": False},
        {"type": "AWS_OWNED_KEY"},
    )


def test_an_equal_create_is_answered_and_changes_neither_role_nor_tags(states: Any, role: str, session: Any) -> None:
    iam = session.create_client("iam", region_name=REGION, config=ONCE)
    another = str(create(iam, "another", trust({"Service": "states.amazonaws.com"}))["Arn"])
    machine(states, role, tags=[{"key": "a", "value": "1"}])

    machine(states, another, tags=[{"key": "b", "value": "2"}])

    assert described(states)["roleArn"] == role
    assert states.list_tags_for_resource(resourceArn=ARN)["tags"] == [{"key": "a", "value": "1"}]
    assert code(lambda: machine(states, role, OTHER)) == "StateMachineAlreadyExists"


@pytest.mark.parametrize(
    "definition",
    [
        "{",
        '{"StartAt": "A"}',
        '{"StartAt": "B", "States": {"A": {"Type": "Succeed"}}}',
        '{"StartAt": "A", "States": {"A": {}}}',
        '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}',
    ],
)
def test_a_definition_names_its_states(states: Any, role: str, definition: str) -> None:
    assert code(lambda: machine(states, role, definition)) == "InvalidDefinition"


def test_a_role_must_trust_the_service(states: Any, session: Any) -> None:
    iam = session.create_client("iam", region_name=REGION, config=ONCE)
    other = str(create(iam, "other", trust({"Service": "lambda.amazonaws.com"}))["Arn"])

    assert refused(lambda: machine(states, other)) == ("AccessDeniedException", 400)


@pytest.mark.parametrize("logging", [{"level": "ALL"}, log(GROUP.removesuffix(":*")), log("arn:aws:s3:::b")], ids=str)
def test_a_log_is_a_log_group_with_a_wildcard(states: Any, role: str, logging: dict[str, Any]) -> None:
    assert code(lambda: machine(states, role, loggingConfiguration=logging)) == "InvalidLoggingConfiguration"
    machine(states, role, loggingConfiguration=log())


def test_a_key_and_its_type_fit_together(states: Any, role: str) -> None:
    wrong = {"type": "CUSTOMER_MANAGED_KMS_KEY"}

    assert code(lambda: machine(states, role, encryptionConfiguration=wrong)) == "InvalidEncryptionConfiguration"


def test_an_update_has_a_definition_or_a_role(states: Any, role: str) -> None:
    machine(states, role)
    only = {"stateMachineArn": ARN, "tracingConfiguration": {"enabled": True}}

    assert code(lambda: states.update_state_machine(**only)) == "MissingRequiredParameter"
    states.update_state_machine(**only, definition=OTHER)

    found = described(states)
    assert (found["definition"], found["tracingConfiguration"]) == (OTHER, {"enabled": True})
    assert found["roleArn"] == role


def test_a_deletion_takes_a_while(states: Any, role: str, sandbox: Control) -> None:
    sandbox.set_faults({"deletion": {"calls": 3}})
    machine(states, role)

    states.delete_state_machine(stateMachineArn=ARN)

    assert described(states)["status"] == "DELETING"
    assert code(lambda: machine(states, role)) == "StateMachineDeleting"
    assert code(lambda: states.update_state_machine(stateMachineArn=ARN, definition=OTHER)) == "StateMachineDeleting"
    assert code(lambda: described(states)) == "StateMachineDoesNotExist"
    states.delete_state_machine(stateMachineArn=ARN)


def test_machines_come_in_pages(states: Any, role: str) -> None:
    for name in ("a", "b", "c"):
        machine(states, role, name=name)

    pages = list(states.get_paginator("list_state_machines").paginate(PaginationConfig={"PageSize": 2}))

    assert [[each["name"] for each in page["stateMachines"]] for page in pages] == [["a", "b"], ["c"]]
    assert code(lambda: states.list_state_machines(nextToken="x")) == "InvalidToken"


def test_tags_are_those_of_a_machine_that_exists(states: Any, role: str) -> None:
    machine(states, role)
    states.tag_resource(resourceArn=ARN, tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
    states.untag_resource(resourceArn=ARN, tagKeys=["a"])

    assert states.list_tags_for_resource(resourceArn=ARN)["tags"] == [{"key": "b", "value": "2"}]
    reserved = [{"key": "aws:a", "value": "1"}]
    assert code(lambda: states.tag_resource(resourceArn=ARN, tags=reserved)) == "ValidationException"
    many = [{"key": str(number), "value": ""} for number in range(51)]
    assert code(lambda: states.tag_resource(resourceArn=ARN, tags=many)) == "TooManyTags"
    assert code(lambda: states.list_tags_for_resource(resourceArn=f"{ARN}2")) == "ResourceNotFound"


def test_the_tag_index_lists_machines_with_tags(states: Any, role: str, session: Any) -> None:
    machine(states, role, tags=[{"key": "a", "value": "1"}])
    index = session.create_client("resourcegroupstaggingapi", region_name=REGION, config=ONCE)

    found = index.get_resources(ResourceTypeFilters=["states:stateMachine"])["ResourceTagMappingList"]

    assert found == [{"ResourceARN": ARN, "Tags": [{"Key": "a", "Value": "1"}]}]
