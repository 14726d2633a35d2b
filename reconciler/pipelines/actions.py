"""The calls that the commands on pipelines make, and on which resources. An operator's role needs no other action.

The reference page of the policies lists this table, and the tests hold every call against it. The roles of `init` do
not have these actions for this purpose: they plan and apply, and operate nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from reconciler.kinds.services import service_of

ANY = "every type"


class OperatorCall(NamedTuple):
    """One call. `type` is the type of the pipeline. `resources` says in words what it is about."""

    command: str
    type: str
    service: str
    operation: str
    resources: str

    @property
    def action(self) -> str:
        return service_of(self.service).action(self.operation)


CALLS = (
    OperatorCall("status", ANY, "cloudwatch", "DescribeAlarms", "`*`"),
    OperatorCall("status", ANY, "logs", "FilterLogEvents", "the log groups of its functions"),
    OperatorCall("status", ANY, "sqs", "GetQueueUrl", "its dead-letter queues"),
    OperatorCall("status", ANY, "sqs", "GetQueueAttributes", "its dead-letter queues"),
    OperatorCall("status", "contact_calls", "lambda", "GetFunctionConfiguration", "its function"),
    OperatorCall("status", "contact_calls", "lambda", "Invoke", "its function"),
    OperatorCall("status", "contact_calls", "dynamodb", "GetItem", "its ledger"),
    OperatorCall("status", "contact_calls", "scheduler", "GetSchedule", "its schedules"),
    OperatorCall("run", "contact_calls", "lambda", "GetFunctionConfiguration", "its function"),
    OperatorCall("run", "contact_calls", "lambda", "Invoke", "its function"),
    OperatorCall("status", "agent_import", "lambda", "GetFunctionConfiguration", "its function `upload`"),
    OperatorCall("status", "agent_import", "dynamodb", "Scan", "its table of uploads"),
    OperatorCall("status", "connectwise", "lambda", "GetFunctionConfiguration", "its function `plan`"),
    OperatorCall("status", "connectwise", "dynamodb", "Scan", "its table of tenants"),
    OperatorCall("status", "connectwise", "dynamodb", "BatchGetItem", "its ledger"),
    OperatorCall("status", "connectwise", "scheduler", "GetSchedule", "its schedules"),
    OperatorCall("run", "connectwise", "lambda", "GetFunctionConfiguration", "its function `plan`"),
    OperatorCall("run", "connectwise", "dynamodb", "Scan", "its table of tenants"),
    OperatorCall("run", "connectwise", "stepfunctions", "StartExecution", "its state machine"),
    OperatorCall("run --wait", "connectwise", "stepfunctions", "DescribeExecution", "executions of its machine"),
    OperatorCall("run --wait", "connectwise", "stepfunctions", "GetExecutionHistory", "executions of its machine"),
    OperatorCall("run --wait", "connectwise", "s3", "GetObject", "`BUCKET/runs/*`"),
    OperatorCall("rows", "connectwise", "lambda", "GetFunctionConfiguration", "its function `plan`"),
    OperatorCall("rows", "connectwise", "s3", "ListObjectsV2", "its bucket"),
    OperatorCall("rows", "connectwise", "s3", "GetObject", "`BUCKET/TENANT/canonical/*`"),
    OperatorCall("rows", "connectwise", "dynamodb", "Scan", "its table of tenants, for an unknown name"),
)


def operator_actions() -> frozenset[str]:
    """Returns the IAM actions of all commands on pipelines."""
    return frozenset(call.action for call in CALLS)


def render() -> str:
    """Returns the table of the reference page, in Markdown."""
    rows = [f"| `{call.command}` | {_type(call.type)} | `{call.action}` | {call.resources} |" for call in CALLS]
    return "\n".join(("| Command | Type | Action | Resources |", "|---|---|---|---|", *rows))


def _type(name: str) -> str:
    return name if name == ANY else f"`{name}`"
