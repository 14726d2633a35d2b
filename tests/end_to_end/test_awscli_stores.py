"""The AWS command line reads back the stores and queues that were applied."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import run
from reconciler.sandbox import background
from tests.worlds.awscli import aws

CONFIG = """\
stack: contact-centre
environments: {sandbox: {sandbox: true, rates: unlimited}}
"""
MANIFESTS = """\
kind: SqsQueue
metadata: {name: calls-dead}
spec: {messageRetentionPeriod: 1209600, redriveAllowPolicy: {redrivePermission: allowAll}}
---
kind: SqsQueue
metadata: {name: calls}
spec:
  visibilityTimeout: 90
  redrivePolicy: {deadLetterTargetArn: "${SqsQueue/calls-dead.arn}", maxReceiveCount: 5}
  tags: {Team: care}
---
kind: SnsTopic
metadata: {name: alerts}
spec:
  displayName: Alerts
  policy:
    Version: "2012-10-17"
    Statement:
      - Effect: Allow
        Principal: {Service: cloudwatch.amazonaws.com}
        Action: sns:Publish
        Resource: "${SnsTopic/alerts.arn}"
---
kind: SnsSubscription
metadata: {name: "alerts/sqs:calls"}
spec: {protocol: sqs, endpoint: "${SqsQueue/calls.arn}", rawMessageDelivery: true, filterPolicy: {severity: [high]}}
---
kind: SnsSubscription
metadata: {name: "alerts/email:ops@example.com"}
spec: {protocol: email, endpoint: ops@example.com}
---
kind: Parameter
metadata: {name: /calls/queue}
spec: {value: "${SqsQueue/calls.id}", description: The queue of the calls}
---
kind: S3Bucket
metadata: {name: example-contact-centre-sandbox}
spec:
  versioningConfiguration: {status: Enabled}
  policy:
    Version: "2012-10-17"
    Statement:
      - Effect: Deny
        Principal: "*"
        Action: "s3:*"
        Resource: "${S3Bucket/example-contact-centre-sandbox.arn}/*"
        Condition: {Bool: {"aws:SecureTransport": "false"}}
  queueConfigurations:
    - {id: new, queueArn: "${SqsQueue/calls.arn}", events: ["s3:ObjectCreated:*"]}
  tags: {Team: care}
---
kind: DynamoDBTable
metadata: {name: calls}
spec:
  attributeDefinitions: [{attributeName: pipeline, attributeType: S}, {attributeName: item, attributeType: S}]
  keySchema: [{attributeName: pipeline, keyType: HASH}, {attributeName: item, keyType: RANGE}]
  streamSpecification: {streamViewType: NEW_IMAGE}
  timeToLiveSpecification: {enabled: true, attributeName: expires}
  pointInTimeRecoverySpecification: {pointInTimeRecoveryEnabled: true}
  deletionProtectionEnabled: true
---
kind: S3Object
metadata: {name: example-contact-centre-sandbox/mappings/tickets.json}
spec: {content: {file: tickets.json}, contentType: application/json}
---
kind: DynamoDBTable
metadata: {name: centre-tenant-services}
spec:
  attributeDefinitions: [{attributeName: tenant_id, attributeType: S}]
  keySchema: [{attributeName: tenant_id, keyType: HASH}]
  declaredItems: 10
