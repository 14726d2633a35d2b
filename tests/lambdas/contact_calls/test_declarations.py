"""The files beside the code for those who deploy it: policy, metrics and alarms, requirements."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import reconciler.lambdas.contact_calls as package
from reconciler.lambdas.contact_calls.actions import ACTIONS
from reconciler.lambdas.contact_calls.reporting import Reporting
from reconciler.lambdas.shared.logs import Log
from reconciler.sandbox import INSTANCE_ID
from tests.lambdas.contact_calls.pipeline import Pipeline
from tests.lambdas.emf import must_be_metrics
from tests.lambdas.policies import Evaluated

FOLDER = Path(package.__file__).parent
ROOT = FOLDER.parents[2]
POLICY = json.loads((FOLDER / "policy.json").read_text())
OPERATIONS = json.loads((FOLDER / "operations.json").read_text())
UTC = {"TIME_ZONE": "UTC"}


def test_each_action_is_granted_on_what_iam_judges_it_by_and_no_further() -> None:
    """As the Service Authorization Reference has it; queues are listed as `queue/*`."""
    instance = "arn:${var:PARTITION}:connect:${var:REGION}:${var:ACCOUNT}:instance/${var:CONNECT_INSTANCE_ID}"
    ledger = "arn:${var:PARTITION}:dynamodb:${var:REGION}:${var:ACCOUNT}:table/${var:LEDGER_TABLE}"
    granted = {action: each["Resource"] for each in POLICY["Statement"] for action in each["Action"]}

    assert {action: found for action, found in granted.items() if not action.startswith("logs:")} == {
        "connect:SearchContacts": [instance],
        "connect:DescribeContact": [f"{instance}/contact/*"],
        "connect:ListUsers": [instance],
        "connect:ListQueues": [instance, f"{instance}/queue/*"],
        **{f"dynamodb:{name}": [ledger] for name in ("GetItem", "UpdateItem", "Query")},
        "s3:PutObject": ["arn:${var:PARTITION}:s3:::${var:LOAD_BUCKET}/${var:LOAD_PREFIX}/*"],
        "secretsmanager:GetSecretValue": ["${var:REDSHIFT_SECRET_ARN}"],
        "redshift-serverless:GetCredentials": ["${var:REDSHIFT_WORKGROUP_ARN}"],
        "sqs:SendMessage": ["${var:FAILED_EVENTS_QUEUE_ARN}"],
    }


HERE = "us-east-1:111122223333"
CONNECT = f"arn:aws:connect:{HERE}:instance/{INSTANCE_ID}"
VALUES = {
    **{"PARTITION": "aws", "REGION": "us-east-1", "ACCOUNT": "111122223333", "FUNCTION_NAME": "contact-calls"},
    **{"CONNECT_INSTANCE_ID": INSTANCE_ID, "LEDGER_TABLE": "calls", "LOAD_BUCKET": "loads", "LOAD_PREFIX": "p"},
    "REDSHIFT_SECRET_ARN": f"arn:aws:secretsmanager:{HERE}:secret:redshift/loader-AbCdEf",
    "REDSHIFT_WORKGROUP_ARN": f"arn:aws:redshift-serverless:{HERE}:workgroup/00000000-0000-4000-8000-000000000001",
    "FAILED_EVENTS_QUEUE_ARN": f"arn:aws:sqs:{HERE}:contact-calls-failed",
}


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("connect:SearchContacts", CONNECT, True),
        ("connect:DescribeContact", f"{CONNECT}/contact/c", True),
        ("connect:DescribeContact", f"arn:aws:connect:{HERE}:instance/another/contact/c", False),
        ("connect:StopContact", f"{CONNECT}/contact/c", False),
        ("connect:ListUsers", CONNECT, True),
        ("connect:ListQueues", f"{CONNECT}/queue/*", True),
        ("connect:DescribeUser", f"{CONNECT}/agent/u", False),
        *((f"dynamodb:{name}", f"arn:aws:dynamodb:{HERE}:table/calls", True) for name in ("GetItem", "Query")),
        ("dynamodb:UpdateItem", f"arn:aws:dynamodb:{HERE}:table/calls", True),
        ("dynamodb:UpdateItem", f"arn:aws:dynamodb:{HERE}:table/calls-2", False),
        ("dynamodb:DeleteItem", f"arn:aws:dynamodb:{HERE}:table/calls", False),
        ("s3:PutObject", "arn:aws:s3:::loads/p/raw/2026/01/05/x.jsonl.gz", True),
        ("s3:PutObject", "arn:aws:s3:::loads/another/x", False),
        ("s3:GetObject", "arn:aws:s3:::loads/p/raw/2026/01/05/x.jsonl.gz", False),
        ("secretsmanager:GetSecretValue", VALUES["REDSHIFT_SECRET_ARN"], True),
        ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{HERE}:secret:another-AbCdEf", False),
        ("redshift-serverless:GetCredentials", VALUES["REDSHIFT_WORKGROUP_ARN"], True),
        ("sqs:SendMessage", VALUES["FAILED_EVENTS_QUEUE_ARN"], True),
        ("sqs:ReceiveMessage", VALUES["FAILED_EVENTS_QUEUE_ARN"], False),
        ("logs:PutLogEvents", f"arn:aws:logs:{HERE}:log-group:/aws/lambda/contact-calls:log-stream:x", True),
        ("logs:CreateLogGroup", f"arn:aws:logs:{HERE}:log-group:/aws/lambda/contact-calls:*", False),
    ],
)
def test_the_filled_in_policy_is_taken_by_iam_and_allows_what_is_used_alone(
    action: str, resource: str, expected: bool
) -> None:
    assert Evaluated(POLICY, VALUES).allows(action, resource) is expected


@pytest.mark.slow
def test_the_page_says_to_create_the_log_group_that_the_policy_does_not_allow_to_create() -> None:
    """Without the group there is no log, so no metric, and the alarms stay quiet."""
    page = (ROOT / "docs" / "guides" / "contact-calls.md").read_text(encoding="utf-8")

    assert "logs:CreateLogGroup" not in json.dumps(POLICY)
    assert "the log group `/aws/lambda/<function>`, before the first run" in page


def test_the_calls_that_it_makes_are_those_of_the_table(pipeline: Pipeline) -> None:
    """Recorded where they arrive. The login is from a secret, and no event fails."""
    pipeline.seed_many(3, "10:00", "12:00")
    pipeline.sandbox.reset_stats()

    pipeline.run("12:40", INSERT_BELOW="0", **UTC)
    listed = {"quarantine": {"list": True}}
    chores = ({"gaps": True}, {"dimensions": True}, {"quarantine": ["x"]}, listed, {"pause": "x"}, {"resume": True})
    for event in (*chores, {"quarantine": {"release": ["x"]}}):
        pipeline.invoke(event, **UTC)

    made = set(pipeline.sandbox.stats()["calls"])
    read_by_the_database = {"s3:GetObject", "s3:ListObjectsV2"}
    of_others = {"redshift-serverless:GetCredentials", "sqs:SendMessage"}
    assert made - read_by_the_database == {each.allows for each in ACTIONS} - of_others


def test_no_call_is_of_a_stream() -> None:
    """S3-4: nothing depends on Firehose or Kinesis."""
    code = "".join(path.read_text() for path in FOLDER.glob("*.py"))

    assert [each.service for each in ACTIONS if each.service in ("kinesis", "firehose")] == []
    assert re.findall(r"(?i)client\(\"(?:kinesis|firehose)", code) == []


@pytest.mark.slow
def test_every_metric_is_declared_with_its_unit_and_every_alarm_has_its_metric(pipeline: Pipeline) -> None:
    """S3-26: searched, described, loaded, late, lag, and an alarm on a failed run and one on a missed one."""
    Reporting(Log({}, pipeline.lines.append), "contact-calls", pipeline.clock).warn("x", {}, {"NewlyQuarantined": 1})
    pipeline.run("12:40", **UTC)

    units = {}
    for text in pipeline.lines:
        must_be_metrics(text)
        (result,) = json.loads(text)["_aws"]["CloudWatchMetrics"]
        units |= {each["Name"]: each["Unit"] for each in result["Metrics"]}
        assert (result["Namespace"], result["Dimensions"]) == (OPERATIONS["namespace"], [[OPERATIONS["dimension"]]])
    assert units == {name: each["unit"] for name, each in OPERATIONS["metrics"].items()}
    assert {each["metric"] for each in OPERATIONS["alarms"].values()} == {"Failed", "WindowLag", "NewlyQuarantined"}
    assert OPERATIONS["alarms"]["contact-calls-behind"]["missingData"] == "breaching"


def test_what_is_brought_along_is_pinned_with_hashes() -> None:
    text = (FOLDER / "requirements.txt").read_text()
    pinned = re.findall(r"^([a-z0-9-]+)==\S+ \\$", text, re.MULTILINE)

    assert {"pyarrow", "redshift-connector", "tzdata"} <= set(pinned)
    assert text.count("--hash=sha256:") >= len(pinned)
    assert not re.search(r"://|;|^-", text, re.MULTILINE)


@pytest.mark.slow
def test_it_works_with_nothing_but_the_standard_library_until_rows_are_to_be_loaded() -> None:
    """Pyarrow and the driver take a second to import: they wait until they are needed."""
    import subprocess
    import sys

    program = (
        "import sys; sys.modules['pyarrow'] = sys.modules['redshift_connector'] = None\n"
        "import reconciler.lambdas.contact_calls.handler"
    )

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
