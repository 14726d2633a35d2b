"""Amazon S3: the settings of a new bucket, and documents that moto forgets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.sandbox import REGION, Control

from .calls import refused
from .services import ONCE

BUCKET = {"Bucket": "example-calls"}
QUEUE = f"arn:aws:sqs:{REGION}:111122223333:calls"


@pytest.fixture
def s3(sandbox: Control, session: Any) -> Any:
    return session.create_client("s3", region_name=REGION, config=ONCE)


def algorithm(s3: Any) -> str:
    (rule,) = s3.get_bucket_encryption(**BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    return str(rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"])


def test_a_new_bucket_is_private_encrypted_and_has_the_tags_of_its_create(s3: Any) -> None:
    s3.create_bucket(**BUCKET, CreateBucketConfiguration={"Tags": [{"Key": "a", "Value": "b"}]})

    assert s3.get_bucket_tagging(**BUCKET)["TagSet"] == [{"Key": "a", "Value": "b"}]
    assert all(s3.get_public_access_block(**BUCKET)["PublicAccessBlockConfiguration"].values())
    assert algorithm(s3) == "AES256"
    (rule,) = s3.get_bucket_ownership_controls(**BUCKET)["OwnershipControls"]["Rules"]
    assert rule["ObjectOwnership"] == "BucketOwnerEnforced"


def test_a_bucket_always_has_an_encryption_and_may_block_sorts_of_it(s3: Any) -> None:
    s3.create_bucket(**BUCKET)
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"},
        "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
    }
    s3.put_bucket_encryption(**BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})

    (seen,) = s3.get_bucket_encryption(**BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert seen["BlockedEncryptionTypes"] == {"EncryptionType": ["SSE-C"]}
    s3.delete_bucket_encryption(**BUCKET)
    assert algorithm(s3) == "AES256"


def test_event_bridge_stays_with_the_other_notifications(s3: Any) -> None:
    s3.create_bucket(**BUCKET)
    queue = {"Id": "new", "QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*"]}
    for queues in ([], [queue]):
        wanted = {"QueueConfigurations": queues, "EventBridgeConfiguration": {}}
        s3.put_bucket_notification_configuration(**BUCKET, NotificationConfiguration=wanted)

        seen = s3.get_bucket_notification_configuration(**BUCKET)
        assert (seen["EventBridgeConfiguration"], len(seen.get("QueueConfigurations", []))) == ({}, len(queues))
    s3.put_bucket_notification_configuration(**BUCKET, NotificationConfiguration={})
    assert "EventBridgeConfiguration" not in s3.get_bucket_notification_configuration(**BUCKET)


def test_an_event_has_version_and_order_and_the_time_of_the_sandbox(sandbox: Control, s3: Any, session: Any) -> None:
    """The order by sequencer is what S3 promises about events of one key [user guide]."""
    sqs = session.create_client("sqs", region_name=REGION, config=ONCE)
    url = sqs.create_queue(QueueName="calls")["QueueUrl"]
    s3.create_bucket(**BUCKET)
    s3.put_bucket_versioning(**BUCKET, VersioningConfiguration={"Status": "Enabled"})
    queue = {"QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(**BUCKET, NotificationConfiguration={"QueueConfigurations": [queue]})

    later = sandbox.advance("40d")["now"]
    versions = [s3.put_object(**BUCKET, Key="in/a b.csv", Body=body)["VersionId"] for body in (b"1", b"2")]
    received = [sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] for _ in range(3)]

    records = [record for body in received for record in json.loads(body).get("Records", ())]
    objects = [record["s3"]["object"] for record in records]
    assert [held["versionId"] for held in objects] == versions
    assert [held["key"] for held in objects] == ["in/a+b.csv"] * 2
    assert objects[0]["sequencer"] < objects[1]["sequencer"]
    assert all(record["eventTime"] >= later[:19] for record in records)


@pytest.mark.parametrize("policy", ["", "{", "{}"])
def test_a_policy_has_statements(s3: Any, policy: str) -> None:
    s3.create_bucket(**BUCKET)

    assert refused(lambda: s3.put_bucket_policy(**BUCKET, Policy=policy)) == ("MalformedPolicy", 400)


@pytest.mark.parametrize(("condition", "answer"), [({"Bool": {"aws:SecureTransport": "false"}}, None), ({}, "403")])
def test_a_bucket_for_tls_alone_takes_objects(s3: Any, condition: Any, answer: str | None) -> None:
    """The port stands for AWS's, which answers over TLS; moto would deny all."""
    s3.create_bucket(**BUCKET)
    denied = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::example-calls/*"}
    policy = {"Version": "2012-10-17", "Statement": [{**denied, **({"Condition": condition} if condition else {})}]}
    s3.put_bucket_policy(**BUCKET, Policy=json.dumps(policy))

    try:
        s3.put_object(**BUCKET, Key="raw/a", Body=b"x")
        refusal = None
    except ClientError as wrong:
        refusal = str(wrong.response["ResponseMetadata"]["HTTPStatusCode"])

    assert refusal == answer


def test_a_copy_of_another_object_than_the_caller_knows_is_refused(s3: Any) -> None:
    s3.create_bucket(Bucket="archive")
    known = s3.put_object(Bucket="archive", Key="a b", Body=b"1")["ETag"]
    source = {"Bucket": "archive", "Key": "a b"}
    s3.copy_object(Bucket="archive", Key="copy", CopySource=source, CopySourceIfMatch=known)
    s3.put_object(Bucket="archive", Key="a b", Body=b"2")

    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.copy_object(Bucket="archive", Key="copy", CopySource=source, CopySourceIfMatch=known)
