"""AWS Lambda's asynchronous events: tries, pauses, ages and destinations."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.sandbox import ACCOUNT, REGION, Control
from reconciler.sandbox.world import world

from .clocks import Clock
from .deployed import Deployment, wait_until

pytestmark = pytest.mark.slow

ECHOES = "def handler(event, context): return {'seen': event}"
FAILS = "def handler(event, context): raise ValueError('no')"


@pytest.fixture
def aws(later: Control, session: Any) -> Deployment:
    return Deployment(session)


def destinations(aws: Deployment, function: str = "f", **members: Any) -> None:
    arns = {"OnSuccess": {"Destination": aws.queue("done")}, "OnFailure": {"Destination": aws.queue("failed")}}
    aws("lambda").put_function_event_invoke_config(FunctionName=function, DestinationConfig=arns, **members)


def tries(aws: Deployment) -> int:
    return sum(line.startswith("START") for line in aws.logged())


def test_an_event_is_answered_at_once_and_its_result_goes_to_the_destination(aws: Deployment) -> None:
    arn = aws.deploy(ECHOES)
    destinations(aws)

    answer = aws("lambda").invoke(FunctionName="f", InvocationType="Event", Payload=b'{"n": 1}')
    (record,) = aws.messages("done")

    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
    assert (record["requestPayload"], record["responsePayload"]) == ({"n": 1}, {"seen": {"n": 1}})
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    context = record["requestContext"]
    assert (context["functionArn"], context["condition"]) == (f"{arn}:$LATEST", "Success")
    assert context["approximateInvokeCount"] == 1


def test_a_failed_event_is_tried_after_one_and_after_two_minutes_and_then_given_up(
    aws: Deployment, clock: Clock
) -> None:
    aws.deploy(FAILS)
    destinations(aws)
    aws.send({"n": 1})
    wait_until(lambda: tries(aws) == 1)

    for expected, seconds in ((1, 59), (2, 1), (2, 119), (3, 1)):
        clock.now += seconds
        wait_until(lambda expected=expected: tries(aws) >= expected)  # type: ignore[misc]
        assert tries(aws) == expected
    (record,) = aws.messages("failed")

    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responseContext"]["functionError"] == "Unhandled"
    assert record["responsePayload"]["errorMessage"] == "no"


def test_the_number_of_tries_is_configured(aws: Deployment) -> None:
    aws.deploy(FAILS)
    destinations(aws, MaximumRetryAttempts=0)

    aws.send({})

    assert aws.messages("failed")[0]["requestContext"]["approximateInvokeCount"] == 1


def test_the_switch_tries_again_at_once(aws: Deployment, later: Control) -> None:
    later.set_faults({"switches": {"asyncRetries": "at_once"}})
    aws.deploy(FAILS)
    destinations(aws)

    aws.send({})

    assert aws.messages("failed")[0]["requestContext"]["approximateInvokeCount"] == 3


def test_an_event_that_is_too_old_is_not_tried_again(aws: Deployment, clock: Clock) -> None:
    aws.deploy(FAILS)
    destinations(aws, MaximumEventAgeInSeconds=60)
    aws.send({})
    wait_until(lambda: tries(aws) == 1)

    clock.now += 61
    (record,) = aws.messages("failed")

    assert record["requestContext"]["condition"] == "EventAgeExceeded"
    assert tries(aws) == 1


def test_events_wait_while_the_concurrency_is_used_up(aws: Deployment, clock: Clock) -> None:
    aws.deploy("import time\ndef handler(event, context): time.sleep(0.5)")
    aws("lambda").put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
    for _ in range(3):
        aws.send({})

    def is_done() -> bool:
        clock.now += 1
        return tries(aws) == 3

    wait_until(is_done)
    assert aws.total("AWS/Lambda", "Throttles", FunctionName="f") >= 1


def test_events_of_a_function_without_concurrency_are_given_up(aws: Deployment) -> None:
    aws.deploy(ECHOES)
    destinations(aws)
    aws("lambda").put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)

    aws.send({"n": 1})

    assert aws.messages("failed")[0]["requestPayload"] == {"n": 1}


@pytest.mark.parametrize("kind", ["function", "topic", "bus", "bucket"])
def test_a_record_goes_to_every_kind_of_destination(aws: Deployment, kind: str) -> None:
    aws.deploy(FAILS)
    aws("sqs").create_queue(QueueName="q")
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    match kind:
        case "function":
            arn = aws.deploy("import json\ndef handler(event, context): print(json.dumps(event))", "other")
        case "topic":
            arn = aws("sns").create_topic(Name="t")["TopicArn"]
            aws("sns").subscribe(
                TopicArn=arn, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"}
            )
        case "bus":
            arn = aws("events").create_event_bus(Name="b")["EventBusArn"]
            pattern = '{"detail-type": ["Lambda Function Invocation Result - Failure"]}'
            aws("events").put_rule(Name="r", EventBusName="b", EventPattern=pattern)
            aws("events").put_targets(Rule="r", EventBusName="b", Targets=[{"Id": "1", "Arn": queue}])
        case _:
            aws("s3").create_bucket(Bucket="records")
            arn = "arn:aws:s3:::records"
    settings = {"DestinationConfig": {"OnFailure": {"Destination": arn}}, "MaximumRetryAttempts": 0}
    aws("lambda").put_function_event_invoke_config(FunctionName="f", **settings)

    aws.send({"n": 1})

    assert arrived(aws, kind)["requestPayload"] == {"n": 1}


def arrived(aws: Deployment, kind: str) -> Any:
    """Returns the record where that kind of destination keeps it."""
    match kind:
        case "function":
            wait_until(lambda: bool(aws.printed("other")))
            return aws.printed("other")[0]
        case "bucket":
            wait_until(lambda: aws("s3").list_objects_v2(Bucket="records")["KeyCount"] == 1)
            key = aws("s3").list_objects_v2(Bucket="records")["Contents"][0]["Key"]
            assert key.startswith("aws/lambda/async/f/1970/01/12/")
            return json.loads(aws("s3").get_object(Bucket="records", Key=key)["Body"].read())
        case "bus":
            return aws.messages("q")[0]["detail"]
        case _:
            return aws.messages("q")[0]


def test_an_event_that_is_given_up_goes_to_the_dead_letter_queue_as_it_came(aws: Deployment) -> None:
    aws.deploy(FAILS, DeadLetterConfig={"TargetArn": aws.queue("dead")})
    aws("lambda").put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=0)

    aws.send({"n": 1})

    assert aws.messages("dead") == [{"n": 1}]


def test_a_topic_invokes_its_function(aws: Deployment) -> None:
    arn = aws.deploy("import json\ndef handler(event, context): print(json.dumps(event))")
    topic = aws("sns").create_topic(Name="t")["TopicArn"]
    aws("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)

    aws("sns").publish(TopicArn=topic, Message="hello")
    wait_until(lambda: bool(aws.printed()))

    assert aws.printed()[0]["Records"][0]["Sns"]["Message"] == "hello"


def test_logs_and_metrics_carry_the_clock_of_the_sandbox(aws: Deployment, clock: Clock) -> None:
    aws.deploy(ECHOES)

    aws.invoke({})
    event = aws("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"][0]

    assert event["timestamp"] == clock.now * 1000
    assert world.clock() == clock.now
