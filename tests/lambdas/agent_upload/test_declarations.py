"""The files beside the code for those who deploy it: policy, metrics and alarms, requirements."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import reconciler.lambdas.agent_upload as package
from reconciler.lambdas.agent_upload.actions import ACTIONS
from reconciler.sandbox import INSTANCE_ID
from tests.builders.agent_files import SECRET
from tests.lambdas.agent_upload.inbox import Inbox, managed_csv, row
from tests.lambdas.emf import must_be_metrics
from tests.lambdas.policies import Evaluated

FOLDER = Path(package.__file__).parent
POLICY = json.loads((FOLDER / "policy.json").read_text())
OPERATIONS = json.loads((FOLDER / "operations.json").read_text())
HERE = "us-east-1:111122223333"
CONNECT = f"arn:aws:connect:{HERE}:instance/{INSTANCE_ID}"
KEY = f"arn:aws:kms:{HERE}:key/00000000-0000-4000-8000-000000000001"
VALUES = {
    **{"PARTITION": "aws", "REGION": "us-east-1", "ACCOUNT": "111122223333", "FUNCTION_NAME": "agents-upload"},
    **{"CONNECT_INSTANCE_ID": INSTANCE_ID, "UPLOADS_TABLE": "uploads", "ROSTER_TABLE": "roster", "BUCKET_NAME": "b"},
    **{"UPLOAD_PREFIX": "uploads/", "RESULT_PREFIX": "results/", "QUARANTINE_PREFIX": "quarantine/"},
    **{"SECRET_PREFIX": "agents/passwords", "KMS_KEY_ARN": KEY},
    "FAILED_EVENTS_QUEUE_ARN": f"arn:aws:sqs:{HERE}:agents-upload-failed",
}
SECRETS = f"arn:aws:secretsmanager:{HERE}:secret:"


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("s3:ListBucket", "arn:aws:s3:::b", True),
        ("s3:GetObject", "arn:aws:s3:::b/uploads/agents.csv", True),
        ("s3:GetObjectVersion", "arn:aws:s3:::b/uploads/agents.csv", True),
        ("s3:GetObject", "arn:aws:s3:::b/quarantine/agents.csv", False),
        ("s3:PutObject", "arn:aws:s3:::b/quarantine/agents.csv", True),
        ("s3:PutObject", "arn:aws:s3:::b/uploads/agents.csv", False),
        ("s3:DeleteObjectVersion", "arn:aws:s3:::b/uploads/agents.csv", True),
        ("s3:DeleteObject", "arn:aws:s3:::b/results/agents.csv", False),
        ("dynamodb:UpdateItem", f"arn:aws:dynamodb:{HERE}:table/roster", True),
        ("dynamodb:DeleteItem", f"arn:aws:dynamodb:{HERE}:table/roster", False),
        ("dynamodb:Scan", f"arn:aws:dynamodb:{HERE}:table/uploads", False),
        ("secretsmanager:CreateSecret", f"{SECRETS}agents/passwords/x/ada/password-AbCdEf", True),
        ("secretsmanager:GetSecretValue", f"{SECRETS}redshift/loader-AbCdEf", False),
        ("secretsmanager:DeleteSecret", f"{SECRETS}agents/passwords/x/ada/password-AbCdEf", False),
        ("kms:Decrypt", KEY, True),
        ("kms:Decrypt", f"arn:aws:kms:{HERE}:key/another", False),
        ("connect:ListRoutingProfiles", CONNECT, True),
        ("connect:CreateUser", f"{CONNECT}/agent/*", False),
        ("connect:DescribeUser", f"{CONNECT}/agent/u", False),
    ],
)
def test_the_filled_in_policy_allows_what_is_used_alone(action: str, resource: str, expected: bool) -> None:
    """S4-18: no call on users, no other secret, no other key."""
    assert Evaluated(POLICY, VALUES).allows(action, resource) is expected


def test_the_calls_that_it_makes_are_those_of_the_table(inbox: Inbox) -> None:
    inbox.environ["OWNER"] = "contact-centre/prod:Pipeline/agents"
    record = inbox.put(managed_csv((row(), row(user_login="b", mobile="x"))))
    inbox.sandbox.reset_stats()

    inbox.invoke(record)

    # A copy reads the object and writes another one.
    made = set(inbox.calls()) - {"s3:CopyObject"}
    allowed = {f"{action.service}:{action.operation}" for action in ACTIONS}
    assert made <= allowed
    assert {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "dynamodb:BatchGetItem"} <= made


def test_every_metric_is_declared_with_its_unit_and_every_alarm_has_its_metric(inbox: Inbox) -> None:
    inbox.upload(managed_csv())

    must_be_metrics(inbox.lines[-1])
    (held,) = json.loads(inbox.lines[-1])["_aws"]["CloudWatchMetrics"]
    assert (held["Namespace"], held["Dimensions"]) == (OPERATIONS["namespace"], [[OPERATIONS["dimension"]]])
    units = {metric["Name"]: metric["Unit"] for metric in held["Metrics"]}
    assert units == {name: metric["unit"] for name, metric in OPERATIONS["metrics"].items()}
    assert {alarm["metric"] for alarm in OPERATIONS["alarms"].values()} <= set(units)
    assert SECRET not in "".join(inbox.lines)
