"""Starts state machines and waits for their end."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.errors import CallError
from reconciler.kinds.services import STATES
from reconciler.model import Scope
from reconciler.pipelines.reading import PipelineError
from reconciler.port import AwsPort

RUNNING = "RUNNING"
SUCCEEDED = "SUCCEEDED"
LAST_EVENTS = 20  # of the history, among which is the state that ended the execution


@dataclass(frozen=True)
class Execution:
    """An execution as it is now. `error` and `cause` are those of one that failed; `output` is the last state's."""

    arn: str
    status: str
    error: str = ""
    cause: str = ""
    output: Mapping[str, Any] | None = None

    @property
    def is_running(self) -> bool:
        return self.status == RUNNING


def machine_arn(scope: Scope, name: str) -> str:
    return f"arn:{scope.partition}:states:{scope.region}:{scope.account}:stateMachine:{name}"


def start(aws: AwsPort, machine: str, name: str, event: Mapping[str, Any]) -> str:
    """Starts the machine and returns the ARN of the execution. Raises `PipelineError` if it is not deployed."""
    params = {"stateMachineArn": machine, "name": name, "input": json.dumps(event)}
    try:
        return str(aws.write(STATES.name, "StartExecution", params).members["executionArn"])
    except CallError as wrong:
        if not wrong.is_gone:
            raise
        short = machine.rpartition(":")[2]
        raise PipelineError(f"the state machine {short} is not live; deploy it with reconcile apply") from None


def wait(aws: AwsPort, execution: str, pause: Callable[[], None]) -> Execution:
    """Returns the execution when it has ended. The machine's own time-out is the longest wait."""
    while (state := read_execution(aws, execution)).is_running:
        pause()
    return state


def read_execution(aws: AwsPort, execution: str) -> Execution:
    live = aws.read(STATES.name, "DescribeExecution", {"executionArn": execution})
    return Execution(
        execution, live["status"], live.get("error", ""), live.get("cause", ""), _read(live.get("output", ""))
    )


def last_input(aws: AwsPort, execution: str) -> Mapping[str, Any]:
    """Returns the input of the last state that an ended execution entered; empty if it is unknown."""
    params = {"executionArn": execution, "reverseOrder": True, "maxResults": LAST_EVENTS, "includeExecutionData": True}
    events = aws.read(STATES.name, "GetExecutionHistory", params).get("events", ())
    # moto ignores the order, so the numbers of the events decide.
    for event in sorted(events, key=lambda event: -int(event["id"])):
        entered = _read(event.get("stateEnteredEventDetails", {}).get("input", ""))
        if entered:
            return entered
    return {}


def _read(text: str) -> Mapping[str, Any] | None:
    try:
        content = json.loads(text) if text else None
    except ValueError:
        return None
    return content if isinstance(content, Mapping) else None
