"""Calls and what they belong to: the instance for Amazon Connect, account and Region for all others."""

from __future__ import annotations

import pytest

from reconciler.aws.pacer import Pacer
from reconciler.pacing import Rate, Rates
from reconciler.sandbox import INSTANCE_ID
from tests.worlds.least_privilege import UnrecordedAws
from tests.worlds.world import World, session


@pytest.fixture
def aws(world: World) -> UnrecordedAws:
    return UnrecordedAws(session(), INSTANCE_ID, Pacer(Rates(default=None)))


def test_calls_on_the_instance_get_its_id(aws: UnrecordedAws) -> None:
    client = aws._client("connect", False)

    assert aws._scoped(client, "ListQueues", {"MaxResults": 1}) == {"InstanceId": INSTANCE_ID, "MaxResults": 1}
    assert aws._scoped(client, "TagResource", {}) == {}


def test_an_instance_id_of_another_service_is_not_the_connect_instance(aws: UnrecordedAws) -> None:
    client = aws._client("ssm", False)

    assert "InstanceId" in client.meta.service_model.operation_model("UpdateManagedInstanceRole").input_shape.members
    assert aws._scoped(client, "UpdateManagedInstanceRole", {"IamRole": "r"}) == {"IamRole": "r"}


def test_an_attempt_takes_the_token_of_its_service(world: World) -> None:
    """botocore's events name services in another way than its clients do."""
    aws = UnrecordedAws(session(), INSTANCE_ID, Pacer(Rates(None, {"logs:DescribeLogGroups": Rate(1.0, 1)})))

    list(aws.pages("logs", "DescribeLogGroups", "logGroups", {}))
    aws.read("resourcegroupstaggingapi", "GetResources", {})

    assert 0 < aws.delay("logs:DescribeLogGroups") <= 1
    assert aws.counts() == {"logs:DescribeLogGroups": 1, "resourcegroupstaggingapi:GetResources": 1}
