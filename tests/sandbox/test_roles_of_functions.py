"""The role of a function decides what it may do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.sandbox import ACCOUNT, REGION, Control

from .deployed import ROLE, Deployment

pytestmark = pytest.mark.slow

CALLS = """
import boto3
from botocore.exceptions import ClientError
def handler(event, context):
    answers = []
    for service, operation, members in event:
        try:
            getattr(boto3.client(service), operation)(**members)
            answers.append("done")
        except ClientError as refused:
            answers.append(refused.response["Error"]["Code"])
    return answers
"""
ITEM = {"id": {"S": "a"}}
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table"


@pytest.fixture
def aws(sandbox: Control, session: Any) -> Deployment:
    found = Deployment(session)
    for name in ("t", "u"):
        found("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    found("s3").create_bucket(Bucket="lake")
    found("secretsmanager").create_secret(Name="shop/token", SecretString="x")
    found("sqs").create_queue(QueueName="q")
    found.deploy(CALLS)
    return found


def put(table: str) -> Any:
    return ["dynamodb", "put_item", {"TableName": table, "Item": ITEM}]


def test_a_function_may_do_what_its_role_allows_and_nothing_else(aws: Deployment) -> None:
    aws.allow("dynamodb:PutItem", resource=f"{TABLE}/t")

    answers = aws.invoke([put("t"), put("u"), ["dynamodb", "get_item", {"TableName": "t", "Key": ITEM}]])

    assert answers == ["done", "AccessDeniedException", "AccessDeniedException"]


@pytest.mark.parametrize(
    ("call", "action", "resource", "code"),
    [
        (
            ["s3", "put_object", {"Bucket": "lake", "Key": "a/x"}],
            "s3:PutObject",
            "arn:aws:s3:::lake/a/*",
            "AccessDenied",
        ),
        (
            ["secretsmanager", "get_secret_value", {"SecretId": "shop/token"}],
            "secretsmanager:GetSecretValue",
            f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:shop/*",
            "AccessDeniedException",
        ),
        (
            ["scheduler", "list_schedules", {}],
            "scheduler:ListSchedules",
            "*",
            "AccessDeniedException",
        ),
        (["sqs", "get_queue_url", {"QueueName": "q"}], "sqs:GetQueueUrl", f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", None),
        (["iam", "list_roles", {}], "iam:ListRoles", "*", "AccessDenied"),
        (["sts", "get_caller_identity", {}], None, "*", None),
    ],
)
def test_each_protocol_has_its_own_refusal(
    aws: Deployment, call: Any, action: str | None, resource: str, code: str | None
) -> None:
    aws.allow("nothing:AtAll")
    denied = aws.invoke([call])
    aws.allow(action or "nothing:AtAll", resource=resource)
    allowed = aws.invoke([call])

    assert allowed == ["done"]
    assert denied == (["done"] if action is None else [code or "AccessDeniedException"])


def test_a_boundary_limits_what_a_role_allows(aws: Deployment) -> None:
    document = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": f"{TABLE}/t"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [document]})
    arn = aws("iam").create_policy(PolicyName="limit", PolicyDocument=text)["Policy"]["Arn"]
    aws("iam").put_role_permissions_boundary(RoleName="worker", PermissionsBoundary=arn)

    assert aws.invoke([put("t"), put("u")]) == ["done", "AccessDeniedException"]


def test_an_attached_policy_allows_too(aws: Deployment) -> None:
    document = {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [document]})
    arn = aws("iam").create_policy(PolicyName="writes", PolicyDocument=text)["Policy"]["Arn"]
    aws("iam").delete_role_policy(RoleName="worker", PolicyName="work")
    assert aws.invoke([put("t")]) == ["AccessDeniedException"]

    aws("iam").attach_role_policy(RoleName="worker", PolicyArn=arn)

    assert aws.invoke([put("t")]) == ["done"]


def test_a_session_of_a_tenant_reaches_what_is_the_tenants_alone(aws: Deployment, session: Any) -> None:
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    aws("iam").create_role(RoleName="tenant", AssumeRolePolicyDocument=document)
    own = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::lake/${aws:PrincipalTag/tenant}/*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [own]})
    aws("iam").put_role_policy(RoleName="tenant", PolicyName="own", PolicyDocument=text)

    def put_as(tags: list[dict[str, str]], key: str) -> int:
        arn = f"arn:aws:iam::{ACCOUNT}:role/tenant"
        keys = aws("sts").assume_role(RoleArn=arn, RoleSessionName="run", Tags=tags)["Credentials"]
        client = session.create_client(
            "s3",
            region_name=REGION,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )
        try:
            client.put_object(Bucket="lake", Key=key, Body=b"1")
        except ClientError as refused:
            return int(refused.response["ResponseMetadata"]["HTTPStatusCode"])
        return 200

    tag = [{"Key": "tenant", "Value": "a"}]
    assert [put_as(tag, "a/x"), put_as(tag, "b/x"), put_as([], "a/x")] == [200, 403, 403]


def test_the_switch_ignores_policies(aws: Deployment, sandbox: Control) -> None:
    sandbox.set_faults({"switches": {"rolePolicies": "ignored"}})
    aws.allow("nothing:AtAll")

    assert aws.invoke([put("t")]) == ["done"]


def test_a_schedule_needs_the_right_to_invoke(aws: Deployment, sandbox: Control) -> None:
    arn = aws.deploy(CALLS, "g")
    aws.allow("sqs:SendMessage")
    target = {"Arn": arn, "RoleArn": ROLE, "Input": "[]"}
    aws("scheduler").create_schedule(
        Name="s", ScheduleExpression="rate(1 hour)", FlexibleTimeWindow={"Mode": "OFF"}, Target=target
    )

    assert sandbox.advance("30m")["fired"][0]["error"] == "AccessDeniedException"
    aws.allow("lambda:InvokeFunction", resource=arn)
    assert "error" not in sandbox.advance("1h")["fired"][0]
