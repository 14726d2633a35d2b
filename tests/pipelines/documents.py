"""Pipelines as an environment declares them, without AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.desired import examine
from reconciler.model.environment import Environment
from reconciler.pipelines.declared import DeclaredPipeline, find_pipelines
from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, REGION

CALLS = {
    "type": "contact_calls",
    "schedules": {
        "every-two-hours": {"expression": "cron(40 */2 * * ? *)", "timeZone": "America/New_York"},
        "dimensions": {"expression": "rate(1 day)", "timeZone": "UTC", "input": {"dimensions": True}},
    },
    "bucket": {"name": "example-centre-calls"},
    "warehouse": {"secret": "contact-calls/redshift"},
}
SESSIONS = {"type": "session_data", "environment": {"AI_ASSISTANT_ID": "00000000-0000-4000-8000-0000000000a1"}}
BOTH = {"contact-calls": CALLS, "session-data": SESSIONS}


def environment(root: Path) -> Environment:
    return Environment("shop", "lab", root, INSTANCE_ARN, ACCOUNT, REGION)


def declared(root: Path, specs: Mapping[str, Mapping[str, Any]] = BOTH) -> tuple[DeclaredPipeline, ...]:
    """Writes the documents and returns the pipelines that they declare."""
    folder = root / "manifests" / "base"
    folder.mkdir(parents=True, exist_ok=True)
    for name, spec in specs.items():
        document = {"kind": "Pipeline", "metadata": {"name": name}, "spec": spec}
        (folder / f"{name}.yaml").write_text(json.dumps(document), encoding="utf-8")
    examined = examine(environment(root), {}, ("lab",))
    assert examined.desired is not None, examined.mistakes
    return find_pipelines(examined.desired)
