"""Amazon SQS: attributes that are kept, checked and cleared, names that stay taken, and tags."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.sandbox import REGION, Control

from .calls import refused
from .clocks import Clock
from .services import ONCE

POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sqs:*"}]})
MISSING = ("AWS.SimpleQueueService.NonExistentQueue", 400)
WRONG = ("InvalidAttributeValue", 400)


@pytest.fixture
def sqs(sandbox: Control, session: Any) -> Any:
    return session.create_client("sqs", region_name=REGION, config=ONCE)


def attributes(sqs: Any, url: str) -> dict[str, str]:
    return dict(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"])


def make(sqs: Any, name: str = "q", **given: str) -> str:
    return str(sqs.create_queue(QueueName=name, Attributes=given)["QueueUrl"])


def test_a_change_keeps_what_it_leaves_out(sqs: Any) -> None:
    url = make(sqs, Policy=POLICY, RedriveAllowPolicy='{"redrivePermission":"denyAll"}')

    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})

    kept = attributes(sqs, url)
    assert json.loads(kept["Policy"]) == json.loads(POLICY)
    assert (kept["VisibilityTimeout"], kept["RedriveAllowPolicy"]) == ("60", '{"redrivePermission":"denyAll"}')


def test_an_empty_text_clears_an_attribute(sqs: Any) -> None:
    dead = attributes(sqs, make(sqs, "dead"))["QueueArn"]
    url = make(sqs, Policy=POLICY, RedrivePolicy=json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 3}))

    blank = dict.fromkeys(("Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId"), "")
    sqs.set_queue_attributes(QueueUrl=url, Attributes=blank)

    assert attributes(sqs, url).keys().isdisjoint(blank)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VisibilityTimeout", "43201"),
        ("DelaySeconds", "-1"),
        ("MaximumMessageSize", "1023"),
        ("MessageRetentionPeriod", "1209601"),
        ("ReceiveMessageWaitTimeSeconds", "twenty"),
        ("SqsManagedSseEnabled", "yes"),
        ("Policy", "{"),
        ("RedrivePolicy", '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:111122223333:d", "maxReceiveCount": 0}'),
        ("RedriveAllowPolicy", '{"redrivePermission": "byQueue"}'),
        ("RedriveAllowPolicy", '{"redrivePermission": "some"}'),
    ],
)
def test_a_wrong_value_is_refused_by_create_and_by_change(sqs: Any, name: str, value: str) -> None:
    url = make(sqs)

    assert refused(lambda: sqs.set_queue_attributes(QueueUrl=url, Attributes={name: value})) == WRONG
    assert refused(lambda: make(sqs, "other", **{name: value})) == WRONG


def test_what_aws_counts_and_what_belongs_to_fifo_queues_is_no_attribute_of_a_standard_queue(sqs: Any) -> None:
    url = make(sqs)
    for name in ("QueueArn", "ContentBasedDeduplication"):
        given = {name: "true"}
        assert refused(lambda given=given: sqs.set_queue_attributes(QueueUrl=url, Attributes=given)) == (
            "InvalidAttributeName",
            400,
        )


def test_a_fifo_queue_has_its_name_and_its_limits(sqs: Any) -> None:
    assert refused(lambda: make(sqs, "q.fifo"))[0] == "InvalidParameterValue"
    assert refused(lambda: make(sqs, "q", FifoQueue="true"))[0] == "InvalidParameterValue"
    url = make(sqs, "q.fifo", FifoQueue="true")

    limit = {"FifoThroughputLimit": "perMessageGroupId"}
    assert refused(lambda: sqs.set_queue_attributes(QueueUrl=url, Attributes=limit)) == WRONG
    assert refused(lambda: sqs.set_queue_attributes(QueueUrl=url, Attributes={"FifoQueue": "false"})) == WRONG
    sqs.set_queue_attributes(QueueUrl=url, Attributes={**limit, "DeduplicationScope": "messageGroup"})

    assert attributes(sqs, url).items() >= limit.items()


def test_a_key_replaces_the_other_sort_of_encryption(sqs: Any) -> None:
    url = make(sqs)

    sqs.set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": "alias/aws/sqs"})
    with_key = attributes(sqs, url)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"SqsManagedSseEnabled": "true"})

    assert (with_key["SqsManagedSseEnabled"], with_key["KmsMasterKeyId"]) == ("false", "alias/aws/sqs")
    assert "KmsMasterKeyId" not in attributes(sqs, url)


def test_a_switch_has_the_request_itself_replace_the_encryption(sandbox: Control, sqs: Any) -> None:
    sandbox.set_faults({"switches": {"queueEncryption": "refused"}})
    url, key = make(sqs), {"KmsMasterKeyId": "alias/aws/sqs"}

    assert refused(lambda: sqs.set_queue_attributes(QueueUrl=url, Attributes=key)) == WRONG
    sqs.set_queue_attributes(QueueUrl=url, Attributes={**key, "SqsManagedSseEnabled": "false"})
    own = {"SqsManagedSseEnabled": "true"}
    assert refused(lambda: sqs.set_queue_attributes(QueueUrl=url, Attributes=own)) == WRONG
    sqs.set_queue_attributes(QueueUrl=url, Attributes={**own, "KmsMasterKeyId": ""})


def test_the_name_of_a_deleted_queue_is_taken_for_a_minute(later: Control, clock: Clock, session: Any) -> None:
    sqs = session.create_client("sqs", region_name=REGION, config=ONCE)
    sqs.delete_queue(QueueUrl=make(sqs))

    assert refused(lambda: make(sqs)) == ("AWS.SimpleQueueService.QueueDeletedRecently", 400)
    clock.now += 61
    make(sqs)


def test_a_new_queue_is_not_known_everywhere_at_once(sandbox: Control, sqs: Any) -> None:
    sandbox.set_faults({"consistency": {"calls": 2}})
    url = make(sqs)

    assert refused(lambda: sqs.get_queue_url(QueueName="q")) == MISSING
    assert refused(lambda: sqs.send_message(QueueUrl=url, MessageBody="x")) == MISSING
    assert sqs.get_queue_url(QueueName="q")["QueueUrl"] == url


def test_reserved_and_too_many_tags_are_refused(sqs: Any) -> None:
    url = make(sqs)

    assert refused(lambda: sqs.tag_queue(QueueUrl=url, Tags={"aws:x": "y"}))[0] == "InvalidParameterValue"
    many = {str(number): "x" for number in range(51)}
    assert refused(lambda: sqs.tag_queue(QueueUrl=url, Tags=many))[0] == "InvalidParameterValue"
