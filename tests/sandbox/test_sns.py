"""Amazon SNS: topics, whose creates answer with existing ones, and their attributes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.sandbox import REGION, Control

from .calls import refused
from .services import ONCE

INVALID = ("InvalidParameter", 400)


@pytest.fixture
def sns(sandbox: Control, session: Any) -> Any:
    return session.create_client("sns", region_name=REGION, config=ONCE)


def attributes(sns: Any, arn: str) -> dict[str, str]:
    return dict(sns.get_topic_attributes(TopicArn=arn)["Attributes"])


def test_a_create_answers_with_an_equal_topic_and_refuses_another(sns: Any) -> None:
    given: dict[str, Any] = {"Name": "t", "Attributes": {"DisplayName": "T"}, "Tags": [{"Key": "a", "Value": "b"}]}
    arn = sns.create_topic(**given)["TopicArn"]

    assert sns.create_topic(**given)["TopicArn"] == arn
    assert refused(lambda: sns.create_topic(**{**given, "Attributes": {"DisplayName": "U"}})) == INVALID
    assert refused(lambda: sns.create_topic(**{**given, "Tags": [{"Key": "a", "Value": "c"}]})) == INVALID


def test_attributes_are_set_one_by_one_and_cleared_by_an_empty_text(sns: Any) -> None:
    given = {"TracingConfig": "Active", "KmsMasterKeyId": "alias/aws/sns"}
    arn = sns.create_topic(Name="t", Attributes=given)["TopicArn"]
    assert attributes(sns, arn).items() >= given.items()

    sns.set_topic_attributes(TopicArn=arn, AttributeName="SignatureVersion", AttributeValue="2")
    sns.set_topic_attributes(TopicArn=arn, AttributeName="KmsMasterKeyId", AttributeValue="")

    now = attributes(sns, arn)
    assert (now["SignatureVersion"], now["TracingConfig"]) == ("2", "Active")
    assert "KmsMasterKeyId" not in now


def test_a_new_topic_has_the_default_policy(sns: Any) -> None:
    arn = sns.create_topic(Name="t")["TopicArn"]

    assert json.loads(attributes(sns, arn)["Policy"])["Id"] == "__default_policy_ID"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SignatureVersion", "3"),
        ("TracingConfig", "Passive"),
        ("Policy", ""),
        ("DeliveryPolicy", "["),
        ("DisplayName", "x" * 101),
        ("Owner", "111122223333"),
    ],
)
def test_a_wrong_attribute_is_refused(sns: Any, name: str, value: str) -> None:
    arn = sns.create_topic(Name="t")["TopicArn"]

    call = {"TopicArn": arn, "AttributeName": name, "AttributeValue": value}
    assert refused(lambda: sns.set_topic_attributes(**call)) == INVALID


def test_a_missing_and_a_too_new_topic_are_not_found(sandbox: Control, sns: Any) -> None:
    sandbox.set_faults({"consistency": {"calls": 1}})
    arn = sns.create_topic(Name="t")["TopicArn"]

    assert refused(lambda: attributes(sns, arn)) == ("NotFound", 404)
    assert attributes(sns, arn)["TopicArn"] == arn
    assert refused(lambda: attributes(sns, f"{arn}2")) == ("NotFound", 404)


def test_reserved_and_too_many_tags_are_refused(sns: Any) -> None:
    arn = sns.create_topic(Name="t")["TopicArn"]

    reserved = [{"Key": "aws:x", "Value": "y"}]
    many = [{"Key": str(number), "Value": "x"} for number in range(51)]
    assert refused(lambda: sns.tag_resource(ResourceArn=arn, Tags=reserved)) == INVALID
    assert refused(lambda: sns.tag_resource(ResourceArn=arn, Tags=many))[0] == "TagLimitExceeded"


def subscribe(sns: Any, protocol: str = "email", endpoint: str = "ops@example.com", **more: Any) -> tuple[str, str]:
    """Returns the ARNs of a new topic and of a subscription to it."""
    topic = sns.create_topic(Name="t")["TopicArn"]
    made = sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, ReturnSubscriptionArn=True, **more)
    return topic, made["SubscriptionArn"]


def test_an_address_is_pending_until_it_is_confirmed(sns: Any) -> None:
    topic, arn = subscribe(sns)
    listed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]

    assert [it["SubscriptionArn"] for it in listed] == ["PendingConfirmation"]
    assert sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["PendingConfirmation"] == "true"
    assert refused(lambda: sns.get_subscription_attributes(SubscriptionArn="PendingConfirmation")) == INVALID
    assert refused(lambda: sns.unsubscribe(SubscriptionArn=arn)) == INVALID
    assert attributes(sns, topic)["SubscriptionsPending"] == "1"
    sns.confirm_subscription(TopicArn=topic, Token=arn.rpartition(":")[2])
    assert attributes(sns, topic)["SubscriptionsConfirmed"] == "1"
    sns.unsubscribe(SubscriptionArn=arn)


def test_a_known_endpoint_keeps_its_arn_and_its_attributes(sns: Any) -> None:
    endpoint = f"arn:aws:sqs:{REGION}:111122223333:q"
    topic, arn = subscribe(sns, "sqs", endpoint, Attributes={"RawMessageDelivery": "true"})

    assert subscribe(sns, "sqs", endpoint) == (topic, arn)
    other = {"RawMessageDelivery": "false"}
    assert refused(lambda: subscribe(sns, "sqs", endpoint, Attributes=other)) == INVALID


def test_nothing_is_sent_to_an_address_of_the_web(sns: Any) -> None:
    topic, arn = subscribe(sns, "https", "https://127.0.0.1:9/hook")
    sns.confirm_subscription(TopicArn=topic, Token=arn.rpartition(":")[2])

    assert sns.publish(TopicArn=topic, Message="x")["MessageId"]
    assert attributes(sns, topic)["SubscriptionsConfirmed"] == "1"


@pytest.mark.parametrize(
    ("name", "value"),
    [("RawMessageDelivery", "true"), ("FilterPolicyScope", "x"), ("FilterPolicy", "["), ("TopicArn", "x")],
)
def test_a_wrong_attribute_of_a_subscription_is_refused(sns: Any, name: str, value: str) -> None:
    _, arn = subscribe(sns)

    call = {"SubscriptionArn": arn, "AttributeName": name, "AttributeValue": value}
    assert refused(lambda: sns.set_subscription_attributes(**call)) == INVALID
