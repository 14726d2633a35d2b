"""The permissions of the caller: by reads, by simulation, and unknown ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.errors import UnreachableError
from reconciler.kinds.iam import actions_of, apply_actions, field_actions, plan_actions
from reconciler.kinds.registry import KINDS
from reconciler.model import Desired
from reconciler.preflight import CheckResult, preflight
from reconciler.preflight.run import APPLY, PLAN
from reconciler.preflight.used import used
from tests.preflight.preflights import ARN, ENVIRONMENT, GOOD, ROLE, checked, desired, simulated
from tests.worlds.scripted_aws import ScriptedAnswer, ScriptedAws, denied, refusal


def test_reads_are_tried_and_the_rest_is_simulated() -> None:
    found = checked()

    assert "3 tried" in found[PLAN].message
    assert "simulated" in found[APPLY].message


def test_a_denied_read_fails_with_its_action() -> None:
    check = checked({"connect:SearchDataTables": denied("connect:SearchDataTables")})[PLAN]

    assert check.result is CheckResult.FAILED
    assert check.details[0].startswith("connect:SearchDataTables: ")
    assert "policy" in check.remedy


def test_a_successful_read_outweighs_a_denying_simulation() -> None:
    found = checked({"iam:SimulatePrincipalPolicy": simulated("implicitDeny")})

    assert found[PLAN].result is CheckResult.OK
    assert found[APPLY].result is CheckResult.FAILED
    assert "connect:CreateDataTable: no policy allows it" in found[APPLY].details


def test_lists_of_a_table_are_not_tried_without_a_live_one() -> None:
    nothing: Mapping[str, ScriptedAnswer] = {
        "connect:SearchDataTables": {"DataTables": []},
        "iam:SimulatePrincipalPolicy": denied("iam:SimulatePrincipalPolicy"),
    }

    check = checked(nothing)[PLAN]

    assert check.result is CheckResult.UNKNOWN
    assert check.details == ("connect:ListDataTableAttributes", "connect:ListDataTableValues")


@pytest.mark.parametrize(
    "wrong",
    [
        denied("iam:SimulatePrincipalPolicy"),
        refusal("iam:SimulatePrincipalPolicy", "NoSuchEntity"),
        UnreachableError("no answer to iam:SimulatePrincipalPolicy: <!doctype html><h1>Internal Server Error</h1>"),
    ],
)
def test_without_a_simulation_apply_is_unknown_with_the_reason(wrong: ScriptedAnswer) -> None:
    check = checked({"iam:SimulatePrincipalPolicy": wrong})[APPLY]

    assert check.result is CheckResult.UNKNOWN
    assert check.message.startswith("not known: ")
    assert "iam:SimulatePrincipalPolicy" in check.message
    assert "<" not in check.message


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ({"EvalDecision": "explicitDeny"}, "a policy denies it"),
        ({"EvalDecision": "implicitDeny"}, "no policy allows it"),
        (
            {"EvalDecision": "implicitDeny", "OrganizationsDecisionDetail": {"AllowedByOrganizations": False}},
            "organization",
        ),
        (
            {
                "EvalDecision": "implicitDeny",
                "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False},
            },
            "boundary",
        ),
    ],
)
def test_a_denial_names_the_denying_policy(result: dict[str, Any], text: str) -> None:
    check = checked({"iam:SimulatePrincipalPolicy": simulated(result.pop("EvalDecision"), **result)})[APPLY]

    assert check.result is CheckResult.FAILED
    assert all(text in detail for detail in check.details)


@pytest.mark.parametrize(
    ("specific", "text"),
    [
        (["allowed", "implicitDeny"], "some resources"),
        (["implicitDeny", "implicitDeny"], "depends on aws:ResourceTag/Team"),
    ],
)
def test_a_conditional_simulation_is_unknown(specific: list[str], text: str) -> None:
    missing = {"MissingContextValues": ["aws:ResourceTag/Team"]} if "allowed" not in specific else {}
    results = [{"EvalResourceName": ARN, "EvalResourceDecision": decision, **missing} for decision in specific]

    check = checked({"iam:SimulatePrincipalPolicy": simulated("implicitDeny", ResourceSpecificResults=results)})[APPLY]

    assert check.result is CheckResult.UNKNOWN
    assert text in check.details[0]


def test_a_session_is_simulated_as_its_role_with_path() -> None:
    aws = ScriptedAws(GOOD)

    preflight(aws, ENVIRONMENT, desired())

    (asked,) = [params for name, params in aws.asked if name == "iam:SimulatePrincipalPolicy"]
    assert asked["PolicySourceArn"] == ROLE
    assert asked["ResourceArns"] == [ARN, f"{ARN}/*"]


def test_each_action_is_simulated_on_its_granted_resources() -> None:
    aws = ScriptedAws(GOOD)

    preflight(aws, ENVIRONMENT, None)

    asked = [params for name, params in aws.asked if name == "iam:SimulatePrincipalPolicy"]
    assert [params["ResourceArns"] for params in asked if "connect:ListInstances" in params["ActionNames"]] == [["*"]]
    numbers = f"{ARN.rpartition(':')[0]}:phone-number/*"
    assert [params["ResourceArns"] for params in asked if "connect:ListPhoneNumbersV2" in params["ActionNames"]] == [
        [numbers]
    ]


def test_an_unreadable_role_is_assumed_to_have_no_path() -> None:
    aws = ScriptedAws({**GOOD, "iam:GetRole": denied("iam:GetRole")})

    preflight(aws, ENVIRONMENT, desired())

    (asked,) = [params for name, params in aws.asked if name == "iam:SimulatePrincipalPolicy"]
    assert asked["PolicySourceArn"] == "arn:aws:iam::111122223333:role/planner"


def test_a_user_is_simulated_as_it_is() -> None:
    user = "arn:aws:iam::111122223333:user/anna"
    aws = ScriptedAws({**GOOD, "sts:GetCallerIdentity": {"Account": "111122223333", "Arn": user}})

    preflight(aws, ENVIRONMENT, desired())

    assert "iam:GetRole" not in aws.names()
    assert user in [params.get("PolicySourceArn") for _, params in aws.asked]


def test_actions_of_undeclared_kinds_are_not_checked() -> None:
    wanted = used(apply_actions(), desired())

    assert "connect:CreateDataTable" in wanted
    assert "connect:TagResource" in wanted
    others = {action for kind in KINDS.values() if kind.name != "DataTable" for action in actions_of(kind)}
    assert not (others - actions_of(KINDS["DataTable"])) & wanted
    assert not field_actions()["User.password"] & wanted


def test_all_actions_count_if_the_manifests_are_unknown() -> None:
    assert used(plan_actions(), None) == plan_actions()
    assert used(plan_actions(), Desired()) == plan_actions()


def test_a_kinds_table_names_every_action_of_its_policy() -> None:
    named = {action for kind in KINDS.values() for action in actions_of(kind)}
    named |= frozenset[str]().union(*field_actions().values())

    assert apply_actions() - named <= {"connect:TagResource", "connect:UntagResource"}