---
kind: DynamoDBItem
metadata: {name: centre-tenant-services/tenant_id=harbor-dental}
spec:
  attributes: {enabled: true, rate_per_minute: 240, tables: [service/tickets], deletes: {max_percent: 2.5}}
  whenRemoved: {enabled: false}
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The manifests, applied by the command to a sandbox of its own."""
    root = tmp_path_factory.mktemp("stores")
    (root / "manifests" / "base").mkdir(parents=True)
    (root / "manifests" / "base" / "stores.yaml").write_text(MANIFESTS, encoding="utf-8")
    (root / "manifests" / "base" / "tickets.json").write_text("{}\n", encoding="utf-8")
    (root / "reconcile.yaml").write_text(CONFIG, encoding="utf-8")
    assert run(["-C", str(root), "-e", "sandbox", "-q", "apply", "--auto-approve"]) == 0
    yield root
    background.stop(root / ".reconcile")


@pytest.mark.slow
def test_a_queue_is_there_with_its_dead_letter_queue(root: Path) -> None:
    url = aws(root, "sqs", "get-queue-url", "--queue-name", "calls")["QueueUrl"]

    settings = aws(root, "sqs", "get-queue-attributes", "--queue-url", url, "--attribute-names", "All")["Attributes"]
    tags = aws(root, "sqs", "list-queue-tags", "--queue-url", url)["Tags"]

    assert settings["VisibilityTimeout"] == "90"
    redrive = json.loads(settings["RedrivePolicy"])
    assert redrive["maxReceiveCount"] == 5
    assert redrive["deadLetterTargetArn"].endswith(":calls-dead")
    assert tags == {
        "Team": "care",
        "reconciler:address": "SqsQueue/calls",
        "reconciler:stack": "contact-centre/sandbox",
    }


@pytest.mark.slow
def test_a_table_is_there_with_its_stream_its_expiry_and_its_backups(root: Path) -> None:
    named = ("--table-name", "calls")

    table = aws(root, "dynamodb", "describe-table", *named)["Table"]
    expiry = aws(root, "dynamodb", "describe-time-to-live", *named)["TimeToLiveDescription"]
    backups = aws(root, "dynamodb", "describe-continuous-backups", *named)["ContinuousBackupsDescription"]

    assert [(it["AttributeName"], it["KeyType"]) for it in table["KeySchema"]] == [
        ("pipeline", "HASH"),
        ("item", "RANGE"),
    ]
    assert (table["TableStatus"], table["DeletionProtectionEnabled"]) == ("ACTIVE", True)
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


@pytest.mark.slow
def test_a_topic_is_there_with_a_policy_that_names_it(root: Path) -> None:
    (arn,) = [topic["TopicArn"] for topic in aws(root, "sns", "list-topics")["Topics"]]

    attributes = aws(root, "sns", "get-topic-attributes", "--topic-arn", arn)["Attributes"]
    tags = aws(root, "sns", "list-tags-for-resource", "--resource-arn", arn)["Tags"]

    assert attributes["DisplayName"] == "Alerts"
    assert json.loads(attributes["Policy"])["Statement"][0]["Resource"] == arn
    assert {"Key": "reconciler:address", "Value": "SnsTopic/alerts"} in tags


@pytest.mark.slow
def test_the_subscriptions_of_a_topic_are_there(root: Path) -> None:
    (topic,) = [topic["TopicArn"] for topic in aws(root, "sns", "list-topics")["Topics"]]

    listed = aws(root, "sns", "list-subscriptions-by-topic", "--topic-arn", topic)["Subscriptions"]
    by_protocol = {it["Protocol"]: it for it in listed}
    named = ("--subscription-arn", by_protocol["sqs"]["SubscriptionArn"])
    attributes = aws(root, "sns", "get-subscription-attributes", *named)["Attributes"]

    assert by_protocol["sqs"]["Endpoint"].endswith(":calls")
    assert by_protocol["email"]["SubscriptionArn"] == "PendingConfirmation"
    assert (attributes["RawMessageDelivery"], json.loads(attributes["FilterPolicy"])) == (
        "true",
        {"severity": ["high"]},
    )


@pytest.mark.slow
def test_a_pending_subscription_is_no_failure(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(root), "-e", "sandbox", "plan"]) == 0

    assert "waits for its confirmation" in capsys.readouterr().out


@pytest.mark.slow
def test_a_parameter_is_there_with_the_address_of_a_queue(root: Path) -> None:
    parameter = aws(root, "ssm", "get-parameter", "--name", "/calls/queue")["Parameter"]
    tags = aws(root, "ssm", "list-tags-for-resource", "--resource-type", "Parameter", "--resource-id", "/calls/queue")

    assert parameter["Type"] == "String"
    assert parameter["Value"] == aws(root, "sqs", "get-queue-url", "--queue-name", "calls")["QueueUrl"]
    assert {"Key": "reconciler:address", "Value": "Parameter//calls/queue"} in tags["TagList"]


@pytest.mark.slow
def test_a_bucket_is_there_private_encrypted_and_with_its_notification(root: Path) -> None:
    def read(operation: str) -> Any:
        return aws(root, "s3api", operation, "--bucket", "example-contact-centre-sandbox")

    (rule,) = read("get-bucket-encryption")["ServerSideEncryptionConfiguration"]["Rules"]
    (notification,) = read("get-bucket-notification-configuration")["QueueConfigurations"]
    (statement,) = json.loads(read("get-bucket-policy")["Policy"])["Statement"]

    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert all(read("get-public-access-block")["PublicAccessBlockConfiguration"].values())
    assert read("get-bucket-versioning")["Status"] == "Enabled"
    assert (notification["Id"], notification["QueueArn"].rpartition(":")[2]) == ("new", "calls")
    assert statement["Resource"] == "arn:aws:s3:::example-contact-centre-sandbox/*"
    assert {"Key": "Team", "Value": "care"} in read("get-bucket-tagging")["TagSet"]


@pytest.mark.slow
def test_an_object_is_there_with_its_type_and_its_hash(root: Path) -> None:
    named = ("--bucket", "example-contact-centre-sandbox", "--key", "mappings/tickets.json")

    head = aws(root, "s3api", "head-object", *named, "--checksum-mode", "ENABLED")

    assert (head["ContentType"], head["ContentLength"]) == ("application/json", 3)
    assert b64decode(head["ChecksumSHA256"]).hex() == sha256(b"{}\n").hexdigest()


@pytest.mark.slow
def test_an_item_is_there_with_its_attributes_and_its_owner(root: Path) -> None:
    key = json.dumps({"tenant_id": {"S": "harbor-dental"}})

    item = aws(root, "dynamodb", "get-item", "--table-name", "centre-tenant-services", "--key", key)["Item"]

    assert item == {
        "tenant_id": {"S": "harbor-dental"},
        "enabled": {"BOOL": True},
        "rate_per_minute": {"N": "240"},
        "tables": {"L": [{"S": "service/tickets"}]},
        "deletes": {"M": {"max_percent": {"N": "2.5"}}},
        "reconciler_stack": {"S": "contact-centre/sandbox"},
        "reconciler_address": {"S": "DynamoDBItem/centre-tenant-services/tenant_id=3Dharbor-dental"},
        "reconciler_when_removed": {"M": {"enabled": {"BOOL": False}}},
    }
