"""Mistakes in manifests of state machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.kinds.documents import mistakes

DONE = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
GROUP = "arn:aws:logs:us-east-1:111122223333:log-group:/calls"
ROLE = "kind: IamRole\nmetadata: {name: r}\nspec: {assumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}}\n"


def machine(definition: Any = DONE, name: str = "it", **more: Any) -> str:
    spec = {"definition": definition, "role": "r", **more}
    return json.dumps({"kind": "StateMachine", "metadata": {"name": name}, "spec": spec}) + "\n"


def states(**state: Any) -> dict[str, Any]:
    return {"StartAt": "A", "States": {"A": state, "B": {"Type": "Succeed"}}}


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ({"StartAt": "A"}, "has no States"),
        ({"StartAt": "C", "States": {"A": {"Type": "Succeed"}}}, "StartAt names 'C', which is none of its States"),
        (states(Comment="?"), "state 'A': has no Type"),
        (states(Type="Pass", Next="C"), "state 'A': leads to 'C', which does not exist beside it"),
        (states(Type="Choice", Choices=[{"Next": "C"}], Default="B"), "leads to 'C'"),
        (states(Type="Choice", Choices=[{"Next": "B"}], Default="C"), "leads to 'C'"),
        (states(Type="Task", Catch=[{"Next": "C"}], End=True), "leads to 'C'"),
        (states(Type="Parallel", Branches=[{"StartAt": "A", "States": {}}], End=True), "state 'A': has no States"),
        (states(Type="Map", ItemProcessor={"StartAt": "B", "States": {"A": {"Type": "Pass"}}}), "StartAt names 'B'"),
    ],
    ids=str,
)
def test_transitions_lead_to_states_beside_them(tmp_path: Path, definition: Any, expected: str) -> None:
    found = mistakes(tmp_path, machine(definition), ROLE)

    assert any(expected in mistake for mistake in found), found


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"loggingConfiguration": {"level": "ALL"}}, "needs destinations at this level"),
        (
            {
                "name": "it.1",
                "loggingConfiguration": {
                    "level": "ALL",
                    "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}}],
                },
            },
            "only a machine whose name has letters, digits, - and _ can have a log",
        ),
        ({"encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY"}}, "needs kmsKeyId"),
        ({"encryptionConfiguration": {"type": "AWS_OWNED_KEY", "kmsKeyId": "alias/a"}}, "needs kmsKeyId"),
        ({"name": "a b"}, "is not a name of a state machine"),
    ],
    ids=str,
)
def test_settings_that_do_not_fit_together_are_mistakes(tmp_path: Path, more: dict[str, Any], expected: str) -> None:
    found = mistakes(tmp_path, machine(**more), ROLE)

    assert any(expected in mistake for mistake in found), found


def test_a_complete_definition_has_no_mistake(tmp_path: Path) -> None:
    branch = {"StartAt": "In", "States": {"In": {"Type": "Pass", "End": True}}}
    whole = {
        "StartAt": "Each",
        "States": {
            "Each": {"Type": "Map", "ItemProcessor": branch, "Next": "Both"},
            "Both": {"Type": "Parallel", "Branches": [branch, branch], "Catch": [{"Next": "Done"}], "Next": "Done"},
            "Done": {"Type": "Succeed"},
        },
    }

    assert not mistakes(tmp_path, machine(whole), ROLE)
