"""IAM's policies as the sandbox evaluates them: actions, resources, variables and conditions."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox.authorization.policies import Question, decide
from reconciler.sandbox.authorization.questions import questions_of

LAKE = "arn:aws:s3:::lake"
PLACE = ("111122223333", "us-east-1")


def allow(action: Any = "s3:GetObject", resource: Any = f"{LAKE}/*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def read(key: str = "a/x", **context: Any) -> Question:
    named = {name.replace("__", ":").replace("_tenant", "/tenant"): [value] for name, value in context.items()}
    return Question("s3:GetObject", f"{LAKE}/{key}", named)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], ""),
        ([allow()], "Allow"),
        ([allow("S3:getobject")], "Allow"),
        ([allow("s3:Get*")], "Allow"),
        ([allow(["s3:PutObject", "s3:Get?bject"])], "Allow"),
        ([allow("s3:PutObject")], ""),
        ([allow(resource="arn:aws:s3:::lake")], ""),
        ([allow(resource=f"{LAKE}/b/*")], ""),
        ([allow(), {**allow(), "Effect": "Deny"}], "Deny"),
        ([{"Effect": "Allow", "NotAction": "s3:PutObject", "Resource": "*"}], "Allow"),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], ""),
        ([{"Effect": "Allow", "Action": "*", "NotResource": f"{LAKE}/a/*"}], ""),
        ([{"Effect": "Allow", "Action": "*", "NotResource": f"{LAKE}/b/*"}], "Allow"),
    ],
)
def test_statements_decide_over_an_action_and_a_resource(statements: list[Any], expected: str) -> None:
    assert decide(statements, read()) == expected


def test_brackets_are_no_wildcards() -> None:
    statement = allow(resource=f"{LAKE}/[a]/x")

    assert [decide([statement], read(key)) for key in ("[a]/x", "a/x")] == ["Allow", ""]


@pytest.mark.parametrize(
    ("tenant", "key", "expected"),
    [("a", "a/x", "Allow"), ("b", "a/x", ""), (None, "a/x", ""), ("*", "a/x", ""), ("*", "*/x", "Allow")],
)
def test_a_variable_stands_for_the_value_of_the_session(tenant: str | None, key: str, expected: str) -> None:
    context = {} if tenant is None else {"aws__PrincipalTag_tenant": tenant}
    statement = allow(resource=LAKE + "/${aws:PrincipalTag/tenant}/*")

    assert decide([statement], read(key, **context)) == expected


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", ["b", "a"], "a", True),
        ("StringEquals", "b", "a", False),
        ("StringEquals", "a", None, False),
        ("StringEqualsIfExists", "a", None, True),
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", "a", "a", False),
        ("StringNotEquals", "a", None, True),
        ("StringLike", "a*", "abc", True),
        ("StringNotLike", "a*", "abc", False),
        ("StringEqualsIgnoreCase", "A", "a", True),
        ("ArnLike", "arn:*:x", "arn:aws:x", True),
        ("Bool", "true", "true", True),
        ("Null", "true", None, True),
        ("Null", "true", "a", False),
        ("ForAllValues:StringEquals", ["a", "b"], "a", True),
        ("ForAllValues:StringEquals", ["b"], None, True),
        ("ForAnyValue:StringEquals", ["a"], None, False),
        ("NumericLessThan", "5", "4", False),
    ],
)
def test_a_condition_holds_or_its_statement_is_about_nothing(
    operator: str, wanted: Any, given: str | None, expected: bool
) -> None:
    statement = allow(Condition={operator: {"s3:prefix": wanted}})
    context = {} if given is None else {"s3__prefix": given}

    assert decide([statement], read(**context)) == ("Allow" if expected else "")


@pytest.mark.parametrize(
    ("service", "operation", "params", "expected"),
    [
        ("s3", "ListObjectsV2", {"Bucket": "lake"}, [("s3:ListBucket", "arn:aws:s3:::lake")]),
        ("s3", "HeadObject", {"Bucket": "lake", "Key": "a/x"}, [("s3:GetObject", "arn:aws:s3:::lake/a/x")]),
        ("lambda", "Invoke", {"FunctionName": "f"}, [("lambda:InvokeFunction", "arn:aws:lambda:{}:function:f")]),
        (
            *("dynamodb", "Query", {"TableName": "t", "IndexName": "i"}),
            [("dynamodb:Query", "arn:aws:dynamodb:{}:table/t/index/i")],
        ),
        (
            *("dynamodb", "BatchWriteItem", {"RequestItems": {"t": [], "u": []}}),
            [("dynamodb:BatchWriteItem", f"arn:aws:dynamodb:{{}}:table/{name}") for name in "tu"],
        ),
        (
            *("dynamodb", "TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "t"}}]}),
            [("dynamodb:PutItem", "arn:aws:dynamodb:{}:table/t")],
        ),
        (
            *("sqs", "SendMessageBatch", {"QueueUrl": "http://127.0.0.1:1/111122223333/q"}),
            [("sqs:SendMessage", "arn:aws:sqs:{}:q")],
        ),
        ("sns", "Publish", {"TopicArn": "arn:t"}, [("sns:Publish", "arn:t")]),
        ("stepfunctions", "StartExecution", {"stateMachineArn": "arn:m"}, [("states:StartExecution", "arn:m")]),
        (
            *("logs", "PutLogEvents", {"logGroupName": "/g"}),
            [("logs:PutLogEvents", "arn:aws:logs:{}:log-group:/g:*")],
        ),
        (
            *("connect", "DescribeContact", {"InstanceId": "i", "ContactId": "c"}),
            [("connect:DescribeContact", "arn:aws:connect:{}:instance/i/contact/c")],
        ),
        (
            *("connect", "CreateUser", {"InstanceId": "i", "RoutingProfileId": "r", "SecurityProfileIds": ["s", "t"]}),
            [
                ("connect:CreateUser", f"arn:aws:connect:{{}}:instance/i/{resource}")
                for resource in ("agent/*", "routing-profile/r", "security-profile/s", "security-profile/t")
            ],
        ),
        (
            *("connect", "UpdateUserHierarchy", {"InstanceId": "i", "UserId": "u", "HierarchyGroupId": "g"}),
            [
                ("connect:UpdateUserHierarchy", f"arn:aws:connect:{{}}:instance/i/{resource}")
                for resource in ("agent/u", "agent-group/g")
            ],
        ),
        (
            *("connect", "CreateUserHierarchyGroup", {"InstanceId": "i", "Name": "Sales"}),
            [("connect:CreateUserHierarchyGroup", "arn:aws:connect:{}:instance/i/agent-group/*")],
        ),
        ("connect", "TagResource", {"resourceArn": "arn:u"}, [("connect:TagResource", "arn:u")]),
        ("connect", "ListUsers", {"InstanceId": "i"}, [("connect:ListUsers", "arn:aws:connect:{}:instance/i")]),
        (
            "scheduler",
            "GetSchedule",
            {"Name": "s"},
            [("scheduler:GetSchedule", "arn:aws:scheduler:{}:schedule/default/s")],
        ),
        ("cloudwatch", "PutMetricData", {"Namespace": "n"}, [("cloudwatch:PutMetricData", "")]),
        ("sts", "GetCallerIdentity", {}, []),
        ("sts", "AssumeRole", {"RoleArn": "arn:r"}, [("sts:AssumeRole", "arn:r")]),
        (
            *("sts", "AssumeRole", {"RoleArn": "arn:r", "Tags": [{"Key": "tenant", "Value": "a"}]}),
            [("sts:AssumeRole", "arn:r"), ("sts:TagSession", "arn:r")],
        ),
    ],
)
def test_a_request_needs_actions_on_resources(service: str, operation: str, params: Any, expected: list[Any]) -> None:
    questions = questions_of(service, operation, params, *PLACE)

    place = f"{PLACE[1]}:{PLACE[0]}"
    assert [(one.action, one.resource) for one in questions] == [
        (action, arn.format(place)) for action, arn in expected
    ]
