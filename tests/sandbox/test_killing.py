"""Containers that are ended in the middle of their work."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.sandbox import Control
from reconciler.sandbox.errors import WrongSetting
from reconciler.sandbox.functions.killing import Killing, Order, Victim, read_order
from reconciler.sandbox.functions.killing import killing as of_the_sandbox

from .deployed import Deployment
from .processes import ask

WRITES = """
import boto3
def handler(event, context):
    table = boto3.client("dynamodb")
    for number in range(4):
        table.put_item(TableName="t", Item={"id": {"S": str(number)}})
    boto3.client("scheduler").list_schedules()
    return "done"
"""


def call(killing: Killing, key: str = "KEY") -> list[bool]:
    """Makes one call; returns whether its container was ended before and after it."""
    return [killing.strikes(f"AWS4-HMAC-SHA256 Credential={key}/20260101/x", when) for when in ("before", "after")]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("before", [[False, False], [True, False], [False, False]]),
        ("after", [[False, False], [False, True], [False, False]]),
    ],
)
def test_an_order_strikes_at_its_call_and_once(when: str, expected: list[list[bool]]) -> None:
    killing, killed = Killing(), []
    killing.enter("KEY", Victim("ingest-dev", lambda: killed.append(1)))
    killing.set_order(Order("ingest*", 2, when))

    assert [call(killing) for _ in range(3)] == expected
    assert killed == [1]
    assert killing.calls == {"ingest-dev": 3}


def test_an_order_may_count_some_calls_alone() -> None:
    killing, killed = Killing(), []
    killing.enter("KEY", Victim("ingest", lambda: killed.append(1)))
    killing.set_order(read_order({"kill": {"function": "ingest", "afterCalls": 2, "calls": "PUT /lake/*"}}))
    calls = ["PUT /lake/a", "POST DynamoDB_20120810.UpdateItem", "GET /lake/a", "PUT /other/a", "PUT /lake/b"]

    struck = [killing.strikes("Credential=KEY/20260101/x", when, it) for it in calls for when in ("before", "after")]

    assert (struck.index(True), killed) == (9, [1])


def test_calls_of_others_do_not_count() -> None:
    killing = Killing()
    killing.enter("KEY", Victim("load", lambda: None))
    killing.set_order(Order("ingest*", 1))

    assert [call(killing), call(killing, "OTHER")] == [[False, False], [False, False]]


def test_calls_with_the_keys_of_an_assumed_role_are_the_containers() -> None:
    killing, killed = Killing(), []
    killing.enter("KEY", Victim("ingest", lambda: killed.append(1)))
    killing.follow("AWS4-HMAC-SHA256 Credential=KEY/20260101/x", "ASSUMED")
    killing.follow("AWS4-HMAC-SHA256 Credential=OTHER/20260101/x", "FOREIGN")
    killing.set_order(Order("ingest", 2, "before"))

    made = [call(killing), call(killing, "FOREIGN"), call(killing, "ASSUMED")]
    killing.leave("KEY")

    assert made == [[False, False], [False, False], [True, False]]
    assert (killed, killing.calls) == ([1], {"ingest": 2})
    assert call(killing, "ASSUMED") == [False, False]


def test_a_role_that_a_container_assumes_is_noted_by_the_door(sandbox: Control, session: Any) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam, sts = (session.create_client(name, region_name="us-east-1") for name in ("iam", "sts"))
    arn = iam.create_role(RoleName="tenant", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    own = session.get_credentials().access_key
    killed: list[int] = []
    of_the_sandbox.enter(own, Victim("ingest", lambda: killed.append(1)))

    key = sts.assume_role(RoleArn=arn, RoleSessionName="harbor-dental")["Credentials"]["AccessKeyId"]
    of_the_sandbox.set_order(Order("ingest", 1, "before"))
    call(of_the_sandbox, key)
    of_the_sandbox.clear()

    assert killed == [1]


@pytest.mark.parametrize(
    "order",
    [
        *({}, [], {"kill": 1}, {"kill": {"function": "f"}}, {"kill": {"function": "f", "afterCalls": 0}}),
        *({"kill": {"function": "f", "afterCalls": 1, "when": "never"}}, {"stop": None}),
        {"kill": {"function": "f", "afterCalls": 1, "more": 1}},
        {"kill": {"function": "f", "afterCalls": 1, "calls": 1}},
    ],
)
def test_a_wrong_order_is_refused(order: Any) -> None:
    with pytest.raises(WrongSetting, match="functions"):
        read_order(order)


@pytest.mark.slow
@pytest.mark.parametrize(("when", "after", "written"), [("before", 3, 2), ("after", 3, 3), ("after", 5, 4)])
def test_a_container_is_ended_at_a_call_and_the_next_one_answers(
    process: Any, session: Any, when: str, after: int, written: int
) -> None:
    endpoint = process[1]
    aws = Deployment(session, endpoint_url=endpoint)
    key = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}
    aws("dynamodb").create_table(
        TableName="t", AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], **key
    )
    aws.deploy(WRITES)
    order = {"kill": {"function": "f*", "afterCalls": after, "when": when}}
    assert ask(endpoint, "POST", "/_sandbox/functions", order) == (200, {})

    killed = aws.invoke()

    assert killed["errorType"] == "Runtime.ExitError"
    assert aws("dynamodb").scan(TableName="t")["Count"] == written
    assert aws.invoke() == "done"
    assert ask(endpoint, "GET", "/_sandbox/functions")[1] == {
        "functions": {"f": {"events": 2, "errors": 1, "containers": 1, "calls": after + 5}},
        "kill": None,
    }
