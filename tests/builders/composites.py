"""Invented composites and the stack that declares them. The kinds that they stand for are real."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reconciler.desired import Examination, examine
from reconciler.kinds.composite import Around, CannotExpandError, Child, Composite
from reconciler.kinds.registry import KINDS, declarable
from reconciler.model import Linked, Problem, Resource, WrittenRecords
from reconciler.model.environment import Quotas
from tests.builders.folders import write


class Branch(Resource):
    """A branch office: its opening times, its queues, its Lambda functions, and the branches below it."""

    time_zone: str
    queues: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    statuses: str | None = None
    functions: tuple[str, ...] = ()


class BranchComposite(Composite[Branch]):
    spec = Branch

    def expand(self, spec: Branch, around: Around) -> Iterable[Child]:
        hours = {"name": f"{spec.name} hours", "description": None, "timeZone": spec.time_zone, "config": []}
        yield Child("HoursOfOperation", hours, ("timeZone",))
        for at, queue in enumerate(spec.queues):
            about = Linked(f"open as ${{HoursOfOperation/{spec.name} hours.id}}")
            fields = {"name": queue, "hoursOfOperation": hours["name"], "description": about}
            yield Child("Queue", fields, ("queues", at))
        for at, name in enumerate(spec.below):
            yield Child("Branch", {"name": name, "timeZone": spec.time_zone}, ("below", at))
        for at, arn in enumerate(spec.functions):
            yield Child("LambdaAssociation", {"name": arn.rpartition(":")[2], "functionArn": arn}, ("functions", at))
        if spec.statuses:
            yield from self._statuses(around.text(spec.statuses, ("statuses",)))

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterable[Problem]:
        queues = declared.get("queues")
        if isinstance(queues, list) and len(queues) > 5:
            yield Problem("error", ("queues", 5), "a branch has at most 5 queues")

    def _statuses(self, text: str) -> Iterable[Child]:
        for line in text.splitlines():
            name, comma, description = line.partition(",")
            if not comma:
                raise CannotExpandError(("statuses",), f"{name} has no description; write name,description")
            yield Child("AgentStatus", {"name": name, "description": description, "state": "ENABLED"}, ("statuses",))


class Tower(Resource):
    """A composite without an end: each tower stands on another one."""


class TowerComposite(Composite[Tower]):
    spec = Tower

    def expand(self, spec: Tower, around: Around) -> Iterable[Child]:
        yield Child("Tower", {"name": f"{spec.name}+"})


DECLARABLE = declarable((*KINDS.values(), BranchComposite(), TowerComposite()))


def branch(name: str, spec: str = "", metadata: str = "") -> str:
    """Returns a document. Its `spec` begins in column 8 of line 3, with the time zone."""
    return f"kind: Branch\nmetadata: {{name: {name}{metadata}}}\nspec: {{timeZone: UTC{spec}}}\n"


def branches(root: Path, files: Mapping[str, str]) -> Examination:
    """Reads the files of the manifests folder as the environment `prod`."""
    environment = write(root, {f"manifests/{name}": text for name, text in files.items()})
    return examine(environment, {}, ("prod", "test"), kinds=DECLARABLE)
