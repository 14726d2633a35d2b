"""The guide "Agents from a spreadsheet": its file gives the result that the page shows."""

from __future__ import annotations

import re
from pathlib import Path

from tests.lambdas.agent_upload.inbox import Inbox

PAGE = Path(__file__).parents[3] / "docs" / "guides" / "agents-from-a-spreadsheet.md"


def test_the_result_of_the_guide_is_the_one_that_the_function_writes(inbox: Inbox) -> None:
    """S4-24: an upload of the page's file, as the S3 command makes it."""
    page = PAGE.read_text(encoding="utf-8")
    (file,) = re.findall(r'```csv title="agents.csv"\n(.*?)```', page, re.DOTALL)
    record = inbox.put(file)

    inbox.invoke(record)
    inbox.settle("grace", "alan")

    shown = []
    for line in re.findall(r"^\| \d \|.*$", page, re.MULTILINE):
        shown.append([cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")])
    assert shown == [list(line.values()) for line in inbox.results(record)]
