"""Instances: how they come to be, their attributes, their storage, and what they may call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ARN, INSTANCE_ID, Control, in_process

from .administrative import HERE, QUEUE
from .calls import INVALID, INVALID_REQUEST, MISSING, QUOTA, make, refused

CONFLICT = ("ResourceConflictException", 409)
DAY = 24 * 3600.0
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:greet"
KEY = "arn:aws:kms:us-east-1:111122223333:key/k"
BUCKET = {"StorageType": "S3", "S3Config": {"BucketName": "b", "BucketPrefix": "p"}}
STREAM = {
    "StorageType": "KINESIS_STREAM",
    "KinesisStreamConfig": {"StreamArn": "arn:aws:kinesis:us-east-1:111122223333:stream/s"},
}
VIDEO = {
    "StorageType": "KINESIS_VIDEO_STREAM",
    "KinesisVideoStreamConfig": {
        "Prefix": "p",
        "RetentionPeriodHours": 24,
        "EncryptionConfig": {"EncryptionType": "KMS", "KeyId": KEY},
    },
}


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def later(clock: Clock) -> Iterator[Control]:
    """A sandbox whose time is ours."""
    with in_process(clock=clock) as control:
        yield control


def create(client: Any, alias: str = "second", **more: Any) -> str:
    said = {"IdentityManagementType": "SAML", "InboundCallsEnabled": True, "OutboundCallsEnabled": False}
    return str(client.create_instance(**{**said, "InstanceAlias": alias, **more})["Id"])


def status(client: Any, id: str) -> str:
    return str(client.describe_instance(InstanceId=id)["Instance"]["InstanceStatus"])


def storage(client: Any, type: str) -> list[Any]:
    return list(client.list_instance_storage_configs(**HERE, ResourceType=type)["StorageConfigs"])


def attach(client: Any, type: str, config: Any, **more: Any) -> str:
    made = client.associate_instance_storage_config(**HERE, ResourceType=type, StorageConfig=config, **more)
    return str(made["AssociationId"])


def test_an_instance_is_in_progress_before_it_is_active(sandbox: Control, connect: Any) -> None:
    """Service model: asynchronous. For how long is a fault; nothing can be done to it before [inferred]."""
    sandbox.set_faults({"creation": {"calls": 3}})

    id = create(connect, Tags={"team": "a"})

    assert status(connect, id) == "CREATION_IN_PROGRESS"
    assert refused(lambda: connect.list_queues(InstanceId=id)) == INVALID_REQUEST
    listed = connect.list_instances()["InstanceSummaryList"]
    assert [row["InstanceStatus"] for row in listed] == ["ACTIVE", "CREATION_IN_PROGRESS"]
    found = connect.describe_instance(InstanceId=id)["Instance"]
    assert (found["InstanceStatus"], found["InstanceAlias"], found["Tags"]) == ("ACTIVE", "second", {"team": "a"})
    assert (found["InboundCallsEnabled"], found["OutboundCallsEnabled"]) == (True, False)
    assert [row["Name"] for row in connect.list_queues(InstanceId=id)["QueueSummaryList"]] == ["BasicQueue"]
    assert sandbox.stats()["faults"]["creation"] == 3


def test_a_new_instance_takes_a_call_even_without_the_fault(connect: Any) -> None:
    id = create(connect)

    assert [status(connect, id), status(connect, id)] == ["CREATION_IN_PROGRESS", "ACTIVE"]


def test_a_failed_instance_is_shown_for_a_day(clock: Clock, later: Control, client: Any) -> None:
    """Service model: with its reason, for 24 hours after CreateInstance; both Describe and List obey."""
    later.set_faults({"creation": {"calls": 1, "fails": "no directory"}})
    id = create(client)
    assert status(client, id) == "CREATION_IN_PROGRESS"

    clock.now += DAY - 1
    found = client.describe_instance(InstanceId=id)["Instance"]
    listed = client.list_instances()["InstanceSummaryList"]
    clock.now += 1

    assert (found["InstanceStatus"], found["StatusReason"]) == ("CREATION_FAILED", {"Message": "no directory"})
    assert {row["InstanceStatus"] for row in listed} == {"ACTIVE", "CREATION_FAILED"}
    assert refused(lambda: client.describe_instance(InstanceId=id)) == MISSING
    assert [row["Id"] for row in client.list_instances()["InstanceSummaryList"]] == [INSTANCE_ID]
    create(client)


def test_an_alias_is_taken_whatever_its_case(sandbox: Control, connect: Any) -> None:
    """Inferred; the model has no error for it."""
    assert refused(lambda: create(connect, "SANDBOX")) == INVALID_REQUEST


def test_two_instances_an_account(sandbox: Control, connect: Any) -> None:
    """Service quotas page."""
    create(connect, "second")

    assert refused(lambda: create(connect, "third")) == QUOTA
    sandbox.set_faults({"quotas": {"instances": 3}})
    create(connect, "third")


def test_creations_and_deletions_of_30_days_are_limited_together(clock: Clock, later: Control, client: Any) -> None:
    """Service model; the errors are inferred."""
    later.set_faults({"quotas": {"instanceChanges": 2}})
    client.delete_instance(InstanceId=create(client))

    assert refused(lambda: create(client)) == QUOTA
    assert refused(lambda: client.delete_instance(InstanceId=INSTANCE_ID)) == INVALID_REQUEST
    clock.now += 30 * DAY
    create(client)


def test_a_deleted_instance_takes_everything_along(connect: Any) -> None:
    """Admin guide."""
    make(connect)
    connect.tag_resource(resourceArn=INSTANCE_ARN, tags={"a": "b"})

    connect.delete_instance(InstanceId=INSTANCE_ARN)

    assert refused(lambda: connect.describe_instance(InstanceId=INSTANCE_ID)) == MISSING
    assert refused(lambda: connect.list_data_tables(InstanceId=INSTANCE_ID)) == MISSING
    assert refused(lambda: QUEUE.listed(connect)) == MISSING
    assert refused(lambda: connect.list_tags_for_resource(resourceArn=INSTANCE_ARN)) == MISSING


def test_an_existing_directory_has_an_id(connect: Any) -> None:
    """Inferred: the model requires no member for it."""
    existing = {"IdentityManagementType": "EXISTING_DIRECTORY"}

    assert refused(lambda: create(connect, **existing)) == INVALID_REQUEST
    create(connect, **existing, DirectoryId="d-0123456789")


def test_tags_of_an_instance_are_one_truth_with_describe(connect: Any) -> None:
    connect.tag_resource(resourceArn=INSTANCE_ARN, tags={"a": "b", "c": "d"})
    connect.untag_resource(resourceArn=INSTANCE_ARN, tagKeys=["a"])

    found = connect.describe_instance(InstanceId=INSTANCE_ID)["Instance"]["Tags"]

    assert found == connect.list_tags_for_resource(resourceArn=INSTANCE_ARN)["tags"] == {"c": "d"}


def test_a_request_that_comes_again_with_its_token_is_the_same(sandbox: Control, connect: Any) -> None:
    """Service model: idempotency, wherever a ClientToken is a member; a switch takes it away."""
    first, again = (create(connect, ClientToken="t") for _ in range(2))
    associate = lambda: connect.associate_lambda_function(**HERE, FunctionArn=FUNCTION, ClientToken="t")  # noqa: E731
    associate()
    associate()

    assert first == again
    sandbox.set_faults({"switches": {"clientTokens": "ignored"}})
    assert refused(associate) == CONFLICT
    assert refused(lambda: create(connect, ClientToken="t")) == INVALID_REQUEST


def test_the_sdks_own_token_makes_a_lost_association_safe_to_retry(sandbox: Control, session: Any) -> None:
    """botocore fills the token in and sends it again."""
    sandbox.set_faults({"lostReply": {"every": 2}})
    retrying = session.create_client("connect", region_name="us-east-1")

    for name in ("a", "b"):
        retrying.associate_lambda_function(**HERE, FunctionArn=FUNCTION + name)

    assert len(retrying.list_lambda_functions(**HERE)["LambdaFunctions"]) == 2


def test_instances_come_ten_a_page(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"quotas": {"instances": 12}})
    for number in range(11):
        create(connect, f"a{number}")

    first = connect.list_instances()
    second = connect.list_instances(NextToken=first["NextToken"])

    assert [len(page["InstanceSummaryList"]) for page in (first, second)] == [10, 2]


def test_attributes_are_texts_and_come_seven_a_page(connect: Any) -> None:
    """Service model. What a new instance has on is seen and inferred."""
    walked = connect.get_paginator("list_instance_attributes").paginate(**HERE)

    pages = [{row["AttributeType"]: row["Value"] for row in page["Attributes"]} for page in walked]

    assert [len(page) for page in pages] == [7, 7]
    on = {type for page in pages for type, value in page.items() if value == "true"}
    assert on == {"INBOUND_CALLS", "OUTBOUND_CALLS", "CONTACT_LENS", "AUTO_RESOLVE_BEST_VOICES", "EARLY_MEDIA"}


def test_attributes_change_and_calls_show_in_describe(connect: Any) -> None:
    for type in ("CONTACTFLOW_LOGS", "INBOUND_CALLS"):
        before = connect.describe_instance_attribute(**HERE, AttributeType=type)["Attribute"]["Value"]
        other = {"true": "false", "false": "true"}[before]

        connect.update_instance_attribute(**HERE, AttributeType=type, Value=other)

        assert connect.describe_instance_attribute(**HERE, AttributeType=type)["Attribute"]["Value"] == other
    assert connect.describe_instance(InstanceId=INSTANCE_ID)["Instance"]["InboundCallsEnabled"] is False


def test_attributes_that_cannot_be_are_refused(sandbox: Control, connect: Any) -> None:
    """That there are two values is inferred; custom voices are for customers on a list [service model]."""
    update = lambda **more: connect.update_instance_attribute(**HERE, **more)  # noqa: E731
    voices = {"AttributeType": "USE_CUSTOM_TTS_VOICES", "Value": "true"}

    assert refused(lambda: update(AttributeType="CONTACT_LENS", Value="on")) == INVALID
    assert refused(lambda: update(AttributeType="COLOUR", Value="true")) == INVALID
    assert refused(lambda: update(**voices)) == INVALID_REQUEST
    sandbox.set_faults({"switches": {"customVoices": True}})
    update(**voices)


@pytest.mark.parametrize(
    ("verb", "member", "value", "plural"),
    [
        ("lambda_function", "FunctionArn", FUNCTION, "LambdaFunctions"),
        ("approved_origin", "Origin", "https://example.com", "Origins"),
    ],
)
def test_functions_and_origins_are_associated_once(
    sandbox: Control, connect: Any, verb: str, member: str, value: str, plural: str
) -> None:
    """Service model: conflict and quota. What is not associated is a switch."""
    associate = lambda text: getattr(connect, f"associate_{verb}")(**HERE, **{member: text})  # noqa: E731
    disassociate = lambda: getattr(connect, f"disassociate_{verb}")(**HERE, **{member: value})  # noqa: E731
    quota = {"lambda_function": "lambdaFunctions", "approved_origin": "approvedOrigins"}[verb]

    associate(value)
    assert refused(lambda: associate(value)) == CONFLICT
    assert getattr(connect, f"list_{verb}s")(**HERE)[plural] == [value]
    sandbox.set_faults({"quotas": {quota: 1}})
    assert refused(lambda: associate(f"{value}2")) == QUOTA
    disassociate()
    assert getattr(connect, f"list_{verb}s")(**HERE)[plural] == []
    assert refused(disassociate) == MISSING
    sandbox.set_faults({"switches": {"missingLink": "accepted"}})
    disassociate()


def test_functions_are_arns_of_140_characters_and_come_25_a_page(connect: Any) -> None:
    assert refused(lambda: connect.associate_lambda_function(**HERE, FunctionArn="greet")) == INVALID
    assert refused(lambda: connect.associate_lambda_function(**HERE, FunctionArn=FUNCTION + "x" * 140)) == INVALID
    for number in range(26):
        connect.associate_lambda_function(**HERE, FunctionArn=f"{FUNCTION}{number:02}")

    walked = connect.get_paginator("list_lambda_functions").paginate(**HERE)

    assert [len(page["LambdaFunctions"]) for page in walked] == [25, 1]


def test_storage_is_attached_once_changed_and_detached(sandbox: Control, connect: Any) -> None:
    """Service model: a second association of a type is a conflict."""
    id = attach(connect, "CALL_RECORDINGS", BUCKET)
    named = {"AssociationId": id, "ResourceType": "CALL_RECORDINGS"}
    other = {"StorageType": "S3", "S3Config": {"BucketName": "c", "BucketPrefix": "q"}}

    assert refused(lambda: attach(connect, "CALL_RECORDINGS", BUCKET)) == CONFLICT
    assert storage(connect, "CALL_RECORDINGS") == [{"AssociationId": id, **BUCKET}]
    connect.update_instance_storage_config(**HERE, **named, StorageConfig=other)
    assert connect.describe_instance_storage_config(**HERE, **named)["StorageConfig"] == {"AssociationId": id, **other}
    connect.disassociate_instance_storage_config(**HERE, **named)
    assert storage(connect, "CALL_RECORDINGS") == []
    assert refused(lambda: connect.describe_instance_storage_config(**HERE, **named)) == MISSING
    assert refused(lambda: connect.disassociate_instance_storage_config(**HERE, **named)) == MISSING
    sandbox.set_faults({"switches": {"missingLink": "accepted"}})
    connect.disassociate_instance_storage_config(**HERE, **named)


@pytest.mark.parametrize(
    ("type", "config"),
    [
        ("CALL_RECORDINGS", STREAM),
        ("CONTACT_TRACE_RECORDS", BUCKET),
        ("AGENT_EVENTS", {**STREAM, "StorageType": "KINESIS_FIREHOSE"}),
        ("CALL_RECORDINGS", {"StorageType": "S3"}),
        ("CALL_RECORDINGS", {**BUCKET, **STREAM, "StorageType": "S3"}),
        ("CALL_RECORDINGS", {"StorageType": "S3", "S3Config": {"BucketName": "b"}}),
        ("MEDIA_STREAMS", {**VIDEO, "StorageType": "S3"}),
        (
            "CALL_RECORDINGS",
            {
                "StorageType": "S3",
                "S3Config": {**BUCKET["S3Config"], "EncryptionConfig": {"EncryptionType": "KMS", "KeyId": "k"}},
            },
        ),
    ],
)
def test_storage_that_does_not_fit_its_type_is_refused(connect: Any, type: str, config: Any) -> None:
    """Admin guide for what goes where, service model for members and keys; the error is inferred."""
    assert refused(lambda: attach(connect, type, config)) == INVALID


def test_the_service_appends_to_the_prefix_of_video_streams_unless_switched(sandbox: Control, connect: Any) -> None:
    """Seen in the documentation of another client."""
    attach(connect, "MEDIA_STREAMS", VIDEO)
    (appended,) = storage(connect, "MEDIA_STREAMS")
    named = {"ResourceType": "MEDIA_STREAMS", "AssociationId": appended["AssociationId"]}

    sandbox.set_faults({"switches": {"videoPrefix": "verbatim"}})
    connect.update_instance_storage_config(**HERE, **named, StorageConfig=VIDEO)

    (verbatim,) = storage(connect, "MEDIA_STREAMS")
    prefixes = [found["KinesisVideoStreamConfig"]["Prefix"] for found in (appended, verbatim)]
    assert prefixes == ["p-connect-sandbox-contact-", "p"]
