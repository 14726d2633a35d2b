"""Uploads of agents are pending until the last of their rows is settled."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.kinds.aws.lambda_function import LambdaFunction
from reconciler.pipelines.agent_import import read_pending_uploads
from reconciler.pipelines.declared import DeclaredPipeline
from reconciler.pipelines.reading import PipelineError
from reconciler.pipelines.state import PendingUpload
from tests.worlds.scripted_aws import ScriptedAws
from tests.worlds.world import World

from .connectwise_world import client, resource

TABLE, FUNCTION = "shop-lab-agents-uploads", "shop-lab-agents-upload"
HANDLER = "reconciler.lambdas.agent_upload.handler.handler"
FUNCTION_OF = resource(LambdaFunction, name=FUNCTION, runtime="python3.13", handler=HANDLER, role="r")
PIPELINE = DeclaredPipeline("agents", "agent_import", (FUNCTION_OF,))
SETTINGS: dict[str, Any] = {"Environment": {"Variables": {"UPLOADS_TABLE": TABLE}}}


class TableOnly(ScriptedAws):
    """The settings of a function, and the items of a real table."""

    def __init__(self, world: World) -> None:
        scan = lambda params: world.aws.read("dynamodb", "Scan", params)  # noqa: E731
        super().__init__({"lambda:GetFunctionConfiguration": SETTINGS, "dynamodb:Scan": scan})


@pytest.fixture
def table(world: World) -> TableOnly:
    keys = [("key", "HASH"), ("sequencer", "RANGE")]
    client("dynamodb").create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    return TableOnly(world)


def put(key: str, sequencer: str, **more: Any) -> None:
    item = {"key": {"S": key}, "sequencer": {"S": sequencer}, **more}
    client("dynamodb").put_item(TableName=TABLE, Item=item)


def test_only_uploads_of_agents_that_are_not_done_are_pending(table: TableOnly) -> None:
    roster = {"kind": {"S": "roster"}, "received_at": {"S": "2026-01-05T12:00:00Z"}, "rows": {"N": "3"}}
    put("uploads/agents.csv", "01", **roster, status={"S": "running"}, pending={"N": "2"}, settled={"N": "1"})
    put("uploads/agents.csv", "01#000002", username={"S": "ada"})
    put("uploads/done.csv", "01", **roster, status={"S": "done"})
    put("uploads/photo.png", "01", kind={"S": "file"}, status={"S": "stored"})
    put("uploads/new.csv", "01", **{**roster, "received_at": {"S": "2026-01-04T12:00:00Z"}}, status={"S": "running"})

    pending = read_pending_uploads(table, PIPELINE)

    assert pending == (
        PendingUpload("uploads/new.csv", "2026-01-04T12:00:00Z", 3, 0, 0),
        PendingUpload("uploads/agents.csv", "2026-01-05T12:00:00Z", 3, 1, 2),
    )


def test_a_function_without_its_table_is_an_error() -> None:
    with pytest.raises(PipelineError, match="has no variable UPLOADS_TABLE"):
        read_pending_uploads(ScriptedAws({"lambda:GetFunctionConfiguration": {}}), PIPELINE)
