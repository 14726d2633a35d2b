"""The door of every service: faults, counters and error codes, whichever protocol the service speaks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from reconciler.sandbox import INSTANCE_ARN, Control, in_process, shapes
from reconciler.sandbox.attempt import is_write
from reconciler.sandbox.errors import WrongSetting

from .calls import make, refused
from .services import FAILURES, ONCE, SERVICES, THROTTLES, User


@pytest.fixture(params=list(SERVICES))
def user(request: pytest.FixtureRequest, sandbox: Control, session: Any) -> User:
    return User(session.create_client(request.param, region_name="us-east-1", config=ONCE), request.param)


def test_every_call_is_counted_by_its_service(user: User, sandbox: Control) -> None:
    user.write()
    user.read()

    calls = sandbox.stats()["calls"]
    assert calls[f"{user.service}:{user.operation}"] == 1
    assert sandbox.stats()["total"] == 2


def test_a_rate_refuses_with_the_services_own_code(user: User, sandbox: Control) -> None:
    sandbox.set_faults({"rate": {"perSecond": 0.001, "burst": 1}})
    user.write()

    assert refused(user.write) == THROTTLES[user.service]
    assert sandbox.stats()["throttled"] == {f"{user.service}:{user.operation}": 1}
    assert len(user.read()) == 1


def test_an_operation_of_a_service_has_a_bucket_of_its_own(sandbox: Control, session: Any) -> None:
    """TagResource is an operation of several services."""
    bucket = {"perSecond": 0.001, "burst": 1}
    sandbox.set_faults({"rate": {"operations": {"iam:ListUsers": bucket, "ListTagsForResource": bucket}}})
    iam = session.create_client("iam", region_name="us-east-1", config=ONCE)

    iam.list_users()

    assert refused(iam.list_users) == THROTTLES["iam"]
    iam.list_roles()
    iam.list_roles()


def test_a_failure_has_the_services_own_code(user: User, sandbox: Control) -> None:
    sandbox.set_faults({"error": {"every": 1, "operations": [f"{user.service}:{user.operation}"]}})

    assert refused(user.write) == FAILURES[user.service]
    assert user.read() == []
    assert sandbox.stats()["faults"] == {"error": 1}


@pytest.mark.parametrize("code", ["AccessDeniedException", "ExpiredTokenException"])
def test_denials_end_as_clients_know_them(user: User, sandbox: Control, code: str) -> None:
    sandbox.set_faults({"error": {"every": 1, "code": code}})

    answered, status = refused(user.write)

    assert answered in (code, code.removesuffix("Exception"))
    assert status in (400, 403)


def test_an_error_has_a_message(user: User, sandbox: Control) -> None:
    sandbox.set_faults({"error": {"every": 1}})

    with pytest.raises(ClientError, match="injected by the sandbox"):
        user.write()


def test_a_lost_reply_comes_after_the_write(user: User, sandbox: Control) -> None:
    sandbox.set_faults({"lostReply": {"every": 1}})

    with pytest.raises(ConnectionClosedError):
        user.write()

    assert len(user.read()) == 1
    assert sandbox.stats()["faults"] == {"lostReply": 1}


def test_a_dropped_request_does_nothing(user: User, sandbox: Control) -> None:
    sandbox.set_faults({"dropBefore": {"every": 1}})

    with pytest.raises(ConnectionClosedError):
        user.write()

    assert user.read() == []
    assert f"{user.service}:{user.operation}" not in sandbox.stats()["calls"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_stalled_call_gets_no_answer(user: User, sandbox: Control, when: str) -> None:
    sandbox.set_faults({"stall": {"call": 1, "when": when}})
    found: list[type[BaseException]] = []

    def call() -> None:
        with pytest.raises(ConnectionClosedError) as caught:
            user.write()
        found.append(caught.type)

    caller = Thread(target=call)
    caller.start()
    while caller.is_alive() and not sandbox.stats()["faults"]:
        caller.join(0.01)
    sandbox.set_faults({})
    caller.join()

    assert found == [ConnectionClosedError]
    assert len(user.read()) == (1 if when == "after" else 0)


def test_an_upload_to_s3_passes_the_door(sandbox: Control, session: Any) -> None:
    """S3 has its own way through moto, by bucket and by key."""
    s3 = session.create_client("s3", region_name="us-east-1", config=ONCE)
    s3.create_bucket(Bucket="some-bucket")
    upload = {"Bucket": "some-bucket", "Key": "a/b ü.txt"}
    sandbox.set_faults({"lostReply": {"every": 1, "operations": ["s3:PutObject"]}})

    with pytest.raises(ConnectionClosedError):
        s3.put_object(Body=b"content", **upload)

    assert s3.get_object(**upload)["Body"].read() == b"content"
    sandbox.set_faults({"rate": {"operations": {"GetObject": {"perSecond": 0.001, "burst": 1}}}})
    s3.get_object(**upload)
    assert refused(lambda: s3.get_object(**upload)) == THROTTLES["s3"]
    calls = sandbox.stats()["calls"]
    assert (calls["s3:PutObject"], calls["s3:GetObject"]) == (1, 2)


def test_an_item_of_dynamodb_passes_the_door(sandbox: Control, session: Any) -> None:
    table = {"TableName": "t", "BillingMode": "PAY_PER_REQUEST"}
    keys = {"AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}]}
    dynamodb = session.create_client("dynamodb", region_name="us-east-1", config=ONCE)
    dynamodb.create_table(**table, **keys, KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}])
    sandbox.set_faults({"error": {"every": 2, "operations": ["dynamodb:PutItem"]}})

    dynamodb.put_item(TableName="t", Item={"k": {"S": "1"}})

    assert refused(lambda: dynamodb.put_item(TableName="t", Item={"k": {"S": "2"}})) == ("InternalServerError", 500)
    assert [item["k"]["S"] for item in dynamodb.scan(TableName="t")["Items"]] == ["1"]


@pytest.mark.slow
@pytest.mark.parametrize("service", ["iam", "logs", "scheduler"])
def test_threads_lose_no_write_and_no_count(sandbox: Control, session: Any, service: str) -> None:
    client = session.create_client(service, region_name="us-east-1", config=ONCE)
    user = User(client, service)
    (member,) = user.params

    def write(number: int) -> list[str]:
        user.call(**{member: f"name-{number}"})
        return user.read()

    with ThreadPoolExecutor(8) as pool:
        lists = list(pool.map(write, range(40)))

    assert len(user.read()) == 40
    assert all(lists)
    assert sandbox.stats()["calls"][f"{service}:{user.operation}"] == 40


def test_latency_is_slept_before_each_call(session: Any) -> None:
    slept: list[float] = []
    with in_process({"latencyMs": 50}, lambda: 1_000_000.0, slept.append):
        session.create_client("iam", region_name="us-east-1", config=ONCE).list_users()

    assert slept == [0.05]


def test_a_refused_write_has_no_reply_to_lose(sandbox: Control, session: Any) -> None:
    iam = session.create_client("iam", region_name="us-east-1", config=ONCE)
    sandbox.set_faults({"lostReply": {"every": 1}})

    assert refused(lambda: iam.delete_user(UserName="x")) == ("NoSuchEntity", 404)


def test_a_fault_of_one_service_leaves_the_others_alone(sandbox: Control, connect: Any, session: Any) -> None:
    sandbox.set_faults({"error": {"every": 1, "operations": ["logs:TagResource"]}})
    logs = session.create_client("logs", region_name="us-east-1", config=ONCE)
    logs.create_log_group(logGroupName="x")
    arn = logs.describe_log_groups()["logGroups"][0]["logGroupArn"]
    table = make(connect).described()["Arn"]

    connect.tag_resource(resourceArn=table, tags={"a": "b"})

    assert refused(lambda: logs.tag_resource(resourceArn=arn, tags={"a": "b"}))[0] == FAILURES["logs"][0]


def test_an_error_that_a_service_does_not_know_concerns_it_only_by_name(sandbox: Control, session: Any) -> None:
    iam = session.create_client("iam", region_name="us-east-1", config=ONCE)
    sandbox.set_faults({"error": {"every": 1, "code": "OperationAbortedException"}})
    iam.list_users()

    sandbox.set_faults({"error": {"every": 1, "code": "OperationAbortedException", "operations": ["iam:ListUsers"]}})

    assert refused(iam.list_users) == ("OperationAbortedException", 400)


@pytest.mark.parametrize("name", ["iam:CreateTopic", "nope:CreateUser", "CreateCluster", ":"])
def test_an_operation_that_no_service_has_is_a_wrong_setting(sandbox: Control, name: str) -> None:
    with pytest.raises(WrongSetting, match="is not an operation"):
        sandbox.set_faults({"lostReply": {"every": 1, "operations": [name]}})


def test_the_error_of_a_named_service_is_a_setting(sandbox: Control, session: Any) -> None:
    fault = {"every": 1, "code": "QueueNameExists", "operations": ["sqs:CreateQueue"]}
    sandbox.set_faults({"error": fault})
    sqs = session.create_client("sqs", region_name="us-east-1", config=ONCE)

    assert refused(lambda: sqs.create_queue(QueueName="q"))[0] in ("QueueNameExists", "QueueAlreadyExists")


# The names of these do not say what they do. No kind of resource needs them.
UNCLEAR = {
    *("AcquireRole", "CheckpointDurableExecution", "DeauthorizeConnection", "OptInPhoneNumber", "ReceiveMessage"),
    "VerifySMSSandboxPhoneNumber",
}
READ_VERBS = (
    *("Get", "List", "Describe", "Search", "Head", "Query", "Scan", "Filter", "Select", "Simulate", "Test", "Validate"),
    *("BatchGet", "TransactGet", "Assume", "Decode", "Generate", "BatchDescribe", "Evaluate", "Check"),
)


@pytest.mark.parametrize(
    "service",
    [*shapes.SERVED[2:], "lambda", "sqs", "sns", "cloudwatch", "stepfunctions", "events", "redshift-serverless"],
)
def test_every_operation_is_a_read_or_a_write(service: str) -> None:
    neither = {
        operation for operation in shapes.operations(service) if is_write(operation) == operation.startswith(READ_VERBS)
    }

    assert neither <= UNCLEAR, neither


def test_faults_without_operations_still_reach_connect(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"error": {"every": 1, "operations": ["connect:ListDataTables"]}})

    assert refused(lambda: connect.list_data_tables(InstanceId=INSTANCE_ARN)) == ("InternalServiceException", 500)
    make(connect)
