"""The single settings of an instance: attributes, storage, integrations; and client tokens."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ID, Control

from .administrative import HERE, add_instance
from .calls import INVALID, INVALID_REQUEST, MISSING, QUOTA, refused

CONFLICT = ("ResourceConflictException", 409)


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


def storage(client: Any, type: str) -> list[Any]:
    return list(client.list_instance_storage_configs(**HERE, ResourceType=type)["StorageConfigs"])


def attach(client: Any, type: str, config: Any, **more: Any) -> str:
    made = client.associate_instance_storage_config(**HERE, ResourceType=type, StorageConfig=config, **more)
    return str(made["AssociationId"])


def test_a_request_that_comes_again_with_its_token_is_the_same(sandbox: Control, connect: Any) -> None:
    """Service model: idempotency, wherever a ClientToken is a member; a switch takes it away."""
    first, again = (add_instance(connect, ClientToken="t") for _ in range(2))
    associate = lambda: connect.associate_lambda_function(**HERE, FunctionArn=FUNCTION, ClientToken="t")  # noqa: E731
    associate()
    associate()

    assert first == again
    sandbox.set_faults({"switches": {"clientTokens": "ignored"}})
    assert refused(associate) == CONFLICT
    assert refused(lambda: add_instance(connect, ClientToken="t")) == INVALID_REQUEST


def test_the_sdks_own_token_makes_a_lost_association_safe_to_retry(sandbox: Control, session: Any) -> None:
    """botocore fills the token in and sends it again."""
    sandbox.set_faults({"lostReply": {"every": 2}})
    retrying = session.create_client("connect", region_name="us-east-1")

    for name in ("a", "b"):
        retrying.associate_lambda_function(**HERE, FunctionArn=FUNCTION + name)

    assert len(retrying.list_lambda_functions(**HERE)["LambdaFunctions"]) == 2


def test_attributes_are_texts_and_come_seven_a_page(connect: Any) -> None:
    """Service model. The defaults of a new instance are seen and inferred."""
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
    """Service model: conflict and quota. A missing association is a switch."""
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
