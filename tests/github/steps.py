"""Runs a step of a workflow's job, and gives access to the result on GitHub."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.model import Outcome, Plan
from reconciler.report import dumps, outcome_json, plan_json
from tests.cli.running import Done
from tests.github.stand_in import StandIn

PULL = 7


@dataclass(frozen=True)
class Step:
    """A step of a job that runs for a pull request, in a folder of its own."""

    folder: Path
    call: Callable[..., Done]

    def write(self, name: str, source: Plan | Outcome | dict[str, Any]) -> str:
        content = (
            source
            if isinstance(source, dict)
            else plan_json(source)
            if isinstance(source, Plan)
            else outcome_json(source)
        )
        (self.folder / name).write_text(dumps(content), encoding="utf-8")
        return name

    def github(self, *arguments: str) -> Done:
        return self.call("github", *arguments)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")


def comments(github: StandIn) -> list[str]:
    return [each["body"] for each in github.world.comments_on(PULL)]


def issues(github: StandIn) -> list[dict[str, Any]]:
    return [issue for issue in github.world.issues.values() if "pull_request" not in issue]


def outputs_of(text: str) -> dict[str, str]:
    """By the rules of the toolkit's file commands: `name<<end`, lines, `end`."""
    found, lines = {}, iter(text.split("\n"))
    for line in lines:
        if line:
            name, end = line.split("<<", 1)
            found[name] = "\n".join(iter(lambda: next(lines), end))
    return found
