"""Pipelines of type session_data: who may call the function, and what it may write."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model import Linked
from tests.kinds.pipelines.expanding import ASSISTANT, INSTANCE, INSTANCE_ID, SCOPE, SESSION_DATA, expanded

OWN = "centre-prod-session-data"
OTHER = "00000000-0000-4000-8000-0000000000a2"


def allowed(environment: dict[str, str], instance: str = INSTANCE) -> dict[str, list[str]]:
    """Returns the resources of each action of the function's role."""
    children = expanded({**SESSION_DATA, "environment": environment}, replace(SCOPE, instance=instance))
    (policy,) = children[f"IamRole/{OWN}"].spec["inlinePolicies"]
    statements = policy["document"]["Statement"]
    return {action: statement["Resource"] for statement in statements for action in statement["Action"]}


def test_a_document_stands_for_all_that_the_function_needs() -> None:
    assert list(expanded({**SESSION_DATA, "alerts": {"topic": "centre-alerts"}})) == [
        f"LogGroup//aws/lambda/{OWN}",
        f"IamRole/{OWN}",
        f"LambdaFunction/{OWN}",
        f"LambdaAssociation/{OWN}",
        f"Alarm/{OWN}-errors",
        f"Alarm/{OWN}-no-session",
        f"Alarm/{OWN}-slow",
        f"Dashboard/{OWN}",
    ]


def test_flows_may_call_the_function_unless_the_manifest_says_otherwise() -> None:
    association = f"LambdaAssociation/{OWN}"

    assert expanded(SESSION_DATA)[association].spec["functionArn"] == Linked(f"${{LambdaFunction/{OWN}.arn}}")
    assert association not in expanded({**SESSION_DATA, "connect": {"associate": False}})


def test_the_role_may_write_sessions_of_its_assistant_and_ask_its_instance() -> None:
    place = "ca-central-1:111122223333"

    assert allowed({"AI_ASSISTANT_ID": ASSISTANT}) == {
        "connect:DescribeContact": [f"{INSTANCE}/contact/*"],
        "wisdom:UpdateSessionData": [
            f"arn:aws:wisdom:{place}:session/{ASSISTANT}/*",
            f"arn:aws:wisdom:{place}:assistant/{ASSISTANT}",
        ],
        "logs:CreateLogStream": [f"arn:aws:logs:{place}:log-group:/aws/lambda/{OWN}:*"],
        "logs:PutLogEvents": [f"arn:aws:logs:{place}:log-group:/aws/lambda/{OWN}:*"],
    }


def test_every_allowed_assistant_is_in_the_policy() -> None:
    arn = f"arn:aws:wisdom:ca-central-1:111122223333:assistant/{OTHER}"

    resources = allowed({"ALLOWED_ASSISTANT_IDS": f"{ASSISTANT}, {arn}"})["wisdom:UpdateSessionData"]

    assert [it.rpartition(":")[2] for it in resources] == [
        *(f"session/{ASSISTANT}/*", f"session/{OTHER}/*"),
        *(f"assistant/{ASSISTANT}", f"assistant/{OTHER}"),
    ]


@pytest.mark.parametrize("word", ["arn", "id"])
def test_an_assistant_that_a_manifest_declares_is_named_by_its_address(word: str) -> None:
    environment = {"AI_ASSISTANT_ID": Linked(f"${{QAssistant/desk.{word}}}")}

    resources = allowed(environment)["wisdom:UpdateSessionData"]

    assert resources[1] == Linked("arn:aws:wisdom:ca-central-1:111122223333:assistant/${QAssistant/desk.id}")


def test_the_instance_of_the_environment_is_the_default() -> None:
    def variables(own: dict[str, Any]) -> dict[str, str]:
        spec = {**SESSION_DATA, "environment": {**SESSION_DATA["environment"], **own}}
        return dict(expanded(spec)[f"LambdaFunction/{OWN}"].spec["environment"])

    other = INSTANCE.replace(INSTANCE_ID, OTHER)

    assert variables({})["CONNECT_INSTANCE_ID"] == INSTANCE
    assert variables({"CONNECT_INSTANCE_ID": other})["CONNECT_INSTANCE_ID"] == other
    assert allowed({"AI_ASSISTANT_ID": ASSISTANT, "CONNECT_INSTANCE_ID": other})["connect:DescribeContact"] == [
        f"{other}/contact/*"
    ]


def test_flows_call_the_alias_of_a_function_with_provisioned_concurrency() -> None:
    children = expanded({**SESSION_DATA, "function": {"provisionedConcurrency": 2}})

    assert children[f"LambdaFunction/{OWN}"].spec["provisionedConcurrency"] == 2
    assert children[f"LambdaAssociation/{OWN}:live"].spec["functionArn"] == Linked(f"${{LambdaAlias/{OWN}/live.arn}}")
