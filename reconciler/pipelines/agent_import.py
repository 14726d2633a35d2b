"""The status of pipelines of type agent_import: uploads with rows that wait for their users."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from reconciler.documents.hints import listed
from reconciler.kinds.services import DYNAMODB
from reconciler.lambdas.agents.item import untyped
from reconciler.lambdas.agents.uploads import DONE, ROSTER
from reconciler.pipelines.declared import DeclaredPipeline
from reconciler.pipelines.reading import PipelineError, read_settings_of
from reconciler.pipelines.state import PendingUpload
from reconciler.port import AwsPort

PACKAGE = "agent_upload"
TABLE = "UPLOADS_TABLE"
MOST_PAGES = 200  # of the table, each of up to 1 MB; settled rows are items too, and expire after 90 days


def read_pending_uploads(aws: AwsPort, pipeline: DeclaredPipeline) -> tuple[PendingUpload, ...]:
    """Returns the uploads of agents that are not done, the oldest first. Raises `PipelineError`."""
    function = pipeline.function(PACKAGE)
    table = read_settings_of(aws, function).get(TABLE)
    if not table:
        raise PipelineError(f"{function} has no variable {listed([TABLE])}; reconcile apply restores it")
    params = {
        "TableName": table,
        "FilterExpression": "#kind = :roster AND #status <> :done",
        "ExpressionAttributeNames": {"#kind": "kind", "#status": "status"},
        "ExpressionAttributeValues": {":roster": {"S": ROSTER}, ":done": {"S": DONE}},
    }
    uploads = []
    for page in islice(aws.pages(DYNAMODB.name, "Scan", "Items", params), MOST_PAGES):
        uploads += [_upload({name: untyped(value) for name, value in item.items()}) for item in page]
    return tuple(sorted(uploads, key=lambda upload: (upload.received_at, upload.key)))


def _upload(item: Mapping[str, Any]) -> PendingUpload:
    counts = (int(item.get(name) or 0) for name in ("rows", "settled", "pending"))
    return PendingUpload(str(item["key"]), str(item.get("received_at", "")), *counts)
