"""The integration of Step Functions with EMR Serverless, which moto's interpreter lacks: jobs that a task waits for.

AWS hears of the end of a job by a rule of EventBridge. Here the task asks.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from botocore.model import StructureShape
from moto.stepfunctions.parser.api import HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import ResourceCondition
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str

from reconciler.sandbox import shapes
from reconciler.sandbox.events.clients import client

SERVICE = "emr-serverless"
ENDED, FAILED = frozenset({"SUCCESS", "FAILED", "CANCELLED"}), frozenset({"FAILED", "CANCELLED"})
OPERATIONS = ("CancelJobRun", "GetJobRun", "StartJobRun")
LOOK = 0.2  # seconds between two looks at a job
_FACTORY = "state_task_service_for"


def install() -> None:
    """Adds the integration to moto's interpreter."""
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.stepfunctions.parser.") and hasattr(module, _FACTORY):
            known = getattr(module, _FACTORY)
            vars(module)[_FACTORY] = lambda service_name, known=known: (
                SparkJobs() if service_name == SERVICE else known(service_name)
            )


class SparkJobs(StateTaskServiceCallback):
    """Tasks of EMR Serverless: startJobRun, with `.sync` or without, getJobRun and cancelJobRun."""

    def __init__(self) -> None:
        patterns: Any = {ResourceCondition.Sync}
        super().__init__(supported_integration_patterns=patterns)

    def _get_supported_parameters(self) -> set[str] | None:
        """Returns the names of the parameters in a definition; None for an operation that this is not."""
        if self._operation not in OPERATIONS:
            return None
        shape = shapes.service(SERVICE).operation_model(self._operation).input_shape
        members = shape.members if isinstance(shape, StructureShape) else {}
        return {f"{name[0].upper()}{name[1:]}" for name in members}

    def _normalise_parameters(self, parameters: dict[str, Any], *more: Any, **named: Any) -> None:
        shape = shapes.service(SERVICE).operation_model(self._operation).input_shape
        if isinstance(shape, StructureShape):
            self._to_boto_request(parameters, shape)

    def _eval_service_task(
        self, env: Any, resource_runtime_part: Any, normalised_parameters: dict[str, Any], state_credentials: Any
    ) -> None:
        caller = client(SERVICE, resource_runtime_part.region, str(state_credentials.role_arn), "states")
        answer = getattr(caller, self._get_boto_service_action())(**normalised_parameters)
        answer.pop("ResponseMetadata", None)
        env.stack.append(self._spelled(answer, self._operation))

    def _eval_integration_pattern(
        self, env: Any, resource_runtime_part: Any, normalised_parameters: dict[str, Any], state_credentials: Any
    ) -> None:
        """Waits until the job has ended. moto's own way needs a token of a callback, which `.sync` has not."""
        begun = env.stack.pop()
        caller = client(SERVICE, resource_runtime_part.region, str(state_credentials.role_arn), "states")
        while env.is_running():
            job = caller.get_job_run(applicationId=begun["ApplicationId"], jobRunId=begun["JobRunId"])["jobRun"]
            state = job["state"]
            if state in ENDED:
                run = self._spelled({"jobRun": job}, "GetJobRun")["JobRun"]
                if state in FAILED:
                    raise self._failure(env, run)
                env.stack.append(run)
                return
            time.sleep(LOOK)
        # The execution was stopped, and AWS then cancels the job [Step Functions developer guide, Run a Job].
        caller.cancel_job_run(applicationId=begun["ApplicationId"], jobRunId=begun["JobRunId"])
        env.stack.append({})

    @property
    def _operation(self) -> str:
        action = str(self.resource.api_action)
        return f"{action[0].upper()}{action[1:]}"

    def _spelled(self, answer: dict[str, Any], operation: str) -> dict[str, Any]:
        """Returns an answer with the names that Step Functions gives to its members."""
        shape = shapes.service(SERVICE).operation_model(operation).output_shape
        if isinstance(shape, StructureShape):
            self._from_boto_response(answer, shape)
        written: dict[str, Any] = _as_json(answer)
        return written

    def _failure(self, env: Any, job: dict[str, Any]) -> FailureEventException:
        name = StatesErrorName(typ=StatesErrorNameType.StatesTaskFailed)
        text = StatesErrorNameType.StatesTaskFailed.to_name()
        return FailureEventException(self._failed(env, name, text, to_json_str(job)))

    def _from_error(self, env: Any, ex: Exception) -> FailureEvent:
        if not isinstance(ex, ClientError):
            return super()._from_error(env=env, ex=ex)
        name = f"EmrServerless.{ex.response['Error']['Code']}"
        return self._failed(env, CustomErrorName(name), name, ex.response["Error"].get("Message", ""))

    def _failed(self, env: Any, name: ErrorName, error: str, cause: str) -> FailureEvent:
        details: Any = {
            "resource": self._get_sfn_resource(),
            "resourceType": self._get_sfn_resource_type(),
            "error": error,
            "cause": cause,
        }
        event: Any = {"taskFailedEventDetails": details}
        return FailureEvent(env=env, error_name=name, event_type=HistoryEventType.TaskFailed, event_details=event)


def _as_json(value: Any) -> Any:
    match value:
        case dict():
            return {name: _as_json(inner) for name, inner in value.items()}
        case list():
            return [_as_json(inner) for inner in value]
        case datetime():
            return value.isoformat()
        case _:
            return value
