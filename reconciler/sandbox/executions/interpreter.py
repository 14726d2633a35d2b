"""Puts the sandbox's clock, metrics and order into moto's interpreter of the Amazon States Language."""

from __future__ import annotations

import sys
import traceback
from datetime import UTC, datetime
from functools import wraps
from math import ceil
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.exceptions import JsonRESTError
from moto.stepfunctions.parser.api import ExecutionStatus, InvalidDefinition
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEventException
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import (
    StateTaskServiceSfn,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.timestamp import Timestamp
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from reconciler.sandbox import executions
from reconciler.sandbox.events.clients import client
from reconciler.sandbox.executions import spark_jobs
from reconciler.sandbox.world import world

MARK = "_keeps_the_sandboxs_clock"
ENDINGS = {
    ExecutionStatus.SUCCEEDED: "ExecutionsSucceeded",
    ExecutionStatus.FAILED: "ExecutionsFailed",
    ExecutionStatus.ABORTED: "ExecutionsAborted",
    ExecutionStatus.TIMED_OUT: "ExecutionsTimedOut",
}


def install() -> None:
    """Changes moto's interpreter. Calling it twice does no harm."""
    if getattr(Execution, MARK, False):
        return
    setattr(Execution, MARK, True)
    WaitFunction._wait_interval = _wait  # type: ignore[method-assign]
    Timestamp._get_wait_seconds = _seconds_until  # type: ignore[method-assign]
    retrier_decl.time = SimpleNamespace(sleep=_pause_before_retry)  # type: ignore[attr-defined,assignment]
    _follow(Execution, BaseExecutionWorkerCommunication)
    _catch_mistakes()
    _name_executions()
    _call_as_the_role()
    _spell_as_the_api()
    _say_what_is_invalid()
    spark_jobs.install()


def _follow(execution_class: type[Execution], ends: type[BaseExecutionWorkerCommunication]) -> None:
    """Notes when executions begin and end."""
    start, terminated = execution_class.start, ends.terminated

    @wraps(start)
    def begin(self: Execution) -> None:
        self.start_date = _now()
        executions.begin(self)
        put_metric(self, "ExecutionsStarted", 1, "Count")
        start(self)

    @wraps(terminated)
    def end(self: BaseExecutionWorkerCommunication) -> None:
        terminated(self)
        self.execution.stop_date = _now()
        note_end(self.execution)

    execution_class.start = begin  # type: ignore[method-assign]
    ends.terminated = end  # type: ignore[method-assign]


def _catch_mistakes() -> None:
    """Fails an execution that the interpreter itself gives up; moto leaves it running for ever."""
    run = ExecutionWorker._execution_logic

    @wraps(run)
    def run_to_the_end(self: ExecutionWorker) -> None:
        try:
            run(self)  # type: ignore[no-untyped-call]
        except Exception as wrong:
            traceback.print_exc(file=sys.stderr)
            execution = self._execution_communication.execution  # type: ignore[attr-defined]
            execution.exec_status = ExecutionStatus.FAILED
            execution.error, execution.cause = "States.Runtime", f"the sandbox's interpreter failed: {wrong!r}"
            execution.stop_date = _now()
            note_end(execution)

    ExecutionWorker._execution_logic = run_to_the_end  # type: ignore[method-assign]


def _name_executions() -> None:
    """Gives each execution without a name one of its own, as AWS does."""
    start = StepFunctionsParserBackend.start_execution

    @wraps(start)
    def start_with_name(self: StepFunctionsParserBackend, arn: str, name: str | None = None, *more: Any) -> Execution:
        return start(self, arn, name or str(uuid4()), *more)

    StepFunctionsParserBackend.start_execution = start_with_name  # type: ignore[method-assign,assignment]


def _call_as_the_role() -> None:
    """Lets tasks call with a session of the machine's role; moto's own client has no session."""
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.stepfunctions.parser.") and hasattr(module, "boto_client_for"):
            vars(module)["boto_client_for"] = _client_for


def _client_for(region: str, service: str, state_credentials: Any = None) -> Any:
    return client(service, region, str(state_credentials.role_arn), "states")


def _spell_as_the_api() -> None:
    """Lets a machine start executions: a definition has `StateMachineArn`, and the API `stateMachineArn`.

    moto sends the name as it is written. The error of a code without "Exception" ends with it [Step Functions
    developer guide].
    """
    spelled, failed = StateTaskServiceSfn._normalise_parameters, StateTaskServiceSfn._from_error

    def spell(self: StateTaskServiceSfn, parameters: dict[str, Any], *more: Any, **named: Any) -> None:
        spelled(self, parameters, *more, **named)
        for name in list(parameters):
            parameters[f"{name[0].lower()}{name[1:]}"] = parameters.pop(name)

    def fail(self: StateTaskServiceSfn, env: Any, ex: Exception) -> Any:
        if isinstance(ex, ClientError):
            error: Any = ex.response["Error"]
            error["Code"] = str(error["Code"]).removesuffix("Exception")
        return failed(self, env=env, ex=ex)

    def spell_back(self: StateTaskServiceSfn, response: Any, *more: Any, **named: Any) -> None:
        for name, value in list(response.items()) if isinstance(response, dict) else ():
            text = value.isoformat() if isinstance(value, datetime) else value
            response[f"{name[0].upper()}{name[1:]}"] = text
            response.pop(name if name[0].islower() else "", None)

    StateTaskServiceSfn._normalise_parameters = spell  # type: ignore[method-assign]
    StateTaskServiceSfn._normalise_response = spell_back  # type: ignore[method-assign,assignment]
    StateTaskServiceSfn._from_error = fail  # type: ignore[method-assign]


def _say_what_is_invalid() -> None:
    """Answers a wrong definition as AWS does; moto's answer has no code."""
    check = StepFunctionsParserBackend._validate_definition

    def check_in_words(definition: str) -> None:
        try:
            check(definition)
        except InvalidDefinition as wrong:
            message = f"Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: {wrong.message}'"
            raise JsonRESTError("InvalidDefinition", message) from wrong

    StepFunctionsParserBackend._validate_definition = staticmethod(check_in_words)  # type: ignore[method-assign]


def note_end(execution: Execution) -> None:
    """Writes the metrics of an execution that has ended. Until then it counts as running, so the clock waits."""
    if executions.is_running(execution) and execution.exec_status in ENDINGS:
        put_metric(execution, ENDINGS[execution.exec_status], 1, "Count")
        spent = execution.stop_date - execution.start_date  # type: ignore[operator]
        put_metric(execution, "ExecutionTime", spent.total_seconds() * 1000, "Milliseconds")
    executions.end(execution)


def put_metric(execution: Execution, name: str, value: float, unit: str) -> None:
    datum = {
        "MetricName": name,
        "Value": value,
        "Unit": unit,
        "Dimensions": [{"Name": "StateMachineArn", "Value": execution.state_machine.arn}],
    }
    with world.lock:
        cloudwatch_backends[execution.account_id][execution.region_name].put_metric_data("AWS/States", [datum])


def _wait(self: WaitFunction, env: Any, wait_seconds: float) -> None:
    executions.pause(wait_seconds, env.is_running)


def _seconds_until(self: Timestamp, env: Any) -> int:
    """Returns how long a timestamp is away on the sandbox's clock. moto takes the machine's, in its time zone."""
    self.string.eval(env=env)
    text = env.stack.pop()
    moment = self._from_timestamp_string(text)
    if moment is None:
        raise FailureEventException(self._create_failure_event(env, text))
    return ceil(moment.replace(tzinfo=UTC).timestamp() - world.clock())


def _pause_before_retry(seconds: float) -> None:
    executions.pause(seconds, lambda: True)


def _now() -> datetime:
    return datetime.fromtimestamp(world.now(), UTC)
