"""An `AwsPort` with scripted answers, which fails on every write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.apply.run import Ports, Run
from reconciler.directory import Directory
from reconciler.errors import CallError, Fate, ReconcileError
from reconciler.kinds.services import service_of
from reconciler.model import Contents, Item, Plan, Ref, Result
from reconciler.model.environment import Environment
from reconciler.model.events import Event
from reconciler.port import Answer, Params

ScriptedAnswer = dict[str, Any] | ReconcileError | Callable[[Params], dict[str, Any]]


def refusal(action: str, code: str, message: str = "no") -> CallError:
    meaning = service_of(action.partition(":")[0]).meaning(code, message)
    return CallError(action, code, message, fate=Fate.REFUSED, meaning=meaning)


def denied(action: str) -> CallError:
    return refusal(action, "AccessDeniedException", f"not allowed; the role needs the action {action}")


@dataclass
class ScriptedAws:
    """`answers`: by `service:Operation`; an operation without one returns {}. `asked`: every call so far."""

    answers: Mapping[str, ScriptedAnswer]
    asked: list[tuple[str, Params]] = field(default_factory=list)

    def read(self, service: str, operation: str, params: Params) -> dict[str, Any]:
        action = f"{service}:{operation}"
        self.asked.append((action, params))
        answer = self.answers.get(action, {})
        if isinstance(answer, ReconcileError):
            raise answer
        return answer(params) if callable(answer) else answer

    def pages(self, service: str, operation: str, items: str, params: Params) -> Iterator[list[dict[str, Any]]]:
        yield self.read(service, operation, params).get(items) or []

    def write(self, service: str, operation: str, params: Params) -> Answer:
        raise AssertionError(f"{service}:{operation} would write")

    def delay(self, call: str) -> float:
        return 0.0

    def counts(self) -> Mapping[str, int]:
        return {}

    def names(self) -> list[str]:
        return [action for action, _ in self.asked]


class _NoLedger:
    def note(self, operation: str, request_id: str, results: Mapping[Item, Result]) -> None:
        """Keeps nothing."""


def _never_read(ref: Ref, *, parts: bool, records: bool) -> Contents:
    raise AssertionError(f"{ref} would be read")


def run_without_aws(
    plan: Plan, results: Mapping[Item, Result], tell: Callable[[Event], None] = lambda event: None
) -> Run:
    """Returns a run with these results, whose ports neither read nor write."""
    ports = Ports(ScriptedAws({}), Directory(), _never_read, _NoLedger(), tell)
    return Run(plan, Environment("centre", "prod", Path()), ports, results)
