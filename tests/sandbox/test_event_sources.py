"""Queues, streams and buckets whose records reach functions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.sandbox import Control

from .clocks import Clock
from .deployed import Deployment, wait_until

pytestmark = pytest.mark.slow

BODIES = """
import json
def handler(event, context):
    bodies = [record["body"] for record in event["Records"]]
    print(json.dumps(bodies))
    if "explode" in bodies:
        raise ValueError("poison")
    failed = [record["messageId"] for record in event["Records"] if "poison" in record["body"]]
    return {"batchItemFailures": [{"itemIdentifier": id} for id in failed]}
"""
KEYS = """
import json
def handler(event, context):
    keys = [record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"]]
    if "explode" in keys:
        raise ValueError("poison")
    print(json.dumps(keys))
    failed = [r["dynamodb"]["SequenceNumber"] for r in event["Records"] if "poison" in r["dynamodb"]["Keys"]["id"]["S"]]
    return {"batchItemFailures": [{"itemIdentifier": id} for id in failed]}
"""
PARTIAL = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


@pytest.fixture
def clock() -> Clock:
    found = Clock()
    found.now = datetime(2026, 3, 6, 12, tzinfo=UTC).timestamp()
    return found


@pytest.fixture
def aws(later: Control, session: Any) -> Deployment:
    return Deployment(session)


def map_queue(aws: Deployment, code: str = BODIES, queue: str = "q", **members: Any) -> str:
    """Returns the UUID of a new mapping from a new queue to a new function."""
    arn = aws.queue(queue, **members.pop("queue_attributes", {}))
    aws.deploy(code)
    made = aws("lambda").create_event_source_mapping(FunctionName="f", EventSourceArn=arn, **members)
    return str(made["UUID"])


def map_stream(aws: Deployment, code: str = KEYS, **members: Any) -> None:
    settings = {"StartingPosition": "TRIM_HORIZON", "BatchSize": 100, **members}
    arn = create_table(aws)
    aws.deploy(code)
    aws("lambda").create_event_source_mapping(FunctionName="f", EventSourceArn=arn, **settings)


def create_table(aws: Deployment) -> str:
    key = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}
    types = [{"AttributeName": "id", "AttributeType": "S"}]
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    made = aws("dynamodb").create_table(
        TableName="t", AttributeDefinitions=types, BillingMode="PAY_PER_REQUEST", StreamSpecification=stream, **key
    )
    return str(made["TableDescription"]["LatestStreamArn"])


def write(aws: Deployment, *ids: str) -> None:
    for id in ids:
        aws("dynamodb").put_item(TableName="t", Item={"id": {"S": id}, "n": {"N": "1"}})


def delivered(aws: Deployment) -> list[str]:
    """Returns what the function has got, in order."""
    return [item for batch in aws.printed() for item in batch]


def test_messages_reach_the_function_in_a_batch_and_leave_the_queue(aws: Deployment, later: Control) -> None:
    map_queue(aws, MaximumBatchingWindowInSeconds=20)
    for number in range(3):
        aws.put(f"m{number}")

    assert later.advance("20s")["quiet"]

    assert aws.printed() == [["m0", "m1", "m2"]]
    assert aws.depth("q") == 0


def test_a_full_batch_does_not_wait_for_its_window(aws: Deployment) -> None:
    map_queue(aws, MaximumBatchingWindowInSeconds=300, BatchSize=2)
    for number in range(4):
        aws.put(f"m{number}")

    wait_until(lambda: len(delivered(aws)) == 4)

    assert aws.printed() == [["m0", "m1"], ["m2", "m3"]]


def test_a_record_has_what_lambda_documents(aws: Deployment) -> None:
    map_queue(aws, "import json\ndef handler(event, context): print(json.dumps(event['Records'][0]))")
    attributes = {"kind": {"DataType": "String", "StringValue": "order"}}
    url = aws("sqs").get_queue_url(QueueName="q")["QueueUrl"]
    aws("sqs").send_message(QueueUrl=url, MessageBody="hello", MessageAttributes=attributes)

    wait_until(lambda: bool(aws.printed()))
    record = aws.printed()[0]

    assert {name: record[name] for name in ("body", "eventSource", "awsRegion")} == {
        "body": "hello",
        "eventSource": "aws:sqs",
        "awsRegion": "us-east-1",
    }
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["messageAttributes"]["kind"]["stringValue"] == "order"
    assert record["md5OfBody"] == "5d41402abc4b2a76b9719d911017c592"


def test_a_poison_message_is_tried_three_times_and_the_others_once(aws: Deployment, later: Control) -> None:
    policy = json.dumps({"deadLetterTargetArn": aws.queue("dead"), "maxReceiveCount": 3})
    map_queue(aws, **PARTIAL, queue_attributes={"RedrivePolicy": policy, "VisibilityTimeout": "60"})
    for number in range(6):
        aws.put("poison" if number == 2 else f"m{number}")

    later.advance("10m")

    assert sorted(delivered(aws)) == ["m0", "m1", "m3", "m4", "m5", *["poison"] * 3]
    assert (aws.depth("q"), aws.depth("dead")) == (0, 1)


def test_without_reports_an_exception_returns_the_whole_batch(aws: Deployment, later: Control) -> None:
    map_queue(aws, MaximumBatchingWindowInSeconds=1, queue_attributes={"VisibilityTimeout": "30"})
    for body in ("m0", "explode"):
        aws.put(body)

    later.advance("65s")

    assert [sorted(batch) for batch in aws.printed()] == [["explode", "m0"]] * 3
    assert aws.depth("q") == 2


def test_the_switch_brings_failed_messages_back_at_once(aws: Deployment, later: Control) -> None:
    later.set_faults({"switches": {"failedBatches": "at_once"}})
    map_queue(aws)
    aws.put("explode")

    wait_until(lambda: len(aws.printed()) > 2)


@pytest.mark.parametrize("report", ["{'wrong': 1}", "{'itemIdentifier': ''}", "{'itemIdentifier': 'unknown'}"])
def test_a_report_that_names_no_message_of_the_batch_fails_all_of_it(aws: Deployment, report: str) -> None:
    map_queue(aws, f"def handler(event, context): return {{'batchItemFailures': [{report}]}}", **PARTIAL)
    aws.put("m")

    wait_until(lambda: bool(aws.logged()))

    assert aws.depth("q") == 1


def test_what_no_filter_wants_is_deleted_unseen(aws: Deployment, later: Control) -> None:
    filters = {"Filters": [{"Pattern": json.dumps({"body": {"kind": ["order"]}})}]}
    map_queue(aws, FilterCriteria=filters)
    for kind in ("order", "chat"):
        aws.put(json.dumps({"kind": kind}))

    later.advance("1s")

    assert [json.loads(body)["kind"] for body in delivered(aws)] == ["order"]
    assert aws.depth("q") == 0


def test_a_disabled_mapping_reads_nothing_and_a_deleted_one_no_more(aws: Deployment, later: Control) -> None:
    uuid = map_queue(aws, Enabled=False)
    aws.put("m0")
    later.advance("1m")
    assert aws.depth("q") == 1

    aws("lambda").update_event_source_mapping(UUID=uuid, Enabled=True)
    later.advance("1m")
    assert delivered(aws) == ["m0"]

    aws("lambda").delete_event_source_mapping(UUID=uuid)
    aws.put("m1")
    later.advance("1m")
    assert delivered(aws) == ["m0"]


def test_a_stream_goes_on_around_a_poison_record(aws: Deployment, later: Control) -> None:
    failed = {"OnFailure": {"Destination": aws.queue("failed")}}
    map_stream(
        aws,
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        DestinationConfig=failed,
        MaximumBatchingWindowInSeconds=1,
    )
    ids = [f"r{number:02}" for number in range(20)]
    write(aws, *ids[:7], "explode", *ids[7:])

    later.advance("1m")
    write(aws, "later")
    later.advance("1m")

    assert delivered(aws) == [*ids, "later"]
    (record,) = aws.messages("failed")
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["DDBStreamBatchInfo"]["batchSize"] == 1


def test_a_report_of_a_stream_moves_on_to_the_failed_record(aws: Deployment, later: Control) -> None:
    failed = {"OnFailure": {"Destination": aws.queue("failed")}}
    settings = {"MaximumRetryAttempts": 2, "MaximumBatchingWindowInSeconds": 1, "DestinationConfig": failed}
    map_stream(aws, **PARTIAL, **settings)
    write(aws, "a", "b", "poison", "c")

    later.advance("1m")

    # The rest of the batch is given up, from the failed record on.
    assert aws.printed() == [["a", "b", "poison", "c"], *[["poison", "c"]] * 2]
    assert aws.messages("failed")[0]["DDBStreamBatchInfo"]["batchSize"] == 2


def test_records_that_are_too_old_are_given_up(aws: Deployment, later: Control) -> None:
    failed = {"OnFailure": {"Destination": aws.queue("failed")}}
    map_stream(aws, MaximumRecordAgeInSeconds=60, DestinationConfig=failed)
    write(aws, "explode")

    later.advance("5m")

    assert aws.messages("failed")[0]["requestContext"]["condition"] == "RecordAgeExceeded"


def test_the_switch_tries_a_batch_of_a_stream_again_at_once(aws: Deployment, later: Control) -> None:
    later.set_faults({"switches": {"streamRetries": "at_once"}})
    map_stream(aws, MaximumRetryAttempts=3, DestinationConfig={"OnFailure": {"Destination": aws.queue("failed")}})
    write(aws, "explode")

    (record,) = aws.messages("failed")

    assert record["requestContext"]["approximateInvokeCount"] == 4


def test_a_mapping_that_begins_with_the_latest_leaves_out_what_was_there(aws: Deployment, later: Control) -> None:
    arn = create_table(aws)
    aws.deploy(KEYS)
    write(aws, "before")
    aws("lambda").create_event_source_mapping(FunctionName="f", EventSourceArn=arn, StartingPosition="LATEST")
    write(aws, "after")

    later.advance("1m")

    assert delivered(aws) == ["after"]


def test_records_of_a_stream_have_images_and_are_read_by_others_too(aws: Deployment, later: Control) -> None:
    map_stream(aws, "import json\ndef handler(event, context): print(json.dumps(event['Records'][0]))")
    write(aws, "a")

    later.advance("1s")
    (record,) = aws.printed()

    assert (record["eventName"], record["eventSource"]) == ("INSERT", "aws:dynamodb")
    assert record["dynamodb"]["NewImage"] == {"id": {"S": "a"}, "n": {"N": "1"}}
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], float)
    assert ":table/t/stream/" in record["eventSourceARN"]


def test_a_bucket_notifies_its_function_of_the_keys_it_asks_for(aws: Deployment, later: Control) -> None:
    arn = aws.deploy("import json\ndef handler(event, context): print(json.dumps(event['Records'][0]))")
    aws("s3").create_bucket(Bucket="uploads")
    rule = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}}
    asked = {"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"], "Filter": rule}
    aws("s3").put_bucket_notification_configuration(
        Bucket="uploads", NotificationConfiguration={"LambdaFunctionConfigurations": [asked]}
    )

    for key in ("in/a b.csv", "out/x.csv"):
        aws("s3").put_object(Bucket="uploads", Key=key, Body=b"1")
    later.advance("1s")
    (record,) = aws.printed()

    assert record["eventName"] == "ObjectCreated:Put"
    assert (record["s3"]["bucket"]["name"], record["s3"]["object"]["size"]) == ("uploads", 1)
    assert record["s3"]["object"]["key"] in ("in/a+b.csv", "in%2Fa+b.csv")
