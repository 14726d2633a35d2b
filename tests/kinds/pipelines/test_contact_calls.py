"""Pipelines of type contact_calls: stores, roles and schedules of a function that loads contacts."""

from __future__ import annotations

from typing import Any

from reconciler.kinds.composite import Child
from reconciler.kinds.pipelines.shipped import shipped
from reconciler.model import Linked
from tests.kinds.pipelines.expanding import CONTACT_CALLS, INSTANCE, expanded, problems

OWN = "centre-prod-contact-calls"
BY_ROLE = {"workgroup": "analytics", "host": "analytics.example.com"}


def link(address: str, end: str = "") -> Linked:
    return Linked(f"${{{address}.arn}}{end}")


def statements(children: dict[str, Child], role: str) -> dict[str, list[str]]:
    """Returns the resources of each action of a role."""
    (policy,) = children[f"IamRole/{role}"].spec["inlinePolicies"]
    return {action: it["Resource"] for it in policy["document"]["Statement"] for action in it["Action"]}


def function(spec: dict[str, Any]) -> Any:
    return expanded(spec)[f"LambdaFunction/{OWN}"].spec


def test_a_document_stands_for_all_that_the_function_needs() -> None:
    """S3-26: also for alarms on a run that failed, and on one that never came."""
    assert list(expanded(CONTACT_CALLS)) == [
        f"LogGroup//aws/lambda/{OWN}",
        f"DynamoDBTable/{OWN}",
        "S3Bucket/example-calls",
        "Secret/contact-calls/redshift",
        f"SqsQueue/{OWN}-dead",
        f"IamRole/{OWN}-copy",
        f"IamRole/{OWN}",
        f"LambdaFunction/{OWN}",
        f"ScheduleGroup/{OWN}",
        f"IamRole/{OWN}-scheduler",
        f"Schedule/{OWN}/every-two-hours",
        f"Alarm/{OWN}-failed",
        f"Alarm/{OWN}-quarantined",
        f"Alarm/{OWN}-behind",
        f"Alarm/{OWN}-dead-letters",
        f"Dashboard/{OWN}",
    ]


def test_the_role_for_copy_joins_the_namespace_that_the_manifest_names() -> None:
    """S3-26."""
    warehouse = {**CONTACT_CALLS["warehouse"], "namespace": "analytics"}

    children = list(expanded({**CONTACT_CALLS, "warehouse": warehouse}))

    role, member = f"IamRole/{OWN}-copy", f"RedshiftRole/analytics/{OWN}-copy"
    assert children[children.index(role) + 1] == member
    assert {*children} - {*expanded(CONTACT_CALLS)} == {member}


def test_the_function_knows_its_stores() -> None:
    variables = function(CONTACT_CALLS)["environment"]

    assert variables == {
        "CONNECT_INSTANCE_ARN": INSTANCE,
        "LEDGER_TABLE": OWN,
        "LOAD_BUCKET": "example-calls",
        "LOAD_PREFIX": "contact-calls",
        "COPY_ROLE_ARN": link(f"IamRole/{OWN}-copy"),
        "REDSHIFT_DATABASE": "dev",
        "REDSHIFT_SECRET_ID": "contact-calls/redshift",
    }
    assert variables.keys() <= shipped("contact_calls").environment["properties"].keys()


def test_without_a_secret_the_function_signs_in_by_its_role() -> None:
    """A statement about a secret that is not used would be more than the least."""
    by_role = {**CONTACT_CALLS, "warehouse": BY_ROLE}

    assert "secretsmanager:GetSecretValue" in statements(expanded(CONTACT_CALLS), OWN)
    assert "redshift-serverless:GetCredentials" not in statements(expanded(CONTACT_CALLS), OWN)
    allowed = statements(expanded(by_role), OWN)
    assert allowed["redshift-serverless:GetCredentials"] == [link("RedshiftWorkgroup/analytics")]
    assert "secretsmanager:GetSecretValue" not in allowed
    assert {"REDSHIFT_WORKGROUP", "REDSHIFT_HOST"} <= function(by_role)["environment"].keys()


