"""Tags that AWS lists one by one hold back no other read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from threading import Event
from typing import Any

import pytest

from reconciler.live import read
from reconciler.model import Manifest, Ref
from reconciler.port import Answer, AwsPort
from tests.builders.manifests import manifest
from tests.builders.roles import trust
from tests.worlds.world import World

ALARMS = 9  # more than the threads of one read
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}],
}
SPEC = {
    "metricName": "Errors",
    "namespace": "AWS/Lambda",
    "statistic": "Sum",
    "period": 300,
    "evaluationPeriods": 1,
    "threshold": 1,
    "comparisonOperator": "GreaterThanThreshold",
}


class HoldingBack:
    """A port that answers the tags of alarms only after all of the other reads were asked."""

    def __init__(self, aws: AwsPort, others: Collection[str]) -> None:
        self._aws, self._others = aws, set(others)
        self.is_asked = Event()
        self.came_late = False

    def read(self, service: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self._hold(f"{service}:{operation}")
        return self._aws.read(service, operation, params)

    def pages(
        self, service: str, operation: str, items: str, params: Mapping[str, Any]
    ) -> Iterator[list[dict[str, Any]]]:
        self._hold(f"{service}:{operation}")
        return self._aws.pages(service, operation, items, params)

    def write(self, service: str, operation: str, params: Mapping[str, Any]) -> Answer:
        raise AssertionError("a read writes nothing")

    def delay(self, call: str) -> float:
        return self._aws.delay(call)

    def counts(self) -> Mapping[str, int]:
        return self._aws.counts()

    def _hold(self, name: str) -> None:
        self._others.discard(name)
        if not self._others:
            self.is_asked.set()
        if name == "cloudwatch:ListTagsForResource":
            self.came_late |= not self.is_asked.wait(30)


@pytest.fixture
def declared(world: World) -> dict[Ref, Manifest]:
    inline = [{"name": "main", "document": POLICY}]
    role = {"assumeRolePolicyDocument": trust("lambda.amazonaws.com"), "inlinePolicies": inline}
    group = manifest("LogGroup", "/calls", {"retentionInDays": 30})
    manifests = [*(manifest("Alarm", f"a{at:02}", SPEC) for at in range(ALARMS)), manifest("IamRole", "r", role), group]
    world.run(*manifests)
    return {it.ref: it for it in manifests}


def test_many_alarms_hold_back_no_read_of_another_kind(world: World, declared: dict[Ref, Manifest]) -> None:
    port = HoldingBack(world.aws, {"iam:GetRolePolicy", "logs:ListTagsForResource", "connect:SearchQueues"})

    live = read(port, world.environment.scope, declared).live

    assert not port.came_late
    assert {ref for ref, it in live.items() if it.tags} == declared.keys()
