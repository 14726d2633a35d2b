"""A mapping of a table's stream: its ARN has the moment of its creation, so only a reference can name it."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Action, Manifest, Ref, Status
from tests.builders.manifests import manifest
from tests.worlds.world import World

MAPPING = Ref("EventSourceMapping", "changes")
TRUSTED = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
FUNCTION = {"runtime": "python3.13", "handler": "main.handler", "role": "functions", "code": {"folder": "hello"}}


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.apply.waiting.PAUSE", 0.0)


def mapping() -> Manifest:
    spec = {"eventSourceArn": "${DynamoDBTable/agents.stream}", "functionName": "reader", "startingPosition": "LATEST"}
    return manifest("EventSourceMapping", "changes", spec)


def table(view: str | None) -> Manifest:
    stream = {"streamSpecification": {"streamViewType": view}} if view else {}
    keys = {
        "attributeDefinitions": [{"attributeName": "username", "attributeType": "S"}],
        "keySchema": [{"attributeName": "username", "keyType": "HASH"}],
    }
    return manifest("DynamoDBTable", "agents", keys | stream)


def others() -> tuple[Manifest, ...]:
    role = {"assumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [TRUSTED]}}
    return manifest("IamRole", "functions", role), manifest("LambdaFunction", "reader", FUNCTION)


def test_a_mapping_reads_the_stream_of_a_table_of_the_same_run(world: World) -> None:
    done = world.run(table("NEW_IMAGE"), mapping(), *others())

    assert {result.status for result in done.results.values()} == {Status.DONE}
    live: dict[str, Any] = world.client("dynamodb").describe_table(TableName="agents")["Table"]
    (known,) = world.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert known["EventSourceArn"] == live["LatestStreamArn"]
    assert not world.plan(table("NEW_IMAGE"), mapping(), *others()).changes


def test_a_new_stream_replaces_its_mapping(world: World) -> None:
    world.run(table("NEW_IMAGE"), mapping(), *others())
    world.run(table("KEYS_ONLY"), *others())

    allowed = frozenset({"EventSourceMapping/changes"})
    (change,) = world.plan(table("KEYS_ONLY"), mapping(), *others(), allow_delete=allowed).changes

    assert (change.ref, change.action) == (MAPPING, Action.REPLACE)
