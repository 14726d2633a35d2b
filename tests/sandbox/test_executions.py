"""Step Functions: state machines run, with functions as their tasks, on the sandbox's clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Control

from .clocks import Clock
from .deployed import ROLE, Deployment, wait_until

pytestmark = pytest.mark.slow

WORK = """
import json
def handler(event, context):
    print(json.dumps(event))
    if event["tenant"] == "poison":
        raise ValueError("bad credentials")
    return {"tenant": event["tenant"], "rows": 3}
"""
INVOKE = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"}
WORKER = {**INVOKE, "Parameters": {"FunctionName": "f", "Payload.$": "$"}, "OutputPath": "$.Payload"}
FAILED = {"Type": "Pass", "Parameters": {"error.$": "$.Error"}, "End": True}


@pytest.fixture
def clock() -> Clock:
    found = Clock()
    found.now = datetime(2026, 3, 6, 12, tzinfo=UTC).timestamp()
    return found


@pytest.fixture
def aws(later: Control, session: Any) -> Deployment:
    return Deployment(session)


def machine(aws: Deployment, states: dict[str, Any], name: str = "m") -> str:
    """Creates a state machine that begins with the first state, and returns its ARN."""
    definition = json.dumps({"StartAt": next(iter(states)), "States": states})
    made = aws("stepfunctions").create_state_machine(name=name, definition=definition, roleArn=ROLE)
    return str(made["stateMachineArn"])


def run(aws: Deployment, arn: str, given: Any = None) -> Any:
    """Starts an execution and returns its description when it has ended."""
    begun = aws("stepfunctions").start_execution(stateMachineArn=arn, input=json.dumps(given or {}))
    found: dict[str, Any] = {}

    def has_ended() -> bool:
        found.update(aws("stepfunctions").describe_execution(executionArn=begun["executionArn"]))
        return bool(found["status"] != "RUNNING")

    wait_until(has_ended)
    return found


def test_a_task_runs_a_deployed_function(aws: Deployment) -> None:
    aws.deploy(WORK)

    done = run(aws, machine(aws, {"Work": {**WORKER, "End": True}}), {"tenant": "a"})

    assert (done["status"], json.loads(done["output"])) == ("SUCCEEDED", {"tenant": "a", "rows": 3})
    assert aws.printed() == [{"tenant": "a"}]


def test_an_error_of_a_function_is_caught_by_its_type(aws: Deployment) -> None:
    aws.deploy(WORK)
    caught = {**WORKER, "Catch": [{"ErrorEquals": ["ValueError"], "Next": "Failed"}], "End": True}

    done = run(aws, machine(aws, {"Work": caught, "Failed": FAILED}), {"tenant": "poison"})

    assert json.loads(done["output"]) == {"error": "ValueError"}


def test_an_error_that_nothing_catches_fails_the_execution(aws: Deployment) -> None:
    aws.deploy(WORK)

    done = run(aws, machine(aws, {"Work": {**WORKER, "End": True}}), {"tenant": "poison"})

    assert (done["status"], done["error"]) == ("FAILED", "ValueError")
    assert json.loads(done["cause"])["errorMessage"] == "bad credentials"


@pytest.mark.parametrize("mode", ["INLINE", "DISTRIBUTED"])
def test_a_map_runs_each_item_and_a_poison_one_stops_no_other(aws: Deployment, mode: str) -> None:
    aws.deploy(WORK)
    processor = {
        "ProcessorConfig": {"Mode": mode, **({"ExecutionType": "STANDARD"} if mode == "DISTRIBUTED" else {})},
        "StartAt": "Work",
        "States": {
            "Work": {**WORKER, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}], "End": True},
            "Failed": FAILED,
        },
    }
    tenants = [{"tenant": name} for name in ("a", "b", "poison", "c")]
    each = {"Type": "Map", "ItemsPath": "$.tenants", "MaxConcurrency": 2, "ItemProcessor": processor, "End": True}

    done = run(aws, machine(aws, {"Each": each}), {"tenants": tenants})

    assert [item.get("rows", item.get("error")) for item in json.loads(done["output"])] == [3, 3, "ValueError", 3]


def test_a_distributed_map_reads_its_items_from_a_bucket_and_writes_its_results_there(aws: Deployment) -> None:
    aws.deploy(WORK)
    aws("s3").create_bucket(Bucket="lake")
    aws("s3").put_object(Bucket="lake", Key="pairs.json", Body=json.dumps([{"tenant": "a"}, {"tenant": "b"}]))
    place = {"Bucket": "lake", "Key": "pairs.json"}
    reader = {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"}, "Parameters": place}
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Work",
        "States": {"Work": {**WORKER, "End": True}},
    }
    each = {
        "Type": "Map",
        "ItemReader": reader,
        "ItemProcessor": processor,
        "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject",
            "Parameters": {"Bucket": "lake", "Prefix": "runs"},
        },
        "End": True,
    }

    done = run(aws, machine(aws, {"Each": each}))

    assert done["status"] == "SUCCEEDED"
    assert sorted(event["tenant"] for event in aws.printed()) == ["a", "b"]
    keys = [found["Key"] for found in aws("s3").list_objects_v2(Bucket="lake", Prefix="runs/")["Contents"]]
    assert any(key.endswith("/manifest.json") for key in keys)


def test_waits_and_retries_follow_the_sandboxs_clock(aws: Deployment, later: Control) -> None:
    aws.deploy(WORK)
    retry = [{"ErrorEquals": ["ValueError"], "IntervalSeconds": 600, "MaxAttempts": 2, "BackoffRate": 2}]
    states = {
        "Rest": {"Type": "Wait", "Seconds": 3600, "Next": "Until"},
        "Until": {"Type": "Wait", "Timestamp": "2026-03-06T14:00:00Z", "Next": "Work"},
        "Work": {**WORKER, "Retry": retry, "End": True},
    }
    aws("stepfunctions").start_execution(stateMachineArn=machine(aws, states), input='{"tenant": "poison"}')

    assert later.advance("119m")["quiet"]
    assert aws.printed() == []
    assert later.advance("1m")["quiet"]
    assert len(aws.printed()) == 1
    later.advance("29m")
    assert len(aws.printed()) == 2
    later.advance("1m")
    assert len(aws.printed()) == 3


def test_a_schedule_starts_a_machine_and_the_clock_waits_for_its_end(aws: Deployment, later: Control) -> None:
    aws.deploy(WORK)
    arn = machine(aws, {"Work": {**WORKER, "End": True}})
    target = {"Arn": arn, "RoleArn": ROLE, "Input": '{"tenant": "<aws.scheduler.scheduled-time>"}'}
    aws("scheduler").create_schedule(
        Name="s", ScheduleExpression="rate(1 hour)", FlexibleTimeWindow={"Mode": "OFF"}, Target=target
    )

    done = later.advance("3h")

    assert [event["tenant"] for event in aws.printed()] == [fired["at"] for fired in done["fired"]]
    statuses = [one["status"] for one in aws("stepfunctions").list_executions(stateMachineArn=arn)["executions"]]
    assert statuses == ["SUCCEEDED"] * 4
    assert aws.total("AWS/States", "ExecutionsSucceeded", StateMachineArn=arn) == 4


def test_failed_executions_are_counted_and_set_off_an_alarm(aws: Deployment, later: Control) -> None:
    arn = machine(aws, {"Stop": {"Type": "Fail", "Error": "Broken"}})
    aws("cloudwatch").put_metric_alarm(
        AlarmName="failed",
        Namespace="AWS/States",
        MetricName="ExecutionsFailed",
        Dimensions=[{"Name": "StateMachineArn", "Value": arn}],
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    run(aws, arn)

    assert [change["to"] for change in later.advance("5m")["alarms"]] == ["ALARM"]


def test_a_task_may_do_what_the_role_of_its_machine_allows(aws: Deployment) -> None:
    arn = aws.deploy(WORK)
    made = machine(aws, {"Work": {**WORKER, "End": True}})
    aws.allow("sqs:SendMessage")

    refused = run(aws, made, {"tenant": "a"})
    aws.allow("lambda:InvokeFunction", resource=arn)
    done = run(aws, made, {"tenant": "a"})

    assert (refused["status"], refused["error"]) == ("FAILED", "Lambda.AccessDeniedException")
    assert done["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    "members",
    [
        {"ItemBatcher": {"MaxItemsPerBatch": 2}},
        {"ToleratedFailurePercentage": 5},
        {"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}}},
    ],
)
def test_what_the_interpreter_lacks_is_refused_when_the_machine_is_created(aws: Deployment, members: Any) -> None:
    """A map that worked here otherwise would work differently at AWS."""
    steps = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **steps}
    each = {"Type": "Map", "ItemProcessor": {**processor, **members.pop("ItemProcessor", {})}, **members, "End": True}

    with pytest.raises(aws("stepfunctions").exceptions.InvalidDefinition):
        machine(aws, {"Each": each})


def test_an_execution_that_the_interpreter_gives_up_fails(aws: Deployment) -> None:
    arn = machine(aws, {"Pass": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% 1 + 1 %}", "End": True}})

    assert run(aws, arn)["status"] == "FAILED"


def test_an_invalid_definition_is_refused(aws: Deployment) -> None:
    with pytest.raises(aws("stepfunctions").exceptions.InvalidDefinition):
        machine(aws, {"Work": {"Type": "Errand", "End": True}})


def test_the_command_line_of_aws_starts_an_execution_that_runs(process: Any, session: Any) -> None:
    aws = Deployment(session, endpoint_url=process[1])
    aws.deploy(WORK)
    arn = machine(aws, {"Work": {**WORKER, "End": True}})
    command = Path(os.environ.get("RECONCILE_AWSCLI", Path(sys.prefix).parent / ".venv-awscli" / "bin" / "aws"))
    keys = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "us-east-1"}
    words = ["stepfunctions", "start-execution", "--state-machine-arn", arn, "--input", '{"tenant": "a"}']

    done = subprocess.run(
        [str(command.parent / "python"), str(command), *words, "--endpoint-url", process[1]],
        env={"PATH": os.environ["PATH"], **keys},
        capture_output=True,
        text=True,
        check=True,
    )
    begun = json.loads(done.stdout)["executionArn"]

    def has_succeeded() -> bool:
        return bool(aws("stepfunctions").describe_execution(executionArn=begun)["status"] == "SUCCEEDED")

    wait_until(has_succeeded)


def test_a_machine_starts_one_execution_of_a_name(aws: Deployment) -> None:
    """The second start of a name is an error that the machine can catch, also after the first has ended."""
    inner = machine(aws, {"Done": {"Type": "Succeed"}}, "inner")
    moment = "States.ArrayGetItem(States.StringSplit($.slot, ':'), {})"
    named = f"States.Format('night-{{}}{{}}', {moment.format(0)}, {moment.format(1)})"
    start = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution",
        "Parameters": {"StateMachineArn": inner, "Name.$": named, "Input.$": "$"},
        "Catch": [{"ErrorEquals": ["StepFunctions.ExecutionAlreadyExistsException"], "Next": "Twice"}],
        "End": True,
    }
    outer = machine(aws, {"Start": start, "Twice": {"Type": "Pass", "Result": {"twice": True}, "End": True}}, "outer")
    slot = {"slot": "2026-03-06T04:20:00Z"}

    first, second = run(aws, outer, slot), run(aws, outer, {**slot, "again": True})

    (listed,) = aws("stepfunctions").list_executions(stateMachineArn=inner)["executions"]
    begun = json.loads(first["output"])
    assert (listed["name"], begun["ExecutionArn"]) == ("night-2026-03-06T0420", listed["executionArn"])
    assert begun["StartDate"].startswith("2026-03-06T12:00")
    assert json.loads(second["output"]) == {"twice": True}
