"""The state machine of a connectwise pipeline: plan, the pairs of tenant and table in parallel, load, report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.pipelines import connectwise_spark
from reconciler.kinds.pipelines.common import PipelineParts, linked
from reconciler.kinds.pipelines.spark_parts import SparkSettings

SECONDS = 6 * 3600  # after which AWS ends a run
# Errors of Lambda itself, before the function has done anything.
_BUSY = ("Lambda.TooManyRequestsException", "Lambda.ServiceException", "Lambda.SdkClientException")
_TWICE = ("StepFunctions.ExecutionAlreadyExistsException", "Sfn.ExecutionAlreadyExistsException")
_SOME = ({"IsPresent": True}, {"NumericGreaterThan": 0})
_MOMENT = "States.StringSplit($.event.slot, ':')"
Definition = Mapping[str, Any]


def definition(functions: Mapping[str, PipelineParts], bucket: str, parts: PipelineParts) -> Definition:
    """Returns the definition. Its input is an event of plan, or `{schedule, event}` from a schedule.

    A schedule may deliver twice. So the first state starts the run under the name of the slot, which AWS gives to one
    execution only. Scheduler itself cannot: names have no colon, and its times do.
    """
    return {
        "Comment": "Made by reconcile. A change by hand is drift.",
        "StartAt": "Scheduled",
        "TimeoutSeconds": SECONDS,
        "States": {**_begin(), **_work(functions, bucket, parts), **_end()},
    }


def arn(parts: PipelineParts) -> str:
    """Returns the ARN of the machine, which its own role names."""
    scope = parts.scope
    return f"arn:{scope.partition}:states:{scope.region}:{scope.account}:stateMachine:{parts.name}"


def _begin() -> Definition:
    """Returns the states that begin a run once for each slot."""
    return {
        "Scheduled": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.schedule", "IsPresent": True, "Next": "Once"}],
            "Default": "Plan",
        },
        "Once": _once(),
        "Begun": {"Type": "Succeed"},
    }


def _work(functions: Mapping[str, PipelineParts], bucket: str, parts: PipelineParts) -> Definition:
    """Returns the states that call the functions."""
    return {
        "Plan": {
            **_task(functions["plan"], {"Payload.$": "$"}),
            "ResultSelector": {"plan.$": "$.Payload"},
            "Next": "Pairs",
        },
        "Pairs": _pairs(functions, bucket, parts),
        "Load": {
            **_task(functions["load"], {"Payload": {"run.$": "$.plan.run"}}),
            "ResultPath": None,
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.stopped", "Next": "Report"}],
            "Next": "Report",
        },
        "Report": {
            **_task(functions["report"], {"Payload": {"run.$": "$.plan.run"}}),
            "ResultSelector": {"report.$": "$.Payload"},
            "ResultPath": "$.result",
            "Next": "Judge",
        },
    }


def _end() -> Definition:
    """Returns the states that judge a run by its report."""
    return {
        "Judge": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.stopped", "IsPresent": True, "Next": "LoadStopped"},
                {"Variable": "$.result.report.failed", "NumericGreaterThan": 0, "Next": "PairsFailed"},
            ],
            "Default": "Done",
        },
        "LoadStopped": {"Type": "Fail", "Error": "LoadStopped", "Cause": "load stopped; its log says why"},
        "PairsFailed": {"Type": "Fail", "Error": "PairsFailed", "Cause": "some pairs failed; see the run's report"},
        "Done": {"Type": "Succeed"},
    }


def _once() -> Definition:
    """Returns the state that starts the run of a slot, such as quarter-hourly-2026-11-28T1940."""
    hour, minute = (f"States.ArrayGetItem({_MOMENT}, {at})" for at in (0, 1))
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution",
        "Parameters": {
            "StateMachineArn.$": "$$.StateMachine.Id",
            "Name.$": f"States.Format('{{}}-{{}}{{}}', $.schedule, {hour}, {minute})",
            "Input.$": "$.event",
        },
        "Catch": [{"ErrorEquals": [*_TWICE], "Next": "Begun"}],
        "Next": "Begun",
    }


def _pairs(functions: Mapping[str, PipelineParts], bucket: str, parts: PipelineParts) -> Definition:
    """Returns the map over lanes. Its children never fail: what goes wrong is in the results of pairs."""
    return {
        "Type": "Map",
        "Label": "Pairs",
        "MaxConcurrency": parts.spec.concurrency or 10,
        "ToleratedFailurePercentage": 100.0,
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket.$": "$.plan.bucket", "Key.$": "$.plan.key"},
        },
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Ingest",
            "States": _lane(functions, bucket, parts),
        },
        "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject",
            "Parameters": {"Bucket": bucket, "Prefix": "runs/maps"},
        },
        "ResultPath": None,
        "Next": "Load",
    }


def _lane(functions: Mapping[str, PipelineParts], bucket: str, parts: PipelineParts) -> Definition:
    """Returns the states of one lane: ingest and transform, again while pairs are behind."""
    ended = [{"ErrorEquals": ["States.ALL"], "Next": "Ended"}]
    work = {"OutputPath": "$.Payload", "Catch": ended}
    spark = parts.spec.spark
    by_size = _by_size(parts, spark, bucket) if spark is not None else {}
    return {
        "Ingest": {**_task(functions["ingest"], {"Payload.$": "$"}), **work, "Next": "Transform"},
        "Transform": {
            **_task(functions["transform"], {"Payload.$": "$"}),
            **work,
            "Next": "Size" if by_size else "More",
        },
        **by_size,
        "More": {
            "Type": "Choice",
            "Choices": [
                {"And": [{"Variable": "$.wait", **it} for it in _SOME], "Next": "Wait"},
                {"Variable": "$.more", "BooleanEquals": True, "Next": "Ingest"},
            ],
            "Default": "Ended",
        },
        # The server of a tenant wants no request for a while. Transform bounds these waits.
        "Wait": {"Type": "Wait", "SecondsPath": "$.wait", "Next": "Ingest"},
        "Ended": {"Type": "Pass", "Result": {}, "End": True},
    }


def _by_size(parts: PipelineParts, spark: SparkSettings, bucket: str) -> Definition:
    """Returns the states of the pairs that transform has found too large for a function."""
    return {
        "Size": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.spark", "IsPresent": True, "Next": "Spark"}],
            "Default": "More",
        },
        "Spark": connectwise_spark.state(parts, spark, bucket, "More"),
    }


def _task(function: PipelineParts, payload: Mapping[str, Any]) -> Definition:
    """Returns a task that calls a function, again while Lambda has no room for it."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function.callee, **payload},
        "Retry": [{"ErrorEquals": [*_BUSY], "IntervalSeconds": 2, "MaxAttempts": 4, "BackoffRate": 2}],
    }


def policy_targets(functions: Mapping[str, PipelineParts]) -> list[str]:
    """Returns the functions that the machine's role may call, with their versions and aliases."""
    arns = [linked("LambdaFunction", it.function_name) for it in functions.values()]
    return [*arns, *(type(it)(f"{it}:*") for it in arns)]
