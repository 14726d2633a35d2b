"""The pages for those who operate it: their events and statements are sent as they stand there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import reconciler.lambdas.contact_calls as package
from reconciler.lambdas.contact_calls.failures import Failed
from reconciler.sandbox import shapes
from tests.docs.pages import Block, blocks
from tests.lambdas.contact_calls.pipeline import Pipeline, at_time
from tests.lambdas.contact_calls.replaced import collected, set_up

pytestmark = pytest.mark.slow
PAGE = "docs/guides/contact-calls.md"
MOVING = "docs/guides/moving-from-the-two-hour-collector.md"
OPERATIONS = json.loads((Path(package.__file__).parent / "operations.json").read_text())


def follow(pipeline: Pipeline, block: Block) -> Any:
    """Sends the block's event to the function, or its statements to the database."""
    assert pipeline.redshift is not None
    if block.language == "json":
        return pipeline.invoke(json.loads(block.text))
    return pipeline.redshift.sql(block.text)


def test_moving_over_from_the_collector_as_the_page_says(pipeline: Pipeline) -> None:
    """Its steps in their order; nothing is missing afterwards, and reports see the old times."""
    assert pipeline.redshift is not None
    set_up(pipeline)
    pipeline.redshift.sql("drop role if exists analysts; create role analysts")
    start, end = "2026-01-05 05:58:30", "2026-01-05 06:00:00"
    for id in ("both", "old"):
        collected(pipeline, id, start, end, last_update_time=end)
    pipeline.seed("both", "11:00", DisconnectReason="AGENT_DISCONNECT")
    pipeline.seed("missed", "10:30", InitiationTimestamp=at_time("01:00"))
    agent = pipeline.sandbox.seed("User", {"Username": "ada"})

    take_over, rights, names, replay, compare = blocks(MOVING)
    moved = follow(pipeline, take_over)
    follow(pipeline, rights)
    follow(pipeline, names)
    pipeline.clock.at = at_time("12:30")
    replayed = follow(pipeline, replay)

    assert (moved["status"], moved["moved"]["f_calls"], moved["moved"]["contacts"]) == ("done", 2, 2)
    assert (replayed["inserted"], replayed["updated"]) == (1, 1)
    assert follow(pipeline, compare) == [["0"]]
    assert [list(each.values()) for each in pipeline.rows("contact_id", "source")] == [
        ["both", "API"],
        ["missed", "API"],
        ["old", "COLLECTOR"],
    ]
    seen = pipeline.redshift.sql(
        "set role analysts; select init_time, disconn_time from connect.f_calls_new_york where contact_id = 'both'"
    )
    assert seen == [[start, end]]
    assert pipeline.rows("user_id", "username", table="dim_users") == [{"user_id": agent, "username": "ada"}]
    pipeline.redshift.sql("drop owned by analysts; drop role analysts")


def test_a_stream_comes_in_as_the_page_says_and_its_values_win(pipeline: Pipeline) -> None:
    """S3-3, S3-6: by a load of its own, or as rows that wait; a delivery that comes twice does no harm."""
    first, second = (f"00000000-0000-4000-8000-0000000000c{number}" for number in (1, 2))
    for id in (first, second):
        pipeline.seed(id, "11:10", DisconnectReason="OTHER", LastUpdateTimestamp=at_time("11:12"))
    with_an_id, waiting, merge = (block for block in blocks(PAGE) if block.language == "sql")

    follow(pipeline, with_an_id)
    follow(pipeline, with_an_id)
    follow(pipeline, waiting)
    done = pipeline.run("12:40", TIME_ZONE="UTC")
    assert pipeline.count("f_calls_staging") == 1
    follow(pipeline, merge)
    follow(pipeline, merge)

    assert (done["inserted"], done["unchanged"]) == (1, 1)
    columns = ("contact_id", "source", "disconn_reason", "agent_holds", "init_time")
    assert [list(each.values()) for each in pipeline.rows(*columns)] == [
        [first, "STREAM", "AGENT_DISCONNECT", "2", "2026-01-05 11:00:00"],
        [second, "STREAM", "OTHER", "1", "2026-01-05 11:00:00"],
    ]
    assert pipeline.count("f_calls_staging") == 0


def test_a_failed_event_goes_to_the_queue_that_the_page_configures_and_can_be_sent_again(pipeline: Pipeline) -> None:
    """S3-25: the configuration is what Lambda takes, and what operations.json has; the message has the event."""
    (shown,) = (json.loads(block.text) for block in blocks(PAGE) if block.title == "invoke-config.json")
    model = shapes.operation("lambda", "PutFunctionEventInvokeConfig").input_shape
    assert set(shown) <= set(model.members)
    destination = shown["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination.split(":")[2] == OPERATIONS["failedEvents"]["destination"]
    assert shown["MaximumRetryAttempts"] == OPERATIONS["failedEvents"]["maximumRetryAttempts"]
    assert shown["MaximumEventAgeInSeconds"] == OPERATIONS["failedEvents"]["maximumEventAgeSeconds"]
    sqs = pipeline.client("sqs")
    queue = sqs.create_queue(QueueName=destination.rpartition(":")[2])["QueueUrl"]
    pipeline.seed("a", "11:00")
    event = {"from": "2026-01-05T10:00Z", "to": "2026-01-05T12:00Z"}

    pipeline.sandbox.set_faults({"error": {"probability": 1.0, "operations": ["SearchContacts"]}})
    send_as_lambda_does(pipeline, sqs, queue, event, shown["MaximumRetryAttempts"])
    waiting = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    pipeline.sandbox.set_faults(None)
    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    done = pipeline.invoke(json.loads(message["Body"])["requestPayload"])

    alarm = OPERATIONS["failedEvents"]["alarm"]
    assert int(waiting["ApproximateNumberOfMessages"]) >= alarm["threshold"]
    assert (done["status"], done["inserted"]) == ("done", 1)


def send_as_lambda_does(pipeline: Pipeline, sqs: Any, queue: str, event: Any, retries: int) -> None:
    """Invokes asynchronously: after the last retry the record of an on-failure destination [Lambda's guide]."""
    for attempt in range(retries + 1):
        try:
            pipeline.invoke(event)
        except Failed as failed:
            error = {"errorMessage": str(failed), "errorType": type(failed).__name__}
            context = {"condition": "RetriesExhausted", "approximateInvokeCount": attempt + 1}
    record = {"version": "1.0", "requestContext": context, "requestPayload": event, "responsePayload": error}
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(record))
