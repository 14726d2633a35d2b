"""Mistakes in manifests of stores and queues that the schemas cannot find, each with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.kinds.registry import KINDS
from reconciler.model import WrittenRecords
from reconciler.model.environment import Quotas
from tests.kinds.documents import mistakes


def of(root: Path, kind: str, name: str, spec: str) -> list[str]:
    return mistakes(root, f"kind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n")


@pytest.mark.parametrize(
    ("name", "spec", "expected"),
    [
        ("q", "{deduplicationScope: queue}", "only a FIFO queue has it"),
        ("q.fifo", "{fifoThroughputLimit: perMessageGroupId}", "needs deduplicationScope: messageGroup"),
        ("q", "{sqsManagedSseEnabled: false, kmsMasterKeyId: alias/aws/sqs}", "kmsMasterKeyId decides"),
        ("q", "{kmsDataKeyReusePeriodSeconds: 600}", "declare kmsMasterKeyId too"),
        ("q", "{redrivePolicy: {maxReceiveCount: 3}}", "deadLetterTargetArn is missing"),
        ("q", "{redrivePolicy: {deadLetterTargetArn: a}}", "maxReceiveCount must be a number from 1 to 1000"),
        ("q", "{redriveAllowPolicy: {redrivePermission: some}}", "must be allowAll, denyAll or byQueue"),
        ("q", "{redriveAllowPolicy: {redrivePermission: byQueue}}", "sourceQueueArns belongs to"),
        ("q.q", "{}", "is not a name of a queue"),
    ],
)
def test_an_impossible_queue_is_refused(tmp_path: Path, name: str, spec: str, expected: str) -> None:
    (mistake,) = of(tmp_path, "SqsQueue", name, spec)

    assert expected in mistake


KEY = "attributeDefinitions: [{attributeName: id, attributeType: S}], keySchema: [{attributeName: id, keyType: HASH}]"


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("billingMode: PROVISIONED", "PROVISIONED needs provisionedThroughput"),
        ("provisionedThroughput: {readCapacityUnits: 1, writeCapacityUnits: 1}", "only billingMode: PROVISIONED"),
        (
            "billingMode: PROVISIONED, provisionedThroughput: {readCapacityUnits: 1, writeCapacityUnits: 1}, "
            "onDemandThroughput: {maxReadRequestUnits: 9}",
            "only billingMode: PAY_PER_REQUEST has it",
        ),
        ("timeToLiveSpecification: {enabled: true}", "write enabled: true with attributeName"),
        ("timeToLiveSpecification: {enabled: false, attributeName: x}", "or enabled: false alone"),
        ("pointInTimeRecoverySpecification: {recoveryPeriodInDays: 7}", "needs pointInTimeRecoveryEnabled: true"),
    ],
)
def test_an_impossible_table_is_refused(tmp_path: Path, spec: str, expected: str) -> None:
    (mistake,) = of(tmp_path, "DynamoDBTable", "calls", f"{{{KEY}, {spec}}}")

    assert expected in mistake


@pytest.mark.parametrize(
    ("definitions", "schema", "expected"),
    [
        ("{attributeName: a, attributeType: S}", "{attributeName: b, keyType: HASH}", "of each attribute of keySchema"),
        ("{attributeName: a, attributeType: S}", "{attributeName: a, keyType: RANGE}", "one HASH attribute"),
    ],
)
def test_an_impossible_key_is_refused(tmp_path: Path, definitions: str, schema: str, expected: str) -> None:
    spec = f"{{attributeDefinitions: [{definitions}], keySchema: [{schema}]}}"

    (mistake,) = of(tmp_path, "DynamoDBTable", "calls", spec)

    assert expected in mistake


def test_a_queue_may_have_every_setting_of_its_sort(tmp_path: Path) -> None:
    spec = "{fifoThroughputLimit: perMessageGroupId, deduplicationScope: messageGroup, sqsManagedSseEnabled: true}"

    assert of(tmp_path, "SqsQueue", "q.fifo", spec) == []


@pytest.mark.parametrize(
    ("name", "spec", "expected"),
    [
        ("t/email:a@example.com", "{protocol: email, endpoint: b@example.com}", "call this one t/email:b@example.com"),
        ("t/sqs:q", "{protocol: sqs, endpoint: 'arn:aws:sqs:us-east-1:111122223333:r'}", "call this one t/sqs:r"),
        ("t/email:a", "{protocol: email, endpoint: a, rawMessageDelivery: true}", "have raw messages"),
        ("t/firehose:a", "{protocol: firehose, endpoint: a}", "firehose needs it"),
        ("t/email:a", "{protocol: email, endpoint: a, redrivePolicy: {x: y}}", "deadLetterTargetArn is missing"),
    ],
)
def test_an_impossible_subscription_is_refused(tmp_path: Path, name: str, spec: str, expected: str) -> None:
    topic = "kind: SnsTopic\nmetadata: {name: t}\n"
    document = f"kind: SnsSubscription\nmetadata: {{name: '{name}'}}\nspec: {spec}\n"

    (mistake,) = mistakes(tmp_path, topic, document)

    assert expected in mistake


@pytest.mark.parametrize(
    ("name", "spec", "expected"),
    [
        ("/a/b", "{value: x, type: SecureString}", "plan and an outcome would show the secret"),
        ("/a/b", f"{{value: {'é' * 2049}}}", "has 4098 bytes, and AWS takes 4096"),
        ("/a", "{value: x}", "is not a name of a parameter"),
    ],
)
def test_an_impossible_parameter_is_refused(tmp_path: Path, name: str, spec: str, expected: str) -> None:
    (mistake,) = of(tmp_path, "Parameter", name, spec)

    assert expected in mistake


def test_a_bucket_that_accepts_requests_without_tls_is_a_warning(tmp_path: Path) -> None:
    (problem,) = KINDS["S3Bucket"].problems({"name": "example-calls"}, WrittenRecords(), Quotas())

    assert (problem.severity, problem.path) == ("warning", ())
    assert "let the policy deny them" in problem.message
    assert of(tmp_path, "S3Bucket", "example-calls", "{}") == []


def test_a_bucket_whose_policy_denies_them_is_none() -> None:
    policy = {"Statement": [{"Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}

    assert not list(KINDS["S3Bucket"].problems({"policy": policy}, WrittenRecords(), Quotas()))
