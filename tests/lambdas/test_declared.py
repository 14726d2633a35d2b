"""The files beside each function's code agree with the code: its policy, its time-out and its handler."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest

from reconciler.lambdas.shared.actions import Action
from reconciler.packaging.source import LAMBDAS, names
from reconciler.sandbox import shapes

OWN_LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}
# IAM actions that no operation is named after: of an operation with tags, and of ListObjectsV2.
PERMISSIONS = {"s3:PutObjectTagging", "sts:TagSession", "s3:ListBucket"}
# Lambda reads the stream itself, and calls another service of DynamoDB.
OF_STREAMS = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}
# AWS's services call KMS for the function.
INDIRECT = {"kms"}


def actions_of(name: str) -> tuple[Action, ...]:
    actions: tuple[Action, ...] = import_module(f"reconciler.lambdas.{name}.actions").ACTIONS
    return actions


def document(name: str, file: str) -> Any:
    return json.loads((LAMBDAS / name / file).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", names())
def test_the_policy_allows_the_calls_of_the_table_and_its_own_log(name: str) -> None:
    """S1-20, S1-36..38, S4-18."""
    statements = document(name, "policy.json")["Statement"]

    allowed = {action for statement in statements for action in statement["Action"]}
    assert allowed == {action.allows for action in actions_of(name)} | OWN_LOG
    assert "*" not in {resource for statement in statements for resource in statement["Resource"]}


@pytest.mark.parametrize("name", [*names(), "connectwise"])
def test_every_action_is_an_operation_of_its_service(name: str) -> None:
    """Also of the role of tenants, which `connectwise` has."""
    for action in actions_of(name):
        if action.allows in PERMISSIONS or action.service in INDIRECT:
            continue
        service = "dynamodbstreams" if action.operation in OF_STREAMS else action.service
        assert action.operation in shapes.service(service).operation_names


@pytest.mark.parametrize("name", sorted({*names()} - {"session_data"}))
def test_a_function_may_run_as_long_as_it_thinks(name: str) -> None:
    """A caller of session_data waits for less, so that function has a budget of its own."""
    function = import_module(f"reconciler.lambdas.{name}.function")

    assert document(name, "operations.json")["timeoutSeconds"] == function.UNLIMITED


@pytest.mark.parametrize("name", names())
def test_the_handler_stays_a_page_that_is_read_at_a_glance(name: str) -> None:
    """S1-16, S1-65."""
    assert len((LAMBDAS / name / "handler.py").read_text(encoding="utf-8").splitlines()) <= 30
