"""Expands a pipeline as `validate` does, without a folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.desired.linking import with_links
from reconciler.errors import Source
from reconciler.kinds.composite import AuthorFile, Child
from reconciler.kinds.pipelines.pipeline import Pipeline, PipelineComposite
from reconciler.model import Problem, Scope
from reconciler.model.environment import UNLIMITED

INSTANCE_ID = "00000000-0000-4000-8000-000000000000"
INSTANCE = f"arn:aws:connect:ca-central-1:111122223333:instance/{INSTANCE_ID}"
SCOPE = Scope("centre", "prod", INSTANCE, "111122223333", "ca-central-1")
ASSISTANT = "00000000-0000-4000-8000-0000000000a1"
SESSION_DATA: dict[str, Any] = {"type": "session_data", "environment": {"AI_ASSISTANT_ID": ASSISTANT}}
CONTACT_CALLS: dict[str, Any] = {
    "type": "contact_calls",
    "schedules": {"every-two-hours": {"expression": "cron(40 */2 * * ? *)", "timeZone": "America/New_York"}},
    "bucket": {"name": "example-calls"},
    "warehouse": {"secret": "contact-calls/redshift"},
}
AGENT_IMPORT: dict[str, Any] = {"type": "agent_import", "bucket": {"name": "example-agents"}}
CONNECTWISE: dict[str, Any] = {
    "type": "connectwise",
    "schedules": {
        "quarter-hourly": {"expression": "cron(10,25,40,55 * * * ? *)", "timeZone": "UTC"},
        "nightly-ids": {
            "expression": "cron(20 4 * * ? *)",
            "timeZone": "America/New_York",
            "input": {"mode": "ids"},
        },
    },
    "bucket": {"name": "example-lake"},
    "warehouse": {"secret": "connectwise/redshift"},
    "alerts": {"emails": ["ops@example.com"]},
}
NAMES = {
    "connectwise": "connectwise",
    "agent_import": "agents",
    "session_data": "session-data",
    "contact_calls": "contact-calls",
}


class Here:
    """The place of an environment, with files by their path."""

    def __init__(self, scope: Scope = SCOPE, files: Mapping[str, str] | None = None) -> None:
        self.scope, self.files = scope, files or {}

    def text(self, name: str, path: tuple[str | int, ...]) -> str:
        return self.files[name]

    def names(self, name: str, path: tuple[str | int, ...]) -> tuple[str, ...]:
        return tuple(sorted(file.removeprefix(f"{name}/") for file in self.files))

    def folder(self, name: str, path: tuple[str | int, ...]) -> tuple[AuthorFile, ...]:
        raise AssertionError(name)

    def other(self, kind: str, name: str) -> None:
        return None

    def source(self, name: str, path: tuple[str | int, ...], line: int) -> Source:
        return Source(name, line)

    def warn(self, source: Source, message: str) -> None:
        raise AssertionError(message)


def expanded(spec: dict[str, Any], scope: Scope = SCOPE, files: Mapping[str, str] | None = None) -> dict[str, Child]:
    """Returns the children by address. The pipeline has the name of its type."""
    pipeline = with_links(Pipeline.model_validate({"name": NAMES[spec["type"]], **spec}), spec)
    children = list(PipelineComposite().expand(pipeline, Here(scope, files)))
    by_address = {f"{child.kind}/{child.spec['name']}": child for child in children}
    assert len(by_address) == len(children)
    return by_address


def problems(spec: dict[str, Any]) -> list[Problem]:
    return list(PipelineComposite().problems(spec, (), UNLIMITED))
