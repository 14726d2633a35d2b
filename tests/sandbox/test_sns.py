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
