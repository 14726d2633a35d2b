"""The state of a sandbox that is kept when it stops: what the next one begins with, and what it refuses to read."""

from __future__ import annotations

import io
import json
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
from moto.sns.models import sns_backends

from reconciler.sandbox import ACCOUNT, INSTANCE_ID, REGION, Control, keeping
from reconciler.sandbox.errors import WrongSetting
from reconciler.sandbox.keeping import pickling
from reconciler.sandbox.world import world

from .clocks import Clock
from .deployed import ROLE, Deployment, wait_until

FAILS = "def handler(event, context): raise ValueError('no')"
ECHOES = "def handler(event, context): return {'seen': event}"


@pytest.fixture
def aws(sandbox: Control, session: Any) -> Deployment:
    return Deployment(session)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sandbox.kept"


def stop_and_start(sandbox: Control, folder: Path) -> None:
    """Keeps the state, empties this process as its end would, and begins again."""
    keeping.keep(folder)
    sandbox.reset()
    assert keeping.resume(folder)


def test_data_of_every_service_is_there_again(sandbox: Control, aws: Deployment, folder: Path) -> None:
    aws("s3").create_bucket(Bucket="example-kept")
    aws("s3").put_object(Bucket="example-kept", Key="large", Body=b"x" * 2_000_000)
    keys = {"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "id", "AttributeType": "S"}
    aws("dynamodb").create_table(
        TableName="t", KeySchema=[keys[0]], AttributeDefinitions=[keys[1]], BillingMode="PAY_PER_REQUEST"
    )
    aws("dynamodb").put_item(TableName="t", Item={"id": {"S": "a"}})
    aws("secretsmanager").create_secret(Name="s", SecretString="kept")
    aws.queue("q")
    aws.put('{"n": 1}')
    aws("ssm").put_parameter(Name="/p", Value="v", Type="String")
    topic = aws("sns").create_topic(Name="alerts")["TopicArn"]
    aws("sns").set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="Alerts")
    aws("connect").create_agent_status(InstanceId=INSTANCE_ID, Name="Lunch", State="ENABLED")

    stop_and_start(sandbox, folder)

    assert len(aws("s3").get_object(Bucket="example-kept", Key="large")["Body"].read()) == 2_000_000
    assert aws("dynamodb").get_item(TableName="t", Key={"id": {"S": "a"}})["Item"] == {"id": {"S": "a"}}
    assert aws("secretsmanager").get_secret_value(SecretId="s")["SecretString"] == "kept"
    assert aws.messages("q") == [{"n": 1}]
    assert aws("ssm").get_parameter(Name="/p")["Parameter"]["Value"] == "v"
    assert aws("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["DisplayName"] == "Alerts"
    statuses = aws("connect").list_agent_statuses(InstanceId=INSTANCE_ID)["AgentStatusSummaryList"]
    assert "Lunch" in {status["Name"] for status in statuses}


def test_the_clock_runs_on_from_where_it_was(later: Control, clock: Clock, folder: Path) -> None:
    later.advance("3h")
    before = world.clock()

    keeping.keep(folder)
    clock.now += 5
    world.restart(world.faults, clock)
    keeping.resume(folder)

    assert world.clock() == before + 5


def test_a_hierarchy_group_is_still_one(sandbox: Control, aws: Deployment, folder: Path) -> None:
    """Programs of the sandbox compare the type of a resource by identity."""
    here = {"InstanceId": INSTANCE_ID}
    levels = {"LevelOne": {"Name": "Region"}, "LevelTwo": {"Name": "City"}}
    aws("connect").update_user_hierarchy_structure(**here, HierarchyStructure=levels)
    group = aws("connect").create_user_hierarchy_group(**here, Name="Ontario")["HierarchyGroupId"]

    stop_and_start(sandbox, folder)

    found = aws("connect").describe_user_hierarchy_group(**here, HierarchyGroupId=group)["HierarchyGroup"]
    assert found["HierarchyPath"]["LevelOne"]["Name"] == "Ontario"


@pytest.mark.slow
def test_a_function_runs_and_its_failed_event_is_tried_again(sandbox: Control, aws: Deployment, folder: Path) -> None:
    aws.deploy(ECHOES, "echo")
    aws.deploy(FAILS)
    aws.send({"n": 1})
    wait_until(lambda: any(line.startswith("REPORT") for line in aws.logged()))

    stop_and_start(sandbox, folder)
    sandbox.advance("4m")

    assert aws.invoke({"n": 2}, "echo") == {"seen": {"n": 2}}
    assert sum(line.startswith("START") for line in aws.logged()) == 3


@pytest.mark.slow
def test_an_event_source_goes_on_where_it_stopped(sandbox: Control, aws: Deployment, folder: Path) -> None:
    aws.queue("q")
    aws.deploy("def handler(event, context): print('{\"got\": %s}' % len(event['Records']))")
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    aws("lambda").create_event_source_mapping(EventSourceArn=arn, FunctionName="f", BatchSize=1)

    stop_and_start(sandbox, folder)
    aws.put('{"n": 1}')
    wait_until(lambda: bool(aws.printed()))

    assert aws.printed() == [{"got": 1}]


@pytest.mark.slow
def test_an_execution_that_waits_is_not_kept(sandbox: Control, aws: Deployment, folder: Path) -> None:
    definition = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}}
    made = aws("stepfunctions").create_state_machine(name="m", definition=json.dumps(definition), roleArn=ROLE)
    run = aws("stepfunctions").start_execution(stateMachineArn=made["stateMachineArn"])["executionArn"]

    with pytest.raises(keeping.NotKept, match="an execution of a state machine waits"):
        keeping.keep(folder)
    aws("stepfunctions").stop_execution(executionArn=run)
    wait_until(lambda: aws("stepfunctions").describe_execution(executionArn=run)["status"] == "ABORTED")

    assert not folder.exists()


