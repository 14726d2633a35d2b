"""The policy of its role: made from the table of calls, and evaluated as IAM would."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reconciler.lambdas import session_data
from reconciler.lambdas.session_data.actions import ACTIONS
from reconciler.sandbox import INSTANCE_ID, shapes
from scripts import lambda_policies
from tests.lambdas.policies import Evaluated
from tests.lambdas.session_data.flow import ASSISTANT, CONTACT, SESSION, SESSION_ARN

ROOT = Path(__file__).parents[3]
POLICY = json.loads((Path(session_data.__file__).parent / "policy.json").read_text())
PAGE = (ROOT / "docs" / "guides" / "session-data.md").read_text()
IN_ARNS = re.compile(
    r"arn:\$\{var:PARTITION\}:(connect|wisdom|logs):\$\{var:REGION\}:\$\{var:ACCOUNT\}:[^*]+(/\*|:\*)?"
)


def test_the_policy_is_made_from_the_table_of_calls() -> None:
    """S1-20, S1-36."""
    assert [path.name for path, text in lambda_policies.texts().items() if path.read_text() != text] == []


def test_every_action_is_one_of_a_service_that_signs_by_that_name() -> None:
    """S1-36: qconnect signs as wisdom; a policy that says qconnect allows nothing."""
    for each in ACTIONS:
        service = shapes.service(each.service)
        assert each.allows == f"{service.signing_name}:{each.operation}"
        assert each.operation in service.operation_names


def test_every_resource_is_of_one_account_and_as_narrow_as_can_be() -> None:
    """S1-36..38: no wildcard account, the instance's contacts only, the assistant's sessions, one log group."""
    resources = [resource for each in POLICY["Statement"] for resource in each["Resource"]]

    assert [each for each in resources if not IN_ARNS.fullmatch(each)] == []
    assert sum("instance/${var:CONNECT_INSTANCE_ID}/contact/*" in each for each in resources) == 1
    assert sum("session/${var:AI_ASSISTANT_ID}/*" in each for each in resources) == 1
    assert sum("log-group:/aws/lambda/${var:FUNCTION_NAME}:*" in each for each in resources) == 1


HERE = "us-east-1:111122223333"
VALUES = {
    **{"PARTITION": "aws", "REGION": "us-east-1", "ACCOUNT": "111122223333", "FUNCTION_NAME": "session-data"},
    **{"CONNECT_INSTANCE_ID": INSTANCE_ID, "AI_ASSISTANT_ID": ASSISTANT},
}
LOG = f"arn:aws:logs:{HERE}:log-group:/aws/lambda"


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("connect:DescribeContact", f"arn:aws:connect:{HERE}:instance/{INSTANCE_ID}/contact/{CONTACT}", True),
        ("connect:DescribeContact", f"arn:aws:connect:{HERE}:instance/{SESSION}/contact/{CONTACT}", False),
        ("connect:UpdateContact", f"arn:aws:connect:{HERE}:instance/{INSTANCE_ID}/contact/{CONTACT}", False),
        ("wisdom:UpdateSessionData", f"arn:aws:wisdom:{HERE}:assistant/{ASSISTANT}", True),
        ("wisdom:UpdateSessionData", SESSION_ARN, True),
        ("wisdom:UpdateSessionData", SESSION_ARN.replace(ASSISTANT, SESSION), False),
        ("wisdom:DeleteSession", SESSION_ARN, False),
        ("qconnect:UpdateSessionData", SESSION_ARN, False),
        ("logs:PutLogEvents", f"{LOG}/session-data:log-stream:2026/01/05/[$LATEST]0", True),
        ("logs:PutLogEvents", f"{LOG}/another:log-stream:2026/01/05/[$LATEST]0", False),
        ("logs:CreateLogGroup", f"{LOG}/session-data:*", False),
    ],
)
def test_the_filled_in_policy_is_taken_by_iam_and_allows_what_is_used_alone(
    action: str, resource: str, expected: bool
) -> None:
    """S1-20, S1-36..38: the resources are those that the Service Authorization Reference names for each action."""
    assert Evaluated(POLICY, VALUES).allows(action, resource) is expected


def test_the_page_says_to_create_the_log_group_that_the_policy_does_not_allow_to_create() -> None:
    """S1-38."""
    assert "Create the log group `/aws/lambda/<function>` before the first event" in PAGE
