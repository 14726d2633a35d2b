"""Files that are deployed with the stack reach the upload function once, however often the stack is applied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.cli import run
from scripts.demo_deployed import Stack, deployed
from scripts.demo_screen import ask
from tests.worlds.archives import built

pytestmark = pytest.mark.slow

PIPELINE = """\
kind: Pipeline
metadata: {name: agents}
spec:
  type: agent_import
  bucket: {name: example-agents}
"""
FILE = """\
kind: S3Object
metadata: {name: example-agents/uploads/opening-hours.txt}
spec:
  content: {text: "08:00 to 18:00"}
  contentType: text/plain
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with deployed(tmp_path_factory.mktemp("files"), built()) as stack:
        stack.declare("agents", PIPELINE)
        apply(stack)
        stack.declare("files", FILE)
        apply(stack)
        yield stack


def apply(stack: Stack) -> None:
    assert run(["-C", str(stack.folder), "-e", "sandbox", "-q", "apply", "--auto-approve"]) == 0
    ask(stack.local, "POST", "clock", {"advance": "10s"})


def records(stack: Stack) -> list[dict[str, Any]]:
    return list(stack.client("dynamodb").scan(TableName="centre-sandbox-agents-uploads")["Items"])


def test_a_deployed_file_becomes_a_record_and_the_same_file_again_triggers_nothing(stack: Stack) -> None:
    """S4-3, S4-8."""
    (before,) = records(stack)

    apply(stack)

    assert records(stack) == [before]
    assert (before["key"]["S"], before["kind"]["S"]) == ("uploads/opening-hours.txt", "file")
    assert before["content_type"]["S"] == "text/plain"


def test_a_changed_file_becomes_another_record(stack: Stack) -> None:
    """S4-8, S4-19."""
    stack.declare("files", FILE.replace("18:00", "20:00"))

    apply(stack)

    assert len({record["sequencer"]["S"] for record in records(stack)}) == 2