def test_a_state_is_used_once(sandbox: Control, folder: Path) -> None:
    keeping.keep(folder)

    assert keeping.resume(folder) is True
    assert keeping.resume(folder) is False


def test_a_state_is_for_its_owner_only(sandbox: Control, folder: Path) -> None:
    keeping.keep(folder)

    assert (folder / "state").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_state_of_another_release_is_refused(sandbox: Control, folder: Path) -> None:
    keeping.keep(folder)
    head, _, content = (folder / "state").read_bytes().partition(b"\n")
    other = json.loads(head) | {"moto": "1.2.3"}
    (folder / "state").write_bytes(json.dumps(other).encode() + b"\n" + content)

    with pytest.raises(WrongSetting, match=r"moto 1\.2\.3, .* and this is .*reconcile sandbox --reset"):
        keeping.resume(folder)


def test_a_damaged_state_is_refused(sandbox: Control, folder: Path) -> None:
    keeping.keep(folder)
    content = (folder / "state").read_bytes()
    (folder / "state").write_bytes(content[: len(content) // 2])

    with pytest.raises(WrongSetting, match="damaged"):
        keeping.resume(folder)


def test_a_state_that_others_may_read_is_refused(sandbox: Control, folder: Path) -> None:
    """A foreign branch can bring a file of that name, but not its mode."""
    keeping.keep(folder)
    (folder / "state").chmod(0o644)

    with pytest.raises(WrongSetting, match="others may have written it"):
        keeping.resume(folder)


class _Command:
    """Unpickling it would run a command, if its reader let it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("true",)


class _Traversal:
    def __reduce__(self) -> tuple[Any, ...]:
        return pickling.local_function, ("os", "system.<locals>.x", 1)


@pytest.mark.parametrize("value", [_Command(), _Traversal(), eval, pickle.loads])
def test_a_state_cannot_name_code_of_others(value: Any) -> None:
    with pytest.raises(pickling.NotAState):
        pickling.load(io.BytesIO(pickle.dumps({"backends": {}, "facts": {}, "x": value})))


@pytest.mark.parametrize("name", ["clock", "executions.forget", "resume"])
def test_a_state_cannot_reach_other_code_by_way_of_a_service(name: str) -> None:
    hidden = b"\x80\x04" + _text("reconciler.sandbox.keeping.waiting") + _text(name) + b"\x93."

    with pytest.raises(pickling.NotAState, match="not a class of a service"):
        pickling.load(io.BytesIO(hidden))


def _text(text: str) -> bytes:
    """Returns the pickled text."""
    return bytes([0x8C, len(text)]) + text.encode()


def test_nothing_from_before_a_reset_is_kept(sandbox: Control, aws: Deployment, folder: Path) -> None:
    topic = aws("sns").create_topic(Name="alerts")["TopicArn"]
    aws("sns").set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="Alerts")
    still_alive = next(iter(sns_backends[ACCOUNT][REGION].topics.values()))

    sandbox.reset()

    keeping.keep(folder)
    assert keeping.resume(folder)
    assert still_alive.arn == topic
    assert aws("sns").list_topics()["Topics"] == []