def test_each_role_may_do_only_its_own_work() -> None:
    children = expanded(CONTACT_CALLS)

    bucket = link("S3Bucket/example-calls")
    assert statements(children, f"{OWN}-copy") == {
        "s3:GetObject": [link("S3Bucket/example-calls", "/contact-calls/*")],
        "s3:GetBucketLocation": [bucket],
        "s3:ListBucket": [bucket],
    }
    called = link(f"LambdaFunction/{OWN}")
    assert statements(children, f"{OWN}-scheduler") == {
        "lambda:InvokeFunction": [called, link(f"LambdaFunction/{OWN}", ":*")],
        "sqs:SendMessage": [link(f"SqsQueue/{OWN}-dead")],
    }


def test_scheduler_takes_its_role_only_for_schedules_of_this_group() -> None:
    trust = expanded(CONTACT_CALLS)[f"IamRole/{OWN}-scheduler"].spec["assumeRolePolicyDocument"]

    (statement,) = trust["Statement"]
    assert statement["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333", "aws:SourceArn": link(f"ScheduleGroup/{OWN}")}
    }


def test_events_that_fail_go_to_the_queue_whichever_way_they_fail() -> None:
    dead = link(f"SqsQueue/{OWN}-dead")
    schedule = expanded(CONTACT_CALLS)[f"Schedule/{OWN}/every-two-hours"].spec

    assert function(CONTACT_CALLS)["destinationConfig"] == {"onFailure": {"destination": dead}}
    assert schedule["target"]["deadLetterConfig"] == {"arn": dead}


def test_a_schedule_has_the_expression_and_the_time_zone_of_the_manifest() -> None:
    """S3-7, S3-8."""
    schedule = expanded(CONTACT_CALLS)[f"Schedule/{OWN}/every-two-hours"].spec

    assert schedule["scheduleExpression"] == "cron(40 */2 * * ? *)"
    assert schedule["scheduleExpressionTimezone"] == "America/New_York"


def test_an_event_has_the_time_that_was_due_and_what_the_manifest_adds() -> None:
    daily = {"expression": "cron(5 3 * * ? *)", "timeZone": "UTC", "input": {"dimensions": True}}
    children = expanded({**CONTACT_CALLS, "schedules": {"dimensions": daily}})

    target = children[f"Schedule/{OWN}/dimensions"].spec["target"]

    assert target["input"] == {"time": "<aws.scheduler.scheduled-time>", "dimensions": True}


def test_data_expire_as_the_manifest_says_and_the_ledger_is_protected() -> None:
    expiring = {**CONTACT_CALLS, "bucket": {"name": "example-calls", "expireDays": {"load": 3, "raw": 40}}}
    children = expanded(expiring)

    rules = children["S3Bucket/example-calls"].spec["lifecycleConfiguration"]["Rules"]
    assert {rule["Filter"].get("Prefix"): rule.get("Expiration") for rule in rules} == {
        "contact-calls/load/": {"Days": 3},
        "contact-calls/raw/": {"Days": 40},
        None: None,
    }
    assert children[f"DynamoDBTable/{OWN}"].spec["deletionProtectionEnabled"] is True


def test_what_a_pipeline_cannot_do_without_is_asked_for() -> None:
    nothing = problems({"type": "contact_calls"})
    no_secret = problems({**CONTACT_CALLS, "warehouse": {"database": "dev"}})

    assert [it.message.partition(",")[0] for it in nothing] == [
        f"a pipeline of type contact_calls needs {key}" for key in ("bucket", "warehouse", "schedules")
    ]
    assert [it.path for it in no_secret] == [("warehouse",)] * 2


def test_a_variable_that_follows_from_another_line_is_refused() -> None:
    (problem,) = problems({**CONTACT_CALLS, "environment": {"LOAD_BUCKET": "other"}})

    assert problem.message == "LOAD_BUCKET follows from bucket.name; delete this line"


def test_schedules_call_the_alias_of_a_function_with_provisioned_concurrency() -> None:
    children = expanded({**CONTACT_CALLS, "function": {"provisionedConcurrency": 1}})

    target = children[f"Schedule/{OWN}/every-two-hours"].spec["target"]
    assert target["arn"] == link(f"LambdaAlias/{OWN}/live")
